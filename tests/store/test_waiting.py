"""Patients without a present assessment: counted, assessed a part at a time, and shown without a suggestion until then."""

import pytest

from store import Patient, Store
from store.trial_records import ScreenedPerson
from tests.store.conftest import StandIn


@pytest.fixture
def waiting(opened: Store, stand_in: StandIn) -> Store:
    for number in range(5):
        opened.save_case({"case_id": f"P00{number}", "age_years": 40 + number})
    return opened


def test_a_part_is_assessed_and_the_rest_still_waits(waiting: Store) -> None:
    assert waiting.count_unassessed() == 5
    assert waiting.assess_some(2) == 5
    assert waiting.count_unassessed() == 3
    assert waiting.assess_some(10) == 3
    assert waiting.assess_some(10) == waiting.count_unassessed() == 0


def test_who_waits_has_a_line_without_a_suggestion(waiting: Store) -> None:
    waiting.assess_some(2)
    rows = waiting.fetch_worklist(assess=False)
    assert len(rows) == 5
    assert sorted(row.leader or "" for row in rows) == ["", "", "", "CD", "CD"]
    assert waiting.count_unassessed() == 3
    assert all(row.leader == "CD" for row in waiting.fetch_worklist())


def test_an_assessment_of_an_older_case_is_not_shown_as_the_present_one(waiting: Store) -> None:
    waiting.assess_some(5)
    waiting.save_case({"case_id": "P003", "age_years": 70})
    assert [row.patient_id for row in waiting.fetch_worklist(assess=False) if row.leader is None] == ["P003"]


def test_the_stamp_changes_with_the_screening_log(opened: Store) -> None:
    stamps = [opened.fetch_stamp()]
    for sex in ("female", "male"):
        opened.trial.save_screened([ScreenedPerson("S001", sex=sex, decision="pending")])
        stamps.append(opened.fetch_stamp())
    assert len(set(stamps)) == 3
    assert opened.trial.count_screened() == 1


def test_names_and_whether_anybody_is_synthetic(opened: Store) -> None:
    assert (opened.fetch_names(), opened.has_synthetic()) == ([], False)
    opened.save_many(patients=[Patient("P002"), Patient("P001", synthetic=True)])
    assert (opened.fetch_names(), opened.has_synthetic()) == (["P001", "P002"], True)
