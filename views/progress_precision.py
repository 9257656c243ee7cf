"""How sure the trial will be: each class of today's mix at the full number, and what it is counted for."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from trial.cohort import CohortRecord, Enrolment
from trial.intervals import Interval
from trial.precision import TOGETHER, ExpectedPrecision, estimate_precision
from trial.schedule import Schedule, load_schedule
from trial.targets import load_plan
from views.names import subtype_name
from views.subtype_choice import Subtypes, follow_line, keep_chosen
from views.words import UNKNOWN

WITHOUT = "No Cushing's, together"
SPECIFICITY = (
    "Who turns out to have no endogenous Cushing's syndrome is nobody to be found: for these classes right means cleared. They "
    "count together, in the last line, for the specificity of Cushing's syndrome."
)
CUSHING = load_plan().targets["cushing"]
RIGHT = st.column_config.TextColumn(width=65, help="Expected at today's mix", alignment="right")
PRECISION_WIDTHS = {
    "Subtype": st.column_config.TextColumn(width=175),
    "Counts for": st.column_config.TextColumn(
        width=95, help="Sensitivity: how many with the target are found. Specificity: how many without it are cleared."
    ),
    "Now": st.column_config.NumberColumn(width=55, help="With this reference diagnosis today"),
    "Interval then": st.column_config.TextColumn(width=95, help="95 %, at the full number"),
    "Needed": st.column_config.TextColumn(width=75, help="For the half width wanted", alignment="right"),
    "Missing": st.column_config.TextColumn(width=75, help="Still needed of this class", alignment="right"),
    "To enrol": st.column_config.TextColumn(
        width=75, help="Patients to enrol until then, at today's mix", alignment="right"
    ),
}


def show_precision(records: Sequence[CohortRecord], enrolment: Enrolment, chosen: Subtypes = ()) -> None:
    """How wide the interval of each subtype's sensitivity will be at the target, and how many more would make it narrower."""
    st.subheader("How sure it will be", anchor=False)
    schedule = load_schedule()
    counts = Counter(record.reference for record in records if record.reference)
    if not counts:
        st.caption("No reference diagnosis yet, so today's mix cannot say.")
        return
    share, half = _ask_precision(schedule)
    found = estimate_precision(dict(counts.most_common()), enrolment.target, share, half, without=CUSHING.absent)
    shown = [one for one in found if keep_chosen(one.group, chosen) or (one.group == TOGETHER and not chosen)]
    key = f"progress_precision_{chosen}"
    st.dataframe(
        make_precision_table(shown, enrolment.target),
        hide_index=True,
        height="content",
        column_config=PRECISION_WIDTHS | {f"At {enrolment.target}": RIGHT},
        key=key,
        on_select=follow_line(key, [one.group for one in shown], None),
        selection_mode="single-cell",
        alt="Expected precision by subtype",
    )
    st.caption(
        f"Wilson 95 % intervals at the mix of today's {sum(counts.values())} reference diagnoses; needed for ± {100 * half:.0f} %. "
        "Click a line to see only that subtype."
    )
    if any(one.counts_for == "specificity" for one in shown):
        st.caption(SPECIFICITY)


def make_precision_table(found: Sequence[ExpectedPrecision], target: int) -> pd.DataFrame:
    """One line a subtype: how many now and at the target, the interval then, and what is needed for the width asked for."""
    return pd.DataFrame(
        [
            {
                "Subtype": WITHOUT if one.group == TOGETHER else subtype_name(one.group),
                "Counts for": "see last line" if one.needed is None else one.counts_for,
                "Now": one.now,
                f"At {target}": f"{one.expected:.0f}",
                "Interval then": say_share_interval(one.interval),
                "Needed": say_number(one.needed),
                "Missing": say_number(one.more_needed),
                "To enrol": say_number(one.enrol_needed),
            }
            for one in found
        ]
    )


def say_number(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def say_share_interval(interval: Interval | None) -> str:
    return UNKNOWN if interval is None else f"{100 * interval.low:.0f}–{100 * interval.high:.0f} %"


def _ask_precision(schedule: Schedule) -> tuple[float, float]:
    left, right = st.columns(2)
    with left:
        share = st.slider(
            "Share expected right",
            50,
            99,
            round(100 * schedule.expected_share),
            format="%d %%",
            key="progress_share",
            bind="query-params",
        )
    with right:
        half = st.slider(
            "Half width wanted",
            3,
            25,
            round(100 * schedule.half_width),
            format="± %d %%",
            key="progress_half",
            bind="query-params",
        )
    return share / 100, half / 100
