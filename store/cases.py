"""Cases: what is known of each patient, in the shape of the case file. A case is replaced as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.sql.elements import ColumnElement

from decision.case import Case, CaseError, read_case
from store.records import StoreError, UnknownPatient, check_text
from store.rows import add_rows, compute_case_hash, read_now, replace_rows, save_change
from store.tables import Base, ContextRow, ImagingFindingRow, PatientRow, ResultRow, SignRow

LISTS: dict[str, type[Base]] = {
    "results": ResultRow,
    "imaging": ImagingFindingRow,
    "context": ContextRow,
    "signs": SignRow,
}
CODES = ("context", "signs")
KEYS = ("patient_id", "position")


def read_cases(documents: Iterable[dict[str, Any]]) -> list[Case]:
    """Every document as a case. Raises `CaseError` for the first one that cannot be read, before any is kept."""
    cases = [read_case(document) for document in documents]
    for case in cases:
        _check_texts(case)
    return cases


def save_cases(connection: Connection, cases: Sequence[Case], who: str | None = None, why: str | None = None) -> None:
    """Put each case in the place of what was known of that patient; the old one goes to the history."""
    documents = {case.case_id: case.to_json() for case in cases}
    before = _fetch_known(connection, list(documents))
    replace_rows(connection, PatientRow, [_to_patient(document) for document in documents.values()], ["patient_id"])
    for name, table in LISTS.items():
        _replace_list(connection, name, table, documents)
    for patient_id, document in documents.items():
        save_change(connection, patient_id, "case", before.get(patient_id), document, who, why)


def fetch_case_documents(connection: Connection, patient_id: str | None = None) -> dict[str, dict[str, Any]]:
    """Case documents by pseudonym, in the contract's shape, of one patient or all."""
    query = select(PatientRow.patient_id, PatientRow.age_years, PatientRow.sex).order_by(PatientRow.patient_id)
    rows = connection.execute(query if patient_id is None else query.where(PatientRow.patient_id == patient_id)).all()
    entries = {name: _fetch_list(connection, name, table, patient_id) for name, table in LISTS.items()}
    return {row.patient_id: _to_case(row, entries) for row in rows}


def fetch_case_document(connection: Connection, patient_id: str) -> dict[str, Any]:
    """One case document. Raises `UnknownPatient`."""
    documents = fetch_case_documents(connection, patient_id)
    if patient_id not in documents:
        raise UnknownPatient(patient_id)
    return documents[patient_id]


def _to_case(row: Row[str, float | None, str | None], entries: dict[str, dict[str, list[Any]]]) -> dict[str, Any]:
    document = {"case_id": row.patient_id, "age_years": row.age_years, "sex": row.sex}
    lists = {name: found.get(row.patient_id, []) for name, found in entries.items()}
    # Every case was checked when it was saved; the same shape as `Case.to_json` is put together without reading it again.
    return {key: value for key, value in document.items() if value is not None} | lists


def _fetch_list(connection: Connection, name: str, table: type[Base], patient_id: str | None) -> dict[str, list[Any]]:
    columns = table.__table__.c
    names = [column.name for column in columns if column.name not in KEYS]
    query = select(columns.patient_id, *(columns[one] for one in names)).order_by(columns.patient_id, columns.position)
    rows = connection.execute(query if patient_id is None else query.where(columns.patient_id == patient_id))
    found: dict[str, list[Any]] = defaultdict(list)
    # Thousands of patients have a hundred thousand lines, so each is taken as the plain tuple it comes as.
    for patient, *values in rows:
        entry = {key: value for key, value in zip(names, values, strict=True) if value is not None}
        found[patient].append(entry["code"] if name in CODES else entry)
    return found


def _fetch_known(connection: Connection, patient_ids: list[str]) -> dict[str, dict[str, Any]]:
    known = connection.scalars(select(PatientRow.patient_id).where(PatientRow.patient_id.in_(patient_ids))).all()
    if len(known) > 1:
        return fetch_case_documents(connection)
    return fetch_case_documents(connection, known[0]) if known else {}


def _to_patient(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "patient_id": document["case_id"],
        "age_years": document.get("age_years"),
        "sex": document.get("sex"),
        "case_hash": compute_case_hash(document),
        "updated_at": read_now(),
    }


def _replace_list(connection: Connection, name: str, table: type[Base], documents: dict[str, dict[str, Any]]) -> None:
    patient: ColumnElement[str] = table.__table__.c.patient_id
    connection.execute(delete(table).where(patient.in_(list(documents))))
    rows = [
        _to_row(table, patient_id, position, entry)
        for patient_id, document in documents.items()
        for position, entry in enumerate(document.get(name) or ())
    ]
    add_rows(connection, table, rows)


def _to_row(table: type[Base], patient_id: str, position: int, entry: Any) -> dict[str, Any]:
    values = entry if isinstance(entry, dict) else {"code": entry}
    columns = {column.name: values.get(column.name) for column in table.__table__.columns}
    return {**columns, "patient_id": patient_id, "position": position}


def _check_texts(case: Case) -> None:
    document = case.to_json()
    for name in ("results", "imaging"):
        for entry in document.get(name) or ():
            for key, value in entry.items():
                if isinstance(value, str):
                    _check_text(case.case_id, f"{name}.{key}", value)
    _check_text(case.case_id, "case_id", case.case_id)


def _check_text(case_id: str, name: str, value: str) -> None:
    try:
        check_text(case_id, name, value)
    except StoreError as error:
        raise CaseError(case_id, name, str(error)) from error
