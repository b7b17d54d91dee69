"""Whether somebody does what a claim says, or whether the page says it of something of which the claim has no word.

"Night Saver needs a smart meter" carries neither "We need a smart meter" nor "Vets need a smart meter", though all
other words are its own. Only what a page says of a thing or somebody that it names is compared: "Send a reading" and "A
reading is needed" fit anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.facts import facts_of, telling_words, verb_root
from bot.parties import BETWEEN, CLAUSE, Party
from bot.subjects import BEFORE_SUBJECT, statements_of, verb_of
from knowledge.sentences import STOP_WORDS, stem

_MOST = 12
"""Clauses of a sentence, and places of a verb in each, that are looked at."""
_REACH = 300
"""Characters before and behind a verb in which its subject and what it is said of are looked for."""
_LEAST_SAID = 0.6
"""Share of what a claim says behind its verb that stands behind the same verb in a page, where both say the same."""
_SPEAKER = re.compile(rf"\b(?P<who>we|you)(?:(?=['’])|\s+){BETWEEN}(?P<verb>[a-z][\w-]+)(?P<rest>.*)", re.IGNORECASE)
_NO_DEEDS = frozenset("be am is are was were been being have has had to not".split())
_SENTENCE = re.compile(r"[.;!?]\s+|,?\s(?:but|while|whereas)\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_HELPERS = frozenset("will must can may might shall should could would does do cannot is are was were".split())
_ADVERBS = frozenset("not also only always never usually normally still then".split())
_BEFORE_TO = frozenset("has have need needs".split())
_HOST = re.compile(r"^\w+://|[:/?#].*", re.DOTALL)
"""What stands around the host of an address."""
_SET_APART = re.compile(r"[,:;(/–—-]\W*$")
"""What stands between a verb and words that are not its subject."""
_AROUND = " *_\"'“”‘’"
_WE = re.compile(r"\b(?:we|by us)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|us|ours?|the (?:company|shop|store|business))\b", re.IGNORECASE)
_ANYBODY = r"any(?:one|body)|every(?:one|body)|who(?:ever)?|those|people|persons?|individuals?"
_READERS = r"yours?|customers?|buyers?|clients?|users?|purchasers?|consumers?|guests?|subscribers?|members?"
_ALL = re.compile(rf"\b(?:{_ANYBODY})\b", re.IGNORECASE)
_READER = re.compile(rf"\b(?:{_READERS})\b", re.IGNORECASE)
_ADDRESSED = re.compile(
    rf"\b(?:{_ANYBODY}|{_READERS}|applicants?|residents?|visitors?|patients?|passengers?|travell?ers?|students?|pupils?|"
    r"parents?|tenants?|drivers?|owners?|holders?|citizens?|veterans?|taxpayers?|employees?|staff|workers?|borrowers?|"
    r"participants?|candidates?|learners?|readers?|renters?|families|family|spouses?|survivors?|children|child|adults?|"
    r"beneficiar(?:y|ies)|you)\b",
    re.IGNORECASE,
)
"""Whom a page may mean that says "you" elsewhere."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a claim says that somebody does."""

    party: Party
    subject: frozenset[str]
    """Telling words of a name or noun; empty for "we" and "you"."""
    verb: str
    """The root of it."""
    rest: str
    of_reader: bool
    """Whether it is said of who reads it: "you", "your home"."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page has the verb of a claim."""

    subject: str | None
    """What stands before it as its subject; None where that is not plain, or nobody is named."""
    rest: str


def not_of_its_subject(
    claim: str, asked: frozenset[str], sentences: Sequence[str], place: frozenset[str], ours: frozenset[str]
) -> str | None:
    """Return of what sentences say that which a claim says of somebody they don't name; None if it is not so.

    "You" may be who has `asked` about what they name. `place` are the telling words of their title and heading, `ours`
    are words that addresses of the company hold.
    """
    words = telling_words(claim)
    for deed in _deeds(claim):
        alike = [(text, one) for text in sentences for one in _places(text, deed.verb) if _as_much(deed, one)]
        if alike and all(_is_of_another(deed, one.subject, text, words, asked, place, ours) for text, one in alike):
            return alike[0][1].subject
    return None


