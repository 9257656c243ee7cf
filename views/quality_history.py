"""What was changed of one record of the trial: old and new value, who, why and when, the newest first."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from store import Change
from views import data
from views.words import UNKNOWN


def show_history(whom: str, kind: str, number: int | None = None) -> None:
    """The table behind a box that says how often it was changed."""
    changes = data.the_store().trial.fetch_history(whom, kind, number)
    with st.expander(f"History ({len(changes)})", icon=":material/history:"):
        if changes:
            st.dataframe(make_history(changes), hide_index=True, height="content", alt=f"Changes of the {kind}")
        else:
            st.caption("Never changed since it was taken in.")


def make_history(changes: list[Change]) -> pd.DataFrame:
    """One row a change."""
    return pd.DataFrame(
        [
            {
                "When (UTC)": f"{one.at:%Y-%m-%d %H:%M}",
                "Who": one.who or UNKNOWN,
                "What": say_change(one),
                "Why": one.why or UNKNOWN,
            }
            for one in changes
        ]
    )


def say_change(change: Change) -> str:
    """ "grade 1 → 2; outcome — → resolved"; "entered" for the first line."""
    if change.before is None:
        return "entered"
    return "; ".join(_list_changes("", change.before, change.after or {})) or UNKNOWN


def _list_changes(start: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) or isinstance(new, dict):
            yield from _list_changes(f"{name} ", old or {}, new or {})
        elif old != new:
            yield f"{start}{name} {_say(old)} → {_say(new)}".replace("_", " ")


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNKNOWN if value in (None, "") else str(value).removesuffix(":00+00:00").replace("T", " ")
