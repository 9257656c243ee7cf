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
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element, write_file_meta_info
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
    shared = _study(spec, scanner, seed, PositronEmissionTomographyImageStorage, series_uid)
    add_pet_series(shared, spec, scanner, reference_time(spec), volume)
    per_suv = compute_becquerel_per_suv(spec, scanner.half_life_s)
    add_vendor_series(shared, scanner, reference_time(spec), per_suv)
    stored_per_suv = per_suv / (scanner.activity_per_count if scanner.units == "CNTS" else 1.0)
    files = SliceFiles(shared, volume, folder)
    for z_index, own in _slices(volume, uid_of(seed, spec.name, "PT", "slices")):
        _set_frame(own, compute_frame(z_index, len(volume.values), scanner), reference_time(spec))
        _set_activity(own, volume.values[z_index] * stored_per_suv)
        own.ImageIndex = own.InstanceNumber
        files.save(own)
    return series_uid


def write_ct(volume: Volume, spec: StudySpec, scanner: Scanner, seed: int, folder: Path) -> str:
    """Write one file a slice into the folder from a volume in HU; gives the series UID."""
    series_uid = uid_of(seed, spec.name, "CT")
    shared = _study(spec, scanner, seed, CTImageStorage, series_uid)
    scanned_at = reference_time(spec) - timedelta(minutes=2)
    add_ct_series(shared, spec, scanned_at, volume)
    files = SliceFiles(shared, volume, folder)
    for z_index, own in _slices(volume, uid_of(seed, spec.name, "CT", "slices")):
        _set_pixels(own, np.rint(volume.values[z_index] + 1024.0))
        files.save(own)
    return series_uid


class SliceFiles:
    """Writes the files of one series; what the slices share is encoded once."""

    def __init__(self, shared: Dataset, volume: Volume, folder: Path) -> None:
        shared.Rows, shared.Columns = volume.values.shape[1:]
        shared.PixelSpacing = [f"{volume.spacing_mm[1]:g}", f"{volume.spacing_mm[0]:g}"]
        shared.SliceThickness = f"{volume.spacing_mm[2]:g}"
        self._sop_class, self._name = shared.SOPClassUID, folder / shared.Modality
        self._shared = _encode(shared)

    def save(self, own: Dataset) -> None:
        """Write the file of a slice from its own attributes."""
        elements = {**self._shared, **_encode(own)}
        with Path(f"{self._name}{own.InstanceNumber:04d}.dcm").open("wb") as file:
            file.write(b"\0" * 128 + b"DICM" + self._meta(own.SOPInstanceUID))
            file.write(b"".join(elements[tag] for tag in sorted(elements)))

    def _meta(self, instance_uid: str) -> bytes:
        meta: Any = FileMetaDataset()
        meta.MediaStorageSOPClassUID = self._sop_class
        meta.MediaStorageSOPInstanceUID = instance_uid
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.ImplementationClassUID = uid_of("Cushing Board", "sample data")
        meta.ImplementationVersionName = "CUSHING_SAMPLE"
        buffer = DicomBytesIO()
        write_file_meta_info(buffer, meta)
        return buffer.getvalue()


def _encode(dataset: Dataset) -> dict[int, bytes]:
    """The bytes of each element, explicit little endian; text is ASCII, no element has an ambiguous type."""
    encoded = {}
    for element in dataset:
        buffer = DicomBytesIO()
        buffer.is_little_endian, buffer.is_implicit_VR = True, False
        write_data_element(buffer, element)
        encoded[int(element.tag)] = buffer.getvalue()
    return encoded


def _study(spec: StudySpec, scanner: Scanner, seed: int, sop_class: str, series_uid: str) -> Dataset:
    """What every file of a series shares about the patient, the study and the machine."""
    shared = Dataset()
    shared.SOPClassUID = sop_class
    shared.StudyInstanceUID = uid_of(seed, spec.name, "study")
    shared.SeriesInstanceUID = series_uid
    shared.FrameOfReferenceUID = uid_of(seed, spec.name, "frame of reference")
    shared.Manufacturer, shared.ManufacturerModelName = scanner.manufacturer, scanner.model
    add_patient(shared, spec)
    return shared


def _slices(volume: Volume, key: str) -> Iterator[tuple[int, Dataset]]:
    """The z index and the own attributes of each slice, from the head to the feet."""
    slices = len(volume.values)
    for number in range(1, slices + 1):
        own = Dataset()
        x, y, z = volume.point_at((0, 0, slices - number))
        own.SOPInstanceUID = uid_of(key, number)
        own.InstanceNumber = number
        own.ImagePositionPatient = [f"{value:.3f}" for value in (x, y, z)]
        own.SliceLocation = f"{z:.3f}"
        yield slices - number, own


def _set_frame(dataset: Dataset, frame: Frame, started_at: datetime) -> None:
    acquired_at = started_at + timedelta(seconds=frame.start_seconds)
    dataset.AcquisitionDate = f"{acquired_at:%Y%m%d}"
    dataset.AcquisitionTime = f"{acquired_at:%H%M%S}.00"
    dataset.FrameReferenceTime = f"{frame.reference_milliseconds:.1f}"
    dataset.DecayFactor = f"{frame.decay_factor:.6f}"


def _set_activity(dataset: Dataset, activity: np.ndarray) -> None:
    """Store activity as integers, with the slope of this slice as its text says it."""
    dataset.RescaleSlope = f"{max(float(activity.max()), 1.0) / 32767.0:.8e}"
    _set_pixels(dataset, np.clip(np.rint(activity / float(dataset.RescaleSlope)), 0, 32767))


def _set_pixels(dataset: Dataset, stored: np.ndarray) -> None:
    dataset.add_new(0x7FE00010, "OW", stored.astype("<u2").tobytes())
