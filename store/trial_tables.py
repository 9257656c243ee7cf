"""The tables of the trial's own records; the same rules as for the others hold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base


def _patient() -> Mapped[str]:
    return mapped_column(ForeignKey("patients.patient_id", ondelete="CASCADE"))


class ScreenedRow(Base):
    """The screening log. A failure has no patient; a patient who is taken out leaves the line without the pseudonym."""

    __tablename__ = "screening_log"
    screening_id: Mapped[str] = mapped_column(primary_key=True)
    screened_on: Mapped[date | None]
    age_band: Mapped[str | None]
    sex: Mapped[str | None]
    criteria: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    other_reasons: Mapped[str | None]
    decision: Mapped[str]
    decided_by: Mapped[str | None]
    consent_type: Mapped[str | None]
    consented_on: Mapped[date | None]
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.patient_id", ondelete="SET NULL"))
    synthetic: Mapped[bool] = mapped_column(server_default=false())


class AdverseEventRow(Base):
    __tablename__ = "adverse_events"
    __table_args__ = (Index("ix_adverse_events_patient_id", "patient_id"),)
    event_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _patient()
    event: Mapped[str]
    began_at: Mapped[datetime | None]
    grade: Mapped[int | None]
    serious: Mapped[bool | None]
    related_to: Mapped[str | None]
    outcome: Mapped[str | None]
    day_only: Mapped[bool] = mapped_column(server_default=false())
    relatedness: Mapped[str | None]
    ended_on: Mapped[date | None]


class DeviationRow(Base):
    __tablename__ = "deviations"
    __table_args__ = (Index("ix_deviations_patient_id", "patient_id"),)
    deviation_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _patient()
    kind: Mapped[str]
    says: Mapped[str]
    found_on: Mapped[date | None]
    important: Mapped[bool | None]
    effect: Mapped[str | None]
    action: Mapped[str | None]
    closed_on: Mapped[date | None]


class QueryRow(Base):
    """`thread`: the notes as JSON, in the order they were written; none is ever taken away."""

    __tablename__ = "queries"
    __table_args__ = (Index("ix_queries_patient_id", "patient_id"),)
    query_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _patient()
    form: Mapped[str]
    field_name: Mapped[str]
    says: Mapped[str]
    state: Mapped[str]
    rule: Mapped[str | None]
    thread: Mapped[list[Any]]


class SnapshotRow(Base):
    __tablename__ = "snapshots"
    snapshot_id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    taken_by: Mapped[str | None]
    fingerprint: Mapped[str]
    patients: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
