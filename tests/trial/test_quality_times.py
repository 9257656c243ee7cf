"""Days from scan to diagnosis, events near a tracer, and what is new since a snapshot."""

from datetime import date, datetime, timedelta

import pytest

from trial.quality_times import compare_snapshots, count_near, place_event, summarise_intervals, take_fingerprint

SCAN = date(2026, 3, 1)


def test_the_minute_of_the_injection_gives_exact_hours() -> None:
    began, scans = datetime(2026, 3, 2, 15), {"A": date(2026, 3, 2), "B": date(2026, 2, 1)}
    near = place_event("P1", "nausea", began, scans, {"A": datetime(2026, 3, 2, 8, 45)})
    assert (near.tracer, near.hours, near.within_hours, near.by_day) == ("A", 6.25, 24, False)
    # Injected in the evening of the day the event began: it cannot be behind it, the earlier tracer may.
    assert place_event("P1", "nausea", began, scans, {"A": datetime(2026, 3, 2, 18)}).tracer == "B"


def test_intervals_count_who_has_both_days_and_name_who_lies_outside() -> None:
    scans = {"P1": SCAN, "P2": SCAN, "P3": SCAN, "P4": None, "P5": SCAN}
    days = {"P1": 10, "P2": -1, "P3": 400}
    references = {name: SCAN + timedelta(days=number) for name, number in days.items()} | {"P4": SCAN}
    found = summarise_intervals("Pentixafor", scans, references)
    assert [one.days for one in found.intervals] == [10, -1, 400]
    assert (found.of, found.median) == (4, 10.0)
    assert [one.patient_id for one in found.outside] == ["P2", "P3"]


def test_without_days_there_is_no_interval() -> None:
    found = summarise_intervals("Pentixafor", {"P1": None}, {"P1": SCAN})
    assert (found.of, found.intervals, found.median, found.lower_quartile) == (1, (), None, None)


@pytest.mark.parametrize(("days", "within"), [(0, 24), (1, 24), (2, 168), (7, 168), (8, None)])
def test_an_event_lies_within_the_narrowest_limit(days: int, within: int | None) -> None:
    began = datetime(2026, 3, 1, 15) + timedelta(days=days)
    found = place_event("P1", "nausea", began, {"68Ga-Pentixafor": SCAN})
    assert (found.hours, found.within_hours) == (24.0 * days, within)


def test_an_event_follows_the_latest_scan_before_it() -> None:
    scans = {"A": SCAN, "B": SCAN + timedelta(days=3), "C": SCAN + timedelta(days=9), "D": None}
    assert place_event("P1", "nausea", datetime(2026, 3, 5), scans).tracer == "B"
    assert place_event("P1", "nausea", datetime(2026, 2, 5), scans).hours is None
    assert place_event("P1", "nausea", None, scans).hours is None


def test_what_is_within_a_day_is_within_a_week_too() -> None:
    events = [place_event("P1", "x", datetime(2026, 3, day), {"A": SCAN}) for day in (1, 4, 20)]
    assert count_near(events) == {24: 1, 168: 2}


def test_news_are_added_changed_and_gone() -> None:
    news = compare_snapshots({"P1": "a", "P2": "b", "P3": "c"}, {"P1": "a", "P2": "x", "P4": "d"})
    assert (news.added, news.changed, news.gone) == (("P4",), ("P2",), ("P3",))
    assert compare_snapshots({"P1": "a"}, {"P1": "a"}).is_empty


def test_a_fingerprint_changes_with_a_value_and_not_with_the_order_of_keys() -> None:
    assert take_fingerprint({"a": 1, "b": 2}) == take_fingerprint({"b": 2, "a": 1})
    assert take_fingerprint({"a": 1}) != take_fingerprint({"a": 2})
