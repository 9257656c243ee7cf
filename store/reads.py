"""What readers saw and what the patient turned out to have."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from store.records import ReadRecord, ReferenceDiagnosis
from store.rows import fetch_records, read_now, replace_rows, save_change, to_columns, to_document, touch_patient
from store.tables import ReadRow, ReferenceRow


def save_reads(connection: Connection, reads: Sequence[ReadRecord]) -> None:
    """Keep each read beside the earlier ones; the very same read (reader, tracer, moment) is kept once."""
    for patient_id in {read.patient_id for read in reads}:
        touch_patient(connection, patient_id)
    dated = [replace(read, read_at=read.read_at or read_now()) for read in reads]
    keys = ("patient_id", "reader", "tracer", "read_at")
    replace_rows(connection, ReadRow, [to_columns(read) for read in dated], keys)


def fetch_all_reads(connection: Connection, patient_id: str | None) -> list[ReadRecord]:
    """The reads of one patient or of all, oldest first."""
    where = None if patient_id is None else ReadRow.patient_id == patient_id
    return fetch_records(connection, ReadRecord, ReadRow, where, ReadRow.patient_id, ReadRow.read_at, ReadRow.read_id)


def save_references(
    connection: Connection, references: Sequence[ReferenceDiagnosis], who: str | None = None, why: str | None = None
) -> None:
    """Set each reference diagnosis; the one it replaces goes to the history."""
    before = {reference.patient_id: reference for reference in fetch_all_references(connection)} if references else {}
    for reference in references:
        touch_patient(connection, reference.patient_id)
        old = to_document(before.get(reference.patient_id))
        save_change(connection, reference.patient_id, "reference", old, to_document(reference), who, why)
    replace_rows(connection, ReferenceRow, [to_columns(reference) for reference in references], ["patient_id"])


def fetch_all_references(connection: Connection) -> list[ReferenceDiagnosis]:
    """Every reference diagnosis, in the order of the pseudonyms."""
    return fetch_records(connection, ReferenceDiagnosis, ReferenceRow, None, ReferenceRow.patient_id)
