"""PET findings without published evidence are shown with weight zero, and none stands in for another."""

import pytest

from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"


def read(region: str, uptake: str, tracer: str = PENTIXAFOR, **more: object) -> dict[str, object]:
    return {"modality": "PET", "tracer": tracer, "region": region, "uptake": uptake, **more}


def weights(*reads: dict[str, object]) -> dict[str, tuple[float, str]]:
    found = assess_case(read_case({"case_id": "T1", "imaging": list(reads)}))
    return {reason.block: (reason.weight_db, reason.grade) for reason in found.reasons}


@pytest.mark.parametrize(
    ("reads", "block"),
    [
        ([read("adrenal_left", "equivocal"), read("adrenal_right", "negative")], "pentixafor_adrenal_warm"),
        ([read("lung_left", "positive", DOTATATE), read("lung_left", "negative")], "dotatate_only"),
        ([read("pituitary", "positive", "68Ga-CRH")], "crh_tracer"),
        (
            [read("adrenal_left", "positive", suv_max=11), read("adrenal_right", "positive", suv_max=7)],
            "pentixafor_dominant_side",
        ),
        ([read("adrenal_left", "positive", suv_max=14)], "pentixafor_adrenal_very_high"),
        (
            [read("adrenal_left", "positive", DOTATATE), read("adrenal_right", "negative", DOTATATE)],
            "dotatate_adrenal_one",
        ),
    ],
)
def test_a_pattern_without_published_evidence_is_shown_and_weighs_nothing(
    reads: list[dict[str, object]], block: str
) -> None:
    assert weights(*reads)[block] == (0.0, "none")


def test_a_warm_adrenal_is_not_read_as_a_negative_scan_of_the_other() -> None:
    found = weights(read("adrenal_left", "equivocal"), read("adrenal_right", "negative"))
    assert "pentixafor_adrenal_focal" not in found
    assert "pentixafor_adrenal_focal" in weights(read("adrenal_right", "negative"))


def test_a_positive_adrenal_counts_beside_a_warm_one() -> None:
    found = weights(read("adrenal_left", "positive"), read("adrenal_right", "equivocal"))
    assert found["pentixafor_adrenal_focal"][1] == "surrogate" and "pentixafor_adrenal_warm" not in found


def test_every_pattern_of_the_notes_has_its_block() -> None:
    """Rows 1 to 26 of the table of uptake patterns."""
    rows = " ".join(row.locator for block in load_knowledge().blocks.values() for row in block.rows)
    for number in (1, 2, 3, 4, 5, 6, 7, 12, 15, 16, 19, 24, 26):
        assert f"pet 4 row {number}" in rows, number


def test_two_adrenals_alike_have_no_dominant_side_and_usual_uptake_is_not_very_high() -> None:
    found = weights(read("adrenal_left", "positive", suv_max=9), read("adrenal_right", "positive", suv_max=8))
    assert "pentixafor_dominant_side" not in found
    assert "pentixafor_adrenal_very_high" not in found


@pytest.mark.parametrize("tracer", ["68Ga-DOTATOC", "68Ga-DOTANOC", "Ga-68 DOTA-TOC"])
def test_tracers_of_the_same_receptor_are_read_with_the_evidence_that_pools_them(tracer: str) -> None:
    one, other = weights(read("lung_left", "positive", tracer)), weights(read("lung_left", "positive", DOTATATE))
    assert one["dotatate_extra"] == other["dotatate_extra"]
    assert one["dotatate_extra"][0] > 0


def test_scintigraphy_and_other_tracers_keep_weight_zero() -> None:
    scintigraphy = {"modality": "SRS", "region": "lung_left", "uptake": "positive"}
    assert {weight for weight, _ in weights(scintigraphy).values()} == {0.0}
    assert {weight for weight, _ in weights(read("lung_left", "positive", "18F-DOPA")).values()} == {0.0}


def test_a_site_seen_with_dotatoc_is_moved_as_with_dotatate() -> None:
    def lung(tracer: str) -> float:
        case = read_case({"case_id": "T1", "imaging": [read("lung_left", "positive", tracer)]})
        return next(item.probability for item in assess_case(case).sites if item.site == "lung")

    assert lung("68Ga-DOTATOC") == pytest.approx(lung(DOTATATE))
    assert lung("68Ga-DOTATOC") > lung("18F-DOPA")
