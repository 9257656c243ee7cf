"""Writes a synthetic PET/CT as DICOM files in the style of three makers; the same study gives the same bytes.

Stored values are activity as the scanner would report it: Bq/ml decay-corrected to the start of the scan (or counts
with a Philips factor), with a rescale slope for each slice, so that SUV has to be computed from the header as in life.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage

from imaging.volume import Volume
from sample_data.dicom_headers import add_ct_series, add_patient, add_pet_series, add_vendor_series
from sample_data.scanner import Scanner
from sample_data.specs import StudySpec

BED_CHANGE_SECONDS = 5.0


@dataclass(frozen=True)
class Frame:
    """When one PET slice was acquired, against the start of the scan, and how it was corrected for decay."""

    start_seconds: float
    reference_milliseconds: float
    decay_factor: float


def uid_of(*words: object) -> str:
    """A UID under 2.25 that depends on the words alone."""
    digest = hashlib.sha256("|".join(map(str, words)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def reference_time(spec: StudySpec) -> datetime:
    """Start of the PET scan: activity is decay-corrected to this moment."""
    return spec.injected_at + timedelta(minutes=spec.uptake_minutes)


def compute_becquerel_per_suv(spec: StudySpec, half_life_s: float) -> float:
    """Bq/ml at the start of the scan for SUVbw 1 (1 ml of tissue weighs 1 g): dose left ÷ body weight in grams."""
    decay = math.exp(-math.log(2.0) * spec.uptake_minutes * 60.0 / half_life_s)
    return spec.dose_mbq * 1e6 * decay / (spec.weight_kg * 1000.0)


def compute_frame(z_index: int, slices: int, scanner: Scanner) -> Frame:
    """Timing of a slice; beds are scanned from the thighs (slice 0) to the head."""
    bed = min(z_index // scanner.bed_slices, (slices - 1) // scanner.bed_slices)
    start = bed * (scanner.frame_seconds + BED_CHANGE_SECONDS)
    rate = math.log(2.0) / scanner.half_life_s
    within = rate * scanner.frame_seconds / (1.0 - math.exp(-rate * scanner.frame_seconds))
    middle = math.log(within) / rate if scanner.frame_reference == "mid" else 0.0
    return Frame(start, 1000.0 * (start + middle), math.exp(rate * start) * within)


def write_pet(volume: Volume, spec: StudySpec, scanner: Scanner, seed: int, folder: Path) -> str:
    """Write one file a slice into the folder from a volume in SUVbw; gives the series UID."""
    series_uid = uid_of(seed, spec.name, "PT")
    base = _study(spec, scanner, seed, PositronEmissionTomographyImageStorage, series_uid)
    add_pet_series(base, spec, scanner, reference_time(spec), volume)
    per_suv = compute_becquerel_per_suv(spec, scanner.half_life_s)
    add_vendor_series(base, scanner, reference_time(spec), per_suv)
    stored_per_suv = per_suv / (scanner.activity_per_count if scanner.units == "CNTS" else 1.0)
    for z_index, dataset in _slices(base, volume, seed, spec):
        _set_frame(dataset, compute_frame(z_index, len(volume.values), scanner), reference_time(spec))
        _set_activity(dataset, volume.values[z_index] * stored_per_suv)
        dataset.ImageIndex = dataset.InstanceNumber
        _save(dataset, folder)
    return series_uid


def write_ct(volume: Volume, spec: StudySpec, scanner: Scanner, seed: int, folder: Path) -> str:
    """Write one file a slice into the folder from a volume in HU; gives the series UID."""
    series_uid = uid_of(seed, spec.name, "CT")
    base = _study(spec, scanner, seed, CTImageStorage, series_uid)
    scanned_at = reference_time(spec) - timedelta(minutes=2)
    add_ct_series(base, spec, scanned_at, volume)
    for z_index, dataset in _slices(base, volume, seed, spec):
        dataset.PixelData = np.rint(volume.values[z_index] + 1024.0).astype("<u2").tobytes()
        _save(dataset, folder)
    return series_uid


def _study(spec: StudySpec, scanner: Scanner, seed: int, sop_class: str, series_uid: str) -> Dataset:
    """What every file of a series shares about the patient, the study and the machine."""
    base = Dataset()
    base.SOPClassUID = sop_class
    base.StudyInstanceUID = uid_of(seed, spec.name, "study")
    base.SeriesInstanceUID = series_uid
    base.FrameOfReferenceUID = uid_of(seed, spec.name, "frame of reference")
    base.Manufacturer, base.ManufacturerModelName = scanner.manufacturer, scanner.model
    add_patient(base, spec)
    return base


def _slices(base: Dataset, volume: Volume, seed: int, spec: StudySpec) -> Iterator[tuple[int, Dataset]]:
    """The dataset of each slice, from the head to the feet; it is one object, changed at every step."""
    slices = len(volume.values)
    base.Rows, base.Columns = volume.values.shape[1:]
    base.PixelSpacing = [f"{volume.spacing_mm[1]:g}", f"{volume.spacing_mm[0]:g}"]
    base.SliceThickness = f"{volume.spacing_mm[2]:g}"
    for number in range(1, slices + 1):
        z_index = slices - number
        x, y, z = volume.point_at((0, 0, z_index))
        base.SOPInstanceUID = uid_of(seed, spec.name, base.Modality, number)
        base.InstanceNumber = number
        base.ImagePositionPatient = [f"{value:.3f}" for value in (x, y, z)]
        base.SliceLocation = f"{z:.3f}"
        yield z_index, base


def _set_frame(dataset: Dataset, frame: Frame, started_at: datetime) -> None:
    acquired_at = started_at + timedelta(seconds=frame.start_seconds)
    dataset.AcquisitionDate = f"{acquired_at:%Y%m%d}"
    dataset.AcquisitionTime = f"{acquired_at:%H%M%S}.00"
    dataset.FrameReferenceTime = f"{frame.reference_milliseconds:.1f}"
    dataset.DecayFactor = f"{frame.decay_factor:.6f}"


def _set_activity(dataset: Dataset, activity: np.ndarray) -> None:
    """Store activity as integers, with the slope of this slice as its text says it."""
    dataset.RescaleSlope = f"{max(float(activity.max()), 1.0) / 32767.0:.8e}"
    stored = np.clip(np.rint(activity / float(dataset.RescaleSlope)), 0, 32767)
    dataset.PixelData = stored.astype("<u2").tobytes()


def _save(dataset: Dataset, folder: Path) -> None:
    meta: Any = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = uid_of("Cushing Board", "sample data")
    meta.ImplementationVersionName = "CUSHING_SAMPLE"
    path = folder / f"{dataset.Modality}{dataset.InstanceNumber:04d}.dcm"
    FileDataset(path, dataset, preamble=b"\0" * 128, file_meta=meta).save_as(path, enforce_file_format=True)
