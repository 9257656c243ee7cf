from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trial.cohort import (
    CohortRecord,
    compute_completeness,
    compute_enrolment,
    compute_subtype_counts,
    find_outside_age,
)
from trial.protocol import load_protocol

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"
MONDAY = date(2026, 3, 2)


def enrol(*days: date | None) -> list[CohortRecord]:
    return [CohortRecord(f"P{number:03}", enrolled_on=day) for number, day in enumerate(days)]


def test_the_target_and_the_ages_are_the_registered_ones() -> None:
    protocol = load_protocol()
    assert (protocol.id, protocol.target, protocol.age_from_years, protocol.age_to_years) == (
        "NCT07350707",
        160,
        10,
        80,
    )
    assert protocol.source


def test_enrolment_adds_up_day_by_day_and_says_how_many_are_needed() -> None:
    enrolment = compute_enrolment(enrol(MONDAY, MONDAY, MONDAY + timedelta(days=3)))
    assert [(day.enrolled, day.total) for day in enrolment.days] == [(2, 2), (1, 3)]
    assert (enrolment.target, enrolment.enrolled, enrolment.needed) == (160, 3, 157)


def test_a_patient_without_a_date_is_not_counted_as_enrolled_and_not_forgotten() -> None:
    enrolment = compute_enrolment(enrol(MONDAY, None, None))
    assert (enrolment.enrolled, enrolment.undated) == (1, 2)


def test_a_week_in_which_nobody_came_is_a_week_of_none() -> None:
    weeks = compute_enrolment(enrol(MONDAY, MONDAY + timedelta(days=20))).weeks
    assert [(week.monday, week.enrolled) for week in weeks] == [
        (MONDAY, 1),
        (MONDAY + timedelta(days=7), 0),
        (MONDAY + timedelta(days=14), 1),
    ]


def test_the_last_four_weeks_end_with_the_day_asked_for() -> None:
    enrolment = compute_enrolment(enrol(MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=28)))
    assert enrolment.count_last(4, MONDAY + timedelta(days=28)) == 2
    assert enrolment.count_last(4, MONDAY + timedelta(days=60)) == 0


def test_beyond_the_target_nobody_is_needed() -> None:
    assert compute_enrolment(enrol(MONDAY, MONDAY), target=1).needed == 0


def test_an_empty_trial_has_no_days_and_needs_everybody() -> None:
    enrolment = compute_enrolment([])
    assert (enrolment.days, enrolment.weeks, enrolment.last_day, enrolment.needed) == ((), (), None, 160)


@given(st.lists(st.dates(date(2024, 1, 1), date(2027, 1, 1)) | st.none(), max_size=30))
def test_days_weeks_and_undated_always_add_up_to_everybody(days: list[date | None]) -> None:
    enrolment = compute_enrolment(enrol(*days))
    assert sum(day.enrolled for day in enrolment.days) == sum(week.enrolled for week in enrolment.weeks)
    assert enrolment.enrolled + enrolment.undated == len(days)
    assert [day.total for day in enrolment.days][-1:] in ([], [enrolment.enrolled])


def test_patients_without_a_reference_diagnosis_are_counted_apart() -> None:
    records = [CohortRecord("P1", reference="CD"), CohortRecord("P2"), CohortRecord("P3", reference="XX")]
    counts = compute_subtype_counts(records, ["CD", "EAS"])
    assert [(count.subtype, count.patients) for count in counts] == [("CD", 1), ("EAS", 0), ("XX", 1), (None, 1)]


@given(st.lists(st.sampled_from(["CD", "EAS", "ACC", None])))
def test_subtype_counts_add_up_to_everybody(references: Sequence[str | None]) -> None:
    records = [CohortRecord(str(number), reference=code) for number, code in enumerate(references)]
    assert sum(count.patients for count in compute_subtype_counts(records, ["CD", "EAS"])) == len(records)


def test_completeness_has_the_right_denominators() -> None:
    both = frozenset({PENTIXAFOR, DOTATATE})
    records = [
        CohortRecord("P1", reference="CD", tracers=both, read_tracers=frozenset({PENTIXAFOR})),
        CohortRecord("P2", tracers=frozenset({PENTIXAFOR})),
        CohortRecord("P3", read_tracers=frozenset({DOTATATE})),
    ]
    lines = {line.item: (line.have, line.of) for line in compute_completeness(records)}
    assert lines == {
        "Pentixafor scan": (2, 3),
        "Pentixafor read": (1, 2),
        "DOTATATE scan": (1, 3),
        "DOTATATE read": (0, 1),
        "Reference diagnosis": (1, 3),
    }


def test_the_missing_dotatate_is_explained() -> None:
    lines = {line.item: line.says for line in compute_completeness([CohortRecord("P1")])}
    assert "ectopic ACTH is suspected" in lines["DOTATATE scan"]


def test_ages_outside_the_protocol_are_named_and_unknown_ages_are_not() -> None:
    ages = {"P1": 9.9, "P2": 10.0, "P3": 80.9, "P4": 81.0, "P5": None}
    records = [CohortRecord(name, age_years=age) for name, age in ages.items()]
    assert find_outside_age(records) == ("P1", "P4")
