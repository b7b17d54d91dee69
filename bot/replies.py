"""What the bot says without documents and model: small talk and the handing over to people."""

from __future__ import annotations

from bot.settings import AnsweringSettings
from bot.understanding.intents import HAND_OVER, Wanted
from bot.wording import talk
from knowledge.territories import language_name


def reply(wanted: Wanted, contact: str) -> str:
    """Return what to say to small talk or a wish for people. `contact` is whom else to ask."""
    said = talk.REPLIES[wanted.intent].of(wanted.language, contact=whom(wanted.language, contact))
    return f"{said} {please_ask(wanted.language, contact)}" if wanted.intent in HAND_OVER else said


def offer(language: str) -> str:
    """Return the sentence that offers a person with an answer to an urgent or upset question."""
    return talk.OFFER.of(language)


def no_translation(language: str, *, searched: bool) -> str:
    """Return what to say to a wish for a language (its code); `searched`: the last question's pages are in others."""
    parts = [talk.NO_TRANSLATION, *([talk.NOT_IN_LANGUAGE] if searched else [])]
    return " ".join(part.of(language, language=language_name(language)) for part in parts)


def handed_over(text: str, language: str, contact: str, *, told: bool, threaded: bool) -> str:
    """Return the text of an answer that leads to a hand-over with what comes next.

    Who was told of comes; so nobody is sent to `contact` as well. In a thread the bot stays quiet from now on.
    """
    parts = [text]
    if told:
        parts = [
            text.removesuffix(please_ask(language, contact)).strip(),
            (talk.ANSWERED_HERE if threaded else talk.WRITTEN_TO).of(language),
        ]
    if threaded:
        parts.append(talk.QUIET.of(language))
    return " ".join(part for part in parts if part)


def please_ask(language: str, contact: str) -> str:
    """Return the sentence that sends somebody to people."""
    return talk.PLEASE_ASK.of(language, contact=whom(language, contact))


def whom(language: str, contact: str) -> str:
    """Return whom to ask, which is told in the language where the settings name nobody."""
    named = contact != AnsweringSettings.model_fields["contact"].default
    return contact if named else talk.SUPPORT.of(language)
