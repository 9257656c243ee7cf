"""Can this scan's numbers be believed? One sentence for each thing that decides it, and what it means for the numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from imaging.body import read_weight_kg
from imaging.correction import Correction
from imaging.dicom import Series
from imaging.dose import read_dose_bq
from imaging.header import Header
from imaging.problem import Problem, Refusal
from imaging.quality_rules import Range, load_applied, load_ranges
from imaging.volume import Volume

__all__ = ["Level", "QualityLine", "Range", "assess_liver", "assess_quality", "load_ranges"]

Level = Literal["ok", "check", "problem", "unknown"]
_NONE = Correction()


@dataclass(frozen=True)
class QualityLine:
    """One item (uptake time, activity …), how it stands, and a sentence that names its source."""

    item: str
    level: Level
    says: str


def assess_quality(
    series: Series, volume: Volume | None = None, liver_suv_mean: float | None = None, entered: Correction = _NONE
) -> tuple[QualityLine, ...]:
    """Lines on SUV, tracer, uptake time, activity, weight, corrections, liver and slices of a PET; () for another modality.

    `liver_suv_mean` is the mean of a sphere in the right lobe where one was measured; `entered` what a reader has put in
    the place of the headers' values, which `series` then holds already.
    """
    if series.modality != "PT":
        return ()
    return (
        _assess_suv(series, volume),
        _assess_tracer(series, entered),
        _assess_uptake_time(series),
        _assess_activity(series, entered),
        _assess_weight(series.headers[0], entered),
        _assess_corrections(series.headers[0]),
        assess_liver(series.tracer, liver_suv_mean),
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


def _assess_tracer(series: Series, entered: Correction) -> QualityLine:
    asked = [problem.says for problem in series.problems if problem.code.startswith("tracer_")]
    if entered.tracer:
        return QualityLine("tracer", "ok", f"{entered.tracer}, as entered by the reader.")
    if series.tracer is None:
        says = " ".join(asked) or "The header names no tracer; say which one was given."
        return QualityLine("tracer", "unknown", f"{says} Until then no range or cut-off of a tracer applies.")
    if asked:
        return QualityLine("tracer", "check", " ".join(asked))
    return QualityLine("tracer", "ok", f"{series.tracer}, from {_say_source(series.headers[0])}.")


def _say_source(header: Header) -> str:
    """Where the tracer's name was found: text and code of the radiopharmaceutical, or the words of a description."""
    found = [f"“{header.pharmaceutical_text}”"] if header.pharmaceutical_text else []
    found += [f"code {header.pharmaceutical_code}"] if header.pharmaceutical_code else []
    nuclide = (
        [f"nuclide {header.nuclide_text or header.nuclide_code}"] if header.nuclide_text or header.nuclide_code else []
    )
    half_life = [f"half-life {header.half_life_s:g} s"] if header.half_life_s else []
    if not found:
        found = ["the description of series, protocol or study; the radiopharmaceutical itself is not named"]
    return ", ".join([*found, *nuclide, *half_life])


def _assess_uptake_time(series: Series) -> QualityLine:
    minutes = series.uptake_minutes
    if minutes is None:
        says = "The time from injection to the scan is not known: no cut-off made for one time can be applied."
        return QualityLine("uptake time", "unknown", says)
    known = load_ranges().get((series.tracer or "", "uptake_minutes"))
    if known is None:
        says = f"{minutes:.0f} min after injection; no window is known for {_name(series.tracer)}."
        return QualityLine("uptake time", "unknown", says)
    if known.holds(minutes):
        return QualityLine("uptake time", "ok", f"{minutes:.0f} min after injection; {known.cited}.")
    says = f"{minutes:.0f} min after injection is outside the window: {known.cited}. SUV cut-offs do not carry over."
    return QualityLine("uptake time", "check", says)


def _name(tracer: str | None) -> str:
    return tracer or "a tracer that is not known"


def _assess_activity(series: Series, entered: Correction) -> QualityLine:
    header = series.headers[0]
    dose = _read_or_none(read_dose_bq, header)
    if dose is None:
        return QualityLine("activity", "unknown", "The injected activity is not known, and every SUV is divided by it.")
    mbq, residual = dose / 1e6, _say_residual(entered)
    known = _activity_range(series.tracer, header)
    if known is None:
        return QualityLine(
            "activity", "unknown", f"{mbq:.0f} MBq; no range is known for {_name(series.tracer)}. {residual}"
        )
    low, high, cited = known
    if low <= mbq <= high * _bound("activity_tolerance"):
        return QualityLine("activity", "ok", f"{mbq:.0f} MBq; {cited}. {residual}")
    meaning = "If it is a slip, every SUV is wrong in proportion; if it is true, a low activity makes SUVmax noisy."
    return QualityLine("activity", "check", f"{mbq:.0f} MBq is unusual: {cited}. {meaning} {residual}")


