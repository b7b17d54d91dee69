"""Of lists among the sentences found: the steps of a procedure, what a sentence leads to, which list is told whole."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.quoting.asked import STEP_WORDS
from bot.quoting.evidence import JOINED, Evidence, leading_to, place_of
from bot.quoting.scored import AND_SO_ON, GAP, QUOTED_CHARS, STEPS_CHARS, ScoredSentences, chars_in
from bot.quoting.tables import goes_before, named_of, table_of
from bot.text.facts import telling_words
from bot.text.ranges import names_range

_ANYTHING = telling_words(
    "item product thing order step way procedure process tell show explain help find know want need"
)
"""Words of a question that no heading has to say."""
_HEADS = 0.5
"""Share of what is sought that a heading has to say, more than that, for the steps below it to be the way."""
_ALTERNATIVES = re.compile(r"\b(?:between|either)\W*$|\bone of (?:the following|these)\b", re.IGNORECASE)
"""What leads to a list of which one item is half of what there is to choose: "You choose between:"."""
_ABOUT_AS_WELL = 0.9
"""Share of the score of an item from which another of its list fits about as well, where nothing leads to them."""
_ITEM = 4
"""Sentences of one of its items, at the most."""


def way(scored: ScoredSentences) -> list[Evidence]:
    """Return the numbered list below a heading that says what the question asks how to do; empty if there is none.

    "You can return an item within 30 days" is nearer to "How do I return an item?" than any of the steps.
    """
    lists = [place for place, one in enumerate(scored.sentences) if scored.question.way and one.step == 1]
    lists = [place for place in lists if place not in scored.marks.others]
    fits = {place: _heads(scored, place) for place in lists}
    for place in sorted(lists, key=lambda place: -fits[place]):
        if fits[place] > _HEADS and (steps := _steps(scored, place)):
            led = scored.together(place - 1, place) and scored.sentences[place - 1].leads
            return scored.told([place - 1, *steps] if led else steps)
    return []


def steps_from(scored: ScoredSentences, place: int) -> list[Evidence]:
    """Return the numbered list that a sentence leads to, with it, or one that answers how something is done.

    Also one of which a step is asked for, or what comes before or after one that the question has words of.
    """
    question = scored.question
    led = _led_steps(scored, place) if scored.sentences[place].leads or question.procedure else []
    named = question.in_order and not question.words.isdisjoint(scored.sentences[place].words)
    return scored.told(led or (_steps(scored, place) if question.procedure or question.step or named else []))


def step_asked(scored: ScoredSentences, near: Sequence[int], scores: Sequence[float], otherwise: int) -> int:
    """Return a step of the list that the question is likeliest about, by its heading and its words."""
    telling = scored.question.words - STEP_WORDS
    about: dict[int, int] = {}
    for place in near:
        if steps := _steps(scored, place):
            passage = scored.sentences[place].passage
            words = telling_words(place_of(passage)).union(*(scored.sentences[one].words for one in steps))
            about[place] = len(words & telling)
    likeliest = max(about, key=lambda place: (about[place], scores[place]), default=otherwise)
    return likeliest if about.get(likeliest) or not telling else otherwise


def led_from(scored: ScoredSentences, place: int) -> list[Evidence]:
    """Return what a sentence that ends in a colon leads to; empty where it does not, or nothing may go out.

    Of what is long those parts are told that the question names, else the first ones, and that there are more.
    """
    lead = scored.sentences[place]
    parts = [[scored.sentences[one] for one in part] for part in behind(scored, place)] if lead.leads else []
    short = chars_in([lead, *(one for part in parts for one in part)]) <= STEPS_CHARS
    telling = scored.question.words - lead.words
    named = [part for part in parts if any(one.words & telling for one in part)]
    told: list[Evidence] = []
    kept = 0
    for part in parts if short or not named else named:
        if all(one.safe for one in part) and chars_in([lead, *told, *part]) <= STEPS_CHARS:
            told += part
            kept += 1
    cut_off = bool(told) and kept < len(parts)
    return [*told, Evidence(lead.passage, GAP, frozenset(), quotable=False, item=True)] if cut_off else told


def list_meant(scored: ScoredSentences, place: int) -> int:
    """Return what leads to a list where `place` is one of its items and one alone is no answer, else `place`.

    Any would be a guess where the question has no word of just that item, and rather one of what leads to the list, or
    another item fits about as well; of alternatives one is half of what there is to choose, and so is one that ends in
    "and" of a sentence that goes on.
    """
    item = scored.sentences[place]
    lead = max((one for one in leading_to(scored.sentences, place) if one < place), default=place)
    if not item.begins_item or lead == place or not scored.sentences[lead].quotable:
        return place
    parts = [part for part in behind(scored, lead) if scored.sentences[part[0]].begins_item]
    others = [part for part in parts if place not in part]
    if not others or len(others) == len(parts):
        return place
    words = [frozenset[str]().union(*(scored.sentences[one].words for one in part)) for part in others]
    asked, led = scored.question.words, scored.sentences[lead].words
    named = (item.words - led - frozenset.intersection(*words)) & asked
    near = max(scored.scores[one] for part in others for one in part) >= AND_SO_ON * scored.scores[place]
    half = _ALTERNATIVES.search(scored.sentences[lead].text) or JOINED.search(item.text)
    short = chars_in([scored.sentences[one] for part in parts for one in part]) <= QUOTED_CHARS
    guessed = item.item and (near or not asked.isdisjoint(led)) and not named
    return lead if short and (guessed or half) else place


def item_meant(scored: ScoredSentences, place: int, scores: Sequence[float]) -> int:
    """Return the item whose range holds a figure of the question where `place` is another of its list, else `place`.

    Not where the question says more of the name of the one at `place`.
    """
    item = scored.sentences[place]
    if not (item.item and item.label) or place in scored.marks.meant:
        return place
    items = [part[0] for part in _items_around(scored, place)]
    meant = [one for one in items if one in scored.marks.meant and scored.sentences[one].quotable]
    meant = [one for one in meant if one not in scored.marks.others]
    if not meant or not (names_range(item.label) or goes_before(scored, meant, [place])):
        return place
    return max(meant, key=lambda one: scores[one])


def whole_list(scored: ScoredSentences, place: int) -> list[Evidence]:
    """Return the whole list of an item where nothing leads to it, each has a name, and the question has no word of any.

    As of a table, any one would be a guess. Empty where a figure of the question means one, where no other fits about
    as well, and where it is long.
    """
    if not scored.sentences[place].item or any(one < place for one in leading_to(scored.sentences, place)):
        return []
    parts = _items_around(scored, place)
    items = [part[0] for part in parts]
    held = {one for part in parts for one in part}
    words = [frozenset[str]().union(*(scored.sentences[one].words for one in part)) for part in parts]
    named = (frozenset.union(*words) - frozenset.intersection(*words)) & scored.question.words
    told = [scored.sentences[one] for one in sorted(held)]
    own = next(part for part in parts if place in part) if parts else []
    near = max((scored.scores[one] for one in held.difference(own)), default=-math.inf)
    guessed = not named and near >= _ABOUT_AS_WELL * scored.scores[place]
    guessed = guessed and held.isdisjoint(scored.marks.meant | scored.marks.others)
    listed = all(scored.sentences[one].item and scored.sentences[one].label for one in items)
    return told if guessed and listed and all(one.safe for one in told) and chars_in(told) <= QUOTED_CHARS else []


def _items_around(scored: ScoredSentences, place: int) -> list[list[int]]:
    """Return where the items of a list stand that one is of, each with what stands in it."""
    indent = scored.sentences[place].indent
    first = last = place
    while scored.together(first - 1, place) and scored.sentences[first - 1].indent >= indent:
        first -= 1
    while scored.together(last + 1, place) and scored.sentences[last + 1].indent >= indent:
        last += 1
    parts: list[list[int]] = []
    for one in range(first, last + 1):
        if scored.sentences[one].begins_item and scored.sentences[one].indent == indent:
            parts.append([])
        if parts:
            parts[-1].append(one)
    return parts


def behind(scored: ScoredSentences, place: int) -> list[list[int]]:
    """Return where the parts stand that a sentence leads to: items, rows, a block of code, or a line or more."""
    lead, after = scored.sentences[place], place + 1
    if not scored.together(after, place):
        return []
    begun = scored.sentences[after]
    if begun.row_of is not None:
        table = table_of(scored, after)
        return [[one] for one in named_of(scored, table) or table if one not in scored.marks.others]
    if begun.begins_item and begun.indent <= lead.indent:
        return []
    if not begun.begins_item:
        return [] if begun.leads and not begun.text.endswith(":") else [_lines(scored, after)]
    parts: list[list[int]] = []
    while scored.together(after, place) and scored.sentences[after].indent > lead.indent:
        if scored.sentences[after].begins_item:
            parts.append([])
        parts[-1].append(after)
        after += 1
    told = [part for part in parts if part[0] not in scored.marks.others]
    return told if scored.marks.held_somewhere or len(told) == len(parts) else []


def _heads(scored: ScoredSentences, place: int) -> float:
    """Return the share of what is sought that the heading of a sentence says, 0 if that says something else."""
    passage = scored.sentences[place].passage
    words = telling_words(passage.heading.rpartition(" > ")[2] or passage.title)
    # "Delete your account" says nothing of restoring a deleted one.
    says_all = scored.question.words - _ANYTHING <= words
    return len(words) / len(scored.question.sought) if words and says_all and words <= scored.question.sought else 0.0


def _led_steps(scored: ScoredSentences, place: int) -> list[int]:
    """Return where the numbered list right behind a sentence stands, with the sentence; empty if there is none."""
    follows = scored.together(place + 1, place) and scored.sentences[place + 1].step == 1
    steps = _steps(scored, place + 1) if follows else []
    return [place, *steps] if steps else []


def _steps(scored: ScoredSentences, place: int) -> list[int]:
    """Return where the numbered list stands, from its first item to its last, that a sentence begins an item of.

    Empty where it does not, where the passage has only a part of it, or where it is long.
    """
    number = scored.sentences[place].step
    first = last = place
    for one, way in ((place, -1), (place, 1)):
        wanted, at = number + way, one + way
        while wanted > 0 and abs(at - (first if way < 0 else last)) <= _ITEM and scored.together(at, place):
            if scored.sentences[at].step == wanted:
                first, last = (at, last) if way < 0 else (first, at)
                wanted += way
            elif scored.sentences[at].step:
                break
            at += way
    while scored.together(last + 1, place) and _goes_on(scored.sentences[last + 1], scored.sentences[first]):
        last += 1
    picked = scored.sentences[first : last + 1]
    whole = number > 0 and scored.sentences[first].step == 1 and last > first
    short = chars_in(picked) <= STEPS_CHARS
    return [*range(first, last + 1)] if whole and short and all(one.safe for one in picked) else []


def _goes_on(sentence: Evidence, item: Evidence) -> bool:
    """Whether a sentence behind an item stands in its list, too, and begins no other item."""
    return item.indent >= 0 and sentence.indent >= item.indent and not sentence.begins_item


def _lines(scored: ScoredSentences, place: int) -> list[int]:
    """Return where a sentence or a block of code stands, or a line that is none and those behind it that are none.

    An address, say, is written in several.
    """
    lines = [place]
    while not (last := scored.sentences[lines[-1]]).ended and not last.code and scored.together(lines[-1] + 1, place):
        after = scored.sentences[lines[-1] + 1]
        if after.ended or after.code or after.indent != last.indent or after.begins_item or after.row_of is not None:
            break
        lines.append(lines[-1] + 1)
    return lines
