"""The reference diagnosis of a patient, entered and corrected: what it is, where, on which grounds, decided when."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from decision.vocabulary import load_vocabulary
from store import ReferenceDiagnosis
from views import data
from views.asked_field import Asked
from views.kept_fields import Fields
from views.names import site_name, subtype_full_name
from views.quality_history import show_history
from views.quality_keep import keep_record
from views.typed_day import read_typed_day, write_day


@dataclass(frozen=True)
class DiagnosisEntry:
    """Everything on the form; the day as typed."""

    patient_id: str
    subtype: str | None
    site: str | None
    basis: str
    decided: str
    who: str
    why: str
    known: ReferenceDiagnosis | None


def show_diagnosis(patient_id: str, asked: Asked | None) -> None:
    """The form; what is typed stays until it is kept."""
    known = next((one for one in data.the_store().fetch_references() if one.patient_id == patient_id), None)
    fields = Fields(f"diagnosis_{patient_id}_")
    fields.fill(_fill(known) if known else {})
    entry = _ask(fields, patient_id, known, asked or Asked("", "", ""))
    if st.button("Keep the diagnosis", icon=":material/save:", key=f"{fields.start}keep"):
        wrong = find_wrong(entry, date.today())
        keep_record(
            fields, wrong, lambda: _save(entry), f"The reference diagnosis of {patient_id} is kept.", fields.start
        )
    show_history(patient_id, "reference")


def find_wrong(entry: DiagnosisEntry, today: date) -> tuple[str, ...]:
    """Why the diagnosis cannot be kept, a sentence each."""
    decided = read_typed_day(entry.decided)
    found = (
        None if entry.subtype else "Diagnosis: choose the subtype.",
        f"Decided on: {decided.wrong}." if decided.wrong else None,
        f"Decided on: {decided.day} is in the future; today is {today}."
        if decided.day and decided.day > today
        else None,
        None if entry.who else "Your name or initials: give them.",
        "Why: a diagnosis that is corrected needs a word of why." if entry.known and not entry.why else None,
    )
    return tuple(says for says in found if says)


def _fill(known: ReferenceDiagnosis) -> dict[str, str | None]:
    decided = write_day(known.decided_on)
    return {"subtype": known.subtype, "site": known.site, "basis": known.basis or "", "decided": decided}


def _ask(fields: Fields, patient_id: str, known: ReferenceDiagnosis | None, asked: Asked) -> DiagnosisEntry:
    words = load_vocabulary()
    first, second, third, fourth = st.columns([4, 3, 4, 3])
    left, right = st.columns(2)
    label = asked.mark("Diagnosis", "Diagnosis", "Subtype")
    return DiagnosisEntry(
        patient_id,
        fields.choose(first, "subtype", label, list(words.subtypes), subtype_full_name),
        fields.choose(second, "site", "Site", list(words.sites), site_name),
        fields.text(third, "basis", asked.mark("Basis", "Basis"), "surgery, histology"),
        fields.text(fourth, "decided", asked.mark("Decided on", "Day"), "2026-03-05"),
        fields.text(left, "who", "Your name or initials"),
        fields.text(right, "why", "Why", "what is corrected") if known else "",
        known,
    )


def _save(entry: DiagnosisEntry) -> None:
    record = ReferenceDiagnosis(
        entry.patient_id, entry.subtype or "", entry.site, entry.basis or None, read_typed_day(entry.decided).day
    )
    data.the_store().save_reference(record, who=entry.who, why=entry.why or None)
