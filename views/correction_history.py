"""What was corrected of a scan's SUV so far, newest first."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from imaging.correction import QUANTITIES, say_value
from store import CorrectionRecord
from views.words import UNKNOWN

_COLUMNS = ["When (UTC)", "Who", "What", "Reason", "SUV factor"]


def show_lines(lines: Sequence[CorrectionRecord]) -> None:
    """The table; nothing where nothing was corrected."""
    if not lines:
        return
    st.markdown("**History of corrections**")
    st.dataframe(
        make_history(lines),
        hide_index=True,
        height="content",
        key="imaging_corrections",
        alt="Corrections of this scan's SUV",
    )


def make_history(lines: Sequence[CorrectionRecord]) -> pd.DataFrame:
    """One row a correction, the newest first."""
    rows = [
        [
            f"{line.corrected_at:%Y-%m-%d %H:%M}" if line.corrected_at else UNKNOWN,
            line.reader or UNKNOWN,
            say_changes(line.before, line.after),
            line.reason,
            f"{_number(line.factor_before)} → {_number(line.factor_after)}",
        ]
        for line in reversed(lines)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def say_changes(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """ "weight 7200 kg → 72 kg; half-life 6586 s → 4058 s"."""
    labels = {one.name: one.label for one in QUANTITIES}
    return "; ".join(
        f"{labels[name]} {_say(name, before.get(name))} → {_say(name, after.get(name))}"
        for name in after
        if name in labels
    )


def _say(name: str, value: object) -> str:
    return UNKNOWN if value is None else say_value(name, value)


def _number(factor: float | None) -> str:
    return UNKNOWN if factor is None else f"{factor:.4g}"
