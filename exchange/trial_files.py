"""The trial's forms as plain tables: screening log, adverse events, deviations, and the dictionary of their columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.csv_table import write_rows
from exchange.redcap_mapping import list_words
from exchange.redcap_plan import Known
from exchange.redcap_trial import (
    CRITERION,
    DATED,
    DEVIATION,
    EVENT,
    NOTES,
    SCREENING,
    TITLES,
    YES_NO,
    list_trial_targets,
)
from trial.screening import load_criteria

FILES = {SCREENING: "screening_log.csv", EVENT: "adverse_events.csv", DEVIATION: "deviations.csv"}
COLUMNS_FILE = "trial_columns.csv"
SYNTHETIC = "synthetic"
SAYS = {
    "screening_id": "Number in the screening log",
    "age_band": "Age band in years; the age itself is not kept of somebody not enrolled",
    "reason": "Main reason why not enrolled",
    "patient_id": "Pseudonym; empty of everybody not enrolled",
    SYNTHETIC: "Whether the patient is invented",
    "began_at": "When it began, by the hospital's clock; the day alone where the hour is not known",
    "grade": "CTCAE v5.0 grade",
    "related_to": "Tracer thought to be behind it",
    "says": "What was done otherwise than planned",
    "effect": "Consequence for the analysis",
}


def write_trial_files(known: Mapping[str, Known]) -> dict[str, bytes]:
    """Each file by its name, an empty cell is not known; the dictionary last."""
    tables: dict[str, list[list[str]]] = {kind: [_head(kind)] for kind in FILES}
    for patient_id, one in known.items():
        for kind, documents in ((SCREENING, one.screened), (EVENT, one.events), (DEVIATION, one.deviations)):
            tables[kind] += [_write_row(kind, patient_id, one, document) for document in documents]
    files = {FILES[kind]: write_rows(rows) for kind, rows in tables.items()}
    return files | {COLUMNS_FILE: write_rows([["file", "column", "kind", "words", "says"], *_list_columns()])}


def _head(kind: str) -> list[str]:
    """The screening log has its pseudonym among its own columns; the others begin with it."""
    names = list(list_trial_targets()[kind])
    return names if kind == SCREENING else ["patient_id", SYNTHETIC, *names]


def _write_row(kind: str, patient_id: str, one: Known, document: Mapping[str, Any]) -> list[str]:
    whose = {"patient_id": patient_id, SYNTHETIC: (one.patient or {}).get(SYNTHETIC)}
    own: Mapping[str, Any] = document if kind == SCREENING else {**whose, **document}
    return [_write(own.get(name)) for name in _head(kind)]


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _list_columns() -> Iterator[list[str]]:
    criteria = {f"{CRITERION}{one.code}": f"{one.kind.capitalize()}: {one.title}" for one in load_criteria()}
    for kind, file in FILES.items():
        for name in _head(kind):
            to = f"{kind}.{name}"
            words = YES_NO if name == SYNTHETIC else list_words(to)
            form = "date" if to in DATED else "yes_no" if words == YES_NO else "words" if words else "text"
            plain = f"{TITLES[kind]}: {name.replace('_', ' ')}"
            says = criteria.get(name) or SAYS.get(name) or plain
            yield [file, name, form, " | ".join(words), f"{says} ({NOTES[to]})" if to in NOTES else says]
