"""What the trial writes down beside the patients: whom it screened, what went wrong, what was asked about the data.

Nothing here names a person: somebody who was screened and not enrolled has a screening number and an age band, no pseudonym.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Answer = Literal["yes", "no", "not_applicable"]
Decision = Literal["enrolled", "not_enrolled", "pending"]
QueryState = Literal["open", "answered", "closed"]


@dataclass(frozen=True)
class ScreenedPerson:
    """One line of the screening log. `criteria`: by code the answer, None not known; `patient_id` only once enrolled.

    `reason`: the coded main reason why not. `consent_type` and `consented_on` as the protocol asks by age.
    """

    screening_id: str
    screened_on: date | None = None
    age_band: str | None = None
    sex: str | None = None
    criteria: dict[str, Answer | None] = field(default_factory=dict)
    reason: str | None = None
    other_reasons: str | None = None
    decision: Decision = "pending"
    decided_by: str | None = None
    consent_type: str | None = None
    consented_on: date | None = None
    patient_id: str | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class AdverseEvent:
    """Something that happened to a participant. `related_to`: the tracer thought to be behind it, None: none or not known.

    `began_at`: the hospital's clock, kept as if it were UTC; `day_only`: only its day is known, the time says nothing.
    `grade`, `relatedness` and `outcome` are words of trial/safety.toml. `ended_on`: the day it was over.
    """

    patient_id: str
    event: str
    began_at: datetime | None = None
    grade: int | None = None
    serious: bool | None = None
    related_to: str | None = None
    outcome: str | None = None
    event_id: int | None = None
    day_only: bool = False
    relatedness: str | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Deviation:
    """A departure from the protocol and what it means for the analysis. `closed_on`: the day nothing was left to do."""

    patient_id: str
    kind: str
    says: str
    found_on: date | None = None
    important: bool | None = None
    effect: str | None = None
    action: str | None = None
    deviation_id: int | None = None
    closed_on: date | None = None


@dataclass(frozen=True)
class QueryNote:
    """One line of a query's thread: who did what (raised, answered, closed, reopened), when, in which words."""

    who: str
    did: str
    says: str
    at: datetime


@dataclass(frozen=True)
class DataQuery:
    """A question about one field of one patient. `rule`: the check that raised it, None when a person did."""

    patient_id: str
    form: str
    field_name: str
    says: str
    state: QueryState = "open"
    rule: str | None = None
    thread: tuple[QueryNote, ...] = ()
    query_id: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """The data as they stood: a fingerprint by patient and the counts, so that a later look can tell what is new."""

    taken_at: datetime
    taken_by: str | None
    fingerprint: str
    patients: dict[str, str]
    counts: dict[str, Any]
    snapshot_id: int | None = None


TrialRecord = ScreenedPerson | AdverseEvent | Deviation | DataQuery | Snapshot
