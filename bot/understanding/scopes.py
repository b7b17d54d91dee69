"""What the passages found hold for, and whether an answer differs by that.

Pure decisions on passages; `bot.lookup` does the searching. Everything that is told to people here comes from passages
that the asker's scope admits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.text.facts import figures, telling_words
from bot.understanding.mentions import CALLED, KEYS, Mention, is_numbered, tells_a_model
from bot.understanding.questions import points_back
from knowledge.documents import Scope, ScoredPassage
from knowledge.sentences import content_words
from knowledge.territories import (
    EUROPEAN_UNION,
    plain,
)

NEAR = 0.75
"""Fit from which two passages compete; these shares of the best were chosen on the sample handbook."""
WORTH_A_CHOICE = 0.65
"""Fit from which a passage's region is offered, once there is a choice."""
OWN_NEAR = 0.8
"""Fit from which a page for just the asker's region goes before one for everybody."""
SAME_WORDS = 0.8
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"\b[A-Z][A-Z0-9]+\b")
_ADDS_A_CONDITION = re.compile(
    r"\W*(?:(?:and|but|or|so|ok|okay)\s+)+(?:what\s+)?(?:after|before|by|during|for|with|without)\b", re.IGNORECASE
)
_SHORTEST_NAME = 4
"""Letters of a word that a product may be called by, of several in its name."""
ASKED_OF_ANYTHING = telling_words(
    "cost, far, fast, get, happen, have, long, many, mean, much, need, often, ok, okay, soon, want, work, yes"
)
"""Words that tell no subject: "How long do I have?" """


def told(found: ScoredPassage, key: str, asker: Scope) -> tuple[str, ...]:
    """Return the regions or products that a passage is limited to, as far as the asker may know of them."""
    words: tuple[str, ...] = getattr(found.passage.scope, key)
    mine = asker.reach(key)
    return tuple(word for word in words if word in mine) if mine else words


def known_in(found: Sequence[ScoredPassage], asker: Scope) -> dict[str, set[str]]:
    """Return the words by key that the passages and the asker's scope have, and what products are `CALLED` in them."""
    known = {key: set(getattr(asker, key)) for key in KEYS}
    for one in found:
        for key in KEYS:
            known[key] |= set(told(one, key, asker))
    return known | {CALLED: _called(known["product"], found)}


def _called(products: Iterable[str], found: Iterable[ScoredPassage]) -> set[str]:
    """Return the words that products may be called by for short: "BrewMaster" of "BrewMaster 200".

    Such a word has a capital within, only a model stands beside it in the name, and the passages use it for nothing
    else. "Office" of "Office Chair" is a word of the language however it is written, and who pays "with PayPal" does
    not ask about the "PayPal Card". Or it is a model's number, "E200", which pages of others do not have alone:
    there it may be a code, or the size of "A4 paper". That of an "MP3 Player" is what it plays.
    """
    names = {product: plain(product).split() for product in products}
    if not names:
        return set()
    whole = re.compile("|".join(r"[\W_]*".join(words) for words in names.values()), re.IGNORECASE)
    beside = [frozenset(words) - {*filter(is_numbered, words)} for words in names.values()]
    numbers = {
        word
        for words, others_of_it in zip(names.values(), beside, strict=True)
        for place, word in enumerate(words)
        if is_numbered(word) and others_of_it and (place or beside.count(others_of_it) > 1)
    }
    coined: set[str] = set()
    others: set[str] = set()
    for one in found:
        text = f"{one.passage.title}\n{one.passage.heading}\n{one.passage.text}"
        own = {word for product in one.passage.scope.product for word in names.get(product, ())}
        coined |= {word.lower() for word in _WORD.findall(text) if _has_a_capital_within(word)}
        alone = _WORD.findall(whole.sub(" ", text))
        others |= {word.lower() for word in alone if word.islower() or word.lower() not in own}
        numbers -= {word.lower() for word in alone} - own
    telling = {
        word
        for words in names.values()
        for word in words
        if len(word) >= _SHORTEST_NAME and word.isalpha() and all(map(tells_a_model, set(words) - {word}))
    }
    return ((telling & coined) - others) | numbers


def _has_a_capital_within(word: str) -> bool:
    return any(before.islower() and after.isupper() for before, after in pairwise(word))


def concerned(found: Iterable[ScoredPassage], asker: Scope) -> bool:
    """Whether it may matter where, for what or in which language the question is meant."""
    return any(getattr(asker, key) for key in KEYS) or any(
        getattr(one.passage.scope, key) for one in found for key in (*KEYS, "language")
    )


def narrowed(scope: Scope, key: str, mentions: Iterable[Mention]) -> Scope:
    """Return the scope limited to what the mentions name; never wider than it was.

    Who is in one country and asks of another is told what holds in the union of both.
    """
    reach = tuple(sorted(frozenset[str]().union(*(one.reach for one in mentions))))
    mine: tuple[str, ...] = getattr(scope, key)
    shared = scope.reach(key) if reach != ("eu",) else mine
    here = [tuple(word for word in words if word in reach) for words in (mine, shared)]
    return limited(scope, key, here[0] or here[1] or mine or reach)


