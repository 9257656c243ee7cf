"""Laws of the assessment that hold for any patient."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.units import UNITS, convert, convert_back

NUMBERS = {
    "acth_plasma": (1, 900, "pg/mL"), "dst_1mg_cortisol": (10, 1400, "nmol/L"), "ufc_24h": (0.2, 40, "xULN"),
    "cortisol_late_night_saliva": (0.2, 20, "xULN"), "cortisol_morning": (60, 2000, "nmol/L"), "potassium": (2.0, 5.5, "mmol/L"),
    "hddst_2day_suppression": (1, 99, "%"), "crh_acth_rise": (0, 300, "%"), "ipss_stimulated_ratio": (1, 40, "ratio"),
    "cortisol_late_night_serum": (20, 1500, "nmol/L"), "lddst_2day_cortisol": (15, 900, "nmol/L"),
}  # fmt: skip


@st.composite
def results(draw: st.DrawFn) -> list[dict[str, object]]:
    tests = draw(st.lists(st.sampled_from(sorted(NUMBERS)), unique=True, max_size=6))
    found = []
    for test in tests:
        low, high, unit = NUMBERS[test]
        found.append({"test": test, "value": round(draw(st.floats(low, high)), 3), "unit": unit})
    return found


@st.composite
def imaging(draw: st.DrawFn) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 7},
        {"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 34, "attenuation_hu": 18},
        {"modality": "CT", "region": "lung", "finding": "lesion", "size_mm": 8},
        {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "lung", "uptake": "positive"},
    ]
    return draw(st.lists(st.sampled_from(entries), unique_by=str, max_size=3))


def probabilities(document: dict[str, object]) -> dict[str, tuple[float, float, float]]:
    assessment = assess_case(read_case({"case_id": "T", **document}))
    return {item.subtype: (item.probability, item.low, item.high) for item in assessment.subtypes}


@settings(max_examples=40, deadline=None)
@given(results(), imaging())
def test_probabilities_sum_to_one_and_lie_in_their_interval(found: list, seen: list) -> None:  # type: ignore[type-arg]
    answer = probabilities({"results": found, "imaging": seen})
    assert abs(sum(point for point, _, _ in answer.values()) - 1) < 1e-9
    assert all(0 <= low <= point <= high <= 1 for point, low, high in answer.values())


@settings(max_examples=40, deadline=None)
@given(results(), imaging(), st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list, seen: list, shuffler: random.Random) -> None:  # type: ignore[type-arg]
    shuffled, moved = list(found), list(seen)
    shuffler.shuffle(shuffled)
    shuffler.shuffle(moved)
    assert probabilities({"results": found, "imaging": seen}) == probabilities({"results": shuffled, "imaging": moved})


@settings(max_examples=40, deadline=None)
@given(results(), st.sampled_from(sorted(UNITS)))
def test_unknown_moves_nothing(found: list, test: str) -> None:  # type: ignore[type-arg]
    absent = {"test": test, "value": None, "unit": None, "outcome": None}
    known = probabilities({"results": found})
    assert probabilities({"results": [*found, absent]}) == known
    assert probabilities({"results": found, "age_years": None, "sex": None, "imaging": None, "context": None}) == known


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["acth_plasma", "dst_1mg_cortisol", "cortisol_morning"]), st.floats(3, 280), st.data())
def test_units_do_not_matter(test: str, number: float, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(UNITS[test]))
    first = NUMBERS[test][2]
    cuts = {cut for block in load_knowledge().blocks.values() if block.key == test for cut in block.cuts}
    if any(abs(number - cut) < 1e-6 for cut in cuts):
        return  # a value on the cut may fall to either side by rounding alone
    other = convert_back(test, convert(test, number, first), unit)
    one = probabilities({"results": [{"test": test, "value": number, "unit": first}]})
    assert probabilities({"results": [{"test": test, "value": other, "unit": unit}]}) == one


@settings(max_examples=30, deadline=None)
@given(results())
def test_a_finding_without_evidence_moves_nothing_and_says_so(found: list) -> None:  # type: ignore[type-arg]
    silent = {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "pituitary", "uptake": "positive"}
    with_pet = assess_case(read_case({"case_id": "T", "results": found, "imaging": [silent]}))
    assert probabilities({"results": found, "imaging": [silent]}) == probabilities({"results": found})
    reason = next(reason for reason in with_pet.reasons if reason.block == "pentixafor_pituitary")
    assert reason.weight_db == 0 and reason.grade == "none" and "no published evidence" in reason.says.lower()
