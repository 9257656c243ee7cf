"""What the command line prints of a test patient whose SUV is known from weight, activity and clock alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from imaging.__main__ import main
from tests.imaging.dicom_files import write_files

GALLIUM = 4057.7
AT_INJECTION = 1000 * 60 / 150e6


def inspect(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The PET series of what the command prints."""
    main(["inspect", str(path)])
    return [one for one in json.loads(capsys.readouterr().out)["series"] if one["modality"] == "PT"]


def inspect_only(slices: list[Dataset], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Slices written to disk: the only PET series there."""
    found = inspect(write_files(folder / "study", slices), capsys)
    assert len(found) == 1
    return found[0]


def after(minutes: float, half_life_s: float = GALLIUM) -> float:
    """SUVbw per Bq/ml of the test patient (60 kg, 150 MBq) that many minutes after injection."""
    return float(AT_INJECTION * 2 ** (minutes * 60 / half_life_s))


def factor(series: dict[str, Any]) -> float:
    """The one factor that all slices share."""
    assert series["suv_factors"] is not None, series["problems"]
    assert len(series["suv_factors"]) == 1
    return float(series["suv_factors"][0])


def codes(series: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in series["problems"]]
