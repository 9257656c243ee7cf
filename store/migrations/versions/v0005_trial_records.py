"""The trial's own records: screening log, adverse events, deviations, queries, snapshots."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the five tables."""
    _make_screening_log()
    _make_patient_table("adverse_events", "event_id", _list_event_columns())
    _make_patient_table("deviations", "deviation_id", _list_deviation_columns())
    _make_patient_table("queries", "query_id", _list_query_columns())
    _make_snapshots()


def downgrade() -> None:
    """Take the five tables away."""
    for table in ("snapshots", "queries", "deviations", "adverse_events", "screening_log"):
        op.drop_table(table)


def _make_screening_log() -> None:
    op.create_table(
        "screening_log",
        sa.Column("screening_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("screened_on", "consented_on")),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("age_band", "sex", "reason", "other_reasons", "decided_by", "consent_type", "patient_id")
        ),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.patient_id"], name="fk_screening_log_patient_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("screening_id", name="pk_screening_log"),
    )


def _make_patient_table(name: str, key: str, columns: list[Any]) -> None:
    op.create_table(
        name,
        sa.Column(key, sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.patient_id"], name=f"fk_{name}_patient_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_patient_id", name, ["patient_id"])


def _list_event_columns() -> list[Any]:
    return [
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("related_to", "outcome")),
    ]


def _list_deviation_columns() -> list[Any]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "says")),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("important", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("effect", "action")),
    ]


def _list_query_columns() -> list[Any]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("form", "field_name", "says", "state")),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("thread", sa.JSON(), nullable=False),
    ]


def _make_snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("patients", "counts")),
        sa.PrimaryKeyConstraint("snapshot_id", name="pk_snapshots"),
    )
