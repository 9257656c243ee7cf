"""The figures of the accuracy page: what they hold, what stands below them, and that they can be saved."""

from datetime import date
from typing import Any

import pytest

from exchange.figures import write_png, write_svg
from trial.accuracy import compute_accuracy
from trial.head_to_head import Contribution, FoundBy
from trial.inconclusive import ThreeByTwo, slide_inconclusive
from trial.intervals import Estimate, Interval, estimate_proportion
from trial.roc import compute_roc
from trial.threshold import compute_decision_curve
from views.accuracy_figure import write_rows
from views.accuracy_forest import make_forest
from views.accuracy_words import say_observed, say_p, say_points, say_proportion, say_ratio, say_share
from views.charts_accuracy import (
    DIFFERENCES,
    RATIOS,
    Cell,
    Footnote,
    ForestRow,
    chart_cells,
    chart_forest,
    note_figure,
)
from views.charts_accuracy_cut import ValuePoint, chart_benefit, chart_roc, chart_values
from views.charts_accuracy_pairs import chart_slide, chart_upset, name_combination
from views.charts_cut_marks import mark_cut

NOTE = Footnote("n = 82", "Wilson 95 %", date(2026, 11, 23), "Synthetic data")
NAMES = {"pentixafor": "Pentixafor", "dotatate": "DOTATATE", "conventional": "MRI and CT"}
UPSET = Contribution(
    "CD", tuple(NAMES), 5, 3, (),
    (FoundBy(frozenset({"pentixafor"}), ("P1", "P2")), FoundBy(frozenset(), ("P3",)), FoundBy(frozenset(NAMES), ())),
)  # fmt: skip


def data_of(chart: Any) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def all_charts() -> dict[str, Any]:
    curve = compute_roc([1, 1, 0, 0], [4.0, 2.0, 3.0, 1.0])
    accuracy = compute_accuracy(8, 1, 2, 9)
    mark = mark_cut("7.1 in print", accuracy, "as printed", True)
    points = [ValuePoint("P1", "CD", 4.0, True, True), ValuePoint("P2", None, 2.0, False)]
    return {
        "forest": chart_forest(make_forest(accuracy.proportions, "#123456")),
        "ratios": chart_forest([ForestRow("LR−", 0.0, 0.0, 0.9, "0 [0–0.9]")], RATIOS),
        "differences": chart_forest([ForestRow("Se", None, None, None, "— (nobody)")], DIFFERENCES),
        "cells": chart_cells([Cell("Positive", "Target present", "positive-present", 8, "true positive")], None),
        "roc": chart_roc(curve, 1, [mark]) if curve and mark else None,
        "values": chart_values(points, str, "SUVmax (g/ml)", 3.0, [("2 in print", 2.0)]),
        "benefit": chart_benefit(compute_decision_curve(accuracy, [0.1, 0.5]), "this cut-off"),
        "upset": chart_upset(UPSET, NAMES, {}),
        "slide": chart_slide(slide_inconclusive(ThreeByTwo((8, 2, 1), (1, 1, 7))), 0.5),
    }


@pytest.mark.parametrize("name", all_charts())
def test_every_figure_is_drawn_with_its_note_in_print(name: str) -> None:
    svg = write_svg(note_figure(all_charts()[name], NOTE)).decode()
    assert "n = 82 · Wilson 95 % · 23 Nov 2026 · Synthetic data" in svg
    assert "NaN" not in svg


def test_a_figure_can_be_saved_as_png() -> None:
    assert write_png(note_figure(all_charts()["forest"], NOTE)).startswith(b"\x89PNG")


def test_the_forest_shows_both_intervals_and_the_figures_in_words() -> None:
    rows = data_of(all_charts()["forest"])
    se = next(row for row in rows if row["name"] == "Sensitivity")
    assert (se["value"], se["figures"]) == (0.8, "8/10 · 80 % [49–94] · exact [44–97]")
    assert se["thin_low"] < se["low"] < se["value"] < se["high"] < se["thin_high"]


def test_a_ratio_of_zero_is_no_point_on_a_logarithmic_scale_but_keeps_its_interval() -> None:
    row = next(row for row in data_of(all_charts()["ratios"]) if "name" in row)
    assert (row["value"], row["low"], row["high"]) == (None, RATIOS.low, 0.9)


def test_the_room_on_a_page_grows_with_the_note() -> None:
    plain = all_charts()["slide"]
    short, long = (note_figure(plain, NOTE, letters, on_page=True).height for letters in (200, 20))
    assert plain.height < short < long


def test_who_changed_side_is_marked_and_every_subtype_can_be_clicked() -> None:
    rows = [row for row in data_of(all_charts()["values"]) if "code" in row]
    assert {row["name"]: row["code"] for row in rows} == {"P1": "CD", "P2": "none yet"}
    assert rows[0]["size"] > rows[1]["size"]
    assert "subtype" in str(all_charts()["values"].to_dict()["params"])


def test_no_cross_is_drawn_where_a_class_is_empty() -> None:
    assert mark_cut("7", compute_accuracy(3, 0, 1, 0), "here") is None


def test_combinations_are_named_by_who_found_it() -> None:
    assert name_combination(frozenset({"pentixafor"}), NAMES) == "Pentixafor only"
    assert name_combination({"dotatate", "pentixafor"}, NAMES) == "Pentixafor + DOTATATE"
    assert name_combination((), NAMES) == "none of them"
    rows = [row for row in data_of(all_charts()["upset"]) if "who" in row]
    assert [(row["patients"], row["who"]) for row in rows] == [(2, "P1, P2"), (1, "P3"), (0, "nobody")]


def test_saved_data_carries_what_it_was_made_of_in_every_line() -> None:
    lines = write_rows([{"cut-off": 7.1}, {"cut-off": 8.2}], NOTE).decode("utf-8-sig").splitlines()
    assert lines[0] == "cut-off,n and choices,method,date,data"
    assert lines[1:] == [f"{cut},n = 82,Wilson 95 %,2026-11-23,Synthetic data" for cut in ("7.1", "8.2")]


def test_what_cannot_be_told_is_a_dash_with_its_sentence() -> None:
    assert say_proportion(estimate_proportion(0, 0)) == "— (there is nobody to count)"
    assert say_ratio(Estimate(None, None, "", "nobody with the target")) == "— (nobody with the target)"
    assert say_points(Estimate(None, None, "", "nobody had both tests")) == "— (nobody had both tests)"
    assert say_share(Estimate(None, None, "", "there is no lesion to count")) == "— (there is no lesion to count)"
    assert say_p(None, "no positive") == "p — (no positive)"


def test_counted_shares_are_whole_at_the_ends_and_cautious_beside_them() -> None:
    assert [say_observed(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "0 %",
        "< 1 %",
        "50 %",
        "> 99 %",
        "100 %",
    ]
    assert say_proportion(estimate_proportion(4, 4)) == "4/4 · 100 % [51–100] · exact [40–100]"
    assert say_points(Estimate(-0.05, Interval(-0.17, 0.001))) == "−5 [−17 to 0]"
    assert [say_p(p) for p in (0.0004, 0.0074, 1.0)] == ["p < 0.001", "p = 0.0074", "p = 1"]
