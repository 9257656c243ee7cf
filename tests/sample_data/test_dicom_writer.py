"""Files of a synthetic study: the same bytes each time, valid DICOM, and SUV comes back out of the header."""

import hashlib
import math
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest

from imaging.dicom import load_volume, read_study
from sample_data.dicom_writer import compute_becquerel_per_suv, compute_frame
from sample_data.scanner import load_scanners
from sample_data.specs import load_study_specs
from sample_data.studies import StudyTruth, make_study

SPECS = {spec.vendor: spec for spec in load_study_specs()}
VENDORS = sorted(SPECS)
SEED = 11


def _make_small(vendor: str, folder: Path) -> StudyTruth:
    """A study with few, thick slices."""
    scanner = replace(load_scanners()[vendor], pet_slice_mm=26.0, ct_slice_mm=52.0)
    return make_study(SPECS[vendor], folder, SEED, scanner)


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> dict[str, StudyTruth]:
    return {vendor: _make_small(vendor, tmp_path_factory.mktemp(vendor)) for vendor in VENDORS}


def _headers(truth: StudyTruth, series: str) -> list[pydicom.FileDataset]:
    return [pydicom.dcmread(path) for path in sorted((truth.folder / series).iterdir())]


def _near(dataset, point_mm, radius_mm) -> np.ndarray:
    """Rescaled values of a slice within a circle about a point, by nothing but the header."""
    left, back, _ = (float(value) for value in dataset.ImagePositionPatient)
    rows, columns = np.mgrid[: dataset.Rows, : dataset.Columns]
    x, y = left + columns * float(dataset.PixelSpacing[1]), back + rows * float(dataset.PixelSpacing[0])
    inside = np.hypot(x - point_mm[0], y - point_mm[1]) <= radius_mm
    return dataset.pixel_array[inside] * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)


def _nearest_slice(datasets, point_mm):
    return min(datasets, key=lambda dataset: abs(float(dataset.ImagePositionPatient[2]) - point_mm[2]))


def _clock(date: str, time: str) -> datetime:
    return datetime.strptime(date + time.split(".")[0], "%Y%m%d%H%M%S")


@pytest.mark.parametrize("vendor", VENDORS)
def test_suv_of_the_liver_comes_back_by_hand(studies, vendor):
    """SUV = activity × weight ÷ (dose × decay from injection to the series time), worked out from the header alone."""
    liver = studies[vendor].references["liver"]
    header = _nearest_slice(_headers(studies[vendor], "PT"), liver.centre_mm)
    agent = header.RadiopharmaceuticalInformationSequence[0]
    waited = _clock(header.SeriesDate, header.SeriesTime) - _clock(
        header.SeriesDate, agent.RadiopharmaceuticalStartTime
    )
    decay = 2.0 ** (-waited.total_seconds() / float(agent.RadionuclideHalfLife))
    per_activity = float(header.PatientWeight) * 1000.0 / (float(agent.RadionuclideTotalDose) * decay)
    factor = header[0x7053, 0x1000].value if header.Units == "CNTS" else per_activity
    assert float((_near(header, liver.centre_mm, 20.0) * float(factor)).mean()) == pytest.approx(liver.suv, rel=0.05)


@pytest.mark.parametrize("vendor", VENDORS)
def test_suv_of_the_liver_comes_back_through_the_reader(studies, vendor):
    truth = studies[vendor]
    pet = next(series for series in read_study(truth.folder).series if series.modality == "PT")
    volume = load_volume(pet)
    x, y, z = (round(index) for index in volume.index_at(truth.references["liver"].centre_mm))
    assert (pet.tracer, pet.series_uid, volume.unit) == (truth.tracer, truth.pet_series_uid, "SUVbw")
    assert pet.uptake_minutes == pytest.approx(SPECS[vendor].uptake_minutes, abs=0.01)
    assert [problem for problem in pet.problems if problem.severity == "error"] == []
    mean = float(volume.values[z, y - 4 : y + 5, x - 4 : x + 5].mean())
    assert mean == pytest.approx(truth.references["liver"].suv, rel=0.05)


