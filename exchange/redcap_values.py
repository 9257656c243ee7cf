"""What one cell of a record export may hold, by its field in the dictionary: codes, numbers in range, dates in any order."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Literal

from exchange.redcap_dictionary import Field

DateOrder = Literal["refuse", "day first", "month first"]
COMPLETE = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
TICKED = {"0": "Unchecked", "1": "Checked"}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class ValueFault(ValueError):
    """A cell that cannot be taken: what is wrong and what would be right."""


def make_reader(field: Field, code: str | None, dates: DateOrder = "refuse") -> Callable[[str], str]:
    """The function that reads one column: from the cell (not empty) to its plain text, or raises ValueFault.

    Dates become 2026-03-31 (with a time after a blank), numbers have a point; codes stay as they are.
    """
    if code is not None:
        return partial(_read_code, TICKED)
    if field.choices:
        return partial(_read_code, field.choices)
    if field.validation.startswith(("date_", "datetime_")):
        return partial(_read_date, field, dates)
    if field.validation.startswith(("number", "integer")) or field.field_type in ("slider", "calc"):
        return partial(_read_number, field)
    return str


def read_complete(cell: str) -> str:
    """The state of a form: 0, 1 or 2."""
    return _read_code(COMPLETE, cell)


def read_number(text: str) -> float:
    """A finite number with a decimal point. Raises ValueFault."""
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        hint = f"; write {text.replace(',', '.')}" if re.fullmatch(r"[-+]?\d+,\d+", text) else ""
        raise ValueFault(f"“{text}” is not a number{hint}")
    return float(text)


def read_day(text: str, order: DateOrder = "refuse") -> date:
    """A day written 2026-03-31, 31/03/2026 or 03/31/2026 (also with - or .). Raises ValueFault where two days are meant."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueFault(f"“{text}” is not a date; write it as 2026-03-31")
    first, second, third = match.groups()
    if len(first) == 4 and len(third) <= 2:
        days = [_make_day(int(first), int(second), int(third))]
    elif len(third) == 4 and len(first) <= 2:
        orders = {"day first": (second, first), "month first": (first, second)}
        wanted = orders.values() if order == "refuse" else [orders[order]]
        days = [_make_day(int(third), int(month), int(day)) for month, day in wanted]
    else:
        raise ValueFault(f"“{text}” does not say its year in four digits; write it as 2026-03-31")
    known = sorted({day for day in days if day is not None})
    if len(known) > 1:
        says = " or ".join(f"{day.day} {_MONTHS[day.month - 1]}" for day in known)
        raise ValueFault(f"“{text}” may be {says}; write it as {known[0]} or {known[1]}")
    if not known:
        raise ValueFault(f"“{text}” is no day of the calendar; write it as 2026-03-31")
    return known[0]


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_date(field: Field, order: DateOrder, cell: str) -> str:
    day, _, clock = cell.replace("T", " ").partition(" ")
    known = read_day(day, order)
    if not field.validation.startswith("datetime"):
        if clock.strip(" 0:"):
            raise ValueFault(f"“{cell}” has a time where a day is wanted")
        _check_range(field, known.isoformat(), cell, lambda bound: read_day(bound).isoformat())
        return known.isoformat()
    match = _CLOCK.fullmatch(clock.strip())
    if match is None:
        raise ValueFault(f"“{cell}” has no time of day; write it as {known} 08:10")
    try:
        hour, minute, second = (int(part or 0) for part in match.groups())
        moment = datetime.combine(known, time(hour, minute, second))
    except ValueError:
        raise ValueFault(f"“{clock}” is no time of day") from None
    text = moment.isoformat(sep=" ", timespec="seconds" if match[3] else "minutes")
    _check_range(field, text, cell, str)
    return text


def _read_code(codes: dict[str, str], cell: str) -> str:
    if cell in codes:
        return cell
    code = next((code for code, label in codes.items() if label.casefold() == cell.casefold()), None)
    if code is not None:
        raise ValueFault(f"“{cell}” is the label of code {code}; export raw values, not labels")
    offered = ", ".join(f"{code} {label}" if code != label else code for code, label in list(codes.items())[:8])
    more = f" and {len(codes) - 8} more" if len(codes) > 8 else ""
    raise ValueFault(f"“{cell}” is not a code of this field; they are {offered}{more}")


def _read_number(field: Field, cell: str) -> str:
    text = cell.replace(",", ".", 1) if "comma_decimal" in field.validation else cell
    if field.field_type == "calc" and not _NUMBER.fullmatch(text):
        return cell  # a calculated field may hold a date or words
    number = read_number(text)
    if field.validation == "integer" and not number.is_integer():
        raise ValueFault(f"“{cell}” is not a whole number")
    _check_range(field, number, cell, lambda bound: read_number(bound.replace(",", ".")))
    return text


def _check_range(field: Field, value: float | str, cell: str, read: Callable[[str], float | str]) -> None:
    for bound, name, outside in (
        (field.text_validation_min, "smallest", lambda limit: value < limit),
        (field.text_validation_max, "largest", lambda limit: value > limit),
    ):
        if (
            bound.strip()
            and bound not in ("now", "today")
            and not bound.startswith("[")
            and outside(_bound(read, bound))
        ):
            raise ValueFault(f"{cell} is outside the dictionary's range: the {name} is {bound}")


def _bound(read: Callable[[str], float | str], bound: str) -> float | str:
    try:
        return read(bound.strip())
    except ValueFault as error:
        raise ValueFault(f"the dictionary's own limit cannot be read: {error}") from None
