"""Patients, cases, images, reads, reference diagnoses, assessments and the history."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    ("signs", "contexts", "imaging_findings", "results"),
    ("assessments", "reference_diagnoses", "reads", "measurements", "series", "changes", "patients"),
)
UPTAKE = ("suv_max", "suv_mean", "suv_peak", "contralateral_suv_max", "normal_adrenal_suv_max")
BACKGROUND = ("liver_suv_mean", "blood_pool_suv_mean", "volume_ml", "uptake_minutes")


def upgrade() -> None:
    """Make the first tables."""
    _create_patients()
    _create_cases()
    _create_images()
    _create_answers()
    _create_changes()


def downgrade() -> None:
    """Remove them again, children first."""
    for group in TABLES:
        for name in group:
            op.drop_table(name)


def _create_patients() -> None:
    op.create_table(
        "patients",
        *_columns(sa.Text, "patient_id", required=True),
        *_columns(_number, "age_years"),
        *_columns(sa.Text, "sex"),
        *_columns(sa.Date, "enrolled_on", "mdt_on"),
        sa.Column("synthetic", sa.Boolean, nullable=False, server_default=sa.false()),
        *_columns(sa.Text, "note"),
        *_columns(sa.Text, "case_hash", required=True),
        *_columns(sa.DateTime, "updated_at", required=True),
        sa.PrimaryKeyConstraint("patient_id", name="pk_patients"),
    )


def _create_cases() -> None:
    _create_entries(
        "results",
        *_columns(sa.Text, "test", required=True),
        *_columns(_number, "value"),
        *_columns(sa.Text, "unit", "outcome", "comparator"),
        *_columns(_number, "uln", "lln"),
        *_columns(sa.Text, "side", "assay", "collected_at"),
    )
    _create_entries(
        "imaging_findings",
        *_columns(sa.Text, "modality", "tracer", "region", "finding"),
        *_columns(_number, "size_mm"),
        *_columns(sa.Text, "side"),
        *_columns(_number, "attenuation_hu"),
        *_columns(sa.JSON, "flags"),
        *_columns(sa.Text, "uptake"),
        *_columns(_number, *UPTAKE, *BACKGROUND),
    )
    _create_entries("contexts", *_columns(sa.Text, "code", required=True))
    _create_entries("signs", *_columns(sa.Text, "code", required=True))


def _create_images() -> None:
    _create_of_patient(
        "series",
        ["patient_id", "series_uid"],
        *_columns(sa.Text, "series_uid", required=True),
        *_columns(sa.Text, "study_uid", "modality", "tracer", "description"),
        *_columns(sa.Date, "acquired_on"),
        *_columns(_number, "uptake_minutes"),
        *_columns(sa.Text, "suv_type", "volume_path", "preview_path"),
        *_columns(sa.JSON, "inspection", required=True),
    )
    _create_of_patient(
        "measurements",
        ["patient_id", "series_uid", "lesion"],
        *_columns(sa.Text, "series_uid", "lesion", required=True),
        *_columns(sa.Text, "site"),
        *_columns(sa.JSON, "at_mm"),
        *_columns(sa.Text, "threshold"),
        *_columns(_number, "suv_max", "suv_mean", "suv_peak", "volume_ml", "total_uptake"),
        *_columns(sa.JSON, "centre_mm"),
        *_columns(_number, "liver_suv_mean", "contralateral_suv_max"),
        *_columns(sa.Text, "note"),
        *_columns(sa.DateTime, "created_at", required=True),
    )


def _create_answers() -> None:
    read = ["patient_id", "reader", "tracer", "read_at"]
    _create_of_patient(
        "reads",
        ["read_id"],
        *_columns(sa.Integer, "read_id", required=True),
        *_columns(sa.Text, "reader", "tracer", "result", required=True),
        *_columns(sa.Text, "subtype", "site"),
        *_columns(sa.Integer, "confidence"),
        *_columns(sa.DateTime, "read_at", required=True),
        sa.UniqueConstraint(*read, name="uq_reads_" + "_".join(read)),
    )
    _create_of_patient(
        "reference_diagnoses",
        ["patient_id"],
        *_columns(sa.Text, "subtype", required=True),
        *_columns(sa.Text, "site", "basis"),
        *_columns(sa.Date, "decided_on"),
    )
    _create_of_patient(
        "assessments",
        ["patient_id"],
        *_columns(sa.Text, "case_hash", "knowledge_version", required=True),
        *_columns(sa.JSON, "summary", "document", required=True),
        *_columns(sa.DateTime, "assessed_at", required=True),
    )


def _create_changes() -> None:
    op.create_table(
        "changes",
        *_columns(sa.Integer, "change_id", required=True),
        *_columns(sa.Text, "patient_id", "subject", required=True),
        *_columns(sa.JSON, "before", "after"),
        *_columns(sa.Text, "who", "why"),
        *_columns(sa.DateTime, "at", required=True),
        sa.PrimaryKeyConstraint("change_id", name="pk_changes"),
    )
    op.create_index("ix_changes_patient_id", "changes", ["patient_id"])


def _create_entries(table: str, *columns: sa.Column[Any]) -> None:
    position = _columns(sa.Integer, "position", required=True)
    _create_of_patient(table, ["patient_id", "position"], *position, *columns)


def _create_of_patient(table: str, keys: Sequence[str], *parts: Any) -> None:
    name = f"fk_{table}_patient_id"
    op.create_table(
        table,
        *_columns(sa.Text, "patient_id", required=True),
        *parts,
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=name, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*keys, name=f"pk_{table}"),
    )


def _columns(kind: Any, *names: str, required: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=not required) for name in names]


def _number() -> sa.Float[float]:
    return sa.Float(53)
