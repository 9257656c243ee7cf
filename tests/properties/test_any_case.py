"""Whatever the contract lets a case say is assessed: every test in every unit and word, every region and finding, in any mixture."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from decision.assessment import read_assessment
from decision.case import Case, CaseError, read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.flips import list_flips
from decision.guideline import compare_guideline
from decision.setting import BY_CASE, load_settings
from decision.vocabulary import load_vocabulary

WORDS = load_vocabulary()
TRACERS = ["68Ga-Pentixafor", "68Ga-DOTATATE", "18F-FDG", "68Ga-CRH"]
SETTINGS = [BY_CASE, *(setting.id for setting in load_settings() if setting.by_choice)]


@st.composite
def results(draw: st.DrawFn) -> dict[str, Any]:
    test = WORDS.tests[draw(st.sampled_from(sorted(WORDS.tests)))]
    entry: dict[str, Any] = {"test": test.code}
    if test.outcomes and (not test.units or draw(st.booleans())):
        return entry | {"outcome": draw(st.sampled_from(test.outcomes))}
    entry |= {"unit": draw(st.sampled_from(test.units)).name, "value": round(10 ** draw(st.floats(-1, 2.5)), 2)}
    for field, values in {
        "comparator": st.sampled_from(["<", ">", "<=", ">="]),
        "uln": st.floats(1, 300).map(lambda limit: round(limit, 1)),
        "assay": st.sampled_from(["Immulite", "LC-MS/MS", "Cobas", "RIA"]),
    }.items():
        if draw(st.booleans()):
            entry[field] = draw(values)
    return entry


@st.composite
def images(draw: st.DrawFn) -> dict[str, Any]:
    modality = draw(st.sampled_from(["MRI", "CT", "PET", "SRS", None]))
    entry: dict[str, Any] = {"region": draw(st.sampled_from(sorted(WORDS.regions))), "modality": modality}
    if modality == "PET":
        uptake = draw(st.sampled_from(["positive", "negative", "equivocal"]))
        return entry | {"tracer": draw(st.sampled_from(TRACERS)), "uptake": uptake, "suv_max": draw(st.floats(0.5, 30))}
    finding = draw(st.sampled_from(["normal", "lesion", "mass", "nodules", "hyperplasia"]))
    size = draw(st.one_of(st.none(), st.floats(2, 90))) if finding in ("lesion", "mass", "nodules") else None
    return entry | {"finding": finding, "size_mm": size}


@st.composite
def cases(draw: st.DrawFn) -> Case | None:
    """A case, or None where its values are refused with a sentence."""
    document = {
        "case_id": "T1",
        "age_years": draw(st.sampled_from([None, 4, 12, 30, 55, 80])),
        "sex": draw(st.sampled_from([None, "female", "male"])),
        "results": draw(st.lists(results(), max_size=8)),
        "imaging": draw(st.lists(images(), max_size=5)),
        "context": draw(st.lists(st.sampled_from(sorted(WORDS.contexts)), unique=True, max_size=3)),
        "signs": draw(st.lists(st.sampled_from(sorted(WORDS.signs)), unique=True, max_size=3)),
    }
    try:
        return read_case(document)
    except CaseError as error:
        assert error.says
        return None


@settings(max_examples=100, deadline=None)
@given(cases(), st.sampled_from(SETTINGS), st.booleans())
def test_any_case_that_can_be_read_is_assessed(case: Case | None, setting: str, published_only: bool) -> None:
    if case is None:
        return
    answer = assess_case(case, setting=setting, published_only=published_only)
    assert abs(sum(item.probability for item in answer.subtypes) - 1) < 1e-9
    assert abs(sum(item.probability for item in answer.sites) - 1) < 1e-9
    assert all(item.low <= item.probability <= item.high for item in answer.subtypes)
    assert read_assessment(json.loads(json.dumps(answer.to_json()))) == answer
    flips = list_flips(case, setting=setting, published_only=published_only)
    assert all(flip.leader != answer.leader.subtype for flip in flips)
    assert compare_guideline(case, answer, load_knowledge()).steps
