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


def place_event(
    patient_id: str,
    event: str,
    began_at: datetime | None,
    scans: Mapping[str, date | None],
    injected: Mapping[str, datetime] | None = None,
) -> NearEvent:
    """The event after the latest tracer before it, with the narrowest of the limits (24 h, 7 d) it may lie within.

    `injected`: by tracer the moment on the clock of `began_at`, where it is known; hours are exact then. Leave it out when
    only the day of the event is known: an event of the same or the next day may lie within 24 h, so it is counted there.
    """
    if began_at is None:
        return NearEvent(patient_id, event, None, None, None)
    known = injected or {}
    # Where the minute is known the day says nothing more: what was injected after the event is not before it.
    before = [(day, tracer, None) for tracer, day in scans.items() if day and tracer not in known]
    latest = max(
        (
            *(one for one in before if one[0] <= began_at.date()),
            *((moment.date(), tracer, moment) for tracer, moment in known.items() if moment <= began_at),
        ),
        key=lambda one: one[:2],
        default=None,
    )
    if latest is None:
        return NearEvent(patient_id, event, None, None, None)
    day, tracer, moment = latest
    hours = (began_at - moment).total_seconds() / 3600 if moment else 24.0 * (began_at.date() - day).days
    limits = sorted(load_quality()["near_tracer"]["hours"])
    within = next((limit for limit in limits if hours <= limit), None)
    return NearEvent(patient_id, event, tracer, hours, within, by_day=moment is None)


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
