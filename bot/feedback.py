"""What people think of answers: thumbs, what was wrong, and what would have been better."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.curation import Curation
from bot.messages import Rating, Reason
from bot.storage.database import utc_now
from bot.storage.ratings import RatingError, Ratings

WORDS_CHARS = 1000
"""Of what somebody writes beside a reason."""

HELPFUL = "Thank you, noted as helpful."
NOT_HELPFUL = "Thank you, noted as not helpful. What was wrong with it?"
WITHDRAWN = "Your rating is withdrawn."
NOTED = {
    Reason.WRONG: "Thank you, noted as wrong.",
    Reason.OUTDATED: "Thank you, noted as outdated.",
    Reason.INCOMPLETE: "Thank you, noted as incomplete.",
    Reason.RUDE: "Thank you, noted as rude. I am sorry.",
    Reason.OTHER: "Thank you for your words.",
}
SUGGESTED = "Thank you. Somebody will review your answer before I learn from it."
WHAT_WAS_WRONG = "You found my answer not helpful. What was wrong with it?"
RATE_THIS = "Was this answer helpful?"

LABELS = {
    Reason.WRONG: "Wrong",
    Reason.OUTDATED: "Outdated",
    Reason.INCOMPLETE: "Incomplete",
    Reason.RUDE: "Rude",
    Reason.OTHER: "Other …",
}
"""What the buttons say, the same on every platform; that of OTHER asks for words."""
PERSON = "Talk to a person"
SUGGEST = "Suggest a better answer"
WORDS_TITLE = "What was wrong?"
WORDS_LABEL = "In your words"
SUGGEST_LABEL = "The answer as it should have been"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What to tell, privately, the person who pressed a button."""

    sentence: str
    ask_why: bool = False
    """Whether to offer the reasons, and to suggest a better answer."""


class Feedback:
    """Ratings with their reasons, and suggestions. Every method raises FrontdeskError, to be told privately."""

    def __init__(self, ratings: Ratings, curation: Curation) -> None:
        self._ratings = ratings
        self._curation = curation

    async def rate(self, rating: Rating) -> bool:
        """Keep a rating; return whether the person had not given it before."""
        return await self._ratings.rate(rating)

    async def withdraw(self, answer_id: int, person: str, value: int) -> bool:
        """Take a rating back if it is (still) this one; return whether it was."""
        return await self._ratings.withdraw(answer_id, person, value)

    async def to_be_asked(self, since: datetime, before: datetime) -> AsyncIterator[int]:
        """Yield the answers of a time whose askers are to be asked to rate them; each is yielded once and for all."""
        for answer_id in await self._ratings.unrated(since, before):
            if await self._ratings.asked_to_rate(answer_id, utc_now()):
                yield answer_id

    async def explain(
        self, answer_id: int, person: str, reason: Reason, words: str = "", upset: float | None = None
    ) -> Pressed:
        """Keep why a person found an answer not helpful, with the rating, and how `upset` the words are."""
        words = words.strip()[:WORDS_CHARS]
        if reason is Reason.OTHER and not words:
            raise RatingError(
                "There are no words in this.", f"Press “{LABELS[Reason.OTHER]}” again and write what was wrong."
            )
        await self._ratings.rate(Rating(answer_id, person, -1, "button", reason, words, upset if words else None))
        return Pressed(NOTED[reason])

    async def suggest(self, answer_id: int, person: str, text: str) -> Pressed:
        """Keep a better answer for a curator to look at."""
        await self._curation.propose(answer_id, person, text)
        return Pressed(SUGGESTED)
