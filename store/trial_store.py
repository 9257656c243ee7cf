"""The trial's own records in and out: screening log, adverse events, deviations, queries, snapshots."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, func, select, update

from store.engine import reading, writing
from store.records import Change, StoreError, check_text
from store.rows import add_rows, fetch_records, read_now
from store.tables import Base, ChangeRow
from store.trial_records import AdverseEvent, DataQuery, Deviation, QueryNote, QueryState, ScreenedPerson, Snapshot
from store.trial_rows import name_subject, note_to_json, save_deviations, save_events, save_queries, save_screened
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

    def save_screened(
        self, people: Sequence[ScreenedPerson], *, who: str | None = None, why: str | None = None
    ) -> None:
        """Add each line of the screening log, or put it in place of the one with the same number."""
        with writing(self._engine) as connection:
            save_screened(connection, people, (who, why))

    def fetch_screened(self) -> list[ScreenedPerson]:
        """The screening log by day; lines without a day last."""
        with reading(self._engine) as connection:
            order = (ScreenedRow.screened_on.is_(None), ScreenedRow.screened_on, ScreenedRow.screening_id)
            return fetch_records(connection, ScreenedPerson, ScreenedRow, None, *order)

    def count_screened(self) -> int:
        """How many lines the screening log has."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(ScreenedRow)) or 0

    def save_events(self, events: Sequence[AdverseEvent], *, who: str | None = None, why: str | None = None) -> None:
        """Add adverse events; one with its number takes the place of that one."""
        with writing(self._engine) as connection:
            save_events(connection, events, (who, why))

    def fetch_events(self) -> list[AdverseEvent]:
        return self._fetch(AdverseEvent, AdverseEventRow, AdverseEventRow.patient_id, AdverseEventRow.event_id)

    def save_deviations(
        self, deviations: Sequence[Deviation], *, who: str | None = None, why: str | None = None
    ) -> None:
        """Add protocol deviations; one with its number takes the place of that one."""
        with writing(self._engine) as connection:
            save_deviations(connection, deviations, (who, why))

    def fetch_deviations(self) -> list[Deviation]:
        return self._fetch(Deviation, DeviationRow, DeviationRow.patient_id, DeviationRow.deviation_id)

    def raise_query(self, query: DataQuery, who: str) -> None:
        """Ask about a field: the query is open and its thread begins with the question."""
        note = QueryNote(who, "raised", query.says, read_now())
        self.save_queries([replace(query, state="open", thread=(note,), query_id=None)])

    def save_queries(self, queries: Sequence[DataQuery]) -> None:
        """Add queries as they are, with their threads; those of a number take the place of that one."""
        with writing(self._engine) as connection:
            save_queries(connection, queries)

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
            thread = [*row.thread, note_to_json(QueryNote(who, did, says, read_now()))]
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

    def fetch_history(self, whom: str, kind: str, number: int | None = None) -> list[Change]:
        """What was changed of an adverse event, a deviation or a screening line, newest first.

        `whom`: the pseudonym, or the screening number of a line; `kind`: "adverse event", "deviation", "screening line".
        """
        subject = kind if number is None else name_subject(kind, number)
        where = (ChangeRow.patient_id == whom) & (ChangeRow.subject == subject)
        with reading(self._engine) as connection:
            return fetch_records(connection, Change, ChangeRow, where, ChangeRow.change_id.desc())

    def fetch_snapshots(self) -> list[Snapshot]:
        """All snapshots, the latest first."""
        with reading(self._engine) as connection:
            return fetch_records(connection, Snapshot, SnapshotRow, None, SnapshotRow.taken_at.desc())

    def _fetch(self, kind: type[OfPatient], table: type[Base], *order: Any) -> list[OfPatient]:
        with reading(self._engine) as connection:
            return fetch_records(connection, kind, table, None, *order)


def _note_from_json(line: Any) -> QueryNote:
    return QueryNote(line["who"], line["did"], line["says"], datetime.fromisoformat(line["at"]))
