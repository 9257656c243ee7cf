"""What cannot be right, one line a finding: the patient to open, the sentence, and a query to raise."""

from collections.abc import Sequence

import streamlit as st

from store import DataQuery, StoreError
from trial.quality import Finding
from views import data, state
from views.asked_field import Asked, link_field
from views.words import escape, say_count

SHOWN = 25
BADGES = {"error": ":red-badge[:material/error: error]", "warning": ":orange-badge[:material/warning: check]"}


def show_findings(findings: Sequence[Finding], queries: Sequence[DataQuery]) -> None:
    """Errors first; a filter by kind where there are many."""
    if not findings:
        st.success("No check finds anything.", icon=":material/check:")
        return
    kinds = sorted({_name_kind(one) for one in findings})
    chosen = st.multiselect("Only", kinds, placeholder="every kind of finding", key="quality_kinds")
    shown = [one for one in findings if not chosen or _name_kind(one) in chosen]
    st.caption(
        f"{say_count(len(shown), 'finding')}. A value that is not known is compared with nothing. A case whose SUVmean is above "
        "its SUVmax is refused when it is entered; the check looks at measurements as well. The link opens the field."
    )
    for place, finding in enumerate(shown[:SHOWN]):
        _show_finding(place, finding, queries)
    if len(shown) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(shown)}: choose a kind above to see the others.")


def _name_kind(finding: Finding) -> str:
    return f"{finding.form}: {finding.field_name}"


def _show_finding(place: int, finding: Finding, queries: Sequence[DataQuery]) -> None:
    link, words, ask = st.columns([2, 10, 5], vertical_alignment="center")
    with link:
        link_field(Asked(finding.patient_id, finding.form, finding.field_name), finding.patient_id)
    words.markdown(f"{BADGES[finding.severity]} **{escape(_name_kind(finding))}** {escape(finding.says)}")
    asked = [one for one in queries if _is_about(one, finding)]
    with ask:
        if asked:
            st.markdown(f":gray-badge[query {asked[-1].query_id}: {asked[-1].state}]")
        else:
            _show_asking(place, finding)


def _is_about(query: DataQuery, finding: Finding) -> bool:
    same = (query.patient_id, query.form, query.field_name) == (finding.patient_id, finding.form, finding.field_name)
    return same and query.rule in (finding.check, None)


def _show_asking(place: int, finding: Finding) -> None:
    key = f"ask_{finding.patient_id}_{finding.check}_{place}"
    with st.popover("Raise a query"), st.form(key, border=False):
        who = st.text_input("Your name or initials")
        says = st.text_area("Question", finding.says)
        if st.form_submit_button("Raise"):
            _raise(finding, str(who or "").strip(), str(says or "").strip())


def _raise(finding: Finding, who: str, says: str) -> None:
    missing = [name for name, value in (("your name or initials", who), ("the question", says)) if not value]
    if missing:
        st.error(f"Not raised: give {' and '.join(missing)}.")
        return
    query = DataQuery(finding.patient_id, finding.form, finding.field_name, says, rule=finding.check)
    try:
        data.the_store().trial.raise_query(query, who)
    except StoreError as error:
        st.error(escape(str(error)))
        return
    state.leave_notice(f"A query about {finding.patient_id} is open.")
    st.rerun()
