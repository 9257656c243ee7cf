"""Reasons, conflicts, missing findings and the next test."""

import math

import pytest

from decision.assessment import Assessment
from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge


def assess(*results: dict[str, object], **more: object) -> Assessment:
    return assess_case(read_case({"case_id": "T1", "age_years": 40, "sex": "female", "results": list(results), **more}))


ACTH = {"test": "acth_plasma", "value": 60, "unit": "pg/mL"}
UFC = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
MRI = {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 8}


def test_every_reason_names_a_source_and_a_block_of_the_knowledge() -> None:
    knowledge = load_knowledge()
    citations = {source.citation for source in knowledge.sources.values()}
    for reason in assess(ACTH, UFC, imaging=[MRI]).reasons:
        assert reason.block in knowledge.blocks
        assert reason.source and set(reason.source.split("; ")) & citations
        assert reason.for_ != reason.against and reason.weight_db >= 0


def test_a_pituitary_lesion_speaks_for_cushings_disease_against_ectopic_acth() -> None:
    before, after = assess(ACTH, UFC), assess(ACTH, UFC, imaging=[MRI])
    reason = next(reason for reason in after.reasons if reason.block == "mri_pituitary")
    assert (reason.for_, reason.against) == ("CD", "EAS")
    points = [{item.subtype: item.probability for item in answer.subtypes} for answer in (before, after)]
    odds = [point["CD"] / point["EAS"] for point in points]
    assert 10 * math.log10(odds[1] / odds[0]) == pytest.approx(10, abs=1.5), "the likelihood ratio of 10 is 10 dB"


def test_two_screening_tests_do_not_count_twice() -> None:
    saliva = {"test": "cortisol_late_night_saliva", "value": 4, "unit": "xULN"}
    one, two = assess(ACTH, UFC), assess(ACTH, UFC, saliva)
    assert any("counted in part" in reason.says for reason in two.reasons)
    assert two.groups["cushing"] >= one.groups["cushing"]


def test_of_several_sampling_ratios_only_the_preferred_one_counts() -> None:
    basal = {"test": "ipss_basal_ratio", "value": 1.5, "unit": "ratio"}
    stimulated = {"test": "ipss_stimulated_ratio", "value": 8, "unit": "ratio"}
    reasons = {reason.block: reason for reason in assess(ACTH, UFC, basal, stimulated).reasons}
    assert reasons["ipss_basal"].weight_db == 0 and "not counted again" in reasons["ipss_basal"].says
    assert reasons["ipss_stimulated"].for_ == "CD"


def test_sampling_moves_nothing_between_acth_dependent_and_other_disease() -> None:
    gradient = {"test": "ipss_stimulated_ratio", "value": 12, "unit": "ratio"}
    before, after = assess(ACTH, UFC), assess(ACTH, UFC, gradient)
    assert after.groups["acth_dependent"] == pytest.approx(before.groups["acth_dependent"], abs=1e-9)
    assert after.leader.probability > before.leader.probability


def test_pet_never_overturns_a_clear_acth_class() -> None:
    hot = {
        "modality": "PET",
        "tracer": "68Ga-Pentixafor",
        "region": "adrenal_left",
        "uptake": "positive",
        "suv_max": 20,
    }
    before, after = assess(ACTH, UFC), assess(ACTH, UFC, imaging=[hot])
    assert after.leader.subtype == "CD"
    assert after.groups["acth_dependent"] == pytest.approx(before.groups["acth_dependent"], abs=1e-9)


def test_a_finding_against_the_leader_is_a_conflict_that_names_both() -> None:
    none = {"test": "ipss", "outcome": "no_gradient"}
    high_dose = {"test": "hddst_2day_suppression", "value": 80, "unit": "%"}
    assessment = assess(ACTH, UFC, none, high_dose, imaging=[MRI])
    assert assessment.leader.subtype == "CD"
    assert any(
        "Petrosal sinus sampling" in line and "for Ectopic ACTH against Cushing's disease" in line
        for line in assessment.conflicts
    )


def test_the_next_test_is_one_that_could_change_something_and_was_not_done() -> None:
    assessment = assess({"test": "acth_plasma", "value": 130, "unit": "pg/mL"}, UFC)
    done = {"acth_plasma", "ufc_24h"}
    assert assessment.next_tests
    assert all(test.test not in done and test.expected_gain_bits > 0 and test.burden for test in assessment.next_tests)
    gains = [test.expected_gain_bits for test in assessment.next_tests]
    assert gains == sorted(gains, reverse=True)


def test_a_settled_patient_is_offered_no_test() -> None:
    stimulated = {"test": "ipss_stimulated_ratio", "value": 30, "unit": "ratio"}
    big = MRI | {"size_mm": 14}
    assert assess(ACTH, UFC, stimulated, imaging=[big]).next_tests == ()


def test_what_is_missing_depends_on_where_the_patient_stands() -> None:
    dependent = assess(ACTH, UFC).missing
    independent = assess(ACTH | {"value": 2}, UFC).missing
    assert "Pituitary MRI" in dependent and "Pituitary MRI" not in independent
    assert "Adrenals on CT or MRI" in independent


def test_the_size_of_a_nodule_is_missing_only_where_there_is_one() -> None:
    nodule = {"modality": "CT", "region": "adrenal_left", "finding": "lesion"}
    clear = {"modality": "CT", "region": "adrenal_left", "finding": "normal"}
    other = {"modality": "CT", "region": "adrenal_right", "finding": "normal"}
    low = ACTH | {"value": 2}
    assert "Largest adrenal lesion" in assess(low, UFC, imaging=[nodule, other]).missing
    assert "Largest adrenal lesion" not in assess(low, UFC, imaging=[clear, other]).missing
    assert "Largest adrenal lesion" not in assess(low, UFC).missing


def test_nothing_adrenal_is_missing_where_nothing_points_there() -> None:
    normal = [
        {"test": "ufc_24h", "value": 0.5, "unit": "xULN"},
        {"test": "dst_1mg_cortisol", "value": 20, "unit": "nmol/L"},
        {"test": "cortisol_late_night_saliva", "outcome": "normal"},
    ]
    assert "Adrenals on CT or MRI" not in assess(*normal).missing
