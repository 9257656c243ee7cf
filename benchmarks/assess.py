"""How long a full assessment of one case takes, and the worklist of the whole synthetic trial.

Prints JSON: over the 160 synthetic cases the median and 95th percentile of `assess_case` (intervals, reasons, next tests),
of `list_flips`, and of both together, the first one apart because it loads the knowledge; then the worklist from a store in
which every assessment is already kept.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

LIMIT_MS = 50.0
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))


def time_of(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def summarise(times_ms: list[float]) -> dict[str, float | int]:
    last = quantiles(times_ms, n=20)[-1] if len(times_ms) > 1 else times_ms[0]
    return {"n": len(times_ms), "median_ms": round(median(times_ms), 2), "p95_ms": round(last, 2)}


def measure_assessing(documents: list[dict[str, Any]], repeats: int) -> dict[str, Any]:
    """Each case read from its document before the clock runs; its fastest of `repeats`, because others use the computer."""
    from decision.case import Case, read_case
    from decision.engine import assess_case
    from decision.flips import list_flips

    def assess_wholly(case: Case) -> None:
        assess_case(case)
        list_flips(case)

    cases = [read_case(document) for document in documents]
    found: dict[str, Any] = {"first_ms": round(time_of(lambda: assess_case(cases[0])), 1)}
    works: dict[str, Callable[[Case], Any]] = {"assess": assess_case, "flips": list_flips, "both": assess_wholly}
    for name, work in works.items():
        found[name] = summarise([min(time_of(partial(work, case)) for _ in range(repeats)) for case in cases])
    return found | {"limit_ms": LIMIT_MS, "meets": found["both"]["median_ms"] < LIMIT_MS}


def measure_worklist(documents: list[dict[str, Any]], repeats: int) -> dict[str, Any]:
    """The first query assesses everybody; those after find every assessment kept."""
    from store import open_store

    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/cushing.db") as store:
        store.save_many(cases=documents)
        first = time_of(store.fetch_worklist)
        after = summarise([time_of(store.fetch_worklist) for _ in range(repeats)])
        return {"patients": len(store.fetch_worklist()), "first_ms": round(first, 1), **after}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=160)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    from sample_data.cohort import make_cohort

    documents = [patient.case for patient in make_cohort()][: asked.cases]
    found = {
        "benchmark": "assess",
        "assessment": measure_assessing(documents, asked.repeats),
        "worklist": measure_worklist(documents, 5 * asked.repeats),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
