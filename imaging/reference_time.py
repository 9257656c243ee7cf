"""The moment a series' pixels are decay-corrected to.

Rules: DICOM PS3.3 C.8.9.1.1.5, the IBSI SUV manual and the QIBA vendor-neutral pseudo-code; one minute wrong is 1 % for
68Ga, so a clock that disagrees is said, never averaged away.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from imaging.clock import read_clock, read_datetime
from imaging.header import Header
from imaging.problem import Problem, Refusal

_SAME_S = 10.0
_AGREES_S = 60.0
_DECAYED = 1.0005


@dataclass(frozen=True)
class Reference:
    """The reference time, the element it came from, and the other candidate when two disagree."""

    at: datetime
    source: str
    alternative: datetime | None = None
    problems: tuple[Problem, ...] = ()


def acquired_at(header: Header) -> datetime | None:
    """Start of a slice's acquisition; the series' date stands in for an absent acquisition date."""
    date = header.acquisition_date or header.series_date
    return read_clock(date, header.acquisition_time) or read_datetime(header.acquisition_datetime, header.time_zone)


def series_at(header: Header) -> datetime | None:
    """The series' own date and time, or None."""
    return read_clock(header.series_date, header.series_time)


def first_acquisition(headers: Sequence[Header]) -> datetime | None:
    """Earliest acquisition over all slices, or None."""
    return min((at for at in map(acquired_at, headers) if at), default=None)


def find_reference(headers: Sequence[Header], half_life_s: float) -> Reference:
    """Reference time of a series decay-corrected to its START; refuses in a sentence when the clocks cannot tell."""
    series, earliest = series_at(headers[0]), first_acquisition(headers)
    private = _find_private(headers[0], earliest)
    if private:
        return private
    if series is None:
        return _back_computed(headers, half_life_s, "the series has no date and time")
    if earliest is None:
        return Reference(series, "SeriesTime", problems=(_UNCHECKED,))
    if abs((series - earliest).total_seconds()) <= _SAME_S:
        return Reference(series, "SeriesTime")
    if series > earliest:
        return _back_computed(headers, half_life_s, "the series time is later than the acquisition (post-processed)")
    return _series_before_acquisition(headers, half_life_s, series)


_UNCHECKED = Problem(
    "no_acquisition_time",
    "warning",
    "No slice has an acquisition time: the series time is taken as the decay reference and could not be checked.",
)


def _find_private(header: Header, earliest: datetime | None) -> Reference | None:
    """Siemens' and GE's own reference times, where they lie within a day before the acquisition."""
    for text, source in ((header.siemens_reference, "Siemens (0071,1022)"), (header.ge_reference, "GE (0009,100D)")):
        at = read_datetime(text, header.time_zone)
        if at is None:
            continue
        if earliest is None or timedelta(hours=-24) <= at - earliest <= timedelta(hours=1):
            return Reference(at, source)
    return None


def _series_before_acquisition(headers: Sequence[Header], half_life_s: float, series: datetime) -> Reference:
    computed = compute_reference(headers, half_life_s)
    if computed is None or abs((computed - series).total_seconds()) <= _AGREES_S:
        return Reference(series, "SeriesTime")
    return Reference(computed, "FrameReferenceTime", alternative=series)


def _back_computed(headers: Sequence[Header], half_life_s: float, why: str) -> Reference:
    computed = compute_reference(headers, half_life_s)
    if computed is None:
        says = (
            f"No SUV: {why}, and frame reference time (0054,1300) and frame duration (0018,1242) are not both there to "
            "compute when the decay correction starts; ask the scanner's site for the original series."
        )
        raise Refusal("no_reference_time", says)
    return Reference(computed, "FrameReferenceTime")


def compute_reference(headers: Sequence[Header], half_life_s: float) -> datetime | None:
    """Reference time from the one frame with the smallest frame reference time; None when it cannot be computed."""
    timed = [
        (h.frame_reference_ms, at, h) for h in headers if h.frame_reference_ms is not None and (at := acquired_at(h))
    ]
    if not timed:
        return None
    frame_ms, at, header = min(timed, key=lambda one: one[:2])
    average = average_activity_time(header, half_life_s)
    if _counts_from_start(header, half_life_s, average):
        return at - timedelta(milliseconds=frame_ms)
    return at + timedelta(seconds=average) - timedelta(milliseconds=frame_ms) if average is not None else None


def average_activity_time(header: Header, half_life_s: float) -> float | None:
    """Seconds from the start of a frame to the moment of its mean activity: ln(λT / (1 − exp(−λT))) / λ."""
    if not header.frame_duration_ms or header.frame_duration_ms <= 0:
        return None
    decay = math.log(2) / half_life_s
    exponent = decay * header.frame_duration_ms / 1000
    return math.log(exponent / -math.expm1(-exponent)) / decay


def _counts_from_start(header: Header, half_life_s: float, average: float | None) -> bool:
    """True where the frame reference time is the frame's start (GE), not its moment of mean activity.

    A decay factor above 1 tells which: ln(DF)/λ is the time from the reference to the mean activity.
    """
    frame_s = (header.frame_reference_ms or 0) / 1000
    if header.decay_factor and header.decay_factor > _DECAYED and average is not None:
        elapsed = math.log(header.decay_factor) * half_life_s / math.log(2)
        return abs(elapsed - frame_s - average) < abs(elapsed - frame_s)
    return frame_s == 0 or (header.manufacturer or "").upper().startswith("GE")
