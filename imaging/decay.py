"""How much a pixel must grow to stand for the injected activity at the moment of injection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from imaging.clock import read_datetime
from imaging.dose import read_half_life_s
from imaging.header import Header
from imaging.injection import Injection, find_injection, question_uptake
from imaging.problem import Problem, Refusal
from imaging.reference_time import (
    Reference,
    acquired_at,
    average_activity_time,
    find_reference,
    first_acquisition,
    series_at,
)


@dataclass(frozen=True)
class Decay:
    """One growth a slice (≥ 1 after injection), the reference behind them where known, and a sentence."""

    growths: tuple[float, ...]
    reference: Reference | None
    uptake_minutes: float | None
    says: str
    alternative_growth: float | None = None


def compute_decay(headers: Sequence[Header], problems: list[Problem]) -> Decay:
    """Decay of a series by its Decay Correction (0054,1102): START, ADMIN or NONE; refuses anything else."""
    correction = (headers[0].decay_correction or "").upper()
    half_life_s = read_half_life_s(headers[0], problems)
    if correction == "ADMIN":
        return _to_injection(headers, half_life_s)
    if correction == "START":
        return _to_start(headers, half_life_s, problems)
    if correction == "NONE":
        return _uncorrected(headers, half_life_s, problems)
    shown = correction or "empty"
    raise Refusal(
        "decay_correction", f"No SUV: Decay Correction (0054,1102) is {shown}; it must be START, ADMIN or NONE."
    )


def _to_injection(headers: Sequence[Header], half_life_s: float) -> Decay:
    """The pixels are corrected to the injection already; its time is for display and never enters the number."""
    start = first_acquisition(headers) or series_at(headers[0])
    injection = _find_quietly(headers[0], start, half_life_s)
    says = "the pixels are decay-corrected to the injection already (ADMIN)."
    if injection and start:
        minutes = (start - injection.at).total_seconds() / 60
        return Decay((1.0,) * len(headers), Reference(injection.at, injection.source), minutes, says)
    return Decay((1.0,) * len(headers), None, None, says)


def _find_quietly(header: Header, start: datetime | None, half_life_s: float) -> Injection | None:
    try:
        return find_injection(header, start, half_life_s) if start else None
    except Refusal:
        return None


def _to_start(headers: Sequence[Header], half_life_s: float, problems: list[Problem]) -> Decay:
    reference = find_reference(headers, half_life_s)
    injection = _find_injection(headers[0], reference.at, half_life_s, problems)
    problems += reference.problems
    seconds = (reference.at - injection.at).total_seconds()
    growth = _growth(seconds, half_life_s)
    other = reference.alternative
    alternative = _growth((other - injection.at).total_seconds(), half_life_s) if other else None
    says = f"injected {injection.at:%H:%M:%S}, pixels corrected to {reference.at:%H:%M:%S} ({reference.source})."
    return Decay((growth,) * len(headers), reference, seconds / 60, says, alternative)


def _uncorrected(headers: Sequence[Header], half_life_s: float, problems: list[Problem]) -> Decay:
    """No decay correction: each slice by its own acquisition time and frame duration."""
    moments = [_pixels_at(header, half_life_s) for header in headers]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        says = (
            "No SUV: pixels without decay correction need each slice's acquisition time and frame duration (0018,1242)."
        )
        raise Refusal("no_frame_time", says)
    starts = [acquired_at(header) for header in headers]
    first = min((start for start in starts if start), default=None) or min(known)
    reference = Reference(first, "AcquisitionTime")
    injection = _find_injection(headers[0], reference.at, half_life_s, problems)
    growths = tuple(_growth((moment - injection.at).total_seconds(), half_life_s) for moment in known)
    minutes = (reference.at - injection.at).total_seconds() / 60
    return Decay(growths, reference, minutes, "the pixels have no decay correction: each slice by its own time (NONE).")


def _pixels_at(header: Header, half_life_s: float) -> datetime | None:
    """The moment at which the activity was the mean of a frame: as an enhanced object says, else from its start."""
    stated = read_datetime(header.effective_time, header.time_zone)
    if stated:
        return stated
    start, average = acquired_at(header), average_activity_time(header, half_life_s)
    return start + timedelta(seconds=average) if start and average is not None else None


def _find_injection(header: Header, reference: datetime, half_life_s: float, problems: list[Problem]) -> Injection:
    injection = find_injection(header, reference, half_life_s)
    problems += injection.problems
    problems += question_uptake((reference - injection.at).total_seconds() / 60)
    return injection


def _growth(seconds: float, half_life_s: float) -> float:
    if abs(seconds) > _MOST_HALF_LIVES * half_life_s:
        raise Refusal("impossible_decay", "No SUV: injection and scan are too many half-lives apart; check both times.")
    return float(2 ** (seconds / half_life_s))


# Nothing is left to image after 25 half-lives: one part in thirty million.
_MOST_HALF_LIVES = 25
