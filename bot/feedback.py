"""What people think of answers: thumbs, what was wrong, and what would have been better."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.curation import Curation
from bot.messages import Rating, Reason
from bot.storage.database import utc_now
from bot.storage.ratings import RatingError, Ratings
from bot.wording import buttons, notices

WORDS_CHARS = 1000
"""Of what somebody writes beside a reason."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What to tell, privately, the person who pressed a button."""

    sentence: str
    ask_why: bool = False
    """Whether to offer the reasons, and to suggest a better answer."""
    language: str = "en"
    """Code of the language of the sentence, for what stands below it."""


class Feedback:
    """Ratings with their reasons, and suggestions. Every method raises FrontdeskError, to be told privately."""

    def __init__(self, ratings: Ratings, curation: Curation) -> None:
        self._ratings = ratings
        self._curation = curation

    async def rate(self, rating: Rating) -> bool:
        """Keep a rating; return whether the person had not given it before."""
        return await self._ratings.rate(rating)

    async def withdraw(self, answer_id: int, person: str, value: int, source: str | None = None) -> bool:
        """Take a rating back if it is (still) this one, given by this `source` if that is named; return whether."""
        return await self._ratings.withdraw(answer_id, person, value, source)

    async def to_be_asked(self, since: datetime, before: datetime) -> AsyncIterator[int]:
        """Yield the answers of a time whose askers are to be asked to rate them; each is yielded once and for all."""
        for answer_id in await self._ratings.unrated(since, before):
            if await self._ratings.asked_to_rate(answer_id, utc_now()):
                yield answer_id

    async def explain(
        self,
        answer_id: int,
        person: str,
        reason: Reason,
        words: str = "",
        upset: float | None = None,
        language: str = "en",
    ) -> Pressed:
        """Keep why a person found an answer not helpful, with the rating, and how `upset` the words are.

        They are told so in the `language` of the answer.
        """
        words = words.strip()[:WORDS_CHARS]
        if reason is Reason.OTHER and not words:
            raise RatingError(notices.NO_REASON.of(language, button=buttons.REASONS[Reason.OTHER].of(language)))
        await self._ratings.rate(Rating(answer_id, person, -1, "button", reason, words, upset if words else None))
        return Pressed(notices.NOTED[reason].of(language), language=language)

    async def suggest(self, answer_id: int, person: str, text: str, language: str = "en") -> Pressed:
        """Keep a better answer for a curator to look at."""
        await self._curation.propose(answer_id, person, text, language)
        return Pressed(notices.SUGGESTED.of(language), language=language)
