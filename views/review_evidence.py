"""What speaks for and against the leading class: the bars, each finding with its source, what was set aside and why."""

from collections.abc import Sequence

import streamlit as st

from decision.assessment import Assessment, Reason
from views.charts import chart_evidence, signed_weight, weighed_reasons
from views.figure import show_figure
from views.names import subtype_name, test_name
from views.quotes import find_quotes, say_quote
from views.words import escape, say_count, say_list, say_weight

GRADES = {
    "verified": "read in the source",
    "surrogate": "from another population, shrunk",
    "trial": "counted in this trial",
    "recalled": "general knowledge, unchecked",
    "expert": "expert value",
    "none": "no published evidence",
}
CHART_ROWS = 9
WORTH_A_BAR_DB = 0.4


def show_evidence(assessment: Assessment) -> None:
    leader = assessment.leader.subtype
    moving = weighed_reasons(assessment.reasons, leader)
    drawn = [reason for reason in moving if abs(reason.weight_db) >= WORTH_A_BAR_DB][:CHART_ROWS]
    st.subheader("What speaks", anchor=False)
    if drawn:
        show_figure(chart_evidence, drawn, leader, subtype_name, key="evidence", says=_say_chart(drawn, leader))
    else:
        st.caption("Nothing known so far speaks for or against a subtype.")
    for conflict in assessment.conflicts:
        st.warning(escape(conflict), icon=":material/call_split:")
    show_sources(assessment, leader)


def show_sources(assessment: Assessment, leader: str) -> None:
    """Every finding with its source, on demand: those that weigh, those set aside, those nothing is published about."""
    weighing = [reason for reason in assessment.reasons if reason.weight_db]
    unpublished = [reason for reason in assessment.reasons if not reason.weight_db and reason.grade == "none"]
    repeated = [reason for reason in assessment.reasons if not reason.weight_db and reason.grade != "none"]
    if weighing:
        with st.expander(f"Findings and sources ({len(weighing)})", icon=":material/book_2:"):
            show_reasons(weighing, leader)
    if assessment.voided:
        names = say_list([test_name(item.test) for item in assessment.voided])
        with st.expander(f"Not used: {escape(names)}", icon=":material/block:"):
            for item in assessment.voided:
                _show_line(f"**{escape(test_name(item.test))}**: {escape(item.because)}", item.source, None)
    _show_silent("Moves nothing here", repeated)
    _show_silent("No published evidence, weight 0", unpublished)


def _show_silent(title: str, reasons: Sequence[Reason]) -> None:
    if not reasons:
        return
    with st.expander(f"{title} ({len(reasons)})", icon=":material/horizontal_rule:"):
        for reason in reasons:
            _show_line(f"**{escape(reason.finding)}**: {escape(reason.says)}", reason.source, reason.grade)


def show_reasons(reasons: Sequence[Reason], leader: str) -> None:
    """Each finding in a sentence with its odds, source and grade, heaviest first; last those between other classes."""
    ordered = sorted(reasons, key=lambda reason: (signed_weight(reason, leader) == 0, -abs(reason.weight_db)))
    for reason in ordered:
        favoured, other = (reason.for_, reason.against) if reason.weight_db > 0 else (reason.against, reason.for_)
        odds = f"{say_weight(reason.weight_db)} for {subtype_name(favoured)} over {subtype_name(other)}"
        weight = f"{escape(odds)} :gray[({abs(reason.weight_db):.1f} dB)]"
        text = f"**{escape(reason.finding)}** · {weight}  \n{escape(reason.says)}"
        _show_line(text, reason.source, reason.grade)
        quotes = [say_quote(code, entry) for code, entry in find_quotes(reason)]
        if quotes:
            st.caption("  \n".join(dict.fromkeys(quotes)))


def _show_line(text: str, source: str, grade: str | None) -> None:
    st.markdown(text)
    graded = f" · {GRADES.get(grade, grade)}" if grade else ""
    st.caption(escape(f"{source or 'no source'}{graded}"))


def _say_chart(moving: Sequence[Reason], leader: str) -> str:
    """The figure in a sentence, for those who cannot see it."""
    for_it = [reason.finding for reason in moving if signed_weight(reason, leader) > 0]
    against = [reason.finding for reason in moving if signed_weight(reason, leader) < 0]
    parts = [f"{say_count(len(for_it), 'finding')} for {subtype_name(leader)}: {say_list(for_it)}"]
    parts.append(f"{len(against)} against: {say_list(against)}")
    return "; ".join(parts)
