"""Adverse events and deviations: entered, refused in sentences with nothing lost, corrected with reason, closed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import AdverseEvent, Deviation, SeriesRecord, Store
from tests.views.people import open_app, said
from views.quality_deviation_entry import DeviationEntry, fill_deviation, find_wrong_in_deviation, make_deviation
from views.quality_event_entry import (
    EventEntry,
    fill_event,
    find_wrong_in_event,
    make_event,
    place_adverse_event,
    say_near,
)
from views.quality_injection import find_injections

PENTIXAFOR = "68Ga-Pentixafor"
TODAY = date(2026, 4, 1)
INJECTED = {PENTIXAFOR: datetime(2026, 3, 5, 8, 47, tzinfo=UTC)}
EVENT = EventEntry(
    "P017", "nausea", "5 Mar 2026", "15:00", "1", "no", PENTIXAFOR, "possible", "resolved", "2026-03-06", "AB"
)
DEVIATION = DeviationEntry("P017", "consent", "2026-03-05", "signed late", "yes", "kept", "told", "2026-03-06", "AB")


def test_a_whole_event_is_right_and_comes_back_as_typed() -> None:
    assert find_wrong_in_event(EVENT, INJECTED, TODAY) == ()
    event = make_event(EVENT)
    assert (event.began_at, event.grade, event.serious) == (datetime(2026, 3, 5, 15, tzinfo=UTC), 1, False)
    again = EventEntry(**fill_event(event), who="AB", known=event)  # type: ignore[arg-type]
    assert make_event(again) == event


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"patient_id": None}, "Patient: choose"),
        ({"event": ""}, "say in a word what happened"),
        ({"day": "05/03/2026"}, "Began on: “05/03/2026” may be"),
        ({"day": "2026-04-02", "ended": ""}, "is in the future"),
        ({"clock": "25:00"}, "Began at: “25:00” is not a time of day"),
        ({"day": ""}, "a time needs its day"),
        ({"ended": "2026-03-01"}, "before the event began"),
        ({"outcome": "resolving"}, "has no end yet"),
        ({"related_to": None}, "related “possible” to which?"),
        ({"clock": "08:00"}, "was injected at 2026-03-05 08:47, after the event began"),
        ({"grade": "5", "serious": "yes"}, "grade 5 is death"),
        ({"outcome": "fatal", "serious": "yes"}, "goes with the outcome “fatal”"),
        ({"grade": "4"}, "serious by definition"),
        ({"who": ""}, "initials"),
        ({"known": AdverseEvent("P017", "nausea", event_id=1)}, "a word of why"),
    ],
)
def test_what_is_wrong_with_an_event_is_said_in_one_sentence(changes: dict[str, Any], says: str) -> None:
    (found,) = find_wrong_in_event(replace(EVENT, **changes), INJECTED, TODAY)
    assert says in found


def test_what_is_not_known_stays_not_known() -> None:
    entry = EventEntry("P017", "nausea", "2026-03-05", who="AB")
    assert find_wrong_in_event(entry, INJECTED, TODAY) == ()
    event = make_event(entry)
    assert event.day_only
    assert (event.grade, event.serious, event.outcome, event.ended_on) == (None, None, None, None)


def test_time_since_the_injection_is_exact_where_both_are_known_and_by_day_where_not() -> None:
    scans = {PENTIXAFOR: date(2026, 3, 5)}
    event = make_event(EVENT)
    assert say_near(place_adverse_event(event, scans, INJECTED)) == "6 h 13 min after Pentixafor"
    by_day = place_adverse_event(replace(event, day_only=True), scans, INJECTED)
    assert (say_near(by_day), by_day.within_hours) == ("0 d after Pentixafor (by day)", 24)
    late = replace(event, began_at=datetime(2026, 3, 9, 8, 47, tzinfo=UTC))
    assert say_near(place_adverse_event(late, scans, INJECTED)) == "4.0 d after Pentixafor"
    assert say_near(place_adverse_event(replace(event, began_at=None), scans, INJECTED)) is None


def test_the_injection_is_the_reference_time_less_the_uptake_minutes() -> None:
    told = {"reference_time": "2026-03-05T09:50:00"}
    scan = SeriesRecord(
        "P017", "1.2", tracer=PENTIXAFOR, acquired_on=date(2026, 3, 5), uptake_minutes=63, inspection=told
    )
    assert find_injections([scan]) == INJECTED
    assert find_injections([replace(scan, uptake_minutes=None)]) == {}
    assert find_injections([replace(scan, inspection={})]) == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"patient_id": None}, "Patient: choose"),
        ({"kind": None}, "Category: choose"),
        ({"says": ""}, "otherwise than planned"),
        ({"found": "2026-02-31", "closed": ""}, "no day of the calendar"),
        ({"found": "2026-05-01", "closed": ""}, "is in the future"),
        ({"closed": "2026-03-04"}, "is before its date"),
        ({"effect": ""}, "what it means for the analysis"),
        ({"who": ""}, "initials"),
        ({"known": Deviation("P017", "consent", "late", deviation_id=1)}, "a word of why"),
    ],
)
def test_what_is_wrong_with_a_deviation_is_said_in_one_sentence(changes: dict[str, Any], says: str) -> None:
    assert find_wrong_in_deviation(DEVIATION, TODAY) == ()
    (found,) = find_wrong_in_deviation(replace(DEVIATION, **changes), TODAY)
    assert says in found


def test_a_deviation_comes_back_as_typed() -> None:
    deviation = make_deviation(DEVIATION)
    again = DeviationEntry(**fill_deviation(deviation), who="AB", known=deviation)  # type: ignore[arg-type]
    assert make_deviation(again) == deviation


def read(app: AppTest) -> str:
    """Every text on the screen as it is seen."""
    return said(app).replace("\\", "")


def open_safety() -> AppTest:
    app = open_app("quality")
    app.session_state["quality_part"] = "Intervals and safety"
    return app.run()


def type_in(app: AppTest, start: str, **values: str) -> AppTest:
    for name, value in values.items():
        next(one for one in app.text_input if one.key == f"{start}_{name}").set_value(value)
    return app.run()


def choose(app: AppTest, key: str, value: str) -> AppTest:
    return next(one for one in app.selectbox if one.key == key).set_value(value).run()


def press(app: AppTest, key: str) -> AppTest:
    app = next(one for one in app.button if one.key == key).click().run()
    assert not app.exception
    return app


def test_an_event_is_entered_refused_mended_corrected_and_its_history_kept(store: Store) -> None:
    app = choose(open_safety(), "adverse_event_new_patient_id", "P017")
    type_in(app, "adverse_event_new", event="nausea", day="5 Mar 2026", clock="25:10")
    press(app, "adverse_event_new_keep")
    assert "“25:10” is not a time of day" in read(app)
    assert store.trial.fetch_events() == []
    assert next(one for one in app.text_input if one.key == "adverse_event_new_event").value == "nausea"
    press(type_in(app, "adverse_event_new", clock="15:00", who="AB"), "adverse_event_new_keep")
    (event,) = store.trial.fetch_events()
    assert (event.event, event.began_at, event.grade) == ("nausea", datetime(2026, 3, 5, 15, tzinfo=UTC), None)
    assert next(one for one in app.text_input if one.key == "adverse_event_new_event_1").value in ("", None)
    start = f"adverse_event_{event.event_id}"
    choose(app, "quality_event", str(event.event_id))
    choose(app, f"{start}_outcome", "resolved")
    press(type_in(app, start, ended="2026-03-06", who="CD"), f"{start}_keep")
    assert "a word of why" in read(app)
    press(type_in(app, start, why="seen on the ward"), f"{start}_keep")
    (closed,) = store.trial.fetch_events()
    assert (closed.outcome, closed.ended_on) == ("resolved", date(2026, 3, 6))
    last, first = store.trial.fetch_history("P017", "adverse event", event.event_id)
    assert (first.who, last.who, last.why) == ("AB", "CD", "seen on the ward")
    assert next(one for one in app.selectbox if one.key == "quality_event").value is None
    choose(app, "quality_event", str(event.event_id))
    assert next(one for one in app.text_input if one.key == f"{start}_ended_1").value == "2026-03-06"
    history = next(one.value for one in app.dataframe if "What" in one.value and "Why" in one.value)
    assert history["What"][0] == "outcome — → resolved; ended on — → 2026-03-06"


def test_a_deviation_is_entered_and_closed(store: Store) -> None:
    app = choose(open_safety(), "protocol_deviation_new_patient_id", "P052")
    press(app, "protocol_deviation_new_keep")
    assert "Category: choose what it is about" in read(app)
    choose(app, "protocol_deviation_new_kind", "uptake time")
    press(
        type_in(app, "protocol_deviation_new", says="scan late", found="2026-03-05", who="AB"),
        "protocol_deviation_new_keep",
    )
    (kept,) = store.trial.fetch_deviations()
    assert (kept.patient_id, kept.kind, kept.important) == ("P052", "uptake time", None)
    start = f"protocol_deviation_{kept.deviation_id}"
    choose(app, "quality_deviation", str(kept.deviation_id))
    typed = {"effect": "SUV not compared", "closed": "2026-03-07", "who": "CD", "why": "settled"}
    press(type_in(app, start, **typed), f"{start}_keep")
    assert store.trial.fetch_deviations()[0].closed_on == date(2026, 3, 7)
    assert "0 important deviations of 1; 0 not closed" in read(app)


def test_what_was_typed_stays_while_another_page_is_looked_at(store: Store) -> None:
    app = type_in(open_safety(), "adverse_event_new", event="headache")
    app.switch_page("pages/screening.py").run()
    app.switch_page("pages/quality.py").run()
    app.session_state["quality_part"] = "Intervals and safety"
    app.run()
    assert next(one for one in app.text_input if one.key == "adverse_event_new_event").value == "headache"
    assert store.trial.fetch_events() == []


def test_words_of_an_older_list_are_asked_anew() -> None:
    old = AdverseEvent("P017", "nausea", outcome="recovered", relatedness="maybe", event_id=1)
    assert (fill_event(old)["outcome"], fill_event(old)["relatedness"]) == (None, None)
    assert fill_deviation(Deviation("P017", "bad luck", "late", deviation_id=1))["kind"] is None
