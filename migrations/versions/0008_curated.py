"""What curators decided on, and how people feel who rate an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SOURCES = {
    "answer_id": "answers",
    "suggestion_id": "suggestions",
    "handover_id": "handovers",
    "standard_answer_id": "standard_answers",
}


def upgrade() -> None:
    op.create_table(
        "curated",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in SOURCES),
        sa.Column("state", sa.String(16), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_curated"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_curated_{name}_{table}", ondelete="CASCADE")
            for name, table in SOURCES.items()
        ),
        *(sa.UniqueConstraint(name, name=f"uq_curated_{name}") for name in SOURCES),
    )
    op.add_column("ratings", sa.Column("upset", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("ratings", "upset")
    op.drop_table("curated")
