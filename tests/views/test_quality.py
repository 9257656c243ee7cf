"""The data-quality page: what is missing and wrong, queries from raised to closed, and what is new since a snapshot."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from streamlit.testing.v1 import AppTest

from store import AdverseEvent, Deviation, ReferenceDiagnosis, ScreenedPerson, SeriesRecord, Store
from tests.views.people import open_app, said
from views.quality_facts import fetch_charts, fingerprint_chart, make_record

PENTIXAFOR = "68Ga-Pentixafor"


def find(elements: Any, label: str) -> Any:
    return next(one for one in elements if one.label.startswith(label))


def open_part(part: str) -> AppTest:
    app = open_app("quality")
    app.session_state["quality_part"] = part
    app.run()
    assert not app.exception
    return app


def enrol_before_consent(store: Store) -> None:
    line = ScreenedPerson("S001", date(2026, 1, 31), decision="enrolled", patient_id="P017")
    store.trial.save_screened([replace(line, consented_on=date(2026, 2, 3), consent_type="own consent")])


def test_the_heat_map_is_drawn_and_names_whom_a_field_is_missing_in(store: Store) -> None:
    app = open_app("quality")
    assert not app.exception
    find(app.selectbox, "Missing in").set_value("Enrolment: Age").run()
    assert "**1 patient**: P052" in said(app)


def test_a_finding_becomes_a_query_once(store: Store) -> None:
    enrol_before_consent(store)
    app = open_part("Findings")
    assert "Enrolled on 1 Feb 2026, before consent of 3 Feb 2026" in said(app)
    find(app.button, "Raise").click().run()
    assert any("give your name or initials" in one.value for one in app.error)
    assert store.trial.fetch_queries() == []
    find(app.text_input, "Your name").set_value("AB")
    find(app.button, "Raise").click().run()
    (query,) = store.trial.fetch_queries()
    assert (query.patient_id, query.rule, query.state) == ("P017", "enrolled_before_consent", "open")
    assert not [one for one in open_part("Findings").button if one.label == "Raise"]


def test_a_query_moves_with_a_word_of_why_and_keeps_its_thread(store: Store) -> None:
    enrol_before_consent(store)
    find(open_part("Findings").text_input, "Your name")
    app = open_part("Findings")
    find(app.text_input, "Your name").set_value("AB")
    find(app.button, "Raise").click().run()
    for button, word, state in (("Answer", "the form says 1 Feb", "answered"), ("Close", "seen", "closed")):
        app = open_part("Queries")
        find(app.text_input, "Your name").set_value("CD")
        find(app.button, button).click().run()
        assert any("a word of why" in one.value for one in app.error)
        assert find(app.text_input, "Your name").value == "CD"
        find(app.text_area, "In a word").set_value(word)
        find(app.button, button).click().run()
        assert store.trial.fetch_queries()[0].state == state
    notes = [note.did for note in store.trial.fetch_queries()[0].thread]
    assert notes == ["raised", "answered", "closed"]
    app = open_part("Queries")
    next(one for one in app.button_group if one.label == "State").set_value(["closed"]).run()
    assert [one.label for one in app.button if one.label in ("Answer", "Close", "Re-open")] == ["Re-open"]


def test_what_is_new_since_the_snapshot_is_named(store: Store) -> None:
    assert "No snapshot yet" in said(open_part("Since the last snapshot"))
    app = open_part("Since the last snapshot")
    find(app.button, "Take a snapshot").click().run()
    assert "Nothing of any patient changed since" in said(open_part("Since the last snapshot"))
    store.save_reference(ReferenceDiagnosis("P052", "CD"))
    assert "**Changed: 1 patient**: P052" in said(open_part("Since the last snapshot"))


def test_intervals_events_and_deviations_stand_with_their_denominators(store: Store) -> None:
    store.save_series(SeriesRecord("P017", "1.2", modality="PT", tracer=PENTIXAFOR, acquired_on=date(2026, 2, 5)))
    store.save_reference(ReferenceDiagnosis("P017", "CD", decided_on=date(2026, 3, 7)))
    store.trial.save_events([AdverseEvent("P017", "nausea", datetime(2026, 2, 6, 9)), AdverseEvent("P052", "fall")])
    store.trial.save_deviations([Deviation("P017", "consent", "signed late", important=True)])
    text = said(open_part("Intervals and safety"))
    assert "both days known in 1 of 1 with scan and reference diagnosis; median 30 d" in text
    assert "within 24 h: 1 · within 7 d: 1 of 2; day of the scan not known or no scan before: 1" in text
    assert "1 important deviation of 1" in text


def test_facts_respect_what_applies(store: Store) -> None:
    records = {one.patient.patient_id: make_record(one) for one in fetch_charts(store)}
    known = records["P017"]
    assert known.conditions["acth_dependent"] is True
    assert known.conditions["dotatate_scan"] is False
    assert known.conditions["no_clear_lesion"] is True
    assert {"acth_plasma", "mri_pituitary", "pentixafor_scan"} <= known.known
    assert "pentixafor_reads" not in known.known
    assert records["P052"].conditions["acth_dependent"] is None
    assert records["P052"].conditions["no_clear_lesion"] is None


def test_a_fingerprint_follows_everything_kept_of_a_patient(store: Store) -> None:
    before = {one.patient.patient_id: fingerprint_chart(one) for one in fetch_charts(store)}
    enrol_before_consent(store)
    after = {one.patient.patient_id: fingerprint_chart(one) for one in fetch_charts(store)}
    assert before["P017"] != after["P017"]
    assert before["P052"] == after["P052"]
