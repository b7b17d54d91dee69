"""What curators decided on standard answers that stand in frontdesk.toml."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("curated", sa.Column("setting", sa.Integer(), nullable=True))
    op.create_index("ix_curated_setting", "curated", ["setting"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_curated_setting", "curated")
    op.drop_column("curated", "setting")
