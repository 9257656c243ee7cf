from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from store import Patient, ReadRecord, ReferenceDiagnosis, Store, StoreError, UnknownPatient

MORNING = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
READ = ReadRecord("P017", "Reader A", "68Ga-Pentixafor", "positive", "CPA", "adrenal_left", 4, MORNING)


@pytest.fixture
def kept(opened: Store) -> Store:
    opened.save_patient(Patient("P017"))
    opened.save_patient(Patient("P018"))
    return opened


def test_a_read_comes_back_as_saved(kept: Store) -> None:
    kept.save_read(READ)
    assert kept.fetch_reads("P017") == [READ]


def test_a_second_look_stands_beside_the_first_and_alters_nothing(kept: Store) -> None:
    second = replace(READ, result="inconclusive", read_at=MORNING + timedelta(days=30))
    kept.save_read(second)
    kept.save_read(READ)
    assert kept.fetch_reads("P017") == [READ, second]


def test_the_same_read_sent_twice_is_kept_once(kept: Store) -> None:
    kept.save_read(READ)
    kept.save_read(READ)
    assert kept.fetch_reads() == [READ]


def test_reads_are_kept_in_universal_time(kept: Store) -> None:
    beijing = timezone(timedelta(hours=8))
    kept.save_read(replace(READ, read_at=datetime(2026, 3, 5, 16, 0, tzinfo=beijing)))
    assert kept.fetch_reads()[0].read_at == MORNING


def test_reads_of_one_patient_leave_out_the_others(kept: Store) -> None:
    other = replace(READ, patient_id="P018")
    kept.save_read(READ)
    kept.save_read(other)
    assert kept.fetch_reads("P018") == [other]
    assert kept.fetch_reads() == [READ, other]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"confidence": 6}, "confidence 6 is outside 1"),
        ({"result": "maybe"}, "one of positive, negative, inconclusive"),
        ({"subtype": "Cushing"}, "subtype “Cushing” is not known; it is one of CD, EAS"),
        ({"site": "adrenal"}, "site “adrenal” is not known"),
    ],
)
def test_an_impossible_read_is_refused(kept: Store, change: dict[str, object], says: str) -> None:
    with pytest.raises(StoreError, match=says):
        kept.save_read(replace(READ, **change))
    assert kept.fetch_reads() == []


def test_a_read_of_nobody_is_refused(opened: Store) -> None:
    with pytest.raises(UnknownPatient):
        opened.save_read(READ)


def test_a_reference_diagnosis_is_replaced_by_the_later_one_and_both_are_in_the_history(kept: Store) -> None:
    first = ReferenceDiagnosis("P017", "CPA", "adrenal_left", "follow-up", date(2026, 5, 1))
    last = ReferenceDiagnosis("P017", "PBMAH", "adrenal_bilateral", "histology", date(2026, 6, 1))
    kept.save_reference(first)
    kept.save_reference(last, who="Board", why="histology arrived")
    assert kept.fetch_references() == [last]
    newest = kept.fetch_changes("P017")[0]
    assert newest.before is not None and (newest.before["subtype"], newest.why) == ("CPA", "histology arrived")


def test_no_reference_diagnosis_is_an_empty_list_not_a_negative(kept: Store) -> None:
    assert kept.fetch_references() == []
