"""Living evidence: counts are added to the published ones, never the patient's own, and too few stay without weight."""

from typing import Any

import pytest

from decision.case import Case, read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.flips import list_flips
from decision.living import LivingEvidence, LivingRow, count_patients, count_trial, observe_trial
from decision.steps import trace_case
from decision.what_if import Change, what_if

KNOWLEDGE = load_knowledge()


def patient(number: int, *imaging: dict[str, Any], tracer: str = "68Ga-Pentixafor") -> Case:
    entries = [{"modality": "PET", "tracer": tracer, **item} for item in imaging]
    return read_case({"case_id": f"P{number}", "imaging": entries})


def focus(uptake: str, region: str = "lung") -> dict[str, Any]:
    return {"region": region, "uptake": uptake}


def row_of(found: LivingEvidence, block: str, phenotype: str) -> LivingRow:
    return next(row for row in found.rows if row.block == block and phenotype in row.phenotypes)


def dotatate(counts: dict[str, tuple[int, int]]) -> tuple[list[Case], dict[str, str]]:
    """Patients with a DOTATATE focus in the lung (first count) and without one (second), by subtype."""
    cases: list[Case] = []
    references: dict[str, str] = {}
    for subtype, (seen, unseen) in counts.items():
        for uptake, count in (("positive", seen), ("negative", unseen)):
            for _ in range(count):
                region = focus(uptake), focus("negative", "chest"), focus("negative", "abdomen")
                cases.append(patient(len(cases), *region, tracer="68Ga-DOTATATE"))
                references[cases[-1].case_id] = subtype
    return cases, references


def test_the_trial_is_added_to_the_published_counts() -> None:
    found = count_trial(*dotatate({"EAS": (6, 4), "CD": (1, 9)}), KNOWLEDGE)
    row = row_of(found, "dotatate_extra", "EAS")
    published = KNOWLEDGE.blocks["dotatate_extra"].row_of("EAS")
    assert published is not None
    assert row.counts == (4, 6)
    assert row.combined[1] == pytest.approx((published.n * published.shares[1] + 6) / (published.n + 10))
    assert sum(row.combined) == pytest.approx(1)
    assert row.combined_n == published.n + 10


def test_the_patient_who_is_assessed_is_never_counted() -> None:
    cases, references = dotatate({"EAS": (6, 4)})
    whole, rest = (count_trial(cases, references, KNOWLEDGE, without=name) for name in (None, "P0"))
    assert row_of(whole, "dotatate_extra", "EAS").counts == (4, 6)
    assert row_of(rest, "dotatate_extra", "EAS").counts == (4, 5)
    assert (whole.patients, rest.patients) == (10, 9)


def test_without_a_reference_diagnosis_nobody_counts_and_nothing_changes() -> None:
    cases, _ = dotatate({"EAS": (6, 4)})
    found = count_trial(cases, {}, KNOWLEDGE)
    assert not any(row.used for row in found.rows)
    assert found.take_rows(KNOWLEDGE) == ()
    case = cases[0]
    assert assess_case(case, living=found.take_rows(KNOWLEDGE)) == assess_case(case)


def pituitary(seen: int, unseen: int, subtype: str, start: int) -> tuple[list[Case], dict[str, str]]:
    cases = [
        patient(start + n, focus("positive" if n < seen else "negative", "pituitary")) for n in range(seen + unseen)
    ]
    return cases, {case.case_id: subtype for case in cases}


def test_a_pattern_nobody_published_counts_only_once_two_classes_have_enough() -> None:
    cd, of_cd = pituitary(9, 1, "CD", 0)
    few, of_few = pituitary(0, 4, "EAS", 100)
    enough, of_enough = pituitary(0, 6, "EAS", 200)
    early = count_trial([*cd, *few], of_cd | of_few, KNOWLEDGE)
    later = count_trial([*cd, *enough], of_cd | of_enough, KNOWLEDGE)
    assert not row_of(early, "pentixafor_pituitary", "CD").used
    assert "too few" in row_of(early, "pentixafor_pituitary", "CD").says
    assert row_of(later, "pentixafor_pituitary", "CD").used
    assert row_of(later, "pentixafor_pituitary", "CD").published is None


