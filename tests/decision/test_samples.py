"""Several samples of ACTH, and platforms that are known to misread it."""

import pytest

from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.observation import Observation
from decision.observe import observe_case


def sample(value: float, unit: str = "pg/mL", **more: object) -> dict[str, object]:
    return {"test": "acth_plasma", "value": value, "unit": unit, **more}


def observe(*results: dict[str, object]) -> Observation:
    case = read_case({"case_id": "T1", "results": list(results)})
    return next(seen for seen in observe_case(case, load_knowledge()).observations if seen.block.id == "acth")


def adrenal(*results: dict[str, object]) -> float:
    """Probability of an ACTH-independent source in a woman with clear hypercortisolism."""
    excess = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
    found = assess_case(read_case({"case_id": "T1", "age_years": 40, "sex": "female", "results": [excess, *results]}))
    return sum(item.probability for item in found.subtypes if item.subtype in ("CPA", "ACC", "PBMAH", "PPNAD", "MACS"))


def test_one_sample_says_what_another_laboratory_might_read() -> None:
    seen = observe(sample(15))
    assert seen.reading is not None and not seen.reading.agreed
    assert seen.note == "one sample: another laboratory might read 6.46–34.8 pg/mL"


def test_two_samples_that_agree_say_more_than_either() -> None:
    seen = observe(sample(3.2), sample(4.8))
    assert seen.reading is not None and seen.reading.agreed and "2 samples agree" in seen.note
    assert "geometric mean of 3.2, 4.8" in seen.shown and "3.92" in seen.shown
    assert adrenal(sample(5), sample(6)) > adrenal(sample(5.48))


def test_samples_that_disagree_are_read_as_one() -> None:
    seen = observe(sample(6), sample(30))
    assert seen.reading is not None and not seen.reading.agreed and "differ by more" in seen.note


def test_the_order_and_the_units_of_the_samples_are_nothing() -> None:
    there, back = observe(sample(6), sample(9), sample(7)), observe(sample(7), sample(6), sample(9))
    assert there == back
    assert observe(sample(10, "pmol/L")).reading == observe(sample(45.41)).reading


def test_a_platform_known_for_false_highs_is_not_believed_more_for_being_repeated() -> None:
    twice = [sample(4, assay="Siemens IMMULITE 2000"), sample(4)]
    seen = observe(*twice)
    assert seen.reading is not None and not seen.reading.agreed
    assert "this platform" in seen.note
    assert adrenal(*twice) < adrenal(sample(4), sample(4))


def test_a_two_site_assay_is_named_in_the_reason() -> None:
    seen = observe(sample(300, assay="Elecsys"))
    assert seen.reading is not None and seen.reading.two_site and "two-site" in seen.note


@pytest.mark.parametrize(
    ("entry", "bands"),
    [
        ({"test": "acth_plasma", "outcome": "suppressed"}, (0, 1)),
        (sample(5, comparator="<"), (0,)),
        (sample(100, comparator=">"), (6, 7)),
    ],
)
def test_a_word_or_a_limit_is_read_as_far_as_it_goes(entry: dict[str, object], bands: tuple[int, ...]) -> None:
    assert observe(entry).bands == bands


def test_a_measured_value_counts_before_a_word() -> None:
    assert observe({"test": "acth_plasma", "outcome": "elevated"}, sample(12)).bands == (2,)


def test_samples_below_a_limit_agree_and_say_more_than_one() -> None:
    below = sample(5, comparator="<")
    seen = observe(below, sample(2, comparator="<"))
    assert seen.reading is not None and seen.reading.agreed and seen.shown == "Plasma ACTH < 2 pg/mL (2 samples)"
    assert adrenal(below, below) > adrenal(below)


def test_a_sample_below_the_limit_counts_beside_a_measured_one() -> None:
    seen = observe(sample(5, comparator="<"), sample(12))
    assert "geometric mean of < 5, 12" in seen.shown and seen.bands == (1,)
    assert adrenal(sample(5, comparator="<"), sample(12)) > adrenal(sample(12))


def test_a_value_only_known_to_lie_above_a_limit_is_named_by_it() -> None:
    assert observe(sample(2, comparator=">")).band_name == "≥ 2 pg/mL"
