"""Patients as the learned model takes them: the engine's probabilities, uptake measured on PET, the reference diagnosis."""

from collections.abc import Mapping, Sequence
from math import log2
from typing import Any

from decision.batch import assess_many, list_subtypes
from decision.case import Case, ImagingFinding
from imaging.quality_rules import load_ranges
from imaging.ratios import compute_lateralisation_index, compute_llr
from trial.learned import Learner, load_rules
from views.cohort_records import find_place


def make_learners(cases: Sequence[Case], references: Mapping[str, str]) -> tuple[Learner, ...]:
    """Everybody with a reference diagnosis. The engine as it stands: with PET, without this trial's counts."""
    known = [case for case in cases if case.case_id in references]
    return tuple(
        Learner(case.case_id, engine, measure_uptake(case), references[case.case_id])
        for case, engine in zip(known, ask_engine(known), strict=True)
    )


def ask_engine(cases: Sequence[Case]) -> list[dict[str, float]]:
    """The engine's probability of every subtype, case by case."""
    rows = [row for _, chunk in assess_many(cases) for row in chunk]
    return [dict(zip(list_subtypes(), map(float, row), strict=True)) for row in rows]


def measure_uptake(case: Case) -> dict[str, float | None]:
    """Each measure of learned.toml, log2 of a ratio; None where a part is not known or the scan was not made in its window."""
    return {str(measure["name"]): _measure(case, measure) for measure in load_rules()["measure"]}


def _measure(case: Case, measure: Mapping[str, Any]) -> float | None:
    entries = [item for item in case.imaging if _belongs(item, measure)]
    ratio = _compare_sides(entries) if measure["over"] == "other side" else _compare_liver(entries)
    return None if ratio is None or ratio <= 0 else log2(ratio)


def _belongs(item: ImagingFinding, measure: Mapping[str, Any]) -> bool:
    if item.modality != "PET" or item.tracer != measure["tracer"] or find_place(item.region) != measure["place"]:
        return False
    window = load_ranges().get((str(item.tracer), "uptake_minutes"))
    return window is not None and item.uptake_minutes is not None and window.holds(item.uptake_minutes)


def _compare_sides(entries: Sequence[ImagingFinding]) -> float | None:
    levels = {item.region: item.suv_max for item in entries}
    return compute_lateralisation_index(levels.get("adrenal_left"), levels.get("adrenal_right"))


def _compare_liver(entries: Sequence[ImagingFinding]) -> float | None:
    ratios = [ratio for item in entries if (ratio := compute_llr(item.suv_max, item.liver_suv_mean)) is not None]
    return max(ratios, default=None)
