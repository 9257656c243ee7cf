"""A series taken in under one disguise given another: every date moves by the difference, and nothing else changes.

For images that were read before it was known whose they are.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from imaging.dicom import Series
from imaging.header import Header
from imaging.pseudonym import Pseudonym, shift_text

_ISO_DATE = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
# The fields of a header that hold a date, alone or with a time.
_DATED = (
    "study_date", "series_date", "acquisition_date", "acquisition_datetime", "siemens_reference", "ge_reference",
    "decay_reference", "effective_time", "start_datetime",
)  # fmt: skip
_WORDS = ("study_date", "reference_time", "suv", "problems")


def shift_words(text: str, days: int) -> str:
    """A text with every date in it (2026-03-02) moved by so many days."""
    return _ISO_DATE.sub(lambda found: shift_text(found[1], days) or "a date", text)


def shift_document(value: Any, days: int) -> Any:
    """A document, or a frozen result, with every date in its texts moved by so many days."""
    if isinstance(value, str):
        return shift_words(value, days)
    if isinstance(value, dict):
        return {name: shift_document(part, days) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(shift_document(part, days) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: shift_document(getattr(value, one.name), days) for one in fields(value)})
    return value


def move_series(series: Series, days: int, person: Pseudonym) -> Series:
    """The series with its dates moved by so many days, under another name."""
    slices = tuple(replace(one, header=_move(one.header, days, person.name)) for one in series.stack.slices)
    shifted = {name: shift_document(getattr(series, name), days) for name in _WORDS}
    return replace(
        series,
        patient_id=person.name,
        headers=tuple(_move(header, days, person.name) for header in series.headers),
        stack=replace(series.stack, slices=slices),
        **shifted,
    )


def _move(header: Header, days: int, name: str) -> Header:
    dates: dict[str, Any] = {
        one: shift_text(text, days) or None for one in _DATED if (text := getattr(header, one, None))
    }
    agents = tuple(
        replace(agent, start_datetime=shift_text(agent.start_datetime, days) or None) if agent.start_datetime else agent
        for agent in header.other_agents
    )
    return replace(header, patient_id=name, patient_name=name, other_agents=agents, **dates)