def limited(scope: Scope, key: str, words: tuple[str, ...]) -> Scope:
    """Return the scope with other words for one key."""
    return replace(scope, region=words) if key == "region" else replace(scope, product=words)


def covers(scope: Scope, mention: Mention) -> bool:
    """Whether an asker with this scope may be told what holds there."""
    mine = scope.reach(mention.key)
    return not mine or not mention.reach.isdisjoint(mine)


def fits(found: Sequence[ScoredPassage]) -> list[tuple[ScoredPassage, float]]:
    """Return each passage with its share, 0 to 1, of the best score and of the best similarity, the lesser of both.

    The one measures well within a list, the other does not move when nothing fits.
    """
    score = max((one.score for one in found), default=0.0)
    similarity = max((one.similarity for one in found), default=0.0)
    if score <= 0 or similarity <= 0:
        return [(one, 0.0) for one in found]
    return [(one, max(0.0, min(one.score / score, one.similarity / similarity))) for one in found]


def missing(found: Sequence[ScoredPassage], key: str, asked: Scope, asker: Scope) -> bool:
    """Whether the passages fit well, but those that hold where it was `asked` for do not.

    Of those for just that place it is enough that they would be worth a choice.
    """
    words = set(asked.reach(key))
    limits = [(set(told(one, key, asker)), fit) for one, fit in fits(found)]
    return not any(
        fit >= (WORTH_A_CHOICE if limited else NEAR) for limited, fit in limits if not limited or words & limited
    )


def limits_the_best(found: Sequence[ScoredPassage], key: str) -> bool:
    """Whether the best of the passages is for some regions or products only."""
    return bool(found) and bool(getattr(found[0].passage.scope, key))


def apart(mentions: Sequence[Mention], found: Sequence[ScoredPassage], asker: Scope) -> tuple[str, ...]:
    """Return what the passages call the mentions; France and Germany are one where all is limited to the EU.

    Empty where no passage for one of them fits well: what holds for all is told once.
    """
    limits = [(word, fit) for one, fit in fits(found) for key in KEYS for word in told(one, key, asker)]
    known = {word for word, _ in limits}
    called = [next((word for word in (one.value, *sorted(one.reach)) if word in known), "") for one in mentions]
    fitting = any(word in called and fit >= WORTH_A_CHOICE for word, fit in limits)
    return tuple(dict.fromkeys(filter(None, called))) if fitting else ()


def differing(found: Sequence[ScoredPassage], key: str, asker: Scope) -> tuple[str, ...]:
    """Return the values of `key` between which the answer differs, best first; empty where it does not."""
    near = [(one, words) for one, fit in fits(found) if fit >= NEAR and (words := told(one, key, asker))]
    differ = any(
        not _hold_together(a_words, b_words) and not _same(a, b)
        for place, (a, a_words) in enumerate(near)
        for b, b_words in near[place + 1 :]
    )
    return competing(found, key, asker) if differ else ()


def competing(found: Sequence[ScoredPassage], key: str, asker: Scope) -> tuple[str, ...]:
    """Return the values of `key` that passages which fit well are limited to, best first."""
    fitting = (one for one, fit in fits(found) if fit >= WORTH_A_CHOICE)
    return tuple(dict.fromkeys(word for one in fitting for word in told(one, key, asker)))


def _same(a: ScoredPassage, b: ScoredPassage) -> bool:
    """Whether two passages say the same, but for the names of places."""
    ours, theirs = content_words(a.passage.text), content_words(b.passage.text)
    alike = len(ours & theirs) >= SAME_WORDS * len(ours | theirs)
    return alike and figures(a.passage.text) == figures(b.passage.text)


def only_for(value: str, values: Sequence[str], found: Sequence[ScoredPassage], key: str) -> tuple[ScoredPassage, ...]:
    """Return the passages that tell what holds for `value`, found where the others of the values do not count.

    Those limited to just it, else to it and others, where one of these fits well; all that were found where none does:
    a page for the place on another subject does not push out the page for all that answers.
    """
    limited_to = [(one, set(getattr(one.passage.scope, key)), fit) for one, fit in fits(found)]
    own = [(one, words, fit) for one, words, fit in limited_to if value in words]
    alone = [(one, words, fit) for one, words, fit in own if words & set(values) == {value}]
    for those in (alone, own):
        if any(fit >= WORTH_A_CHOICE for *_, fit in those):
            return tuple(one for one, *_ in those)
    return tuple(found)


def is_own(one: ScoredPassage, asker: Scope) -> bool:
    """Whether a passage is for just the region or product that the asker is limited to."""
    return any(getattr(asker, key) and told(one, key, asker) for key in KEYS)


