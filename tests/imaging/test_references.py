"""Normal organs, the comparisons with them, and what each comparison still needs."""

import pytest

from imaging.krenning import assess_krenning
from imaging.problem import ImagingError
from imaging.references import Uptake, compute_ratios, load_organs, load_reference_rules, measure_organ
from tests.imaging.phantoms import HOT_MM, hot_voxel

LIVER, BLOOD, SPLEEN = Uptake(1.6, 2.4), Uptake(2.0, 2.5), Uptake(5.0, 6.0)
GLANDS = {"adrenal_left": Uptake(9.0, 15.2), "adrenal_right": Uptake(3.0, 4.8)}


def by_code(suv_max: float | None, site: str | None, **organs: Uptake) -> dict[str, tuple[float | None, str]]:
    return {one.code: (one.value, one.needs) for one in compute_ratios(suv_max, site, organs)}


def test_every_organ_and_ratio_names_its_source() -> None:
    rules = load_reference_rules()
    blocks = [*rules["organ"], *rules["ratio"], rules["krenning"], *rules["propose"].values()]
    assert all(block["source"] and block["grade"] in ("verified", "recalled", "expert") for block in blocks)
    assert {organ.statistic for organ in load_organs().values()} == {"mean", "max"}


def test_a_left_adrenal_lesion_is_compared_with_the_right_adrenal() -> None:
    found = by_code(15.2, "adrenal_left", liver=LIVER, blood_pool=BLOOD, **GLANDS)
    assert found["LLR"] == (pytest.approx(9.5), "")
    assert found["LCR"] == found["LI"] == (pytest.approx(15.2 / 4.8), "")
    assert found["LBR"] == (pytest.approx(7.6), "")
    assert found["LAR"] == (None, "needs the normal adrenal tissue")


def test_the_lateralisation_index_does_not_depend_on_the_lesions_side() -> None:
    right = by_code(4.8, "adrenal_right", **GLANDS)
    assert right["LI"][0] == pytest.approx(15.2 / 4.8)
    assert right["LCR"][0] == pytest.approx(4.8 / 15.2)


def test_what_lacks_is_named_and_nothing_is_made_up() -> None:
    found = by_code(15.2, "adrenal_left")
    assert all(value is None for value, _needs in found.values())
    assert found["LCR"][1] == "needs the right adrenal"
    assert found["LI"][1] == "needs the left and the right adrenal"
    assert by_code(15.2, None)["LCR"][1] == "needs the other adrenal (the lesion's side is not said yet)"
    assert by_code(None, "adrenal_left", liver=LIVER)["LLR"][0] is None
    assert by_code(8.0, "adrenal_left", liver=Uptake(0.0, 0.0))["LLR"][0] is None


def test_a_lung_lesion_is_not_compared_with_adrenals() -> None:
    assert set(by_code(5.0, "lung_left", liver=LIVER, **GLANDS)) == {"LLR", "LBR"}


@pytest.mark.parametrize(
    ("suv_max", "organs", "words"),
    [
        (12.0, {"liver": Uptake(6.0, 9.0), "spleen": Uptake(18.0, 24.0)}, "3"),
        (19.0, {"liver": Uptake(6.0, 9.0), "spleen": Uptake(18.0, 24.0)}, "4"),
        (19.0, {"liver": Uptake(6.0, 9.0)}, "3 or 4"),
        (6.5, {"liver": Uptake(6.0, 9.0)}, "2"),
        (5.5, {"liver": Uptake(6.0, 9.0)}, "2"),
        (3.0, {"liver": Uptake(6.0, 9.0)}, "0 or 1"),
        (3.0, {"liver": Uptake(6.0, 9.0), "blood_pool": BLOOD}, "1"),
        (2.0, {"liver": Uptake(6.0, 9.0), "blood_pool": BLOOD}, "0"),
        (2.0, {}, ""),
        (None, {"liver": LIVER}, ""),
    ],
)
def test_krenning_by_liver_spleen_and_blood(suv_max: float | None, organs: dict[str, Uptake], words: str) -> None:
    found = assess_krenning(suv_max, "68Ga-DOTATATE", organs)
    assert found.words == words
    assert (found.score is not None) == (words in "01234" and words != "")


def test_krenning_belongs_to_somatostatin_receptors_and_asks_for_what_it_needs() -> None:
    assert "68Ga-DOTATATE only" in assess_krenning(9.0, "68Ga-Pentixafor", {"liver": LIVER}).says
    assert "spleen" in assess_krenning(9.0, "68Ga-DOTATATE", {"liver": LIVER}).says
    assert "needs the liver" in assess_krenning(9.0, "68Ga-DOTATATE", {"spleen": SPLEEN}).says


def test_an_organ_is_measured_in_its_own_sphere_and_only_in_suv() -> None:
    volume = hot_voxel()
    middle = volume.point_at((30.0, 25.0, 20.0))
    assert measure_organ(volume, "liver", middle).max == 1.0, "the hot voxel lies 29 mm away"
    assert measure_organ(volume, "liver", HOT_MM).max == 10.0
    with pytest.raises(ImagingError, match="Bq/ml, not SUV"):
        measure_organ(hot_voxel("Bq/ml"), "liver", middle)
