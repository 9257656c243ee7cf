"""A day and a time of day as people type them, or a sentence that says what is wrong. No Streamlit here."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from exchange.redcap_values import ValueFault, read_day

_NAMED = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%Y %b %d", "%Y %B %d")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})|(\d{2})(\d{2})")


@dataclass(frozen=True)
class TypedDay:
    """The day, None when nothing or nothing readable was typed; `wrong` then says why."""

    day: date | None = None
    wrong: str | None = None


@dataclass(frozen=True)
class TypedClock:
    """The time of day, None when nothing or nothing readable was typed; `wrong` then says why."""

    clock: time | None = None
    wrong: str | None = None


def read_typed_day(text: str | None) -> TypedDay:
    """2026-03-05, 5 Mar 2026, 2026年3月5日, 20260305, or 25/03/2026 where only one day can be meant."""
    words = " ".join(unicodedata.normalize("NFKC", text or "").replace(",", " ").split())
    if not words:
        return TypedDay()
    for pattern in (_CHINESE, _COMPACT):
        if found := pattern.fullmatch(words):
            words = "-".join(found.groups())
    for form in _NAMED:
        try:
            return TypedDay(datetime.strptime(words, form).date())
        except ValueError:
            continue
    try:
        return TypedDay(read_day(words))
    except ValueFault as error:
        return TypedDay(wrong=str(error))


def read_typed_clock(text: str | None) -> TypedClock:
    """08:10, 8.10 or 0810, of twenty-four hours."""
    words = unicodedata.normalize("NFKC", text or "").strip()
    if not words:
        return TypedClock()
    found = _CLOCK.fullmatch(words)
    hour, minute = [part for part in found.groups() if part] if found else ("99", "99")
    if int(hour) > 23 or int(minute) > 59:
        return TypedClock(wrong=f"“{words}” is not a time of day; write it like 08:10 or 15:45")
    return TypedClock(time(int(hour), int(minute)))


def write_day(day: date | None) -> str:
    """A day as it would be typed, to fill a form with."""
    return day.isoformat() if day else ""
