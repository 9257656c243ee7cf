"""The synthetic screening log: the same every time, no one identified, faults where the README says and nowhere else."""

from collections import Counter
from pathlib import Path

import pytest

from sample_data.cohort import make_cohort
from sample_data.draws import load_parameters
from sample_data.screening import TrialLog, make_log, save_log
from store import Store, open_store
from store.rows import read_now
from trial.quality import check_records
from trial.screening import assess_eligibility
from views.quality_facts import Chart, make_record

PEOPLE = tuple(patient.person for patient in make_cohort())


@pytest.fixture(scope="module")
def log() -> TrialLog:
    return make_log(PEOPLE)


def test_the_same_people_give_the_same_log(log: TrialLog) -> None:
    assert make_log(PEOPLE) == log
    assert repr(make_log(PEOPLE)) == repr(log)


def test_everybody_enrolled_has_one_line_and_the_others_a_reason(log: TrialLog) -> None:
    assert Counter(line.decision for line in log.screened) == {"enrolled": 160, "not_enrolled": 30, "pending": 2}
    assert {line.patient_id for line in log.screened if line.patient_id} == {one.patient_id for one in PEOPLE}
    for line in log.screened:
        decided = assess_eligibility(line.criteria)
        expected = {"enrolled": "eligible", "not_enrolled": "not_eligible", "pending": "pending"}[line.decision]
        assert decided.decision == expected or line.reason == "other"
        assert line.synthetic
        assert (line.decision == "enrolled") == bool(line.patient_id)


def test_numbers_follow_the_day_of_screening(log: TrialLog) -> None:
    assert [line.screening_id for line in log.screened] == [f"S{number:03d}" for number in range(1, 193)]
    days = [line.screened_on for line in log.screened if line.screened_on]
    assert days == sorted(days)
    assert len(days) == 192


def test_the_planted_faults_are_found_and_no_others_of_their_kind(log: TrialLog) -> None:
    lines = {line.patient_id: line for line in log.screened if line.patient_id}
    from sample_data.prepare import _patient

    charts = [Chart(_patient(one), one.case, lines[one.patient_id]) for one in make_cohort()]
    found = {(one.patient_id, one.check) for one in check_records([make_record(chart) for chart in charts])}
    of_the_log = {one for one in found if "consent" in one[1]}
    assert of_the_log == {
        ("P009", "enrolled_before_consent"),
        ("P033", "enrolled_before_consent"),
        ("P060", "consent_of_another_age"),
    }
    assert lines["P071"].consented_on is None
    planted = {fault["patient_id"] for fault in load_parameters("screening")["fault"]}
    assert planted == {"P009", "P033", "P060", "P071"}


def test_queries_stand_in_every_state_with_their_threads(log: TrialLog) -> None:
    assert Counter(one.state for one in log.queries) == {"open": 2, "answered": 1, "closed": 1}
    for query in log.queries:
        assert [note.at for note in query.thread] == sorted(note.at for note in query.thread)
        assert query.thread[-1].at < read_now()


def test_saving_twice_doubles_nothing(log: TrialLog, tmp_path: Path) -> None:
    few = make_cohort()[:9]
    with open_store(f"sqlite:///{tmp_path / 'cushing.db'}") as store:
        fill(store)
        for _ in range(2):
            save_log(store, few)
        assert len(store.trial.fetch_screened()) == 9 + 32
        assert [len(x) for x in (store.trial.fetch_events(), store.trial.fetch_deviations())] == [1, 2]


def fill(store: Store) -> None:
    from sample_data.prepare import _patient

    store.save_many(patients=[_patient(one) for one in make_cohort()[:9]])
