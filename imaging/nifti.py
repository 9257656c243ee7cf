"""Volumes as NIfTI-1 for the interactive viewer: small, in its axes (RAS), with the window of our own pictures."""

import gzip

import numpy as np
import numpy.typing as npt
from nibabel.nifti1 import Nifti1Header

from imaging.volume import Volume, resample_volume
from imaging.window import Window

LIMIT_BYTES = 20_000_000
"""Both volumes together; the viewer gets them as text through the page's connection."""
_AIR_HU = -1024.0
_CT_STEP_HU = 4.0
_GREATEST = 32_000
_DATA_AT = 352


def affine_ras(volume: Volume) -> npt.NDArray[np.float64]:
    """4 × 4 matrix from voxel index (x, y, z) to NIfTI millimetres: DICOM's x and y change sign (LPS to RAS)."""
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(volume.direction, dtype=float).reshape(3, 3) * np.asarray(volume.spacing_mm)
    affine[:3, 3] = volume.origin_mm
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine


def write_nifti(volume: Volume, window: Window, step: float | None = None) -> bytes:
    """A volume as gzipped NIfTI-1: int16 with a slope, `cal_min` and `cal_max` from the window.

    `step` is the size of one int16 step in the volume's unit; by default the largest value uses the whole range, so a
    value is kept to 1/32000 of the maximum. Raises ValueError when the window is in another unit than the volume.
    """
    if window.unit != volume.unit:
        raise ValueError(f"The series is in {volume.unit} and the display window in {window.unit}: they must agree.")
    slope = step or float(np.abs(volume.values).max(initial=0.0)) / _GREATEST or 1.0
    stored = np.rint(volume.values / np.float32(slope)).astype("<i2")
    return gzip.compress(_header(volume, window, slope) + stored.tobytes(), compresslevel=1, mtime=0)


def write_fusion(pet: Volume, ct: Volume | None, window: Window, ct_window: Window) -> tuple[bytes, bytes | None]:
    """PET and CT for the viewer, CT resampled to the PET's grid in 4 HU steps; together below `LIMIT_BYTES`.

    A pair that would be larger is halved in every direction, PET by the maximum of each block so that no focus is lost:
    good enough to look around in, and measurements never use it.
    """
    onto = None if ct is None else _on_grid(ct, pet)
    while True:
        first = write_nifti(pet, window)
        second = None if onto is None else write_nifti(onto, ct_window, _CT_STEP_HU)
        if len(first) + len(second or b"") < LIMIT_BYTES:
            return first, second
        pet, onto = _halve(pet, True), None if onto is None else _halve(onto, False)


def _on_grid(ct: Volume, pet: Volume) -> Volume:
    moved = resample_volume(ct, pet, _AIR_HU)
    values = np.clip(moved.values, _AIR_HU, 3000.0)
    return Volume(values, moved.origin_mm, moved.spacing_mm, moved.direction, moved.unit)


def _halve(volume: Volume, hottest: bool) -> Volume:
    """Blocks of 2 × 2 × 2 voxels as one: their maximum or their mean; an odd last line is left out."""
    depth, rows, columns = (n // 2 * 2 for n in volume.values.shape)
    even = volume.values[:depth, :rows, :columns]
    blocks = even.reshape(depth // 2, 2, rows // 2, 2, columns // 2, 2)
    values = blocks.max(axis=(1, 3, 5)) if hottest else blocks.mean(axis=(1, 3, 5))
    x, y, z = (2 * s for s in volume.spacing_mm)
    return Volume(values.astype(np.float32), volume.point_at((0.5, 0.5, 0.5)), (x, y, z), volume.direction, volume.unit)


def _header(volume: Volume, window: Window, slope: float) -> bytes:
    header = Nifti1Header(endianness="<")
    header.set_data_dtype(np.int16)
    header.set_data_shape(volume.values.shape[::-1])
    header.set_sform(affine_ras(volume), code="scanner")
    header.set_qform(affine_ras(volume), code="scanner")
    header.set_xyzt_units("mm")
    header["magic"], header["vox_offset"] = b"n+1", _DATA_AT
    header["scl_slope"], header["scl_inter"] = slope, 0.0
    header["cal_min"], header["cal_max"] = window.low, window.high
    header["descrip"] = volume.unit.encode()
    return bytes(header.binaryblock) + b"\0" * (_DATA_AT - 348)
