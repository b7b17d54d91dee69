"""Answers kept for questions that are asked again.

An answer is given again only where everything that made it is the same: what the asker may be told, the turns
before, the version of the index, the day (documents hold by the day), the model, its adapter, scale and voice, and
nothing was forgotten meanwhile. The question is the same to the letter but for spaces and closing marks, or near-exact:
the same numbers, names, negations and content words in the same order, the same best passage, and nearly the same
embedding.
"""

from __future__ import annotations

import re
import time
import unicodedata
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.messages import Answer, Mode, Turn
from knowledge.documents import Scope

NEAR_COSINE = 0.93
"""Cosine of two questions from which they may be the same; their words are compared besides."""
ENTRIES = 512
TTL_S = 24 * 3600.0

# Words that leave the meaning of a question as it is. No pronoun, preposition, negation or auxiliary is among them:
# "can I" is not "must I", "to the EU" is not "from the EU", "just for members" is not "for members".
_EMPTY_WORDS = frozenset("an the please pls kindly actually".split())
# Just at the beginning, or at the end; elsewhere they may be a name, or mean something.
_OPENING = frozenset("hi hello hey so".split())
_CLOSING = frozenset("thanks".split())
# What "a" is an article after, as in "is a plan"; "plan a", "vitamin a" and "size a" are names.
_BEFORE_AN_ARTICLE = frozenset(
    "about after and are as at before by can could did do does for from has have how i if in into is it like may must "
    "need of on or should than that there they to under want was we were what when where which will with without would "
    "you".split()
)
_ONE_AND_MANY = {"does": "do", "are": "is", "were": "was", "has": "have"}
# These are not just several of what they are without their s.
_MORE_THAN_A_PLURAL = frozenset(
    "arms blues contents customs damages forces glasses goods grounds holdings jeans lots manners means news papers "
    "premises proceeds rights sales savings securities shorts spirits stairs terms tights works".split()
)
# What stands alone counts too: a sign between figures ("> 50"), and the vowels of scripts that set them as marks.
_TOKEN = re.compile(
    r"https?://\S+|[^\s\w]?\d[\d.,:/-]*%?|\w+(?:['’]\w+)*|[$%<>=+#]|[^\x00-\x7f\w\s\u2000-\u206f\u3000-\u303f¡¿«»]"
)
_MARKS = " \t\n\r?!.,;:…\"'“”‘’"
_FIGURE = re.compile(r"[.,]\d")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be the same, besides the question, for an answer to be given again."""

    asker: Scope
    meant: Scope
    """Whose row of a table the question means: the asker's, or that of what it names."""
    turns: tuple[Turn, ...]
    version: int
    day: date
    best_passage: str
    """Id of the first passage found."""
    model: str
    lora: str
    lora_scale: float
    mode: Mode
    voice: str = ""
    """Who the model was told to be, how to speak and in which language."""
    said_in: str = "en"
    """Code of the language of what no model says."""
    made_at: datetime | None = None
    """When the version of the index was made."""
    forgettings: int = 0
    """How often something was forgotten before."""

    @property
    def made_from(self) -> tuple[int, datetime | None, int]:
        """What every answer is dropped after a change of."""
        return self.version, self.made_at, self.forgettings


