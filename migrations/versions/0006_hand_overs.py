"""Threads in human hands, reasons of ratings, better answers that people suggest, reminders to rate."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)
_PROPOSED = sa.text("state = 'proposed'")
_STANDING = sa.text("state <> 'resolved'")

# Before, a thread was in human hands while the last thing that was openly asked in it was handed over.
_HANDED_OVER = """
INSERT INTO handovers
    (conversation_id, question_id, why, opened_by, since, state, threaded, told, note, said, reminders)
SELECT q.conversation_id, q.id, 'words', q.platform || ':' || q.author, q.asked_at, 'open', true, false, '', '', 0
FROM questions q
JOIN answers a ON a.question_id = q.id
WHERE a.status = 'handed_over' AND q.state NOT IN ('withdrawn', 'unheard') AND q.private = false AND NOT EXISTS (
    SELECT 1 FROM questions later
    WHERE later.conversation_id = q.conversation_id AND later.private = false
    AND later.state NOT IN ('withdrawn', 'unheard')
    AND (later.asked_at > q.asked_at OR (later.asked_at = q.asked_at AND later.id > q.id))
)
"""


def upgrade() -> None:
    op.add_column("answers", sa.Column("reminded_at", _MOMENT, nullable=True))
    op.add_column("ratings", sa.Column("reason", sa.String(16), nullable=True))
    op.add_column("ratings", sa.Column("words", sa.Text(), nullable=True))
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_suggestions"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name="fk_suggestions_answer_id_answers", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_suggestions_state_id", "suggestions", ["state", "id"])
    op.create_index(
        "uq_suggestions_proposed",
        "suggestions",
        ["answer_id", "author"],
        unique=True,
        sqlite_where=_PROPOSED,
        postgresql_where=_PROPOSED,
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("threaded", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_platform", sa.String(), nullable=True),
        sa.Column("note_channel", sa.String(), nullable=True),
        sa.Column("note_thread", sa.String(), nullable=True),
        sa.Column("note_post", sa.String(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_handovers_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_handovers_question_id_questions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name="fk_handovers_answer_id_answers", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_handovers_question_id", "handovers", ["question_id"])
    op.create_index("ix_handovers_state_id", "handovers", ["state", "id"])
    op.create_index(
        "uq_handovers_standing",
        "handovers",
        ["conversation_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.execute(_HANDED_OVER)


def downgrade() -> None:
    op.drop_table("handovers")
    op.drop_table("suggestions")
    op.drop_column("ratings", "words")
    op.drop_column("ratings", "reason")
    op.drop_column("answers", "reminded_at")
