"""Of whom or what something is said: whether a claim says of one what sentences say of another.

"The Basic plan includes email support. The Pro plan includes phone support." holds all words of "The Basic plan
includes phone support". Statements of the same sort, which say the same verb or name an amount, a time or a share of
the same thing, are told apart by the words that stand before the verb of one of them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice, permutations, takewhile

from bot.claims.senses import BARE_NO
from bot.text.codes import behind_codes
from bot.text.facts import carries, facts_of, for_nothing, telling_words
from bot.text.worded import without_worded
from knowledge.figures import Figure, Kind
from knowledge.sentences import STOP_WORDS, words_of

_MOST = 12
"""Clauses of a sentence that are looked at."""
_Number = float | tuple[Kind, float, float]
"""A number, or a figure from and up to which number of its kind."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one subject."""

    subject: frozenset[str]
    """Telling words before the verb; empty where it is "you", or no verb is found."""
    doer: str
    """What stands before the verb, in words."""
    verb: str
    """The first telling word from the verb on: "return" of "can be returned", "free" of "is free"."""
    behind: str
    """What stands from the verb on, in words."""
    rest: frozenset[str]
    """Telling words from the verb on."""
    object: frozenset[str]
    """Telling words from the verb up to what says when, where or how."""
    denied: bool
    names_it: bool
    """Whether it says "it" or "them" of what another statement names."""
    by: frozenset[str]
    """Telling words behind "by"."""
    passive: bool
    mutual: bool
    """Whether the one is to the other as the other is to the one: "is next to"."""
    figures: tuple[Figure, ...]
    numbers: frozenset[_Number]
    worded: frozenset[str]
    """When and how often, told in words; see `bot.text.worded`."""
    implied: frozenset[str]
    """The same with what follows from it: "every Tuesday" is every week."""
    times: frozenset[str]
    """The telling words that tell it."""

    @property
    def words(self) -> frozenset[str]:
        return self.subject | self.rest

    @property
    def untimed(self) -> frozenset[str]:
        return self.words - self.times

    @property
    def tells_price(self) -> bool:
        """Whether it says what is to be paid: an amount, nothing, half, or a share of something else."""
        share = bool(_SHARES & self.rest) or Kind.PERCENT in self.kinds
        return (
            Kind.MONEY in self.kinds
            or (share and bool(PRICING & self.rest))
            or bool(self.numbers and self.verb in _COST)
        )

    @property
    def kinds(self) -> frozenset[Kind]:
        """What its figures count."""
        return frozenset(one.kind for one in self.figures)


@lru_cache(maxsize=2_048)
def statements_of(text: str) -> tuple[Statement, ...]:
    """Return the statements of a sentence, without those that have no verb."""
    found: list[Statement] = []
    start, joined = 0, False
    for end in islice(chain(_BETWEEN.finditer(text), [None]), _MOST):
        for whole in by_subject(text[start : end.start() if end else len(text)]):
            for part in _two_subjects(whole):
                found += _statement(part, found[-1] if found else None, joined=joined)
                joined = True
        start, joined = (end.end(), end[0][0] not in ";.!?") if end else (len(text), False)
    return tuple(found)


def by_subject(text: str) -> list[str]:
    """Return the clauses of a text that a comma or "and" joins, where each has a subject and a verb of its own.

    "Regular items are covered and used items are not covered" are two, "towels and robes are not covered" are one, as
    is what a clause says that is told of a case: "if the box is open and the seal is not intact".
    """
    found, start = [], 0
    for joint in islice(_SUBJECT_FOLLOWS.finditer(text), _MOST):
        before = text[start : joint.start()]
        if verb_of(before) and not _SUBORDINATE.search(before):
            found.append(before)
            start = joint.end()
    return [*found, text[start:]]


