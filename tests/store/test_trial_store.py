"""The trial's records come back as saved; a failure has no pseudonym; a query's thread only grows."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from store import (
    AdverseEvent,
    DataQuery,
    Deviation,
    Patient,
    ScreenedPerson,
    Snapshot,
    Store,
    StoreError,
    TrialRecords,
    UnknownPatient,
)

MORNING = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
FAILED = ScreenedPerson(
    "S002", date(2026, 3, 2), "40-49", "female", {"pregnant": "yes", "age": "yes", "allergy": None}, "pregnant",
    decision="not_enrolled", decided_by="Investigator A",
)  # fmt: skip
TAKEN = ScreenedPerson("S001", date(2026, 3, 1), decision="enrolled", consent_type="own", patient_id="P017")
QUERY = DataQuery("P017", "laboratory", "acth_plasma", "ACTH 90 pg/mL with an adrenal diagnosis: is the unit right?")


@pytest.fixture
def kept(opened: Store) -> Store:
    opened.save_patient(Patient("P017"))
    return opened


def test_the_screening_log_comes_back_by_day(kept: Store) -> None:
    kept.trial.save_screened([FAILED, TAKEN])
    assert kept.trial.fetch_screened() == [TAKEN, FAILED]


def test_a_line_is_replaced_by_the_same_number(kept: Store) -> None:
    kept.trial.save_screened([FAILED])
    kept.trial.save_screened([replace(FAILED, other_reasons="also planned surgery")])
    assert [person.other_reasons for person in kept.trial.fetch_screened()] == ["also planned surgery"]


def test_somebody_not_enrolled_may_not_carry_a_pseudonym(kept: Store) -> None:
    with pytest.raises(StoreError, match="only somebody enrolled"):
        kept.trial.save_screened([TAKEN, replace(FAILED, patient_id="P017")])
    assert kept.trial.fetch_screened() == []


def test_not_enrolled_needs_a_reason_and_enrolled_a_known_patient(kept: Store) -> None:
    with pytest.raises(StoreError, match="main reason"):
        kept.trial.save_screened([replace(FAILED, reason=None)])
    with pytest.raises(UnknownPatient):
        kept.trial.save_screened([replace(TAKEN, patient_id="P999")])


def test_events_and_deviations_come_back_and_can_be_mended_by_their_number(kept: Store) -> None:
    event = AdverseEvent("P017", "headache", MORNING, 1, False, "68Ga-Pentixafor")
    deviation = Deviation("P017", "uptake time", "PET at 95 minutes", date(2026, 3, 5), important=False)
    kept.trial.save_events([event])
    kept.trial.save_deviations([deviation])
    (first,) = kept.trial.fetch_events()
    assert replace(first, event_id=None) == event
    kept.trial.save_events([replace(first, outcome="resolved")])
    assert [item.outcome for item in kept.trial.fetch_events()] == ["resolved"]
    assert replace(kept.trial.fetch_deviations()[0], deviation_id=None) == deviation


def test_a_change_keeps_what_stood_there_why_and_who(kept: Store) -> None:
    kept.trial.save_events([AdverseEvent("P017", "headache", MORNING, 1)], who="AB", why="told on the phone")
    (first,) = kept.trial.fetch_events()
    kept.trial.save_events([first], who="CD", why="nothing new")
    kept.trial.save_events([replace(first, grade=2)], who="CD", why="seen on the ward")
    changed, entered = kept.trial.fetch_history("P017", "adverse event", first.event_id)
    assert (changed.who, changed.why) == ("CD", "seen on the ward")
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["grade"], changed.after["grade"]) == (1, 2)
    assert entered.before is None


def test_the_history_of_a_line_stands_under_its_number(kept: Store) -> None:
    kept.trial.save_screened([replace(FAILED, decision="pending", reason=None)])
    kept.trial.save_screened([FAILED], who="AB", why="test came back positive")
    assert [one.why for one in kept.trial.fetch_history("S002", "screening line")] == ["test came back positive", None]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (AdverseEvent("P017", "headache", grade=6), "grade “6” is not known; it is one of 1, 2, 3, 4, 5"),
        (AdverseEvent("P017", " "), "event is empty"),
        (AdverseEvent("P017", "headache", related_to="18F-FDG"), "related_to “18F-FDG” is not known"),
        (AdverseEvent("P017", "headache", outcome="good"), "outcome “good” is not known"),
        (Deviation("P017", "bad luck", "fell ill"), "kind “bad luck” is not known"),
    ],
)
def test_words_nobody_defined_are_refused(kept: Store, record: AdverseEvent | Deviation, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        kept.save_many(
            trial=TrialRecords(
                events=[record] if isinstance(record, AdverseEvent) else [],
                deviations=[record] if isinstance(record, Deviation) else [],
            )
        )
    assert kept.trial.fetch_events() == []
    assert kept.trial.fetch_deviations() == []


def test_a_query_is_raised_answered_closed_and_opened_again_with_every_word_kept(kept: Store) -> None:
    kept.trial.raise_query(QUERY, "Monitor")
    number = kept.trial.fetch_queries()[0].query_id
    assert number is not None
    kept.trial.move_query(number, "answered", "Nurse", "The unit was pmol/L")
    kept.trial.move_query(number, "closed", "Monitor", "Corrected")
    kept.trial.move_query(number, "reopened", "Monitor", "The limit is still in pg/mL")
    (query,) = kept.trial.fetch_queries()
    assert query.state == "open"
    assert [(note.who, note.did) for note in query.thread] == [
        ("Monitor", "raised"), ("Nurse", "answered"), ("Monitor", "closed"), ("Monitor", "reopened"),
    ]  # fmt: skip
    assert query.thread[0].says == QUERY.says


def test_a_query_moves_only_from_where_it_stands_and_with_a_word(kept: Store) -> None:
    kept.trial.raise_query(QUERY, "Monitor")
    number = kept.trial.fetch_queries()[0].query_id or 0
    with pytest.raises(StoreError, match="a word of why"):
        kept.trial.move_query(number, "closed", "Monitor", "  ")
    kept.trial.move_query(number, "closed", "Monitor", "A duplicate")
    with pytest.raises(StoreError, match="is closed and cannot be answered"):
        kept.trial.move_query(number, "answered", "Nurse", "Too late")
    with pytest.raises(StoreError, match="no query 999"):
        kept.trial.move_query(999, "closed", "Monitor", "?")


def test_records_of_an_unknown_patient_are_refused_and_none_is_kept(kept: Store) -> None:
    with pytest.raises(UnknownPatient):
        kept.trial.save_queries([QUERY, replace(QUERY, patient_id="P999")])
    assert kept.trial.fetch_queries() == []


def test_snapshots_stand_beside_one_another_the_latest_first(kept: Store) -> None:
    first = Snapshot(MORNING, "Data manager", "ab12", {"P017": "ff"}, {"patients": 1})
    second = replace(first, taken_at=datetime(2026, 4, 1, tzinfo=UTC), fingerprint="cd34")
    for snapshot in (first, second):
        kept.trial.save_snapshot(snapshot)
    assert [snapshot.fingerprint for snapshot in kept.trial.fetch_snapshots()] == ["cd34", "ab12"]
    assert kept.trial.fetch_snapshots()[0].patients == {"P017": "ff"}
