"""What the forms for adverse events and deviations ask besides: relatedness, whether the hour is known, and the end."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was kept before has an hour and no end."""
    op.add_column("adverse_events", sa.Column("day_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("adverse_events", sa.Column("relatedness", sa.Text(), nullable=True))
    op.add_column("adverse_events", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("deviations", sa.Column("closed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the columns away."""
    for name in ("day_only", "relatedness", "ended_on"):
        op.drop_column("adverse_events", name)
    op.drop_column("deviations", "closed_on")
