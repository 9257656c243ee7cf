"""What if: one value changed or marked unknown, and what the answer would be then; and which single changes would flip it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from decision.case import Case, CaseError, read_case
from decision.flips import Flip, list_flips
from decision.units import read_unit
from decision.vocabulary import load_vocabulary
from decision.what_if import Change, WhatIf, what_if
from views.basis import Basis
from views.charts_what_if import chart_shifts, shown_shifts
from views.figure import show_figure
from views.names import set_name, subtype_name, test_name
from views.what_if_choices import Choice, list_choices
from views.words import escape, say_per_cent

FLIPS_SHOWN = 4
UNKNOWN, VALUE, WORD = "not known", "another value", "a word"


@st.fragment
def show_what_if(case: Case, basis: Basis) -> None:
    """Nothing here is kept: the case stays as it is. It rests on what the assessment rests on."""
    st.subheader("What if", anchor=False)
    ask, answer = st.columns([2, 3], gap="medium")
    with ask:
        choice = _ask_choice(case)
        change = _ask_change(case, choice) if choice else None
    with answer:
        if change is None:
            st.caption(
                "Choose a finding to change or to mark unknown, or a test to add: the answer moves, the case stays."
            )
        else:
            _show_answer(case, change, basis)
    show_flips(_list_flips(case.to_json(), basis))


def _ask_choice(case: Case) -> Choice | None:
    choices = {choice.label: choice for choice in list_choices(case)}
    label = st.selectbox("Change", list(choices), index=None, placeholder="a finding, or a test to add", key="what_if")
    return choices.get(label or "")


def _ask_change(case: Case, choice: Choice) -> Change | None:
    if choice.test is None:
        return choice.mark_unknown()
    test = load_vocabulary().tests[choice.test]
    kinds = [kind for kind, on in ((UNKNOWN, choice.is_known), (VALUE, test.units), (WORD, test.outcomes)) if on]
    kind = st.segmented_control("to", kinds, default=kinds[0], required=True, key=f"what_if_kind_{choice.label}")
    if kind == UNKNOWN:
        return choice.mark_unknown()
    entry = _ask_value(case, choice) if kind == VALUE else _ask_word(choice)
    return choice.set_entry(entry) if entry else None


def _ask_value(case: Case, choice: Choice) -> dict[str, Any] | None:
    test = load_vocabulary().tests[str(choice.test)]
    present = case.results[choice.index] if choice.index is not None else None
    unit = present.unit if present is not None and present.unit else None
    number, units = st.columns(2)
    symbols = {read_unit(test.code, name).symbol or "ratio": name for name in test.unit_names}
    with units:
        start = list(symbols.values()).index(unit) if unit and unit in symbols.values() else None
        symbol = st.selectbox(
            "Unit", list(symbols), index=start, placeholder="choose", key=f"what_if_unit_{choice.label}"
        )
    with number:
        value = st.number_input("Value", value=present.value if present else None, key=f"what_if_value_{choice.label}")
    if value is None or symbol is None:
        return None
    limits = {"uln": present.uln, "lln": present.lln} if present is not None and unit == symbols[symbol] else {}
    kept = {"assay": present.assay} if present is not None else {}
    return {"test": test.code, "value": value, "unit": symbols[symbol], **limits, **kept}


def _ask_word(choice: Choice) -> dict[str, Any] | None:
    words = load_vocabulary()
    options = {words.outcomes[code]: code for code in words.tests[str(choice.test)].outcomes}
    word = st.selectbox("Result", list(options), index=None, placeholder="choose", key=f"what_if_word_{choice.label}")
    return {"test": choice.test, "outcome": options[word]} if word else None


def _show_answer(case: Case, change: Change, basis: Basis) -> None:
    try:
        found = what_if(case, change, **basis.how)
    except CaseError as error:
        st.error(escape(f"{error.field}: {error.says}"))
        return
    says = "; ".join(
        f"{subtype_name(shift.subtype)} {say_per_cent(shift.before)} → {say_per_cent(shift.after)}"
        for shift in shown_shifts(found.shifts)
    )
    show_figure(
        chart_shifts, found.shifts, subtype_name, key="what_if_shifts", says=f"Probabilities before and after: {says}"
    )
    st.markdown("  \n".join(_say_moves(found)))


def _say_moves(found: WhatIf) -> list[str]:
    before, after = found.before, found.after
    lines = [f"**90 % set** · {escape(set_name(before.prediction_set))} → {escape(set_name(after.prediction_set))}"]
    names = [escape(test_name(a.next_tests[0].test)) if a.next_tests else "none" for a in (before, after)]
    lines.append(f"**Next test** · {names[0]} → {names[1]}")
    if found.flips:
        lines.insert(0, f":orange[:material/swap_vert:] **{escape(subtype_name(after.leader.subtype))}** would lead.")
    return lines


def show_flips(flips: Sequence[Flip]) -> None:
    """The single changes that would give another leader, each with how probable that result is."""
    st.markdown("**One change that would flip the leader**")
    if not flips:
        st.caption("No single change that is plausible would.")
        return
    st.markdown("\n".join(_say_flip(flip) for flip in flips[:FLIPS_SHOWN]))
    if len(flips) > FLIPS_SHOWN:
        with st.expander(f"{len(flips) - FLIPS_SHOWN} more"):
            st.markdown("\n".join(_say_flip(flip) for flip in flips[FLIPS_SHOWN:]))


def _say_flip(flip: Flip) -> str:
    chance = f" :gray[(such a result: {say_per_cent(flip.expected)})]" if flip.expected is not None else ""
    return f"- {escape(flip.says)}{chance}"


@st.cache_data(max_entries=64, show_spinner=False)
def _list_flips(document: dict[str, Any], basis: Basis) -> tuple[Flip, ...]:
    return list_flips(read_case(document), **basis.how)
