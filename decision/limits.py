"""What cannot be and what is unusual: the hard and soft limits of a result, an age or a finding, in sentences."""

from collections.abc import Iterator

from decision.units import convert, convert_back, find_test, format_both, format_number, read_unit
from decision.vocabulary import Limit, Test, load_vocabulary

AS_ENTERED = "as entered"
ROUNDING = 1e-9


def refuse_value(test: str, value: float, unit: str) -> str | None:
    """Why the value is impossible, and in which other unit it would be plausible; None when it is possible."""
    broken = next(_find_broken(find_test(test), value, unit, "hard"), None)
    if broken is None:
        return None
    shown = format_both(test, value, unit).split(" · ")[0]
    elsewhere = _find_plausible_units(find_test(test), value, unit)
    hint = f"; {format_number(value)} is plausible in {' or '.join(elsewhere)}" if elsewhere else ""
    return f"{shown} cannot be right: {broken.says}{hint}"


def question_value(test: str, value: float, unit: str) -> tuple[str, ...]:
    """What makes the value unusual, one sentence each."""
    return tuple(limit.says for limit in _find_broken(find_test(test), value, unit, "soft"))


def refuse_number(field: str, value: float, region: str | None = None) -> str | None:
    """Why a number of the case that is not a result is impossible; None when it is possible."""
    said = next(_find_said(field, value, region, "hard"), None)
    return None if said is None else f"{value:g} cannot be right: {said}"


def question_number(field: str, value: float, region: str | None = None) -> tuple[str, ...]:
    """What makes such a number unusual."""
    return tuple(_find_said(field, value, region, "soft"))


def _find_said(field: str, value: float, region: str | None, level: str) -> Iterator[str]:
    for limit in load_vocabulary().number_limits:
        here = not limit.regions or region in limit.regions
        if limit.level == level and field in limit.fields and here and limit.range.holds(value):
            yield limit.says


def _find_broken(test: Test, value: float, unit: str, level: str) -> Iterator[Limit]:
    entered = read_unit(test.code, unit).name
    for limit in test.limits:
        applies = limit.level == level and (not limit.entered_in or entered in limit.entered_in)
        if applies and _meets(limit, test, value, entered):
            yield limit


def _meets(limit: Limit, test: Test, value: float, entered: str) -> bool:
    if limit.unit in (AS_ENTERED, entered):
        return limit.range.holds(value)
    if "xULN" in (limit.unit, entered):
        return False
    in_unit = convert_back(test.code, convert(test.code, value, entered), limit.unit)
    return limit.range.holds(in_unit) and limit.range.holds(in_unit * (1 - ROUNDING))


def _find_plausible_units(test: Test, value: float, unit: str) -> list[str]:
    """The other units of the test in which the same number would be neither impossible nor unusual."""
    entered = read_unit(test.code, unit)
    others = [other for other in test.units if other.factor not in (None, entered.factor)]
    return [
        other.symbol
        for other in others
        if not any(True for level in ("hard", "soft") for _ in _find_broken(test, value, other.name, level))
    ]
