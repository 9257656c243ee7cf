"""SUV factors of a PET series from its headers alone: a pure function that refuses rather than guesses.

Rules: DICOM PS3.3 C.8.9, the IBSI SUV manual and its digital reference objects, the QIBA vendor-neutral pseudo-code.
A factor is SUVbw per stored pixel *after* that slice's rescale slope and intercept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imaging.body import compute_body_measure, read_height_cm, read_weight_kg
from imaging.decay import Decay, compute_decay
from imaging.dose import read_dose_bq
from imaging.header import Header
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
        return _from_activity(headers, problems, reasons)
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
    if min(direct) > 0 and (headers[0].decay_correction or "").upper() in ("START", "ADMIN"):
        reasons.append("Counts to SUVbw by Philips' SUV factor (7053,1000).")
        return tuple(direct)
    says = (
        "No SUV: the pixels are counts (CNTS) without Philips' factors (7053,1000) and (7053,1009), which "
        "de-identification often removes; export the series with its private elements."
    )
    raise Refusal("counts_without_factors", says)


def _compare_philips(factors: Sequence[float], direct: Sequence[float]) -> list[Problem]:
    apart = max((abs(f / d - 1) for f, d in zip(factors, direct, strict=True) if d > 0), default=0.0)
    if apart <= 0.02:
        return []
    says = f"Philips' own SUV factor differs by {apart:.0%} from weight, activity and times in the header; check them."
    return [warning("philips_factors_disagree", says)]


def _from_activity(headers: Sequence[Header], problems: list[Problem], reasons: list[str]) -> tuple[float, ...]:
    """Bq/ml: weight (g) per injected activity, decay-corrected to the moment the pixels are."""
    weight = read_weight_kg(headers[0], problems)
    dose = read_dose_bq(headers[0], problems)
    decay = compute_decay(headers, problems)
    reasons.append(f"{weight:g} kg, {dose / 1e6:.1f} MBq; {decay.says}")
    factors = tuple(1000 * weight / dose * growth for growth in decay.growths)
    if not all(math.isfinite(f) and f > 0 for f in factors):
        raise Refusal("impossible_factor", "No SUV: weight, activity and times give no positive number; check them.")
    if decay.reference and decay.reference.alternative and decay.alternative_growth is not None:
        other = 1000 * weight / dose * decay.alternative_growth
        problems.append(_ambiguous(decay.reference.at, decay.reference.alternative, factors[0], other))
    return factors


def _ambiguous(at: datetime, alternative: datetime, used: float, other: float) -> Problem:
    says = (
        f"The decay reference time is ambiguous: the frames' times say {at:%H:%M:%S} (used, factor {used:.6g}), the "
        f"series time says {alternative:%H:%M:%S} (factor {other:.6g}, SUV {other / used - 1:+.1%})."
    )
    return warning("reference_time_ambiguous", says)
