"""One quantity in two units: values to SI and back, shown side by side, and as a multiple of the upper limit."""

import math
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from decision.vocabulary import Test, Unit, find_nearest, find_nearest_test, load_vocabulary

UNITS: dict[str, tuple[str, ...]] = {code: test.unit_names for code, test in load_vocabulary().tests.items()}


class UnitError(ValueError):
    """A test or unit that is not known, or that has no SI value; the text names what would be right."""


class Measured(Protocol):
    """What a result needs to be expressed in units (decision.case.Result has it)."""

    @property
    def test(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def comparator(self) -> str | None: ...
    @property
    def uln(self) -> float | None: ...


@lru_cache(maxsize=1024)
def read_unit(test: str, unit: str) -> Unit:
    """The unit of this test as written, case and µ/μ/u ignored; raises UnitError naming the accepted ones."""
    known = find_test(test)
    wanted = _plain(unit)
    for candidate in known.units:
        if _plain(candidate.name) == wanted:
            return candidate
    raise UnitError(_refuse_unit(known, unit))


def find_test(code: str) -> Test:
    """The test of this code; raises UnitError naming the nearest one."""
    test = load_vocabulary().tests.get(code)
    if test is None:
        raise UnitError(f'there is no test "{code}"; the nearest is "{find_nearest_test(code)}"')
    return test


def convert(test: str, value: float, unit: str) -> float:
    """The value in the SI unit of the test (`find_test(test).si_unit`).

    Raises UnitError for an unknown test or unit, and for xULN of a test with an absolute SI unit: use `as_xuln` there.
    """
    return value * _factor(test, unit)


def convert_back(test: str, value_si: float, unit: str) -> float:
    """The SI value of the test in the given unit; the inverse of `convert`, with the same errors."""
    return value_si / _factor(test, unit)


def compute_si(result: Measured) -> float | None:
    """The result in SI units; None without a value, and for xULN of a test that is measured in amounts."""
    if result.value is None or result.unit is None or read_unit(result.test, result.unit).factor is None:
        return None
    return convert(result.test, result.value, result.unit)


def as_xuln(result: Measured) -> float | None:
    """The result as a multiple of the upper limit of normal (in the result's own unit); None when that is not known."""
    if result.value is None or result.unit is None:
        return None
    if read_unit(result.test, result.unit).name == "xULN":
        return result.value
    return None if not result.uln else result.value / result.uln


def format_both(test: str, value: float, unit: str, comparator: str | None = None) -> str:
    """The value as entered, then in the other system: "46 pg/mL · 10.1 pmol/L"; alone when there is only one."""
    entered = read_unit(test, unit)
    sign = f"{comparator} " if comparator else ""
    first = _join(sign + _format_entered(value), entered)
    other = _other_unit(find_test(test), entered)
    if other is None:
        return first
    converted = convert_back(test, convert(test, value, entered.name), other.name)
    return f"{first} · {_join(sign + format_number(converted), other)}"


def format_result(result: Measured) -> str:
    """The result as a screen shows it: both units, else the outcome in words, else an em dash (not known)."""
    if result.value is not None and result.unit is not None:
        return format_both(result.test, result.value, result.unit, result.comparator)
    return load_vocabulary().outcomes[result.outcome] if result.outcome else "—"


def format_number(value: float) -> str:
    """Three significant figures, whole numbers from 100 on, never an exponent: 10.1, 1290, 0.0276."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def _format_entered(value: float) -> str:
    """Every digit as entered, never an exponent."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _join(number: str, unit: Unit) -> str:
    return f"{number} {unit.symbol}".strip()


def _other_unit(test: Test, entered: Unit) -> Unit | None:
    """SI for a value entered otherwise, the first unit for one entered in SI; None when there is no other system."""
    if entered.factor is None or test.units[0].name == test.si_unit == entered.name:
        return None
    wanted = test.units[0].name if entered.name == test.si_unit else test.si_unit
    return next(unit for unit in test.units if unit.name == wanted)


def _factor(test: str, unit: str) -> float:
    found = read_unit(test, unit)
    if found.factor is None:
        known = find_test(test)
        raise UnitError(f"xULN has no value in {known.si_unit}; it stays a multiple of the laboratory's upper limit")
    return found.factor


def _refuse_unit(test: Test, unit: str) -> str:
    if not test.units:
        return f"{test.short_name} ({test.code}) is reported in words and has no unit"
    nearest = find_nearest(_plain(unit), test.unit_names)
    accepted = ", ".join(test.unit_names)
    return f'"{unit}" is not a unit of {test.short_name}; the nearest is "{nearest}" (accepted: {accepted})'


def _plain(unit: str) -> str:
    """The unit without case, spaces, or the difference between µ (micro sign), μ (Greek mu) and u; × is x."""
    compact = "".join(unit.split())
    return unicodedata.normalize("NFKC", compact).casefold().replace("μ", "u").replace("×", "x")
