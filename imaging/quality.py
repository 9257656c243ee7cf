"""Can this scan's numbers be believed? One sentence for each thing that decides it."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from imaging.body import read_weight_kg
from imaging.dicom import Series
from imaging.dose import read_dose_bq
from imaging.header import Header
from imaging.problem import Problem, Refusal
from imaging.volume import Volume

Level = Literal["ok", "check", "problem", "unknown"]
_FILE = Path(__file__).parent / "knowledge" / "quality.toml"


@dataclass(frozen=True)
class QualityLine:
    """One item (uptake time, activity …), how it stands, and a sentence that names its source."""

    item: str
    level: Level
    says: str


@dataclass(frozen=True)
class Range:
    """A published or chosen range of one quantity; an absent bound is None."""

    quantity: str
    low: float | None
    high: float | None
    most_mbq: float | None
    says: str
    grade: str
    source: str

    @property
    def cited(self) -> str:
        label = {"verified": "", "recalled": ", from memory and unchecked", "expert": ", expert value"}[self.grade]
        return f"{self.says} ({self.source}{label})"


@cache
def load_ranges() -> dict[tuple[str, str], Range]:
    """Ranges by (tracer or "any", quantity)."""
    book = tomllib.loads(_FILE.read_text("utf-8"))
    blocks = [(block["name"], block) for block in book["tracer"]] + [("any", block) for block in book["any"]]
    return {(name, block["quantity"]): _range(block) for name, block in blocks}


def _range(block: dict[str, str | float]) -> Range:
    numbers = {key: float(block[key]) if key in block else None for key in ("low", "high", "most_mbq")}
    texts = {key: str(block[key]) for key in ("quantity", "says", "grade", "source")}
    return Range(**texts, low=numbers["low"], high=numbers["high"], most_mbq=numbers["most_mbq"])


def assess_quality(
    series: Series, volume: Volume | None = None, liver_suv_mean: float | None = None
) -> tuple[QualityLine, ...]:
    """Lines on SUV, tracer, uptake time, activity, weight, liver and slices of a PET series; () for another modality.

    `liver_suv_mean` is the mean of a sphere in the right lobe where one was measured.
    """
    if series.modality != "PT":
        return ()
    return (
        _assess_suv(series, volume),
        _assess_tracer(series),
        _assess_uptake_time(series),
        _assess_activity(series),
        _assess_weight(series.headers[0]),
        _assess_liver(series, liver_suv_mean),
        _assess_slices(series),
    )


def _assess_suv(series: Series, volume: Volume | None) -> QualityLine:
    errors = [problem.says for problem in series.problems if problem.severity == "error"]
    if series.suv is None or series.suv.factors is None:
        return QualityLine("SUV", "problem", " ".join(errors) or "No SUV can be computed from this series.")
    if volume is not None and not (np.isfinite(volume.values).all() and volume.values.max() > 0):
        return QualityLine("SUV", "problem", "The image holds no uptake at all, or values that are not numbers.")
    warned = [problem.says for problem in series.suv.problems]
    if warned:
        return QualityLine("SUV", "check", " ".join(warned))
    return QualityLine("SUV", "ok", " ".join(series.suv.reasons))


def _assess_tracer(series: Series) -> QualityLine:
    asked = [problem.says for problem in series.problems if problem.code.startswith("tracer_")]
    if series.tracer is None:
        return QualityLine(
            "tracer", "unknown", " ".join(asked) or "The header names no tracer; say which one was given."
        )
    if asked:
        return QualityLine("tracer", "check", " ".join(asked))
    return QualityLine("tracer", "ok", f"The header names {series.tracer}.")


def _assess_uptake_time(series: Series) -> QualityLine:
    minutes = series.uptake_minutes
    if minutes is None:
        return QualityLine("uptake time", "unknown", "The time from injection to the scan is not known.")
    known = load_ranges().get((series.tracer or "", "uptake_minutes"))
    if known is None:
        says = f"{minutes:.0f} min after injection; no window is known for {series.tracer or 'an unknown tracer'}."
        return QualityLine("uptake time", "unknown", says)
    if _within(minutes, known):
        return QualityLine("uptake time", "ok", f"{minutes:.0f} min after injection; {known.cited}.")
    says = f"{minutes:.0f} min after injection is outside the window: {known.cited}. SUV cut-offs do not carry over."
    return QualityLine("uptake time", "check", says)


def _assess_activity(series: Series) -> QualityLine:
    header = series.headers[0]
    dose = _read_or_none(read_dose_bq, header)
    if dose is None:
        return QualityLine("activity", "unknown", "The injected activity is not known.")
    residual = "What stayed in the syringe is not in the header."
    mbq = dose / 1e6
    known = _activity_range(series.tracer, header)
    if known is None:
        return QualityLine("activity", "unknown", f"{mbq:.0f} MBq; no range is known for this tracer. {residual}")
    low, high, cited = known
    if low <= mbq <= high * _bound("activity_tolerance"):
        return QualityLine("activity", "ok", f"{mbq:.0f} MBq; {cited}. {residual}")
    return QualityLine("activity", "check", f"{mbq:.0f} MBq is unusual: {cited}. {residual}")


def _activity_range(tracer: str | None, header: Header) -> tuple[float, float, str] | None:
    ranges = load_ranges()
    fixed = ranges.get((tracer or "", "activity_mbq"))
    if fixed and fixed.low is not None and fixed.high is not None:
        return fixed.low, fixed.high, fixed.cited
    by_weight, weight = ranges.get((tracer or "", "activity_mbq_per_kg")), _read_or_none(read_weight_kg, header)
    if by_weight is None or by_weight.high is None or weight is None:
        return None
    high = min(by_weight.high * weight, by_weight.most_mbq or float("inf"))
    return high * _bound("activity_share_low"), high, by_weight.cited


def _bound(quantity: str) -> float:
    known = load_ranges()[("any", quantity)]
    return known.low if known.low is not None else known.high or 1.0


def _assess_weight(header: Header) -> QualityLine:
    weight = _read_or_none(read_weight_kg, header)
    if weight is None:
        return QualityLine("weight", "problem", "The weight is not known; enter it as measured on the day of the scan.")
    known = load_ranges()[("any", "weight_kg")]
    if not _within(weight, known):
        return QualityLine("weight", "check", f"{weight:g} kg is unusual ({known.cited}); check it.")
    return QualityLine(
        "weight", "ok", f"{weight:g} kg; it must be the weight on the day of the scan, not from history."
    )


def _assess_liver(series: Series, liver_suv_mean: float | None) -> QualityLine:
    known = load_ranges().get((series.tracer or "", "liver_suv_mean"))
    if liver_suv_mean is None:
        says = (
            "The liver is not measured yet; a 3 cm sphere in the right lobe checks weight, activity and times at once."
        )
        return QualityLine("liver", "unknown", says)
    if known is None:
        says = f"Liver SUVmean {liver_suv_mean:.1f}; no range is published for {series.tracer or 'an unknown tracer'}."
        return QualityLine("liver", "unknown", says)
    if _within(liver_suv_mean, known):
        return QualityLine("liver", "ok", f"Liver SUVmean {liver_suv_mean:.1f}; {known.cited}.")
    says = f"Liver SUVmean {liver_suv_mean:.1f} is implausible: {known.cited}. Check weight, activity and times."
    return QualityLine("liver", "check", says)


_SLICE_CODES = ("uneven_spacing", "duplicate_slices", "single_slice", "several_volumes", "missing_slices",
                "overlapping_slices", "no_position", "tilted_stack")  # fmt: skip


def _assess_slices(series: Series) -> QualityLine:
    odd = [problem for problem in series.problems if problem.code in _SLICE_CODES]
    if not odd:
        return QualityLine("slices", "ok", f"{len(series.headers)} slices, none missing, evenly spaced.")
    level: Level = "problem" if any(problem.severity == "error" for problem in odd) else "check"
    return QualityLine("slices", level, " ".join(problem.says for problem in odd))


def _within(value: float, known: Range) -> bool:
    return (known.low is None or value >= known.low) and (known.high is None or value <= known.high)


def _read_or_none(read: Callable[[Header, list[Problem]], float], header: Header) -> float | None:
    try:
        return read(header, [])
    except Refusal:
        return None
