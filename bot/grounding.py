"""Nothing goes out that the passages don't carry: each sentence is held against them and cited.

A sentence is carried by a passage of which one or two sentences hold all its facts (numbers with what they count,
dates, addresses, codes, names) and most of its content words, mean about the same, and are not turned around by it.
Citations come from this alignment, never from the model's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, permutations

import numpy as np
import numpy.typing as npt

from bot.claims.amounts import said_by_amounts
from bot.claims.beside import contradiction_beside, denied_by, needed_by
from bot.claims.cases import led_by_another_case
from bot.claims.conditions import case_before, other_case
from bot.claims.doers import names_in, not_of_its_subject, told_of_another_agent
from bot.claims.ellipsis import completed, says_denied
from bot.claims.excepted import of_exception
from bot.claims.grants import granted_to_another
from bot.claims.halves import mixed
from bot.claims.omissions import left_out
from bot.claims.pairs import tells_its_case, tells_its_part, tells_never, told_of_another_case, without_other_cases
from bot.claims.particles import turned_by_particle
from bot.claims.polarity import contradiction
from bot.claims.senses import THEM, otherwise, turned_more, without_case
from bot.claims.subjects import left_out_subject, other_role, told_of_another_subject, told_of_another_time, verb_of
from bot.claims.swaps import other_name, swapped
from bot.claims.times import turned_time
from bot.claims.verdicts import verdicts_and_rest, without_verdicts
from bot.messages import Citation
from bot.quoting.evidence import (
    Evidence,
    evidence_in,
    leading_to,
    leans,
    place_of,
    plain_markdown,
    stuck,
    told_together,
    without_images,
)
from bot.quoting.extracts import Extracts
from bot.quoting.lists import way
from bot.text.addresses import misleading_link, visible
from bot.text.codes import (
    codes_asked,
    codes_asked_plainly,
    codes_covered,
    codes_in,
    codes_named,
    others_than,
    speaks_of_more,
)
from bot.text.cut_short import both_readings, with_units
from bot.text.facts import (
    Facts,
    every_word,
    facts_of,
    missing_address,
    missing_fact,
    telling_words,
    told_of_another,
)
from bot.text.ranges import rows_meant
from bot.text.worded import without_worded
from knowledge.documents import Passage
from knowledge.sentences import tables_told, unquoted

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Gives unit vectors, shape (texts, dimension)."""

MIN_SUPPORT = 0.75
"""Share of the content words a sentence adds to the question that its passage must hold."""
MIN_ALIGNED = 0.6
"""Share of all content words of a sentence that the one or two sentences it rests on must hold, with their heading."""
MIN_LIKENESS = 0.5
"""Cosine to the sentences it rests on below which a sentence means something else."""

