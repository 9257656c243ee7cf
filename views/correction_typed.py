"""What was typed into the correction form, as values, or a sentence at the field that says what is wrong. No Streamlit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imaging.correction import QUANTITIES, Correction
from imaging.correction_check import check_correction
from imaging.header import Header
from views.typed import read_typed

_CLOCK = re.compile(
    r"(?:(?P<day>\d{4}-\d{1,2}-\d{1,2})[T ]+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
)
TIMES = ("residual_at", "injected_at", "reference_at")
TEXTS = ("tracer",)


@dataclass(frozen=True)
class TypedCorrection:
    """The entries that could be read, and what is wrong by field."""

    correction: Correction
    wrong: dict[str, str] = field(default_factory=dict)


def read_entries(typed: Mapping[str, str | None], headers: Sequence[Header], stated: Correction) -> TypedCorrection:
    """Every field of the form; a clock without a date is on the day of the injection or scan that the images state."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for one in QUANTITIES:
        text = (typed.get(one.name) or "").strip()
        if not text:
            continue
        value, says = _read(one.name, text, one.unit, stated)
        if says:
            wrong[one.name] = says
        else:
            values[one.name] = value
    correction = Correction(**values)
    return TypedCorrection(correction, check_correction(headers, correction) | wrong)


def _read(name: str, text: str, unit: str, stated: Correction) -> tuple[Any, str]:
    if name in TEXTS:
        return text, ""
    if name in TIMES:
        return _read_clock(text, stated.injected_at or stated.reference_at)
    number = read_typed(text.removesuffix(unit).strip())
    if number.comparator:
        return None, f"“{text}” has {number.comparator}: write the number alone, in {unit}."
    return number.value, f"{number.wrong}." if number.wrong else ""


def _read_clock(text: str, day: datetime | None) -> tuple[datetime | None, str]:
    found = _CLOCK.fullmatch(text)
    how = f"“{text}” is not a time: write it like 10:05, 10:05:30 or 2026-03-02 10:05."
    if not found:
        return None, how
    if not found["day"] and day is None:
        return None, f"The images name no day: write the date too, like 2026-03-02 {text}."
    date = found["day"] or f"{day:%Y-%m-%d}"
    clock = f"{date} {found['hour']}:{found['minute']}:{found['second'] or '00'}"
    try:
        return datetime.strptime(clock, "%Y-%m-%d %H:%M:%S"), ""
    except ValueError:
        return None, how


def write_value(name: str, value: Any) -> str:
    """An entered value as it would be typed, to fill the form with."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value if isinstance(value, str) else f"{value:g}"
