"""The choices of a question asked back; whether a message was meant for the bot or merely stood in its thread."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("answers", sa.Column("choices", sa.JSON(), nullable=True))
    op.add_column("questions", sa.Column("addressed", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("questions", "addressed")
    op.drop_column("answers", "choices")
