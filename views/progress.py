"""Progress: how far the trial is, when it will be complete, how sure it will be, and the STARD flow."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from trial.accrual import RecentRate, compute_recent_rates
from trial.cohort import CohortRecord, Enrolment, compute_enrolment
from trial.participant import Participant
from trial.schedule import Outlook, foresee_enrolment, load_schedule
from views import data
from views.accuracy_figure import show_noted
from views.charts_accrual import chart_accrual
from views.charts_accuracy import Footnote
from views.progress_check import show_check
from views.progress_flow import show_flow
from views.progress_precision import show_precision
from views.subtype_choice import Subtypes, ask_subtypes, keep_chosen, say_only
from views.words import UNKNOWN, say_date

AS_ENROLLED = "Everybody enrolled counts as screened: the screening log is empty."


def show() -> None:
    cohort = data.fetch_cohort()
    if not cohort.records:
        st.info("No patients yet. Add one on the worklist, or import case files.", icon=":material/groups:")
        return
    chosen = ask_subtypes()
    people = data.fetch_people()
    enrolment = compute_enrolment(cohort.records)
    show_figures(people, cohort.records, enrolment, chosen)
    show_accrual(enrolment, cohort.signature)
    show_precision(cohort.records, enrolment, chosen)
    show_flow(
        [person for person in people if keep_chosen(person.reference.subtype, chosen)],
        " · ".join(filter(None, (say_only(chosen), cohort.signature))) or None,
    )
    show_check()


def show_figures(
    people: Sequence[Participant], records: Sequence[CohortRecord], enrolment: Enrolment, chosen: Subtypes
) -> None:
    """Screened, enrolled, verified, with DOTATATE: each with what it is counted of."""
    shown = [record for record in records if keep_chosen(record.reference, chosen)]
    excluded = sum(person.eligible is False for person in people)
    verified = sum(record.reference is not None for record in shown)
    both = sum("68Ga-DOTATATE" in record.tracers for record in shown)
    with st.container(horizontal=True):
        st.metric("Screened", len(people), border=True, help=f"{excluded} of them not enrolled")
        st.metric("Enrolled", f"{enrolment.enrolled} of {enrolment.target}", border=True)
        st.metric("Reference diagnosis", f"{verified} of {len(records)}", border=True)
        st.metric(
            "With DOTATATE",
            f"{both} of {len(shown)}",
            border=True,
            help="By protocol only when applicable or available",
        )
    if not data.the_store().trial.count_screened():
        st.caption(AS_ENROLLED)
    if chosen:
        st.caption(
            f"Reference diagnosis and DOTATATE: {say_only(chosen)}. Screening and the enrolment below are everybody's."
        )


def show_accrual(enrolment: Enrolment, signature: str | None) -> None:
    """The enrolment curve with the plan and both projections, and the rates of the last weeks."""
    st.subheader("Enrolment", anchor=False)
    if enrolment.last_day is None:
        st.caption("Nobody has an enrolment date yet: nothing can be projected.")
        return
    until = max(date.today(), enrolment.last_day)  # weeks in which nobody came count too
    outlook = foresee_enrolment(enrolment, load_schedule(), until)
    note = Footnote(f"n = {enrolment.enrolled} of {enrolment.target}", say_methods(outlook), date.today(), signature)
    rows = [{"day": day.day, "enrolled": day.enrolled, "total": day.total} for day in enrolment.days]
    says = f"{enrolment.enrolled} enrolled by {say_date(until)}"
    inputs = (enrolment, outlook.planned, outlook.projections, outlook.bands)
    show_noted("enrolment", chart_accrual, *inputs, note=note, rows=rows, says=says)
    st.caption(outlook.says)
    st.dataframe(
        make_rates_table(compute_recent_rates(enrolment, until), outlook),
        hide_index=True,
        height="content",
        alt="Rates and projections",
    )


def say_methods(outlook: Outlook) -> str:
    return "; ".join(projection.method for _, projection in outlook.projections)


def make_rates_table(rates: Sequence[RecentRate], outlook: Outlook) -> pd.DataFrame:
    """Rates of the last weeks, then when each method sees the target reached; "—" with its reason where it cannot tell."""
    rows = [
        {
            "What": f"Last {rate.weeks} weeks",
            "Value": UNKNOWN if rate.per_week.value is None else f"{rate.per_week.value:.1f} a week",
            "95 % interval": _ends(rate.per_week.low, rate.per_week.high),
            "Says": rate.per_week.says or f"{rate.enrolled} enrolled",
        }
        for rate in rates
    ]
    rows += [
        {
            "What": f"Complete, {name}",
            "Value": say_date(one.day),
            "95 % interval": UNKNOWN if one.earliest is None else f"{say_date(one.earliest)} to {say_date(one.latest)}",
            "Says": one.says,
        }
        for name, one in outlook.projections
    ]
    return pd.DataFrame(rows)


def _ends(low: float | None, high: float | None) -> str:
    return UNKNOWN if low is None or high is None else f"{low:.1f} to {high:.1f}"
