"""Do the trial's intervals hold the truth as often as they say? Data sets drawn at a trial's sizes from a known truth.

Prints JSON: for every method and setting the share of 95 % intervals that held the truth, in how many data sets there was an
interval, and how wide it was on average. Some settings are near an edge on purpose: that is where a method fails first.
`short`: the share lies more than three binomial errors below 0.935; 0.015 is what discreteness alone takes from a score
interval at these sizes (Newcombe 1998). The settings are in parts/coverage_settings.py and parts/coverage_models.py.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

LEVEL, SLACK, ERRORS = 0.95, 0.015, 3


def measure(setting: Any, draws: int, seed: int) -> dict[str, Any]:
    """One setting over so many data sets; a data set without an interval is counted apart, never as held."""
    rng = np.random.default_rng([seed, *setting.name.encode()])
    n = max(draws // setting.every, 1)
    found = [ends for ends in (setting.draw(rng) for _ in range(n)) if ends is not None]
    share = sum(low <= setting.truth <= high for low, high in found) / len(found) if found else float("nan")
    widths = [high - low for low, high in found if high < float("inf")]
    return {
        "data_sets": n,
        "with_interval": len(found),
        "share": round(float(share), 4) if found else None,
        "width": round(float(np.mean(widths)), 4) if widths else None,
        "truth": round(float(setting.truth), 5),
        "short": bool(found and share < LEVEL - SLACK - ERRORS * (LEVEL * (1 - LEVEL) / len(found)) ** 0.5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=10_000, help="data sets a setting (slow methods: a part of it)")
    parser.add_argument("--seed", type=int, default=7350707)
    parser.add_argument("--only", default="", help="settings whose name holds this")
    asked = parser.parse_args()
    from benchmarks.parts.coverage_models import list_models
    from benchmarks.parts.coverage_settings import list_settings

    start = time.perf_counter()
    settings = [one for one in (*list_settings(), *list_models()) if asked.only.lower() in one.name.lower()]
    found = {one.name: measure(one, asked.draws, asked.seed) for one in settings}
    print(
        json.dumps(
            {
                "benchmark": "coverage",
                "level": LEVEL,
                "settings": found,
                "short": [name for name, one in found.items() if one["short"]],
                "load": round(os.getloadavg()[0], 2),
                "seconds": round(time.perf_counter() - start, 1),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
