"""Edits of questions, questions begun before, up to where each channel was heard, and indexes to count by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("questions", sa.Column("edited_at", _MOMENT, nullable=True))
    op.add_column("questions", sa.Column("begun", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_questions_author_asked_at", "questions", ["author", "asked_at"])
    op.create_index("ix_questions_channel_asked_at", "questions", ["channel", "asked_at"])
    op.create_table(
        "cursors",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", name="pk_cursors"),
    )


def downgrade() -> None:
    op.drop_table("cursors")
    op.drop_index("ix_questions_channel_asked_at", "questions")
    op.drop_index("ix_questions_author_asked_at", "questions")
    op.drop_column("questions", "begun")
    op.drop_column("questions", "edited_at")
