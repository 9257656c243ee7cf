"""The next test by expected information, held against the engine itself asked outcome by outcome."""

import math

import pytest

from decision.assessment import Assessment, NextTest
from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import Block, load_knowledge
from decision.likelihood import Mode, load_shares
from decision.standing import find_standing

ACTH = {"test": "acth_plasma", "value": 80, "unit": "pg/mL"}
UFC = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
CORE = [ACTH, UFC]


def assess(results: list, **more: object) -> Assessment:  # type: ignore[type-arg]
    return assess_case(read_case({"case_id": "T1", "age_years": 40, "sex": "female", "results": results, **more}))


def result_in(block: Block, band: int) -> dict[str, object]:
    """A result that falls into this band, by value or in words."""
    word = next((word for word, bands in block.words.items() if bands == (band,)), None)
    if not block.cuts:
        return {"test": block.key, "outcome": word}
    edges = (0.5 * block.cuts[0], *block.cuts)
    value = edges[0] if band == 0 else 1.05 * edges[band]
    return {"test": block.key, "value": value, "unit": block.unit}


def bits(assessment: Assessment) -> float:
    return -sum(item.probability * math.log2(item.probability) for item in assessment.subtypes if item.probability)


@pytest.mark.parametrize("name", ["crh_acth", "desmopressin_cortisol", "dst_1mg", "potassium", "ipss_stimulated"])
def test_the_expected_gain_is_that_of_asking_the_engine_for_every_outcome(name: str) -> None:
    document = {"case_id": "T1", "age_years": 40, "sex": "female", "results": CORE}
    block, standing = load_knowledge().blocks[name], find_standing(read_case(document), load_knowledge())
    shares, valid = load_shares(name, Mode())
    inside = standing.posterior[valid] / standing.posterior[valid].sum()
    expected = [float(inside @ shares[band, valid]) for band in range(len(block.bands))]
    after = [assess([*CORE, result_in(block, band)]) for band in range(len(block.bands))]
    gain = bits(assess(CORE)) - sum(p * bits(a) for p, a in zip(expected, after, strict=True)) / sum(expected)
    offered = {test.test: test for test in assess(CORE).next_tests}
    if block.key in offered:
        assert offered[block.key].expected_gain_bits == pytest.approx(gain, abs=6e-4)
        assert could_change(assess(CORE), after, offered[block.key])
    else:
        better = [test for test in offered if test.split("_")[0] == block.key.split("_")[0]]
        assert better or gain < 0.1


def could_change(now: Assessment, after: list[Assessment], test: NextTest) -> bool:
    """Some outcome makes that subtype lead, join the set, or lead a smaller set."""
    return any(
        (then.leader.subtype == test.could_change_to and now.leader.subtype != test.could_change_to)
        or (test.could_change_to in then.prediction_set and test.could_change_to not in now.prediction_set)
        or (then.leader.subtype == test.could_change_to and len(then.prediction_set) < len(now.prediction_set))
        for then in after
    )


def test_a_test_that_needs_crh_takes_no_other_tests_place() -> None:
    """Without CRH the best test that can be had is still named."""
    knowledge = load_knowledge()
    needing = {block.key for block in knowledge.blocks.values() if block.needs == "CRH"}
    tests = assess(CORE).next_tests
    assert needing & {test.test for test in tests}
    without = [test for test in tests if test.test not in needing]
    assert without and len(without) <= knowledge.rules["next_test"]["most"]


def test_the_burden_is_that_of_the_knowledge() -> None:
    burdens = {block.key: block.burden for block in load_knowledge().blocks.values()}
    assert all(test.burden == burdens[test.test] for test in assess(CORE).next_tests)


def test_pregnancy_is_offered_nothing_with_radiation_or_catheters() -> None:
    tests = assess(CORE, context=["pregnancy"]).next_tests
    assert not any(word in test.burden for test in tests for word in ("radiation", "CT", "invasive"))


def test_a_result_spoilt_beforehand_is_not_asked_for() -> None:
    tests = assess(CORE, context=["oestrogen"]).next_tests
    assert not {"dst_1mg_cortisol", "lddst_2day_cortisol"} & {test.test for test in tests}
