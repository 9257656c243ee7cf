"""Queries about the data: by state, each with its thread; answered, closed and opened again with a word of why."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from store import DataQuery, StoreError
from store.trial_store import NEXT
from views import data, state
from views.asked_field import Asked, link_field
from views.frame import REVIEW_PAGE
from views.words import escape, say_date, say_since

STATES = ("open", "answered", "closed")
BUTTONS = {"answered": "Answer", "closed": "Close", "reopened": "Re-open"}


def show_queries(queries: Sequence[DataQuery]) -> None:
    """The list in the chosen states, the latest first."""
    if not queries:
        st.info("No queries yet: raise one from a finding.", icon=":material/help:")
        return
    counts = {one: sum(query.state == one for query in queries) for one in STATES}
    chosen = st.pills(
        "State",
        STATES,
        selection_mode="multi",
        default=STATES[:2],
        format_func=lambda one: f"{one} ({counts[one]})",
        key="quality_states",
    )
    for query in reversed([one for one in queries if one.state in chosen]):
        _show_query(query)


def _show_query(query: DataQuery) -> None:
    raised = query.thread[0].at if query.thread else None
    age = say_since(raised, datetime.now(UTC)) if raised else "—"
    title = (
        f"{query.query_id} · {query.patient_id} · {query.form}: {query.field_name} · {query.state} · raised {age} ago"
    )
    with st.expander(escape(title)):
        with st.container(horizontal=True):
            about = Asked(query.patient_id, query.form, query.field_name, query.query_id)
            link_field(about, f"Go to {query.field_name}", icon=":material/edit:")
            st.page_link(
                REVIEW_PAGE,
                label=f"Review {query.patient_id}",
                icon=":material/person_search:",
                query_params={"patient": query.patient_id},
            )
        for note in query.thread:
            st.markdown(f"**{escape(note.who)}** {note.did}, {say_date(note.at)}: {escape(note.says)}")
        _show_moves(query)


def _show_moves(query: DataQuery) -> None:
    with st.form(f"query_{query.query_id}_{query.state}_{len(query.thread)}", border=False):
        who = st.text_input("Your name or initials")
        says = st.text_area("In a word", placeholder="what was found, or why it is closed or opened again", height=80)
        with st.container(horizontal=True):
            pressed = [
                did
                for did, (allowed, _) in NEXT.items()
                if query.state in allowed and st.form_submit_button(BUTTONS[did])
            ]
        for did in pressed:
            _move(query, did, str(who or "").strip(), str(says or "").strip())


def _move(query: DataQuery, did: str, who: str, says: str) -> None:
    if not who:
        st.error("Not moved: give your name or initials.")
        return
    try:
        data.the_store().trial.move_query(query.query_id or 0, did, who, says)
    except StoreError as error:
        st.error(escape(str(error)))
        return
    state.leave_notice(f"Query {query.query_id} is {did}.")
    st.rerun()
