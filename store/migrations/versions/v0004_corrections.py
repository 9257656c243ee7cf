"""What readers corrected of a scan's SUV: old and new values, the reason, who and when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring this step."""
    op.create_table(
        "corrections",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("patient_id", "series_uid", "reason")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("entered", "before", "after")),
        sa.Column("reader", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Float(53), nullable=True) for name in ("factor_before", "factor_after")),
        sa.Column("corrected_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.patient_id"], name="fk_corrections_patient_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("correction_id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_patient_id_series_uid", "corrections", ["patient_id", "series_uid"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("corrections")
