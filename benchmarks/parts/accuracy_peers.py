"""Run by benchmarks/trial_stats.py in the peers' own Python: their figures and their fastest times, as JSON."""

import importlib.util
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measure(work: Callable[[], list[float]], repeats: int) -> dict[str, Any]:
    """The figures, and the fastest of `repeats` after one call that warms up."""
    figures = work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return {"figures": [float(figure) for figure in figures], "ms": round(min(times), 4)}


def run_mlstatkit(data: dict[str, Any], repeats: int) -> dict[str, Any]:
    """Two correlated areas. Its z has the sign turned, so it is turned back."""
    from MLstatkit import Delong_test

    def compare() -> list[float]:
        z, p = Delong_test(data["labels"], data["a"], data["b"], return_ci=False, return_auc=False)[:2]
        return [-z, p]

    return {"two_areas": measure(compare, repeats)}


def run_confidenceinterval(data: dict[str, Any], repeats: int) -> dict[str, Any]:
    """An area with its interval, and a sensitivity with Wilson's."""
    from confidenceinterval import roc_auc_score, tpr_score

    def flatten(found: Any) -> list[float]:
        return [found[0], *found[1]]

    calls = [int(score >= data["cut"]) for score in data["a"]]
    return {
        "area": measure(lambda: flatten(roc_auc_score(data["labels"], data["a"])), repeats),
        "sensitivity": measure(lambda: flatten(tpr_score(data["labels"], calls)), repeats),
    }


PEERS = {"MLstatkit": run_mlstatkit, "confidenceinterval": run_confidenceinterval}


def main() -> None:
    warnings.simplefilter("ignore")
    data = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = {
        name: run(data, int(sys.argv[2])) if importlib.util.find_spec(name) else None for name, run in PEERS.items()
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
