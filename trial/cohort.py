"""Who is in the trial: enrolment against the target, how many of each subtype, and how complete it is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trial.protocol import Protocol, load_protocol

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CohortRecord:
    """One patient as the trial counts: `reference` is the subtype of the reference diagnosis, None while there is none.

    `enrolled_on` None: not enrolled, or the day is not known. `tracers`: codes of the tracers scanned.
    """

    patient_id: str
    enrolled_on: date | None = None
    age_years: float | None = None
    reference: str | None = None
    tracers: frozenset[str] = frozenset()
    read_tracers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EnrolmentDay:
    """How many were enrolled on a day, and how many up to and including it."""

    day: date
    enrolled: int
    total: int


@dataclass(frozen=True)
class EnrolmentWeek:
    """How many were enrolled in the week that begins on this Monday."""

    monday: date
    enrolled: int


@dataclass(frozen=True)
class Enrolment:
    """Enrolment against the target. `undated` patients have no enrolment date and are not counted as enrolled."""

    target: int
    enrolled: int
    undated: int
    needed: int
    days: tuple[EnrolmentDay, ...]
    weeks: tuple[EnrolmentWeek, ...]

    @property
    def last_day(self) -> date | None:
        return self.days[-1].day if self.days else None

    def count_last(self, weeks: int, until: date) -> int:
        """How many were enrolled in so many weeks up to and including `until`."""
        since = until - weeks * WEEK
        return sum(day.enrolled for day in self.days if since < day.day <= until)


@dataclass(frozen=True)
class SubtypeCount:
    """How many patients have this reference diagnosis; `subtype` None: no reference diagnosis yet."""

    subtype: str | None
    patients: int


@dataclass(frozen=True)
class Completeness:
    """Something known in `have` of `of` patients; `says` tells who is meant and why some are not."""

    item: str
    have: int
    of: int
    says: str


def compute_enrolment(records: Sequence[CohortRecord], target: int | None = None) -> Enrolment:
    """Count enrolment by day and by week (weeks of none included); the target is the protocol's unless given."""
    target = load_protocol().target if target is None else target
    per_day = Counter(record.enrolled_on for record in records if record.enrolled_on is not None)
    enrolled = per_day.total()
    return Enrolment(
        target=target,
        enrolled=enrolled,
        undated=len(records) - enrolled,
        needed=max(target - enrolled, 0),
        days=tuple(_count_days(per_day)),
        weeks=tuple(_count_weeks(per_day)),
    )


def compute_subtype_counts(records: Iterable[CohortRecord], subtypes: Sequence[str]) -> tuple[SubtypeCount, ...]:
    """One count for each subtype in the order given (0 included), then any other code found, then no reference yet."""
    found = Counter(record.reference for record in records)
    others = sorted(code for code in found if code is not None and code not in subtypes)
    order: list[str | None] = [*subtypes, *others, None]
    return tuple(SubtypeCount(code, found[code]) for code in order)


def compute_completeness(records: Sequence[CohortRecord], protocol: Protocol | None = None) -> tuple[Completeness, ...]:
    """How many patients have each thing the trial needs: every tracer, a read of each scan, a reference diagnosis."""
    plan = protocol or load_protocol()
    lines = []
    for tracer in plan.tracers:
        scanned = [record for record in records if tracer.code in record.tracers]
        read = sum(tracer.code in record.read_tracers for record in scanned)
        lines.append(Completeness(f"{tracer.short_name} scan", len(scanned), len(records), tracer.says))
        lines.append(Completeness(f"{tracer.short_name} read", read, len(scanned), "of those scanned"))
    known = sum(record.reference is not None for record in records)
    lines.append(Completeness("Reference diagnosis", known, len(records), "accuracy counts these patients only"))
    return tuple(lines)


def find_outside_age(records: Iterable[CohortRecord], protocol: Protocol | None = None) -> tuple[str, ...]:
    """The pseudonyms of patients whose age is known and outside the protocol's; an unknown age is not outside."""
    plan = protocol or load_protocol()
    return tuple(
        record.patient_id
        for record in records
        if record.age_years is not None and not plan.age_from_years <= record.age_years < plan.age_to_years + 1
    )


def _count_days(per_day: Counter[date]) -> Iterable[EnrolmentDay]:
    total = 0
    for day in sorted(per_day):
        total += per_day[day]
        yield EnrolmentDay(day, per_day[day], total)


def _count_weeks(per_day: Counter[date]) -> Iterable[EnrolmentWeek]:
    per_week = Counter({_monday(day): 0 for day in per_day})
    for day, count in per_day.items():
        per_week[_monday(day)] += count
    monday = min(per_week, default=None)
    while monday is not None and monday <= max(per_week):
        yield EnrolmentWeek(monday, per_week[monday])
        monday += WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
