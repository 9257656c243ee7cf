"""The trial's own records in and out: screening log, adverse events, deviations, queries, snapshots."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select, update

from store.engine import reading, writing
from store.records import StoreError, UnknownPatient, check_text
from store.rows import add_rows, fetch_records, read_now, replace_rows
from store.tables import Base, PatientRow
from store.trial_records import AdverseEvent, DataQuery, Deviation, QueryNote, QueryState, ScreenedPerson, Snapshot
from store.trial_tables import AdverseEventRow, DeviationRow, QueryRow, ScreenedRow, SnapshotRow

OfPatient = TypeVar("OfPatient", AdverseEvent, Deviation, DataQuery)
NEXT: dict[str, tuple[tuple[QueryState, ...], QueryState]] = {
    "answered": (("open",), "answered"),
    "closed": (("open", "answered"), "closed"),
    "reopened": (("answered", "closed"), "open"),
}


class TrialStore:
    """The part of the store that belongs to the trial and to no single case. Every save is kept whole or not at all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save_screened(self, people: Sequence[ScreenedPerson]) -> None:
        """Add each line of the screening log, or put it in place of the one with the same number."""
        for person in people:
            _check_screened(person)
        with writing(self._engine) as connection:
            _check_patients(connection, {person.patient_id for person in people if person.patient_id})
            replace_rows(connection, ScreenedRow, [asdict(person) for person in people], ["screening_id"])

    def fetch_screened(self) -> list[ScreenedPerson]:
        """The screening log by day; lines without a day last."""
        with reading(self._engine) as connection:
            order = (ScreenedRow.screened_on.is_(None), ScreenedRow.screened_on, ScreenedRow.screening_id)
            return fetch_records(connection, ScreenedPerson, ScreenedRow, None, *order)

    def save_events(self, events: Sequence[AdverseEvent]) -> None:
        """Add adverse events; one with its number takes the place of that one."""
        self._save(AdverseEventRow, events, "event_id")

    def fetch_events(self) -> list[AdverseEvent]:
        return self._fetch(AdverseEvent, AdverseEventRow, AdverseEventRow.patient_id, AdverseEventRow.event_id)

    def save_deviations(self, deviations: Sequence[Deviation]) -> None:
        """Add protocol deviations; one with its number takes the place of that one."""
        self._save(DeviationRow, deviations, "deviation_id")

    def fetch_deviations(self) -> list[Deviation]:
        return self._fetch(Deviation, DeviationRow, DeviationRow.patient_id, DeviationRow.deviation_id)

    def raise_query(self, query: DataQuery, who: str) -> None:
        """Ask about a field: the query is open and its thread begins with the question."""
        note = QueryNote(who, "raised", query.says, read_now())
        self.save_queries([replace(query, state="open", thread=(note,), query_id=None)])

    def save_queries(self, queries: Sequence[DataQuery]) -> None:
        """Add queries as they are, with their threads; those of a number take the place of that one."""
        self._save(QueryRow, queries, "query_id")

    def move_query(self, query_id: int, did: str, who: str, says: str) -> None:
        """Answer, close or re-open a query with a note. Raises `StoreError` when its state does not allow it or words lack."""
        if not says.strip():
            raise StoreError(
                "A query moves with a word of why: write what was found, or why it is closed or opened again."
            )
        with writing(self._engine) as connection:
            row = connection.execute(
                select(QueryRow.state, QueryRow.thread).where(QueryRow.query_id == query_id)
            ).first()
            if row is None:
                raise StoreError(f"There is no query {query_id}: it may have been taken away with its patient.")
            allowed, state = NEXT[did]
            if row.state not in allowed:
                raise StoreError(
                    f"Query {query_id} is {row.state} and cannot be {did}; somebody else may have moved it."
                )
            check_text(str(query_id), "note", who + says)
            thread = [*row.thread, _note_to_json(QueryNote(who, did, says, read_now()))]
            moved = update(QueryRow).where(QueryRow.query_id == query_id)
            connection.execute(moved.values(state=state, thread=thread))

    def fetch_queries(self) -> list[DataQuery]:
        """All queries in the order they were raised, each with its thread."""
        queries = self._fetch(DataQuery, QueryRow, QueryRow.query_id)
        return [replace(query, thread=tuple(map(_note_from_json, query.thread))) for query in queries]

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot beside the earlier ones."""
        with writing(self._engine) as connection:
            row = asdict(snapshot)
            row.pop("snapshot_id")
            add_rows(connection, SnapshotRow, [row])

    def fetch_snapshots(self) -> list[Snapshot]:
        """All snapshots, the latest first."""
        with reading(self._engine) as connection:
            return fetch_records(connection, Snapshot, SnapshotRow, None, SnapshotRow.taken_at.desc())

    def _save(self, table: type[Base], records: Sequence[OfPatient], key: str) -> None:
        with writing(self._engine) as connection:
            _check_patients(connection, {record.patient_id for record in records})
            rows = [_to_row(record) for record in records]
            new = [{name: value for name, value in row.items() if name != key} for row in rows if row[key] is None]
            add_rows(connection, table, new)
            replace_rows(connection, table, [row for row in rows if row[key] is not None], [key])

    def _fetch(self, kind: type[OfPatient], table: type[Base], *order: Any) -> list[OfPatient]:
        with reading(self._engine) as connection:
            return fetch_records(connection, kind, table, None, *order)


def _to_row(record: AdverseEvent | Deviation | DataQuery) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in record.__dataclass_fields__}
    for name, value in row.items():
        if isinstance(value, str):
            check_text(record.patient_id, name, value)
    if isinstance(record, DataQuery):
        row["thread"] = [_note_to_json(note) for note in record.thread]
    return row


def _note_to_json(note: QueryNote) -> dict[str, str]:
    return {"who": note.who, "did": note.did, "says": note.says, "at": note.at.astimezone(UTC).isoformat()}


def _note_from_json(line: Any) -> QueryNote:
    return QueryNote(line["who"], line["did"], line["says"], datetime.fromisoformat(line["at"]))


def _check_screened(person: ScreenedPerson) -> None:
    if not person.screening_id.strip():
        raise StoreError("The screening number is empty: give one such as S001.")
    if person.patient_id and person.decision != "enrolled":
        raise StoreError(
            f"{person.screening_id}: only somebody enrolled may carry a pseudonym; take it away, or enrol."
        )
    if person.decision == "not_enrolled" and not person.reason:
        raise StoreError(f"{person.screening_id}: not enrolled needs its main reason; choose one.")
    for name in ("screening_id", "other_reasons", "decided_by"):
        check_text(person.screening_id, name, getattr(person, name) or "")


def _check_patients(connection: Connection, patient_ids: set[str]) -> None:
    known = set(connection.execute(select(PatientRow.patient_id)).scalars())
    for patient_id in sorted(patient_ids - known):
        raise UnknownPatient(patient_id)