def _two_subjects(clause: str) -> tuple[str, ...]:
    """Return a clause in two where "and" joins what is said of two, each with a verb or when or where it is so.

    "The pool is closed on Mondays and the sauna on Tuesdays", but "the pool and the sauna are closed".
    """
    for joint in _AND.finditer(clause):
        before, behind = clause[: joint.start()], clause[joint.end() :]
        verb = verb_of(before)
        elliptic = _CUT_SHORT.match(behind) and _ELLIPTIC.search(before, verb.end()) if verb else None
        if verb and (_OWN_VERB.match(behind) or elliptic):
            return before, behind
    return (clause,)


def _statement(text: str, before_it: Statement | None, *, joined: bool) -> Iterator[Statement]:
    """Give the statement of a clause; one cut short says what the clause before does: "standard ones in 2 days".

    One that is `joined` to it without a subject has the same, as has what is denied of "it" there: "Volunteers get
    lunch but do not get travel costs". Else none is given of "it", which is what another sentence names.
    """
    lead = BEFORE_SUBJECT.match(text)
    about = text[lead.end() :] if lead else text
    verb = verb_of(about)
    of_it = before_it is not None and denies(about) and _THEY.match(about) is not None
    if (_LEANING.match(about) and not of_it) or (verb is None and before_it is None):
        return
    cut = verb or _ELLIPTIC.search(about)
    before, behind = (about[: cut.start()], about[cut.start() :]) if cut else (about, "")
    subject = telling_words(before) | (telling_words(lead["thing"]) if lead and lead["thing"] else frozenset())
    said = next(((word, min(one)) for word in words_of(behind) if (one := _telling(word))), None) if verb else None
    times = telling_words(text) - telling_words(without_worded(text))
    word, rest, facts = said[1] if said else "", telling_words(behind), facts_of(text)
    if verb and (own := _HAS.match(behind) or _GETS.search(behind)):
        word = own.lastgroup or ""
    if before_it and (verb is None or (word == before_it.verb and rest <= before_it.rest)):
        word, rest = before_it.verb, rest | before_it.rest
        times |= before_it.times
    if before_it and (of_it or (joined and verb and not subject and not _SPEAKS.search(before))):
        subject, before = before_it.subject, before_it.doer
    yield Statement(
        subject,
        before,
        word,
        behind,
        rest,
        telling_words(ADVERBIAL.split(behind, maxsplit=1)[0]),
        denies(text),
        bool(_IT.search(behind)),
        telling_words(" ".join(_BY.findall(behind))),
        bool(verb and said and _PASSIVE.search(behind) and PARTICIPLE.search(said[0])),
        bool(_MUTUAL.match(behind)),
        (*facts.figures, *for_nothing(text)),
        _numbers(text),
        facts.worded,
        facts.implied,
        times,
    )


def denies(text: str) -> bool:
    """Whether a clause denies something, rather than limits a number: "no more than 5"."""
    return _NO.search(text) is not None


def verb_of(text: str) -> re.Match[str] | None:
    """Return the verb of a clause; "refunds" of "card refunds take 3 days" is none."""
    verb = _VERB.search(text)
    while verb and (_PERHAPS_A_NOUN.fullmatch(verb[0]) or _FINITE.match(text, verb.end())):
        later = _VERB.search(text, verb.end())
        if not later or _JOINED.search(text[: later.start()]):
            break
        verb = later
    return verb


def _numbers(text: str) -> frozenset[_Number]:
    """Return the numbers of a text, those of figures with what they count too, as "one year" has no other."""
    facts = facts_of(text)
    return facts.numbers | {(one.kind, one.low, one.high) for one in (*facts.figures, *for_nothing(text))}


@lru_cache(maxsize=4_096)
def _telling(word: str) -> frozenset[str]:
    return frozenset() if word.endswith("ly") else telling_words(word)


