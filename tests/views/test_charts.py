"""The figures say what the assessment says: order, side, colour and figures of each bar."""

from typing import Any

from decision.assessment import Assessment, Pathway, Prior, Reason, SubtypeProbability
from exchange.palette import SUBTYPE_COLOURS
from views.charts import (
    chart_evidence,
    chart_posterior,
    shorten_finding,
    shown_subtypes,
    signed_weight,
    weighed_reasons,
)
from views.names import subtype_name

LESION = Reason(
    "MRI pituitary: lesion 7 mm", "CD", "EAS", 8.1, "A lesion speaks for it", "Author 2015", "verified", "mri"
)
URINE = Reason("UFC 12 × ULN", "EAS", "CD", 5.0, "Very high values", "Author 1999", "surrogate", "ufc")
ELSEWHERE = Reason("DHEAS low", "CPA", "ACC", 3.0, "Low in adenoma", "Author 2010", "expert", "dheas")
SILENT = Reason("Pentixafor pituitary focus", "CD", "EAS", 0.0, "Nothing is published", "", "none", "pet")


def assessment(shares: dict[str, float], prediction_set: tuple[str, ...] = ("CD",)) -> Assessment:
    subtypes = tuple(SubtypeProbability(code, p, max(p - 0.1, 0), min(p + 0.05, 1)) for code, p in shares.items())
    nothing: tuple[Any, ...] = ()
    return Assessment(
        "P017", "1", subtypes, {}, prediction_set, None, nothing, nothing, nothing, nothing, nothing, nothing, nothing,
        Pathway("", (), ""), {}, nothing, Prior("", "", "", ""),
    )  # fmt: skip


def rows(chart: Any) -> list[dict[str, Any]]:
    """The longest table of a figure."""
    tables: list[list[dict[str, Any]]] = list(chart.to_dict()["datasets"].values())
    return max(tables, key=len)


def test_classes_under_one_per_cent_share_the_last_line() -> None:
    shares = {"CD": 0.93, "EAS": 0.06, "CPA": 0.006, "NNH": 0.004}
    drawn = rows(chart_posterior(assessment(shares), subtype_name))
    assert [line["name"] for line in drawn] == ["Cushing's disease", "Ectopic ACTH", "all others"]
    assert [line["figures"] for line in drawn] == ["93 % [83–98]", "6 % [< 1 to 11]", "1 %"]
    assert drawn[0]["colour"] == SUBTYPE_COLOURS["CD"]


def test_a_class_of_the_set_is_shown_however_unlikely() -> None:
    found = shown_subtypes(assessment({"CD": 0.995, "EAS": 0.004, "CPA": 0.001}, ("CD", "EAS")))
    assert [item.subtype for item in found] == ["CD", "EAS"]


def test_each_side_of_the_evidence_is_seen_from_the_leader() -> None:
    assert signed_weight(LESION, "CD") == 8.1
    assert signed_weight(URINE, "CD") == -5.0
    assert signed_weight(ELSEWHERE, "CD") == 0.0
    assert signed_weight(LESION, "EAS") == -8.1


def test_only_findings_that_move_the_leader_are_bars_heaviest_first() -> None:
    assert weighed_reasons([SILENT, URINE, ELSEWHERE, LESION], "CD") == [LESION, URINE]


def test_bars_carry_odds_source_and_the_colour_of_the_class_they_speak_for() -> None:
    drawn = rows(chart_evidence([LESION, URINE], "CD", subtype_name))
    assert [line["weight"] for line in drawn] == [8.1, -5.0]
    assert [line["colour"] for line in drawn] == [SUBTYPE_COLOURS["CD"], SUBTYPE_COLOURS["EAS"]]
    assert drawn[0]["figures"] == "6.5 : 1"
    assert drawn[1]["source"] == "Author 1999"
    assert drawn[1]["favours"] == "Ectopic ACTH over Cushing's disease"


def test_two_findings_of_one_name_keep_two_lines() -> None:
    drawn = rows(chart_evidence([LESION, LESION], "CD", subtype_name))
    assert len({line["line"] for line in drawn}) == 2


def test_a_figure_without_evidence_is_still_a_figure() -> None:
    assert chart_evidence([], "CD", subtype_name).to_dict()["layer"]


def test_findings_are_shortened_by_their_second_unit_alone() -> None:
    assert shorten_finding("Plasma ACTH 46 pg/mL · 10.1 pmol/L") == "Plasma ACTH 46 pg/mL"
    assert shorten_finding("UFC 1940 nmol/24h · 703 µg/24h = 11.4 × ULN") == "UFC 1940 nmol/24h = 11.4 × ULN"
    assert shorten_finding("CT adrenal left: lesion 28 mm, 12 HU") == "CT adrenal left: lesion 28 mm, 12 HU"
