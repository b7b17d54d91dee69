"""Personal data taken out of examples: a word in square brackets stands in its place, the same one for the same thing.

    My wife Ann ordered it, mail ann@example.com -> My wife [NAME_1] ordered it, mail [EMAIL_1]

What stands in the documents shown (a help desk's number, a product's name) is public and stays; so do amounts,
dates and spans of time. Documents are the company's own words and are left as they are: where somebody called Max
asks, "max 30 days" is no name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.messages import Turn
from bot.tuning.examples import Example
from bot.tuning.personal import Kind, personal_in
from knowledge.sentences import STOP_WORDS

Names = Callable[[str], Sequence[str]]
"""Returns the names of people in a text; `bot.tuning.names.NameModels` is one."""

_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(Kind)})_\d+\]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Characters that show up as nothing and mean nothing; those that join emoji or Persian letters mean something."""
_JOINT = "[_.+-]|%20"
"""What stands for a space where none can be."""
_FILE_ENDING = re.compile(r"[\w.-]*\.[a-z0-9]{2,4}(?!\w)", re.IGNORECASE)
_MIN_NAME = 2
_WORDS_TOO = frozenset(
    "art april august amber autumn baker bill black bob brown bush carol chance chase chip church cliff cook crystal "
    "dale dawn dean dick drew earl faith field forest frank gene ginger glen grace grant gray green grey guy hall "
    "harmony heath hill hope iris ivy jack jasmine jay jean jewel joy june king lance lane lily long major mark may "
    "melody mercy miller miles misty nick norm olive page paige parish park parker patience pearl penny peter price "
    "rain ray red reed rich rob robin rock rod rose ruby rusty sandy scout sharp short shepherd skip sky smith star "
    "stone stuart sue summer tanner taylor terry trinity trip van victor violet wade walker ward weaver white will "
    "wood woods woody wren young ernst frei gross gut hase herr jung kaiser klein koch kurz lang mai meister neu "
    "richter schmied sommer stark stein vogel wagner weber weiss winter wolf blanc petit grand roux bella rosa sol "
    "paz luz cruz mar".split()
)
"""Names that are words as well: names only where they have a capital."""
_PARTICLES = frozenset(
    "van von vom zum zur der den ter ten del della delle dei des dos das las los san bin ibn".split()
)
"""Words inside names that are nobody's name by themselves."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """An example without personal data, and what was taken out of it."""

    example: Example
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What stood in the place of each placeholder, in all its spellings. For a preview; never written anywhere."""

    @property
    def counts(self) -> Counter[str]:
        """How many different things of each kind were taken out."""
        return Counter(placeholder.strip("[]").rpartition("_")[0].lower() for placeholder in self.replaced)


