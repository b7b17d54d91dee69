"""What curators approved, as examples.

An answer of the bot that people liked is learned as it was given, from the prompt that it was made from. What a
person wrote is packed anew, as the question would be answered today, and learned only where the documents carry it:
the bot lets nothing else out, see `bot.grounding`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from bot.claims.rewording import uncited
from bot.curation import Candidate, Given, Kind, only_for_people
from bot.messages import Conversation, MessageKey, Question, Status, Turn
from bot.tuning.examples import Example, ExamplePassage, Origin
from bot.tuning.questions import KnownQuestion, carrying
from knowledge.documents import Passage, Scope

NOT_CARRIED = "no document says this"
NO_QUESTION = "nothing was asked but for a person"
NO_PROMPT = "the prompt that it was made from is not kept"
ASKED_DIFFERENTLY = "an answer that was not liked is learned only as it was asked for"


class Packs(Protocol):
    """Packs questions as they are answered."""

    async def found(self, question: Question, conversation: Conversation) -> Sequence[Passage]:
        """Return the passages that a question is answered from, best first."""
        ...

    async def carried(self, answer: str, passage: Passage, question: str) -> int:
        """Return how many of an answer's claims a passage carries."""
        ...

    async def example(self, known: KnownQuestion) -> Example | None:
        """Return a question with its answer, packed; None where the documents do not carry it."""
        ...


@dataclass(slots=True)
class ApprovedReport:
    """What became of the candidates."""

    examples: Counter[str] = field(default_factory=Counter)
    """By origin."""
    skipped: list[dict[str, str]] = field(default_factory=list)
    """`id`, `question` and `why` of those that cannot be learned."""

    def skip(self, one: Candidate, why: str) -> None:
        self.skipped.append({"id": one.id, "question": one.question, "why": why})


async def approved_examples(
    candidates: AsyncIterable[Candidate], packs: Packs | None, report: ApprovedReport
) -> AsyncGenerator[Example, None]:
    """Yield the examples of candidates in their order; `packs` may be missing where `needs_packing` says no."""
    async for one in candidates:
        if not needs_packing(one):
            assert one.given is not None
            report.examples[str(one.origin)] += 1
            yield as_given(one.id, one.origin, one.question, one.given, one.scope)
            continue
        if not one.liked:
            report.skip(one, ASKED_DIFFERENTLY if one.edited else NO_PROMPT)
        elif only_for_people(one.question):
            report.skip(one, NO_QUESTION)
        else:
            assert packs is not None, "an index and a model are needed to pack what people wrote"
            for example in await _packed(one, packs, report):
                report.examples[str(one.origin)] += 1
                yield example


def needs_packing(one: Candidate) -> bool:
    """Whether a candidate is no answer as the bot gave it."""
    given = one.given
    as_it_was = one.origin in (Origin.LIKED, Origin.DISLIKED) and not one.edited
    return not (as_it_was and given and given.prompt and given.prompt[-1]["role"] == "user" and given.passages)


def as_given(id: str, origin: Origin, question: str, given: Given, scope: Mapping[str, Any]) -> Example:
    """Return an answer of the bot with the prompt that it was made from."""
    return Example(
        id=id,
        origin=origin,
        question=question,
        answer=uncited(given.text),
        turns=turns_before(given),
        passages=shown(given.passages, given.citations),
        prompt=tuple(Turn(turn["role"], turn["content"]) for turn in given.prompt),
        liked=origin is not Origin.DISLIKED,
        scope=dict(scope),
        metadata=dict(given.metadata),
    )


def shown(passages: Sequence[Mapping[str, Any]], citations: Sequence[Mapping[str, Any]]) -> tuple[ExamplePassage, ...]:
    """Return passages as they were shown, those that an answer cites marked as what it rests on."""

    def cited(passage: Mapping[str, Any], *, exactly: bool) -> bool:
        text = " ".join(str(passage.get("text", "")).split())
        return any(
            one["document_id"] == passage["document_id"] and (not exactly or " ".join(one["quote"].split()) in text)
            for one in citations
        )

    exactly = any(cited(one, exactly=True) for one in passages)
    return tuple(
        ExamplePassage(
            passage_id=str(one["passage_id"]),
            document_id=str(one["document_id"]),
            title=str(one.get("title", "")),
            heading=str(one.get("heading", "")),
            text=str(one.get("text", "")),
            score=float(one["score"]),
            gold=cited(one, exactly=exactly),
        )
        for one in passages
    )


def turns_before(given: Given) -> tuple[Turn, ...]:
    """Return the conversation before a question, as its prompt has it."""
    return tuple(Turn(turn["role"], turn["content"]) for turn in given.prompt[1:-1])


async def _packed(one: Candidate, packs: Packs, report: ApprovedReport) -> list[Example]:
    """Return what a person wrote as an example of each of its questions."""
    made = []
    for number, text in enumerate((one.question, *one.more_questions)):
        turns = turns_before(one.given) if one.given else ()
        scope = Scope.from_mapping(one.scope)
        asked = Question(MessageKey("tuning", "", "", one.id), text, "tuning", one.id, scope)
        carried = partial(packs.carried, uncited(one.answer), question=text)
        rests_on = await carrying(await packs.found(asked, Conversation(turns)), carried)
        metadata = _metadata(one)
        known = KnownQuestion(
            id=one.id,
            text=text,
            turns=turns,
            answer=uncited(one.answer),
            gold_documents=frozenset({rests_on}) if rests_on else frozenset(),
            origin=one.origin,
            scope=scope,
            metadata=metadata,
        )
        example = await packs.example(known) if rests_on else None
        if example is None or not example.answerable:
            report.skip(replace(one, question=text), NOT_CARRIED)
            continue
        made.append(
            replace(
                example,
                id=f"{one.id}.{number}" if number else one.id,
                rejected=_rejected(one, example.answer),
                scope=dict(one.scope),
                group="",
            )
        )
    return made


def _rejected(one: Candidate, answer: str) -> str:
    """Return the bot's own answer, where a person wrote a better one."""
    if one.given is None or one.given.status is not Status.ANSWERED or one.origin is Origin.LIKED:
        return ""
    given = uncited(one.given.text)
    return given if given != answer else ""


def _metadata(one: Candidate) -> dict[str, Any]:
    made = dict(one.given.metadata) if one.given else {}
    number = {
        Kind.SUGGESTION: "suggestion_id",
        Kind.HANDOVER: "handover_id",
        Kind.STANDARD: "standard_answer_id",
    }
    own = {number[one.kind]: one.number} if one.kind in number else {}
    return {**made, **own, "created_at": one.created_at.isoformat() if one.created_at else ""}
