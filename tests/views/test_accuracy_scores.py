"""The number a cut-off is drawn through, and what the published rules ask of a case."""

from typing import Any

import pytest

from store import Store
from tests.views.accuracy_people import TRIAL, make_case, trial_store
from trial.targets import load_plan
from views.accuracy_cut import apply_cut, find_changed, find_span, say_uptake_warning
from views.accuracy_rules import find_inputs, load_rule_inputs, make_rule_patients
from views.accuracy_scores import INDEXES, find_acth, find_si, list_all_values, list_scores, points_down
from views.participants import fetch_participants

PLAN = load_plan()
PENTIXAFOR, DOTATATE = PLAN.tests[0], PLAN.tests[1]
CPA, DEPENDENT = PLAN.targets["CPA"], PLAN.targets["acth_dependent"]
__all__ = ["trial_store"]


def score(store: Store, index: str, target: Any = CPA, **chosen: Any) -> Any:
    return list_scores(
        fetch_participants(store), store.fetch_cases(), INDEXES[index], PENTIXAFOR, target, **chosen
    )  # fmt: skip


def test_everybody_with_a_value_and_a_truth_is_scored_and_the_rest_say_why(trial_store: Store) -> None:
    scored = score(trial_store, "suv_max")
    assert [one.patient_id for one in scored.scores if one.diseased] == ["P001", "P002", "P003"]
    assert (len(scored.scores), scored.of) == (7, 8)
    assert [(one.says, one.patients) for one in scored.missing] == [
        ("no reference diagnosis that decides the target", ("P007",))
    ]
    assert {one.uptake_minutes for one in scored.scores} == {60}


def test_ratios_divide_by_liver_other_adrenal_and_are_unknown_without_it(trial_store: Store) -> None:
    assert score(trial_store, "llr").values[0] == 7.0
    assert score(trial_store, "lcr").values[0] == 7.0
    lar = score(trial_store, "lar")
    assert not lar.scores
    assert lar.missing[0].says == "no LAR known"


def test_a_low_acth_is_positive_where_the_target_is_acth_independent(trial_store: Store) -> None:
    assert points_down(CPA, DEPENDENT.absent)
    assert not points_down(DEPENDENT, DEPENDENT.absent)
    assert not points_down(PLAN.targets["cushing"], DEPENDENT.absent)
    scored = score(trial_store, "acth", sign=-1)
    found = apply_cut(scored, 10.0)
    assert found.true_positive == ("P001", "P002")
    assert found.true_negative == ("P004", "P005", "P006", "P008")
    assert scored.values[0] == pytest.approx(3.0)


def test_moving_the_cut_says_who_changes_side(trial_store: Store) -> None:
    scored = score(trial_store, "suv_max")
    assert find_changed(scored, 13.0, 8.0) == (("P002", "P005"), ())
    assert find_changed(scored, 8.0, 13.0) == ((), ("P002", "P005"))
    assert find_changed(scored, None, 8.0) == ((), ())
    assert find_changed(scored, 8.0, 8.0) == ((), ())


def test_places_are_counted_one_by_one_per_lesion(trial_store: Store) -> None:
    scored = score(trial_store, "suv_max", unit="lesion")
    assert "P001 adrenal left" in [one.patient_id for one in scored.scores]
    assert scored.clusters[0] == "P001"
    assert sum(scored.truths) == 3
    assert not score(trial_store, "suv_max", place="pituitary").scores


def test_the_span_holds_every_value_and_starts_at_a_published_cut_off(trial_store: Store) -> None:
    values = list_all_values(trial_store.fetch_cases(), INDEXES["suv_max"], PENTIXAFOR)
    assert len(values) == len(TRIAL)
    span = find_span(values, ())
    assert span is not None
    assert (span.low, span.high, span.start) == (2.0, 14.0, 9.0)
    from trial.cutoffs import load_cutoffs

    published = load_cutoffs().find("suv_max", str(PENTIXAFOR.tracer))
    started = find_span(values, published)
    assert started is not None and started.start == pytest.approx(published[0].threshold, abs=0.05)
    assert find_span([], published) is None
    assert list_all_values(trial_store.fetch_cases(), INDEXES["suv_max"], DOTATATE) == []


def test_a_cut_off_of_another_uptake_time_is_warned_about() -> None:
    from trial.cutoffs import load_cutoffs

    late = next(one for one in load_cutoffs().cutoffs if one.uptake_minutes == 10)
    unknown = next(one for one in load_cutoffs().cutoffs if one.uptake_minutes is None)
    assert "2 of 3 scans" in str(say_uptake_warning(late, [60.0, 12.0, None]))
    assert say_uptake_warning(late, [12.0, 9.0]) is None
    assert "not known" in str(say_uptake_warning(unknown, [60.0]))


def test_the_last_acth_counts_in_whatever_unit_it_was_typed() -> None:
    case = {
        "results": [
            {"test": "acth_plasma", "value": 90, "unit": "pg/mL", "collected_at": "2026-01-02"},
            {"test": "acth_plasma", "value": 10, "unit": "pmol/L", "collected_at": "2026-03-02"},
            {"test": "acth_plasma", "outcome": "elevated", "collected_at": "2026-04-02"},
        ]
    }
    assert find_acth(case) == pytest.approx(45.4, abs=0.1)
    assert find_si(case, "acth_plasma") == pytest.approx(10)
    assert find_acth({}) is None


@pytest.mark.parametrize(
    ("results", "low", "suppressed"),
    [
        ([], None, None),
        ([{"test": "potassium", "value": 3.4, "unit": "mmol/L"}], 1.0, None),
        ([{"test": "potassium", "value": 3.4, "unit": "mmol/L"}, {"test": "potassium", "value": 4, "unit": "mmol/L"}], 1.0, None),
        ([{"test": "potassium", "value": 3.5, "unit": "mmol/L"}], 0.0, None),
        ([{"test": "potassium", "outcome": "low"}], 1.0, None),
        ([{"test": "hddst_2day_suppression", "value": 50, "unit": "%"}], None, 0.0),
        ([{"test": "hddst_8mg_overnight_suppression", "outcome": "suppressed"}], None, 1.0),
    ],
)  # fmt: skip
def test_yes_or_no_inputs_follow_the_written_limits(
    results: list[Any], low: float | None, suppressed: float | None
) -> None:
    found = find_inputs({"results": results})
    assert (found["hypokalaemia"], found["hddst_suppressed"]) == (low, suppressed)
    assert all(block["source"] and block["grade"] for block in load_rule_inputs().values())


def test_nothing_is_filled_in_for_an_unknown_input() -> None:
    found = find_inputs({})
    assert set(found.values()) == {None}
    assert find_inputs(
        {"sex": "male", "imaging": [{"modality": "MRI", "region": "pituitary", "finding": "normal"}]}
    ) == (found | {"female": 0.0, "mri_lesion": 0.0})


def test_rules_take_everybody_with_a_reference(trial_store: Store) -> None:
    made = make_rule_patients(fetch_participants(trial_store), trial_store.fetch_cases())
    assert [one.patient_id for one in made] == [name for name, row in TRIAL.items() if row[0]]
    assert made[3].inputs["acth_pg_ml"] == pytest.approx(60)
    assert make_case("P004")["sex"] == "female" and made[3].inputs["female"] == 1.0