def test_a_class_with_one_patient_does_not_count_beside_two_that_have_enough() -> None:
    glands = {"region": "adrenal_left", "uptake": "positive"}, {"region": "adrenal_right", "uptake": "positive"}
    one = {"region": "adrenal_left", "uptake": "positive"}, {"region": "adrenal_right", "uptake": "negative"}
    counts = {"PBMAH": (6, glands), "CPA": (6, one), "PPNAD": (1, glands)}
    cases, references = [], {}
    for subtype, (number, seen) in counts.items():
        for _ in range(number):
            cases.append(patient(len(cases), *seen))
            references[cases[-1].case_id] = subtype
    found = count_trial(cases, references, KNOWLEDGE)
    used = {name: row_of(found, "pentixafor_adrenal_bilateral", name).used for name in counts}
    assert used == {"PBMAH": True, "CPA": True, "PPNAD": False}


def test_counted_evidence_moves_the_answer_the_way_it_was_counted_and_says_where_from() -> None:
    cd, of_cd = pituitary(20, 0, "CD", 0)
    eas, of_eas = pituitary(1, 19, "EAS", 100)
    rows = count_trial([*cd, *eas], of_cd | of_eas, KNOWLEDGE).take_rows(KNOWLEDGE)
    case = read_case(
        {
            "case_id": "N1",
            "results": [
                {"test": "acth_plasma", "value": 80, "unit": "pg/mL"},
                {"test": "ufc_24h", "value": 4, "unit": "xULN"},
            ],
            "imaging": [{"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "pituitary", "uptake": "positive"}],
        }
    )
    before, after = assess_case(case), assess_case(case, living=rows)
    share = [next(item.probability for item in found.subtypes if item.subtype == "CD") for found in (before, after)]
    assert share[1] > share[0]
    reason = next(reason for reason in after.reasons if reason.block == "pentixafor_pituitary")
    assert (reason.grade, reason.for_) == ("trial", "CD")
    assert "NCT07350707" in reason.source
    assert after.knowledge_version.endswith("+trial")
    assert before.knowledge_version + "+trial" == after.knowledge_version


def test_published_evidence_only_leaves_the_trial_out() -> None:
    cases, references = dotatate({"EAS": (6, 4), "CD": (1, 9)})
    rows = count_trial(cases, references, KNOWLEDGE).take_rows(KNOWLEDGE)
    assert assess_case(cases[0], published_only=True, living=rows) == assess_case(cases[0], published_only=True)


def test_what_if_flips_and_steps_count_the_same_patients_as_the_assessment() -> None:
    cd, of_cd = pituitary(20, 0, "CD", 0)
    eas, of_eas = pituitary(1, 19, "EAS", 100)
    rows = count_trial([*cd, *eas], of_cd | of_eas, KNOWLEDGE).take_rows(KNOWLEDGE)
    acth = {"test": "acth_plasma", "value": 80, "unit": "pg/mL"}
    case = read_case({**cd[0].to_json(), "case_id": "N1", "results": [acth]})
    now = {item.subtype: item.probability for item in assess_case(case, living=rows).subtypes}
    assert trace_case(case, living=rows)[-1].probabilities == pytest.approx(now)
    assert trace_case(case)[-1].probabilities["CD"] != pytest.approx(now["CD"], abs=0.01)
    removed = what_if(case, Change("imaging", 0), living=rows)
    assert {shift.subtype: shift.before for shift in removed.shifts} == pytest.approx(now)
    flips = list_flips(case, living=rows)
    assert [flip.before for flip in flips] == pytest.approx([now[flip.leader] for flip in flips])
    assert flips


def test_patients_observed_once_count_as_when_read_anew() -> None:
    cases, references = dotatate({"EAS": (6, 4), "CD": (1, 9)})
    observed = observe_trial(cases, references, KNOWLEDGE)
    for case in (cases[0], cases[-1]):
        left = count_patients(observed, KNOWLEDGE, without=case.case_id)
        assert left == count_trial(cases, references, KNOWLEDGE, without=case.case_id)
        assert left.patients == len(cases) - 1