class Redactor:
    """Takes personal data out of the texts of one example.

    `public` are texts whose addresses, numbers and names stay; `people` names and ids that are known to be somebody's;
    `names` finds more of them. First `learn` every text, so that a name found in one is known in all.
    """

    def __init__(self, public: Iterable[str] = (), people: Iterable[str] = (), names: Names = lambda text: ()) -> None:
        self._public = [_legible(text) for text in public if text]
        self._public_words = frozenset(word for text in self._public for word in _words(text))
        self._find_names = names
        self._placeholders: dict[tuple[Kind, str], str] = {}
        self._numbers: Counter[Kind] = Counter()
        self._names: dict[str, str] = {}
        """Placeholder by a name, or a part of one, in small letters."""
        self._replaced: dict[str, dict[str, None]] = {}
        for person in people:
            self._know(_legible(person).strip())

    @property
    def replaced(self) -> dict[str, tuple[str, ...]]:
        """What stood in the place of each placeholder."""
        return {placeholder: tuple(texts) for placeholder, texts in self._replaced.items()}

    def learn(self, text: str) -> None:
        """Take note of the names in a text."""
        text = _legible(text)
        for one in personal_in(text):
            if one.kind is Kind.NAME:
                self._know(one.text)
        for name in self._find_names(text):
            self._know(name)

    def __call__(self, text: str) -> str:
        """Return a text without personal data; one in which there is none, as it is."""
        legible = _legible(text)
        clean = self._clean(legible)
        return text if clean == legible else clean

    def _clean(self, text: str) -> str:
        parts = []
        end = 0
        for one in personal_in(text):
            if self._is_public(one.kind, one.text, one.plain):
                continue
            if one.kind is not Kind.NAME:
                placeholder = self._placeholder(one.kind, one.plain)
            elif not (placeholder := self._names.get(_folded(one.text), "")):
                continue
            self._replaced.setdefault(placeholder, {})[one.text] = None
            parts += [text[end : one.start], placeholder]
            end = one.end
        return self._without_names("".join([*parts, text[end:]]))

    def _know(self, name: str) -> None:
        if len(name) < _MIN_NAME or _PLACEHOLDER.search(name) or self._is_public_name(_spelled(name)):
            return
        parts = [part for word in name.split() if self._is_name(part := word.strip(".,"))]
        # The parts of a name are the same person.
        known = next((self._names[one.casefold()] for one in (name, *parts) if one.casefold() in self._names), None)
        placeholder = known or self._placeholder(Kind.NAME, name.casefold())
        for one in (name, *parts):
            self._names.setdefault(_folded(one), placeholder)

    def _is_name(self, part: str) -> bool:
        """Whether a part of a name is one by itself: not the "von der" of "Karl von der Linde"."""
        if len(part) <= _MIN_NAME or part.casefold() in _PARTICLES or self._is_public_name(_spelled(part)):
            return False
        return part not in STOP_WORDS or part in _WORDS_TOO

    def _without_names(self, text: str) -> str:
        if not self._names:
            return text

        names = {_run_together(name): placeholder for name, placeholder in self._names.items()}

        def placeholder(match: re.Match[str]) -> str:
            written = match[0]
            plain = _folded(written)
            known = names.get(_run_together(written))
            is_word = written == plain and (plain in _WORDS_TOO or _is_identifier(match))
            if known is None or is_word or self._is_public_name(written):
                return written
            self._replaced.setdefault(known, {})[written] = None
            return known

        longest = sorted(self._names, key=lambda name: (-len(name), name))
        alternatives = "|".join(rf"(?:\s+|{_JOINT})".join(map(re.escape, name.split())) for name in longest)
        pattern = rf"{_PLACEHOLDER.pattern}|(?<![^\W_])(?<![@.])(?:{alternatives})(?![^\W_]|@)"
        return re.sub(pattern, placeholder, text, flags=re.IGNORECASE)

    def _placeholder(self, kind: Kind, plain: str) -> str:
        key = (kind, plain)
        if key not in self._placeholders:
            self._numbers[kind] += 1
            self._placeholders[key] = f"[{kind}_{self._numbers[kind]}]"
        return self._placeholders[key]

    def _is_public(self, kind: Kind, written: str, plain: str) -> bool:
        if kind is Kind.SECRET:  # one for everybody stands word for word in the documents
            return any(re.search(rf"(?<!\w){re.escape(written)}(?!\w)", text) for text in self._public)
        if any((kind, plain) in _known_in(text) for text in self._public):
            return True
        # What a word in the question made a number of, may stand without that word in the documents.
        return kind in (Kind.NUMBER, Kind.ADDRESS, Kind.MENTION) and set(_words(written)) <= self._public_words

    def _is_public_name(self, name: str) -> bool:
        """Whether a name stands in the documents; a single word only as it is written, since "Max" is not "max"."""
        words = r"\s+".join(map(re.escape, name.split()))
        pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE if r"\s" in words else 0)
        return any(pattern.search(text) for text in self._public)


def redacted(
    example: Example, *, public: Iterable[str] = (), people: Iterable[str] = (), names: Names = lambda text: ()
) -> Redacted:
    """Return an example without the personal data of its question, answers and conversation.

    The passages, and the system message, count as public; `public` adds to them, e.g. whom a refusal names.
    """
    passages = [f"{one.title}\n{one.heading}\n{one.text}" for one in example.passages]
    system = [turn.content for turn in example.prompt if turn.role == "system"]
    redact = Redactor([*passages, *system, *public], people, names)
    said = [example.question, example.answer, example.rejected, *(turn.content for turn in example.turns)]
    said += [turn.content for turn in example.prompt[1:-1]]
    for text in said:
        redact.learn(text)

    def turns(given: tuple[Turn, ...]) -> tuple[Turn, ...]:
        return tuple(turn if turn.role == "system" else Turn(turn.role, redact(turn.content)) for turn in given)

    clean = replace(
        example,
        question=redact(example.question),
        answer=redact(example.answer),
        rejected=redact(example.rejected),
        turns=turns(example.turns),
        prompt=turns(example.prompt),
    )
    return Redacted(clean, redact.replaced)


@lru_cache(maxsize=1_024)
def _known_in(text: str) -> frozenset[tuple[Kind, str]]:
    return frozenset((one.kind, one.plain) for one in personal_in(text))


def _run_together(name: str) -> str:
    """Return a name without what stands between its words, in a text or in the name of a file."""
    return re.sub(rf"\s+|{_JOINT}", "", name.casefold())


def _is_identifier(match: re.Match[str]) -> bool:
    """Whether what was found is a part of a word such as "max_upload_size", and no file's name."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    return (before.endswith("_") or behind.startswith("_")) and not _FILE_ENDING.match(behind)


def _legible(text: str) -> str:
    """Return a text as people read it: an accent and its letter are one, and what nobody sees is not there."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _spelled(name: str) -> str:
    """Return a name as documents would write it: "max" in them is a word, "Max" is somebody."""
    return name.title() if name.islower() else name


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
