"""The form for one person screened: criteria, an earlier tracer, consent and the decision. What is typed stays until kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from store import ScreenedPerson, StoreError
from store.trial_records import Decision
from trial.screening import (
    Answer,
    Criterion,
    assess_eligibility,
    find_consent_type,
    list_nuclides,
    list_reasons,
    load_criteria,
)
from views import data, state
from views.screening_entry import (
    SEXES,
    Derived,
    Entry,
    Tracer,
    derive_age,
    derive_waiting,
    find_wrong,
    make_person,
    read_age,
)
from views.words import escape

KEYS = "screen_"
ANSWERS: dict[Answer, str] = {"yes": "yes", "no": "no", "not_applicable": "not applicable"}
DECISIONS: dict[Decision, str] = {"enrolled": "enrolled", "not_enrolled": "not enrolled", "pending": "pending"}


def show_form(log: Sequence[ScreenedPerson]) -> None:
    """Nothing is kept before it is right; what was typed stays, also while another page is looked at."""
    with st.expander("Enter a person screened", icon=":material/person_add:"):
        st.caption(
            "No name, no date of birth, no hospital number: somebody not enrolled leaves an age band and a reason."
        )
        entry = _ask_answers(_ask_person(log))
        says = assess_eligibility(entry.answers)
        st.markdown(escape(says.says))
        entry = _ask_decision(_ask_consent(entry), says.failed)
        if st.button("Keep the line", icon=":material/save:", key="keep_screened"):
            _keep(entry, log)


def suggest_number(log: Sequence[ScreenedPerson]) -> str:
    """The number after the highest there is: S001, S002 …"""
    taken = [int(digits) for one in log if (digits := one.screening_id.removeprefix("S")).isdecimal()]
    return f"S{max(taken, default=0) + 1:03d}"


def _ask_person(log: Sequence[ScreenedPerson]) -> Entry:
    first, second, third, fourth = st.columns(4)
    next_number = suggest_number(log)
    number = _text(first, "number", "Screening number", next_number) or next_number
    day = _day(second, "day", "Screened on")
    age = _text(third, "age", "Age in years", "such as 34")
    sex = fourth.segmented_control("Sex", SEXES, key=f"{KEYS}sex", persist_state="session")
    return Entry(number, day, age, str(sex) if sex else None)


def _ask_answers(entry: Entry) -> Entry:
    derived = {"age": derive_age(entry.age), "earlier_tracer": _ask_tracer()}
    left, right = st.columns(2)
    answers: dict[str, Answer | None] = {}
    for criterion in load_criteria():
        place = left if criterion.kind == "inclusion" else right
        answers[criterion.code] = _ask_criterion(place, criterion, entry.sex, derived.get(criterion.derived or ""))
    return replace(entry, answers=answers)


def _ask_tracer() -> Derived:
    first, second, third = st.columns(3)
    nuclide = first.selectbox(
        "Earlier radiopharmaceutical",
        list_nuclides(),
        index=None,
        placeholder="none lately",
        key=f"{KEYS}nuclide",
        persist_state="session",
    )
    if nuclide is None:
        return Derived()
    given_at = second.datetime_input("Injected at", None, key=f"{KEYS}given_at", persist_state="session")
    scan_at = third.datetime_input("Scan planned at", None, key=f"{KEYS}scan_at", persist_state="session")
    derived = derive_waiting(Tracer(nuclide, given_at, scan_at))
    if derived.wrong:
        st.warning(escape(derived.wrong))
    elif derived.says:
        st.caption(escape(derived.says))
    return derived


def _ask_criterion(place: Any, criterion: Criterion, sex: str | None, derived: Derived | None) -> Answer | None:
    """The answer: worked out where it can be, else asked; a criterion that does not ask this sex does not apply."""
    title = f"{'Needed' if criterion.kind == 'inclusion' else 'Excludes'}: {criterion.title}"
    if derived and derived.answer:
        place.markdown(f"{escape(title)}: **{ANSWERS[derived.answer]}** :gray[(worked out)]")
        return derived.answer
    if criterion.may_not_apply and criterion.may_not_apply == sex:
        place.markdown(f"{escape(title)}: **{ANSWERS['not_applicable']}**")
        return "not_applicable"
    chosen: Answer | None = place.segmented_control(
        title,
        list(ANSWERS) if criterion.may_not_apply else ["yes", "no"],
        format_func=ANSWERS.__getitem__,
        key=f"{KEYS}answer_{criterion.code}",
        persist_state="session",
    )
    return chosen


def _ask_consent(entry: Entry) -> Entry:
    if entry.answers.get("consent") != "yes":
        return entry
    first, second = st.columns(2)
    due = find_consent_type(read_age(entry.age))
    first.markdown(f"Consent type: **{due or '— (give the age first)'}**")
    return replace(entry, consent_type=due, consented_on=_day(second, "consented_on", "Consent on"))


def _ask_decision(entry: Entry, failed: Sequence[str]) -> Entry:
    first, second, third = st.columns([6, 3, 3])
    decision: Decision | None = first.segmented_control(
        "Decision", list(DECISIONS), format_func=DECISIONS.__getitem__, key=f"{KEYS}decision", persist_state="session"
    )
    entry = replace(entry, decision=decision)
    if decision == "enrolled":
        entry = replace(entry, patient_id=_choose(second, "patient", "Pseudonym", data.fetch_patient_ids()))
    if decision == "not_enrolled":
        reasons = list_reasons()
        order = [*failed, *(code for code in reasons if code not in failed)]
        entry = replace(entry, reason=_choose(second, "reason", "Main reason", order, reasons))
    other = _text(third, "other", "Other reasons", "codes or a word; nothing that names the person")
    return replace(entry, other_reasons=other, decided_by=_text(first, "by", "Decided by", "your name or initials"))


def _keep(entry: Entry, log: Sequence[ScreenedPerson]) -> None:
    taken = {one.screening_id for one in log}
    wrong = find_wrong(entry, taken, {one.patient_id for one in log if one.patient_id})
    if wrong:
        st.error("Not kept:\n" + "\n".join(f"- {escape(says)}" for says in wrong))
        return
    patient = data.the_store().fetch_patient(entry.patient_id) if entry.patient_id else None
    try:
        data.the_store().trial.save_screened([make_person(entry, bool(patient and patient.synthetic))])
    except StoreError as error:
        st.error(escape(str(error)))
        return
    state.drop_widgets(KEYS)
    state.leave_notice(f"{entry.number} is in the screening log.")
    st.rerun()


def _text(place: Any, name: str, label: str, hint: str) -> str:
    typed = place.text_input(label, key=f"{KEYS}{name}", placeholder=hint, persist_state="session")
    return str(typed or "").strip()


def _day(place: Any, name: str, label: str) -> date | None:
    day: date | None = place.date_input(
        label, None, format="YYYY-MM-DD", min_value=date(2000, 1, 1), key=f"{KEYS}{name}", persist_state="session"
    )
    return day


def _choose(
    place: Any, name: str, label: str, options: Sequence[str], titles: dict[str, str] | None = None
) -> str | None:
    chosen: str | None = place.selectbox(
        label,
        options,
        index=None,
        format_func=lambda code: (titles or {}).get(code, code),
        key=f"{KEYS}{name}",
        persist_state="session",
    )
    return chosen
