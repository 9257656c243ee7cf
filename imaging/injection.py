"""When the tracer was given: dates that were de-identified, times past midnight, a time without a date."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from imaging.clock import names_zone, read_datetime, read_time_on
from imaging.header import Header
from imaging.problem import Problem, Refusal, warning
from imaging.timing import load_timing

_LIMITS = load_timing()
_EARLIEST = timedelta(minutes=-_LIMITS["injection_after_reference_min"])
_LONG_LIVED_S = _LIMITS["long_lived_s"]
_LONGEST_BY_TIME = timedelta(hours=_LIMITS["injection_by_time_h"])
_SHORT_MIN, _LONG_MIN = _LIMITS["uptake_short_min"], _LIMITS["uptake_long_min"]


@dataclass(frozen=True)
class Injection:
    """The moment of injection, the element it came from, and what should be looked at."""

    at: datetime
    source: str
    problems: tuple[Problem, ...] = ()


def find_injection(header: Header, reference: datetime, half_life_s: float) -> Injection:
    """Injection before `reference` (both on the study's clock).

    The date-time counts when it lies from 1 h after to 24 h before the reference (10 half-lives for nuclides over
    11.5 h); otherwise the time of day on the reference's date or the day before, at most 6 h earlier. Else it refuses.
    """
    dated = read_datetime(header.start_datetime, header.time_zone)
    long_lived = half_life_s >= _LONG_LIVED_S
    if dated and _EARLIEST <= reference - dated < longest_uptake(half_life_s):
        return Injection(dated, "RadiopharmaceuticalStartDateTime", _disagreements(header, dated))
    if long_lived:
        says = "No SUV: a nuclide this long-lived needs the injection's date as well as its time (0018,1078)."
        raise Refusal("no_injection_date", says)
    return _timed(header, reference, dated)


def longest_uptake(half_life_s: float) -> timedelta:
    """How long before the scan a dated injection may lie."""
    if half_life_s >= _LONG_LIVED_S:
        return timedelta(seconds=_LIMITS["injection_half_lives"] * half_life_s)
    return timedelta(hours=_LIMITS["injection_before_reference_h"])


def _timed(header: Header, reference: datetime, dated: datetime | None) -> Injection:
    at = read_time_on(reference, header.start_time)
    source = "RadiopharmaceuticalStartTime"
    if at is None and dated:
        at, source = datetime.combine(reference.date(), dated.time()), "time of RadiopharmaceuticalStartDateTime"
    if at is None:
        says = "No SUV: the time of injection (0018,1072 or 0018,1078) is missing; enter when the tracer was given."
        raise Refusal("no_injection_time", says)
    if reference - at < _EARLIEST:
        at -= timedelta(days=1)
    if reference - at > _LONGEST_BY_TIME:
        hours = (reference - at).total_seconds() / 3600
        says = (
            f"No SUV: the time of injection lies {hours:.1f} h before the scan, too long to be right without its date."
        )
        raise Refusal("injection_time_impossible", says)
    return Injection(at, source, _doubts(header, dated))


def _doubts(header: Header, dated: datetime | None) -> tuple[Problem, ...]:
    """What is odd about a date-time of injection that was set aside."""
    if dated:
        return (_odd_date(dated),)
    if not header.start_datetime:
        return ()
    says = f"The date and time of injection ({header.start_datetime[:26]}) cannot be read; only its time is used."
    return (warning("injection_date_unreadable", says),)


def _odd_date(dated: datetime) -> Problem:
    says = (
        f"The date of injection ({dated:%Y-%m-%d %H:%M}) does not fit the scan's date; only its time of day is used. "
        "De-identification often shifts one of the two."
    )
    return warning("injection_date_implausible", says)


def _disagreements(header: Header, dated: datetime) -> tuple[Problem, ...]:
    other = read_time_on(dated, header.start_time)
    if other is None:
        return _zone_unknown(header, dated)
    if abs((other - dated).total_seconds()) <= _LIMITS["injection_times_agree_s"]:
        return ()
    says = f"Two injection times disagree: {dated:%H:%M} (date and time, used) and {other:%H:%M} (time alone)."
    return (warning("injection_times_disagree", says),)


def _zone_unknown(header: Header, dated: datetime) -> tuple[Problem, ...]:
    """An injection in a named time zone beside scan times without one, and no plain time to compare it with."""
    if not names_zone(header.start_datetime) or names_zone(header.time_zone):
        return ()
    says = (
        f"The injection ({header.start_datetime}) names a time zone and the scan's times none; {dated:%H:%M} is taken "
        "to be on the scan's clock: check it."
    )
    return (warning("time_zone_unknown", says),)


def question_uptake(minutes: float) -> tuple[Problem, ...]:
    """A sentence when the time from injection to the reference is unusual for any tracer."""
    if minutes < 0:
        says = f"The injection is {-minutes:.1f} min after the decay reference time: right only for a dynamic scan."
        return (warning("injection_after_start", says),) if minutes < -0.1 else ()
    if minutes < _SHORT_MIN or minutes > _LONG_MIN:
        return (warning("uptake_time_unusual", f"The uptake time is {minutes:.0f} min; check the injection time."),)
    return ()
