"""The form for one person screened: criteria, an earlier tracer, consent and the decision. What is typed stays until kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from store import ScreenedPerson
from store.trial_records import Decision
from trial.screening import (
    Answer,
    Criterion,
    Eligibility,
    assess_eligibility,
    find_consent_type,
    list_nuclides,
    list_reasons,
    load_criteria,
)
from views import data
from views.kept_fields import Fields
from views.quality_history import show_history
from views.quality_keep import keep_record
from views.screening_entry import (
    SEXES,
    Derived,
    Entry,
    Tracer,
    derive_age,
    derive_waiting,
    fill_entry,
    find_wrong,
    make_person,
    read_age,
)
from views.typed_day import read_typed_day
from views.words import escape

CHOSEN = "screening_line"
ANSWERS: dict[Answer, str] = {"yes": "yes", "no": "no", "not_applicable": "not applicable"}
DECISIONS: dict[Decision, str] = {"enrolled": "enrolled", "not_enrolled": "not enrolled", "pending": "pending"}
DAY_HINT = "2026-03-05 or 5 Mar 2026"


def show_form(log: Sequence[ScreenedPerson], known: ScreenedPerson | None = None, asked: str | None = None) -> None:
    """A new line, or one that is corrected. Nothing is kept before it is right. `asked`: the field a query is about."""
    fields = Fields(f"screen_{known.screening_id if known else 'new'}_")
    if known:
        patient = data.the_store().fetch_patient(known.patient_id or "")
        fields.fill(fill_entry(known, patient.age_years if patient else None))
    st.caption("No name, no date of birth, no hospital number: somebody not enrolled leaves an age band and a reason.")
    on_top = st.container()  # what a query asks about is seen without scrolling
    entry = _ask_answers(fields, _ask_person(fields, log, known))
    says = assess_eligibility(entry.answers)
    st.markdown(escape(says.says))
    with on_top if asked else st.container():
        entry = _ask_consent(fields, entry, asked)
    entry = _ask_decision(fields, entry, says)
    entry = _ask_why(fields, entry)
    if st.button("Keep the line", icon=":material/save:", key=f"{fields.start}keep"):
        others = [one for one in log if one is not known]
        taken = {one.screening_id for one in others}
        wrong = find_wrong(entry, taken, {one.patient_id for one in others if one.patient_id}, data.fetch_patient_ids())
        keep_record(fields, wrong, lambda: _save(entry), f"{entry.number} is in the screening log.", CHOSEN)
    if known:
        show_history(known.screening_id, "screening line")


def suggest_number(log: Sequence[ScreenedPerson]) -> str:
    """The number after the highest there is: S001, S002 …"""
    taken = [int(digits) for one in log if (digits := one.screening_id.removeprefix("S")).isdecimal()]
    return f"S{max(taken, default=0) + 1:03d}"


def _ask_person(fields: Fields, log: Sequence[ScreenedPerson], known: ScreenedPerson | None) -> Entry:
    first, second, third, fourth = st.columns(4)
    if known:
        first.markdown(f"Screening number  \n**{escape(known.screening_id)}**")
        number = known.screening_id
    else:
        number = fields.text(first, "number", "Screening number", suggest_number(log)) or suggest_number(log)
    day = read_typed_day(fields.text(second, "day", "Screened on", DAY_HINT))
    age = fields.text(third, "age", "Age in years", "such as 34")
    if known and known.age_band and not age:
        third.caption(f"Kept: {escape(known.age_band)}")
    sex = fields.pick(fourth, "sex", "Sex", SEXES)
    entry = Entry(number, day.day, age, sex, known=known)
    return replace(entry, wrong=(f"Screened on: {day.wrong}.",)) if day.wrong else entry


def _ask_answers(fields: Fields, entry: Entry) -> Entry:
    derived = {"age": derive_age(entry.age), "earlier_tracer": _ask_tracer(fields)}
    left, right = st.columns(2)
    answers: dict[str, Answer | None] = {}
    for criterion in load_criteria():
        place = left if criterion.kind == "inclusion" else right
        worked_out = derived.get(criterion.derived or "")
        answers[criterion.code] = _ask_criterion(fields, place, criterion, entry.sex, worked_out)
    wrong = (*entry.wrong, *(one.wrong for name, one in derived.items() if one.wrong and name != "age"))
    return replace(entry, answers=answers, wrong=wrong)


def _ask_tracer(fields: Fields) -> Derived:
    first, second, third, fourth, fifth = st.columns([5, 4, 3, 4, 3])
    nuclide = fields.choose(first, "nuclide", "Earlier radiopharmaceutical", list_nuclides(), hint="none lately")
    if nuclide is None:
        return Derived()
    typed = Tracer.read(
        nuclide,
        (
            fields.text(second, "given_on", "Injected on", "2026-03-05"),
            fields.text(third, "given_at", "Injected at", "08:10"),
        ),
        (
            fields.text(fourth, "scan_on", "Scan planned on", "2026-03-06"),
            fields.text(fifth, "scan_at", "Scan at", "10:00"),
        ),
    )
    derived = Derived(wrong=typed) if isinstance(typed, str) else derive_waiting(typed)
    if derived.wrong:
        st.warning(escape(derived.wrong))
    elif derived.says:
        st.caption(escape(derived.says))
    return derived


def _ask_criterion(
    fields: Fields, place: Any, criterion: Criterion, sex: str | None, derived: Derived | None
) -> Answer | None:
    """The answer: worked out where it can be, else asked; a criterion that does not ask this sex does not apply."""
    title = f"{'Needed' if criterion.kind == 'inclusion' else 'Excludes'}: {criterion.title}"
    if derived and derived.answer:
        place.markdown(f"{escape(title)}: **{ANSWERS[derived.answer]}** :gray[(worked out)]")
        return derived.answer
    if criterion.may_not_apply and criterion.may_not_apply == sex:
        place.markdown(f"{escape(title)}: **{ANSWERS['not_applicable']}**")
        return "not_applicable"
    options: list[Answer] = list(ANSWERS) if criterion.may_not_apply else ["yes", "no"]
    chosen: Any = fields.pick(place, f"answer_{criterion.code}", title, options, lambda code: code.replace("_", " "))
    answer: Answer | None = chosen
    return answer


def _ask_consent(fields: Fields, entry: Entry, asked: str | None) -> Entry:
    if entry.answers.get("consent") != "yes":
        return entry
    first, second = st.columns(2)
    due = find_consent_type(read_age(entry.age)) or (entry.known.consent_type if entry.known else None)
    first.markdown(f"{mark('Consent type', 'Consent type', asked)}: **{due or '— (give the age first)'}**")
    if entry.known and entry.known.consent_type not in (None, due):
        first.caption(f"Kept so far: {escape(str(entry.known.consent_type))}; keeping the line mends it.")
    day = read_typed_day(fields.text(second, "consented_on", mark("Consent on", "Consent date", asked), DAY_HINT))
    wrong = (*entry.wrong, f"Consent on: {day.wrong}.") if day.wrong else entry.wrong
    return replace(entry, consent_type=due, consented_on=day.day, wrong=wrong)


def mark(label: str, field: str, asked: str | None) -> str:
    """The label, on a coloured ground where a query asks about this field."""
    return f":orange-background[{label}]" if field == asked else label


def _ask_decision(fields: Fields, entry: Entry, says: Eligibility) -> Entry:
    first, second, third = st.columns([6, 3, 3])
    decision: Any = fields.pick(first, "decision", "Decision", list(DECISIONS), lambda code: code.replace("_", " "))
    entry = replace(entry, decision=decision)
    if decision == "enrolled":
        patient = fields.choose(second, "patient", "Pseudonym", data.fetch_patient_ids(), hint="Choose one")
        entry = replace(entry, patient_id=patient)
    if decision == "not_enrolled":
        reasons = list_reasons()
        order = [*says.failed, *(code for code in reasons if code not in says.failed)]
        reason = fields.choose(second, "reason", "Main reason", order, reasons.__getitem__, "Choose one")
        entry = replace(entry, reason=reason)
    other = fields.text(third, "other", "Other reasons", "a word; nothing that names the person")
    return replace(
        entry, other_reasons=other, decided_by=fields.text(first, "by", "Decided by", "your name or initials")
    )


def _ask_why(fields: Fields, entry: Entry) -> Entry:
    """A line that is corrected keeps what stood there, with who and why."""
    if not entry.known:
        return replace(entry, who=entry.decided_by)
    first, second = st.columns(2)
    return replace(
        entry,
        who=fields.text(first, "who", "Corrected by", "your name or initials"),
        why=fields.text(second, "why", "Why", "what is corrected"),
    )


def _save(entry: Entry) -> None:
    patient = data.the_store().fetch_patient(entry.patient_id) if entry.patient_id else None
    synthetic = bool(patient and patient.synthetic) or bool(entry.known and entry.known.synthetic)
    person = make_person(entry, synthetic)
    data.the_store().trial.save_screened([person], who=entry.who or None, why=entry.why or None)
