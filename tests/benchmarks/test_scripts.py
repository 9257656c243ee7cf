"""The benchmarks still run and print what they promise, on next to nothing; their times are never judged here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(project: Path, script: str, *options: str) -> dict[str, Any]:
    command = [sys.executable, str(project / "benchmarks" / script), *options]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def test_reading_a_series_is_compared_with_other_readers(project: Path) -> None:
    tiny = ("--slices", "6", "--matrix", "16", "--rounds", "1", "--loads", "1", "--without-real")
    found = run(project, "load_pet.py", *tiny)
    methods = found["synthetic"]["methods"]
    assert set(methods) == {"ours", "simpleitk", "pydicom", "dicomsdl", "dcm2niix"}
    known = [one for one in methods.values() if not isinstance(one, str)]
    assert len(known) >= 4
    assert all(one["same_values_as_ours"] for one in known)
    assert {"seconds", "peak_mb", "peak_in_volumes", "ratio_to_simpleitk"} <= set(methods["ours"])
    assert found["synthetic"]["slopes"] == 6
    assert found["real"].startswith("skipped")


def test_assessing_and_the_worklist_are_timed(project: Path) -> None:
    found = run(project, "assess.py", "--cases", "3", "--repeats", "1")
    assert found["assessment"]["both"]["n"] == found["worklist"]["patients"] == 3
    assert {"first_ms", "median_ms", "p95_ms"} <= set(found["worklist"])
    assert {"assess", "flips", "both", "limit_ms", "meets"} <= set(found["assessment"])


def test_damaged_files_are_counted(project: Path) -> None:
    found = run(project, "fuzz_reading.py", "--files", "20")
    assert sum(found["outcomes"].values()) == found["files"] == 20
    assert (found["faulty"], found["first_faulty"]) == (0, [])


def test_the_pages_of_a_trial_are_timed(project: Path) -> None:
    found = run(project, "trial_pages.py", "--patients", "6", "--repeats", "1", "--only", "cut-off")
    [trial] = found["trials"]
    assert (trial["patients"], trial["limit_ms"]) == (6, 400)
    assert {"first_ms", "warm_ms", "changed_ms", "worst_ms", "meets"} <= set(trial["pages"]["Accuracy: cut-off"])
