"""Lesions as a DICOM Segmentation: one binary segment each, on the slices it was measured in, coded by its site."""

from collections.abc import Mapping, Sequence

import highdicom as hd
import numpy as np
import numpy.typing as npt
from pydicom.sr.coding import Code as SrCode

from exchange.dicom_codes import Code, code, side_code, site_code, write_code
from exchange.dicom_object import SERIAL_NUMBER, finish_object, name_maker
from exchange.dicom_source import SourceImages, draw_on_slices
from exchange.lesion import PROGRAM, Lesion, Stamp, program_version
from imaging.problem import ImagingError
from imaging.region import Mask

SERIES_NUMBER = 7001


def write_seg(lesions: Sequence[Lesion], source: SourceImages, stamp: Stamp) -> hd.seg.Segmentation:
    """A Segmentation with segment 1, 2, … for the lesions in their order; ImagingError when nothing can be drawn."""
    if not lesions:
        raise ImagingError("There is no lesion to write; measure one first.")
    drawn = [draw_on_slices(lesion.mask, lesion.volume, source) for lesion in lesions]
    numbers = sorted({number for planes in drawn for number in planes})
    images = [source.image(number) for number in numbers]
    written = hd.seg.Segmentation(
        source_images=images,
        pixel_array=_stack(drawn, numbers, (images[0].Rows, images[0].Columns)),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[_describe(lesion, number) for number, lesion in enumerate(lesions, 1)],
        device_serial_number=SERIAL_NUMBER,
        content_label="LESIONS",
        content_description=stamp.describe("PET lesions"),
        **name_maker(stamp, "PET lesions", SERIES_NUMBER),
    )
    _name_dimensions(written, stamp)
    finish_object(written, source, stamp)
    return written


def _stack(
    drawn: Sequence[Mapping[int, Mask]], numbers: Sequence[int], shape: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Slices × rows × columns × segments, 1 inside."""
    pixels = np.zeros((len(numbers), *shape, len(drawn)), dtype=np.uint8)
    for segment, planes in enumerate(drawn):
        for number, plane in planes.items():
            pixels[numbers.index(number), :, :, segment] = plane
    return pixels


def sr_code(one: Code) -> SrCode:
    """A code in the form that highdicom takes."""
    return SrCode(one.value, one.scheme, one.meaning)


def _describe(lesion: Lesion, number: int) -> hd.seg.SegmentDescription:
    described = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=lesion.label,
        segmented_property_category=sr_code(code("words", "lesion_category")),
        segmented_property_type=sr_code(code("words", "lesion")),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=PROGRAM, family=sr_code(code("words", "family")), version=program_version()
        ),
        tracking_uid=lesion.tracking_uid,
        tracking_id=lesion.label,
        anatomic_regions=[sr_code(site_code(lesion.site))],
    )
    if lesion.caution:
        described.SegmentDescription = lesion.caution[:1024]
    side = side_code(lesion.site)
    if side:
        described.AnatomicRegionSequence[0].AnatomicRegionModifierSequence = [write_code(side)]
    return described


def _name_dimensions(written: hd.seg.Segmentation, stamp: Stamp) -> None:
    """The dimension organisation gets its UID from the stamp like everything else."""
    uid = stamp.new_uid()
    written.DimensionOrganizationSequence[0].DimensionOrganizationUID = uid
    for dimension in written.DimensionIndexSequence:
        dimension.DimensionOrganizationUID = uid
