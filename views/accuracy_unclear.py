"""Inconclusive reads: what each way of counting them makes of the result, and a slider between the extremes."""

import streamlit as st

from trial.inconclusive import CountedAs, slide_inconclusive
from trial.tabulate import TestAccuracy, assess_test
from views.accuracy_choices import UNCLEAR, Choices
from views.accuracy_data import Material
from views.accuracy_figure import show_noted
from views.accuracy_people import show_people
from views.accuracy_words import ends, say_observed, say_proportion
from views.charts_accuracy import ForestRow, chart_forest
from views.charts_accuracy_pairs import chart_slide
from views.words import say_count

STEPS = 21
WILSON = "thick: Wilson 95 %, thin: Clopper–Pearson 95 %"


def show_unclear(material: Material, choices: Choices) -> None:
    """Every choice side by side, the slider, and who the inconclusive reads are of."""
    found = assess_test(material.people, choices.test.code, choices.target, choices.choice)
    table = found.inconclusive.table
    if not table.total:
        st.info(f"Nobody read with {choices.test.name} has a reference diagnosis that decides this target.")
        return
    st.markdown(
        f"**{table.inconclusive} of {table.total}** reads with a reference are inconclusive for this target "
        f"({table.diseased[1]} with the target, {table.healthy[1]} without); "
        f"{say_observed(found.inconclusive.conclusive_share)} decide."
    )
    rows = [row for option in found.inconclusive.options.values() for row in make_option_rows(option)]
    rows.sort(key=lambda row: row.name.startswith("Specificity"))
    note = material.note(f"n = {table.total} read and verified", WILSON, choices, "test", "target", "reads")
    show_noted(
        "accuracy_inconclusive",
        chart_forest,
        rows,
        note=note,
        rows=rows,
        says="Each way of counting inconclusive reads",
    )
    show_slider(found, material, choices)
    patients = [one for truth in ("present", "absent") for one in found.patients["inconclusive", truth]]
    show_people("Inconclusive reads", patients, material, choices.test.code, "accuracy_unclear_people")


def make_option_rows(option: CountedAs) -> list[ForestRow]:
    """Sensitivity and specificity under one way of counting."""
    return [
        ForestRow(
            f"{name}, {UNCLEAR[option.choice]}",
            share.estimate,
            *ends(share.wilson),
            say_proportion(share, exact=False),
            *ends(share.exact),
        )
        for name, share in (("Sensitivity", option.sensitivity), ("Specificity", option.specificity))
    ]


def show_slider(found: TestAccuracy, material: Material, choices: Choices) -> None:
    """From all inconclusive reads counted negative to all counted positive."""
    share = st.slider(
        "Share of the inconclusive reads counted as positive (%)",
        0,
        100,
        50,
        100 // (STEPS - 1),
        key="accuracy_share",
        bind="query-params",
    )
    points = slide_inconclusive(found.inconclusive.table, STEPS)
    here = min(points, key=lambda point: abs(point.share_positive - share / 100))
    ends_of = [(say_observed(one.sensitivity), say_observed(one.specificity)) for one in (points[0], points[-1])]
    with st.container(horizontal=True):
        for name, value, place in (("Sensitivity", here.sensitivity, 0), ("Specificity", here.specificity, 1)):
            span = f"from {ends_of[0][place]} (all negative) to {ends_of[1][place]} (all positive)"
            st.metric(f"{name} at {share} %", say_observed(value), border=True, help=span)
    table = found.inconclusive.table
    note = material.note(
        f"n = {table.total}, {say_count(table.inconclusive, 'inconclusive read')}",
        "Shinkins 2013, 3×2 table",
        choices,
        "test",
        "target",
        "reads",
    )
    show_noted("accuracy_slider", chart_slide, points, share / 100, note=note, rows=points, says="How the result moves")
