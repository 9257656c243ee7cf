"""Which reference diagnoses the trial's pages show: one choice for all of them, kept in the address.

A click on a subtype in any figure or table makes it, a second click or the button beside it takes it back.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from decision.vocabulary import load_vocabulary
from views import state
from views.charts_cohort import NO_REFERENCE, NO_REFERENCE_NAME, SELECTION
from views.names import subtype_name
from views.words import say_list

CHOICE = "diagnosis"
COLUMN = "Reference"
FOLLOWS = "A click on a subtype in a figure or table of the trial's pages chooses it too, and every figure follows."
Subtypes = tuple[str | None, ...]


def ask_subtypes() -> Subtypes:
    """The reference diagnoses shown (None: no reference yet), everybody when empty; the choice stands on top of the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Reference diagnoses", icon=":material/filter_alt:", help=FOLLOWS):
            picked = st.pills(
                "Only these reference diagnoses",
                [*load_vocabulary().subtypes, NO_REFERENCE],
                selection_mode="multi",
                format_func=name_code,
                key=CHOICE,
                bind="query-params",
            )
        chosen = _decode(picked or ())
        st.markdown(f"**only {say_chosen(chosen)}**" if chosen else ":gray[everybody]", width="content")
        if chosen:
            st.button("Everybody", icon=":material/close:", key="diagnosis_release", on_click=release_subtypes)
    return chosen


def read_choice() -> Subtypes:
    """What was chosen on top of the page."""
    return _decode(state.widget_value(CHOICE) or ())


def release_subtypes() -> None:
    """Everybody again."""
    state.set_widget(CHOICE, [])


def _decode(codes: Iterable[str]) -> Subtypes:
    return tuple(None if code == NO_REFERENCE else code for code in codes)


def follow_subtype(figure_key: str) -> Callable[[], None]:
    """What a click on a subtype in a figure does: choose it on top of the page, or release it."""

    def follow() -> None:
        toggle_subtypes(read_selection(state.widget_value(figure_key)))

    return follow


def follow_line(table_key: str, subtypes: Sequence[str | None], column: str | None = COLUMN) -> Callable[[], None]:
    """What a click in a table does whose lines are of these subtypes: in the column (None: in any) it chooses the line's."""

    def follow() -> None:
        row = find_line(state.widget_value(table_key), column)
        if row is not None and row < len(subtypes):
            toggle_subtypes([subtypes[row]])

    return follow


def find_line(event: Any, column: str | None = COLUMN) -> int | None:
    """The line whose cell was clicked in the column (None: in any)."""
    cells = (event or {}).get("selection", {}).get("cells") or []
    return next((int(row) for row, name in cells if column in (None, name)), None)


def find_other_line(event: Any) -> int | None:
    """The line that was clicked elsewhere than in the column of the reference diagnosis."""
    cells = (event or {}).get("selection", {}).get("cells") or []
    return next((int(row) for row, name in cells if name != COLUMN), None)


def toggle_subtypes(picked: Sequence[str | None]) -> None:
    """Choose these, or release them where all of them are chosen; what is no subtype ("none named") chooses nothing."""
    known = {*load_vocabulary().subtypes, NO_REFERENCE}
    codes = [code for code in dict.fromkeys(one or NO_REFERENCE for one in picked) if code in known]
    now = list(state.widget_value(CHOICE) or [])
    more = [code for code in codes if code not in now]
    if codes:
        state.set_widget(CHOICE, [*now, *more] if more else [code for code in now if code not in codes])


def read_selection(event: Any) -> Subtypes:
    """The subtypes of a chart's selection; empty when none was clicked."""
    picked = (event or {}).get("selection", {}).get(SELECTION) or []
    return _decode(code for item in picked for code in _codes(item))


def _codes(item: Any) -> Iterable[str]:
    return [item[name] for name in ("code", "other") if name in item]


def name_code(code: str | None) -> str:
    return NO_REFERENCE_NAME if code in (None, NO_REFERENCE) else subtype_name(str(code))


def say_chosen(chosen: Sequence[str | None]) -> str:
    """ "Adenoma and Ectopic ACTH"; "everybody" when nothing is chosen."""
    return say_list([name_code(code) for code in chosen]) if chosen else "everybody"


def say_only(chosen: Sequence[str | None]) -> str | None:
    """ "only Adenoma", for the note below a figure; None when everybody is shown."""
    return f"only {', '.join(map(name_code, chosen))}" if chosen else None


def keep_chosen(subtype: str | None, chosen: Sequence[str | None]) -> bool:
    """Whether somebody with this reference diagnosis is shown."""
    return not chosen or subtype in chosen
