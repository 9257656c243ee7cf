"""Patients under their pseudonyms, and the history of what was changed about them."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from store.cases import fetch_case_documents
from store.records import Change, Patient
from store.rows import compute_case_hash, fetch_records, read_now, replace_rows, save_change, to_columns, to_document
from store.tables import ChangeRow, PatientRow
from store.trial_tables import ScreenedRow


def save_patients(
    connection: Connection, patients: Sequence[Patient], who: str | None = None, why: str | None = None
) -> None:
    """Add each patient, or replace age, sex, dates and note of the one there is; results and images stay."""
    before = {patient.patient_id: patient for patient in fetch_all_patients(connection)} if patients else {}
    rows = [{**to_columns(patient), "case_hash": "", "updated_at": read_now()} for patient in patients]
    replace_rows(connection, PatientRow, rows, ["patient_id"])
    _refresh_hashes(connection, [patient.patient_id for patient in patients])
    for patient in patients:
        old = to_document(before.get(patient.patient_id))
        save_change(connection, patient.patient_id, "patient", old, to_document(patient), who, why)


def fetch_one_patient(connection: Connection, patient_id: str) -> Patient | None:
    """The patient, or None when the pseudonym is not known."""
    found = fetch_records(connection, Patient, PatientRow, PatientRow.patient_id == patient_id)
    return found[0] if found else None


def fetch_all_patients(connection: Connection) -> list[Patient]:
    """Every patient, in the order of the pseudonyms."""
    return fetch_records(connection, Patient, PatientRow, None, PatientRow.patient_id)


def fetch_stamp(connection: Connection) -> str:
    """How many patients there are and when the last of them changed: cases, images, reads and references count.

    With the lines of the screening log and of the history: a line of the log that changed leaves one there.
    """
    count, last = connection.execute(select(func.count(), func.max(PatientRow.updated_at))).one()
    lines = connection.scalar(select(func.count()).select_from(ScreenedRow))
    changes = connection.scalar(select(func.max(ChangeRow.change_id)))
    return f"{count} {last.isoformat() if last else 'never'} {lines} {changes}"


def fetch_names(connection: Connection) -> list[str]:
    """Every pseudonym, sorted."""
    return list(connection.scalars(select(PatientRow.patient_id).order_by(PatientRow.patient_id)))


def has_synthetic(connection: Connection) -> bool:
    """Whether any patient never existed."""
    return connection.scalar(select(PatientRow.patient_id).where(PatientRow.synthetic).limit(1)) is not None


def fetch_changes(connection: Connection, patient_id: str) -> list[Change]:
    """The patient's history, newest first."""
    return fetch_records(connection, Change, ChangeRow, ChangeRow.patient_id == patient_id, ChangeRow.change_id.desc())


def _refresh_hashes(connection: Connection, patient_ids: Sequence[str]) -> None:
    # Age and sex belong to the case as well, so an assessment made before they changed is out of date.
    one = patient_ids[0] if len(patient_ids) == 1 else None
    documents = fetch_case_documents(connection, one) if patient_ids else {}
    for patient_id in patient_ids:
        case_hash = compute_case_hash(documents[patient_id])
        connection.execute(update(PatientRow).where(PatientRow.patient_id == patient_id).values(case_hash=case_hash))