def says_nothing_of(question: str, found: Sequence[ScoredPassage], asker: Scope) -> bool:
    """Whether those of the asker's own passages that fit well have none of a question's telling words.

    One without such words, or which points at what was said ("is it free?"), leans on that.
    """
    asked = telling_words(question) - ASKED_OF_ANYTHING
    if not asked or points_back(question):
        return False
    own = [one.passage for one, fit in fits(found) if fit >= WORTH_A_CHOICE and is_own(one, asker)]
    return all(asked.isdisjoint(telling_words(f"{one.title}\n{one.heading}\n{one.text}")) for one in own)


def passes_over(question: str, found: Sequence[ScoredPassage]) -> bool:
    """Whether the best passage has none of a question's telling words under the title, which may be that of a page on
    many things."""
    best = "".join(f"{one.passage.heading}\n{one.passage.text}" for one in found[:1])
    return (telling_words(question) - ASKED_OF_ANYTHING).isdisjoint(telling_words(best))


def tells_of(question: str, found: Sequence[ScoredPassage]) -> bool:
    """Whether one of the passages that fit well has one of a question's telling words."""
    asked = telling_words(question) - ASKED_OF_ANYTHING
    fitting = [one.passage for one, fit in fits(found) if fit >= WORTH_A_CHOICE]
    return any(not asked.isdisjoint(telling_words(f"{one.title}\n{one.heading}\n{one.text}")) for one in fitting)


def is_headed_by(question: str, found: ScoredPassage) -> bool:
    """Whether title and heading of a passage have all telling words of a question; "who pays?" has not "Payment".

    A code, "SSO", may stand in the text under them. "And after the warranty?" asks what was asked before, for then.
    """
    if _ADDS_A_CONDITION.match(question):
        return False
    headed = {word.rstrip("s") for word in plain(f"{found.passage.title} {found.passage.heading}").split()}
    headed |= {plain(word) for word in _CODE.findall(question) if word in _WORD.findall(found.passage.text)}
    asked = (word for word in plain(question).split() if telling_words(word) - ASKED_OF_ANYTHING)
    return all(word in headed or word.rstrip("s") in headed for word in asked)


def is_called(question: str, found: ScoredPassage) -> bool:
    """Whether the heading right above a passage, else its title, has all words that tell the subject of a question."""
    asked = telling_words(question) - ASKED_OF_ANYTHING
    called = found.passage.heading.rpartition(" > ")[2] or found.passage.title
    return bool(asked) and asked <= telling_words(called)


def own_first(found: Sequence[ScoredPassage], asker: Scope) -> tuple[ScoredPassage, ...]:
    """Return the passages with those of the asker's own pages before all others.

    These are the pages of which a passage is the first, or fits about as well as the best; with it go those of the same
    page that fit well, as one often tells what another leaves out. Those for the asker's country go before those for
    the union that it belongs to.
    """
    best = max((fit for _, fit in fits(found)), default=0.0)
    mine = [(one, fit) for one, fit in fits(found) if is_own(one, asker)]
    pages = {one.passage.document_id for one, fit in mine if fit >= OWN_NEAR * best or one is found[0]}
    own = [one for one, fit in mine if one.passage.document_id in pages and fit >= WORTH_A_CHOICE * best]
    own.sort(key=lambda one: all(set(told(one, key, asker)).isdisjoint(getattr(asker, key)) for key in KEYS))
    return (*own, *(one for one in found if one not in own))


def of_one_place(found: Sequence[ScoredPassage], asker: Scope) -> tuple[ScoredPassage, ...]:
    """Return the passages that can hold together: none for another region or product than those before it."""
    kept: list[ScoredPassage] = []
    for one in found:
        if all(_hold_together(told(one, key, asker), told(other, key, asker)) for other in kept for key in KEYS):
            kept.append(one)
    return tuple(kept)


def _hold_together(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether there is a place where both hold; what holds in the EU holds in its countries."""
    ours, theirs = set(a), set(b)
    if not ours or not theirs or ours & theirs:
        return True
    return bool(("eu" in ours and theirs & EUROPEAN_UNION) or ("eu" in theirs and ours & EUROPEAN_UNION))


def language_of(text: str, found: Iterable[ScoredPassage]) -> str:
    """Return the language, of those that the passages are in, that the question shares most words with.

    Empty where the passages are in one language, or no language is clearly ahead.
    """
    asked = set(plain(text).split())
    shared: dict[str, set[str]] = {}
    for one in found:
        for language in one.passage.scope.language:
            words = set(plain(f"{one.passage.title} {one.passage.heading} {one.passage.text}").split())
            shared.setdefault(language, set()).update(asked & words)
    if len(shared) < 2:
        return ""
    first, second, *_ = sorted(shared, key=lambda language: -len(shared[language]))
    return first if len(shared[first]) > len(shared[second]) else ""
