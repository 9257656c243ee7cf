"""Published cut-offs of uptake with their own intervals, and the warning that one belongs to another uptake time."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from trial.intervals import Proportion, estimate_proportion

CUTOFF_FILE = Path(__file__).with_name("cutoffs.toml")
INFERRED = "counts worked out from the percentages printed"


@dataclass(frozen=True)
class Cutoff:
    """One published cut-off; the proportions are None when the counts are not known. At or above it is positive."""

    code: str
    index: str
    tracer: str
    threshold: float
    sensitivity: Proportion | None
    specificity: Proportion | None
    uptake_minutes: float | None
    population: str
    source: str
    grade: str
    says: str


@dataclass(frozen=True)
class Cutoffs:
    """All of them, and how many minutes a scan may differ before the reader is warned."""

    cutoffs: tuple[Cutoff, ...]
    tolerance_minutes: float

    def find(self, index: str, tracer: str) -> tuple[Cutoff, ...]:
        """The cut-offs of this index on this tracer."""
        return tuple(one for one in self.cutoffs if (one.index, one.tracer) == (index, tracer))


@lru_cache(maxsize=1)
def load_cutoffs() -> Cutoffs:
    """The published cut-offs, from cutoffs.toml."""
    document = tomllib.loads(CUTOFF_FILE.read_text(encoding="utf-8"))
    found = tuple(_read_cutoff(block) for block in document["cutoff"])
    return Cutoffs(found, float(document["uptake"]["tolerance_minutes"]))


def question_uptake(cutoff: Cutoff, minutes: float | None, tolerance: float | None = None) -> str | None:
    """Why this cut-off may not fit a scan so many minutes after injection; None when both times agree."""
    allowed = load_cutoffs().tolerance_minutes if tolerance is None else tolerance
    if cutoff.uptake_minutes is None:
        return "the uptake time of the published cut-off is not known: it may not fit these scans"
    if minutes is None:
        return f"published at {cutoff.uptake_minutes:g} min; the uptake time of this scan is not known"
    if abs(minutes - cutoff.uptake_minutes) > allowed:
        return (
            f"published at {cutoff.uptake_minutes:g} min, this scan is of {minutes:.0f} min: the cut-off does not apply"
        )
    return None


def _read_cutoff(block: dict[str, Any]) -> Cutoff:
    counts = {name: block.get(name) for name in ("diseased", "healthy")}
    shares = [None if count is None else estimate_proportion(*count) for count in counts.values()]
    return Cutoff(
        code=block["code"],
        index=block["index"],
        tracer=block["tracer"],
        threshold=float(block["threshold"]),
        sensitivity=shares[0],
        specificity=shares[1],
        uptake_minutes=block.get("uptake_minutes"),
        population=block["population"],
        source=block["source"],
        grade=block["grade"],
        says=INFERRED if block.get("counts_from") == "percentages" else "",
    )
