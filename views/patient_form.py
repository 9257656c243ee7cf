"""The patient form: who it is, results in any accepted unit, image findings, context; saved whole or not at all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from decision.case import CaseError, read_case
from decision.vocabulary import load_vocabulary
from store import Patient, StoreError
from views import data, state
from views.asked_field import asked_on
from views.asked_spot import Spot
from views.diagnosis_form import show_diagnosis
from views.form_draft import NEW, close_draft, field_key, open_draft
from views.frame import FORM_PAGE, WORKLIST_PAGE, open_review
from views.imaging_fields import show_findings
from views.result_fields import show_checks, show_results
from views.typed import Checked, check_person
from views.words import say_count


@dataclass(frozen=True)
class Person:
    """Who the form is about, as typed."""

    checked: Checked
    mdt_on: date | None
    enrolled_on: date | None
    synthetic: bool


def show() -> None:
    asked = asked_on(FORM_PAGE)
    if asked:
        state.begin_form(asked.patient_id)
    subject = state.form_subject()
    known = data.the_store().fetch_patient(subject) if subject else None
    name = known.patient_id if known else NEW
    draft = open_draft(name, data.the_store().fetch_case(name) if known else None)
    st.title(f"Edit {name}" if known else "New patient")
    st.caption("Leave empty what is not known: empty never counts as normal. ACTH and cortisol need their unit.")
    spot = Spot.open(name, draft, asked if known else None)
    person = show_person(name, known, spot)
    st.subheader("Results")
    results = show_results(name, draft, spot)
    st.subheader("Images")
    findings = show_findings(name, draft, spot)
    st.subheader("Context and signs")
    context = show_context(name)
    document = {
        **person.checked.entry,
        "results": [line.entry for line in results if line.entry],
        "imaging": [line.entry for line in findings if line.entry],
        **context,
    }
    wrong = sum(len(line.wrong) for line in (person.checked, *results, *findings))
    show_buttons(name, known, person, document, wrong)
    if known and not spot.holds_diagnosis:
        with st.expander("Reference diagnosis", icon=":material/verified:"):
            show_diagnosis(name, None)


def show_person(name: str, known: Patient | None, spot: Spot) -> Person:
    """Pseudonym, age, sex, enrolment, meeting; the pseudonym of a saved patient stays."""
    with spot.place("Enrolment"), st.container(horizontal=True):
        case_id = st.text_input(
            spot.mark("Pseudonym", "Pseudonym"),
            key=field_key(name, "case_id"),
            placeholder="e.g. P161",
            disabled=known is not None,
            width=140,
            persist_state="session",
        )
        age = st.text_input(
            spot.mark("Age, years", "Age"), key=field_key(name, "age_years"), width=100, persist_state="session"
        )
        sex = st.selectbox(
            spot.mark("Sex", "Sex"),
            list(load_vocabulary().sexes),
            index=None,
            placeholder="not known",
            key=field_key(name, "sex"),
            width=140,
            persist_state="session",
        )
        mdt_on, enrolled_on = _show_days(name, known, spot)
        synthetic = _show_synthetic(name, known)
    checked = check_person(case_id or "", age or "", sex)
    if known is None and data.the_store().fetch_patient(checked.entry["case_id"]):
        taken = f"{checked.entry['case_id']} is already here: open that patient to edit, or choose another pseudonym"
        checked = Checked(checked.entry, checked.wrong | {"case_id": taken})
    show_checks(checked if case_id or age or sex else Checked({}))
    return Person(checked, mdt_on, enrolled_on, synthetic)


def _show_days(name: str, known: Patient | None, spot: Spot) -> tuple[date | None, date | None]:
    """Day of the meeting, day of enrolment."""
    label = spot.mark("Enrolled", "Enrolment date")
    mdt_on = _show_day(name, "mdt_on", "MDT", known.mdt_on if known else None)
    return mdt_on, _show_day(name, "enrolled_on", label, known.enrolled_on if known else None)


def _show_day(name: str, field: str, label: str, day: date | None) -> date | None:
    key = field_key(name, field)
    if state.widget_value(key, "absent") == "absent":
        state.set_widget(key, day)
    chosen = st.date_input(label, value=None, key=key, width=175, format="YYYY-MM-DD", persist_state="session")
    return chosen if isinstance(chosen, date) else None


def _show_synthetic(name: str, known: Patient | None) -> bool:
    key = field_key(name, "synthetic")
    if state.widget_value(key) is None:
        state.set_widget(key, bool(known and known.synthetic))
    return st.checkbox("Synthetic patient", key=key, help="Invented for teaching or testing", persist_state="session")


def show_context(name: str) -> dict[str, list[str]]:
    words = load_vocabulary()
    left, middle, right = st.columns(3)
    context = _show_several(left, "Drugs and circumstances", name, "context", words.contexts)
    present = _show_several(middle, "Signs seen", name, "signs", words.signs)
    absent = _show_several(right, "Signs looked for and absent", name, "absent", words.signs)
    return {"context": context, "signs": present + [f"no_{sign}" for sign in absent]}


def _show_several(place: Any, label: str, subject: str, name: str, names: Any) -> list[str]:
    chosen: list[str] = place.multiselect(
        label,
        list(names),
        format_func=names.__getitem__,
        placeholder="not known",
        key=field_key(subject, name),
        persist_state="session",
    )
    return chosen


def show_buttons(name: str, known: Patient | None, person: Person, document: dict[str, Any], wrong: int) -> None:
    with st.container(horizontal=True):
        save = st.button("Save", type="primary", icon=":material/save:")
        if st.button("Discard", type="tertiary"):
            close_draft(name)
            leave_form(known.patient_id if known else None)
    if not save:
        return
    many = f"{say_count(wrong, 'entry needs', 'entries need')} correcting, see the red sentences"
    refused = many if wrong else save_form(known, person, document)
    if refused:
        st.error(f"Not saved: {refused}. Nothing you typed is lost.", icon=":material/error:")
        return
    close_draft(name)
    state.leave_notice(f"{document['case_id']} saved")
    leave_form(document["case_id"])


def save_form(known: Patient | None, person: Person, document: dict[str, Any]) -> str | None:
    """Save patient and case in one transaction; says why not, when it cannot."""
    patient = Patient(
        patient_id=document["case_id"],
        age_years=document["age_years"],
        sex=document["sex"],
        enrolled_on=person.enrolled_on,
        mdt_on=person.mdt_on,
        synthetic=person.synthetic,
        note=known.note if known else None,
    )
    try:
        read_case(document)
        data.the_store().save_many(patients=[patient], cases=[document])
    except CaseError as error:
        return error.says
    except StoreError as error:
        return str(error).rstrip(".")
    return None


def leave_form(patient_id: str | None) -> None:
    """To the patient's review, or back to the worklist."""
    if patient_id:
        open_review(patient_id)
    st.switch_page(WORKLIST_PAGE, query_params=state.patient_address())
