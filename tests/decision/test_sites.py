"""Where the lesion is."""

import pytest

from decision.book import load_book
from decision.case import read_case
from decision.evidence import BOOK_GRADES, load_knowledge
from decision.sites import ALL_SITES, locate_lesion


def locate(subtypes: dict[str, float], **case: object) -> dict[str, float]:
    found = locate_lesion(read_case({"case_id": "T1", **case}), subtypes, load_knowledge())
    assert {site.site for site in found} == set(ALL_SITES)
    assert sum(site.probability for site in found) == pytest.approx(1)
    return {site.site: site.probability for site in found}


def lesion(modality: str, region: str, **more: object) -> dict[str, object]:
    return {"modality": modality, "region": region, "finding": "lesion", **more}


def test_without_a_side_the_pituitary_stays_whole() -> None:
    assert locate({"CD": 1.0}, imaging=[lesion("MRI", "pituitary")])["pituitary"] == pytest.approx(1)


def test_an_mri_side_is_believed_as_often_as_published() -> None:
    sites = locate({"CD": 1.0}, imaging=[lesion("MRI", "pituitary", side="left")])
    assert sites["pituitary_left"] == pytest.approx(0.85)
    assert sites["pituitary_right"] > sites["pituitary_midline"] > 0


def lateralised(side: str, ratio: float = 4) -> dict[str, object]:
    return {"test": "ipss_lateralisation_ratio", "value": ratio, "unit": "ratio", "side": side}


def test_agreeing_sides_are_surer() -> None:
    left = lesion("MRI", "pituitary", side="left")
    sites = locate({"CD": 1.0}, imaging=[left], results=[lateralised("left")])
    assert sites["pituitary_left"] == pytest.approx(0.93)


@pytest.mark.parametrize("size_mm", [4, 9])
def test_against_petrosal_sampling_an_mri_lesion_of_4_mm_is_believed_as_mri_alone(size_mm: float) -> None:
    left = lesion("MRI", "pituitary", side="left", size_mm=size_mm)
    alone = locate({"CD": 1.0}, imaging=[left])
    assert alone["pituitary_left"] == pytest.approx(0.85)
    assert locate({"CD": 1.0}, imaging=[left], results=[lateralised("right")]) == pytest.approx(alone)


@pytest.mark.parametrize("size", [{"size_mm": 3.9}, {}])
def test_against_petrosal_sampling_a_smaller_lesion_or_one_of_unknown_size_names_no_side(
    size: dict[str, float],
) -> None:
    left = lesion("MRI", "pituitary", side="left", **size)
    assert locate({"CD": 1.0}, imaging=[left], results=[lateralised("right")])["pituitary"] == pytest.approx(1)


def test_two_mri_sides_name_none_whatever_their_size() -> None:
    both = [lesion("MRI", "pituitary", side=side, size_mm=6) for side in ("left", "right")]
    assert locate({"CD": 1.0}, imaging=both)["pituitary"] == pytest.approx(1)


def test_a_lateralisation_ratio_below_its_limit_names_no_side() -> None:
    left = lesion("MRI", "pituitary", side="left", size_mm=3)
    assert locate({"CD": 1.0}, results=[lateralised("right", 1.39)])["pituitary"] == pytest.approx(1)
    assert locate({"CD": 1.0}, results=[lateralised("right", 1.4)])["pituitary_right"] == pytest.approx(0.69)
    doubted = locate({"CD": 1.0}, imaging=[left], results=[lateralised("right", 1.39)])
    assert doubted["pituitary_left"] == pytest.approx(0.85)


def test_an_adrenal_tumour_lies_where_the_nodule_is() -> None:
    assert locate({"CPA": 1.0}, imaging=[lesion("CT", "adrenal_right")])["adrenal_right"] == pytest.approx(0.97)
    assert locate({"PBMAH": 1.0})["adrenal_bilateral"] == pytest.approx(1)


def test_no_hypercortisolism_has_no_site() -> None:
    assert locate({"NONE": 0.7, "NNH": 0.3})["none"] == pytest.approx(1)


def test_every_rule_about_sites_says_where_it_comes_from() -> None:
    entries = {entry.block: entry for entry in load_book() if entry.chapter == "Where the lesion is"}
    assert all(entry.locator and entry.quote and entry.grade in BOOK_GRADES for entry in entries.values())
    counted = {
        "site_pituitary_side": 501, "site_seen": 207, "site_ectopic_china": 73, "site_ectopic_west": 158,
        "site_dotatate_lung": 36, "site_dotatate_outside_lung": 14, "site_lung_nodule": 8, "site_whole_ct_normal": 14,
        "site_ectopic_young": 16,
    }  # fmt: skip
    assert {name: entries[name].n for name in counted} == counted
    assert {name for name, entry in entries.items() if entry.n is None} == {
        "site_adrenal_side", "site_pituitary_discordant", "site_dotatate_elsewhere", "site_calcitonin",
        "site_plasma_metanephrines",
    }  # fmt: skip
