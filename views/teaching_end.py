"""The end of a teaching case: the diagnosis, who came how close, the datum that moved most, the traps, the sources."""

from collections.abc import Sequence

import streamlit as st

from decision.assessment import Assessment, Voided
from views.names import site_name, subtype_full_name, subtype_name, test_name
from views.teaching_path import Answer, Move, find_largest_move, probability_of
from views.teaching_steps import Step, TeachingCase
from views.words import UNKNOWN, escape, say_per_cent, say_weight


def show_end(
    case: TeachingCase, steps: Sequence[Step], path: Sequence[Assessment], answers: Sequence[Answer | None]
) -> None:
    reference = case.reference
    with st.container(border=True):
        st.markdown(f"## {escape(subtype_full_name(reference.subtype))}")
        site = site_name(reference.site) if reference.site else UNKNOWN
        st.markdown(f"#### Site: {escape(site)}")
        st.markdown(f"Reference: {escape(reference.basis or 'basis not known')} :gray[(synthetic patient)]")
    program, you = st.columns(2)
    share = probability_of(path[-1], reference.subtype)
    program.metric("The program gave it", say_per_cent(share), border=True)
    stated = [answer for answer in answers if answer is not None]
    last = stated[-1] if stated else None
    you.metric("You gave it, at last", say_own(last, reference.subtype), border=True)
    move = find_largest_move(path, reference.subtype)
    if move is not None:
        show_move(move, steps[move.step], reference.subtype)
    show_traps(path[-1].voided, path[-1].conflicts)


def say_own(answer: Answer | None, subtype: str) -> str:
    """The learner's last word on the diagnosis; what was left to the other subtypes is not split among them."""
    if answer is None:
        return UNKNOWN
    if answer.subtype == subtype:
        return say_per_cent(answer.probability)
    return f"≤ {say_per_cent(1 - answer.probability)}"


def show_move(move: Move, step: Step, subtype: str) -> None:
    """The datum that changed most, with what it says and where that comes from."""
    way = "for" if move.decibans > 0 else "against"
    st.markdown(f"### Moved most: {escape(step.title)}")
    st.markdown(f"{escape(say_weight(move.decibans))} {way} {escape(subtype_name(subtype))}")
    for reason in move.reasons[:3]:
        st.markdown(f"**{escape(reason.finding)}** · {escape(reason.says)}")
        st.caption(escape(f"{reason.source or 'no source'} · {reason.grade}"))


def show_traps(voided: Sequence[Voided], conflicts: Sequence[str]) -> None:
    """Results that could not be used and findings that point elsewhere."""
    if not (voided or conflicts):
        return
    st.markdown("### Traps")
    for item in voided:
        st.markdown(f"**{escape(test_name(item.test))}**: {escape(item.because)}")
        st.caption(escape(item.source or "no source"))
    for conflict in conflicts:
        st.markdown(escape(conflict))
