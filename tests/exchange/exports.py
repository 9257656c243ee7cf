"""A measured lesion on a synthetic study, and the standard's own checker, for the tests of what is written."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from exchange.dicom_object import encode_object
from exchange.lesion import Lesion, Stamp, make_uids
from imaging.dicom import Series, load_volume, read_study
from imaging.measure import find_region, measure_region
from imaging.volume import Volume
from sample_data.scanner import load_scanners
from sample_data.specs import load_study_specs
from sample_data.studies import StudyTruth, make_study

AT = datetime(2026, 5, 4, 15, 30, 12)
CHECKER = Path(sys.executable).with_name("dciodvfy")


def make_small_study(folder: Path, vendor: str, patient_id: str = "P006") -> StudyTruth:
    """A study of a maker's style with a left adrenal lesion, on a coarse grid so that it is made in a second."""
    spec = replace(next(one for one in load_study_specs() if one.patient_id == patient_id), vendor=vendor)
    coarse = {"pet_pixel_mm": 6.0, "pet_matrix": 80, "ct_matrix": 50, "ct_pixel_mm": 10.0, "ct_slice_mm": 20.0}
    return make_study(spec, folder, scanner=replace(load_scanners()[vendor], **coarse))


def read_pet(place: Path) -> Series:
    return next(one for one in read_study(place).series if one.modality == "PT")


def measure(volume: Volume, at_mm: tuple[float, float, float], name: str = "1", site: str = "adrenal_left") -> Lesion:
    found, numbers = find_region(volume, at_mm), measure_region(volume, at_mm)
    return Lesion(name, site, found.mask, volume, numbers, "41%", make_uids("tracking", name)())


def measure_hottest(series: Series) -> Lesion:
    volume = load_volume(series)
    z, y, x = np.unravel_index(int(volume.values.argmax()), volume.values.shape)
    return measure(volume, volume.point_at((float(x), float(y), float(z))))


def files_around(series: Series, lesion: Lesion, reach: int = 18) -> list[Path]:
    """The files of the slices near a lesion: a study small enough to be read again and again."""
    along = float(np.dot(series.stack.normal, lesion.measurement.max_mm))
    at = int(np.argmin(np.abs(np.asarray(series.stack.positions_mm) - along)))
    return [source.path for source in series.files[max(at - reach, 0) : at + reach]]


def make_stamp(synthetic: bool = True) -> Stamp:
    return Stamp(AT, make_uids("test"), synthetic)


def read_back(dataset: Dataset) -> Dataset:
    return pydicom.dcmread(BytesIO(encode_object(dataset)))


def find_errors(dataset: Dataset, folder: Path) -> list[str]:
    """The Error lines of dciodvfy, which must have read the object as what it is."""
    file = folder / "object.dcm"
    file.write_bytes(encode_object(dataset))
    told = subprocess.run([str(CHECKER), str(file)], capture_output=True, text=True, check=False)
    lines = (told.stderr + told.stdout).splitlines()
    assert any(line in ("Segmentation", "ComprehensiveSR", "RTStructureSet", "SCImage") for line in lines), lines
    return [line for line in lines if line.startswith(("Error", "Abort"))]