def test_philips_factors_agree_with_one_another(studies):
    header = _headers(studies["PHILIPS_CNTS"], "PT")[0]
    assert header.Units == "CNTS"
    becquerel = compute_becquerel_per_suv(SPECS["PHILIPS_CNTS"], float(load_scanners()["PHILIPS_CNTS"].half_life_s))
    assert float(header[0x7053, 0x1009].value) / becquerel == pytest.approx(float(header[0x7053, 0x1000].value))


@pytest.mark.parametrize(("vendor", "tag"), [("GE", (0x0009, 0x100D)), ("SIEMENS", (0x0071, 0x1022))])
def test_private_reference_time_is_the_series_time(studies, vendor, tag):
    header = _headers(studies[vendor], "PT")[0]
    assert str(header[tag].value) == f"{header.SeriesDate}{header.SeriesTime}"


def test_activity_left_after_one_half_life_is_half():
    spec = replace(SPECS["GE"], uptake_minutes=67.71, dose_mbq=140.0, weight_kg=70.0)
    assert compute_becquerel_per_suv(spec, 67.71 * 60) == pytest.approx(140e6 / 70_000 / 2)


def test_decay_factor_and_reference_time_of_a_frame_tell_the_same_decay():
    """With the mid convention the decay factor is that of the frame reference time itself."""
    scanner = load_scanners()["SIEMENS"]
    last = compute_frame(199, 200, scanner)
    rate = math.log(2) / scanner.half_life_s
    assert last.start_seconds == 6 * (180 + 5)
    assert math.log(last.decay_factor) / rate == pytest.approx(last.reference_milliseconds / 1000.0)
    assert compute_frame(0, 200, load_scanners()["GE"]).reference_milliseconds == 0.0


@pytest.mark.parametrize("vendor", VENDORS)
def test_slopes_differ_between_slices(studies, vendor):
    slopes = {float(header.RescaleSlope) for header in _headers(studies[vendor], "PT")}
    assert len(slopes) > 10


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_file_says_that_it_is_synthetic_and_names_nobody(studies, vendor):
    spec = SPECS[vendor]
    for header in _headers(studies[vendor], "PT") + _headers(studies[vendor], "CT"):
        assert header.PatientName == f"SYNTHETIC^{spec.patient_id}"
        assert header.PatientID == spec.patient_id
        assert header.PatientBirthDate == ""
        assert header.PatientIdentityRemoved == "YES"
        for words in (header.StudyDescription, header.SeriesDescription, header.ImageComments):
            assert "SYNTHETIC DATA" in words


def test_pet_and_ct_share_the_frame_of_reference_and_cover_the_same_body(studies):
    truth = studies["SIEMENS"]
    pet, ct = _headers(truth, "PT"), _headers(truth, "CT")
    assert {header.FrameOfReferenceUID for header in pet} == {header.FrameOfReferenceUID for header in ct}
    for series in (pet, ct):
        heights = sorted(float(header.ImagePositionPatient[2]) for header in series)
        assert heights[-1] - heights[0] > 900
    assert len({header.SOPInstanceUID for header in pet + ct}) == len(pet) + len(ct)


def test_ct_has_the_hounsfield_units_of_the_liver(studies):
    truth = studies["GE"]
    liver = truth.references["liver"].centre_mm
    assert _near(_nearest_slice(_headers(truth, "CT"), liver), liver, 15.0).mean() == pytest.approx(58, abs=4)


def test_the_same_seed_gives_the_same_bytes(studies, tmp_path):
    again = _make_small("GE", tmp_path)
    first = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in studies["GE"].folder.rglob("*.dcm")}
    second = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in again.folder.rglob("*.dcm")}
    assert first == second
    assert len(first) > 40


@pytest.mark.parametrize("vendor", VENDORS)
def test_dicom_validator_finds_no_error_in_any_file(studies, vendor):
    validator = shutil.which("dciodvfy", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if validator is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    files = sorted(studies[vendor].folder.rglob("*.dcm"))

    def says(path: Path) -> str:
        done = subprocess.run([validator, "-new", str(path)], capture_output=True, text=True, check=False)
        return done.stderr + done.stdout

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(says, files))
    assert all(("PETImage" in answer) or ("CTImage" in answer) for answer in answers)
    assert [line for answer in answers for line in answer.splitlines() if line.startswith("Error")] == []
