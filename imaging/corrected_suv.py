"""SUV of a series whose headers a reader corrects: the same rules as for any headers, and a reason for each entry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from imaging.body import read_height_cm, read_weight_kg
from imaging.clock import read_clock, read_datetime
from imaging.correction import Correction, say_correction
from imaging.decay import compute_decay
from imaging.dose import read_dose_bq, read_half_life_s
from imaging.header import Header
from imaging.problem import Problem, Refusal
from imaging.reference_time import acquired_at, first_acquisition, series_at
from imaging.suv import SuvResult, compute_suv
from imaging.tracer import find_tracer

_DT = "%Y%m%d%H%M%S.%f"


def compute_corrected_suv(headers: Sequence[Header], correction: Correction) -> SuvResult:
    """SUVbw factors with the reader's values in the place of the headers'; the first reasons name each of them.

    Pixels that the scanner made SUV already are rescaled by the ratio of the corrected to the header's own values.
    """
    if not correction:
        return compute_suv(headers)
    says = tuple(
        f"{words[0].upper()}{words[1:]}."
        for words in say_correction(read_inputs(headers), replace(correction, tracer=None))
    )
    try:
        corrected = correct_headers(headers, correction)
        result = _rescale(headers, corrected) if _made_by_scanner(headers) else compute_suv(corrected)
    except Refusal as refusal:
        return SuvResult(None, None, problems=(refusal.problem,), reasons=says)
    return replace(result, problems=_without_expected(compute_suv(headers), result), reasons=says + result.reasons)


def _without_expected(before: SuvResult, after: SuvResult) -> tuple[Problem, ...]:
    """A maker's own factor that agreed with the header differs from the corrected one: that is no doubt about it."""
    agreed = before.factors is not None and all(one.code != _MAKERS for one in before.problems)
    return tuple(one for one in after.problems if not (agreed and one.code == _MAKERS))


_MAKERS = "philips_factors_disagree"


def read_inputs(headers: Sequence[Header]) -> Correction:
    """What the headers say of each correctable value, in its unit; None where they say nothing that can be read."""
    header = headers[0]
    injected, reference = _read_clocks(headers)
    dose, height = _quietly(read_dose_bq, header), _quietly(read_height_cm, header)
    return Correction(
        weight_kg=header.weight or None,
        height_cm=height,
        activity_mbq=dose / 1e6 if dose is not None else None,
        injected_at=injected,
        reference_at=reference,
        half_life_s=header.half_life_s or None,
        tracer=find_tracer(header)[0],
    )


def _quietly(read: Any, header: Header) -> float | None:
    try:
        return float(read(header, []))
    except Refusal:
        return None


def _read_clocks(headers: Sequence[Header]) -> tuple[datetime | None, datetime | None]:
    """Injection and decay reference as the SUV uses them, else as they stand in the header."""
    header = headers[0]
    day = header.series_date or header.acquisition_date
    stated = read_datetime(header.start_datetime, header.time_zone) or read_clock(day, header.start_time)
    start = first_acquisition(headers) or series_at(header)
    try:
        decay = compute_decay(headers, [])
    except Refusal:
        return stated, start
    if decay.reference is None or decay.uptake_minutes is None:
        return stated, start
    if corrected_to_injection(header):
        return decay.reference.at, decay.reference.at
    return decay.reference.at - timedelta(minutes=decay.uptake_minutes), decay.reference.at


def corrected_to_injection(header: Header) -> bool:
    """True where the pixels are decay-corrected to the injection, so that no clock of the scan enters the SUV."""
    return (header.decay_correction or "").upper() == "ADMIN"


def correct_headers(headers: Sequence[Header], correction: Correction) -> tuple[Header, ...]:
    """The headers with the reader's values written as a scanner would; Refusal where the residual cannot be taken off."""
    changed = tuple(replace(header, **_plain_changes(correction)) for header in headers)
    changed = _move_clock(changed, correction.reference_at)
    if correction.residual_mbq is None:
        return changed
    net = _net_dose_bq(changed, correction)
    return tuple(replace(header, dose=net) for header in changed)


def _plain_changes(correction: Correction) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if correction.weight_kg is not None:
        changes["weight"] = correction.weight_kg
    if correction.height_cm is not None:
        changes["height"] = correction.height_cm / 100
    if correction.activity_mbq is not None:
        changes["dose"] = correction.activity_mbq * 1e6
    if correction.half_life_s is not None:
        changes["half_life_s"] = correction.half_life_s
    if correction.injected_at is not None:
        changes |= {"start_datetime": correction.injected_at.strftime(_DT), "start_time": None}
    return changes


