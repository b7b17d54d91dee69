"""What a claim leaves out of what a sentence is about: which of them are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.claims.people import OURS, is_people
from bot.claims.senses import TOKEN
from bot.text.facts import verb_root
from knowledge.sentences import STOP_WORDS, stem

_SUBJECT = 2
_RESTRICTING = frozenset("who whom with without under over during beyond outside inside within for".split())
"""What begins words that restrict those before them."""
_OF_A_SORT = frozenset("from in at on".split())
_LIMITING = frozenset("during beyond outside under".split())
"""What does so at the end of a clause, where more is left out without harm."""
_VERBS = frozenset(
    "is are was were has have had do does did can cannot must may need come came cost costs exceed".split()
)
_PARTICIPLES = frozenset("bought paid made sold sent worn".split())
_BEHIND_A_PARTICIPLE = frozenset(
    "in on at by from before after with without within under over for through via to online outside".split()
)


def restriction(claim: str, evidence: str, asked: str) -> str | None:
    """Return the words that restrict something in the evidence and are missing in the claim; None if there are none.

    "Items that were opened cannot be returned" does not say that items cannot.
    """
    mine, theirs = _tokens(claim), _tokens(evidence)
    known = {*(one.stem for one in mine), *(one.stem for one in _tokens(asked))}
    telling = [one.stem for one in mine if one.tells]
    for number, (before, behind) in enumerate(zip(telling, [*telling[1:], ""], strict=True)):
        # What a sentence is about stands at its beginning; further behind more is left out without harm.
        if behind and number >= _SUBJECT:
            continue
        found = [(_gap(theirs, place, behind), place) for place, one in enumerate(theirs) if one.stem == before]
        gaps = [(gap, place) for gap, place in found if gap is not None]
        if gaps and all(
            _restricts(gap, behind, known, _sort(theirs, place))
            or (not behind and _who(gap, theirs[place].word, known))
            for gap, place in gaps
        ):
            gap = gaps[0][0]
            return f"“{evidence[gap[0].start : gap[-1].end]}”"
    return None


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark of punctuation of a text."""

    start: int
    end: int
    word: str
    """Lower case."""
    stem: str
    tells: bool
    """Whether it is a word that carries meaning."""
    capital: bool


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(
            match.start(),
            match.end(),
            word := match[0].lower(),
            verb_root(stem(word)),
            word[0].isalnum() and word not in STOP_WORDS,
            match[0][0].isupper(),
        )
        for match in TOKEN.finditer(text)
    ]


def _gap(tokens: Sequence[_Token], place: int, behind: str) -> list[_Token] | None:
    """Return what stands between a word and the next that is to stand `behind` it; None if it does not follow.

    Behind the last word of a claim it is what follows up to the end of the clause.
    """
    gap: list[_Token] = []
    for token in tokens[place + 1 :]:
        if behind and token.stem == behind:
            return gap
        if token.word in ",;:.!?()":
            break
        gap.append(token)
    return None if behind else gap


def _sort(tokens: Sequence[_Token], place: int) -> str:
    """Return a word for a sort of people or things that a clause begins with: "Members", but not "the cost"; or ""."""
    word = tokens[place].word
    begins = not place or not tokens[place - 1].word[0].isalnum()
    return word if begins and (is_people(word) or (word.endswith("s") and not word.endswith("ss"))) else ""


def _tells_sort(gap: Sequence[_Token], sort: str) -> bool:
    """Whether words behind a sort say whose they are, where, or doing what, and not only of which company.

    "Members of the golf club" are some members, "guests of the hotel" all.
    """
    telling, first = [one.word for one in gap if one.tells], gap[0].word
    if len(telling) == 1 and OURS.search(telling[0]):
        return False
    return first in _OF_A_SORT or (first == "of" and is_people(sort)) or (first.endswith("ing") and len(gap) > 1)


def _who(gap: Sequence[_Token], those: str, known: set[str]) -> bool:
    """Whether "who" behind several tells which of them are meant: "members who", not "a nurse who"."""
    several = those.endswith("s") or those in ("people", "children", "staff", "those", "anyone")
    telling = [one for one in gap if one.tells]
    return bool(several and telling) and gap[0].word == "who" and not any(one.stem in known for one in telling)


def _restricts(gap: Sequence[_Token], behind: str, known: set[str], sort: str) -> bool:
    """Whether words that stand behind one restrict it, and most of them to what is not `known`.

    Behind a word for a `sort`, where it is and what it does tell which of them are meant: "guests staying in a suite".
    """
    telling = [one for one in gap if one.tells]
    if not telling or 2 * sum(one.stem in known for one in telling) >= len(telling):
        return False
    first, second = gap[0], gap[1].word if len(gap) > 1 else ""
    if not behind:
        return first.word in _LIMITING
    if (sort and _tells_sort(gap, sort)) or (first.word in ("to", "in", "from") and gap[1].capital):
        return True
    if first.word in ("that", "which"):
        return second in _VERBS
    if first.word in _PARTICIPLES or (first.word.endswith("ed") and not first.capital):
        return second in _BEHIND_A_PARTICIPLE
    all_of_them = first.word in ("for", "with") and second in ("all", "every", "each")
    return first.word in _RESTRICTING and not all_of_them and not any(one.word in ("and", "or") for one in gap)
