"""Whether a claim joins one value of a sentence with the case, thing or deed to which the sentence gives another value.

"Backups are kept for 30 days, on the Business plan for a year" gives a period to each of two cases, "books are lent for
three weeks, films for one" to each of two things, "we try again after three days and lock the workspace after ten" to
each of two deeds. What is told of a case alone needs that case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, islice, pairwise, product

from bot.claims.people import SAME_PEOPLE
from bot.claims.subjects import denies, verb_of
from bot.text.cut_short import with_units
from bot.text.facts import blanked, facts_of, figures_told, for_nothing, telling_words
from bot.text.measures import measures_in
from bot.text.worded import told_in_words
from knowledge.figures import Figure, Kind, figures_of
from knowledge.sentences import NUMBER_WORDS

_LONGEST = 600
"""Characters of a sentence that are looked at."""
_MOST = 12
"""Parts of a sentence, and values of each, that are looked at."""
_Number = tuple[str, str]
"""What is counted, and how much or how often."""
_Words = frozenset[str | _Number]
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_JOINT = re.compile(r"[;,]\s(?:(?:and|but|or|while|whereas)\s)?|\s(?:and|but|or|while|whereas)\s", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|or)\s", re.IGNORECASE)
_COMMA_AND = re.compile(r",\s(?:and|or)\s", re.IGNORECASE)
_BEGINS_CASE = (
    r"(?:for|in|on|at|with|without|from|to|by|as|during|within|outside|of|if|when|where|once|after|before|until)"
)
_CASE = re.compile(rf"(?:only\s)?{_BEGINS_CASE}\s", re.IGNORECASE)
"""How a case begins: where, when or for whom something is so."""
_CASES = re.compile(rf"(?:^|\s)(?={_BEGINS_CASE}\s)", re.IGNORECASE)
_BEFORE_VALUE = re.compile(
    r"(?:(?:^|\s)(?:for|in|on|at|from|to|by|within|after|before|until|up|it|they|you|is|are|cost|costs|pay|only|just|"
    r"about|around|most|least|another|further|the))+\s*$|,\s*$",
    re.IGNORECASE,
)
"""What leads to a figure, rather than says when it holds."""
_PERIOD = re.compile(r"\b(?:an?|one)\s(?P<unit>hour|day|night|week|fortnight|month|year)\b", re.IGNORECASE)
_ADVERB = r"(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually)"
_OFTEN = re.compile(
    r"\b(?:(?:once|twice|\w+\stimes)\s(?:an?|per|each|every)\s\w+|"
    rf"(?:once|twice|\w+\stimes)\s{_ADVERB}\b|"
    rf"(?:every|each)\s(?:(?:other|second|third|\d+|{'|'.join(NUMBER_WORDS)})\s)?(?:day|week|month|quarter|year)s?\b|"
    rf"(?!\A{_ADVERB}\Z){_ADVERB}\b)",
    re.IGNORECASE,
)
"""How often; not "weekly" of "weekly and monthly reports", which stands alone in its part."""
_ALL_DAY = re.compile(
    r"\b(?:all day(?: long)?|a?round the clock|at any time|at all times|day and night|24/7)(?!\w)", re.IGNORECASE
)
_TIMES = re.compile(r"(?<!\bat\s)\b(?:once|twice)(?=\s*(?:$|[.,;:!?)]|and\b|but\b|with\b|if\b))", re.IGNORECASE)
_NEVER = re.compile(r"\bnever\b", re.IGNORECASE)
_NEVER_VALUE = (str(Kind.DURATION), "never")
_IN_FULL = re.compile(r"\b(?:in full|fully)\b", re.IGNORECASE)
_FROM_THEN = re.compile(r"\s(?:before|after|of|from)\s.*?(?=\s(?:for|in|on|at|with)\s|$)", re.IGNORECASE)
"""What a length of time counts from, which is no case: "20 minutes before departure"."""
_AT_LEAST = re.compile(r"\bat (?:least|most)\b", re.IGNORECASE)
_AGED = re.compile(r"\b(?:years?[\s-]old|of age)\b", re.IGNORECASE)
_LED_BY = re.compile(r"(\w+)\s*$")
_THEN = re.compile(r"\b(?:after\s(?:that|this)|afterwards|thereafter)\b", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:for|in|within|during|up to)\s(?P<span>(?:(?:the|an?|your)\s)?(?:[\w-]+\s){0,3}?"
    r"(?:minute|hour|day|night|week|month|year)s?)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\bafter\s(?P<rest>.{1,60})", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:others|(?:all |any |the )?other (?!than\b)[a-z]+)\b", re.IGNORECASE)
_COMPARED_KINDS = {Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.TIME, Kind.COUNT}
_EXCEPT = re.compile(r"\b(?:unless|except|apart|other than|but|while|whereas|otherwise|instead)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"(?!(?:garden|kitchen|linen|chicken|oxygen|token|children|women|men|teen|seed|bed|weed|feed|speed|breed)\s)(?:\w+(?:ed|en|wn|ght|ld|pt)|sent|paid|put|cut|made|done|lent|met|won|lost|set)\s"
)
_OBJECT = re.compile(r"[a-z]+\s(?:the|an?|your|our|it|them|you|us)\b")
"""How a part begins whose subject is that of the part before: "lock the workspace after ten"."""
_DOES = re.compile(r"(?:(?<=\bwe\s)|(?<=\byou\s)|(?<=\bthey\s)|(?<=\bit\s))[a-z]+", re.IGNORECASE)
"""A verb that no list holds, by who does it."""
_LIMITS = {
    "less": "before|until|by|up to|under|below|less than|fewer than|at most",
    "more": "after|over|above|from|beyond|more than|at least|past",
}
_SIDES = {side: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for side, words in _LIMITS.items()}
_COMPARED = re.compile(
    rf"(?:[\w-]+\s){{0,2}}?(?:(?:{'|'.join(_LIMITS.values())})\s(?:that|this|then)|"
    r"(?P<by>later|earlier|higher|lower|larger|smaller|bigger|older|younger|longer|shorter|heavier|lighter)"
    r"(?:\s(?:ones|[a-z]+s))?)\s(?P<value>.+)",
    re.IGNORECASE,
)
"""What lies on the other side of a limit: "later ones in September", "orders after that the next day"."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A number, or what stands for one, with its place in a text."""

    number: _Number
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A value that a part of a sentence tells."""

    value: _Number
    case: _Words
    """What it is told of, without what both of a pair are told of; empty where it holds by and large."""
    apart: _Words
    """Those of the words of which one tells the case from others: "business" of "on the Business plan"."""
    part: str
    """The part of the sentence that tells it."""
    of_case_alone: bool = False


def told_of_another_case(claim: str, evidence: str, known: frozenset[str]) -> str | None:
    """Return of what the evidence tells a value that a claim tells of something else, or of all; None if of nothing.

    A case that is `known`, as the question or the heading names it, need not be said again.
    """
    if denies(claim) or _EXCEPT.search(claim):
        return None
    claim = with_units(claim)
    said = _words(claim)
    said |= {word for same in map(telling_words, SAME_PEOPLE) if same & said for word in same}
    values = {one.number for one in _values(claim)} | (_ages(claim) if _AGED.search(evidence) else set())
    for sentence in _SENTENCE.split(evidence[:_LONGEST]):
        case = _beyond_limit(claim, said, sentence)
        if case := case or _beyond_span(claim, values, sentence) or _of_others(claim, values, with_units(sentence)):
            return case
        adds_nothing = said <= _words(sentence) | known
        for one, other in _pairs(with_units(sentence)) if values else ():
            for own, theirs in ((one, other), (other, one)):
                if own.value not in values or theirs.value in values or own.case & said:
                    continue
                if theirs.apart & said or (own.of_case_alone and adds_nothing and not own.case & known):
                    return " ".join(sorted(one for one in own.case if isinstance(one, str))) or "other cases"
    return None


def tells_its_case(claim: str, evidence: str) -> bool:
    """Whether a claim tells a value of the very case to which the evidence gives it, and to another case another."""
    return any(_specials_told(claim, evidence))


def tells_its_part(claim: str, evidence: str, word: str) -> bool:
    """Whether a claim tells a value of the very part of a sentence to which a word belongs that it has."""
    said, values = _words(claim), {one.number for one in _values(claim)}
    return any(
        telling_words(word) <= told.apart <= said and told.value in values and other.value not in values
        for one in (_pairs(evidence[:_LONGEST]) if values else ())
        for told, other in (one, one[::-1])
    )


def tells_never(claim: str, evidence: str) -> bool:
    """Whether a claim says "never" of the very case of which the evidence does, where else it tells a time."""
    return any(one.value == _NEVER_VALUE for one in _specials_told(claim, evidence))


def _specials_told(claim: str, evidence: str) -> Iterator[_Told]:
    """Give what a claim tells of a case alone, as the evidence does, which tells another value by and large."""
    said, values = _words(claim), {one.number for one in _values(claim)}
    for general, special in _pairs(evidence[:_LONGEST]) if values else ():
        told = special.value in values and general.value not in values
        if told and special.of_case_alone and special.apart <= said:
            yield special


def without_other_cases(claim: str, evidence: str) -> str:
    """Return a sentence without what it tells of a case alone, where a claim tells what holds by and large.

    Of "A trial lasts 14 days, or 30 days if you add a card" the end limits nothing that stands before it.
    """
    said, values = _words(claim), {one.number for one in _values(claim)}
    for general, special in _pairs(evidence[:_LONGEST]) if values else ():
        tells_rule = general.value in values and special.value not in values and not special.case & said
        if special.of_case_alone and tells_rule and (start := evidence.find(special.part)) > 0:
            joints = [one.start() for one in _JOINT.finditer(evidence, 0, start) if one.end() == start]
            evidence = evidence[: joints[-1] if joints else start] + evidence[start + len(special.part) :]
    return evidence


def _pairs(sentence: str) -> Iterator[tuple[_Told, _Told]]:
    """Give the values of one sort that two parts of a sentence tell, each with what it is told of."""
    parts = _parts(sentence)
    specials = list[tuple[str, _Told]]()
    values = [_values(part) for _, part in parts]
    for place, (lead, part) in enumerate(parts):
        for value in values[place][:_MOST]:
            for (before_lead, before), told in zip(reversed(parts[:place]), reversed(values[:place]), strict=True):
                first = [one for one in told if one.number[0] == value.number[0]]
                if first and (pair := _pair(before_lead, before, first, lead, part, value)):
                    yield pair
                    yield from _alike(specials, before, pair[1])
                if first and (pair or verb_of(before)):
                    break  # a part without a verb has that of one further before
    yield from _of_subjects(parts)


def _alike(specials: list[tuple[str, _Told]], rule: str, told: _Told) -> Iterator[tuple[_Told, _Told]]:
    """Give each of the `specials` of the same rule with another one that is told, which is added to them."""
    for before, one in specials:
        if before == rule and one.value[0] == told.value[0] and one.value != told.value:
            mine, theirs = one.apart - told.case, told.apart - one.case
            if mine and theirs:
                yield replace(one, case=mine, apart=mine), replace(told, case=theirs, apart=theirs)
    specials.append((rule, told))


def _of_subjects(parts: Sequence[tuple[str, str]]) -> Iterator[tuple[_Told, _Told]]:
    """Give the values of one sort that a sentence tells of two subjects with the same verb.

    Of "Basic includes three users and 5 GB, Team includes 20 users and 100 GB" the 100 GB are those of Team.
    """
    clauses = list[tuple[_Words, str, list[_Value], str]]()
    for _, part in parts:
        verb = verb_of(part)
        if verb and (subject := telling_words(part[: verb.start()])):
            clauses.append((frozenset[str | _Number](subject), verb[0].lower(), [*_values(part)], part))
        elif clauses and not verb:
            clauses[-1][2].extend(_values(part))
    for (one, verb_of_one, mine, part), (other, verb_of_other, theirs, other_part) in combinations(clauses, 2):
        if verb_of_one != verb_of_other or not one - other or not other - one:
            continue
        for value, another in product(_alone(mine), _alone(theirs)):
            if value.number[0] == another.number[0] and value.number != another.number:
                yield (
                    _Told(value.number, one - other, one - other, part),
                    _Told(another.number, other - one, other - one, other_part),
                )


def _alone(values: Sequence[_Value]) -> list[_Value]:
    """Return the values that are the only ones of their sort."""
    count = Counter(one.number[0] for one in values)
    return [one for one in values if count[one.number[0]] == 1]


def _parts(sentence: str) -> list[tuple[str, str]]:
    """Return the parts of a sentence, each with the case that leads to it: "if you are ill", "you are paid 80%"."""
    parts, lead = list[tuple[str, str]](), ""
    sentence = sentence.strip().rstrip(".!?")
    joints = [one.span() for one in islice(_JOINT.finditer(sentence), _MOST)]
    ends = [0, *(end for _, end in joints)]
    starts = [*(start for start, _ in joints), len(sentence)]
    between = ["", *(sentence[start:end] for start, end in joints), ""]
    for place, (start, end) in enumerate(zip(ends, starts, strict=True)):
        part = sentence[start:end].strip()
        goes_on = _AND.match(between[place]) and _COMMA_AND.match(between[place + 1])  # "and after 7 pm in May, and"
        if not lead and _CASE.match(part) and not _follows_case(part) and not goes_on:
            lead = part
        elif part:
            parts.append((lead, part))
            lead = ""
    return [*parts, ("", lead)] if lead else parts


def _follows_case(part: str) -> bool:
    """Whether a value follows a case in a part: "at weekends £32"."""
    return any(_BEFORE_VALUE.sub("", part[: one.start]).strip() for one in _values(part))


def _pair(
    before_lead: str, before: str, values: list[_Value], lead: str, part: str, value: _Value
) -> tuple[_Told, _Told] | None:
    """Return what two parts of a sentence tell, the second cut short; None if they tell the same or nothing to pair.

    Of several `values` of the first, that is meant to which the same word leads, else the last.
    """
    led_by = _led_by(part, value)
    first = next((one for one in values if led_by and _led_by(before, one) == led_by), values[-1])
    # A span begins with no case: "from 10 am to 2 pm".
    others = [(one.start, one.end) for one in _values(part) if one.number[0] == value.number[0] and one != value]
    told = _BEFORE_VALUE.sub("", " ".join(blanked(part, others)[: value.start].split())).strip()
    verb = verb_of(before) or _DOES.search(before)
    case = lead if not told else told if _CASE.match(f"{told} ") else ""
    if not told and not case:
        case = next((one for one in _CASES.split(part[value.end :])[1:] if telling_words(one)), "")
    if case:
        mine = _words(f"{before_lead} {_cases_in(before, first, values)}")
        theirs, apart = _words(case), _words(case) - _head(case)
    elif told and verb and (not verb_of(f"{told} ") or _first_word(told) == _first_word(before)):
        goes_on = _PARTICIPLE.match(f"{told} ") or _OBJECT.match(told) or not telling_words(before[: verb.start()])
        mine = _words(f"{before[verb.start() : first.start]} " if goes_on else before[: verb.start()])
        theirs = apart = _words(told)
    else:
        return None
    shared = mine & theirs
    apart = (apart - shared) or (theirs - shared)
    if not apart or first.number == value.number:
        return None
    return (
        _Told(first.number, mine - shared, mine - shared, before),
        _Told(value.number, theirs - shared, apart, part, of_case_alone=bool(case)),
    )


def _first_word(text: str) -> str:
    """Return the first word of a text in small letters, as "travel" begins "travel by train" and "travel by car"."""
    return text.partition(" ")[0].lower()


def _led_by(text: str, value: _Value) -> str:
    """Return the word that leads to a value, in small letters; empty if none does."""
    found = _LED_BY.search(text[: value.start])
    return found[1].lower() if found else ""


def _cases_in(text: str, value: _Value, values: Sequence[_Value]) -> str:
    """Return the cases that a part of a sentence names around its value: "at weekends" of "£12 an hour at weekends".

    Other `values` of its sort name none.
    """
    verb = verb_of(text)
    about = blanked(text, [(one.start, one.end) for one in values])
    about = blanked(about, [one.span() for one in _AT_LEAST.finditer(about)])
    if value.number[0] == Kind.DURATION and (since := _FROM_THEN.match(about, value.end)):
        about = blanked(about, [since.span()])
    return " ".join(one for one in _CASES.split(about[verb.start() if verb else 0 :])[1:] if telling_words(one))


def _head(case: str) -> _Words:
    """Return the telling words of the noun that a case is about: "plan" of "on the Business plan"."""
    words = [one for one in map(telling_words, case.split()) if one]
    return frozenset[str | _Number](words[-1]) if len(words) > 1 else frozenset()


def _beyond_limit(claim: str, said: _Words, sentence: str) -> str | None:
    """Return the limit beyond which a sentence tells what a claim tells on this side of it, or the other way round.

    "Transfers before 4 pm arrive the same day, later ones the next working day."
    """
    for joint in _JOINT.finditer(sentence):
        before, behind = sentence[: joint.start()], _COMPARED.match(sentence[joint.end() :])
        verb = verb_of(before) if behind else None
        side = _side(before[: verb.start()]) if verb else ""
        if not behind or not verb or not side:
            continue
        told = _PARTICIPLE.sub("", before[verb.end() :].lstrip(), count=1)
        mine, theirs = _content(told), _content(behind["value"])
        said_of = "beyond" if _words(behind["by"] or "") & said else _side(claim)
        tells = [bool((one - other) & _content(claim)) for one, other in ((mine, theirs), (theirs, mine))]
        wrong = tells == [False, True] if said_of == side else tells == [True, False] and said_of != ""
        beside = tells == [False, True] and not said_of and said <= _words(sentence)
        if wrong or beside:
            return before[: verb.start()].strip() if tells[0] else behind[0]
    return None


def _beyond_span(claim: str, values: set[_Number], sentence: str) -> str | None:
    """Return the time in which a sentence tells what a claim tells of that after it, or the other way round.

    "Sick pay is 100% for six weeks, after that 70%."
    """
    then = _THEN.search(sentence)
    joints = list(_JOINT.finditer(sentence, 0, then.start())) if then else []
    before, behind = (sentence[: joints[-1].start()], sentence[joints[-1].end() :]) if joints else ("", "")
    span = next(_SPAN.finditer(before), None)
    if span is None:
        return None
    told, rest = (_sorts(text) for text in (blanked(before, [span.span()]), behind))
    time, after = _words(span["span"]), _AFTER.search(claim)
    beyond = after is not None and time <= _words(after["rest"])
    within = not after and not _THEN.search(claim) and any(time <= _words(one["span"]) for one in _SPAN.finditer(claim))
    for sort in told.keys() & rest.keys():
        own, other = told[sort] - rest[sort], rest[sort] - told[sort]
        if (beyond and own & values and not other & values) or (within and other & values and not own & values):
            return span[0] if beyond else f"after {span['span']}"
    return None


def _sorts(text: str) -> dict[str, set[_Number]]:
    """Return the values of a text by what they count."""
    found = dict[str, set[_Number]]()
    for one in _values(text):
        found.setdefault(one.number[0], set()).add(one.number)
    return found


def _of_others(claim: str, values: set[_Number], sentence: str) -> str | None:
    """Return of whom a sentence tells a value that a claim tells of others than them.

    "Staff on probation have a notice of two weeks and other staff one of two months."
    """
    if not values or not _OTHERS.search(claim):
        return None
    parts = [part for _, part in _parts(sentence)]
    for before, part in pairwise(parts):
        if not _OTHERS.search(part) or _OTHERS.search(before):
            continue
        told, rest = _sorts(before), _sorts(part)
        for sort in told.keys() & rest.keys():
            own, others = told[sort] - rest[sort], rest[sort] - told[sort]
            if own & values and others and not others & values:
                verb = verb_of(before)
                return before[: verb.start()].strip() if verb else before
    return None


def _side(text: str) -> str:
    """Return on which side of a limit something lies; empty where none is told, or both are."""
    sides = [side for side, words in _SIDES.items() if words.search(text)]
    return sides[0] if len(sides) == 1 else ""


def _content(text: str) -> _Words:
    return _words(text) | frozenset(one.lower() for one in re.findall(r"\b(?:same|next|once|immediately)\b", text))


@lru_cache(maxsize=2_048)
def _words(text: str) -> _Words:
    return telling_words(text) | frozenset(one.number for one in _values(text))


@lru_cache(maxsize=2_048)
def _values(text: str) -> tuple[_Value, ...]:
    """Return the numbers of a text with what they count, and what stands for one, in order."""
    found = [_Value((f"measure/{one.unit}", f"{one.value:g}"), start, end) for one, start, end in measures_in(text)]
    rest = blanked(text, [(one.start, one.end) for one in found])
    for one in (*figures_told(rest)[0], *for_nothing(rest)):
        if one.kind in _COMPARED_KINDS:
            found.append(_Value(_number(one), one.start, one.end))
    rest = blanked(text, [(one.start, one.end) for one in found if one.number[0] != Kind.DURATION])
    for match in _OFTEN.finditer(rest):
        found = [one for one in found if not match.start() <= one.start < match.end()]
        often = next(iter(told_in_words(match[0])), match[0].lower())  # "once a month" is "monthly"
        found.append(_Value((str(Kind.DURATION), often), *match.span()))
    found += [_Value((str(Kind.TIME), "all day"), *match.span()) for match in _ALL_DAY.finditer(rest)]
    rest = blanked(text, [(one.start, one.end) for one in found])
    for match in _PERIOD.finditer(rest):
        if told := [one for one in found if one.end == match.start() - 1]:
            found = [replace(one, end=match.end()) if one in told else one for one in found]  # "an hour a day"
        else:
            found += [_Value(_number(one), *match.span()) for one in figures_of(f"1 {match['unit']}")[0]]
    found += [_Value(("times", match[0].lower()), *match.span()) for match in _TIMES.finditer(rest)]
    found += [_Value(_NEVER_VALUE, *match.span()) for match in _NEVER.finditer(rest)]
    for match in _IN_FULL.finditer(rest):
        found += [_Value((str(kind), "in full"), *match.span()) for kind in (Kind.MONEY, Kind.PERCENT)]
    return tuple(sorted(found, key=lambda one: one.start))


def _ages(text: str) -> set[_Number]:
    """Return the numbers of a text that count nothing, as the ages that they may be: "at least 14"."""
    return {(f"{Kind.COUNT}/age", f"{number:g} {number:g}") for number in facts_of(text).loose}


def _number(figure: Figure) -> _Number:
    sort = f"{figure.kind}/{figure.unit}" if figure.kind is Kind.COUNT else str(figure.kind)
    return sort, f"{figure.low:g} {figure.high:g}"
