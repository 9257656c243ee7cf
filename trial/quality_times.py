"""Time between things: from index test to reference diagnosis, from tracer to adverse event, from one snapshot to the next."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median, quantiles
from typing import Any

from trial.quality import load_quality


@dataclass(frozen=True)
class Interval:
    """Days from one scan to the reference diagnosis, below 0 when the diagnosis came first."""

    patient_id: str
    tracer: str
    days: int


@dataclass(frozen=True)
class IntervalSummary:
    """Intervals of a tracer: median and quartiles (inclusive; None with fewer than two), and those outside the window.

    `of`: patients with the scan and a reference diagnosis, of whom `intervals` have both days.
    """

    tracer: str
    intervals: tuple[Interval, ...]
    of: int
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    longest_days: int
    outside: tuple[Interval, ...]


@dataclass(frozen=True)
class NearEvent:
    """How long after the latest tracer before it an event began; `hours` None: time or scan not known.

    `by_day`: only days were known, so that the hours are whole days and the event counts as near when it might be.
    """

    patient_id: str
    event: str
    tracer: str | None
    hours: float | None
    within_hours: int | None
    by_day: bool = True


@dataclass(frozen=True)
class News:
    """What is new since a snapshot: patients added, changed, and gone."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.gone)


Scans = Mapping[str, Mapping[str, date | None]]


def summarise_intervals(
    tracer: str, scans: Mapping[str, date | None], references: Mapping[str, date | None]
) -> IntervalSummary:
    """Scan days and reference days by patient; a patient in both mappings counts, with a day or without."""
    both = sorted(set(scans) & set(references))
    pairs = [(name, scans[name], references[name]) for name in both]
    found = tuple(Interval(name, tracer, (last - first).days) for name, first, last in pairs if first and last)
    days = [one.days for one in found]
    longest = int(load_quality()["interval"]["longest_days"])
    quarters = quantiles(days, n=4, method="inclusive") if len(days) > 1 else [None, None, None]
    outside = tuple(one for one in found if not 0 <= one.days <= longest)
    middle = float(median(days)) if days else None
    return IntervalSummary(tracer, found, len(both), middle, quarters[0], quarters[2], longest, outside)


def place_event(patient_id: str, event: str, began_at: datetime | None, scans: Mapping[str, date | None]) -> NearEvent:
    """The event after the latest scan not after its day, with the narrowest of the limits (24 h, 7 d) it may lie within.

    Scans are known by day: an event of the same or the next day may lie within 24 h, so it is counted there.
    """
    before = [(day, tracer) for tracer, day in scans.items() if day and began_at and day <= began_at.date()]
    if not before or began_at is None:
        return NearEvent(patient_id, event, None, None, None)
    day, tracer = max(before)
    hours = 24.0 * (began_at.date() - day).days
    limits = sorted(load_quality()["near_tracer"]["hours"])
    return NearEvent(patient_id, event, tracer, hours, next((limit for limit in limits if hours <= limit), None))


def take_fingerprint(record: Any) -> str:
    """A short text that is another one after anything in the record changed; the order of keys does not matter."""
    text = json.dumps(record, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def compare_snapshots(before: Mapping[str, str], after: Mapping[str, str]) -> News:
    """Fingerprints by patient then and now."""
    return News(
        added=tuple(sorted(set(after) - set(before))),
        changed=tuple(sorted(name for name in set(after) & set(before) if after[name] != before[name])),
        gone=tuple(sorted(set(before) - set(after))),
    )


def count_near(events: Sequence[NearEvent]) -> dict[int, int]:
    """Events within each limit in hours; one within 24 h is also within 7 d."""
    limits = sorted(load_quality()["near_tracer"]["hours"])
    return {limit: sum(one.hours is not None and one.hours <= limit for one in events) for limit in limits}
