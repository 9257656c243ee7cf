"""The outline of the body: unlikely sites are left out, the patient's left lies on the right, sites without a place are listed."""

from typing import Any

from decision.assessment import SiteProbability
from decision.sites import ALL_SITES
from views.charts_body import chart_body


def tables(*sites: tuple[str, float]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The dots and the labels that are drawn."""
    document = chart_body([SiteProbability(*site) for site in sites], str).to_dict()
    found = list(document["datasets"].values())
    dots: list[dict[str, Any]] = next((rows for rows in found if rows and "dot_x" in rows[0]), [])
    labels: list[dict[str, Any]] = next(
        (rows for rows in found if rows and "name" in rows[0] and "dot_x" not in rows[0]), []
    )
    return dots, labels


def test_unlikely_sites_are_left_out_and_the_occult_has_no_dot() -> None:
    dots, labels = tables(("lung", 0.6), ("occult", 0.395), ("pancreas", 0.005))
    assert [(line["name"], line["figures"]) for line in labels] == [
        ("lung (either side)", "60 %"),
        ("occult", "40 %"),
    ]
    assert {dot["name"] for dot in dots} == {"lung (either side)"}


def test_a_lung_without_a_side_is_one_ring_in_the_middle_and_never_two_dots() -> None:
    dots, _ = tables(("lung", 0.6), ("mediastinum", 0.3))
    (lung,) = (dot for dot in dots if dot["name"].startswith("lung"))
    assert lung["dot_x"] == 0 and lung["sided"] is False
    (other,) = (dot for dot in dots if dot["name"] == "mediastinum")
    assert other["sided"] is True and abs(other["dot_y"] - lung["dot_y"]) > 0.07, "neither covers the other"


def test_the_left_adrenal_lies_on_the_right_of_the_picture() -> None:
    dots, _ = tables(("adrenal_left", 0.7), ("adrenal_right", 0.3))
    place = {dot["name"]: dot["dot_x"] for dot in dots}
    assert place["adrenal_left"] > 0 > place["adrenal_right"]


def test_every_site_of_the_contract_can_be_drawn() -> None:
    for site in ALL_SITES:
        dots, labels = tables((site, 1.0))
        assert len(labels) == 1
        assert bool(dots) == (site not in ("other", "occult", "none"))


def test_no_site_is_still_a_figure() -> None:
    assert tables() == ([], [])
