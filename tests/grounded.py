"""What grounding lets out of what a model says."""

from bot.grounding import Grounding
from knowledge.documents import Passage


def told(question: str, text: str, claim: str) -> str | None:
    """Return a claim as it goes out in answer to a question, given the text of the one page; None where it is held."""
    page = Passage("d#0", "d", "s", "Help", "https://x/d", "Rules", text, 0)
    return Grounding([page], question).check(claim)
