"""Where the lesion is."""

import pytest

from decision.case import read_case
from decision.evidence import load_knowledge
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


def test_agreeing_sides_are_surer_and_disagreeing_ones_name_none() -> None:
    ipss = {"test": "ipss_lateralisation_ratio", "value": 4, "unit": "ratio", "side": "left"}
    left = lesion("MRI", "pituitary", side="left")
    assert locate({"CD": 1.0}, imaging=[left], results=[ipss])["pituitary_left"] == pytest.approx(0.93)
    assert locate({"CD": 1.0}, imaging=[left], results=[ipss | {"side": "right"}])["pituitary"] == pytest.approx(1)


def test_an_adrenal_tumour_lies_where_the_nodule_is() -> None:
    assert locate({"CPA": 1.0}, imaging=[lesion("CT", "adrenal_right")])["adrenal_right"] == pytest.approx(0.97)
    assert locate({"PBMAH": 1.0})["adrenal_bilateral"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("region", "site"),
    [("lung_left", "lung"), ("mediastinum", "mediastinum"), ("pancreas", "pancreas"), ("abdomen", "other")],
)
def test_a_mass_on_ct_takes_the_ectopic_site_with_it(region: str, site: str) -> None:
    mass = {"modality": "CT", "region": region, "finding": "mass"}
    assert max(locate({"EAS": 1.0}, imaging=[mass]).items(), key=lambda item: item[1])[0] == site


def test_a_normal_chest_moves_the_source_elsewhere() -> None:
    normal = {"modality": "CT", "region": "chest", "finding": "normal"}
    assert locate({"EAS": 1.0}, imaging=[normal])["lung"] < locate({"EAS": 1.0})["lung"]


def test_no_hypercortisolism_has_no_site() -> None:
    assert locate({"NONE": 0.7, "NNH": 0.3})["none"] == pytest.approx(1)


@pytest.mark.parametrize("raised", [{"value": 6, "unit": "xULN"}, {"outcome": "elevated"}])
def test_metanephrines_with_an_adrenal_mass_name_that_adrenal(raised: dict[str, object]) -> None:
    mass = {"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 50}
    sites = locate({"EAS": 1.0}, imaging=[mass], results=[{"test": "plasma_metanephrines", **raised}])
    assert max(sites.items(), key=lambda item: item[1])[0] == "adrenal_left"
    assert sites["adrenal_right"] < 0.05


def test_metanephrines_without_a_mass_name_no_adrenal() -> None:
    raised = {"test": "plasma_metanephrines", "outcome": "elevated"}
    assert locate({"EAS": 1.0}, results=[raised]) == pytest.approx(locate({"EAS": 1.0}))


def test_calcitonin_within_its_limit_points_nowhere() -> None:
    normal, raised = ({"test": "calcitonin", "value": value, "unit": "xULN"} for value in (0.8, 12))
    assert locate({"EAS": 1.0}, results=[normal]) == pytest.approx(locate({"EAS": 1.0}))
    assert locate({"EAS": 1.0}, results=[raised])["thyroid"] > 0.4


def test_the_thymus_is_likelier_in_the_young() -> None:
    assert locate({"EAS": 1.0}, age_years=30)["mediastinum"] > locate({"EAS": 1.0}, age_years=50)["mediastinum"]
