"""The statistics' self-check on the page: every published example, expected beside computed."""

import pandas as pd
import streamlit as st

from trial.selfcheck import CheckLine, check_examples, load_examples
from views.words import UNKNOWN


def show_check() -> None:
    """Run once a server; a table of every number, the wrong ones first."""
    lines = _check()
    wrong = sum(not line.agrees for line in lines)
    title = f"Self-check of the statistics: {len(lines) - wrong} of {len(lines)} published numbers agree"
    icon = ":material/error:" if wrong else ":material/check_circle:"
    opened = st.expander(title, icon=icon, key="progress_check", on_change="rerun")
    if opened.open:
        with opened:
            st.dataframe(make_check_table(lines), hide_index=True, alt="Published examples, expected and computed")


def make_check_table(lines: tuple[CheckLine, ...]) -> pd.DataFrame:
    """One line a number, the wrong ones first."""
    return pd.DataFrame(
        [
            {
                "": "✓" if line.agrees else "WRONG",
                "Example": line.id,
                "Method": line.method,
                "Quantity": line.key,
                "Expected": UNKNOWN if line.expected is None else f"{line.expected:g}",
                "Computed": UNKNOWN if line.got is None else f"{line.got:.6g}",
                "Source": line.source,
            }
            for line in sorted(lines, key=lambda line: line.agrees)
        ]
    )


@st.cache_resource(max_entries=1, show_spinner="Checking the statistics")
def _check() -> tuple[CheckLine, ...]:
    return tuple(check_examples(load_examples()))
