"""Where an ectopic source lies."""

from itertools import permutations

import pytest

from decision.case import read_case
from decision.evidence import load_knowledge
from decision.sites import ALL_SITES, locate_lesion

NORMAL_CHEST, NORMAL_ABDOMEN = (
    {"modality": "CT", "region": name, "finding": "normal"} for name in ("chest", "abdomen")
)


def locate(place: str = "china", **case: object) -> dict[str, float]:
    """Probability of each site of an ectopic source."""
    found = locate_lesion(read_case({"case_id": "T1", **case}), {"EAS": 1.0}, load_knowledge(), place)
    assert {site.site for site in found} == set(ALL_SITES)
    assert sum(site.probability for site in found) == pytest.approx(1)
    return {site.site: site.probability for site in found}


def move(site: str, against: str, *imaging: dict[str, object]) -> float:
    """How many times likelier imaging makes one site than another."""
    before, after = locate(), locate(imaging=list(imaging))
    return (after[site] / after[against]) / (before[site] / before[against])


def dotatate(region: str, uptake: str) -> dict[str, object]:
    return {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": region, "uptake": uptake}


def nodule(size_mm: float | None, region: str = "lung_left", modality: str = "CT") -> dict[str, object]:
    return {"modality": modality, "region": region, "finding": "lesion", "size_mm": size_mm}


def test_dotatate_sees_a_lung_source_in_half_and_one_outside_the_lung_in_nearly_all() -> None:
    assert move("lung", "occult", dotatate("lung", "positive")) == pytest.approx(0.53 / 0.10)
    assert move("pancreas", "occult", dotatate("pancreas", "positive")) == pytest.approx(0.929 / 0.10)
    assert move("lung", "occult", dotatate("lung", "negative")) == pytest.approx(0.47 / 0.90)
    assert move("mediastinum", "occult", dotatate("chest", "negative")) == pytest.approx(0.071 / 0.90)


def test_a_whole_body_negative_on_dotatate_leaves_lung_or_occult() -> None:
    regions = ("lung_left", "lung_right", "mediastinum", "thyroid", "abdomen")
    sites = locate(imaging=[dotatate(region, "negative") for region in regions])
    assert set(sorted(sites, key=lambda site: -sites[site])[:2]) == {"lung", "occult"}
    assert sites["pancreas"] < 0.01 < locate()["pancreas"]
    assert sites["lung"] / sites["occult"] == pytest.approx(0.47 / 0.90 * 0.384 / 0.136)  # two lungs, one patient


def test_a_focus_in_one_lung_is_not_cancelled_by_the_other_lung() -> None:
    focus, other = dotatate("lung_right", "positive"), dotatate("lung_left", "negative")
    assert locate(imaging=[focus, other]) == pytest.approx(locate(imaging=[focus]))


def test_the_closer_name_of_a_region_is_believed() -> None:
    """A lesion in the chest with normal lungs lies in the mediastinum."""
    lesion = {"modality": "CT", "region": "chest", "finding": "lesion"}
    lungs = {"modality": "CT", "region": "lung", "finding": "normal"}
    assert move("mediastinum", "occult", lesion, lungs) == pytest.approx(6)
    assert move("lung", "occult", lesion, lungs) == pytest.approx(0.34 / 0.90)


@pytest.mark.parametrize("size_mm", [4, 7, 10])
def test_a_lung_nodule_of_4_to_10_mm_on_ct_counts_eight_instead_of_a_lesion(size_mm: float) -> None:
    assert move("lung", "pancreas", nodule(size_mm)) == pytest.approx(8)
    assert move("lung", "pancreas", nodule(size_mm), nodule(size_mm)) == pytest.approx(8)


@pytest.mark.parametrize("other", [nodule(3.9), nodule(10.1), nodule(None), nodule(7, modality="MRI")])
def test_another_size_or_an_unknown_one_or_another_examination_is_a_lesion_like_any(other: dict[str, object]) -> None:
    assert move("lung", "pancreas", other) == pytest.approx(6)


def test_a_small_pancreatic_lesion_is_no_lung_nodule() -> None:
    assert move("pancreas", "lung", nodule(7, region="pancreas")) == pytest.approx(6)


def test_ct_normal_in_chest_and_abdomen_points_to_lung_or_occult_and_to_nothing_else() -> None:
    whole = (NORMAL_CHEST, NORMAL_ABDOMEN)
    assert move("lung", "pancreas", *whole) == pytest.approx(3)
    assert move("occult", "mediastinum", *whole) == pytest.approx(3)
    assert move("other", "thyroid", *whole) == pytest.approx(1)
    organ = {"modality": "CT", "region": "pancreas", "finding": "normal"}
    assert locate(imaging=[*whole, organ]) == pytest.approx(locate(imaging=[*whole]))


def test_lungs_and_mediastinum_make_a_chest() -> None:
    parts = [
        {"modality": "CT", "region": name, "finding": "normal"} for name in ("lung_left", "lung_right", "mediastinum")
    ]
    assert move("lung", "pancreas", *parts, NORMAL_ABDOMEN) == pytest.approx(3)
    assert move("lung", "thyroid", *parts[1:], NORMAL_ABDOMEN) == pytest.approx(0.34 / 0.90)


@pytest.mark.parametrize("seen", [nodule(15), {"modality": "CT", "region": "adrenal_left", "finding": "mass"}])
def test_ct_that_shows_a_lesion_is_not_normal(seen: dict[str, object]) -> None:
    assert move("occult", "thyroid", NORMAL_CHEST, NORMAL_ABDOMEN, seen) == pytest.approx(1)


def test_adrenals_enlarged_by_acth_leave_ct_normal() -> None:
    enlarged = {"modality": "CT", "region": "adrenal_left", "finding": "hyperplasia"}
    assert move("occult", "thyroid", NORMAL_CHEST, NORMAL_ABDOMEN, enlarged) == pytest.approx(3)


def test_normal_on_mri_is_not_normal_on_ct() -> None:
    assert move("occult", "thyroid", NORMAL_CHEST, NORMAL_ABDOMEN | {"modality": "MRI"}) == pytest.approx(1)


def test_a_normal_abdomen_speaks_against_the_organs_in_it() -> None:
    assert move("pancreas", "lung", NORMAL_ABDOMEN) == pytest.approx(0.34 / 0.90)


def test_in_the_west_the_pancreas_is_likelier_and_the_thymus_rarer_than_in_china() -> None:
    west, china = locate("west"), locate("china")
    assert (west["lung"], west["pancreas"], west["thyroid"]) == pytest.approx((0.385, 0.17, 0.07))
    assert (west["mediastinum"], west["occult"]) == pytest.approx((0.05, 0.165))
    assert west["adrenal_left"] + west["adrenal_right"] == pytest.approx(0.02)
    assert west["gastrointestinal"] + west["other"] == pytest.approx(0.14)
    assert (china["lung"], china["mediastinum"], china["occult"]) == pytest.approx((0.384, 0.272, 0.136))


def test_without_a_place_the_shares_are_those_of_china() -> None:
    case = read_case({"case_id": "T1"})
    unnamed = locate_lesion(case, {"EAS": 1.0}, load_knowledge())
    assert unnamed == locate_lesion(case, {"EAS": 1.0}, load_knowledge(), "china")


def test_a_place_without_shares_is_refused_in_a_sentence() -> None:
    with pytest.raises(
        ValueError, match='no shares of ectopic sites are known for "mars"; known places are china, west'
    ):
        locate("mars")


def test_shares_of_every_place_sum_to_one() -> None:
    for table in load_knowledge().rules["sites"]["ectopic"].values():
        assert sum(table["share"].values()) == pytest.approx(1)


def test_the_order_of_entries_moves_nothing() -> None:
    entries = [
        nodule(6),
        NORMAL_CHEST,
        NORMAL_ABDOMEN,
        dotatate("chest", "negative"),
        dotatate("lung_left", "positive"),
    ]
    assert len({tuple(locate(imaging=list(order)).items()) for order in permutations(entries)}) == 1


def test_what_is_not_known_moves_nothing() -> None:
    silent = [{"modality": "CT", "region": "lung"}, {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "lung"}]
    assert locate(imaging=silent) == locate() == locate(imaging=[dotatate("pancreas", "equivocal")])


@pytest.mark.parametrize(
    ("region", "site"),
    [("lung_left", "lung"), ("mediastinum", "mediastinum"), ("pancreas", "pancreas"), ("abdomen", "other")],
)
def test_a_mass_on_ct_takes_the_ectopic_site_with_it(region: str, site: str) -> None:
    mass = {"modality": "CT", "region": region, "finding": "mass"}
    assert max(locate(imaging=[mass]).items(), key=lambda item: item[1])[0] == site


def test_a_normal_chest_moves_the_source_elsewhere() -> None:
    normal = {"modality": "CT", "region": "chest", "finding": "normal"}
    assert locate(imaging=[normal])["lung"] < locate()["lung"]


@pytest.mark.parametrize("raised", [{"value": 6, "unit": "xULN"}, {"outcome": "elevated"}])
def test_metanephrines_with_an_adrenal_mass_name_that_adrenal(raised: dict[str, object]) -> None:
    mass = {"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 50}
    sites = locate(imaging=[mass], results=[{"test": "plasma_metanephrines", **raised}])
    assert max(sites.items(), key=lambda item: item[1])[0] == "adrenal_left"
    assert sites["adrenal_right"] < 0.05


def test_metanephrines_without_a_mass_name_no_adrenal() -> None:
    raised = {"test": "plasma_metanephrines", "outcome": "elevated"}
    assert locate(results=[raised]) == pytest.approx(locate())


def test_calcitonin_within_its_limit_points_nowhere() -> None:
    normal, raised = ({"test": "calcitonin", "value": value, "unit": "xULN"} for value in (0.8, 12))
    assert locate(results=[normal]) == pytest.approx(locate())
    assert locate(results=[raised])["thyroid"] > 0.4


def test_the_thymus_is_likelier_in_the_young() -> None:
    assert locate(age_years=30)["mediastinum"] > locate(age_years=50)["mediastinum"]
