"""How numbers, dates and the unknown are written on every screen."""

import re
from datetime import date, datetime

from decision.units import format_number

UNKNOWN = "—"
NOT_KNOWN = "not known"
_SEX_LETTERS = {"female": "F", "male": "M"}


def say_per_cent(probability: float | None) -> str:
    """A probability (0 to 1) in whole per cent; "< 1 %" and "> 99 %" at the ends, an em dash when not known."""
    if probability is None:
        return UNKNOWN
    if probability < 0.01:
        return "< 1 %"
    if probability > 0.99:
        return "> 99 %"
    return f"{round(probability * 100)} %"


def say_interval(low: float | None, high: float | None) -> str:
    """An interval of probabilities in whole per cent: "[81–98]", "[55 to > 99]"."""
    if low is None or high is None:
        return UNKNOWN
    ends = [say_per_cent(end).removesuffix(" %") for end in (low, high)]
    return f"[{' to '.join(ends)}]" if any(" " in end for end in ends) else f"[{'–'.join(ends)}]"


def say_number(value: float | None) -> str:
    """A measured number with three significant figures, never an exponent; an em dash when not known."""
    return UNKNOWN if value is None else format_number(value)


def say_age(age_years: float | None) -> str:
    return UNKNOWN if age_years is None else f"{age_years:.0f} y"


def say_sex(sex: str | None) -> str:
    """F, M, or an em dash."""
    return _SEX_LETTERS.get(sex or "", UNKNOWN)


def say_date(moment: date | datetime | str | None) -> str:
    """A day as "2 Mar 2026"; accepts a date, a moment or ISO text, and gives unreadable text back as it stands."""
    if not moment:
        return UNKNOWN
    try:
        day = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return str(moment)
    return f"{day.day} {day:%b %Y}"


def say_since(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest whole unit: "now", "5 min", "2 h", "3 d"."""
    if moment is None:
        return UNKNOWN
    minutes = int((now - moment).total_seconds() // 60)
    for size, unit in ((1440, "d"), (60, "h"), (1, "min")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return "now"


def say_weight(weight_db: float) -> str:
    """What a weight of evidence in decibans means as odds: "6.5 : 1"."""
    odds = 10 ** (abs(weight_db) / 10)
    return f"{odds:.0f} : 1" if odds >= 10 else f"{odds:.1f} : 1"


def say_list(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Items in a sentence: "a, b and c"; an em dash when there are none."""
    if not items:
        return UNKNOWN
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def say_count(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 patient", "3 patients"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def escape(text: str) -> str:
    """Text that markdown must show as it stands: no emphasis, link or colour made of what somebody typed."""
    return re.sub(r"([\\`*_{}\[\]<>~$|#])", r"\\\1", text).replace(":", r"\:")


def shorten_finding(finding: str) -> str:
    """A finding without the same value in the second unit, for places where it does not fit."""
    return re.sub(r" · [^·;=(]+?(?= = |;|$)", "", finding)