@dataclass(frozen=True, slots=True)
class _Entry:
    """An answer, with the question as it was asked and the keys that lead here."""

    id: str
    text: str
    answer: Answer
    until: float
    exact: tuple[Circumstances, str]
    alike: tuple[Circumstances, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer found."""

    answer: Answer
    how: str
    """`exact` or `near`."""


class AnswerCache:
    """Answers by question and circumstances, in memory; at most `entries`, none older than `ttl_s` seconds."""

    def __init__(
        self, entries: int = ENTRIES, ttl_s: float = TTL_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._entries = entries
        self._ttl_s = ttl_s
        self._clock = clock
        self._kept: OrderedDict[str, _Entry] = OrderedDict()
        """By id, the one used longest ago first."""
        self._exact: dict[tuple[Circumstances, str], _Entry] = {}
        self._alike: dict[tuple[Circumstances, tuple[str, ...]], list[_Entry]] = {}
        self._now: tuple[int, datetime | None, int] = (0, None, 0)

    def __len__(self) -> int:
        return len(self._kept)

    async def find(
        self, text: str, where: Circumstances, similarities: Callable[[str, Sequence[str]], Awaitable[list[float]]]
    ) -> Hit | None:
        """Return the answer to a question asked before under the same circumstances, None where there is none.

        `similarities(question, others)` gives cosines of embeddings; it is called only where the words are alike.
        """
        self._move_to(where)
        exact = self._exact.get((where, same(text)))
        if exact is not None and self._fresh(exact):
            return Hit(exact.answer, "exact")
        near = [one for one in self._alike.get((where, words(text)), ()) if self._fresh(one)]
        if not near:
            return None
        fits = await similarities(text, [one.text for one in near])
        fit, nearest = max(zip(fits, near, strict=True), key=lambda scored: scored[0])
        if fit < NEAR_COSINE or nearest.id not in self._kept:
            return None
        self._kept.move_to_end(nearest.id)
        return Hit(nearest.answer, "near")

    def keep(self, text: str, where: Circumstances, answer: Answer) -> Answer:
        """Keep an answer; return it with its id in the notes, by which `forget` finds it.

        One made from a version that is gone meanwhile, from before something was forgotten, or by a second asker at the
        same time, is not kept.
        """
        exact, alike = (where, same(text)), (where, words(text))
        if where.made_from != self._now or exact in self._exact:
            return answer
        while len(self._kept) >= self._entries:
            self._drop(next(iter(self._kept.values())))
        id = uuid.uuid4().hex
        answer = replace(answer, notes=answer.notes | {"cache": {"id": id}})
        entry = _Entry(id, text, answer, self._clock() + self._ttl_s, exact, alike)
        self._kept[id] = self._exact[exact] = entry
        self._alike.setdefault(alike, []).append(entry)
        return answer

    def forget(self, answer: Answer) -> bool:
        """Drop what this answer was given from, or was kept as; return whether there was something."""
        entry = self._kept.get((answer.notes.get("cache") or {}).get("id", ""))
        if entry is not None:
            self._drop(entry)
        return entry is not None

    def _move_to(self, where: Circumstances) -> None:
        """Drop everything that came from another version of the index, or from before something was forgotten."""
        if where.made_from != self._now:
            self._kept.clear()
            self._exact.clear()
            self._alike.clear()
            self._now = where.made_from

    def _fresh(self, entry: _Entry) -> bool:
        if entry.until < self._clock():
            self._drop(entry)
            return False
        self._kept.move_to_end(entry.id)
        return True

    def _drop(self, entry: _Entry) -> None:
        del self._kept[entry.id], self._exact[entry.exact]
        left = [one for one in self._alike.pop(entry.alike) if one is not entry]
        if left:
            self._alike[entry.alike] = left


def same(text: str) -> str:
    """Return a question without what people type differently: spaces, closing marks, the first letter's case.

    Other capitals stay: "ship to US" is not "ship to us", and Turkey no bird.
    """
    bare = " ".join(unicodedata.normalize("NFKC", text).split()).rstrip(_MARKS)
    while bare[:1] in _MARKS and bare and not _FIGURE.match(bare):
        bare = bare[1:]
    first, _, rest = bare.partition(" ")
    first = first.lower() if first[:1].isupper() and first[1:].islower() else first
    return f"{first} {rest}".strip() if rest else first


def words(text: str) -> tuple[str, ...]:
    """Return what two questions must share to be one: figures, names as written, the other words, in order."""
    tokens = [token for raw in _TOKEN.findall(same(text)) if (token := raw.rstrip(".,:/-"))]
    while tokens and tokens[0] in _OPENING | _EMPTY_WORDS:
        del tokens[0]
    while tokens and tokens[-1] in _CLOSING | _EMPTY_WORDS:
        del tokens[-1]
    found = []
    for place, token in enumerate(tokens):
        if any(char.isupper() or char.isdigit() for char in token):
            found.append(token)
        elif token not in _EMPTY_WORDS and not (token == "a" and is_article(tokens, place)):
            found.append(singular(token.replace("’", "'")))
    return tuple(found)


def is_article(tokens: Sequence[str], place: int) -> bool:
    """Whether an "a" is certainly no name: it stands between a small word, or the beginning, and one that is none."""
    before, after = tokens[:place][-1:], tokens[place + 1 : place + 2]
    return all(one in _BEFORE_AN_ARTICLE for one in before) and bool(after) and after[0] not in _BEFORE_AN_ARTICLE


def singular(word: str) -> str:
    """Return the singular of a word; what only looks like a plural, or is more than one, stays.

    Rougher stems would make one of "customs" and "customers", and of "many" and "man".
    """
    if word in _MORE_THAN_A_PLURAL:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "'s")):
        word = word[:-1] if word not in _ONE_AND_MANY else word
    return _ONE_AND_MANY.get(word, word)
