"""A question and its answer, to be changed as a test needs."""

from bot.messages import Answer, Citation, MessageKey, Question, ShownPassage, Status, Turn


def a_question(text: str = "May I return it?", message: str = "1", **changes: object) -> Question:
    """A question in thread T1 of a Slack channel; `message` is its platform id."""
    key = MessageKey("slack", "W1", "C1", message)
    return Question(**({"key": key, "text": text, "author": "U1", "thread": "T1"} | changes))  # type: ignore[arg-type]


def an_answer(text: str = "Yes, within 30 days. [1]", **changes: object) -> Answer:
    fields: dict[str, object] = {
        "status": Status.ANSWERED,
        "text": text,
        "citations": (Citation(1, "returns.md", "Returns", "https://example.com/returns", "EU", "within 30 days"),),
        "passages": (ShownPassage("returns.md#0", "returns.md", 0.5, "Returns", "EU", "You may return it."),),
        "model": "SmolLM2-135M-Instruct.Q4_0",
        "timings": {"retrieve_s": 0.01, "first_token_s": None, "total_s": 0.5},
        "tokens": {"prompt": 200, "completion": 20},
        "prompt": (Turn("system", "Answer from the passages."), Turn("user", "[1] You may return it.\n\nMay I?")),
        "knowledge_version": 3,
        "notes": {"route": "rag"},
    }
    return Answer(**(fields | changes))  # type: ignore[arg-type]