def _say_residual(entered: Correction) -> str:
    if entered.residual_mbq is not None:
        return f"{entered.residual_mbq:g} MBq left in the syringe, entered by the reader, is taken off."
    return "What stayed in the syringe is not in the header: each per cent of it makes every SUV one per cent too low."


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


def _assess_weight(header: Header, entered: Correction) -> QualityLine:
    weight = _read_or_none(read_weight_kg, header)
    if weight is None:
        says = (
            "The weight is not known, and every SUV is multiplied by it; enter it as measured on the day of the scan."
        )
        return QualityLine("weight", "problem", says)
    shown = f"{weight:g} kg{', entered by the reader' if entered.weight_kg is not None else ''}"
    known = load_ranges()[("any", "weight_kg")]
    if not known.holds(weight):
        says = f"{shown} is unusual ({known.cited}); check it: a wrong weight makes every SUV wrong in proportion."
        return QualityLine("weight", "check", says)
    return QualityLine("weight", "ok", f"{shown}; it must be the weight on the day of the scan, not from history.")


def _assess_corrections(header: Header) -> QualityLine:
    """Which corrections the image has, and what a missing one does to its numbers."""
    listed = {"DECY" if code == "DECAY" else code for code in header.corrected_image}
    if not listed:
        says = "The header lists no corrections (0028,0051): whether attenuation is corrected is not known, so no SUV is given."
        return QualityLine("corrections", "problem", says)
    rules = load_applied()
    has = ", ".join(rule.name for rule in rules if rule.code in listed)
    lacking = [rule for rule in rules if rule.code not in listed]
    levels: dict[str, Level] = {"problem": "problem", "check": "check"}
    found = (levels[name] for name in levels if any(rule.level == name for rule in lacking))
    worst: Level = next(found, "ok")
    shown = [rule for rule in lacking if rule.level != "ok" or (rule.code == "DECY" and worst == "ok")]
    parts = [f"Corrected for {has}." if has else "", *(rule.without for rule in shown)]
    return QualityLine("corrections", worst, " ".join(part for part in parts if part))


def assess_liver(tracer: str | None, liver_suv_mean: float | None) -> QualityLine:
    """Whether the liver's mean is plausible for the tracer: it checks weight, activity and times all at once."""
    if liver_suv_mean is None:
        says = (
            "The liver is not measured yet; a 3 cm sphere in the right lobe checks weight, activity and times at once."
        )
        return QualityLine("liver", "unknown", says)
    known = load_ranges().get((tracer or "", "liver_suv_mean"))
    if known is None:
        says = f"Liver SUVmean {liver_suv_mean:.1f}; no range is published for {_name(tracer)}."
        return QualityLine("liver", "unknown", says)
    if known.holds(liver_suv_mean):
        return QualityLine("liver", "ok", f"Liver SUVmean {liver_suv_mean:.1f}; {known.cited}.")
    says = (
        f"Liver SUVmean {liver_suv_mean:.1f} is implausible: {known.cited}. Check weight, activity and times, and whether "
        "the injection ran beside the vein: every SUV of this scan may be wrong in the same proportion."
    )
    return QualityLine("liver", "check", says)


_SLICE_CODES = ("uneven_spacing", "duplicate_slices", "single_slice", "several_volumes", "missing_slices",
                "overlapping_slices", "no_position", "tilted_stack")  # fmt: skip


def _assess_slices(series: Series) -> QualityLine:
    odd = [problem for problem in series.problems if problem.code in _SLICE_CODES]
    if not odd:
        return QualityLine("slices", "ok", f"{len(series.headers)} slices, none missing, evenly spaced.")
    level: Level = "problem" if any(problem.severity == "error" for problem in odd) else "check"
    return QualityLine("slices", level, " ".join(problem.says for problem in odd))


def _read_or_none(read: Callable[[Header, list[Problem]], float], header: Header) -> float | None:
    try:
        return read(header, [])
    except Refusal:
        return None
