"""What one clause of a sentence denies, grants or asks for is not told of what another one is about."""

import pytest

from bot.grounding import Grounding
from knowledge.documents import Passage

ROWS: list[tuple[str, str, list[str], list[str]]] = [
    *(
        (
            "What does the guarantee cover?",
            f"Regular items are covered by the guarantee{joint} used items are not covered.",
            ["Regular items are not covered by the guarantee.", "Used items are covered by the guarantee."],
            [
                "Regular items are covered by the guarantee.",
                "The guarantee covers regular items.",
                "Used items are not covered by the guarantee.",
            ],
        )
        for joint in (" and", ", and", ",", ";", " but")
    ),
    (
        "Who can use the sauna?",
        "Adults can use the sauna and children cannot use the sauna.",
        ["Adults cannot use the sauna.", "Children can use the sauna."],
        ["Adults can use the sauna.", "Children can't use the sauna."],
    ),
    (
        "How can I pay?",
        "Cash is accepted at the till and cheques are not accepted.",
        ["Cash is not accepted.", "Cheques are accepted at the till."],
        ["Cash is accepted at the till.", "Cheques are not accepted at the till."],
    ),
    (
        "Must I book?",
        "Members must book and guests need not book.",
        ["Members need not book.", "Guests must book."],
        ["Members must book.", "Guests do not need to book."],
    ),
    (
        "Is the fee refunded?",
        "If the box is open and the seal is not intact, the fee is refunded, and towels and robes are not replaced.",
        ["The fee is not refunded if the box is open and the seal is not intact.", "Towels are replaced."],
        ["The fee is refunded if the box is open and the seal is not intact.", "Towels and robes are not replaced."],
    ),
]
WRONG = [(question, text, claim) for question, text, wrong, _ in ROWS for claim in wrong]
RIGHT = [(question, text, claim) for question, text, _, right in ROWS for claim in right]


def told(question: str, text: str, claim: str) -> str | None:
    page = Passage("d#0", "d", "s", "Help", "https://x/d", "Rules", text, 0)
    return Grounding([page], question).check(claim)


@pytest.mark.parametrize(("question", "text", "claim"), WRONG, ids=[row[2][:60] for row in WRONG])
def test_what_another_clause_says_does_not_go_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim) is None


@pytest.mark.parametrize(("question", "text", "claim"), RIGHT, ids=[row[2][:60] for row in RIGHT])
def test_what_the_own_clause_says_goes_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim)
