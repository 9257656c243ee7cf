"""SUV factors of a PET series from its headers alone: a pure function that refuses rather than guesses.

Rules: DICOM PS3.3 C.8.9, the IBSI SUV manual and its digital reference objects, the QIBA vendor-neutral pseudo-code.
A factor is SUVbw per stored pixel *after* that slice's rescale slope and intercept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from imaging.body import compute_body_measure, read_height_cm, read_weight_kg
from imaging.decay import Decay, compute_decay
from imaging.dose import read_dose_bq
from imaging.header import Agent, Header
from imaging.problem import Problem, Refusal, warning
from imaging.suv_checks import check_series

_LEAN_TYPES = ("LBM", "LBMJAMES128", "LBMJANMA", "IBW")


@dataclass(frozen=True)
class SuvResult:
    """What turns a series into SUVbw, or why nothing does.

    `factors` has one number a slice in the order of the headers, or is None beside a problem of severity "error".
    `reference_time` is ISO 8601 on the study's clock; `reasons` say in words how the factor came about.
    """

    suv_type: str | None
    factors: tuple[float, ...] | None
    reference_time: str | None = None
    reference_time_source: str | None = None
    uptake_minutes: float | None = None
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...] = ()


def compute_suv(headers: Sequence[Header]) -> SuvResult:
    """SUVbw factors of one series, one a header; any refusal becomes a problem and `factors` None."""
    problems: list[Problem] = []
    reasons: list[str] = []
    try:
        problems += check_series(headers)
        factors = _factors(headers, problems, reasons)
        suv_type = "SUVbw"
    except Refusal as refusal:
        problems.append(refusal.problem)
        factors, suv_type = None, None
    decay = _quiet_decay(headers)
    reference = decay.reference if decay else None
    return SuvResult(
        suv_type=suv_type,
        factors=factors,
        reference_time=reference.at.isoformat() if reference else None,
        reference_time_source=reference.source if reference else None,
        uptake_minutes=round(decay.uptake_minutes, 2) if decay and decay.uptake_minutes is not None else None,
        problems=tuple(dict.fromkeys(problems)),
        reasons=tuple(reasons),
    )


def _quiet_decay(headers: Sequence[Header]) -> Decay | None:
    """The clocks of a series for display, also where the factor needs none of them."""
    try:
        return compute_decay(headers, [])
    except (Refusal, IndexError):
        return None


def _factors(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    units = (headers[0].units or "").upper()
    if units == "GML":
        return _from_gml(headers, problems, reasons)
    if units == "CM2ML":
        return _from_surface(headers, problems, reasons)
    if units == "CNTS":
        return _from_counts(headers, problems, reasons)
    if units == "BQML":
        return _from_bq_per_ml(headers, problems, reasons)
    shown = units or "empty"
    says = f"No SUV: the pixels' unit (0054,1001) is {shown}; only BQML, GML, CM2ML and Philips CNTS become SUV."
    raise Refusal("units", says)


def _from_gml(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    suv_type = (headers[0].suv_type or "BW").upper()
    if suv_type == "BW":
        reasons.append("The pixels are SUV by body weight already (GML): the factor is 1.")
        return (1.0,) * len(headers)
    if suv_type not in _LEAN_TYPES:
        raise Refusal("suv_type", f"No SUVbw: pixels in GML with the SUV type {suv_type} (0054,1006) are not known.")
    weight = read_weight_kg(headers[0], problems)
    measure = compute_body_measure(suv_type, weight, read_height_cm(headers[0], problems), headers[0].sex)
    reasons.append(f"SUV {suv_type} to SUVbw: {weight:g} kg / {measure:.2f} kg.")
    return (weight / measure,) * len(headers)


def _from_surface(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    suv_type = (headers[0].suv_type or "BSA").upper()
    if suv_type != "BSA":
        raise Refusal("suv_type", f"No SUVbw: pixels in CM2ML must have the SUV type BSA, not {suv_type}.")
    weight = read_weight_kg(headers[0], problems)
    surface = compute_body_measure("BSA", weight, read_height_cm(headers[0], problems), headers[0].sex)
    reasons.append(f"SUV by body surface to SUVbw: {weight:g} kg / ({surface:.3f} m² × 10).")
    return (weight / (surface * 10),) * len(headers)


def _from_counts(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    """Philips' counts: the activity factor first (weight and dose edits then work), else the SUV factor."""
    activity = [h.philips_activity_factor or 0 for h in headers]
    direct = [h.philips_suv_factor or 0 for h in headers]
    if min(activity) > 0:
        per_bq = _from_activity(headers, problems, reasons)
        factors = tuple(a * f for a, f in zip(activity, per_bq, strict=True))
        reasons.append("Counts to Bq/ml by Philips' activity factor (7053,1009).")
        problems += _compare_philips(factors, direct)
        return factors
    if min(direct) <= 0:
        says = (
            "No SUV: the pixels are counts (CNTS) without Philips' factors (7053,1000) and (7053,1009), which "
            "de-identification often removes; export the series with its private elements."
        )
        raise Refusal("counts_without_factors", says)
    if (headers[0].decay_correction or "").upper() == "NONE":
        says = (
            "No SUV: the counts are not corrected for decay, and Philips' SUV factor (7053,1000) is for corrected ones."
        )
        raise Refusal("counts_not_decay_corrected", says)
    reasons.append("Counts to SUVbw by Philips' SUV factor (7053,1000).")
    return tuple(direct)


