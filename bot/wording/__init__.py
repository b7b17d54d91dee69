"""What whoever asks is told without a model, in each language that the bot speaks.

The words stand by what they are for: `talk` is small talk and hand-overs, `answers` what stands in an answer,
`notices` what is said beside one, `buttons` what buttons and dialogs say. Which language somebody is told things in
is decided in `bot.understanding.languages`. What only admins and helpers read is English and stands where it is said.

Names of places have no article in most languages here, as that would need their gender and case: sentences are built
so that none is missed, with a colon or quotes before the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from babel.numbers import format_decimal

from knowledge.errors import FrontdeskError


@dataclass(frozen=True, slots=True)
class Words:
    """The same in every language, by its code. What stands in braces is filled in, see `of`."""

    en: str
    de: str
    fr: str
    es: str
    it: str
    pt: str
    nl: str

    def of(self, language: str, /, **values: object) -> str:
        """Return it in a language (its code; English for one that is not spoken) with the values filled in."""
        said: str = getattr(self, language if language in LANGUAGES else "en")
        return said.format(**values) if values else said

    @property
    def all(self) -> tuple[str, ...]:
        """Return it in each of the languages."""
        return astuple(self)


LANGUAGES = tuple(field.name for field in fields(Words))
"""Codes of the languages that the bot speaks."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of things."""

    one: Words
    many: Words

    def of(self, language: str, number: int) -> str:
        """Return the number with its noun: "1 document", "1,200 documents"."""
        one = number == 1 or (number == 0 and language == "fr")
        return (self.one if one else self.many).of(language, number=figure(number, language))


def words_in(value: object) -> Iterator[Words]:
    """Yield the words of a catalogue, or of one of its values, in their order."""
    if isinstance(value, Words):
        yield value
    elif isinstance(value, Counted):
        yield from (value.one, value.many)
    elif isinstance(value, Mapping | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from words_in(one)


class Told(FrontdeskError):
    """A failure that somebody is told in their language, where that is known."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


AND = Words(en="and", de="und", fr="et", es="y", it="e", pt="e", nl="en")
OR = Words(en="or", de="oder", fr="ou", es="o", it="o", pt="ou", nl="of")


def figure(number: int, language: str) -> str:
    """Return a number as it is written in a language."""
    locale = "pt_PT" if language == "pt" else language
    return str(format_decimal(number, locale=locale if language in LANGUAGES else "en"))


def listed(names: Sequence[str], joint: Words, language: str = "en") -> str:
    """Return several names in a row: "the EU, the UK or the US"."""
    if len(names) < 2:
        return "".join(names)
    word, last = joint.of(language), names[-1].casefold()
    if language == "es":  # no two vowels of one sound meet there: "Francia e Italia", "uno u otro"
        if joint is AND and last.startswith(("i", "hi", "í")) and not last.startswith(("hie", "io")):
            word = "e"
        elif joint is OR and last.startswith(("o", "ho", "ó")):
            word = "u"
    return f" {word} ".join([", ".join(names[:-1]), names[-1]])
