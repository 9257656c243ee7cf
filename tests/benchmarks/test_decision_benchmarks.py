"""The benchmarks of the decision still run and judge what they promise, on next to nothing; their times are never judged here."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def run(project: Path, script: str, *options: str) -> dict[str, Any]:
    command = [sys.executable, str(project / "benchmarks" / script), *options]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def test_many_cases_are_compared_and_counted(project: Path) -> None:
    small = (
        "--cases",
        "50",
        "--peer-cases",
        "5",
        "--million",
        "200",
        "--documents",
        "20",
        "--check",
        "10",
        "--repeats",
        "1",
    )
    found = run(project, "assess_many.py", *small)
    assert found["case_files"]["largest_difference"] < 1e-12
    assert found["streaming"]["cases"] == 200 and found["meets"]["memory_mb"]
    if find_spec("pgmpy") is None:
        assert "name an interpreter that has pgmpy" in found["same_network"]["pgmpy"]
        assert found["meets"]["times_as_fast"] is None
    else:
        assert found["same_network"]["largest_difference"] < 1e-9


def test_calibration_prints_a_share_with_its_error_for_every_subtype(project: Path) -> None:
    found = run(project, "calibration.py", "--patients", "200")
    for table in (found["intervals"]["by_subtype"], found["sets"]["by_subtype"]):
        assert len(table) == 10
    one = found["sets"]["by_subtype"]["EAS"]
    assert one["n"] == 20 and one["error"] == pytest.approx((one["share"] * (1 - one["share"]) / 20) ** 0.5, abs=1e-4)
    assert np.isfinite(found["sets"]["reliability"]["brier"])


def test_one_assessment_is_timed_with_its_flips(project: Path) -> None:
    found = run(project, "assess.py", "--cases", "3", "--repeats", "1")["assessment"]
    assert found["meets"] is (found["both"]["median_ms"] < found["limit_ms"])
    assert found["both"]["n"] == 3
