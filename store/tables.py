"""The tables. Every clinical column may be NULL, which means *not known*; no default looks like a finding."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always in UTC: SQLite forgets time zones, so none is written and UTC is put back on reading."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Text(),
        float: Float(53),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def _patient_key(primary: bool = False) -> Mapped[str]:
    return mapped_column(ForeignKey("patients.patient_id", ondelete="CASCADE"), primary_key=primary)


class PatientRow(Base):
    """`case_hash` fingerprints everything the assessment reads; it changes whenever the case does."""

    __tablename__ = "patients"
    patient_id: Mapped[str] = mapped_column(primary_key=True)
    age_years: Mapped[float | None]
    sex: Mapped[str | None]
    enrolled_on: Mapped[date | None]
    mdt_on: Mapped[date | None]
    synthetic: Mapped[bool] = mapped_column(server_default=false())
    note: Mapped[str | None]
    case_hash: Mapped[str]
    updated_at: Mapped[datetime]


class ResultRow(Base):
    __tablename__ = "results"
    patient_id: Mapped[str] = _patient_key(primary=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    test: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    outcome: Mapped[str | None]
    comparator: Mapped[str | None]
    uln: Mapped[float | None]
    lln: Mapped[float | None]
    side: Mapped[str | None]
    assay: Mapped[str | None]
    collected_at: Mapped[str | None]


class ImagingFindingRow(Base):
    __tablename__ = "imaging_findings"
    patient_id: Mapped[str] = _patient_key(primary=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    modality: Mapped[str | None]
    tracer: Mapped[str | None]
    region: Mapped[str | None]
    finding: Mapped[str | None]
    size_mm: Mapped[float | None]
    side: Mapped[str | None]
    attenuation_hu: Mapped[float | None]
    flags: Mapped[list[Any] | None]
    uptake: Mapped[str | None]
    suv_max: Mapped[float | None]
    suv_mean: Mapped[float | None]
    suv_peak: Mapped[float | None]
    contralateral_suv_max: Mapped[float | None]
    normal_adrenal_suv_max: Mapped[float | None]
    liver_suv_mean: Mapped[float | None]
    blood_pool_suv_mean: Mapped[float | None]
    volume_ml: Mapped[float | None]
    uptake_minutes: Mapped[float | None]


class ContextRow(Base):
    __tablename__ = "contexts"
    patient_id: Mapped[str] = _patient_key(primary=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class SignRow(Base):
    __tablename__ = "signs"
    patient_id: Mapped[str] = _patient_key(primary=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class SeriesRow(Base):
    __tablename__ = "series"
    patient_id: Mapped[str] = _patient_key(primary=True)
    series_uid: Mapped[str] = mapped_column(primary_key=True)
    study_uid: Mapped[str | None]
    modality: Mapped[str | None]
    tracer: Mapped[str | None]
    description: Mapped[str | None]
    acquired_on: Mapped[date | None]
    uptake_minutes: Mapped[float | None]
    suv_type: Mapped[str | None]
    volume_path: Mapped[str | None]
    preview_path: Mapped[str | None]
    inspection: Mapped[dict[str, Any]]
    deidentified: Mapped[dict[str, Any] | None]


class MeasurementRow(Base):
    __tablename__ = "measurements"
    patient_id: Mapped[str] = _patient_key(primary=True)
    series_uid: Mapped[str] = mapped_column(primary_key=True)
    lesion: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str | None]
    at_mm: Mapped[list[Any] | None]
    threshold: Mapped[str | None]
    suv_max: Mapped[float | None]
    suv_mean: Mapped[float | None]
    suv_peak: Mapped[float | None]
    volume_ml: Mapped[float | None]
    total_uptake: Mapped[float | None]
    centre_mm: Mapped[list[Any] | None]
    liver_suv_mean: Mapped[float | None]
    contralateral_suv_max: Mapped[float | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime]
    uptake: Mapped[str | None]
    quality: Mapped[list[Any] | None]


class ReferenceRegionRow(Base):
    """A sphere in a normal organ: what the lesions of a series are compared with."""

    __tablename__ = "reference_regions"
    patient_id: Mapped[str] = _patient_key(primary=True)
    series_uid: Mapped[str] = mapped_column(primary_key=True)
    organ: Mapped[str] = mapped_column(primary_key=True)
    at_mm: Mapped[list[Any] | None]
    diameter_mm: Mapped[float | None]
    suv_mean: Mapped[float | None]
    suv_sd: Mapped[float | None]
    suv_max: Mapped[float | None]
    placed: Mapped[str | None]
    created_at: Mapped[datetime]


class CorrectionRow(Base):
    """What readers corrected of a scan's SUV. Only ever added to."""

    __tablename__ = "corrections"
    __table_args__ = (Index(None, "patient_id", "series_uid"),)
    correction_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _patient_key()
    series_uid: Mapped[str]
    entered: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str]
    reader: Mapped[str | None]
    factor_before: Mapped[float | None]
    factor_after: Mapped[float | None]
    corrected_at: Mapped[datetime]


class ReadRow(Base):
    __tablename__ = "reads"
    __table_args__ = (UniqueConstraint("patient_id", "reader", "tracer", "read_at"),)
    read_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _patient_key()
    reader: Mapped[str]
    tracer: Mapped[str]
    result: Mapped[str]
    subtype: Mapped[str | None]
    site: Mapped[str | None]
    confidence: Mapped[int | None]
    read_at: Mapped[datetime]


class ReferenceRow(Base):
    __tablename__ = "reference_diagnoses"
    patient_id: Mapped[str] = _patient_key(primary=True)
    subtype: Mapped[str]
    site: Mapped[str | None]
    basis: Mapped[str | None]
    decided_on: Mapped[date | None]


class AssessmentRow(Base):
    """The last assessment with what it was made from; `summary` is its line on the worklist."""

    __tablename__ = "assessments"
    patient_id: Mapped[str] = _patient_key(primary=True)
    case_hash: Mapped[str]
    knowledge_version: Mapped[str]
    summary: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    assessed_at: Mapped[datetime]


class ChangeRow(Base):
    """The history. Only ever added to; it outlives the patient's row, so the key is not a foreign one."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "patient_id"),)
    change_id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    who: Mapped[str | None]
    why: Mapped[str | None]
    at: Mapped[datetime]