def names_in(addresses: Iterable[str]) -> frozenset[str]:
    """Return the parts of the hosts of web and e-mail addresses, of which one is mostly the company's name."""
    hosts = (_HOST.sub("", address.rpartition("@")[2]) for address in addresses)
    return frozenset(part for host in hosts for part in re.split(r"[.-]", host.lower()) if part)


def _deeds(claim: str) -> Iterator[_Deed]:
    for clause in CLAUSE.split(claim):
        found = _SPEAKER.search(clause)
        if found and found["verb"].lower() not in _NO_DEEDS:
            party = Party(found["who"].lower())
            yield _Deed(party, frozenset(), _root(found["verb"]), found["rest"], party is Party.YOU)
    for one in statements_of(claim):
        if one.subject:
            yield _Deed(Party.OTHER, one.subject, one.verb, one.behind, bool(_READER.search(one.doer)))


def _places(sentence: str, verb: str) -> Iterator[_Place]:
    """Give where a sentence has a verb as what something does, rather than as a noun or what is to be done."""
    for part in _SENTENCE.split(sentence, maxsplit=_MOST):
        lead = BEFORE_SUBJECT.match(part)
        about = part[lead.end() :] if lead else part
        same = (word for word in _WORD.finditer(about) if _root(word[0]) == verb)
        for word in islice(same, _MOST):
            subject = _subject(about[: word.start()], word[0]) if word.start() <= _REACH else None
            yield _Place(subject, about[word.end() : word.end() + _REACH])


def _subject(before: str, verb: str) -> str | None:
    """Return the subject of a verb that stands behind `before`; None where it isn't plain."""
    words = list(_WORD.finditer(before))
    told = [word[0].lower() for word in words]
    if told[-1:] in (["and"], ["or"]) and (first := verb_of(before)):
        return before[: first.start()].strip(_AROUND)  # "The plan needs a meter and costs"
    helped = False
    while told:
        if told[-1] == "to" and told[-2:-1] and told[-2] in _BEFORE_TO:
            told.pop()
        elif told[-1] not in _HELPERS | _ADVERBS and not told[-1].endswith(("ly", "n't", "n’t")):
            break
        helped = helped or not (told[-1] in _ADVERBS or told[-1].endswith("ly"))
        told.pop()
    if not told or told[-1] in STOP_WORDS or _SET_APART.search(before):
        return None
    third, many = (word.endswith("s") and not word.endswith("ss") for word in (verb, told[-1]))
    plain = helped or third or (many and verb.islower() and not verb.endswith(("ed", "ing")))
    return before[: words[len(told) - 1].end()].strip(_AROUND) if plain else None


def _as_much(deed: _Deed, one: _Place) -> bool:
    """Whether a page says by a verb what a claim says by it; of who does it in the claim, it may say so of "it"."""
    if deed.subject & telling_words(one.subject or ""):
        return True
    said, held = telling_words(deed.rest) - {deed.verb}, telling_words(one.rest)
    if said:
        return len(said & held) >= _LEAST_SAID * len(said)
    return bool(facts_of(deed.rest).numbers & facts_of(one.rest).numbers)


def _is_of_another(
    deed: _Deed,
    subject: str | None,
    sentence: str,
    words: frozenset[str],
    asked: frozenset[str],
    place: frozenset[str],
    ours: frozenset[str],
) -> bool:
    """Whether a sentence says something of a subject that cannot be who does it in a claim with these words."""
    named = telling_words(subject or "")
    if subject is None or not named or named & words:
        return False
    if deed.party is Party.WE:
        by_name = any(label.startswith(word) for label in ours for word in named)
        return not (by_name or _WE.search(sentence) or _OURS.search(subject))
    if not deed.subject.isdisjoint(telling_words(sentence) | place) or (deed.of_reader and named & asked):
        return False
    return not (_ADDRESSED if deed.party is Party.YOU else _ALL).search(subject)


def _root(word: str) -> str:
    return verb_root(stem(word.lower()))
