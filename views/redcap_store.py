"""Between the store and REDCap's formats: what is known of everybody, and a confirmed plan kept in one step. No Streamlit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from exchange.redcap_plan import ImportPlan, Known, Planned
from store import Patient, ReadRecord, ReferenceDiagnosis, Store, TrialRecords
from views.redcap_trial import (
    read_deviation,
    read_event,
    read_line,
    write_deviation,
    write_event,
    write_line,
)

DAYS = ("enrolled_on", "mdt_on", "decided_on")
Kind = TypeVar("Kind", Patient, ReadRecord, ReferenceDiagnosis)


def fetch_known(store: Store) -> dict[str, Known]:
    """Everybody as plain documents, in the order of the pseudonyms; then those screened who are no patients."""
    cases = store.fetch_cases()
    references = {one.patient_id: _write(one) for one in store.fetch_references()}
    reads = _group((one.patient_id, _write(one)) for one in store.fetch_reads())
    lines = _group((one.patient_id or one.screening_id, write_line(one)) for one in store.trial.fetch_screened())
    events = _group((one.patient_id, write_event(one)) for one in store.trial.fetch_events())
    deviations = _group((one.patient_id, write_deviation(one)) for one in store.trial.fetch_deviations())
    patients = {
        one.patient_id: Known(
            _write(one), cases[one.patient_id], references.get(one.patient_id), reads[one.patient_id],
            lines[one.patient_id], events[one.patient_id], deviations[one.patient_id],
        )
        for one in store.fetch_patients()
    }  # fmt: skip
    return patients | {name: Known(screened=own) for name, own in lines.items() if own and name not in patients}


def _group(documents: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, tuple[dict[str, Any], ...]]:
    grouped: dict[str, tuple[dict[str, Any], ...]] = defaultdict(tuple)
    for name, document in documents:
        grouped[name] += (document,)
    return grouped


def save_plan(store: Store, plan: ImportPlan, who: str, why: str) -> int:
    """Keep everybody new or changed, all or none; returns how many. Raises StoreError or CaseError."""
    touched = [one for one in plan.planned if one.is_new or one.differences]
    store.save_many(
        patients=[_read(Patient, one.patient) for one in touched if one.patient],
        cases=[one.case for one in touched if one.case],
        references=[_read(ReferenceDiagnosis, one.reference) for one in touched if one.reference],
        reads=[_read(ReadRecord, read) for one in touched for read in one.reads],
        trial=TrialRecords(
            [read_line(line) for one in touched for line in one.trial.screened],
            [read_event(one.patient_id, event) for one in touched for event in one.trial.events],
            [read_deviation(one.patient_id, item) for one in touched for item in one.trial.deviations],
        ),
        who=who,
        why=why,
    )
    return len(touched)


def find_moved(plan: ImportPlan, planned_on: Mapping[str, Known], now: Mapping[str, Known]) -> tuple[str, ...]:
    """Records of the plan that were changed in the store since it was made, also under their screening number."""
    return tuple(
        one.patient_id
        for one in plan.planned
        if any(
            planned_on.get(name) != now.get(name)
            for name in (one.patient_id, *(str(line["screening_id"]) for line in one.trial.screened))
        )
    )


def list_synthetic(planned: Iterable[Planned]) -> tuple[str, ...]:
    """Those of the plan who are marked synthetic."""
    return tuple(one.patient_id for one in planned if one.patient and one.patient.get("synthetic"))


def _write(record: Patient | ReadRecord | ReferenceDiagnosis) -> dict[str, Any]:
    values = {part.name: getattr(record, part.name) for part in fields(record)}
    return {name: _to_plain(value) for name, value in values.items()}


def _to_plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    known: dict[str, Any] = {
        name: date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
        for name, value in values.items()
    }
    return kind(**known)
