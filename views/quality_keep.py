"""Keeping what a form holds: refused in sentences with everything left as typed, or kept and the fields empty again."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from store import StoreError
from views import state
from views.kept_fields import Fields, release_choice, settle_choice, show_wrong


def keep_record(fields: Fields, wrong: Sequence[str], save: Callable[[], None], notice: str, chosen: str) -> None:
    """Save unless something is `wrong`; afterwards the page is drawn anew with nothing chosen under the key `chosen`."""
    if not wrong:
        try:
            save()
        except StoreError as error:
            wrong = (str(error),)
    if wrong:
        show_wrong(wrong)
        return
    fields.clear()
    release_choice(chosen)
    state.leave_notice(notice)
    st.rerun()


def ask_kept(label: str, lines: Mapping[str, str], key: str) -> str | None:
    """Which of the records that are kept is to be corrected or closed; `lines`: what each number is called."""
    settle_choice(key)
    chosen: str | None = st.selectbox(
        label,
        list(lines),
        index=None,
        format_func=lambda number: f"{number} · {lines[number]}",
        placeholder="Choose one of the table",
        key=key,
        width=420,
    )
    return chosen
