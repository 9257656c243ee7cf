"""The STARD flow on the page: one a test and target, live; a click on a box lists its patients."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from trial.flow import Box, Flow, compute_flow
from trial.participant import Participant
from trial.targets import load_plan
from views import data, state
from views.accuracy_figure import show_noted
from views.charts_accuracy import Footnote
from views.charts_flow import SELECTION, chart_flow, name_path, say_reasons
from views.frame import open_review
from views.words import escape, say_count

ROW_PX = 35
CHOSEN = "flow_box"


def show_flow(people: Sequence[Participant], signature: str | None) -> None:
    """The flow, whether it adds up, and who is in the chosen box."""
    st.subheader("Flow (STARD 2015)", anchor=False)
    plan = load_plan()
    tests, targets = (
        {test.name: test.code for test in plan.tests},
        {target.name: code for code, target in plan.targets.items()},
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        test = st.segmented_control(
            "Index test", list(tests), default=next(iter(tests)), required=True, key="flow_test", bind="query-params"
        )
        target = st.selectbox("Target", list(targets), key="flow_target", bind="query-params", width=330)
        flow = compute_flow(people, tests[test or next(iter(tests))], plan.targets[targets[target]])
        chosen = _ask_box(flow)
    note = Footnote(f"n = {flow.boxes[0].count} screened", f"STARD 2015; {test}, {target}", date.today(), signature)
    rows = [
        {"box": box.code, "label": box.label, "patients": box.count, "reasons": say_reasons(box)} for box in flow.boxes
    ]
    says = "; ".join(f"{box.label} {box.count}" for box in flow.boxes if box.count)
    # Another choice draws another figure, so that no click from before stays in it.
    key = f"flow_{test}_{target}_{chosen}"
    show_noted(
        "flow", chart_flow, flow, chosen, note=note, rows=rows, says=says, key=key, selection=SELECTION,
        react=follow_box(key),
    )  # fmt: skip
    show_faults(flow)
    if chosen:
        show_box(flow, flow.find(chosen))


def _ask_box(flow: Flow) -> str | None:
    """The box whose patients are listed; it stands in the address under its own name, without counts."""
    boxes = {name_path(box, flow): box for box in flow.boxes}
    name = st.selectbox(
        "Patients of a box",
        list(boxes),
        index=None,
        placeholder="Click a box, or choose one",
        key=CHOSEN,
        bind="query-params",
        width=420,
    )
    return boxes[name].code if name in boxes else None


def follow_box(figure_key: str) -> Callable[[], None]:
    """What a click on a box does: its patients are listed, and it stands in the address."""

    def follow() -> None:
        event: Any = state.widget_value(figure_key) or {}
        picked = event.get("selection", {}).get(SELECTION) or []
        name = next((item["path"] for item in picked if "path" in item), None)
        if name:
            state.set_widget(CHOSEN, name)

    return follow


def show_faults(flow: Flow) -> None:
    """That every box is the sum of those below it, or which patients break it."""
    if not flow.faults:
        st.caption("The totals reconcile: every box is the sum of the boxes it divides into.")
        return
    lines = "\n".join(f"- **{fault.patient_id}**: {fault.says}" for fault in flow.faults)
    st.warning(f"{say_count(len(flow.faults), 'record')} to look at:\n{lines}", icon=":material/rule:")


def show_box(flow: Flow, box: Box) -> None:
    """The patients of a box; a line opens the review."""
    st.markdown(f"**{escape(name_path(box, flow))}**: {say_count(box.count, 'patient')}")
    if not box.count:
        return
    if box.reasons:
        st.caption(f"Why: {say_reasons(box)}")
    event = st.dataframe(
        pd.DataFrame({"ID": box.patients}), hide_index=True, height=min(box.count + 1, 8) * ROW_PX + 3, on_select="rerun",
        selection_mode="single-row", key=f"flow_people_{box.code}_{flow.test}_{flow.target}", alt=f"Patients of {box.label}",
    )  # fmt: skip
    chosen = box.patients[event.selection.rows[0]] if event.selection.rows else None
    if chosen and data.the_store().fetch_patient(chosen):  # somebody not enrolled has a screening number and no review
        open_review(chosen)
