"""A measured lesion goes to the patient: its images, its numbers, and an entry in the case, all or with a reason why not."""

from dataclasses import dataclass, replace

from imaging.descriptors import clean_description
from imaging.extent import Point
from imaging.measure import Measurement
from store import MeasurementRecord, ReferenceRegion, SeriesRecord, Store
from views.correction import keep_lines
from views.disguise import assign_scan
from views.measured_scan import change_scan, fetch_measured
from views.previews import keep_preview, renew_preview
from views.scan import Scan
from views.uploads import keep_scan


@dataclass(frozen=True)
class Finding:
    """What the reader says of a measured lesion: its number, region and uptake, and how it was measured.

    `regions` are the references to keep with it; `quality` what a reader of its numbers must know about the scan.
    """

    lesion: str
    region: str
    uptake: str
    at_mm: Point
    threshold: str
    measurement: Measurement
    regions: tuple[ReferenceRegion, ...] = ()
    quality: tuple[str, ...] = ()
    note: str | None = None


def attach_scans(store: Store, scans: tuple[Scan, ...], patient_id: str) -> tuple[Scan, ...]:
    """Keep uploaded scans as the patient's; gives them back as stored. Raises StoreError or ImagingError."""
    return tuple(scan if scan.stored else _attach_scan(store, scan, patient_id) for scan in scans)


def _attach_scan(store: Store, scan: Scan, patient_id: str) -> Scan:
    scan = assign_scan(scan, patient_id)
    place = keep_scan(scan, patient_id)
    record = replace(_forget_names(scan), patient_id=patient_id, volume_path=place)
    if scan.is_pet:
        record = replace(record, preview_path=keep_preview(store, record))
    record, corrections = keep_lines(record)
    store.change_images(saved=[record, *corrections])
    return Scan(record)


def _forget_names(scan: Scan) -> SeriesRecord:
    """The record with its description cleaned: typed at the scanner, it may name a person, and it is kept for good."""
    headers = scan.series.headers if scan.series else ()
    description = clean_description(scan.record.description, headers)
    return replace(
        scan.record, description=description, inspection=scan.record.inspection | {"description": description}
    )


def attach_finding(store: Store, record: SeriesRecord, finding: Finding) -> str:
    """Save the measurement with its references and put the finding in the case; gives back what was done, in a sentence.

    A region has one entry a tracer in the case: the hottest lesion's, whose fields go over what stood there. Raises
    StoreError or CaseError, with nothing changed.
    """
    lesion = _measurement(record, finding)
    regions = [replace(one, patient_id=record.patient_id) for one in finding.regions]
    change_scan(store, record, saved=[*regions, lesion], why=f"measured on the images ({record.tracer or 'PET'})")
    renew_preview(store, record)
    hotter = _hotter_lesion(store, record, lesion)
    if hotter is not None:
        return f"Lesion {finding.lesion} is saved; the case keeps lesion {hotter}, the hotter one of this region."
    return f"Lesion {finding.lesion} is saved and stands in the case of {record.patient_id}."


def _hotter_lesion(store: Store, record: SeriesRecord, lesion: MeasurementRecord) -> str | None:
    """Another lesion of the same region and series with a higher SUVmax, None when this one is the hottest."""
    kept = fetch_measured(store, record.patient_id, record.series_uid).lesions
    others = [one for one in kept if one.site == lesion.site and one.lesion != lesion.lesion]
    hotter = (one.lesion for one in others if (one.suv_max or 0.0) > (lesion.suv_max or 0.0))
    return next(hotter, None)


def _measurement(record: SeriesRecord, finding: Finding) -> MeasurementRecord:
    measured = finding.measurement
    return MeasurementRecord(
        patient_id=record.patient_id,
        series_uid=record.series_uid,
        lesion=finding.lesion,
        site=finding.region,
        at_mm=finding.at_mm,
        threshold=finding.threshold,
        suv_max=measured.suv_max,
        suv_mean=measured.suv_mean,
        suv_peak=measured.suv_peak,
        volume_ml=measured.volume_ml,
        total_uptake=measured.total_uptake,
        centre_mm=measured.centre_mm,
        note=finding.note or measured.says or None,
        uptake=finding.uptake,
        quality=(*((measured.says,) if measured.says else ()), *finding.quality) or None,
    )
