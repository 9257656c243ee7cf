"""The trial's statistics beside MLstatkit, confidenceinterval and R's pROC: the same figures, and how long each takes.

Prints JSON. MLstatkit and confidenceinterval are looked for in `--peers PYTHON`, a Python that has them (this one unless
named; confidenceinterval wants an old setuptools, so give it an environment of its own). pROC is looked for with Rscript
(Debian: r-cran-proc and r-cran-jsonlite). What is not there is skipped in a sentence.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
PARTS = PROJECT / "benchmarks" / "parts"
sys.path.insert(0, str(PROJECT))

PRECISION = {"MLstatkit": 1e-9, "confidenceinterval": 1e-6, "pROC": 1e-9}
WHY_PRECISION = "confidenceinterval computes areas in single precision"
Found = dict[str, Any]


def make_data(patients: int, seed: int = 20260302) -> Found:
    """Two scores of the same patients, four in ten with the target; rounded, so that there are ties."""
    import numpy as np

    draw = np.random.default_rng(seed)
    labels = (np.arange(patients) % 5 < 2).astype(int)
    shared = draw.normal(labels, 1)
    a, b = (np.round(shared + draw.normal(0.2 * k * labels, 0.7), 2) for k in (2, 1))
    return {"labels": labels.tolist(), "a": a.tolist(), "b": b.tolist(), "cut": 0.8}


def run_ours(data: Found, repeats: int, resamples: int) -> Found:
    from benchmarks.parts.accuracy_peers import measure
    from trial.intervals import estimate_proportion
    from trial.roc import compare_auc, estimate_auc
    from trial.threshold import estimate_best_threshold

    def area() -> list[float]:
        found = estimate_auc(data["labels"], data["a"]).area
        return [found.value or 0, found.low or 0, found.high or 0]

    def two_areas() -> list[float]:
        found = compare_auc(data["labels"], data["a"], data["b"])
        return [found.z or 0, found.p or 0]

    def sensitivity() -> list[float]:
        calls = [score >= data["cut"] for label, score in zip(data["labels"], data["a"], strict=True) if label]
        found = estimate_proportion(sum(calls), len(calls))
        assert found.wilson and found.estimate is not None
        return [found.estimate, found.wilson.low, found.wilson.high]

    def threshold() -> list[float]:
        found = estimate_best_threshold(data["labels"], data["a"], resamples)
        return [found.apparent_sensitivity or 0, found.apparent_specificity or 0]

    quick = {work.__name__: measure(work, repeats) for work in (area, two_areas, sensitivity)}
    return quick | ({"threshold": measure(threshold, 1)} if resamples else {})


def run_peers(python: str, file: Path, repeats: int) -> Found:
    command = [python, str(PARTS / "accuracy_peers.py"), str(file), str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    says = "not installed in the Python given as --peers: skipped"
    return {name: result or {"skipped": f"{name} is {says}"} for name, result in found.items()}


def run_r(file: Path, repeats: int, resamples: int) -> Found:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return {"skipped": "R is not installed: pROC skipped (Debian: r-cran-proc and r-cran-jsonlite)"}
    command = [rscript, "--vanilla", str(PARTS / "accuracy_peers.R"), str(file), str(repeats), str(resamples)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {
            "skipped": f"pROC could not run: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no reason'}"
        }
    found: Found = json.loads(done.stdout)
    return found


def compare(ours: Found, peer: Found, precision: float) -> Found:
    """Task by task: the largest difference of a figure, and how many times the peer's time is ours."""
    rows = {}
    for task, theirs in peer.items():
        mine = ours[task]
        apart = max(abs(one - other) for one, other in zip(mine["figures"], theirs["figures"], strict=True))
        rows[task] = {
            "ours_ms": mine["ms"],
            "peer_ms": theirs["ms"],
            "largest_difference": apart,
            "same_figures": apart <= precision,
            "no_slower": mine["ms"] <= theirs["ms"],
        }
    return rows


def measure_size(patients: int, python: str, repeats: int, resamples: int) -> Found:
    data = make_data(patients)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        peers = run_peers(python, file, repeats) | {"pROC": run_r(file, repeats, resamples)}
    ours = run_ours(data, repeats, resamples)
    return {name: peer if "skipped" in peer else compare(ours, peer, PRECISION[name]) for name, peer in peers.items()}


def measure_bootstrap(patients: int, resamples: int) -> Found:
    """Our own bootstrap alone at full size, where the peers would take minutes."""
    from trial.threshold import estimate_best_threshold

    data = make_data(patients)
    start = time.perf_counter()
    estimate_best_threshold(data["labels"], data["a"], resamples)
    return {"patients": patients, "resamples": resamples, "ms": round((time.perf_counter() - start) * 1000, 1)}


def judge(sizes: dict[str, Found], key: str) -> bool | None:
    """Over every task of every peer that is there; None when none is."""
    tables = [peer for size in sizes.values() for peer in size.values() if "skipped" not in peer]
    return all(row[key] for table in tables for row in table.values()) if tables else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="a Python with the two packages")
    parser.add_argument("--patients", type=int, nargs="+", default=[160, 10_000])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--resamples", type=int, default=2000)
    asked = parser.parse_args()
    small = min(asked.patients)
    sizes = {
        str(patients): measure_size(patients, asked.peers, asked.repeats, asked.resamples if patients == small else 0)
        for patients in asked.patients
    }
    found = {
        "benchmark": "trial_stats",
        "load": round(os.getloadavg()[0], 2),
        "precision": PRECISION | {"says": WHY_PRECISION},
        "patients": sizes,
        "bootstrap": measure_bootstrap(max(asked.patients), asked.resamples),
    }
    found |= {"same_figures": judge(sizes, "same_figures"), "no_slower": judge(sizes, "no_slower")}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
