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

from bot.claims.ellipsis import not_done_by
from bot.claims.kinds import KIND
from bot.claims.parties import BETWEEN, CLAUSE, Party
from bot.claims.people import (
    ACTS_FOR_US,
    ADDRESSED,
    ADDRESSED_NOUN,
    ALL,
    INSTITUTIONS,
    NOT_OURS,
    OURS,
    PERSON,
    READER,
    READER_ALONE,
    SELDOM_MEANT,
    STAFF,
    is_people,
)
from bot.claims.subjects import ADVERBIAL, BEFORE_SUBJECT, PARTICIPLE, Statement, denies, statements_of, verb_of
from bot.text.facts import facts_of, for_nothing, telling_words, verb_root
from knowledge.figures import Kind
from knowledge.sentences import STOP_WORDS, stem, words_of

_MOST = 12
"""Clauses of a sentence, and places of a verb in each, that are looked at."""
_LONGEST_NOUN = 4
"""Words of one of several by whom something is done."""
_NEAR = 5
"""Words before a verb of which one may deny it: "do not usually get"."""
_REACH = 300
"""Characters before and behind a verb in which its subject and what it is said of are looked for."""
_LEAST_SAID = 0.6
"""Share of what a claim says behind its verb that stands behind the same verb in a page, where both say the same."""
_SPEAKER = re.compile(rf"\b(?P<who>we|you)(?:(?=['’])|\s+){BETWEEN}(?P<verb>[a-z][\w-]+)(?P<rest>.*)", re.IGNORECASE)
_THIRD_PERSON = re.compile(
    r"\W*(?P<who>(?:the |an? |your |our )?(?:[\w-]*[^\Ws]\s){1,4}?)(?P<verb>[a-z]+[^\Ws]s)\s(?P<rest>.*)", re.IGNORECASE
)
"""Who or what does something that no list of verbs holds: "the app scans receipts"."""
_NO_DEEDS = frozenset("be am is are was were been being have has had to not".split())
_SENTENCE = re.compile(r"[.;!?]\s+|,?\s(?:but|while|whereas)\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_HELPERS = frozenset("will must can may might shall should could would does do cannot is are was were be been".split())
_ADVERB = re.compile(r"not|also|only|always|never|still|then|(?!family|supply|reply|assembly)\w+ly")
_BEEN = re.compile(r"\b(?:is|are|was|were|be|been)\s(?:\w+ly\s|also\s|only\s)*\W*$", re.IGNORECASE)
"""What stands before the verb of something to which it is done."""
_NOTHING_OF = re.compile(
    r"\s(?:no|none|nothing|neither)\b(?! (?:more|less|later|longer|older|younger)\b)", re.IGNORECASE
)
_IT = re.compile(r"\W*(?:it|them)\b", re.IGNORECASE)
_FURTHER = re.compile(
    r"(?:,|\sand)\s(?P<who>(?:(?:the|your|our)\s)?(?:[a-z-]+\s){0,2}[a-z-]*[^\W\ds]s)\s"
    r"(?:(?:are|can be|may be|must be)\s\w+\s)?(?:within|in|for|after|until|up to)\s[^,;.]+",
    re.IGNORECASE,
)
"""Further things of which a page says how long, or how much, by the same verb: "books in 21 days, DVDs in 7"."""
_ONE = re.compile(r"\b(?:an?|the|each|every)\s(?:\w+\s){1,3}ones?\b", re.IGNORECASE)
"""A noun of another kind that stands for the one before: "a second one"."""
_HOW_OFTEN = (
    r"(?:(?:every|each|once|twice|\w+\stimes|per|an?)\s(?:\w+\s)?(?:hour|day|night|week|month|quarter|year|morning|evening|"
    r"term|season|spring|summer|autumn|winter|time|\w+day)s?|daily|nightly|weekly|monthly|quarterly|yearly|annually|"
    r"regularly|online|automatically)\b"
)
_BY = re.compile(
    r"(?<!\bnot )\bby\s(?P<agents>[^.;:!?(]+?)(?=[.;:!?(]|,?\s(?:within|in|at|on|for|from|to|after|before|until|if|"
    rf"when|once|with|without|by)\s|,?\s{_HOW_OFTEN}|$)",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\s(?:(?:or|and)\s)?|\s(?:or|and)\s", re.IGNORECASE)
"""What stands between those by whom something is done."""
_LAST_LISTED = re.compile(r"(?:^|,?\s)(?:or|and)\s", re.IGNORECASE)
_NEXT_BY = re.compile(r",?\s(?:and|or|but)\b|,", re.IGNORECASE)
"""What stands before a further "by", or before when or where somebody else does it."""
_DETERMINED = re.compile(r"(?:the|an?|your|our|their|each|every|any|all|both)\s", re.IGNORECASE)
_NO_AGENT = re.compile(
    r"\b(?:end|start|beginning|close|deadline|date|time|day|night|week|month|year|hour|noon|midnight|minute|term|e-?mail|"
    r"mail|post|phone|telephone|text|letter|link|form|app|card|cheque|transfer|debit|website|button|link|way|bus|train)s?$",
    re.IGNORECASE,
)
"""When or by what means something is done, rather than by whom."""
_DEPARTMENT = r"(?:finance|(?-i:IT)|accounts|sales|legal|security|marketing|catering|maintenance|purchasing|logistics)"
_IS_DEPARTMENT = re.compile(_DEPARTMENT, re.IGNORECASE)
"""Who needs no article."""
_COMPANY = re.compile(rf"\b(?:{INSTITUTIONS})$", re.IGNORECASE)
_STAFF = re.compile(rf"\b(?:{STAFF})$|^{_DEPARTMENT}$", re.IGNORECASE)
_HELPER = r"(?:(?:must|can|may|will|should|has to|have to)\sbe|is|are|was|were)\s"
_PASSIVE_OF = re.compile(_HELPER, re.IGNORECASE)
_FURTHER_PASSIVE = re.compile(
    rf",?\s(?:and|but|or)\s(?:(?:then|also|later)\s)?"
    rf"(?=(?:(?P<subject>(?:[\w'’-]+\s){{1,4}}?)(?={_HELPER}))?(?P<helper>{_HELPER})?"
    r"(?P<participle>[a-z]+)\s(?:(?!\b(?:and|but|or)\b)[^;.!?])*\bby\s)",
    re.IGNORECASE,
)
"""What joins something else that is done: "cut by the caretaker and handed out by the office"."""
_BEFORE_TO = frozenset("has have need needs".split())
_HOST = re.compile(r"^\w+://|[:/?#].*", re.DOTALL)
"""What stands around the host of an address."""
_SET_APART = re.compile(r"[,:;(/–—-]\W*$")
"""What stands between a verb and words that are not its subject."""
_LEAST_WITHIN = 5
"""Letters of a word that is looked for within a part of a host."""
_ARTICLE = re.compile(r"\W*(?:the|an?|each|every|any)\s", re.IGNORECASE)
_LEANING = re.compile(r"\W*(?:this|that|these|those|such|its|their)\b", re.IGNORECASE)
"""How a subject begins that is named elsewhere."""
_AROUND = " *_\"'“”‘’"
_OF_THINGS = frozenset(
    verb_root(stem(word))
    for word in "need require cost last include contain cover weigh work show apply expire".split()
)
"""What things do, rather than companies: a name that needs something may be that of a product."""
_NOUN_ENDS = re.compile(
    r"[,;:(]|\s(?:of|for|in|on|at|with|without|from|to|that|which|who|under|over|by)\s", re.IGNORECASE
)
_BEFORE_NOUN = re.compile(r".*(?:^|\s)(?:the|an?|your|our|each|every|any|all|this|these)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a claim says that somebody does."""

    party: Party
    doer: str
    """A name or noun; empty for "we" and "you"."""
    verb: str
    """The root of it."""
    rest: str
    plain: bool = True
    """Whether its verb is known as one."""
    denied: bool = False

    @property
    def subject(self) -> frozenset[str]:
        """The telling words of who does it."""
        return telling_words(self.doer)

    @property
    def of_reader(self) -> bool:
        """Whether it is said of who reads it, or of what is his: "you", "your home"."""
        return self.party is Party.YOU or READER.search(self.doer) is not None

    @property
    def by_reader(self) -> bool:
        """Whether it is said of who reads it, or of people with him: "you", "customers", "your child"."""
        people = READER_ALONE.search(self.doer) or (READER.search(self.doer) and ADDRESSED_NOUN.search(self.doer))
        return self.party is Party.YOU or bool(people)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page has the verb of a claim."""

    subject: str | None
    """What stands before it as its subject; None where that is not plain, or nobody is named."""
    rest: str
    part: str = ""
    """The part of the sentence that it stands in."""
    denied: bool = False
    passive: bool = False


@dataclass(frozen=True, slots=True)
class _Act:
    """What somebody does to something."""

    agent: str
    thing: frozenset[str]
    """Telling words of it."""
    passive: bool = False
    case: frozenset[str] = frozenset()
    """When or where it is so, in words and numbers, as others do the same at another time or place."""
    others: frozenset[str] = frozenset()
    """When or where others do it."""

    def is_told(self, words: frozenset[str], asked: frozenset[str]) -> bool:
        """Whether a claim of these words tells of the case in which it is so, or the question and no other case."""
        return bool(self.case & words or (not self.others & words and (not self.case or self.case & asked)))


@dataclass(frozen=True, slots=True)
class _Page:
    """What a claim is compared with."""

    sentences: Sequence[str]
    place: frozenset[str]
    """Telling words of its title and heading."""
    ours: frozenset[str]
    """Words that addresses of the company hold."""

    @property
    def statements(self) -> Iterator[Statement]:
        return (one for text in self.sentences for one in statements_of(text))

    @property
    def subjects(self) -> Iterator[str]:
        return (one.doer.strip(_AROUND) for one in self.statements if one.subject)


def not_of_its_subject(
    claim: str, asked: frozenset[str], sentences: Sequence[str], place: frozenset[str], ours: frozenset[str]
) -> str | None:
    """Return of what sentences say that which a claim says of somebody they don't name; None if it is not so.

    "You" may be who has `asked` about what they name. `place` are the telling words of their title and heading, `ours`
    are words that addresses of the company hold.
    """
    page = _Page(sentences, place, ours)
    for deed in _deeds(claim):
        # That others do not get it says nothing against who gets it, nor the other way round.
        places = [(text, one) for text in sentences for one in _places(text, deed.verb) if one.denied == deed.denied]
        # Where sentences say just that, with its figures, others say no more of its subject than something else.
        alike = [(text, one) for text, one in places if _says_as_much(deed, one) and _same_figures(deed, one)]
        alike = alike or [(text, one) for text, one in places if _as_much(deed, one)]
        of_another = alike and all(_is_of_another(deed, one, claim, asked, page) for _, one in alike)
        if of_another and not any(_is_said_of_it(deed, one) for one in page.statements):
            return alike[0][1].subject
    return None


def told_of_another_agent(claim: str, asked: frozenset[str], sentences: Sequence[str]) -> str | None:
    """Return by whom sentences say something is done that a claim says another does; None if it is not so.

    "Leave is approved by the line manager" is no approval by the finance office, whether the claim says it by "by" or
    not. What both say without "by" is compared by `not_of_its_subject`. Of "by the driver on buses and by conductors on
    trains" each holds in its case, which the claim tells or which was `asked` about.
    """
    words = _told_with(claim)
    claims, texts = _passives_apart(claim), [one for text in sentences for one in _passives_apart(text)]
    passives = [one for text in (*claims, *texts) for one in statements_of(text) if one.passive and one.by]
    for verb in dict.fromkeys(one.verb for one in passives):
        told = [one for text in texts for one in _acts(text, verb)]
        for mine in (one for text in claims for one in _acts(text, verb)):
            most = max((len(one.thing & mine.thing) for one in told), default=0)
            same = [one for one in told if len(one.thing & mine.thing) == most and 2 * most >= len(mine.thing)]
            if denies(claim) and any(_is_denied_of(mine.agent, text) for text in sentences):
                continue
            if not most or not same or not (mine.passive or all(one.passive for one in same)):
                continue
            # Where it does something else by that verb, it is nobody else here.
            others = [one for one in told if one not in same] if telling_words(mine.agent) else []
            is_told = any(_is_called(mine.agent, one.agent) for one in others)
            may_be = _is_called if is_told else _may_be
            fit = [one for one in same if may_be(mine.agent, one.agent) or _names(claim, mine, one)]
            if not any(one.is_told(words, asked) for one in fit):
                return next((one.agent for one in same if one not in fit), same[0].agent)
    return None


def _is_denied_of(agent: str, text: str) -> bool:
    """Whether a sentence denies that somebody does something: "by the office, not by teachers"."""
    other = not_done_by(text)
    return bool(other) and telling_words(agent) <= telling_words(other)


def _passives_apart(text: str) -> list[str]:
    """Return a text without all but the first of what it says is done, and each other as a sentence of its own."""
    told = [text]
    for part in _SENTENCE.split(text, maxsplit=_MOST):
        joints = [*islice(_FURTHER_PASSIVE.finditer(part), _MOST)]
        before = part[: joints[0].start()] if joints else ""
        first = _PASSIVE_OF.search(before) or verb_of(before)
        ends = [*(one.start() for one in joints[1:]), len(part)]
        for joint, end in zip(joints, ends, strict=False):
            helper = joint["helper"] or (first[0] if first and _PASSIVE_OF.fullmatch(first[0]) else "")
            if first and helper and PARTICIPLE.search(joint["participle"].lower()):
                told[0] = told[0].replace(part[joint.start() : end], "", 1)
                subject = joint["subject"] or part[: first.start()]
                told.append(f"{subject}{helper}{part[joint.start('participle') : end]}")
    return told


def _acts(text: str, verb: str) -> Iterator[_Act]:
    """Give what somebody does in a text by a verb, as "by" says or as what stands before the verb does."""
    for one in statements_of(text):
        if one.passive and one.verb == verb:
            yield from _acts_by(one)
    for place in _places(text, verb):
        if place.subject and not (place.passive or place.denied):
            yield _Act(place.subject, telling_words(ADVERBIAL.split(place.rest, maxsplit=1)[0]))
    for clause in CLAUSE.split(text):
        found = _SPEAKER.search(clause)
        if found and _root(found["verb"]) == verb:
            yield _Act(found["who"], telling_words(ADVERBIAL.split(found["rest"], maxsplit=1)[0]))


def _acts_by(one: Statement) -> Iterator[_Act]:
    """Give what each of those does who stand behind "by", which may be said several times, each in its case.

    "Pay is set by the head office, help by the regional one" says it of another thing behind the comma.
    """
    found = [*islice(_BY.finditer(one.behind), _MOST)]
    agents, things, cases, lead = list[str](), list[frozenset[str]](), list[frozenset[str]](), ""
    for place, by in enumerate(found):
        is_last = by is found[-1]
        said = one.behind[by.start("agents") : len(one.behind) if is_last else found[place + 1].start()]
        joints = [] if is_last else [*_NEXT_BY.finditer(said)]
        end = joints[-1].start() if joints else len(said)
        of_its_own = telling_words(lead) and not (lead.startswith(",") or ADVERBIAL.match(lead))
        agents.append(by["agents"][:end])
        things.append(telling_words(lead) if of_its_own else one.subject)
        cases.append(_told_with(f"{'' if of_its_own else lead} {said[len(by['agents']) : end]}"))
        lead = said[joints[-1].end() :].strip() if joints else ""
    for place, listed in enumerate(agents):
        others = frozenset[str]().union(*cases[:place], *cases[place + 1 :])
        own = cases[place] - others if len(found) > 1 else frozenset[str]()
        for agent in _agents(listed):
            yield _Act(agent, things[place], passive=True, case=own, others=others - cases[place])


def _agents(text: str) -> Iterator[str]:
    """Give who does what is done, of what stands behind "by": all together and each of a list; not "post", "Friday"."""
    listed = _LISTED.split(text)
    together = text.partition(",")[0]
    is_list = "," not in text or _LAST_LISTED.search(text.rpartition(",")[2])
    further = listed if len(listed) > 1 and is_list and all(map(_is_noun, listed)) else []
    for agent in dict.fromkeys(one.strip(_AROUND) for one in (together, *further)):
        named = _DETERMINED.match(agent) or _is_name(agent) or is_people(agent) or OURS.search(agent)
        named = named or _IS_DEPARTMENT.fullmatch(agent)
        plain = not (facts_of(agent).figures or facts_of(agent).worded or _NO_AGENT.search(agent))
        if plain and (named or NOT_OURS.search(agent)):
            yield agent


def _is_noun(text: str) -> bool:
    """Whether a text names somebody, rather than says what he does: "the nurse", not "the nurse is told"."""
    about = words_of(_DETERMINED.sub("", text.strip(_AROUND)))
    return about in (["you"], ["us"]) or (
        0 < len(about) <= _LONGEST_NOUN and {*about} - {"of"} == {*about} - STOP_WORDS
    )


def _told_with(text: str) -> frozenset[str]:
    return telling_words(text) | {f"{number:g}" for number in facts_of(text).numbers}


def _may_be(mine: str, told: str) -> bool:
    """Whether who does something in a claim may be who does it in a page."""
    if mine.lower() in ("we", "us") and ACTS_FOR_US.search(told):
        return True
    for one, other in ((mine, told), (told, mine)):
        if one.lower() in ("we", "us"):
            return not (NOT_OURS.search(other) or (is_people(other) and not OURS.search(other)))
        if one.lower() == "you":
            return is_people(other) or not (NOT_OURS.search(other) or OURS.search(other))
    both_read = READER.search(mine) and READER.search(told)
    return bool(both_read or _is_called(mine, told) or (_COMPANY.search(mine) and _STAFF.search(told)))


def _is_called(mine: str, told: str) -> bool:
    """Whether somebody is called the same as somebody else, or with fewer words."""
    words, theirs = telling_words(mine), telling_words(told)
    return words <= theirs or theirs <= words


def _names(claim: str, mine: _Act, one: _Act) -> bool:
    """Whether a claim names who does something in a page, elsewhere than as who does it."""
    return telling_words(one.agent) <= telling_words(claim.replace(mine.agent, " "))


def names_in(addresses: Iterable[str]) -> frozenset[str]:
    """Return the parts of the hosts of web and e-mail addresses, of which one is mostly the company's name."""
    hosts = (_HOST.sub("", address.rpartition("@")[2]) for address in addresses)
    return frozenset(part for host in hosts for part in re.split(r"[.-]", host.lower()) if part)


def _deeds(claim: str) -> Iterator[_Deed]:
    for clause in CLAUSE.split(claim):
        found = _SPEAKER.search(clause)
        if found and found["verb"].lower() not in _NO_DEEDS:
            party = Party(found["who"].lower())
            denied = _is_denied(found[0][: found.start("verb") - found.start()], found["rest"])
            yield _Deed(party, "", _root(found["verb"]), found["rest"], denied=denied)
    told = [one for one in statements_of(claim) if one.subject]
    for one in told:
        word = next((word for word in _WORD.finditer(one.behind) if _root(word[0]) == one.verb), None)
        denied = word is not None and _is_denied(f"{one.doer}{one.behind[: word.start()]}", one.behind[word.end() :])
        yield _Deed(Party.OTHER, one.doer, one.verb, one.behind, denied=denied)
    if not told and (third := _THIRD_PERSON.match(claim)):
        yield _Deed(Party.OTHER, third["who"], _root(third["verb"]), third["rest"], plain=False)


def _places(sentence: str, verb: str) -> Iterator[_Place]:
    """Give where a sentence has a verb as what something does, rather than as a noun or what is to be done."""
    for part in _SENTENCE.split(sentence, maxsplit=_MOST):
        lead = BEFORE_SUBJECT.match(part)
        about = part[lead.end() :] if lead else part
        same = (word for word in _WORD.finditer(about) if _root(word[0]) == verb)
        for word in islice(same, _MOST):
            subject = _subject(about[: word.start()], word[0]) if word.start() <= _REACH else None
            before, rest = about[max(0, word.start() - _REACH) : word.start()], about[word.end() : word.end() + _REACH]
            yield _Place(subject, rest, part, _is_denied(before, rest), _BEEN.search(before) is not None)


def _is_denied(before: str, behind: str) -> bool:
    """Whether a verb is denied by the few words before it, or by "no" right behind it."""
    return denies(" ".join(before.split()[-_NEAR:])) or _NOTHING_OF.match(behind) is not None


def _subject(before: str, verb: str) -> str | None:
    """Return the subject of a verb that stands behind `before`; None where it isn't plain."""
    words = list(_WORD.finditer(before))
    told = [word[0].lower() for word in words]
    if told[-1:] in (["and"], ["or"]):  # "The plan needs a meter and costs"
        first, unlisted = verb_of(before), _THIRD_PERSON.match(before)
        who = before[: first.start()] if first else unlisted["who"] if unlisted else ""
        return who.strip(_AROUND) or None
    helped = False
    while told:
        if told[-1] == "to" and told[-2:-1] and told[-2] in _BEFORE_TO:
            told.pop()
        elif told[-1] not in _HELPERS and not told[-1].endswith(("n't", "n’t")) and not _ADVERB.fullmatch(told[-1]):
            break
        helped = helped or not _ADVERB.fullmatch(told[-1])
        told.pop()
    if not told or told[-1] in STOP_WORDS or _SET_APART.search(before) or _LEANING.match(before):
        return None
    third, many = (word.endswith("s") and not word.endswith("ss") for word in (verb, told[-1]))
    about = before[: words[len(told) - 1].end()].strip(_AROUND)
    plain = helped or third or is_people(about) or (many and verb.islower() and not verb.endswith(("ed", "ing")))
    return about if plain else None


def _as_much(deed: _Deed, one: _Place) -> bool:
    """Whether a page says by a verb what a claim says by it; of who does it in the claim, it may say so of "it"."""
    return bool(deed.subject & telling_words(one.subject or "")) or _says_as_much(deed, one)


def _says_as_much(deed: _Deed, one: _Place) -> bool:
    said, held = telling_words(deed.rest) - {deed.verb}, telling_words(f"{one.subject or ''} {one.rest}")
    if said:
        return len(said & held) >= _LEAST_SAID * len(said)
    return bool(facts_of(deed.rest).numbers & facts_of(one.rest).numbers)


def _is_said_of_it(deed: _Deed, one: Statement) -> bool:
    """Whether a page says of somebody what a claim does, and leaves out the verb: "members in 4 days, others in 2"."""
    if not deed.subject or one.subject != deed.subject or one.verb != deed.verb or one.denied != deed.denied:
        return False
    said = telling_words(deed.rest) - {deed.verb}
    cut_short = all(_root(word[0]) != deed.verb for word in _WORD.finditer(one.behind))
    held = len(said & one.rest) >= _LEAST_SAID * len(said) and facts_of(deed.rest).numbers <= one.numbers
    return cut_short and bool(said) and held


def _same_figures(deed: _Deed, one: _Place) -> bool:
    """Whether a page says by a verb a figure that a claim says by it, where that says any."""
    said = facts_of(deed.rest).numbers
    return not said or bool(said & facts_of(one.rest).numbers)


def _is_of_another(deed: _Deed, one: _Place, claim: str, asked: frozenset[str], page: _Page) -> bool:
    """Whether a sentence says something of a subject that cannot be who does it in a claim."""
    subject, words = one.subject or "", telling_words(claim)
    named = telling_words(subject)
    if not named or (one.passive and _IT.match(deed.rest)):
        return bool(named) and _is_of_other_goods(deed, one, asked | words, page)
    if deed.party is not Party.WE and _is_of_another_kind(deed, one, claim, asked, page):
        return True
    if deed.party is Party.WE:
        return not (named & words or _is_ours(subject, deed.verb, page.place, page.ours))
    known = telling_words(one.part) | page.place
    meant = deed.of_reader and (deed.subject | named) & asked
    shared = named & words
    if deed.subject and shared <= telling_words(deed.rest) & telling_words(one.rest):
        shared = named & deed.subject  # "Agency workers should ask their agency" names the agency twice
    if shared or not deed.plain or deed.subject & known or meant:
        return False
    if deed.by_reader:
        return not is_people(subject) or _is_told_of_some(deed, one, asked | page.place, page)
    return not ALL.search(subject)


def _is_of_other_goods(deed: _Deed, one: _Place, known: frozenset[str], page: _Page) -> bool:
    """Whether "it" in a claim is something else than what a page says the same of, by what is `known` of it.

    It may be called otherwise than in the page, a coat, items; unless the page says by that verb how long, or how
    much, of something else as well: "Books are returned within 21 days, DVDs within 7 days."
    """
    named, kinds = telling_words(one.subject or ""), _kinds_of(one.rest)
    others = [one.subject for one in page.statements if one.verb == deed.verb and kinds & one.kinds]
    others += [telling_words(found["who"]) for found in _FURTHER.finditer(one.rest) if kinds & _kinds_of(found[0])]
    return any(
        other - named and named - other and (not named & known or len(other & known) > len(named & known))
        for other in others
    )


def _is_of_another_kind(deed: _Deed, one: _Place, claim: str, asked: frozenset[str], page: _Page) -> bool:
    """Whether a claim says of one kind, or of all, what a page says of another kind: "web app", "app", "desktop app".

    That it says of all what holds for one kind is seen where the page tells of another one, or of all, too.
    """
    if not _says_as_much(deed, one):
        return False
    head, own, words = *_noun(one.subject or ""), telling_words(claim)
    kinds = own - head
    if kinds and head & words and not kinds & words:
        said = _before_head(claim, head, deed.verb)
        elsewhere = frozenset[str]().union(*(telling_words(text) for text in page.sentences))
        if said & elsewhere and not said & telling_words(f"{one.subject} {one.rest}"):
            return True
    if OURS.search(one.subject or "") or _is_second(claim, head, deed.verb, one):
        return False
    is_name = _is_name(one.subject or "")
    for other in page.subjects:
        others_head, theirs = _noun(other)
        longer, shorter = own - theirs, theirs - own
        if theirs == own or not (
            others_head == head or (is_name and _is_name(other) and (theirs < own or own < theirs))
        ):
            continue
        if longer and not longer & (words | asked | page.place) and (head & words if shorter else theirs <= words):
            return True
        if not longer and is_name and _is_name(other) and shorter & words:
            return True
    return False


def _is_second(claim: str, head: frozenset[str], verb: str, one: _Place) -> bool:
    """Whether a claim names what "one" stands for: "a first permit costs £60 and a second one £95"."""
    said = _before_head(claim, head, verb)
    return bool(said) and any(said <= telling_words(found[0]) for found in _ONE.finditer(one.rest))


def _is_told_of_some(deed: _Deed, one: _Place, known: frozenset[str], page: _Page) -> bool:
    """Whether what a page says of some people holds for them alone, of whom neither the question nor the place speaks.

    So it is where the page says of others what they do or pay, and where few of those who ask are meant.
    """
    subject = one.subject or ""
    (head, own), kinds = _noun(subject), _kinds_of(one.rest)
    if own & known or READER_ALONE.search(subject):
        return False
    if SELDOM_MEANT.search(subject) or KIND.search(subject):
        return True
    for other in page.statements:
        doer = other.doer.strip(_AROUND)
        others_head, theirs = _noun(doer)
        if not (ADDRESSED.search(doer) or PERSON.search(doer)):
            continue
        pays = Kind.MONEY in kinds & other.kinds and is_people(doer)
        same_deed = other.verb == deed.verb and (kinds & other.kinds or other.rest & telling_words(one.rest))
        if own - theirs and theirs - own and (others_head == head or same_deed or pays):
            return True
    return False


def _kinds_of(text: str) -> frozenset[Kind]:
    return frozenset(one.kind for one in (*facts_of(text).figures, *for_nothing(text)))


def _is_name(subject: str) -> bool:
    """Whether a subject is a name by its capitals, rather than a sort of people that begins a sentence."""
    about = _ARTICLE.sub("", subject)
    words = [word[0] for word in _WORD.finditer(about)]
    capitals = [word for word in words if word[0].isupper()]
    named = capitals == words or (about != subject and words[:1] == capitals[:1])
    return named and (len(capitals) > 1 or not is_people(subject))


def _noun(subject: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the telling words of the noun of a subject, and of the noun with what stands before it."""
    about = _BEFORE_NOUN.sub("", _NOUN_ENDS.split(subject.strip(_AROUND), maxsplit=1)[0])
    return telling_words(about.rpartition(" ")[2]), telling_words(about)


def _before_head(claim: str, head: frozenset[str], verb: str) -> frozenset[str]:
    """Return the telling words that stand right before a noun in a claim, without the verb."""
    found: set[str] = set()
    run: list[str] = []
    end = 0
    for word in _WORD.finditer(claim):
        if claim[end : word.start()].strip() or word[0].lower() in STOP_WORDS or _root(word[0]) == verb:
            run = []
        if telling_words(word[0]) & head:
            found.update(*map(telling_words, run))
        elif word[0].lower() not in STOP_WORDS and _root(word[0]) != verb:
            run.append(word[0])
        end = word.end()
    return frozenset(found)


def _is_ours(subject: str, verb: str, place: frozenset[str], ours: frozenset[str]) -> bool:
    """Whether a subject is the company or somebody who works for it, rather than a thing or another party."""
    if NOT_OURS.search(subject) and not (OURS.search(subject) and ACTS_FOR_US.search(subject)):
        return False
    named = telling_words(subject)
    if OURS.search(subject) or any(_fits(word, label) for label in ours for word in named):
        return True
    is_name = not _ARTICLE.match(subject) and _is_name(subject)
    return is_name and verb not in _OF_THINGS and (not ours or bool(named & place))


def _fits(word: str, label: str) -> bool:
    """Whether a part of a host has a word: "fernhill-library" and "fernhilllibrary" have "library"."""
    return label.startswith(word) or (len(word) >= _LEAST_WITHIN and word in label)


def _root(word: str) -> str:
    return "have" if word.lower() in ("has", "had") else verb_root(stem(word.lower()))
