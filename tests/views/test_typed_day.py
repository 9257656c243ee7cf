"""Days and times as people type them are understood, and what can mean two days is refused in a sentence."""

from datetime import date, time

import pytest

from views.typed_day import read_typed_clock, read_typed_day, write_day

FIFTH = date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "5 Mar 2026",
        "5 march 2026",
        "March 5, 2026",
        "20260305",
        "2026年3月5日",
        "２０２６-03-05",
    ],
)
def test_a_day_is_understood(text: str) -> None:
    assert read_typed_day(text).day == FIFTH


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("05/03/2026", "write it as 2026-03-05 or 2026-05-03"),
        ("2026-02-30", "no day of the calendar"),
        ("yesterday", "not a date; write it as"),
        ("5.3.26", "does not say its year in four digits"),
        ("20261305", "no day of the calendar"),
    ],
)
def test_what_is_no_day_or_two_is_refused(text: str, says: str) -> None:
    found = read_typed_day(text)
    assert found.day is None
    assert says in str(found.wrong)


def test_nothing_typed_is_nothing_known() -> None:
    assert read_typed_day("  ") == read_typed_day(None)
    assert read_typed_day("").wrong is None
    assert read_typed_clock("").wrong is None
    assert (write_day(None), write_day(FIFTH)) == ("", "2026-03-05")


@pytest.mark.parametrize(("text", "clock"), [("08:10", time(8, 10)), ("8.10", time(8, 10)), ("2359", time(23, 59))])
def test_a_time_of_day_is_understood(text: str, clock: time) -> None:
    assert read_typed_clock(text).clock == clock


@pytest.mark.parametrize("text", ["25:00", "8", "08:60", "noon", "8:1"])
def test_what_is_no_time_is_refused(text: str) -> None:
    assert "is not a time of day; write it like 08:10" in str(read_typed_clock(text).wrong)
