"""The benchmarks of the pictures still run and judge what they promise; their times are never judged here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.slider import LIMIT, compare


def test_drawing_a_fused_slice_is_timed_beside_the_plain_way(project: Path) -> None:
    command = [sys.executable, str(project / "benchmarks" / "render.py"), "--slices", "2", "--depth", "8"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert set(found["ours"]) == {"axial", "coronal", "sagittal"}
    assert all(one["kb"] > 0 for one in (*found["ours"].values(), found["plain_pillow"]))
    assert found["meets"] is all(one["wall"]["median_ms"] < found["limit_ms"] for one in found["ours"].values())


@pytest.mark.parametrize(("ours_ms", "meets"), [(100.0 * LIMIT, True), (100.0 * LIMIT + 1, False)])
def test_the_slider_is_judged_by_its_ratio_to_the_bare_app(ours_ms: float, meets: bool) -> None:
    times = {"ours": [ours_ms] * 4, "bare": [100.0] * 4}
    found = compare({app: {"at_ease": one, "in_a_row": one} for app, one in times.items()})
    assert found["at_ease"]["meets"] is found["in_a_row"]["meets"] is meets
    assert found["at_ease"]["median_ratio"] == pytest.approx(ours_ms / 100, abs=0.01)
