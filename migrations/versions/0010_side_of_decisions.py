"""Whether what a curator decided on was an answer to learn or one that people did not like."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_VOTES = "(SELECT coalesce(sum(value), 0) FROM ratings WHERE ratings.answer_id = curated.answer_id)"


def upgrade() -> None:
    op.add_column("curated", sa.Column("liked", sa.Boolean(), nullable=True))
    # Of what was decided before, the side that it has now; where people are divided it has none.
    decided = "state IS NOT NULL AND answer_id IS NOT NULL"
    op.execute(
        sa.text(
            f"UPDATE curated SET liked = (answer IS NOT NULL OR {_VOTES} > 0) "
            f"WHERE {decided} AND (answer IS NOT NULL OR {_VOTES} <> 0)"
        )
    )


def downgrade() -> None:
    op.drop_column("curated", "liked")
