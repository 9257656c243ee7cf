"""The moment a series' pixels are decay-corrected to.

Rules: DICOM PS3.3 C.8.9.1.1.5, the IBSI SUV manual and the QIBA vendor-neutral pseudo-code; one minute wrong is 1 % for
68Ga, so a clock that disagrees is said, never averaged away.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from imaging.clock import read_clock, read_datetime
from imaging.header import ENHANCED_PET_CLASS, Header
from imaging.problem import Problem, Refusal, warning
from imaging.timing import load_timing

_LIMITS = load_timing()
_SAME_S, _AGREES_S = _LIMITS["series_is_acquisition_s"], _LIMITS["clocks_agree_s"]
_DECAYED = 1.0005
ENTERED = "entered by the reader"
_HALF_A_DAY = timedelta(hours=12)
_LONGEST_MS = 24 * 3600 * 1000.0


@dataclass(frozen=True)
class Reference:
    """The reference time, the element it came from, and the other candidate when two disagree."""

    at: datetime
    source: str
    alternative: datetime | None = None
    problems: tuple[Problem, ...] = ()


def acquired_at(header: Header) -> datetime | None:
    """Start of a slice's acquisition.

    The series' date stands in for an absent acquisition date, or the day after it when the scan ran past midnight.
    """
    if header.acquisition_date is None:
        return _acquired_on_series_date(header) or read_datetime(header.acquisition_datetime, header.time_zone)
    at = read_clock(header.acquisition_date, header.acquisition_time)
    return at or read_datetime(header.acquisition_datetime, header.time_zone)


def _acquired_on_series_date(header: Header) -> datetime | None:
    at, series = read_clock(header.series_date, header.acquisition_time), series_at(header)
    return at + timedelta(days=1) if at and series and series - at > _HALF_A_DAY else at


def series_at(header: Header) -> datetime | None:
    """The series' own date and time, or None."""
    return read_clock(header.series_date, header.series_time)


def first_acquisition(headers: Sequence[Header]) -> datetime | None:
    """Earliest acquisition over all slices, or None."""
    return min((at for at in map(acquired_at, headers) if at), default=None)


def find_reference(headers: Sequence[Header], half_life_s: float) -> Reference:
    """Reference time of a series decay-corrected to its START; refuses in a sentence when the clocks cannot tell."""
    series, earliest = series_at(headers[0]), first_acquisition(headers)
    private, doubts = _find_private(headers, earliest)
    if private is None and headers[0].sop_class == ENHANCED_PET_CLASS:
        says = "No SUV: the frames are decay-corrected, but to when (0018,9701) is missing or does not fit the scan."
        raise Refusal("no_decay_correction_time", says)
    found = private or _find_public(headers, half_life_s, series, earliest)
    return replace(found, problems=(*found.problems, *doubts))


def _find_public(
    headers: Sequence[Header], half_life_s: float, series: datetime | None, earliest: datetime | None
) -> Reference:
    """The reference by the elements of the standard: series, acquisition and frame times."""
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


_PRIVATE: tuple[tuple[str, Callable[[Header], str | None]], ...] = (
    (ENTERED, lambda header: header.entered_reference),
    ("DecayCorrectionDateTime", lambda header: header.decay_reference),
    ("Siemens (0071,1022)", lambda header: header.siemens_reference),
    ("GE (0009,100D)", lambda header: header.ge_reference),
)


def _find_private(headers: Sequence[Header], earliest: datetime | None) -> tuple[Reference | None, list[Problem]]:
    """The scanner's own reference time where it lies within a day before the acquisition, and what is odd about it.

    An enhanced object's Decay Correction DateTime, Siemens' or GE's private one; the earliest where slices differ.
    """
    doubts: list[Problem] = []
    for source, read in _PRIVATE:
        texts = dict.fromkeys(text for header in headers if (text := read(header)))
        known = [at for text in texts if (at := read_datetime(text, headers[0].time_zone))]
        sane = [at for at in known if fits_acquisition(at, earliest)]
        if sane:
            doubts += [_differing(source, min(sane))] if len(set(sane)) > 1 else []
            return Reference(min(sane), source), doubts
        doubts += [_not_believed(source, next(iter(texts)))] if texts else []
    return None, doubts


_EARLIEST = timedelta(hours=-_LIMITS["scanner_reference_before_h"])
_LATEST = timedelta(hours=_LIMITS["scanner_reference_after_h"])


def fits_acquisition(at: datetime, earliest: datetime | None) -> bool:
    """True when a reference time lies within the day before, or the hour after, the first acquisition."""
    return earliest is None or _EARLIEST <= at - earliest <= _LATEST


def _differing(source: str, at: datetime) -> Problem:
    says = f"The slices give different reference times in {source}; the earliest, {at:%H:%M:%S}, is used."
    return warning("reference_times_differ", says)


def _not_believed(source: str, text: str) -> Problem:
    says = f"The reference time in {source} ({text[:26]}) does not fit the acquisition and is not used."
    return warning("reference_time_implausible", says)


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
        (h.frame_reference_ms, at, h)
        for h in headers
        if h.frame_reference_ms is not None and abs(h.frame_reference_ms) <= _LONGEST_MS and (at := acquired_at(h))
    ]
    if not timed:
        return None
    frame_ms, at, header = min(timed, key=lambda one: one[:2])
    average = average_activity_time(header, half_life_s)
    if _counts_from_start(header, half_life_s, average, _made_by_ge(headers)):
        return at - timedelta(milliseconds=frame_ms)
    return at + timedelta(seconds=average) - timedelta(milliseconds=frame_ms) if average is not None else None


def average_activity_time(header: Header, half_life_s: float) -> float | None:
    """Seconds from the start of a frame to the moment of its mean activity: ln(λT / (1 − exp(−λT))) / λ."""
    if not has_duration(header):
        return None
    decay = math.log(2) / half_life_s
    exponent = decay * (header.frame_duration_ms or 0) / 1000
    return math.log(exponent / -math.expm1(-exponent)) / decay


def has_duration(header: Header) -> bool:
    """True when the frame's duration is known and could be one: more than nothing and at most a day."""
    return 1 <= (header.frame_duration_ms or 0) <= _LONGEST_MS


def _counts_from_start(header: Header, half_life_s: float, average: float | None, ge: bool) -> bool:
    """True where the frame reference time is the frame's start (GE), not its moment of mean activity.

    A decay factor above 1 tells which: ln(DF)/λ is the time from the reference to the mean activity.
    """
    frame_s = (header.frame_reference_ms or 0) / 1000
    if header.decay_factor and header.decay_factor > _DECAYED and average is not None:
        elapsed = math.log(header.decay_factor) * half_life_s / math.log(2)
        from_start, from_middle = abs(elapsed - frame_s - average), abs(elapsed - frame_s)
        if min(from_start, from_middle) <= _AGREES_S:
            return from_start < from_middle
    return frame_s == 0 or ge


def _made_by_ge(headers: Sequence[Header]) -> bool:
    """The maker from any slice: some archives leave it empty on part of a series, or keep only the model's name."""
    makers = {(header.manufacturer or "").upper() for header in headers}
    if any(maker.startswith("GE") for maker in makers):
        return True
    return makers == {""} and any((header.model or "").startswith(_GE_MODELS) for header in headers)


_GE_MODELS = ("Discovery", "SIGNA", "Advance", "Omni")
