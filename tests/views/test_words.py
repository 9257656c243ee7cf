"""How numbers, intervals, dates and the unknown are written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from views import words
from views.names import say_abbreviated, set_name, site_name, subtype_name, test_name

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("probability", "says"),
    [
        (None, "—"),
        (0.0, "< 1 %"),
        (0.0099, "< 1 %"),
        (0.01, "1 %"),
        (0.5, "50 %"),
        (0.99, "99 %"),
        (0.9901, "> 99 %"),
        (1.0, "> 99 %"),
    ],
)
def test_probabilities_are_whole_per_cent_and_never_certain(probability: float | None, says: str) -> None:
    assert words.say_per_cent(probability) == says


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(0.81, 0.98, "[81–98]"), (0.55, 0.999, "[55 to > 99]"), (0.001, 0.12, "[< 1 to 12]"), (None, 0.5, "—")],
)
def test_intervals(low: float | None, high: float | None, says: str) -> None:
    assert words.say_interval(low, high) == says


def test_what_is_not_known_is_an_em_dash_never_zero_or_blank() -> None:
    assert {words.say_age(None), words.say_sex(None), words.say_date(None), words.say_date("")} == {"—"}
    assert {words.say_number(None), words.say_since(None, NOW), words.say_list(())} == {"—"}
    assert words.say_number(0.0) == "0"


@pytest.mark.parametrize(
    ("ago", "says"),
    [
        (timedelta(seconds=10), "now"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=49), "2 d"),
    ],
)
def test_time_since_is_told_in_the_largest_whole_unit(ago: timedelta, says: str) -> None:
    assert words.say_since(NOW - ago, NOW) == says


def test_days_are_read_from_dates_moments_and_text() -> None:
    assert words.say_date(date(2026, 3, 2)) == words.say_date("2026-03-02T08:10") == "2 Mar 2026"
    assert words.say_date("last spring") == "last spring"


def test_ten_decibans_are_ten_to_one_either_way() -> None:
    assert words.say_weight(10) == words.say_weight(-10) == "10 : 1"
    assert words.say_weight(3) == "2.0 : 1"


def test_text_somebody_typed_is_shown_as_typed() -> None:
    assert words.escape("*bold* [a](b) :red[x] $y$") == r"\*bold\* \[a\](b) \:red\[x\] \$y\$"


def test_codes_have_names_and_unknown_codes_are_opened() -> None:
    assert (subtype_name("CD"), site_name("adrenal_left")) == ("Cushing's disease", "left adrenal")
    assert (test_name("ufc_24h"), test_name("some_new_test")) == ("UFC", "Some new test")


def test_prediction_sets_read_as_a_phrase() -> None:
    assert set_name(("CD", "EAS", "MACS")) == "Cushing's disease, ectopic ACTH or mild autonomous secretion"
    assert say_abbreviated(("EAS", "CD")) == "EAS or CD"
    assert say_abbreviated(("MACS", "NONE")) == "MACS or No hypercortisolism"
    assert set_name(()) == "—"