def told_of_another_subject(claim: str, sentences: Sequence[str]) -> str | None:
    """Return of whom or what sentences say what a claim says of another; None if the claim says it as they do."""
    told = [*_named(one for sentence in sentences for one in statements_of(sentence))]
    words, said, figures, denied = telling_words(claim), _numbers(claim), facts_of(claim).figures, denies(claim)
    for one, other in permutations(told, 2):
        if denied and not other.denied:
            continue  # what one has may be denied of another
        own = one.subject - other.words
        taken = (words & other.rest - one.words - PRICING) or (said & other.numbers - one.numbers)
        if len(taken) == 1 and _lacks_thing(one):
            continue  # "children pay half": of the fare that others pay in full
        if not (own & words and taken) or _limited_alike(figures, other):
            continue
        others = other.subject - one.words
        alike = _alike(one, other) or (denied and not one.denied and bool(one.subject & other.subject))
        if others and not others & words and (alike or (one.tells_price and other.tells_price)):
            return " ".join(sorted(others))
        left, numbers = one.rest - other.words, one.numbers - other.numbers
        if alike and (left or numbers) and not (left & words or numbers & said):
            return " ".join(sorted(other.subject)) or "somebody else"
    return next((of for mine in statements_of(claim) if (of := _state_of_another(mine, told))), None)


def _state_of_another(mine: Statement, told: Sequence[Statement]) -> str | None:
    """Return what is what a claim says of something of which sentences tell only something else; None if it is so.

    "Tablets are insured. Phones need a lock." does not say that phones are insured, but "All devices are insured" may.
    """
    carriers = [one for one in told if one.verb and one.verb == mine.verb]
    own = [one for one in told if mine.subject <= one.subject and one not in carriers]
    if not _IS_SO.match(mine.behind) or not own or any(mine.verb in one.words for one in own):
        return None
    for one in carriers:
        rest = _OTHERS.match(one.doer) is not None
        apart = bool(mine.subject - one.words) and bool(one.subject - mine.words or rest)
        if not apart or mine.denied is not one.denied or (_ALL.search(one.doer) and not rest):
            return None
    return " ".join(sorted(carriers[0].subject)) if carriers and mine.subject else None


def of_other_subjects(said: Sequence[frozenset[str]], sentences: Sequence[str]) -> set[int]:
    """Return which of a passage's sentences say of another subject what one of them says of the one asked about.

    `said` are the telling words of the question, then of what was said before it, the newest first. Who has told of a
    blender and asks how long the warranty is, is told nothing of "The warranty for kettles is three years" where "The
    warranty for blenders is one year" stands beside it.
    """
    told = [(place, one) for place, text in enumerate(sentences) for one in statements_of(text)]
    alike = [
        (place, at, one, other)
        for (place, one), (at, other) in permutations(told, 2)
        if place != at and one.verb == other.verb and one.subject & other.subject
    ]
    apart = frozenset[str]().union(*(one.subject - other.words for _, _, one, other in alike))
    named = next((words for words in said if words & apart), frozenset())
    if named and named is not said[0] and any(said[0] - _ASKING - one.words for _, _, one, _ in alike):
        return set()  # it asks about something else than was told before
    others: set[int] = set()
    meant: set[int] = set()
    for place, at, one, other in alike:
        mine, theirs = one.subject - other.words, other.subject - one.words
        if theirs and mine & named and not theirs & named:
            others.add(at)
            meant.add(place)
    return others - meant


def things_called(text: str) -> frozenset[str]:
    """Return the words of the things that a sentence calls by codes: the ring of "The R2 ring must be greased"."""
    return frozenset().union(*map(_thing_before_verb, behind_codes(text))) - _ANY_THING


def _thing_before_verb(words: str) -> frozenset[str]:
    verb = verb_of(words)
    thing = takewhile(lambda word: word not in STOP_WORDS, words_of(words[: verb.start()] if verb else words))
    return telling_words(" ".join(thing))


