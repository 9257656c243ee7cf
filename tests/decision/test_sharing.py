"""Tests that tell the same story are not multiplied, also when a test tells two stories."""

import numpy as np
import pytest

from decision.caps import load_usual_shares
from decision.case import read_case
from decision.evidence import load_knowledge
from decision.sharing import Counted, Items, Rules, join_inside, share_groups
from decision.standing import find_standing

PHENOTYPES = list(load_knowledge().phenotypes)
UFC = {"test": "ufc_24h", "value": 25, "unit": "xULN"}
POTASSIUM = {"test": "potassium", "value": 2.4, "unit": "mmol/L"}
LDDST = {"test": "lddst_2day_cortisol", "value": 900, "unit": "nmol/L"}
HDDST = {"test": "hddst_2day_suppression", "value": 10, "unit": "%"}
ACTH = {"test": "acth_plasma", "value": 400, "unit": "pg/mL"}


def ectopic_odds(*results: dict[str, object]) -> float:
    """Overt ectopic disease against Cushing's disease, log to base ten, beside no result at all."""

    def log(entries: tuple[dict[str, object], ...]) -> float:
        posterior = find_standing(read_case({"case_id": "T1", "results": list(entries)}), load_knowledge()).posterior
        return float(np.log10(posterior[PHENOTYPES.index("EAS")] / posterior[PHENOTYPES.index("CD")]))

    return log(results) - log(())


@pytest.mark.parametrize("pair", [(UFC, POTASSIUM), (LDDST, HDDST), (ACTH, POTASSIUM), (ACTH, UFC)])
def test_two_tests_of_one_story_say_less_than_their_product(pair: tuple[dict[str, object], dict[str, object]]) -> None:
    one, other, both = ectopic_odds(pair[0]), ectopic_odds(pair[1]), ectopic_odds(*pair)
    assert one > 0.1 and other > 0.1, "each alone speaks for ectopic disease"
    assert max(one, other) - 1e-9 <= both <= max(one, other) + 0.5 * min(one, other)


def test_the_low_dose_test_adds_nothing_to_the_high_dose_test_between_pituitary_and_ectopic() -> None:
    both = ectopic_odds(LDDST, HDDST)
    assert both == pytest.approx(max(ectopic_odds(LDDST), ectopic_odds(HDDST)), abs=0.1)


def test_potassium_takes_nothing_from_what_urinary_cortisol_says_of_the_syndrome() -> None:
    """Only the difference between pituitary and ectopic is shared."""

    def cushing(*results: dict[str, object]) -> float:
        standing = find_standing(read_case({"case_id": "T1", "results": list(results)}), load_knowledge())
        return float(standing.posterior[PHENOTYPES.index("CPA")] / standing.posterior[PHENOTYPES.index("NNH")])

    mild = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
    normal = {"test": "potassium", "value": 4.3, "unit": "mmol/L"}
    assert cushing(mild, normal) / cushing(normal) == pytest.approx(cushing(mild) / cushing(), rel=1e-6)


def test_the_usual_patients_mean_stands_for_the_classes_together() -> None:
    points, inside = np.log([[0.5, 0.1, 0.2, 0.4]]), np.array([True, True, False, False])
    whole = np.zeros((1, len(PHENOTYPES)))
    whole[:, :4] = points
    mask = np.zeros(len(PHENOTYPES), dtype=bool)
    mask[:4] = inside
    joined, share = join_inside(whole, mask), load_usual_shares()[:2]
    assert joined[0, 0] == joined[0, 1] == pytest.approx((share @ points[0, :2]) / share.sum())
    assert (joined[0, 2:] == whole[0, 2:]).all()


def test_a_finding_counted_in_full_in_both_stories_is_the_finding() -> None:
    points = np.linspace(-2, 1, len(PHENOTYPES))[None]
    inside = np.arange(len(PHENOTYPES)) < 4
    ones = np.ones(len(PHENOTYPES))
    assert np.allclose(Counted(ones, ones, inside).weigh(points), points)
    assert np.allclose(np.ptp(Counted(ones, 0 * ones, inside).weigh(points)[0, :4]), 0)


def test_in_a_group_the_strongest_counts_in_full_and_the_next_in_part() -> None:
    claim = np.array([[3.0, 0.5], [1.0, 2.0], [9.0, 9.0]])
    items = Items(np.array([0, 0, 1]), np.array([1, 1, 1]), claim, np.array([1.0, 1.0, 0.5]))
    weights = share_groups(items, Rules(np.array([1.0, 0.4]), np.zeros(2, dtype=np.intp)))
    assert weights.tolist() == [[1.0, 0.4], [0.4, 1.0], [0.5, 0.5]]


def test_groups_inside_a_larger_one_share_once_more() -> None:
    """Two read-outs of one test, one of another; the weaker test counts a third, the weaker read-out nothing."""
    claim = np.array([[3.0], [1.0], [2.0]])
    items = Items(np.zeros(3, dtype=np.intp), np.array([1, 1, 2]), claim, np.ones(3))
    rules = Rules(after=np.array([1.0, 0.0, 0.0, 0.33]), within=np.array([0, 3, 3, 0]))
    assert share_groups(items, rules).ravel().tolist() == pytest.approx([1.0, 0.0, 0.33])


def test_the_image_of_a_mass_and_its_steroids_are_one_block_between_carcinoma_and_adenoma() -> None:
    mass = {"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 70}
    raised = {"test": "androstenedione", "outcome": "high"}

    def carcinoma(results: list[dict[str, object]], imaging: list[dict[str, object]]) -> float:
        case = read_case({"case_id": "T1", "results": results, "imaging": imaging})
        posterior = find_standing(case, load_knowledge()).posterior
        return float(np.log(posterior[PHENOTYPES.index("ACC")] / posterior[PHENOTYPES.index("CPA")]))

    none = carcinoma([], [])
    image, steroid, both = carcinoma([], [mass]), carcinoma([raised], []), carcinoma([raised], [mass])
    assert image > none and steroid > none
    assert max(image, steroid) < both < image + steroid - none - 0.5
