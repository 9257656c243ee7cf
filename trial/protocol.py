"""The trial's protocol as data: the target, the ages it takes, the tracers it scans with."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROTOCOL_FILE = Path(__file__).with_name("protocol.toml")


@dataclass(frozen=True)
class TracerPlan:
    """One tracer: `expected_in` is "all" or "some" patients, `says` tells a reader which and why."""

    code: str
    short_name: str
    expected_in: str
    says: str


@dataclass(frozen=True)
class Protocol:
    """The registered plan; ages in years, both ends included."""

    id: str
    title: str
    target: int
    age_from_years: float
    age_to_years: float
    source: str
    tracers: tuple[TracerPlan, ...]


@lru_cache(maxsize=1)
def load_protocol() -> Protocol:
    """The protocol of the trial, from protocol.toml."""
    document = tomllib.loads(PROTOCOL_FILE.read_text(encoding="utf-8"))
    tracers = tuple(TracerPlan(**tracer) for tracer in document.pop("tracer"))
    return Protocol(**document, tracers=tracers)
