"""The threshold workbench: a cut-off is moved, and table, curve, net benefit and the patients who change side follow."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import streamlit as st

from trial.cutoffs import Cutoff, load_cutoffs
from trial.roc import compute_roc
from trial.targets import load_plan
from trial.threshold import ThresholdResult
from views import state
from views.accuracy_area import assess_area
from views.accuracy_benefit import show_benefit, show_published
from views.accuracy_choices import Choices, Matter
from views.accuracy_cut import (
    Span,
    apply_cut,
    estimate_best,
    find_changed,
    find_span,
    make_marks,
    make_points,
    say_best,
)
from views.accuracy_data import Material
from views.accuracy_figure import show_noted
from views.accuracy_people import ask_cell, follow_cell, show_people
from views.accuracy_scores import INDEXES, Index, Scored, list_all_values, list_scores, points_down
from views.accuracy_words import say_area, say_proportion, say_ratio, say_reasons
from views.charts_accuracy import CELL, HALF_LETTERS, HALF_PX, Cell, chart_cells
from views.charts_accuracy_cut import chart_roc, chart_values
from views.charts_cohort import SELECTION
from views.charts_cut_marks import CUT
from views.cohort import PLACES
from views.names import subtype_name
from views.subtype_choice import follow_subtype
from views.words import UNKNOWN

SIDES = {1: "at or above", -1: "at or below"}
CELL_NAMES = {"tp": "True positive", "fp": "False positive", "fn": "False negative", "tn": "True negative"}
DEPENDS: tuple[Matter, ...] = ("test", "target", "unit")


def show_threshold(material: Material, choices: Choices) -> None:
    """The part of the page about one number and its cut-off."""
    if choices.test.tracer is None:
        st.info(
            "MRI and CT have no number to cut: choose a tracer above. ACTH is offered beside the uptake of a tracer."
        )
        return
    index, place, sign = _ask_index(choices)
    published = load_cutoffs().find(index.code, str(choices.test.tracer)) if index.of_scan else ()
    span = find_span(list_all_values(material.cases, index, choices.test), published)
    if span is None:
        st.info(f"{index.name} {UNKNOWN}: no patient has it ({index.says}).", icon=":material/straighten:")
        return
    scored = list_scores(
        material.people, material.cases, index, choices.test, choices.target, unit=choices.unit, place=place, sign=sign
    )
    cut, before = ask_cut(index, choices, span)
    if not scored.scores:
        st.info(f"No value with a truth in these patients: {say_reasons(scored.missing)}.")
        return
    show_bench(material, choices, (index, scored, published), (cut, before))


def _ask_index(choices: Choices) -> tuple[Index, str, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.segmented_control(
            "Number", list(INDEXES), default="suv_max", required=True, format_func=lambda one: INDEXES[one].name,
            key="accuracy_index", bind="query-params",
        )  # fmt: skip
        index = INDEXES[code or "suv_max"]
        place = "all"
        if index.of_scan and not index.adrenal:
            place = st.segmented_control(
                "Where", list(PLACES), default="all", required=True, format_func=PLACES.__getitem__,
                key="accuracy_place", bind="query-params",
            ) or "all"  # fmt: skip
        down = not index.of_scan and points_down(choices.target, load_plan().targets["acth_dependent"].absent)
        default = -1 if down else 1
        sign = st.segmented_control(
            "Positive", [1, -1], default=default, required=True, format_func=SIDES.__getitem__,
            # Another default is another control, so that the address alone always says which one holds.
            key=f"accuracy_side_{'low' if down else 'high'}", bind="query-params",
        )  # fmt: skip
    return index, place, cast(int, sign or default)


def ask_cut(index: Index, choices: Choices, span: Span) -> tuple[float, float | None]:
    """The slider, and the cut-off it is compared with: the one before, or a number typed. Both stand in the address."""
    name = index.code if not index.of_scan else f"{index.code}_{choices.test.code}"
    key, other = f"accuracy_cut_{name}", f"accuracy_before_{name}"
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        unit = f" ({index.unit})" if index.unit else ""
        cut = st.slider(
            f"Cut-off of {index.name}{unit}: {index.says}", span.low, span.high, span.start, span.step,
            key=key, bind="query-params", on_change=_remember(name, other), format="%.1f",
        )  # fmt: skip
    with right:
        before = st.number_input(
            "Against", span.low, span.high, None, span.step, key=other, bind="query-params", placeholder=UNKNOWN,
            format="%.1f", help="Who changes side is counted from this cut-off: the last one, or one you type.",
        )  # fmt: skip
    state.draft("accuracy_cut")[name] = float(cut)
    return float(cut), None if before is None else float(before)


def _remember(name: str, other: str) -> Callable[[], None]:
    def remember() -> None:
        last = state.draft("accuracy_cut").get(name)
        if last is not None:
            state.set_widget(other, last)

    return remember


def show_bench(
    material: Material,
    choices: Choices,
    asked: tuple[Index, Scored, Sequence[Cutoff]],
    cuts: tuple[float, float | None],
) -> None:
    """Everything that follows from the cut-off."""
    index, scored, published = asked
    cut, before = cuts
    found = apply_cut(scored, cut)
    n = f"n = {len(scored.scores)} ({sum(scored.truths)} with the target) of {scored.of} patients"
    _show_numbers(found, scored)
    with st.container(horizontal=True, gap="large"):
        with st.container(width=HALF_PX):
            _show_roc(material, choices, asked, (found, cut, n))
        with st.container(width=HALF_PX):
            _show_table(material, choices, scored, found, n)
    became, left_it = find_changed(scored, before, cut)
    points = make_points(scored, (*became, *left_it))
    key = f"accuracy_values_{choices.subtypes}_{cut}"
    title = f"{index.name} ({index.unit})" if index.unit else index.name
    show_noted(
        "accuracy_values", chart_values, points, subtype_name, title, cut, [(f"{one.threshold:g} in print", one.threshold)
        for one in published], note=material.note(n, "circle: target present, diamond: absent; dashed: published cut-offs",
        choices, *DEPENDS), rows=points, says=f"{title} by reference diagnosis", key=key, selection=SELECTION,
        react=follow_subtype(key),
    )  # fmt: skip
    _show_changes(material, choices, scored, (before, became, left_it))
    show_benefit(material, choices, found, n)
    show_published(scored, published)
    st.caption(f"Not counted: {say_reasons(scored.missing)}.")


def _show_numbers(found: ThresholdResult, scored: Scored) -> None:
    accuracy = found.accuracy
    with st.container(horizontal=True):
        for name, share in (("Sensitivity", accuracy.sensitivity), ("Specificity", accuracy.specificity)):
            value = UNKNOWN if share.estimate is None else f"{100 * share.estimate:.0f} %"
            st.metric(name, value, border=True, help=say_proportion(share))
    st.markdown(
        f"Sensitivity {say_proportion(accuracy.sensitivity)} · Specificity {say_proportion(accuracy.specificity)}  \n"
        f"PPV {say_proportion(accuracy.ppv)} · NPV {say_proportion(accuracy.npv)}  \n"
        f"LR+ {say_ratio(accuracy.lr_positive)} · LR− {say_ratio(accuracy.lr_negative)}"
    )
    st.caption(say_best(estimate_best(scored.truths, [score.value for score in scored.scores]), scored.sign))


def _show_roc(
    material: Material,
    choices: Choices,
    asked: tuple[Index, Scored, Sequence[Cutoff]],
    drawn: tuple[ThresholdResult, float, str],
) -> None:
    index, scored, published = asked
    found, cut, n = drawn
    area = assess_area(scored, choices.unit == "lesion" and index.per_lesion)
    curve = compute_roc(scored.truths, [score.value for score in scored.scores])
    st.subheader("Curve", anchor=False)
    st.markdown(f"Area {say_area(area.estimate)}, {SIDES[scored.sign]} is positive.")
    for says in area.says:
        st.caption(says)
    if curve is None:
        st.caption(f"The curve is {UNKNOWN}: it needs patients with and without the target.")
        return
    marks = make_marks(scored, found, published, index, cut)
    note = material.note(
        f"{n}; area {say_area(area.estimate)}", f"{area.method}; crosses: Wilson 95 %", choices, *DEPENDS
    )
    show_noted(
        "accuracy_roc", chart_roc, curve, scored.sign, marks, note=note, rows=_list_curve(curve, scored.sign), letters=HALF_LETTERS,
        says=f"ROC of {index.name}, area {say_area(area.estimate)}",
    )  # fmt: skip


def _list_curve(curve: Any, sign: int) -> list[dict[str, float]]:
    rates = zip(curve.thresholds, curve.sensitivity, curve.false_positive_rate, strict=True)
    return [{"cut-off": sign * at, "sensitivity": se, "specificity": 1 - rate} for at, se, rate in rates]


def _show_table(material: Material, choices: Choices, scored: Scored, found: ThresholdResult, n: str) -> None:
    lists = {
        "tp": found.true_positive,
        "fp": found.false_positive,
        "fn": found.false_negative,
        "tn": found.true_negative,
    }
    cells = [
        Cell(row, column, code, len(lists[code]), CELL_NAMES[code].lower())
        for row, column, code in (
            ("Positive", "Target present", "tp"),
            ("Positive", "Target absent", "fp"),
            ("Negative", "Target present", "fn"),
            ("Negative", "Target absent", "tn"),
        )
    ]
    st.subheader("Table at the cut-off", anchor=False)
    chosen = ask_cell("Patients of a cell", CELL_NAMES, "accuracy_cut_cell")
    key = f"accuracy_cut_cells_{chosen}"
    show_noted(
        "accuracy_cut_table", chart_cells, cells, chosen, CUT, note=material.note(n, "counts", choices, *DEPENDS), rows=cells,
        letters=HALF_LETTERS, says="Patients on both sides of the cut-off", key=key, selection=CELL,
        react=follow_cell(key, "accuracy_cut_cell", list(CELL_NAMES)),
    )  # fmt: skip
    if chosen:
        show_people(
            CELL_NAMES[chosen], _patients(lists[chosen], scored), material, choices.test.code, "accuracy_cut_people"
        )


def _show_changes(
    material: Material,
    choices: Choices,
    scored: Scored,
    moved: tuple[float | None, tuple[str, ...], tuple[str, ...]],
) -> None:
    before, became, left_it = moved
    st.subheader("Who changes side", anchor=False)
    if before is None:
        st.caption("Move the cut-off, or type one to compare with: who changes side is listed here with the previews.")
        return
    for title, names in (
        (f"Positive now, negative at {before:g}", became),
        (f"Negative now, positive at {before:g}", left_it),
    ):
        show_people(title, _patients(names, scored), material, choices.test.code, "accuracy_changes")


def _patients(names: Sequence[str], scored: Scored) -> tuple[str, ...]:
    """The patients these values are of, each once: the name of a lesion's value holds its place too."""
    owner = {score.patient_id: patient for score, patient in zip(scored.scores, scored.clusters, strict=True)}
    return tuple(dict.fromkeys(owner[name] for name in names))
