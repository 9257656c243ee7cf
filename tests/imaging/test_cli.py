"""The command line as the contract has it: keys, exit status, one sentence instead of a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from imaging.__main__ import main
from tests.imaging.dicom_files import pet_series, pet_slice, write_files

SERIES_KEYS = {
    "series_uid", "modality", "tracer", "slices", "size", "spacing_mm", "units", "suv_type", "suv_factors",
    "reference_time", "reference_time_source", "uptake_minutes", "suv_max", "problems",
}  # fmt: skip
MEASUREMENT_KEYS = {
    "suv_max", "suv_mean", "suv_peak", "volume_ml", "total_uptake", "centre_mm", "threshold_suv", "leaked",
}  # fmt: skip


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    """A 40 mm cube of uptake in 30 slices of 20 × 20 voxels, 4 × 4 × 3 mm."""
    pixels = np.zeros((20, 20))
    pixels[5:15, 5:15] = 9000
    return write_files(tmp_path / "hot", [pet_slice(3.0 * n, pixels * (8 <= n < 22)) for n in range(30)])


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    try:
        status = main([str(word) for word in words])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def test_inspect_prints_the_contract(capsys: pytest.CaptureFixture[str], hot: Path) -> None:
    status, out, err = run(capsys, "inspect", hot)
    document = json.loads(out)
    series = document["series"][0]
    assert (status, err, document["rejected"]) == (0, "", [])
    assert set(series) >= SERIES_KEYS
    assert (series["modality"], series["tracer"], series["slices"]) == ("PT", "68Ga-Pentixafor", 30)
    assert (series["size"], series["spacing_mm"], len(series["suv_factors"])) == ([20, 20, 30], [4, 4, 3], 1)
    assert series["suv_max"] == pytest.approx(18000 * series["suv_factors"][0], rel=1e-5)


def test_factors_that_differ_are_printed_one_a_slice(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    slices = [pet_slice(3.0 * n, DecayCorrection="NONE", AcquisitionTime=f"11{n:02d}00") for n in range(3)]
    factors = json.loads(run(capsys, "inspect", write_files(tmp_path, slices))[1])["series"][0]["suv_factors"]
    assert factors == sorted(factors)
    assert len(set(factors)) == 3


def test_a_refused_suv_is_null_with_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "inspect", write_files(tmp_path, pet_series(3, PatientWeight=None)))
    series = json.loads(out)["series"][0]
    assert (status, series["suv_factors"], series["suv_max"], series["suv_type"]) == (0, None, None, None)
    assert [problem["code"] for problem in series["problems"] if problem["severity"] == "error"] == ["no_weight"]


def test_measure_prints_the_contract(capsys: pytest.CaptureFixture[str], hot: Path) -> None:
    status, out, err = run(capsys, "measure", hot, "--series", "1.2.3.1", "--at", "30,20,45")
    measured = json.loads(out)
    assert (status, err) == (0, "")
    assert set(measured) >= MEASUREMENT_KEYS
    assert measured["volume_ml"] == pytest.approx(10 * 10 * 14 * 4 * 4 * 3 / 1000)
    assert measured["centre_mm"] == [28.0, 18.0, 43.5]
    assert measured["suv_peak"] == pytest.approx(measured["suv_max"])
    assert measured["leaked"] is False


def test_a_point_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str], hot: Path) -> None:
    status, _, err = run(capsys, "measure", hot, "--series", "1.2.3.1", "--at", "-300,20,45")
    assert status == 2
    assert "outside the image" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--series", "9.9", "--at", "1,2,3"], "1.2.3.1"),
        (["--series", "1.2.3.1", "--at", "1,2"], "X,Y,Z"),
        (["--series", "1.2.3.1", "--at", "nan,2,3"], "X,Y,Z"),
        (["--at", "1,2,3"], "--series"),
        (["--series", "1.2.3.1", "--at", "30,20,45", "--threshold", "most"], "not known"),
        (["--series", "1.2.3.1", "--at", "30,20,45", "--threshold", "liver"], "liver"),
        (["--series", "1.2.3.1", "--at", "-8,-18,0"], "no lesion"),
    ],
)
def test_mistakes_get_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], hot: Path, words: list[str], says: str
) -> None:
    status, out, err = run(capsys, "measure", hot, *words)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_a_lesion_beside_missing_slices_is_not_measured(capsys: pytest.CaptureFixture[str], hot: Path) -> None:
    for name in ("IM0012", "IM0013"):
        (hot / name).unlink()
    status, _, err = run(capsys, "measure", hot, "--series", "1.2.3.1", "--at", "30,20,45")
    assert status == 2
    assert "Slices are missing" in err


def test_nothing_readable_is_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    status, out, err = run(capsys, "inspect", tmp_path)
    assert status == 2
    assert json.loads(out)["series"] == []
    assert "Nothing could be read" in err


def test_two_patients_are_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_files(tmp_path, pet_series(2))
    write_files(tmp_path, pet_series(2, PatientID="P2"), prefix="B")
    status, out, err = run(capsys, "inspect", tmp_path)
    assert (status, json.loads(out)["series"]) == (2, [])
    assert "2 patients" in err


def test_a_missing_path_is_said_without_a_traceback(project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "imaging", "inspect", str(tmp_path / "nowhere")]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "does not exist" in ended.stderr
