"""What acting on a cut-off is worth, and the published cut-offs beside it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from trial.cutoffs import Cutoff
from trial.threshold import ThresholdResult, compute_decision_curve, compute_net_benefit
from views.accuracy_choices import Choices
from views.accuracy_cut import apply_cut, make_cut_row, say_uptake_warning
from views.accuracy_data import Material
from views.accuracy_figure import show_noted
from views.accuracy_scores import Scored
from views.charts_accuracy_cut import chart_benefit
from views.words import UNKNOWN, escape

GRID = 99


def show_benefit(material: Material, choices: Choices, found: ThresholdResult, n: str) -> None:
    """Acting on the cut-off against acting on everybody and on nobody."""
    st.subheader("Net benefit", anchor=False)
    per_cent = st.slider(
        "Threshold probability: at which you would act (%)", 1, 99, 50, key="accuracy_act", bind="query-params"
    )
    table = found.accuracy.table
    here = compute_net_benefit(table.total, table.tp, table.fp, per_cent / 100)
    everybody = compute_net_benefit(table.total, table.diseased, table.healthy, per_cent / 100)
    shown = [UNKNOWN if one is None else f"{one:+.3f}".replace("-", "−") for one in (here, everybody)]
    st.markdown(f"Acting on this cut-off **{shown[0]}**, on everybody {shown[1]}, on nobody 0.")
    points = compute_decision_curve(found.accuracy, [step / (GRID + 1) for step in range(1, GRID + 1)])
    note = material.note(n, "TP/n − FP/n × t/(1−t); prevalence of these patients", choices, "test", "target", "unit")
    show_noted(
        "accuracy_benefit",
        chart_benefit,
        points,
        "this cut-off",
        note=note,
        rows=points,
        says="Net benefit by threshold",
    )


def show_published(scored: Scored, published: Sequence[Cutoff]) -> None:
    """Each published cut-off in print and in these patients, with its warning."""
    st.subheader("Published cut-offs", anchor=False)
    if not published:
        st.caption("No published cut-off of this number is on file.")
        return
    if scored.sign < 0:
        st.caption("The published cut-offs call positive at or above; turn the side above to compare them.")
        return
    minutes = [score.uptake_minutes for score in scored.scores]
    warnings = [say_uptake_warning(one, minutes) for one in published]
    rows = [
        make_cut_row(one, apply_cut(scored, one.threshold).accuracy, warning)
        for one, warning in zip(published, warnings, strict=True)
    ]
    said = [f"≥ {one.threshold:g}: {says}." for one, says in zip(published, warnings, strict=True) if says]
    if said:
        st.warning("  \n".join(said), icon=":material/timer:")
    # The warnings stand above; what is left is words, which a table breaks into lines.
    table = pd.DataFrame(rows).drop(columns="Warning")
    st.table(table.map(escape), hide_index=True, border="horizontal", alt="Published cut-offs")
