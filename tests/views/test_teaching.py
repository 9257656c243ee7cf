"""Teaching: one datum at a time, the learner first, nothing that tells who it is or how it ends."""

from datetime import date
from typing import Any

import pytest

from decision.case import read_case
from decision.engine import assess_case
from store import Patient, ReferenceDiagnosis, Store
from tests.views.people import CUSHINGS_DISEASE, open_app, said
from views.charts_teaching import chart_steps
from views.names import subtype_name
from views.teaching_end import say_own
from views.teaching_path import Answer, find_largest_move, probability_of
from views.teaching_steps import choose_cases, make_steps

REFERENCE = ReferenceDiagnosis("P017", "CD", "pituitary_left", "histology of a corticotroph adenoma", date(2026, 5, 2))


@pytest.fixture
def taught(store: Store) -> Store:
    store.save_reference(REFERENCE)
    return store


def test_only_synthetic_patients_with_a_diagnosis_are_taught() -> None:
    patients = [Patient("P1", synthetic=True), Patient("P2"), Patient("P3", synthetic=True)]
    references = [ReferenceDiagnosis("P1", "CD"), ReferenceDiagnosis("P2", "EAS")]
    [case] = choose_cases(patients, references)
    assert (case.number, case.patient_id) == (1, "P1")


def test_the_steps_follow_the_work_up_and_end_with_the_whole_case() -> None:
    steps = make_steps(CUSHINGS_DISEASE)
    titles = [step.title for step in steps]
    assert titles == ["The patient", "UFC", "1 mg DST", "ACTH", "Potassium", "MRI", "68Ga-Pentixafor PET"]
    known, whole = read_case(steps[-1].case), read_case(CUSHINGS_DISEASE)
    assert set(known.results) == set(whole.results)
    assert set(known.imaging) == set(whole.imaging)
    assert (known.context, known.signs) == (whole.context, whole.signs)


def test_each_step_adds_one_datum_and_forgets_none() -> None:
    sizes = [len(step.case["results"]) + len(step.case["imaging"]) for step in make_steps(CUSHINGS_DISEASE)]
    assert sizes == [0, 1, 2, 3, 4, 5, 6]


def test_no_result_of_any_kind_gets_lost_on_the_way() -> None:
    case: dict[str, Any] = {
        "case_id": "P1",
        "results": [
            {"test": "calcitonin", "outcome": "normal"},
            {"test": "ipss", "outcome": "gradient"},
            {"test": "ipss_lateralisation_ratio", "value": 2.0, "unit": "ratio", "side": "left"},
        ],
        "imaging": [{"modality": "PET", "tracer": "11C-Methionine", "region": "pituitary", "uptake": "positive"}],
    }
    last = make_steps(case)[-1].case
    assert len(last["results"]) == 3
    assert last["imaging"] == case["imaging"]


def test_who_it_is_stays_hidden() -> None:
    assert all(step.case["case_id"] == "teaching" for step in make_steps(CUSHINGS_DISEASE))


def test_unknown_age_and_sex_are_shown_as_unknown() -> None:
    assert make_steps({"case_id": "P1"})[0].lines == ("age —, sex —",)


def test_the_largest_move_is_the_datum_that_changed_the_odds_most() -> None:
    path = [assess_case(read_case(step.case)) for step in make_steps(CUSHINGS_DISEASE)]
    move = find_largest_move(path, "CD")
    assert move is not None
    shares = [probability_of(assessment, "CD") for assessment in path]
    odds = [share / (1 - share) for share in shares]
    ratios = [max(after / before, before / after) for before, after in zip(odds, odds[1:], strict=False)]
    assert move.step == ratios.index(max(ratios)) + 1
    assert move.reasons
    assert find_largest_move(path[:1], "CD") is None


def test_the_chart_draws_what_is_revealed_and_no_more() -> None:
    steps = make_steps(CUSHINGS_DISEASE)
    titles = [step.title for step in steps]
    path = [assess_case(read_case(step.case)) for step in steps[:2]]
    spec = chart_steps(titles, path, [Answer("PPNAD", 0.8), None], subtype_name).to_dict()
    rows = [row for rows in spec["datasets"].values() for row in rows]
    assert {row["step"] for row in rows} == {0, 1}
    assert [row["probability"] for row in rows if row["probability"] == 0.8] == [0.8]
    # What the learner named is drawn as the program sees it too.
    assert sum(row["subtype"] == subtype_name("PPNAD") for row in rows) == 3


def test_what_was_left_for_other_subtypes_is_not_split_among_them() -> None:
    assert say_own(Answer("CD", 0.7), "CD") == "70 %"
    assert say_own(Answer("EAS", 0.7), "CD") == "≤ 30 %"
    assert say_own(None, "CD") == "—"


def test_without_cases_the_page_says_so(store: Store) -> None:
    assert "No synthetic patient with a known diagnosis" in said(open_app("teaching"))


def test_the_learner_commits_before_anything_more_is_shown(taught: Store) -> None:
    app = open_app("teaching")
    assert "UFC" not in said(app)
    assert "P017" not in said(app)
    app.button[-2].click().run()
    assert "Name the subtype" in said(app)
    app.button_group(key="teaching_subtype").set_value("CD")
    app.button[-2].click().run()
    assert not app.exception
    assert "5.4" in said(app)
    assert "Step by step" in said(app)
    assert REFERENCE.basis is not None and REFERENCE.basis not in said(app)


def test_the_end_names_diagnosis_basis_what_moved_most_and_the_trap(taught: Store) -> None:
    app = open_app("teaching")
    app.button[-1].click().run()
    assert not app.exception
    text = said(app).replace("\\", "")
    for part in ("Cushing's disease", str(REFERENCE.basis), "Moved most", "Traps", "oestrogen"):
        assert part in text, part
    app.button[0].click().run()
    assert "Moved most" not in said(app)
