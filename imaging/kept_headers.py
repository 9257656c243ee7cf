"""The part of a series' headers its SUV follows from, kept as plain JSON with a stored scan so that it can be corrected later.

Holds neither name, identifier nor free description. Dates are ISO text (2026-03-02), as in every kept document.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from imaging.header import Agent, Header

_NOT_KEPT = (
    "sop_instance", "transfer_syntax", "patient_id", "patient_name", "study_uid", "series_uid", "frame_of_reference",
    "study_description", "description", "protocol", "study_date", "instance_number", "image_index", "slices_a_frame",
    "position", "pixel_spacing", "slice_thickness", "columns", "samples", "bits_allocated", "signed",
)  # fmt: skip
_DATED = (
    "series_date", "acquisition_date", "acquisition_datetime", "siemens_reference", "ge_reference", "decay_reference",
    "effective_time", "start_datetime",
)  # fmt: skip
_EMPTY = Header()
_NAMES = tuple(part.name for part in fields(Header) if part.name not in _NOT_KEPT)
# A date alone or with the time behind it: 20260302101500 and 2026-03-02T101500.
_DICOM_DATE, _ISO_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})(\d*)"), re.compile(r"^(\d{4})-(\d{2})-(\d{2})T?")


def write_headers(headers: Sequence[Header]) -> dict[str, Any]:
    """The kept values: "shared" by all slices, "slices" with one entry a slice from low to high, and how many there are."""
    dated = [_write_dates(header) for header in headers]
    shared: dict[str, Any] = {}
    slices: dict[str, Any] = {}
    for name in _NAMES:
        values = [getattr(header, name) for header in dated]
        if len(set(values)) > 1:
            slices[name] = [_plain(value) for value in values]
        elif values[0] != getattr(_EMPTY, name):
            shared[name] = _plain(values[0])
    return {"count": len(headers), "shared": shared, "slices": slices}


def read_headers(document: Mapping[str, Any] | None) -> tuple[Header, ...]:
    """The headers that `write_headers` wrote; empty where none were kept."""
    if not document:
        return ()
    shared, slices = _known(document["shared"]), document["slices"]
    every = [_known({name: values[n] for name, values in slices.items()}) for n in range(document["count"])]
    return tuple(_read_dates(Header(**shared, **own)) for own in every)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields that exist today, in the shape a header has them."""
    return {name: _value(name, value) for name, value in values.items() if name in _NAMES}


def _value(name: str, value: Any) -> Any:
    if name == "other_agents":
        return tuple(Agent(**one) for one in value)
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [asdict(one) if isinstance(one, Agent) else one for one in value]
    return value


def _write_dates(header: Header) -> Header:
    return _change_dates(header, lambda text: _DICOM_DATE.sub(_to_iso, text))


def _to_iso(found: re.Match[str]) -> str:
    day = "-".join(found.groups()[:3])
    return f"{day}T{found[4]}" if found[4] else day


def _read_dates(header: Header) -> Header:
    return _change_dates(header, lambda text: _ISO_DATE.sub(r"\1\2\3", text))


def _change_dates(header: Header, change: Callable[[str], str]) -> Header:
    dates: dict[str, Any] = {name: change(text) for name in _DATED if (text := getattr(header, name))}
    agents = tuple(
        replace(one, start_datetime=change(one.start_datetime)) if one.start_datetime else one
        for one in header.other_agents
    )
    return replace(header, other_agents=agents, **dates)
