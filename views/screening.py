"""Screening: one person is entered, and everybody screened is listed with why they did not take part."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from store import ScreenedPerson
from trial.screening import Criterion, count_reasons, list_reasons, load_criteria
from views import data, state
from views.asked_field import AskedLine, asked_in_screening, show_asked
from views.charts_quality import chart_reasons
from views.figure import show_figure
from views.kept_fields import settle_choice
from views.quality_data import sign
from views.screening_form import CHOSEN, show_form
from views.words import UNKNOWN, say_count, say_date, say_sex

DECISIONS = {"enrolled": "enrolled", "not_enrolled": "not enrolled", "pending": "pending"}
ANSWERS = {"yes": "yes", "no": "no", "not_applicable": "n/a", None: UNKNOWN}
ROW_PX = 35
WIDTHS_PX = {"Decision": 92, "Main reason": 165, "Consent": 105}


def show() -> None:
    log = data.the_store().trial.fetch_screened()
    counts = {code: sum(person.decision == code for person in log) for code in DECISIONS}
    st.markdown(
        f"**{len(log)}** screened: **{counts['enrolled']}** enrolled, **{counts['not_enrolled']}** not enrolled, "
        f"**{counts['pending']}** pending."
    )
    show_entry(log)
    if not log:
        st.info("Nobody in the screening log yet: enter the first above.", icon=":material/person_add:")
        return
    show_reasons(log)
    show_log(log)


def show_entry(log: Sequence[ScreenedPerson]) -> None:
    """A new line, or one chosen to be corrected; a query about a line opens it."""
    asked = asked_in_screening(log)
    with st.expander("Enter a person screened", icon=":material/person_add:", expanded=bool(asked and not asked.line)):
        show_form(log)
    settle_choice(CHOSEN)
    if asked:
        show_asked(asked.field)
        _open_once(asked)
    known = {one.screening_id: one for one in log}
    chosen = st.selectbox(
        "Correct or decide a line",
        list(known),
        index=None,
        format_func=lambda number: _say_line(known[number]),
        placeholder="Choose one of the log",
        key=CHOSEN,
        width=420,
    )
    if chosen:
        with st.container(border=True):
            show_form(log, known[chosen], asked.field.name if asked and asked.line == chosen else None)


def _open_once(asked: AskedLine) -> None:
    """The line that an address asks about is opened when it comes; afterwards another may be chosen."""
    opened = state.draft("screening_asked")
    if asked.line and opened.get("last") != asked:
        state.set_widget(CHOSEN, asked.line)
        opened["last"] = asked


def _say_line(person: ScreenedPerson) -> str:
    return " · ".join(filter(None, (person.screening_id, person.patient_id, DECISIONS[person.decision])))


def show_reasons(log: Sequence[ScreenedPerson]) -> None:
    """How often each main reason was given, of everybody screened."""
    failures = [person for person in log if person.decision == "not_enrolled"]
    st.subheader(f"Why not ({len(failures)})", anchor=False)
    if not failures:
        st.caption("Nobody was turned away so far.")
        return
    rows = [
        {"title": row.title, "people": row.people, "says": f"{row.people}/{row.of}"}
        for row in count_reasons([person.reason for person in failures], len(log))
    ]
    says = sign(len(log), "main reason of those not enrolled, of everybody screened")
    show_figure(chart_reasons, rows, says, key="screening_reasons", says="Reasons for not taking part")


def show_log(log: Sequence[ScreenedPerson]) -> None:
    """The table, filtered by decision and main reason; both stand in the address."""
    st.subheader("Everybody screened", anchor=False)
    shown = _filter(log)
    st.caption(
        f"{say_count(len(shown), 'person', 'people')} of {len(log)}. "
        "Those not enrolled leave no pseudonym and an age band only."
    )
    if shown:
        st.dataframe(
            make_log_table(shown),
            hide_index=True,
            height=min(len(shown) + 1, 15) * ROW_PX + 3,
            column_config={name: st.column_config.TextColumn(width=px) for name, px in WIDTHS_PX.items()},
            alt="Screening log",
        )


def _filter(log: Sequence[ScreenedPerson]) -> list[ScreenedPerson]:
    titles = list_reasons()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        decisions = st.pills(
            "Decision",
            list(DECISIONS),
            selection_mode="multi",
            format_func=DECISIONS.__getitem__,
            key="screening_decision",
            bind="query-params",
        )
        reasons = st.multiselect(
            "Main reason", list(titles), format_func=titles.__getitem__, key="screening_reason", bind="query-params"
        )
    return [
        person
        for person in log
        if (not decisions or person.decision in decisions) and (not reasons or person.reason in reasons)
    ]


def make_log_table(log: Sequence[ScreenedPerson]) -> pd.DataFrame:
    """One row a person, the latest first."""
    reasons = list_reasons()
    return pd.DataFrame([_make_row(person, reasons) for person in reversed(log)])


def _make_row(person: ScreenedPerson, reasons: dict[str, str]) -> dict[str, str]:
    return {
        "No.": person.screening_id,
        "Screened": say_date(person.screened_on),
        "Age": person.age_band or UNKNOWN,
        "Sex": say_sex(person.sex),
        "Decision": DECISIONS[person.decision],
        "ID": person.patient_id or UNKNOWN,
        "Main reason": reasons.get(person.reason or "", person.reason or UNKNOWN),
        "Consent": person.consent_type or UNKNOWN,
        "Consent on": say_date(person.consented_on),
        **{_name_criterion(one): ANSWERS[person.criteria.get(one.code)] for one in load_criteria()},
        "Other reasons": person.other_reasons or UNKNOWN,
        "Decided by": person.decided_by or UNKNOWN,
    }


def _name_criterion(criterion: Criterion) -> str:
    return f"{'+' if criterion.kind == 'inclusion' else '−'} {criterion.title}"
