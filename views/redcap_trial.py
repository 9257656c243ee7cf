"""Screening lines, adverse events and deviations as the plain documents of REDCap's formats, and back. No Streamlit."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from exchange.redcap_trial import CRITERION, write_onset
from store import AdverseEvent, Deviation, ScreenedPerson
from trial.screening import load_criteria

DAYS = ("screened_on", "consented_on", "ended_on", "found_on", "closed_on")


def write_line(person: ScreenedPerson) -> dict[str, Any]:
    """The line with each criterion as a value of its own; what is not known is left out."""
    document = asdict(person)
    criteria = {f"{CRITERION}{code}": answer for code, answer in document.pop("criteria").items()}
    return _write(document | criteria)


def read_line(document: Mapping[str, Any]) -> ScreenedPerson:
    """The line; a criterion without an answer is not known."""
    asked = {one.code: None for one in load_criteria()}
    answers = {name.removeprefix(CRITERION): value for name, value in document.items() if name.startswith(CRITERION)}
    values = {name: value for name, value in _read(document).items() if not name.startswith(CRITERION)}
    return ScreenedPerson(criteria=asked | answers, **values)


def write_event(event: AdverseEvent) -> dict[str, Any]:
    """The event without its patient; its beginning as "2026-03-05 08:10", or the day alone."""
    document = asdict(event)
    document.pop("patient_id")
    day_only = document.pop("day_only")
    if event.began_at is not None:
        document["began_at"] = write_onset(event.began_at, day_only=day_only)
    return _write(document)


def read_event(patient_id: str, document: Mapping[str, Any]) -> AdverseEvent:
    values = _read(document)
    began = values.pop("began_at", None)
    moment = datetime.fromisoformat(began).replace(tzinfo=UTC) if began else None
    return AdverseEvent(patient_id, began_at=moment, day_only=bool(began) and " " not in began, **values)


def write_deviation(deviation: Deviation) -> dict[str, Any]:
    """The deviation without its patient."""
    document = asdict(deviation)
    document.pop("patient_id")
    return _write(document)


def read_deviation(patient_id: str, document: Mapping[str, Any]) -> Deviation:
    return Deviation(patient_id, **_read(document))


def _write(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in document.items()
        if value is not None
    }


def _read(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
        for name, value in document.items()
    }
