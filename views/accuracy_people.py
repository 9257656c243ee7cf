"""The patients behind a number: the cell that was clicked, its patients with their pictures.

A click on a line opens the review, on its reference diagnosis shows only that one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from trial.participant import Participant
from views import data, state
from views.accuracy_data import Material
from views.charts_accuracy import CELL
from views.frame import open_review
from views.names import site_name, subtype_name
from views.previews import read_small
from views.subtype_choice import find_other_line, follow_line
from views.words import UNKNOWN, say_count

ROW_PX = 35
TALLEST = 9


def show_people(title: str, patients: Sequence[str], material: Material, test: str, key: str) -> None:
    """The table of these patients with what the test and the reference said of each."""
    st.markdown(f"**{title}** ({say_count(len(patients), 'patient')})")
    if not patients:
        st.caption("Nobody.")
        return
    # Another list is another table: in one whose lines have changed the first click is lost.
    name = f"{key}:{title}:{len(patients)}:{material.key[-1]}"
    event = st.dataframe(
        make_people_table(patients, material, test, fetch_pictures(test)),
        hide_index=True,
        height=min(len(patients) + 1, TALLEST) * ROW_PX + 3,
        column_config={
            "ID": st.column_config.TextColumn(width=65),
            "Picture": st.column_config.ImageColumn(width=60),
        },
        placeholder=UNKNOWN,
        on_select=follow_line(name, _list_references(patients, material)),
        selection_mode="single-cell",
        key=name,
        alt=title,
    )
    row = find_other_line(event)
    if row is not None:
        open_review(patients[row])


def _list_references(patients: Sequence[str], material: Material) -> list[str | None]:
    people = {person.patient_id: person for person in material.everybody}
    return [people[one].reference.subtype for one in patients if one in people]


def make_people_table(
    patients: Sequence[str], material: Material, test: str, pictures: Mapping[str, str | None]
) -> pd.DataFrame:
    """One line a patient: reference diagnosis, what the test said, the preview. Nothing is filled in."""
    people = {person.patient_id: person for person in material.everybody}
    lines = [_line(people[one], test, pictures.get(one)) for one in patients if one in people]
    table = pd.DataFrame(lines, columns=["ID", "Picture", "Reference", "Read", "Named", "Site", "SUVmax"])
    if material.signature:
        table["Data"] = "synthetic"
    return table if table["Picture"].notna().any() else table.drop(columns="Picture")


def fetch_pictures(test: str) -> dict[str, str | None]:
    """The small preview of each patient's scan with this tracer, of another scan where there is none of it."""
    found: dict[str, str | None] = {}
    for series in sorted(data.the_store().fetch_series(), key=lambda one: test not in (one.tracer or "").casefold()):
        if series.preview_path and series.patient_id not in found:
            found[series.patient_id] = read_small(series.preview_path)
    return found


def follow_cell(figure_key: str, widget: str, codes: Sequence[str], selection: str = CELL) -> Callable[[], None]:
    """What a click on a cell does: choose it in the control that stands in the address."""

    def follow() -> None:
        code = read_cell(state.widget_value(figure_key), selection)
        if code in codes:
            state.set_widget(widget, code)

    return follow


def read_cell(event: Any, selection: str = CELL) -> str | None:
    """The code of the cell that was clicked; None when none was."""
    picked = (event or {}).get("selection", {}).get(selection) or []
    return next((str(item["code"]) for item in picked if "code" in item), None)


def ask_cell(label: str, names: Mapping[str, str], widget: str) -> str | None:
    """The control beside the figure that says whose patients are listed; a parameter of the address."""
    return st.selectbox(
        label,
        list(names),
        index=None,
        placeholder="Click a cell, or choose one",
        format_func=lambda code: names.get(code, code),
        key=widget,
        bind="query-params",
    )


def _line(person: Participant, test: str, picture: str | None) -> dict[str, object]:
    read = person.find_test(test)
    reference = person.reference
    return {
        "ID": person.patient_id,
        "Reference": subtype_name(reference.subtype) if reference.subtype else UNKNOWN,
        "Read": read.result or (UNKNOWN if read.done is not False else "not done"),
        "Named": subtype_name(read.subtype) if read.subtype else UNKNOWN,
        "Site": site_name(read.site) if read.site else UNKNOWN,
        "SUVmax": read.suv_max,
        "Picture": picture,
    }