def say_alike(one: str, other: str) -> bool:
    """Whether two sentences say the same of something each: they have a verb in common, or half of their words.

    Not by what is said of most things: that they have something, or that it is so every month.
    """
    words, others = telling_words(one) - _EVERY, telling_words(other) - _EVERY
    verbs = {told.verb for told in statements_of(one)} & {told.verb for told in statements_of(other)}
    return bool(verbs - {"", "have", "get"}) or 0 < min(len(words), len(others)) <= 2 * len(words & others)


def told_of_another_time(claim: str, sentences: Sequence[str]) -> str | None:
    """Return of what sentences say when or how often a claim says of another; None if it says it as they do."""
    told = [one for sentence in sentences for one in statements_of(sentence)]
    for mine in statements_of(claim):
        for one, other in permutations(told, 2):
            taken = mine.worded & other.implied - one.implied
            own, others = one.untimed - other.untimed, other.untimed - one.untimed
            rival = one.worded and not mine.worded & one.implied
            if taken and rival and own & mine.untimed and others and not others & mine.untimed:
                return " ".join(sorted(others))
    return None


def _named(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Give statements, each that says "it" or "them" with the object of the one before."""
    before: Statement | None = None
    for one in statements:
        named = before.object if before and one.names_it else frozenset()
        before = replace(one, rest=one.rest | named, object=one.object | named)
        yield before


def _lacks_thing(one: Statement) -> bool:
    """Whether a statement says how much, and of what only another one says."""
    return bool(one.rest & _SHARES) and one.rest <= _SHARES | {one.verb}


def left_out_subject(claim: str, asked: frozenset[str], sentences: Sequence[str]) -> str | None:
    """Return the words that tell apart of what a figure of a claim is said, where another of its sort has another one.

    None where the claim has such a word, or the question.
    """
    told = [one for sentence in sentences for one in statements_of(sentence)]
    words, figures = telling_words(claim), facts_of(claim).figures
    for figure in figures:
        carriers = [one for one in told if any(carries(own, figure) for own in one.figures)]
        missing = [_missing(one, figure, figures, told, words | asked) for one in carriers]
        if missing and all(missing):
            return missing[0]
    return None


def _missing(
    one: Statement, figure: Figure, said: Sequence[Figure], told: Sequence[Statement], known: frozenset[str]
) -> str:
    for other in told:
        own, others = one.subject - other.words, other.subject - one.words
        rival = [own for own in other.figures if own.kind is figure.kind]
        if (
            own
            and others
            and rival
            and one.subject & other.subject & known
            and one.verb == other.verb
            and not (own | others) & known
            and not any(carries(held, mine) for held in rival for mine in said)
        ):
            return " ".join(sorted(own))
    return ""


def _alike(one: Statement, other: Statement) -> bool:
    """Whether two statements are of the same sort, so that one says of its subject what the other says of its own."""
    same_verb = bool(one.verb) and one.verb == other.verb
    return same_verb or bool(one.kinds & other.kinds and (one.subject & other.words or other.subject & one.words))


def _limited_alike(figures: Sequence[Figure], other: Statement) -> bool:
    """Whether a claim has the limit on which another statement holds for all: "free for orders over €50"."""
    limits = [one for one in other.figures if one.bound and one.kind in (Kind.MONEY, Kind.COUNT, Kind.MEASURE)]
    return any(carries(one, figure) for one in limits for figure in figures)


def other_role(claim: str, evidence: str) -> str | None:
    """Return who does something in a claim to whom it is done in the evidence; None if nobody is.

    "The tenant informs the landlord" has the words of "The landlord informs the tenant". What holds both ways, "the gym
    is next to the pool", is no role, nor is what something costs or takes: "shipping of orders", "orders to ship".
    """
    no_roles = frozenset() if _THAN.search(evidence) else _MEASURES
    for mine in statements_of(claim):
        for one in statements_of(evidence):
            alike = mine.verb == one.verb and mine.passive == one.passive
            if not alike or one.mutual or mine.verb in no_roles or not mine.subject or mine.subject & one.subject:
                continue
            swapped = one.subject and mine.subject <= one.rest and one.subject <= mine.rest
            if swapped or (mine.subject <= one.by and not one.subject & mine.words):
                return " ".join(sorted(mine.subject))
    return None


_BETWEEN = re.compile(
    r"[;.!?]\s+|,?\s(?:but|while|whereas)\s|,\sand\s(?=(?:the|an?|your|our|we|you)\b|\w+(?:\s\w+)?\s(?:on|every|each)\s)",
    re.IGNORECASE,
)
_AND = re.compile(r"\sand\s(?=(?:the|an?|your|our)\s)", re.IGNORECASE)
_CUT_SHORT = re.compile(r"(?:the|an?|your|our)\s\w+(?:\s\w+)?\s(?:within|in|at|on|after|before|until)\s", re.IGNORECASE)
BEFORE_SUBJECT = re.compile(
    r"\W*(?:(?:for|in|at|on|with)\s(?P<thing>[^,;:]{1,60})|(?:if|when|where|once|after|before|during|until|to|as|by)\s"
    r"[^,;:]*),\s",
    re.IGNORECASE,
)
"""What stands before the subject; "for sale items" belongs to it."""
_OTHER_VERBS = (
    "cost include cover take pay get receive require apply contain offer allow last expire ship arrive start begin end "
    "open close run work charge earn hold use provide give bring support accept deliver return inform notify reimburse "
    "refund compensate send ask keep leave increase decrease rise fall come go need bear lend owe sell buy rent want "
    "travel replace supersede override precede exceed hand pass assign appoint hire represent supervise instruct warn "
    "tell invite repair"
).split()
_FINITE_VERB = (
    r"is|are|was|were|can|cannot|could|may|might|must|will|would|shall|should|do|does|did|has|have|had|"
    r"(?:ca|wo|do|does|did|is|are|was|were|must|should)n['’]t"
)
_VERB = re.compile(
    rf"\b(?:{_FINITE_VERB}|(?:{'|'.join(_OTHER_VERBS)})(?:s|es)?|applies)\b",
    re.IGNORECASE,
)
_SUBJECT_FOLLOWS = re.compile(
    r"(?:,\s(?:and\s)?|\sand\s)(?=(?!(?:and|or|but|so|then|also|not|only|never|always|usually|which|who|whose)\s)"
    rf"(?:(?!(?:{_FINITE_VERB}|and\s(?:{_FINITE_VERB})|if|when|where|that|which|who|while|because|unless|until|to)\s)"
    rf"[\w'’-]+\s){{1,4}}(?:{_FINITE_VERB}|need not|needs? no)\s)|"
    rf",?\sand\s(?=(?:(?:{_FINITE_VERB}|need)\s(?:not|never)|cannot|[a-z]+n['’]t)\s)",
    re.IGNORECASE,
)
"""What stands before a clause that has a verb of its own, with a subject or denied."""
_SUBORDINATE = re.compile(
    r"\b(?:if|when|where|while|because|unless|until|that|which|who|whose|whether|after|before|once|as)\b", re.IGNORECASE
)
_OWN_VERB = re.compile(rf"(?:the|an?|your|our)\s\w+(?:\s\w+)?\s{_VERB.pattern}", re.IGNORECASE)
"""A subject with its verb."""
_PERHAPS_A_NOUN = re.compile(
    r"(?:cost|cover|charge|work|use|support|return|refund|increase|decrease|rise|fall|need|rent|start|end|offer|"
    r"run|hold|ship|order|hand|pass|override|travel)(?:s|es)?",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\s(?:is|are|was|were|can|cannot|could|may|might|must|will|would|shall|should|has|had)\b", re.I)
"""What follows a noun rather than another verb: "Leave is approved"."""
_JOINED = re.compile(r"[,:(]|\b(?:you|we|they|to|that|which|who|if|when|and|or)\b", re.IGNORECASE)
"""What stands between two verbs of which each has its own subject, or before one that is no noun."""
_HAS = re.compile(r"(?P<have>has|have|had)\s(?!to\b|been\b|not\b|\w+(?:ed|en)\b)", re.IGNORECASE)
_GETS = re.compile(
    r"\A(?:(?:can|could|may|might|must|will|would|shall|should|do|does|did|cannot|not|also|only|never|"
    r"[a-z]+n['’]t)\s)*(?P<get>gets?)\s",
    re.IGNORECASE,
)
_LEANING = re.compile(r"\W*(?:it|they|he|she|this|these|those|that|such|its|their|not)\b", re.IGNORECASE)
_THEY = re.compile(r"\W*(?:it|they)\b", re.IGNORECASE)
_SPEAKS = re.compile(r"\b(?:you|we|i)\b", re.IGNORECASE)
_ELLIPTIC = re.compile(r"\b(?:within|in|at|on|for|from|by|after|before|until)\b|[$€£]?\d", re.IGNORECASE)
"""What follows the subject where the verb is left out."""
ADVERBIAL = re.compile(r"\b(?:with|within|without|in|at|on|for|from|to|by|after|before|until|if|when|once)\b", re.I)
"""What begins what says when, where or how."""
_IT = re.compile(r"\b(?:it|them)\b", re.IGNORECASE)
_NO = re.compile(
    rf"\b(?:not(?! only\b)|{BARE_NO}|never|cannot|none|neither|nothing)\b"
    r"(?! (?:more|less|fewer|later|earlier|longer|older|younger) than\b)|n['’]t\b",
    re.IGNORECASE,
)
_ASKING = telling_words("long much many far soon often old big late early")
_ANY_THING = telling_words("machine model device appliance unit product version")
_EVERY = telling_words("every each")
_SHARES = telling_words("half quarter third double twice less more full")
PRICING = telling_words("pay cost charge")
"""Verbs that tell by themselves nothing of what is paid for."""
_COST = telling_words("cost")
_MEASURES = telling_words("cost take last")
"""Verbs that say how much of something is needed, which is nobody's deed."""
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_IS_SO = re.compile(r"(?:(?:can|may|must|will|should)\s)?(?:is|are|was|were|be)\s", re.IGNORECASE)
"""How what is said of something begins that is, or is done to, so: "is free", "can be sent"."""
_ALL = re.compile(r"\b(?:all|every\w*|any\w*|each|both)\b", re.IGNORECASE)
_OTHERS = re.compile(r"\W*(?:(?:all|any)\s)?others?\b", re.IGNORECASE)
_MUTUAL = re.compile(
    r"(?:(?:is|are|was|were|be|been|can|could|may|might|must|will|would|shall|should|do|does|cannot|not|never|also|"
    r"always|just|right|very|lies|stands|located|situated|[a-z]+n['’]t|[a-z]+ly)\s)*+"
    r"(?:(?:next|close|near|identical|similar|equal|equivalent|adjacent|related) to|near|beside|"
    r"opposite|compatible|the same\s(?:\w+\s)?as|combin\w+|shar(?:e[sd]?|ing)|meets?|equals?|match(?:es)?|overlaps?|"
    r"(?:connected|linked|paired|joined|mixed|used|works?)\s(?:\w+\s){0,2}?with|"
    r"(?:required|needed|necessary|enough)(?=:|\sas\b))"
    r"(?!\w)",
    re.IGNORECASE,
)
"""What one is to the other as the other is to it, and what is needed, by its sort and by its name."""
_BY = re.compile(r"\bby (?:the |an? |your |our )?(\w+(?: \w+)?)", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b", re.IGNORECASE)
PARTICIPLE = re.compile(r"(?:ed|en|wn|nt|id|ld|pt|ht|st|ught|\b(?:re)?set|\b(?:cut|put|shut|done|made|run))$")
