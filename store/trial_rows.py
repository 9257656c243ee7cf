"""Screening lines, adverse events, deviations and queries written inside a transaction, each change with its history."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, insert, select

from store.records import StoreError, UnknownPatient, check_text
from store.rows import fetch_records, replace_rows, save_change, to_document, touch_patient
from store.tables import Base, PatientRow
from store.trial_records import AdverseEvent, DataQuery, Deviation, QueryNote, ScreenedPerson
from store.trial_tables import AdverseEventRow, DeviationRow, QueryRow, ScreenedRow
from trial.protocol import load_protocol
from trial.safety import load_safety

Said = tuple[str | None, str | None]
NOBODY: Said = (None, None)


@dataclass(frozen=True)
class TrialRecords:
    """Records of the trial to keep together with patients, in one transaction."""

    screened: Sequence[ScreenedPerson] = ()
    events: Sequence[AdverseEvent] = ()
    deviations: Sequence[Deviation] = ()


def save_trial_records(connection: Connection, records: TrialRecords, said: Said) -> None:
    """All three kinds; patients they speak of must be kept already."""
    save_screened(connection, records.screened, said)
    save_events(connection, records.events, said)
    save_deviations(connection, records.deviations, said)


def save_screened(connection: Connection, people: Sequence[ScreenedPerson], said: Said = NOBODY) -> None:
    """Add each line of the log, or put it in place of the one with its number. `said`: who and why, for the history.

    The history of a line stands under its screening number: a failure has no pseudonym.
    """
    for person in people:
        _check_screened(person)
    _check_patients(connection, {person.patient_id for person in people if person.patient_id})
    before = {one.screening_id: one for one in fetch_records(connection, ScreenedPerson, ScreenedRow, None)}
    replace_rows(connection, ScreenedRow, [asdict(person) for person in people], ["screening_id"])
    for person in people:
        old = to_document(before.get(person.screening_id))
        save_change(connection, person.screening_id, "screening line", old, to_document(person), *said)


def save_events(connection: Connection, events: Sequence[AdverseEvent], said: Said = NOBODY) -> None:
    """Add adverse events; one with its number takes the place of that one, which the history keeps."""
    for event in events:
        _check_event(event)
    _check_patients(connection, {one.patient_id for one in events})
    before = {one.event_id: one for one in fetch_records(connection, AdverseEvent, AdverseEventRow, None)}
    for event in events:
        number = save_row(connection, AdverseEventRow, asdict(event), "event_id")
        old, subject = to_document(before.get(event.event_id)), name_subject("adverse event", number)
        _note(connection, event.patient_id, subject, old, to_document(event), "event_id", said)


def save_deviations(connection: Connection, deviations: Sequence[Deviation], said: Said = NOBODY) -> None:
    """Add deviations; one with its number takes the place of that one, which the history keeps."""
    for deviation in deviations:
        _check_deviation(deviation)
    _check_patients(connection, {one.patient_id for one in deviations})
    before = {one.deviation_id: one for one in fetch_records(connection, Deviation, DeviationRow, None)}
    for deviation in deviations:
        number = save_row(connection, DeviationRow, asdict(deviation), "deviation_id")
        old, subject = to_document(before.get(deviation.deviation_id)), name_subject("deviation", number)
        _note(connection, deviation.patient_id, subject, old, to_document(deviation), "deviation_id", said)


def save_queries(connection: Connection, queries: Sequence[DataQuery]) -> None:
    """Add queries as they are, with their threads; those of a number take the place of that one."""
    _check_patients(connection, {query.patient_id for query in queries})
    for query in queries:
        _check_texts(query.patient_id, query)
        row = asdict(query) | {"thread": [note_to_json(note) for note in query.thread]}
        save_row(connection, QueryRow, row, "query_id")


def name_subject(kind: str, number: int | None) -> str:
    """Under which subject the history keeps a record: "adverse event 3"."""
    return f"{kind} {number}"


def save_row(connection: Connection, table: type[Base], row: dict[str, Any], key: str) -> int:
    """Add the row, or put it in place of the one with its number; gives the number back."""
    if row[key] is not None:
        replace_rows(connection, table, [row], [key])
        return int(row[key])
    new = {name: value for name, value in row.items() if name != key}
    found = connection.execute(insert(table.__table__).values(new)).inserted_primary_key  # type: ignore[arg-type]
    return int(found[0]) if found else 0


def note_to_json(note: QueryNote) -> dict[str, str]:
    """One line of a thread as it is kept."""
    return {"who": note.who, "did": note.did, "says": note.says, "at": note.at.astimezone(UTC).isoformat()}


def _note(
    connection: Connection,
    patient_id: str,
    subject: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    key: str,
    said: Said,
) -> None:
    """The history and the patient's moment of change; a number that was only now given is no change."""
    for document in (before, after):
        (document or {}).pop(key, None)
    if before != after:
        save_change(connection, patient_id, subject, before, after, *said)
        touch_patient(connection, patient_id)


def _check_event(event: AdverseEvent) -> None:
    words = load_safety()
    _check_texts(event.patient_id, event)
    _check_filled(event.patient_id, "event", event.event)
    grade = None if event.grade is None else str(event.grade)
    _check_word(event.patient_id, "grade", grade, words.grades.titles)
    _check_word(event.patient_id, "relatedness", event.relatedness, words.relatedness.titles)
    _check_word(event.patient_id, "outcome", event.outcome, words.outcomes.titles)
    _check_word(event.patient_id, "related_to", event.related_to, [one.code for one in load_protocol().tracers])


def _check_deviation(deviation: Deviation) -> None:
    _check_texts(deviation.patient_id, deviation)
    _check_filled(deviation.patient_id, "says", deviation.says)
    _check_word(deviation.patient_id, "kind", deviation.kind, load_safety().deviations.titles)


def _check_filled(patient_id: str, name: str, text: str) -> None:
    if not text.strip():
        raise StoreError(f"{patient_id}: {name} is empty: say what happened.")


def _check_word(patient_id: str, name: str, word: str | None, words: Iterable[str]) -> None:
    if word is not None and word not in words:
        raise StoreError(f"{patient_id}: {name} “{word}” is not known; it is one of {', '.join(words)}.")


def _check_texts(patient_id: str, record: AdverseEvent | Deviation | DataQuery) -> None:
    for name, value in asdict(record).items():
        if isinstance(value, str):
            check_text(patient_id, name, value)


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
