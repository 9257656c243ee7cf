"""Between the store and REDCap's formats: what is known of everybody, and a confirmed plan kept in one step. No Streamlit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from exchange.redcap_plan import ImportPlan, Known, Planned
from store import Patient, ReadRecord, ReferenceDiagnosis, Store

DAYS = ("enrolled_on", "mdt_on", "decided_on")
Kind = TypeVar("Kind", Patient, ReadRecord, ReferenceDiagnosis)


def fetch_known(store: Store) -> dict[str, Known]:
    """Everybody as plain documents, in the order of the pseudonyms."""
    cases = store.fetch_cases()
    references = {one.patient_id: _write(one) for one in store.fetch_references()}
    reads: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for read in store.fetch_reads():
        reads[read.patient_id].append(_write(read))
    return {
        one.patient_id: Known(
            _write(one), cases[one.patient_id], references.get(one.patient_id), tuple(reads[one.patient_id])
        )
        for one in store.fetch_patients()
    }


def save_plan(store: Store, plan: ImportPlan, who: str, why: str) -> int:
    """Keep everybody new or changed, all or none; returns how many. Raises StoreError or CaseError."""
    touched = [one for one in plan.planned if one.is_new or one.differences]
    store.save_many(
        patients=[_read(Patient, one.patient) for one in touched],
        cases=[one.case for one in touched],
        references=[_read(ReferenceDiagnosis, one.reference) for one in touched if one.reference],
        reads=[_read(ReadRecord, read) for one in touched for read in one.reads],
        who=who,
        why=why,
    )
    return len(touched)


def find_moved(plan: ImportPlan, planned_on: Mapping[str, Known], now: Mapping[str, Known]) -> tuple[str, ...]:
    """Patients of the plan who were changed in the store since it was made."""
    return tuple(one.patient_id for one in plan.planned if planned_on.get(one.patient_id) != now.get(one.patient_id))


def list_synthetic(planned: Iterable[Planned]) -> tuple[str, ...]:
    """Those of the plan who are marked synthetic."""
    return tuple(one.patient_id for one in planned if one.patient.get("synthetic"))


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
