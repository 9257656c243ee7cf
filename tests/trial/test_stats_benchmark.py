"""The benchmark of the statistics still runs and judges what it promises; its times are never judged here."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.trial_stats import compare, judge


def task(figures: list[float], ms: float) -> dict[str, object]:
    return {"figures": figures, "ms": ms}


def test_a_figure_or_a_time_that_falls_behind_is_seen() -> None:
    ours = {"area": task([0.8, 0.7], 2.0)}
    same = compare(ours, {"area": task([0.8, 0.7 + 1e-12], 3.0)}, 1e-9)
    other = compare(ours, {"area": task([0.8, 0.71], 1.0)}, 1e-9)
    assert (same["area"]["same_figures"], same["area"]["no_slower"]) == (True, True)
    assert (other["area"]["same_figures"], other["area"]["no_slower"]) == (False, False)
    assert judge({"160": {"a": same}}, "no_slower") is True
    assert judge({"160": {"a": same, "b": other}}, "same_figures") is False


def test_with_no_peer_there_is_no_verdict() -> None:
    assert judge({"160": {"pROC": {"skipped": "R is not installed"}}}, "same_figures") is None


def test_it_runs_without_its_peers_and_says_what_is_skipped(project: Path) -> None:
    script = project / "benchmarks" / "trial_stats.py"
    command = [sys.executable, str(script), "--patients", "40", "--repeats", "1", "--resamples", "20"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    peers = found["patients"]["40"]
    assert set(peers) == {"MLstatkit", "confidenceinterval", "pROC"}
    assert all("skipped" in peer or all(row["same_figures"] for row in peer.values()) for peer in peers.values())
    assert found["bootstrap"]["ms"] > 0