_OWN_MARKS = re.compile(
    r"(?:(?<!\s)\s+)?(?:(?:\[\d+\](?:\s*,\s*)?)+|[(\[](?:[Pp]assage|[Ss]ource|[Dd]ocument)s? \d+[)\]])"
)
_ROLE = re.compile(
    r"<\|[^|>]*\|>|</?s>|\[/?INST\]|<</?SYS>>|^\s*(?:\**(?:answer|assistant|ai|bot|response|system|user)\**\s*:\s*)+",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^\s*(?:(?:according to|based on|as (?:stated|mentioned|described|outlined|noted) in) (?:the|our|these|this) "
    r"(?:(?:provided|given|above|following) )?(?:passages?|polic(?:y|ies)|documents?|information|texts?)[^,]{0,40},"
    r"|(?:please )?note that)\s*",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^\s*(?:(?!no\.\s?\d)(?:yes|no|yeah|nope|sure|certainly|of course|absolutely)\b"
    r"(?:\s*[,.!:;—]\s*|\s*[–-]\s+|\s+[–-])(?=\S)"
    r"|(?:yes|yeah|yep|no|nope)\s+(?=(?:you|we|they|it|he|she|i|this|that|there|these|those|your|our)\b))",
    re.IGNORECASE,
)
"""A yes or no in front of an answer; the "no" of "no-show" and of "No. 5" is none."""
_WHETHER = re.compile(
    r"(?:^|[:\"“‘(])\W{0,9}(?:q(?:uestion)?\W{1,9})?(?:can|could|may|might|must|shall|should|will|would|do|does|did|is|are|was|"
    r"were|has|have|am)\b[^.?!]{0,500}\?[\"”’'*_)]*",
    re.IGNORECASE,
)
"""A question that says nothing by itself: its answer may be no."""
_ANSWER = re.compile(
    r"\W*(?:a(?:nswer)?[:.]\W*)?(?:(?P<yes>yes|yep|sure|certainly|of course|absolutely)\b|"
    r"(?P<no>no|nope|not|never|sorry|unfortunately)\b)?\W*(?P<rest>[^.!?\n]*)",
    re.IGNORECASE,
)
_NEED_TO = re.compile(r"\bneeds? to\b", re.IGNORECASE)
"""What says no more than "must"."""
_IT = re.compile(r"\W*(?:it|they)\s", re.IGNORECASE)
_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+){0,3}"
_LABEL = re.compile(rf"\W*({_WORD}(?:\s{_WORD}){{0,4}})(?::\s|\s*\+?\d)")
"""A few words that name what follows: "Opening hours: …", "Phone 01632 960 210"."""
_NOTHING, _AGAIN, _REPEATS = "says nothing", "said already", "only repeats the question"
_BROKEN_OFF = re.compile(r"\b(?:the|my|your|our|their|its|whose|every|and|or|but|if|because|than)[\s.,;:…]*$")
"""How no sentence ends: a model may stop in the middle of a list, as in "based on your.".

Not "a" and "an": there are plan A and, in German, "Melden Sie sich an."
"""
_HARMLESS = (_NOTHING, _AGAIN, _REPEATS)
"""Why a sentence is removed that the next may lean on all the same: what it names, the question names."""


@dataclass(frozen=True, slots=True)
class Support:
    """What a sentence rests on."""

    passage: Passage
    quote: str
    aligned: float
    """Share of its content words that stand there, 0 to 1."""
    likeness: float
    """Cosine of the sentence and what it rests on; 1 where no meanings are compared."""
    mixes_rows: bool = False
    """Whether it rests on a row of a table without saying which, or on a row and something else."""
    leans_on: tuple[str, ...] = ()
    """The sentences before it in the passage that it cannot be understood without."""

    @property
    def strength(self) -> float:
        """How well it is carried, 0 to 1."""
        return self.aligned * max(self.likeness, 0.0)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A passage with what a sentence is compared to."""

    words: frozenset[str]
    """Of its text."""
    place: frozenset[str]
    """Of title and heading."""
    facts: Facts
    """Of all three."""
    every_word: frozenset[str]
    """Of all three, stop words too."""
    codes: frozenset[str] = frozenset()
    """Of title and heading."""


@dataclass(slots=True)
class Grounding:
    """Holds the sentences of one answer against its passages and collects the citations.

    `embed` compares meanings too; without it only words count. `told` are the passages' sentences, weighed: what a
    sentence rests on must matter to the question about as much as the best of them, and hold the share `least_aligned`
    of its words, for it to be better than a quote. `allowed` are addresses that may be named though no passage
    holds them.
    """

    passages: Sequence[Passage]
    question: str
    embed: Embed | None = None
    told: Extracts | None = None
    least_aligned: float = MIN_ALIGNED
    allowed: Sequence[str] = ()
    citations: list[Citation] = field(default_factory=list)
    removed: list[dict[str, str]] = field(default_factory=list)
    """For the trace: each sentence that did not go out, with the reason."""
    pointed: set[str] = field(default_factory=set)
    """Sentences of passages that carry what did not go out, so that the model takes them for the answer."""
    quoted: bool = False
    """Whether the passages' own words went out."""
    supports: list[Support] = field(default_factory=list)
    """Of the sentences that may go out, in their order."""
    _evidence: list[tuple[Evidence, ...]] = field(default_factory=list)
    _whole: list[_Whole] = field(default_factory=list)
    _said: list[frozenset[str]] = field(default_factory=list)
    _gap: bool = False
    """Whether the sentence before did not go out."""
    _asked: frozenset[str] = frozenset()
    _ours: frozenset[str] = frozenset()
    """Parts of the company's addresses, its name among them."""
    _codes: frozenset[str] = frozenset()
    """Those asked for."""
    _plain: frozenset[str] = frozenset()
    """Those of them about which nothing that is told of others is an answer; see `bot.text.codes`."""

    def __post_init__(self) -> None:
        self._asked = telling_words(self.question)
        for passage in self.passages:
            place = f"{passage.title}\n{passage.heading}"
            text = visible(passage.text)
            evidence = evidence_in(passage)
            # A figure in a table has the unit of its column, wherever that stands.
            facts = facts_of(both_readings("\n".join(dict.fromkeys((place, text, tables_told(text))))))
            # What only the target of a link says is nothing that the passage says.
            said = "\n".join(one.text for one in evidence)
            words = every_word(f"{place}\n{said}")
            self._evidence.append(evidence)
            self._whole.append(_Whole(telling_words(said), telling_words(place), facts, words, codes_named(place)))
        mail = (one.plain for whole in self._whole for one in whole.facts.addresses if "@" in one.plain)
        self._ours = names_in((*self.allowed, *(one.url for one in self.passages), *mail))
        known = frozenset().union(
            *(one.codes for one in self._whole), *(one.codes for all in self._evidence for one in all)
        )
        told = self.told
        self._codes = told.question.codes if told is not None else codes_asked(self.question, known)
        self._plain = told.question.plain_codes if told is not None else codes_asked_plainly(self.question, known)

    def check(self, sentence: str) -> str | None:
        """Return the sentence with its citation mark, or None if it must not go out (the reason is kept)."""
        held = self.hold(sentence)
        if not isinstance(held, str) and (reason := self._leans_on_another(*held)):
            self.pointed.add(held[1].quote)
            held = reason
        if isinstance(held, str):
            self.removed.append({"sentence": sentence.strip(), "reason": held})
            self._gap = self._gap or held not in _HARMLESS
            return None
        bare, support = held
        self._gap = False
        self._said.append(telling_words(bare))
        self.supports.append(support)
        return f"{bare} [{self._cite(support.passage, support.quote)}]"

    def hold(self, sentence: str) -> tuple[str, Support] | str:
        """Return the sentence as it may go out with what it rests on, or the reason why it must not."""
        bare = bare_of(sentence)
        words = telling_words(bare)
        if reason := self._unfit(bare, words):
            return reason
        claim = facts_of(bare)
        found: list[Support] = []
        reasons: list[tuple[int, int, str]] = []
        for number in range(len(self.passages)):
            for far, test in enumerate((self._lacks_facts, self._lacks_words, self._turned)):
                if reason := test(number, bare, words, claim):
                    reasons.append((far, len(words & self._whole[number].words), reason))
                    break
            else:
                support = self._support(number, bare, words, claim)
                if support.likeness >= MIN_LIKENESS:
                    found.append(support)
                else:
                    reasons.append((3, 0, "means something else than the passages say"))
        if not found:
            return max(reasons)[2] if reasons else "there are no passages"
        best = max(found, key=lambda one: one.strength)
        if reason := self._second_to_a_quote(best):
            self.pointed.add(best.quote)
            return reason
        return bare, best

    def _leans_on_another(self, bare: str, support: Support) -> str:
        """Return why what "it" is in a sentence would be taken for something else; empty if it would not."""
        if not leans(bare):
            return ""
        if self._gap:
            return "leans on a sentence that did not go out"
        told = {one.quote for one in self.supports[-1:] if one.passage is support.passage}
        if support.leans_on and not told & {support.quote, *support.leans_on}:
            return "leans on a sentence of the passage that is not told"
        return ""

    def _second_to_a_quote(self, support: Support) -> str:
        """Return why the passages' own words are better than a sentence that they carry; empty if they are not."""
        if support.aligned < self.least_aligned:
            return "is in other words than the passages"
        if support.mixes_rows:
            return "tells of a row of a table as of something else"
        if self.told is not None and way(self.told):
            return "is a part of the steps, or beside them"
        if self.told is not None and not self.told.matters(support.quote):
            return "is beside the question"
        return ""

    def _unfit(self, bare: str, words: frozenset[str]) -> str:
        """Return why a sentence must not go out whatever the passages say; empty if it may."""
        if not words or not re.search(r"\w\W+\w", bare):
            return _NOTHING
        if any(words <= said for said in self._said):
            return _AGAIN
        if stuck(bare):
            return "repeats itself"
        if _BROKEN_OFF.search(bare):
            return "breaks off"
        return "a link shows another address than it leads to" if misleading_link(bare) else ""

    def _lacks_facts(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> str:
        """Return what of a sentence's facts a passage does not hold; empty if it holds all."""
        whole = self._whole[number]
        missing = missing_address(claim, whole.facts, self.allowed)
        if missing := missing or ("" if self._own(number, bare) else _missing(claim, bare, whole.facts)):
            return f"no passage holds {missing}"
        unnamed = sorted(claim.names - whole.every_word)
        return f"no passage names {', '.join(unnamed)}" if unnamed else ""

    def _lacks_words(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> str:
        """Return why the words of a sentence are not those of a passage; empty if they are."""
        whole = self._whole[number]
        # What the question and the page's title say may be repeated; what a sentence adds has to be in the text.
        known = self._asked | whole.place
        added = words - known
        if not added and (
            bare.endswith("?") or not (self._own(number, bare) or self._tells_more(number, bare, words, claim))
        ):
            return _REPEATS
        if self._own(number, bare):
            return ""
        if added and len(added & whole.words) / len(added) < MIN_SUPPORT:
            added -= frozenset().union(*(said_by_amounts(bare, one.text, known) for one in self._evidence[number]))
            added &= telling_words(_NEED_TO.sub("must", bare))
        if added and len(added & whole.words) / len(added) < MIN_SUPPORT:
            return "no passage carries it"
        rests, aligned = self._aligned(number, bare, words, claim)
        if not rests or aligned < MIN_ALIGNED:
            return "no sentence of a passage carries it"
        told = [place_of(rests[0].passage), *(one.text for one in rests)]
        missing = _missing(claim, bare, facts_of(both_readings(" ".join(told))))
        if not missing and claim.worded and not self._joins(rests, words | whole.place):
            # "On Friday" of the second sentence says nothing of what only the first is about.
            missing = next(iter(sorted(claim.worded - facts_of(" ".join(told[:2])).implied)), None)
        return f"{missing} stands in another part of the passage" if missing else ""

    def _tells_more(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> bool:
        """Whether a claim in the words of the question tells more than it: a figure, when or how often, a denial.

        A denial must stand in the sentence that holds all of the claim: "Benefits are not taxed. Pensions are paid
        monthly." denies nothing of pensions.
        """
        told = claim.numbers or claim.labels or claim.addresses or claim.figures
        if told or claim.worded - facts_of(self.question).implied:
            return True
        place = self._whole[number].place
        if leans(bare):  # what "it" is the question says
            words |= self._asked
        evidence = self._evidence[number]
        for before, one in zip((None, *evidence), evidence, strict=False):
            # What "it" is in "Day guests may not use it" the sentence before says.
            of = before.text if before and THEM.search(one.text) else ""
            text = " ".join((self._lead(number, one), *self._leant_on(number, one), of, one.text))
            if words <= telling_words(text) | place and turned_more(bare, self.question, text):
                return True
        return False

    def _joins(self, rests: Sequence[Evidence], words: frozenset[str]) -> bool:
        """Whether a claim tells of what the second sentence is about as well, rather than just when or how often."""
        about = frozenset().union(*(telling_words(without_worded(one.text)) for one in rests[1:]))
        return 2 * len(about & (words | self._asked)) >= len(about)

    def _turned(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> str:
        """Return how a sentence turns around what a passage says; empty if it does not."""
        if other := self._told_of_another(number, bare, words, claim):
            return f"{other} is told of something else"
        rests = self._aligned(number, bare, words, claim)[0]
        if other := self._told_of_another_subject(number, bare, rests):
            return other
        for first, second in permutations(rests, 2):
            told, left = verdicts_and_rest(bare, second.text)
            if told and left:  # what the one allows or forbids, as the claim does, is no matter to the other
                omitted = self._left_out(number, told, second, second.text, second.text)
                if not verdicts_and_rest(left, first.text)[1]:
                    return omitted or self._left_out(number, left, first, first.text, first.text)
                carriers = [first, second] if second.words & (telling_words(left) - first.words) else [first]
                return omitted or self._turned_by(number, left, carriers)
        return self._turned_by(number, bare, rests)

    def _turned_by(self, number: int, bare: str, rests: Sequence[Evidence]) -> str:
        """Return how a claim turns around what the sentences that it rests on say; empty if it does not."""
        rests = next(([it] for named, it in permutations(rests, 2) if self._spells_out(number, bare, named, it)), rests)
        first, *others = rests
        told = telling_words(without_case(bare))
        if others and not told & first.words:
            first, others = others[0], [first]  # the one only tells of the claim's own case
        for second in others:
            # What only tells of the claim's own case need not say in which case it is so.
            leant_on = " ".join(self._leant_on(number, second))
            case = (
                case_before(bare, second.text, self.question, leant_on) if told & second.words - first.words else None
            )
            gap = self._place(number, second) - self._place(number, first)
            turned = contradiction_beside(bare, first.text, second.text, self.question, gap=gap)
            if turned := f"leaves out {case}" if case else turned:
                return f"{turned}: {second.text}"
        text, lead = first.text, self._lead(number, first)
        if (question := _WHETHER.search(text)) and not _WHETHER.search(bare):
            yes, no, answer = self._answer_to(number, text, question.end())
            if not (yes or no or self._held_without_questions(number, telling_words(bare), answer)):
                return f"is only asked: {text}"
            asked = text[: question.end()].rstrip("?\"”’'*_)")
            text, lead = (asked, "not") if no else (f"{asked} {answer}", "")
        if text == bare.strip():  # a sentence leaves out nothing of itself, and only what leads to it may turn it
            turned = contradiction(bare, text, lead) if lead else None
        else:
            if told_of := of_exception(bare, text):
                bare, text = told_of
            full = completed(text, bare)
            if wrong := self._left_out(number, bare, first, text, full):
                return wrong
            turned = self._contradicted(number, bare, text, full, lead, others)
        return f"{turned}: {first.text}" if turned else ""

    def _spells_out(self, number: int, bare: str, named: Evidence, said: Evidence) -> bool:
        """Whether a claim says what a sentence says of "it", and of the one before only what that is about.

        What the one before denies of "the pass" then denies nothing of "It is valid on trams".
        """
        verb = verb_of(named.text)
        if not verb or not _IT.match(said.text) or self._place(number, said) != self._place(number, named) + 1:
            return False
        about, claim = telling_words(named.text[: verb.start()]), facts_of(bare)
        added = telling_words(bare) - said.words
        return bool(added) and added <= about and claim.numbers <= facts_of(said.text).numbers

    def _left_out(self, number: int, bare: str, first: Evidence, text: str, full: str) -> str:
        """Return what of a passage's sentence a claim leaves out, or puts something else in the place of, and where."""
        held = without_other_cases(bare, text)
        if omitted := left_out(bare, held, self.question, " ".join(self._leant_on(number, first))):
            return f"leaves out {omitted}: {text}"
        other = swapped(bare, full)
        if other and (tells_its_case(bare, text) if other.isdigit() else tells_its_part(bare, text, other)):
            other = None  # "60% if your child is ill" stands in another order in "and if your child is ill, 60%"
        return f"puts “{other}” in place of something else: {text}" if other else ""

    def _contradicted(
        self, number: int, bare: str, text: str, full: str, lead: str, others: Sequence[Evidence]
    ) -> str | None:
        """Return how a claim contradicts a passage's sentence, `full` with what it leaves out; None if it does not."""
        turned = "says what is denied" if says_denied(text, bare) else contradiction(bare, text, lead)
        if turned and full != text and turned.startswith(("denies", "says may")):
            turned = contradiction(bare, full, lead)
        if turned and turned.startswith("denies") and tells_never(bare, text):
            return None
        if turned and others and turned.startswith(("denies", "says must")):
            # What the first sentence does not deny or need, the second may.
            beside = others[0].text
            if (
                needed_by(bare, beside)
                or denied_by(bare, beside, leans=leans(beside))
                or without_verdicts(bare, beside) != bare
                or (otherwise(beside) and text in self._leant_on(number, others[0]))
            ):
                return contradiction(bare, f"{text} {beside}", lead)
        return turned

    def _answer_to(self, number: int, text: str, end: int) -> tuple[bool, bool, str]:
        """Return what a passage says behind a question that ends there: whether yes, whether no, and the rest of it."""
        behind = text[end:] if text[end:].strip() else visible(self.passages[number].text).partition(text)[2]
        found = _ANSWER.match(behind)
        return (bool(found["yes"]), bool(found["no"]), found["rest"]) if found else (False, False, "")

    def _held_without_questions(self, number: int, words: frozenset[str], answer: str) -> bool:
        """Whether a passage says, rather than asks, what a claim says, or a part of it in the answer to a question."""
        texts = [one.text for one in self._evidence[number]]
        said = [telling_words(_WHETHER.sub(" ", text)) for text in texts]
        asked = telling_words("\n".join(one[0] for text in texts for one in _WHETHER.finditer(text)))
        whole = any(len(words & one) >= MIN_ALIGNED * len(words) for one in said)
        return whole or bool((words - asked) & telling_words(answer))

    def _place(self, number: int, sentence: Evidence) -> int:
        """Return which of a passage's sentences one is; equal ones are told apart."""
        return next(place for place, one in enumerate(self._evidence[number]) if one is sentence)

    def _lead(self, number: int, sentence: Evidence) -> str:
        """Return what leads to an item of a list, else the heading that it stands below; empty for what is no item."""
        evidence = self._evidence[number]
        place = self._place(number, sentence)
        leading = [evidence[one].text for one in sorted(leading_to(evidence, place))]
        if sentence.begins_item and not leading:
            leading = [sentence.passage.heading.rpartition(" > ")[2]]
        return " ".join(leading)

    def _support(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> Support:
        rests, aligned = self._aligned(number, bare, words, claim)
        return Support(
            self.passages[number],
            rests[0].text,
            aligned,
            self._likeness(bare, rests),
            self._mixes_rows(number, bare, words, claim, rests),
            self._leant_on(number, rests[0]),
        )

    def _leant_on(self, number: int, sentence: Evidence) -> tuple[str, ...]:
        """Return what a sentence of a passage leans on: the one before, and on so far as that leans itself."""
        evidence = self._evidence[number]
        place = first = self._place(number, sentence)
        while first and evidence[first].leans_on:
            first -= 1
        return tuple(one.text for one in evidence[first:place])

    def _mixes_rows(
        self, number: int, bare: str, words: frozenset[str], claim: Facts, rests: Sequence[Evidence]
    ) -> bool:
        """Whether a claim joins what stands in two rows of a table, or leaves out what the row is about.

        "The label costs 10 %" has all its words and figures in a table that says so of something else.
        """
        rows = [one for one in rests if one.row_of is not None]
        return bool(rows) and (len(rests) > 1 or not self._names_row(number, rows[0], bare, words, claim))

    def _names_row(self, number: int, row: Evidence, bare: str, words: frozenset[str], claim: Facts) -> bool:
        """Whether a claim says of which row of a table it tells, or the question does.

        What is called by a code is named by it. Where a figure of the question means another row, the figures of this
        one's name have to be said.
        """
        if codes_in(row.label):
            codes = codes_in(bare) or self._codes
            return not row.covering(codes).told_of.isdisjoint(codes)
        runs = [[*run] for _, run in groupby(self._evidence[number], lambda one: one.row_of is not None)]
        table = next(run for run in runs if any(one is row for one in run))
        labels = list(dict.fromkeys(one.called for one in table))  # a long row is several sentences
        meant = {labels[place] for place in rows_meant(self.question, labels)}
        begins = [one.row_of or frozenset() for one in table]
        if row.called in meant:  # and what all rows begin with, the name of their column, tells nothing
            return (row.row_of or frozenset()) - frozenset.intersection(*begins) <= words | self._asked
        named = (row.row_of or frozenset()) <= words | self._asked
        return named and (not meant or facts_of(row.label).numbers <= claim.numbers)

    def _aligned(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> tuple[list[Evidence], float]:
        """Return the one or two sentences that hold most of a claim, the best first, and their share of its words."""
        evidence, place = self._evidence[number], self._whole[number].place
        if not evidence:
            return [], 0.0

        def gain(one: Evidence, rest: frozenset[str], numbers: frozenset[float]) -> tuple[float, float]:
            common = len(rest & one.words)
            figures = len(numbers & facts_of(one.text).numbers) + len(claim.labels & facts_of(one.text).labels)
            return common + figures, common / (len(one.words) + 3)

        first = max(evidence, key=lambda one: gain(one, words, claim.numbers))
        rest, numbers = words - first.words, claim.numbers - facts_of(first.text).numbers
        others = [one for one in evidence if one is not first and gain(one, rest, numbers)[0] > 0]
        rests = [first, *([max(others, key=lambda one: gain(one, rest, numbers))] if others else [])]
        amounts = (said_by_amounts(bare, one.text, self._asked | place) for one in rests)
        covered = place.union(*(one.words for one in rests), *amounts)
        return rests, len(words & covered) / len(words)

    def _own(self, number: int, bare: str) -> bool:
        """Whether a claim is a passage's own sentence, word for word."""
        return any(one.text == bare.strip() for one in self._evidence[number])

    def _told_of_another(self, number: int, bare: str, words: frozenset[str], claim: Facts) -> str | None:
        """Return a figure of a claim that a passage tells of something else than the claim does."""
        evidence = self._evidence[number]
        if self._own(number, bare):
            return None
        nearest = max((len(words & one.words) for one in evidence), default=0)
        chosen = [
            one for one in evidence if len(words & one.words) == nearest or claim.numbers & facts_of(one.text).numbers
        ]
        return told_of_another(with_units(bare), with_units(" ".join(one.text for one in chosen)))

    def _told_of_another_code(self, number: int, bare: str, first: Evidence) -> str:
        """Return a code that a sentence of a passage tells of, where a claim names another, or the question does."""
        around, said = self._whole[number].codes, codes_in(bare)
        meant = said or self._plain
        first = first.covering(meant | self._codes)
        held = first.codes | around | codes_covered(place_of(self.passages[number]), meant | self._codes)
        if first.told_of_alone and others_than(said, self._plain) and held.isdisjoint(self._codes):
            return min(said)
        if speaks_of_more(place_of(self.passages[number])):
            around = frozenset()
        told_of = (one for one in (first.told_of_alone, around) if held.isdisjoint(meant) and others_than(one, meant))
        return min(next(told_of, ""), default="")

    def _told_of_another_subject(self, number: int, bare: str, rests: Sequence[Evidence]) -> str:
        """Return why a claim says of one what a passage says of another; empty if it does not."""
        if code := self._told_of_another_code(number, bare, rests[0]):
            return f"says what is told of {code}"
        if self._own(number, bare):
            return ""
        evidence = self._evidence[number]
        told = [one.text for one in evidence if one.row_of is None and any(one is rest for rest in rests)]
        other = told_of_another_subject(bare, told) or told_of_another_time(bare, told)
        if other := other or self._not_of_its_subject(number, bare):
            return f"says what is told of {other}"
        if other := other_role(bare, rests[0].text):
            return f"says of {other} what is told of another"
        prose = [one.text for one in evidence if one.row_of is None]
        if case := other_case(bare, prose) or led_by_another_case(bare, prose) or granted_to_another(bare, prose):
            return f"says of another case what is told of {case}"
        numbers = facts_of(bare).numbers
        counts = [one.text for one in evidence if one.row_of is None and facts_of(one.text).numbers] if numbers else []
        other = left_out_subject(bare, self._asked, counts)
        return f"leaves out {other}" if other else self._mixed(number, bare, rests[0])

    def _mixed(self, number: int, bare: str, first: Evidence) -> str:
        """Return what a claim takes from another half of a sentence, or from another sentence; empty if nothing."""
        others = [one.text for one in self._evidence[number] if one.row_of is None and one is not first]
        if name := other_name(bare, [first.text, *others]):
            return f"puts “{name}” in place of something else"
        if first.row_of is not None:
            return ""
        if told := turned_by_particle(bare, first.text, self._asked):
            return f"does not keep {told}"
        if told := turned_time(bare, first.text):
            return f"turns round {told}"
        known = self._asked | self._whole[number].place
        case = mixed(bare, first.text, known) or told_of_another_case(bare, first.text, known)
        return f"says what is told of {case}" if case else ""

    def _not_of_its_subject(self, number: int, bare: str) -> str | None:
        """Return of what a passage says what a claim says of somebody of whom the passage does not speak."""
        told = [one.text for one in self._evidence[number] if one.row_of is None]
        if agent := told_of_another_agent(bare, self._asked, told):
            return agent
        return not_of_its_subject(bare, self._asked, told, self._whole[number].place, self._ours)

    def _likeness(self, bare: str, rests: Sequence[Evidence]) -> float:
        """Return the cosine of a sentence and the nearest of those it rests on, or of these together."""
        if self.embed is None:
            return 1.0
        texts = [bare, *(one.text for one in rests)]
        if len(rests) > 1:
            texts.append(" ".join(one.text for one in rests))
        vectors = self.embed(texts)
        return float((vectors[1:] @ vectors[0]).max())

    def quote(self, sentences: Sequence[Evidence]) -> str:
        """Return the passages' own sentences, cited."""
        self.quoted = True
        told = told_together(sentences)
        first = sentences[0]
        alone = len(sentences) == 1
        lean = first.item or (first.step > 0 and alone) or (first.row_of is not None and not alone)
        if lean and (heading := unquoted(plain_markdown(first.passage.heading))):
            # "Scale damage." says one thing below "What is covered", and another below "What is not".
            told = f"{heading}: {told}" if alone else f"{heading}:\n{told}"
        elif first.row_of is None and not first.code and self._one_of_several(first):
            told = f"{unquoted(plain_markdown(first.passage.heading))}: {told}"
        joint = "\n" if sentences[-1].code else " "
        return f"{told}{joint}[{self._cite(first.passage, told)}]"

    def _one_of_several(self, sentence: Evidence) -> bool:
        """Whether a section of the same page has a paragraph made alike, and nothing says which of them is meant.

        Of two branches each with a line "Opening hours: …" nothing that stands beside it holds for the other.
        """
        passage = sentence.passage
        above, _, last = passage.heading.rpartition(" > ")
        if not last or telling_words(last) <= self._asked or telling_words(last) <= sentence.words:
            return False
        paragraph = next((one for one in passage.text.split("\n\n") if sentence.text in one), sentence.text)
        labels = _labels_in([one.text for one in evidence_in(passage) if one.text in paragraph])
        beside = (
            one
            for one in self.passages
            if one.document_id == passage.document_id and one.heading != passage.heading
            if one.heading.rpartition(" > ")[0] == above
        )
        return any(not labels.isdisjoint(_labels_in([each.text for each in evidence_in(one)])) for one in beside)

    def _cite(self, passage: Passage, quote: str) -> int:
        """Return the number of the citation for this page and section, made if it is new."""
        for citation in self.citations:
            if (citation.document_id, citation.heading) == (passage.document_id, passage.heading):
                return citation.n
        number = len(self.citations) + 1
        page = (passage.document_id, passage.title, passage.url, passage.heading)
        self.citations.append(Citation(number, *page, quote, str(passage.updated or "")))
        return number


def _missing(claim: Facts, bare: str, evidence: Facts) -> str | None:
    """Return a fact of a claim that the evidence lacks, as the claim is worded or with the units it leaves out."""
    full = with_units(bare)
    return missing_fact(claim, evidence) or (missing_fact(facts_of(full), evidence) if full != bare else None)


def _labels_in(sentences: Sequence[str]) -> frozenset[str]:
    """Return what sentences begin with before a colon or a figure: "Phone" of "Phone 01632 960 210"."""
    return frozenset(label[1].casefold() for one in sentences if (label := _LABEL.match(one)))


def bare_of(sentence: str) -> str:
    """Return a sentence of a model without the marks, tags and "yes" that it may have put there by itself."""
    bare = unquoted(_OWN_MARKS.sub("", _ROLE.sub("", without_images(visible(sentence)))).rstrip())
    begun = _LEAD_IN.sub("", _YES_NO.sub("", bare))
    if begun == bare:
        return bare
    # What stood behind "Yes," begins the sentence now.
    return bare[: len(bare) - len(bare.lstrip())] + begun[:1].upper() + begun[1:]
