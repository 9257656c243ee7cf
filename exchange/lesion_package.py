"""Everything about measured lesions in one zip: NIfTI, JSON and key image, and DICOM objects where the headers are kept."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np

from exchange.dicom_capture import KeyImage, label_picture, write_capture
from exchange.dicom_object import encode_object
from exchange.dicom_rtstruct import write_rtstruct
from exchange.dicom_seg import write_seg
from exchange.dicom_source import SourceImages
from exchange.dicom_sr import write_sr
from exchange.lesion import Lesion, Stamp
from exchange.nifti_export import write_mask_nifti, write_sidecar, write_suv_nifti

WHAT = {
    "suv.nii.gz": "the scan in SUVbw (g/ml), float32 as measured, NIfTI-1",
    "outline.nii.gz": "the outline of the lesion on the same grid, 1 inside",
    "key_image.png": "the axial slice through the lesion's hottest voxel",
    "inputs.json": "what the SUV was computed from, the measurements, the program's version",
    "segmentation.dcm": "DICOM Segmentation of the lesion",
    "measurements.dcm": "DICOM Structured Report (TID 1500) with the measurements",
    "structures.dcm": "DICOM RT Structure Set with the outline",
    "key_image.dcm": "DICOM Secondary Capture of the key image",
}


@dataclass(frozen=True)
class ScanPart:
    """The scan of an export: whose it is under which pseudonym, its tracer, its kept document, its headers if at hand."""

    case_id: str
    tracer: str | None
    inspection: Mapping[str, Any]
    source: SourceImages | None


def write_package(scan: ScanPart, lesion: Lesion, key: KeyImage, stamp: Stamp) -> bytes:
    """The zip of one lesion; without `scan.source` it holds no DICOM. ImagingError when an outline cannot be drawn."""
    files = {
        "suv.nii.gz": write_suv_nifti(lesion.volume),
        "outline.nii.gz": write_mask_nifti(lesion.mask, lesion.volume),
        "key_image.png": label_picture(key.data, stamp),
    }
    if scan.source is not None:
        files |= _write_dicom([lesion], scan.source, scan.tracer, key, stamp)
    named = {name: WHAT[name] for name in (*files, "inputs.json")}
    series = scan.source.series if scan.source else None
    files["inputs.json"] = write_sidecar(scan.case_id, scan.inspection, series, [lesion], stamp, named)
    return _zip(files, stamp)


def _write_dicom(
    lesions: Sequence[Lesion], source: SourceImages, tracer: str | None, key: KeyImage, stamp: Stamp
) -> dict[str, bytes]:
    segmentation = write_seg(lesions, source, stamp)
    placed = replace(key, slice_number=_nearest_slice(source, lesions[0]))
    return {
        "segmentation.dcm": encode_object(segmentation),
        "measurements.dcm": encode_object(write_sr(lesions, source, segmentation, tracer, stamp)),
        "structures.dcm": encode_object(write_rtstruct(lesions, source, stamp)),
        "key_image.dcm": encode_object(write_capture(placed, source, stamp)),
    }


def _nearest_slice(source: SourceImages, lesion: Lesion) -> int:
    along = float(np.dot(source.series.stack.normal, lesion.measurement.max_mm))
    return int(np.argmin(np.abs(np.asarray(source.series.stack.positions_mm) - along)))


def _zip(files: Mapping[str, bytes], stamp: Stamp) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, stamp.at.timetuple()[:6])
            packed = name.endswith((".gz", ".png"))
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()
