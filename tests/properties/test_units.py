"""Whatever the value: to SI and back is the same value, every spelling is the same unit, larger stays larger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision.units import UNITS, convert, convert_back, find_test, format_both, read_unit

ABSOLUTE = [(test, unit) for test, units in UNITS.items() for unit in units if read_unit(test, unit).factor is not None]
AMOUNTS = st.floats(min_value=1e-6, max_value=1e6)


@pytest.mark.parametrize(("test", "unit"), ABSOLUTE)
@given(value=AMOUNTS)
def test_to_si_and_back_is_the_same_value(test: str, unit: str, value: float) -> None:
    assert convert_back(test, convert(test, value, unit), unit) == pytest.approx(value, rel=1e-12)


@given(pair=st.sampled_from(ABSOLUTE), low=AMOUNTS, high=AMOUNTS)
def test_the_larger_amount_is_larger_in_every_unit(pair: tuple[str, str], low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert convert(pair[0], low, pair[1]) <= convert(pair[0], high, pair[1])


@given(pair=st.sampled_from(ABSOLUTE), data=st.data())
def test_case_micro_and_spaces_do_not_matter(pair: tuple[str, str], data: st.DataObject) -> None:
    test, unit = pair
    letters = [data.draw(st.sampled_from([letter, letter.upper(), letter.lower()])) for letter in unit]
    spelling = "".join(letters).replace("u", data.draw(st.sampled_from("uµμ")))
    assert read_unit(test, spelling).name == unit


@given(pair=st.sampled_from(ABSOLUTE), value=AMOUNTS)
def test_what_is_shown_names_the_si_unit_once(pair: tuple[str, str], value: float) -> None:
    test, unit = pair
    shown = format_both(test, value, unit)
    assert "e-" not in shown
    assert "e+" not in shown
    si_symbol = read_unit(test, find_test(test).si_unit).symbol
    assert shown.count(si_symbol) == 1 or not si_symbol
