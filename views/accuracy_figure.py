"""A figure of the accuracy page: drawn with its footnote, and saved as picture or data."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from exchange.figures import write_png, write_svg
from views.charts_accuracy import NOTE_LETTERS, Footnote, note_figure
from views.figure import show_figure

SAVED_PX = 760


def show_noted(
    name: str,
    build: Callable[..., Any],
    *inputs: Any,
    note: Footnote,
    rows: Sequence[Any],
    says: str,
    letters: int = NOTE_LETTERS,
    **click: Any,
) -> None:
    """Draw `build(*inputs)` with its note, and offer it as PNG, SVG and its `rows` as CSV under `name`.

    `click`: key, selection and react of a figure that answers a click.
    """
    show_figure(_note, build, note, letters, *inputs, says=says, **click)
    with st.popover("Save", icon=":material/download:", type="tertiary"):
        for ending, kind, write in (("png", "image/png", write_png), ("svg", "image/svg+xml", write_svg)):
            st.download_button(
                ending.upper(),
                _picture(write, build, note, inputs),
                file_name=f"{name}.{ending}",
                mime=kind,
                key=f"accuracy_save_{name}_{ending}",
                on_click="ignore",
            )
        st.download_button(
            "CSV",
            lambda: write_rows(rows, note),
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"accuracy_save_{name}_csv",
            on_click="ignore",
        )


def write_rows(rows: Sequence[Any], note: Footnote) -> bytes:
    """The figure's data with what it was made of in every line, so that no line travels without it."""
    table = pd.DataFrame([row if isinstance(row, dict) else vars(row) for row in rows])
    table["n and choices"], table["method"], table["date"] = note.n, note.method, note.day.isoformat()
    if note.signature:
        table["data"] = note.signature
    return table.to_csv(index=False).encode("utf-8-sig")


def _picture(
    write: Callable[[alt.TopLevelMixin], bytes], build: Callable[..., Any], note: Footnote, inputs: tuple[Any, ...]
) -> Callable[[], bytes]:
    return lambda: write(note_figure(build(*inputs), note).properties(width=SAVED_PX))


def _note(build: Callable[..., Any], note: Footnote, letters: int, *inputs: Any) -> Any:
    return note_figure(build(*inputs), note, letters, on_page=True)