def _compare_philips(factors: Sequence[float], direct: Sequence[float]) -> list[Problem]:
    apart = max((abs(f / d - 1) for f, d in zip(factors, direct, strict=True) if d > 0), default=0.0)
    if apart <= 0.02:
        return []
    says = f"Philips' own SUV factor differs by {apart:.0%} from weight, activity and times in the header; check them."
    return [warning("philips_factors_disagree", says)]


def _from_bq_per_ml(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    """Bq/ml; Philips' factors, which are for counts, do not enter, but their ratio must be the same number."""
    factors = _from_activity(headers, problems, reasons)
    activity = [h.philips_activity_factor or 0 for h in headers]
    direct = [h.philips_suv_factor or 0 for h in headers]
    if min(activity) > 0 and min(direct) > 0:
        problems += _compare_philips(factors, [d / a for d, a in zip(direct, activity, strict=True)])
    return factors


def _from_activity(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    """Bq/ml: weight (g) per injected activity, decay-corrected to the moment the pixels are."""
    factors, decay, says = _activity_factors(headers, problems)
    reasons.append(says)
    if decay.reference and decay.reference.alternative and decay.alternative_growth is not None:
        other = factors[0] / decay.growths[0] * decay.alternative_growth
        problems.append(_ambiguous(decay.reference.at, decay.reference.alternative, factors[0], other))
    problems += _question_agents(headers, factors[0])
    return factors


def _activity_factors(headers: Sequence[Header], problems: list[Problem]) -> tuple[tuple[float, ...], Decay, str]:
    weight = read_weight_kg(headers[0], problems)
    dose = read_dose_bq(headers[0], problems)
    decay = compute_decay(headers, problems)
    factors = tuple(1000 * weight / dose * growth for growth in decay.growths)
    if not all(math.isfinite(f) and f > 0 for f in factors):
        raise Refusal("impossible_factor", "No SUV: weight, activity and times give no positive number; check them.")
    return factors, decay, f"{weight:g} kg, {dose / 1e6:.1f} MBq; {decay.says}"


def _question_agents(headers: Sequence[Header], used: float) -> list[Problem]:
    """Several radiopharmaceuticals: the first is used, and the SUV that each other one would give is said."""
    header = headers[0]
    first = Agent(header.dose, header.half_life_s, header.start_time, header.start_datetime)
    others = [_factor_of(headers, agent) for agent in header.other_agents if agent != first]
    if header.radiopharmaceuticals <= 1:
        return []
    says = f"The header names {header.radiopharmaceuticals} radiopharmaceuticals; the first is used"
    shown = [f"{other / used - 1:+.1%}" if other else "no number" for other in others]
    ending = (
        f". By the other{'s' if len(shown) > 1 else ''} the SUV would differ: {', '.join(shown)}." if shown else "."
    )
    return [warning("several_radiopharmaceuticals", says + ending)]


def _factor_of(headers: Sequence[Header], agent: Agent) -> float | None:
    """The factor of the first slice if another radiopharmaceutical of the header were the one in the picture."""
    changes: dict[str, Any] = {name: getattr(agent, name) for name in ("dose", "half_life_s", "start_time")}
    changed = [replace(header, **changes, start_datetime=agent.start_datetime) for header in headers]
    try:
        return _activity_factors(changed, [])[0][0]
    except Refusal:
        return None


def _ambiguous(at: datetime, alternative: datetime, used: float, other: float) -> Problem:
    says = (
        f"The decay reference time is ambiguous: the frames' times say {at:%H:%M:%S} (used, factor {used:.6g}), the "
        f"series time says {alternative:%H:%M:%S} (factor {other:.6g}, SUV {other / used - 1:+.1%})."
    )
    return warning("reference_time_ambiguous", says)
