"""What is deleted and may still stand in files, and answers that were made from what is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "leftovers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("deletion", sa.String(), nullable=False),
        sa.Column("gone", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_before", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leftovers"),
    )
    op.add_column("answers", sa.Column("cleaned", sa.Boolean(), nullable=False, server_default=sa.false()))
    # It was told by this before.
    empty = "CAST(prompt AS VARCHAR) = '[]' AND CAST(notes AS VARCHAR) = '{}'"
    op.execute(sa.text(f"UPDATE answers SET cleaned = true WHERE {empty}"))


def downgrade() -> None:
    op.drop_column("answers", "cleaned")
    op.drop_table("leftovers")
