"""Measurements as a DICOM Structured Report: TID 1500, a group for each lesion, pointing at its segment."""

from collections.abc import Sequence

import highdicom as hd
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code as SrCode

from exchange.dicom_codes import OWN_SCHEME, Code, code, nuclide_code, side_code, site_code, tracer_code
from exchange.dicom_object import DEVICE_UID, finish_object, name_maker
from exchange.dicom_seg import sr_code
from exchange.dicom_source import SourceImages
from exchange.lesion import PROGRAM, RESEARCH_NOTE, Lesion, Stamp, program_version
from imaging.measure import Measurement

SERIES_NUMBER = 7002
_GLUCOSE = "18F-FDG"


def write_sr(
    lesions: Sequence[Lesion], source: SourceImages, segmentation: Dataset, tracer: str | None, stamp: Stamp
) -> hd.sr.ComprehensiveSR:
    """A measurement report of the lesions that `segmentation` (of write_seg, the same lesions) outlines.

    SUVs are in {SUVbw}g/ml, volume in ml. The report is unverified: a program measured, nobody has signed.
    """
    used = {item.ReferencedSOPInstanceUID for item in _referenced(segmentation)}
    headers = source.series.headers
    images = [source.image(number) for number, header in enumerate(headers) if header.sop_instance in used]
    report = hd.sr.MeasurementReport(
        observation_context=_observer(),
        procedure_reported=sr_code(code("words", "pet_procedure")),
        imaging_measurements=[
            _group(lesion, number, segmentation, images, tracer) for number, lesion in enumerate(lesions, 1)
        ],
        referenced_images=images,
    )
    _add_tracer(report[0], tracer)
    written = hd.sr.ComprehensiveSR(
        evidence=[*images, segmentation],
        content=report,
        is_complete=True,
        coding_schemes=[_own_scheme()],
        **name_maker(stamp, "PET lesion measurements", SERIES_NUMBER),
    )
    finish_object(written, source, stamp)
    return written


def _observer() -> hd.sr.ObservationContext:
    """The program measured; no person is named."""
    device = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=DEVICE_UID, name=PROGRAM, manufacturer_name=PROGRAM, model_name=PROGRAM
    )
    context = hd.sr.ObserverContext(_concept(code("words", "device")), device)
    return hd.sr.ObservationContext(observer_device_context=context)


def _referenced(segmentation: Dataset) -> Sequence[Dataset]:
    """The source slices as the segmentation lists them."""
    return list(segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence)


def _group(
    lesion: Lesion, segment: int, segmentation: Dataset, images: Sequence[Dataset], tracer: str | None
) -> hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations:
    side = side_code(lesion.site)
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=lesion.tracking_uid, identifier=lesion.label),
        referenced_segment=hd.sr.ReferencedSegment(
            sop_class_uid=segmentation.SOPClassUID,
            sop_instance_uid=segmentation.SOPInstanceUID,
            segment_number=segment,
            source_images=[hd.sr.SourceImageForSegmentation(one.SOPClassUID, one.SOPInstanceUID) for one in images],
        ),
        finding_type=sr_code(code("words", "lesion")),
        finding_sites=[hd.sr.FindingSite(sr_code(site_code(lesion.site)), sr_code(side) if side else None)],
        algorithm_id=hd.sr.AlgorithmIdentification(
            name=PROGRAM,
            version=program_version(),
            parameters=[
                lesion.rule,
                RESEARCH_NOTE,
                *filter(None, [lesion.caution, lesion.corrected]),
            ],
        ),
        measurements=_measurements(lesion.measurement, tracer == _GLUCOSE),
    )


def _measurements(measured: Measurement, fdg: bool) -> list[hd.sr.Measurement]:
    """SUVmax, SUVmean, SUVpeak where there is one, volume and total uptake.

    SUVmean × volume is called total lesion glycolysis only where glucose is traced, else integrated intensity.
    """
    suvs = [("maximum", measured.suv_max), ("mean", measured.suv_mean), ("peak", measured.suv_peak)]
    numbers = [_measurement("suv", value, "suv", derivation) for derivation, value in suvs if value is not None]
    total = "total_lesion_glycolysis" if fdg else "integrated_intensity"
    return [
        *numbers,
        _measurement("volume", measured.volume_ml, "volume"),
        _measurement(total, measured.total_uptake, "total"),
    ]


def _measurement(name: str, value: float, unit: str, derivation: str | None = None) -> hd.sr.Measurement:
    return hd.sr.Measurement(
        name=sr_code(code("words", name)),
        value=value,
        unit=sr_code(code("units", unit)),
        derivation=sr_code(code("words", derivation)) if derivation else None,
    )


def _add_tracer(report: Dataset, tracer: str | None) -> None:
    """Tracer and nuclide to the group of source images (TID 1607), as far as they are known."""
    if tracer is None:
        return
    nuclide = nuclide_code(tracer)
    named = [("agent", tracer_code(tracer)), *([("nuclide", nuclide)] if nuclide else [])]
    library = _find(report, codes.DCM.ImageLibrary)
    for name, value in named:
        item = hd.sr.CodeContentItem(
            name=sr_code(code("words", name)),
            value=sr_code(value),
            relationship_type=hd.sr.RelationshipTypeValues.HAS_ACQ_CONTEXT,
        )
        _find(library, codes.DCM.ImageLibraryGroup).ContentSequence.insert(0, item)


def _find(container: Dataset, name: SrCode) -> Dataset:
    return next(item for item in container.ContentSequence if item.name == name)


def _own_scheme() -> CodingSchemeIdentificationItem:
    return CodingSchemeIdentificationItem(OWN_SCHEME, name=PROGRAM, version=program_version())


def _concept(one: Code) -> hd.sr.CodedConcept:
    return hd.sr.CodedConcept(one.value, one.scheme, one.meaning)
