"""Spheres in normal organs, and with each lesion the reader's word and what to know of its numbers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERS = ("diameter_mm", "suv_mean", "suv_sd", "suv_max")


def upgrade() -> None:
    """Bring this step."""
    op.add_column("measurements", sa.Column("uptake", sa.Text(), nullable=True))
    op.add_column("measurements", sa.Column("quality", sa.JSON(), nullable=True))
    op.create_table(
        "reference_regions",
        *(_column(name, sa.Text(), required=True) for name in ("patient_id", "series_uid", "organ")),
        _column("at_mm", sa.JSON()),
        *(_column(name, sa.Float(53)) for name in NUMBERS),
        _column("placed", sa.Text()),
        _column("created_at", sa.DateTime(), required=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.patient_id"], name="fk_reference_regions_patient_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patient_id", "series_uid", "organ", name="pk_reference_regions"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("reference_regions")
    with op.batch_alter_table("measurements") as table:
        table.drop_column("quality")
        table.drop_column("uptake")


def _column(name: str, kind: Any, required: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=not required)