def _move_clock(headers: tuple[Header, ...], at: datetime | None) -> tuple[Header, ...]:
    """The decay reference as entered; where pixels have no decay correction, every slice's clock moves with the first."""
    if at is None:
        return headers
    if (headers[0].decay_correction or "").upper() != "NONE":
        return tuple(replace(header, entered_reference=at.strftime(_DT)) for header in headers)
    start = first_acquisition(headers)
    if start is None:
        says = "No SUV: no slice has an acquisition time, so a corrected scan clock cannot be passed on to each slice."
        raise Refusal("no_frame_time", says)
    return tuple(_shift(header, at - start) for header in headers)


def _shift(header: Header, by: timedelta) -> Header:
    start, effective = acquired_at(header), read_datetime(header.effective_time, header.time_zone)
    changes: dict[str, Any] = {"effective_time": (effective + by).strftime(_DT) if effective else None}
    if start:
        moved = start + by
        changes |= {"acquisition_date": f"{moved:%Y%m%d}", "acquisition_time": f"{moved:%H%M%S.%f}"}
        changes["acquisition_datetime"] = None
    return replace(header, **changes)


def _net_dose_bq(headers: Sequence[Header], correction: Correction) -> float:
    """Injected activity without what stayed in the syringe, which is decayed back to the injection."""
    dose, half_life_s = read_dose_bq(headers[0], []), read_half_life_s(headers[0], [])
    injected, _ = _read_clocks(headers)
    if injected is None or correction.residual_at is None or correction.residual_mbq is None:
        says = "No SUV: a residual activity needs the times of injection and of its measurement; enter both."
        raise Refusal("residual_without_time", says)
    seconds = (correction.residual_at - injected).total_seconds()
    net = dose - correction.residual_mbq * 1e6 * 2 ** (seconds / half_life_s)
    if net <= 0:
        says = "No SUV: the residual activity, decayed back to the injection, is not less than the activity itself."
        raise Refusal("residual_exceeds_dose", says)
    return net


def _made_by_scanner(headers: Sequence[Header]) -> bool:
    """True for pixels that are SUV already, or become so by the maker's own factor: header values went into them."""
    units = (headers[0].units or "").upper()
    direct = units == "CNTS" and min(header.philips_activity_factor or 0 for header in headers) <= 0
    return units in ("GML", "CM2ML") or direct


def _rescale(headers: Sequence[Header], corrected: Sequence[Header]) -> SuvResult:
    found = compute_suv(headers)
    if found.factors is None:
        return compute_suv(corrected)
    ratios = [
        weight * dose * growth
        for weight, dose, growth in zip(
            [_ratio(headers, corrected, "weight", read_weight_kg)] * len(headers),
            [1 / _ratio(headers, corrected, "dose", read_dose_bq)] * len(headers),
            _growth_ratios(headers, corrected),
            strict=True,
        )
    ]
    shown = compute_suv(corrected)
    says = "The scanner made these pixels SUV from its own values; they are rescaled from the header's to the entered ones."
    return replace(
        shown,
        suv_type=found.suv_type,
        factors=tuple(factor * ratio for factor, ratio in zip(found.factors, ratios, strict=True)),
        problems=tuple(problem for problem in shown.problems if problem.severity != "error"),
        reasons=(*found.reasons, says),
    )


def _ratio(headers: Sequence[Header], corrected: Sequence[Header], field: str, read: Any) -> float:
    if getattr(headers[0], field) == getattr(corrected[0], field):
        return 1.0
    try:
        return float(read(corrected[0], []) / read(headers[0], []))
    except Refusal:
        raise Refusal("scanner_suv_inputs", _UNTOLD) from None


def _growth_ratios(headers: Sequence[Header], corrected: Sequence[Header]) -> list[float]:
    fields = (
        "start_datetime",
        "start_time",
        "half_life_s",
        "entered_reference",
        "acquisition_time",
        "acquisition_date",
    )
    if all(getattr(headers[0], field) == getattr(corrected[0], field) for field in fields):
        return [1.0] * len(headers)
    try:
        before, after = compute_decay(headers, []), compute_decay(corrected, [])
    except Refusal:
        raise Refusal("scanner_suv_inputs", _UNTOLD) from None
    return [new / old for new, old in zip(after.growths, before.growths, strict=True)]


_UNTOLD = (
    "No SUV: the scanner made these pixels SUV already, and the header does not say with which value, so the entered "
    "one cannot be put in its place."
)


def find_refusal(result: SuvResult) -> Problem | None:
    """Why there is no SUV, None where there is one."""
    return next((problem for problem in result.problems if problem.severity == "error"), None)
