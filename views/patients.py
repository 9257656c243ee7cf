"""The worklist: who is waiting, what is suggested and what it rests on; choosing a line opens the review."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from store import WorklistRow
from views import data
from views.assess_panel import show_assessing
from views.case_import import show_import
from views.frame import open_form, open_review
from views.names import explain_set
from views.previews import mark_second, read_small
from views.worklist import ALL, MEETING, choose_rows, make_table, name_tabs, search_rows

HEAD_PX = 35
ROW_PX = 66  # from 65 on, Streamlit breaks text into lines
PICTURE_HELP = (
    "The slice through the hottest lesion, or the projection from the front; the values are on the imaging page. "
    "A 2 in the corner: DOTATATE has a picture too, in the last column"
)


def show() -> None:
    rows = data.fetch_worklist()
    show_assessing(data.the_store().count_unassessed())
    shown = show_filters(rows)
    if not rows:
        st.info("No patients yet. Add one with **Patient**, or import case files.", icon=":material/person_add:")
    elif not shown:
        st.info("Nobody here matches. Empty the search or choose another tab.", icon=":material/search_off:")
    else:
        show_table(shown)


def show_filters(rows: list[WorklistRow]) -> list[WorklistRow]:
    """The line of tabs, search and buttons; returns the rows it leaves."""
    now = datetime.now(UTC)
    names = name_tabs(rows, now.date())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tab = st.segmented_control(
            "Show",
            list(names),
            default=MEETING if choose_rows(rows, MEETING, now.date()) else ALL,
            format_func=names.__getitem__,
            required=True,
            label_visibility="collapsed",
            key="worklist_tab",
            persist_state="session",
        )
        words = st.text_input(
            "Search",
            type="search",
            placeholder="ID, subtype, finding …",
            label_visibility="collapsed",
            live=True,
            key="worklist_search",
            persist_state="session",
        )
        if st.button("Patient", icon=":material/person_add:", help="Enter a patient's results by hand"):
            open_form(None)
        show_import()
    return search_rows(choose_rows(rows, tab or ALL, now.date()), words or "")


def show_table(rows: list[WorklistRow]) -> None:
    event = st.dataframe(
        make_pictured_table(rows),
        hide_index=True,
        row_height=ROW_PX,
        height=HEAD_PX + min(len(rows), 10) * ROW_PX + 3,
        column_config=configure_columns(),
        placeholder="—",
        # Other lines are another table: in one whose lines have changed the first click is lost.
        key=f"worklist_table:{hash(tuple(row.patient_id for row in rows))}",
        on_select="rerun",
        selection_mode="single-cell",
        alt="Worklist of patients",
    )
    if event.selection.cells:
        open_review(rows[event.selection.cells[0][0]].patient_id)


def make_pictured_table(rows: Sequence[WorklistRow]) -> pd.DataFrame:
    """The worklist's lines with the picture of the first tracer, and of the second where anybody has one."""
    table = make_table(rows, datetime.now(UTC))
    second = [read_small(row.second_thumbnail) for row in rows]
    table["Picture"] = [mark_second(read_small(row.thumbnail), other) for row, other in zip(rows, second, strict=True)]
    if any(second):
        table["Second"] = second
    return table


def configure_columns() -> dict[str, Any]:
    """Widths that stand in a window of 1024 px. Narrower, a column whose text does not fit keeps Streamlit from breaking
    any text of the page into lines."""
    column = st.column_config
    return {
        "Alert": column.TextColumn("⚠", width=32, help="Something urgent: open the review"),
        "ID": column.TextColumn(pinned=True, width=52),
        "Age": column.TextColumn("Age", width=48, help="Age and sex"),
        "Suggestion": column.TextColumn(width=118, help=f"More than one: the 90 % set. {explain_set()}"),
        "Bar": column.ProgressColumn("", width=42, min_value=0, max_value=1, format=" "),
        "Probability": column.TextColumn(width=74, help="Of the leading class, with its 95 % interval"),
        "Rests on": column.TextColumn(width=140, help="The strongest findings for the leading class"),
        "Next": column.TextColumn("Next test", width=108, help="The test expected to tell most (bits)"),
        "Picture": column.ImageColumn("PET", width=52, help=PICTURE_HELP),
        "Images": column.TextColumn("Tracers", width=82),
        "Updated": column.TextColumn(width=60, alignment="right", help="How long ago"),
        "Second": column.ImageColumn("DOTATATE", width=84, help="The same of the second tracer"),
    }
