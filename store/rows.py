"""The small common ground of every subject's queries: rows to records and back, replace-or-add, and the history."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from store.records import Record, UnknownPatient
from store.tables import Base, ChangeRow, PatientRow
from store.trial_records import TrialRecord

Kind = TypeVar("Kind")


def read_now() -> datetime:
    """The moment in UTC: no record depends on the place it was written."""
    return datetime.now(UTC)


def to_columns(record: Record) -> dict[str, Any]:
    """The record's fields by column name; positions become lists, which every database can hold."""
    values = {part.name: getattr(record, part.name) for part in fields(record)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def to_record(kind: type[Kind], row: Row[Any]) -> Kind:
    """A record of `kind` from a row that holds (at least) its columns."""
    names = _list_names(kind)
    return _make_record(kind, names, [row._mapping[name] for name in names])


def fetch_records(
    connection: Connection, kind: type[Kind], table: type[Base], where: ColumnElement[bool] | None, *order: Any
) -> list[Kind]:
    """The rows of a table that meet `where`, as records of this kind, in the given order."""
    names = _list_names(kind)
    query = select(*(table.__table__.c[name] for name in names)).order_by(*order)
    rows = connection.execute(query if where is None else query.where(where))
    return [_make_record(kind, names, row) for row in rows]


def _list_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def _make_record(kind: type[Kind], names: Sequence[str], values: Iterable[Any]) -> Kind:
    taken = (tuple(value) if isinstance(value, list) else value for value in values)
    return kind(**dict(zip(names, taken, strict=True)))


def replace_rows(
    connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]], keys: Sequence[str]
) -> None:
    """Add each row, or put it in place of the one with the same keys; columns that are not given stay as they are."""
    if not rows:
        return
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table.__table__)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), list(rows))


def add_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Append the rows; none is changed."""
    statement: Insert = insert(table.__table__)  # type: ignore[arg-type]
    if rows:
        connection.execute(statement, list(rows))


def touch_patient(connection: Connection, patient_id: str) -> None:
    """Note that something of this patient changed now. Raises `UnknownPatient`; other writers of the patient wait."""
    changed = update(PatientRow).where(PatientRow.patient_id == patient_id).values(updated_at=read_now())
    if connection.execute(changed).rowcount == 0:
        raise UnknownPatient(patient_id)


def save_change(
    connection: Connection,
    patient_id: str,
    subject: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    who: str | None = None,
    why: str | None = None,
) -> None:
    """One more line of the history, unless nothing changed."""
    if before == after:
        return
    line = {"patient_id": patient_id, "subject": subject, "before": before, "after": after}
    add_rows(connection, ChangeRow, [{**line, "who": who, "why": why, "at": read_now()}])


def to_document(record: Record | TrialRecord | None) -> dict[str, Any] | None:
    """The record as JSON for the history."""
    if record is None:
        return None
    return {name: _to_json(value) for name, value in asdict(record).items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def compute_case_hash(case: dict[str, Any]) -> str:
    """A fingerprint of a case document; the order of its keys does not matter, the order of its results does."""
    canonical = json.dumps(case, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
