"""The STARD flow on the page: one a test and target, live; a click on a box lists its patients."""

from collections.abc import Sequence
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
from views.charts_flow import SELECTION, chart_flow, say_reasons
from views.frame import open_review
from views.words import say_count

ROW_PX = 35


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
    note = Footnote(f"n = {flow.boxes[0].count} screened", f"STARD 2015; {test}, {target}", date.today(), signature)
    rows = [
        {"box": box.code, "label": box.label, "patients": box.count, "reasons": say_reasons(box)} for box in flow.boxes
    ]
    says = "; ".join(f"{box.label} {box.count}" for box in flow.boxes if box.count)
    show_noted(
        "flow", chart_flow, flow, note=note, rows=rows, says=says, key=f"flow_{test}_{target}", selection=SELECTION
    )
    show_faults(flow)
    show_box(flow)


def show_faults(flow: Flow) -> None:
    """That every box is the sum of those below it, or which patients break it."""
    if not flow.faults:
        st.caption("The totals reconcile: every box is the sum of the boxes it divides into.")
        return
    lines = "\n".join(f"- **{fault.patient_id}**: {fault.says}" for fault in flow.faults)
    st.warning(f"{say_count(len(flow.faults), 'record')} to look at:\n{lines}", icon=":material/rule:")


def show_box(flow: Flow) -> None:
    """The patients of a box, by choice or by a click on the figure; a line opens the review."""
    boxes = {f"{_path(box, flow)} ({box.count})": box for box in flow.boxes if box.count}
    clicked = _clicked(flow)
    names = list(boxes)
    start = next((place for place, box in enumerate(boxes.values()) if box.code == clicked), None)
    name = st.selectbox(
        "Patients of a box",
        names,
        index=start,
        placeholder="Click a box, or choose one",
        key=f"flow_box_{clicked}_{flow.test}_{flow.target}",
    )
    if name is None:
        return
    box, key = boxes[name], f"{flow.test}_{flow.target}"
    if box.reasons:
        st.caption(f"Why: {say_reasons(box)}")
    event = st.dataframe(
        pd.DataFrame({"ID": box.patients}), hide_index=True, height=min(box.count + 1, 8) * ROW_PX + 3,
        on_select="rerun", selection_mode="single-row", key=f"flow_people_{box.code}_{key}", alt=f"Patients of {box.label}",
    )  # fmt: skip
    chosen = box.patients[event.selection.rows[0]] if event.selection.rows else None
    if chosen and data.the_store().fetch_patient(chosen):  # somebody not enrolled has a screening number and no review
        open_review(chosen)


def _clicked(flow: Flow) -> str | None:
    plan = load_plan()
    test = next(item.name for item in plan.tests if item.code == flow.test)
    event: Any = state.widget_value(f"flow_{test}_{plan.targets[flow.target].name}") or {}
    picked = event.get("selection", {}).get(SELECTION) or []
    return next((item["code"] for item in picked if "code" in item), None)


def _path(box: Box, flow: Flow) -> str:
    """The label, with the boxes it comes from where several have the same."""
    parents = [flow.find("/".join(box.code.split("/")[: place + 1])).label for place in range(len(box.code.split("/")))]
    return " · ".join(parents)
