"""With each series how its identities were removed: by which secret its dates were moved, what went and what stayed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring this step."""
    op.add_column("series", sa.Column("deidentified", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("series") as table:
        table.drop_column("deidentified")
