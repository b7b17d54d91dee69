"""The pipeline: one question in, a stream of answer events out.

for people? standard answer? small talk? -> search -> route -> asked before? -> prompt packed -> one sentence clear?
-> tokens stream -> each sentence grounded -> answer
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from bot import prompts, refusals, replies, routing
from bot.answer_cache import AnswerCache, Circumstances, Hit
from bot.channels.resolve import Channels, StandardAnswer
from bot.channels.standard import standard_answer, told
from bot.channels.store import ChannelKey
from bot.claims.rewording import going_on, says_the_same, uncited
from bot.generation.engine import Answering, Engine, EngineBusy, GenerationDone, GenerationRequest, Queued, TextDelta
from bot.grounding import Grounding
from bot.lookup import Looked, Lookup, Searcher
from bot.messages import (
    Answer,
    AnswerEvent,
    Citation,
    Conversation,
    Finished,
    Mode,
    Partial,
    Question,
    Searching,
    ShownPassage,
    Status,
    Turn,
    Waiting,
)
from bot.quoting.exceptions import untold
from bot.quoting.extracts import LEAST_LIKENESS, SHOWN_WORDS, Extracts
from bot.quoting.pointed import answers_again, is_told_in
from bot.quoting.scoring import weighed
from bot.settings import Settings
from bot.storage.database import DatabaseBusy
from bot.text.addresses import addresses, link_targets, visible
from bot.tuning import default
from bot.understanding import intents
from bot.understanding.languages import spoken
from bot.understanding.names import Names, replies_by_a_sign, up_to_our_question
from bot.understanding.questions import leans
from bot.understanding.spelling import as_read, with_signs
from bot.wording import answers, figure
from knowledge.documents import Passage, Scope, ScoredPassage
from knowledge.retrieval import Query
from knowledge.sentences import Sentences
from knowledge.territories import language_name

log = logging.getLogger(__name__)

MAX_SENTENCES = 6
MAX_REMOVED = 4
"""A model that says this much that no passage carries has lost the thread."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How the channel wants to be spoken to."""

    persona: str
    """See `prompts.voice`."""
    language: str
    """Code of the language; empty: that of the question."""
    said_in: str = "en"
    """Code of the language that the asker is told things in which no model says."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A question as the model is given it."""

    prompt: prompts.Prompt
    """Its passages hold just what is shown of those in `looked`."""
    looked: Looked
    told: Extracts
    """The sentences of the passages found, weighed."""


class Pipeline:
    """Answers questions, any number at once. Between them it keeps the answers that may be given again."""

    def __init__(
        self,
        settings: Settings,
        searcher: Searcher,
        engine: Engine,
        today: Callable[[], date] | None = None,
        channels: Channels | None = None,
        forgettings: Callable[[], Awaitable[int]] | None = None,
    ) -> None:
        """`today` is the day on which documents must hold, by default that of the settings' time zone.

        `channels` says what holds in each; without it, what the settings say. `forgettings` returns how often something
        was forgotten by now: no answer from before is given again. Without it, nothing ever is.
        """
        self._answering = settings.answering
        self._max_tokens = settings.model.max_tokens
        embedded = settings.generation.engine == "local" and not settings.model.path
        self._quote = settings.answering.quote if embedded or settings.answering.quote != "auto" else "last"
        self._lora = settings.lora
        self._addresses = tuple(one.plain for one in addresses(settings.answering.contact))
        self._searcher = searcher
        self._today = today or settings.today
        self._names = Names(settings.scope_names)
        self._lookup = Lookup(searcher, self._names, settings.answering, self._today)
        self._engine = engine
        self._channels = channels or Channels(settings)
        self._cache = AnswerCache() if settings.answering.cache else None
        self._forgettings = forgettings
        self._in_use: Counter[str] = Counter()
        """Questions being answered, by the adapter in force when they began."""

    async def answer(
        self,
        question: Question,
        conversation: Conversation,
        mode: Mode | None = None,
        *,
        lora: str | None = None,
        lora_scale: float | None = None,
        idle: bool = False,
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Stream the answer to one question; the last event is `Finished`.

        `mode` and `lora_scale` override the settings, `lora` (a name that the engine knows) the adapter in force;
        a question keeps the adapter that it began with. `idle`: nobody waits, so that everybody else goes first.
        Raises FrontdeskError (of engine or index); of most only an admin makes sense, see `for_askers`.
        """
        lora = self._engine.identity.lora if lora is None else lora
        scale = self._lora.scale if lora_scale is None else lora_scale
        self._in_use[lora] += 1
        try:
            async with aclosing(self._answer(question, conversation, self._router(mode, lora, scale), idle)) as events:
                async for event in events:
                    yield event
        except EngineBusy as error:
            raise EngineBusy(answers.BUSY.en, answers.ASK_IN_A_MINUTE.en) from error
        finally:
            self._in_use[lora] -= 1

    def over(self, searcher: Searcher) -> Pipeline:
        """Return a pipeline like this one that finds with another search, and remembers no answers."""
        other = copy.copy(self)
        other._searcher, other._lookup, other._cache = searcher, self._lookup.over(searcher), None
        return other

    def uses(self, lora: str) -> bool:
        """Whether a question that is being answered began with this adapter in force."""
        return self._in_use[lora] > 0

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return self._in_use.total() > 0

    def disliked(self, answer: Answer) -> None:
        """Take note that this answer is not to be given again: it was found not helpful, or it is to be forgotten."""
        if self._cache is not None:
            self._cache.forget(answer)

    async def look_up(self, question: Question, conversation: Conversation) -> Looked | None:
        """Return what a question is answered from, however well it fits; nothing is generated.

        None where no model answers from passages: a standard answer, small talk, a wish for a person or for other
        words, nothing found, a question back, an answer told by region or product, several questions.
        """
        text, turns = self._heard(question, conversation)
        wanted = _wanted(text, turns).intent
        if wanted is not intents.Intent.QUESTION:
            return None
        if self._is_too_long(question) or await self._standard(question) is not None:
            return None
        channel = await self._channels.at(*question.key.place)
        looked = await self._lookup.look(text, turns, question.scope, channel.language)
        in_their_words = looked.choices or looked.parts or looked.questions
        return looked if looked.retrieval.passages and not in_their_words else None

    async def pack(self, looked: Looked, voice: Voice | None = None, room: int = SHOWN_WORDS) -> Packed:
        """Return what the model is given to answer from what was looked up.

        `voice` is that of a channel, by default what the settings say for all; `room` is how many words of the
        passages are shown, where just the sentences that matter are. Raises QuestionTooLong or ContextTooSmall as
        `prompts.pack` does.
        """
        found = looked.retrieval.passages
        told = await self._extracts(looked, found, looked.meant)
        shown = told.shown(room) if self._answering.pack == "sentences" else found
        voice = voice or Voice(prompts.voice(self._answering.persona), "")
        return Packed(await self._packed(looked.text, looked.turns, shown, voice), looked, told)

    def _heard(self, question: Question, conversation: Conversation) -> tuple[str, tuple[Turn, ...]]:
        """Return a question and the turns before it that count, no more of each than one may have.

        They are as they were typed, with signs for the emoji that they name; only what replies to a question back, or
        leans on what was said ("what abt the UK"), is as it is read. A message that was refused as too long is not read
        as a whole with each question after it.
        """
        newest, longest = self._answering.history_turns, self._answering.max_question_chars
        turns = tuple(
            replace(one, content=with_signs(one.content[:longest])) if one.role == "user" else one
            for one in (conversation.turns[-newest:] if newest else ())
        )
        read = as_read(question.text)
        goes_on = bool(turns) and (leans(read) or bool(up_to_our_question(turns)))
        return read if goes_on else with_signs(question.text), turns

    def _is_too_long(self, question: Question) -> bool:
        return len(question.text.strip()) > self._answering.max_question_chars

    async def _answer(
        self, question: Question, conversation: Conversation, router: routing.Router, idle: bool
    ) -> AsyncGenerator[AnswerEvent, None]:
        begun = time.monotonic()
        text, turns = self._heard(question, conversation)
        channel = await self._channels.at(*question.key.place)
        wanted = _wanted(text, turns)
        if channel.language and wanted.intent is not intents.Intent.LANGUAGE:
            wanted = replace(wanted, language=channel.language)
        small_talk = wanted.intent in intents.SMALL_TALK
        said_in = spoken(wanted.language if small_talk else channel.language, text, turns)
        if wanted.intent not in intents.HAND_OVER and (standard := await self._standard(question)) is not None:
            given, notes = told(standard, said_in), _noted(said_in) | {"standard_answer": standard.id}
            yield Finished(self._spoken(Status.ANSWERED, given, "standard answer", begun, **notes))
            return
        if small_talk:
            reply = replies.reply(wanted, self._answering.contact)
            why = f"small talk: {wanted.intent}"
            yield Finished(self._spoken(Status.SMALLTALK, reply, why, begun, **_noted(said_in)))
            return
        if wanted.intent in intents.HAND_OVER:
            reply = replies.reply(wanted, self._answering.contact)
            why = f"handed over: {wanted.intent}"
            yield Finished(self._spoken(Status.HANDED_OVER, reply, why, begun, language=wanted.language))
            return
        if self._is_too_long(question):
            sentence = answers.TOO_LONG.of(
                said_in,
                length=figure(len(question.text.strip()), said_in),
                limit=figure(self._answering.max_question_chars, said_in),
                contact=replies.whom(said_in, self._answering.contact),
            )
            yield Finished(self._spoken(Status.REFUSED, sentence, "question too long", begun, **_noted(said_in)))
            return
        yield Searching()
        language = channel.language
        if wanted.intent is intents.Intent.LANGUAGE:
            language = wanted.language
            before = intents.last_question(turns) if router.searches else None
            if before is None or not await self._is_told_in(language, *before, question.scope):
                reply = replies.no_translation(language, searched=before is not None)
                why, notes = f"small talk: {wanted.intent}", _noted(spoken(language))
                yield Finished(self._spoken(Status.SMALLTALK, reply, why, begun, **notes))
                return
            text, turns = before
            said_in = spoken(language)
        voice = Voice(prompts.voice(channel.persona, channel.tone, language_name(language)), language, said_in)
        if not router.searches:
            events = self._freely(text, turns, router.freely(), voice, begun, idle)
        elif wanted.intent is intents.Intent.STYLE:
            events = self._in_other_words(text, intents.last_answer(turns), router.other_words(), voice, begun, idle)
        else:
            events = self._from_documents(question, text, turns, router, voice, begun, idle)
        async with aclosing(events):
            async for event in events:
                yield event

    async def _is_told_in(self, language: str, text: str, turns: tuple[Turn, ...], asker: Scope) -> bool:
        """Whether a question asked after `turns` is answered from a page in this language (its code)."""
        looked = await self._lookup.look(text, turns, asker, language)
        found = looked.retrieval.passages
        return bool(found) and (
            looked.confidence >= self._answering.min_confidence and language in found[0].passage.scope.language
        )

    async def _standard(self, question: Question) -> StandardAnswer | None:
        """Return the standard answer that people wrote to this question, None where there is none."""
        answers = await self._channels.standard_answers(ChannelKey(*question.key.place))
        return await standard_answer(question.text, answers, self._alike) if answers else None

    def _router(self, mode: Mode | None, lora: str, scale: float) -> routing.Router:
        return routing.Router(
            wanted=mode or Mode(self._answering.mode),
            lora=lora,
            lora_scale=scale,
            scales={str(kind): scale for kind, scale in self._lora.scales.items()},
            min_confidence=self._answering.min_confidence,
            plain_confidence=self._answering.plain_confidence,
            quotes_clear=self._quote == "clear" or (self._quote == "auto" and lora in ("", default.ADAPTER.stem)),
        )

    async def _from_documents(
        self,
        question: Question,
        text: str,
        turns: tuple[Turn, ...],
        router: routing.Router,
        voice: Voice,
        begun: float,
        idle: bool,
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Look the question up and answer from what is found."""
        looked = await self._lookup.look(text, turns, question.scope, voice.language, voice.said_in)
        found = looked.retrieval.passages
        route = router.decide(
            intents.kind_of(looked.text),
            found=len(found),
            confidence=looked.confidence,
            asks_back=bool(looked.choices),
        )
        run = _Run(self._engine, route, begun, idle, time.monotonic() - begun, looked.retrieval.version, _notes(looked))
        if route.kind == routing.Kind.REFUSE:
            yield Finished(run.answer(Status.REFUSED, await self._refusal(looked, question.scope), found, ()))
            return
        if route.kind == routing.Kind.CLARIFY:
            yield Finished(replace(run.answer(Status.CLARIFY, looked.which, found, ()), choices=looked.choices))
            return
        if looked.parts or looked.questions:
            yield Finished(await self._in_their_words(run, looked, question.scope))
            return
        cache, forgettings = self._cache, 0
        if cache is not None and self._forgettings:
            try:
                forgettings = await self._forgettings()
            except DatabaseBusy as error:
                log.warning("An answer is made anew, as nobody knows whether a kept one was forgotten: %s", error)
                cache = None
        where = self._circumstances(question, looked, route, voice, forgettings)
        if cache is not None and (hit := await cache.find(looked.text, where, self._alike)):
            yield Finished(run.again(hit))
            return
        async with aclosing(self._from_passages(run, looked, question.scope, voice)) as events:
            async for event in events:
                if cache is not None and isinstance(event, Finished) and not run.stood_in:
                    yield Finished(cache.keep(looked.text, where, event.answer))
                else:
                    yield event

    async def _from_passages(
        self, run: _Run, looked: Looked, asker: Scope, voice: Voice
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Have the model answer from the passages found; stream what they carry of it.

        It is not asked, and the documents are quoted, where none of them has room in its context, or one sentence
        clearly answers: then it could only say that in other words, seconds later.
        """
        found = looked.retrieval.passages
        packed = await self.pack(looked, voice)
        grounding = self._grounding(found, _asked(looked.text, looked.turns), packed.told)
        if packed.prompt.passages:
            run.prompt = packed.prompt
        if run.route.may_quote and packed.told.is_clear(looked.own):
            run.route = run.route.quoting()
        elif packed.prompt.passages:
            request = self._request(packed.prompt, run)
            async with aclosing(run.grounded(request, grounding)) as partials:
                async for partial in partials:
                    yield _shown(partial)
        body = run.text or _quote(packed.told, grounding, own=looked.own)
        if body is None:
            refusal = await self._refusal(looked, asker)
            yield Finished(run.answer(Status.REFUSED, refusal, found, (), grounding))
        else:
            if run.text and run.broken_off and packed.told.question.procedure:
                body += " …"  # the steps that are missing are not to be taken for done
            cited = {one.document_id for one in grounding.citations}
            body = _with_exceptions(looked, body, grounding)
            body = f"{body} {self._lookup.holds_for(looked, cited)}"
            yield Finished(run.answer(Status.ANSWERED, body, found, tuple(grounding.citations), grounding))

    def _circumstances(
        self, question: Question, looked: Looked, route: routing.Route, voice: Voice, forgettings: int
    ) -> Circumstances:
        """Return what has to be the same for an answer to this question to be given again."""
        identity = self._engine.identity
        return Circumstances(
            asker=question.scope,
            meant=looked.meant,
            turns=looked.turns,
            version=looked.retrieval.version,
            made_at=looked.retrieval.made_at,
            forgettings=forgettings,
            day=self._today(),
            best_passage=looked.retrieval.passages[0].passage.id,
            model=identity.name,
            lora=route.lora,
            lora_scale=route.lora_scale,
            mode=route.mode,
            voice=voice.persona,
            said_in=voice.said_in,
        )

    async def _alike(self, text: str, others: Sequence[str]) -> list[float]:
        likeness = await asyncio.to_thread(self._searcher.likeness, Query(text), others)
        return [one.meaning for one in likeness]

    async def _in_other_words(
        self, wish: str, before: str, route: routing.Route, voice: Voice, begun: float, idle: bool
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Have the model say the last answer in other words, and let out only what that answer carries.

        The sources are those of the answer before, so that none are named again.
        """
        run = _Run(self._engine, route, begun, idle, notes=_noted(voice.said_in))
        plain = uncited(before)
        messages = prompts.rewriting(plain, wish, voice.persona)
        tokens = await self._engine.count_prompt(messages)
        grounding = Grounding([Passage("", "", "", "", "", "", plain, 0)], "")
        if tokens + self._max_tokens <= self._engine.identity.context_size:
            run.prompt = prompts.Prompt(messages, (), tokens)
            async with aclosing(run.grounded(self._request(run.prompt, run), grounding)) as partials:
                async for partial in partials:
                    if isinstance(partial, Queued):
                        yield Waiting(partial.place)
        body = uncited(run.text)
        # What was left out may be what the rest depends on.
        if not body or grounding.removed or not says_the_same(body, plain):
            body = answers.NO_OTHER_WORDS.of(voice.said_in, text=plain)
        yield Finished(run.answer(Status.ANSWERED, body, (), (), grounding))

    async def _freely(
        self, text: str, turns: tuple[Turn, ...], route: routing.Route, voice: Voice, begun: float, idle: bool
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Stream the model's own words; nothing is searched."""
        run = _Run(self._engine, route, begun, idle, notes=_noted(voice.said_in))
        run.prompt = await self._packed(text, turns, (), voice)
        async with aclosing(run.free(self._request(run.prompt, run), self._addresses)) as partials:
            async for partial in partials:
                yield _shown(partial)
        if run.text.strip():
            yield Finished(run.answer(Status.ANSWERED, run.text, (), ()))
        else:
            sentence = replies.please_ask(voice.said_in, self._answering.contact)
            yield Finished(run.answer(Status.REFUSED, sentence, (), ()))

    async def _packed(
        self, text: str, turns: Sequence[Turn], passages: Sequence[ScoredPassage], voice: Voice
    ) -> prompts.Prompt:
        return await prompts.pack(
            self._engine,
            question=text,
            turns=turns,
            passages=passages,
            persona=voice.persona,
            max_tokens=self._max_tokens,
        )

    def _request(self, prompt: prompts.Prompt, run: _Run) -> GenerationRequest:
        return GenerationRequest(
            messages=prompt.messages,
            max_tokens=self._max_tokens,
            lora=run.route.lora,
            lora_scale=run.route.lora_scale,
            deadline_s=self._answering.deadline_s,
            idle=run.idle,
        )

    async def _in_their_words(self, run: _Run, looked: Looked, asker: Scope) -> Answer:
        """Answer by place or each of several questions, in the documents' own words.

        A model that is shown the rules of several places, or for several questions, tells one's as the other's.
        """
        found = tuple(dict.fromkeys(one for part in looked.questions or (looked,) for one in _all_found(part)))
        grounding = self._grounding(found, looked.text)
        if looked.questions:
            told = [await self._one_of_several(one, grounding) for one in looked.questions]
            told = [going_on(before, one) for before, one in pairwise(("", *told))]
            nothing = [
                one.refusal or answers.NO_ANSWER_TO.of(looked.said_in, which=which.of(looked.said_in))
                for one, which in zip(looked.questions, answers.WHICH_QUESTION, strict=False)
            ]
            told = _told_already(looked.questions, told)
            lines = [one or none for one, none in zip(told, nothing, strict=True)]
            if not all(told):
                lines.append(replies.please_ask(looked.said_in, self._answering.contact))
            # A place that several cannot be told for is named once.
            body = "\n\n".join(dict.fromkeys(lines))
            answered = any(told)
            if not answered and any(one.refusal for one in looked.questions):
                return run.answer(Status.REFUSED, body, found, (), grounding)
        else:
            body = await self._by_place(looked, grounding)
            answered = bool(body)
        if not answered:
            return run.answer(Status.REFUSED, await self._refusal(looked, asker), found, (), grounding)
        return run.answer(Status.ANSWERED, body, found, tuple(grounding.citations), grounding)

    async def _one_of_several(self, looked: Looked, grounding: Grounding) -> str:
        """Return what answers one of several questions, empty where nothing does."""
        if looked.confidence < self._answering.min_confidence:
            return ""
        if looked.parts:
            return await self._by_place(looked, grounding)
        told = await self._extracts(looked, looked.retrieval.passages, looked.meant)
        quote = _quote(told, grounding, own=looked.own)
        if not quote:
            return ""
        holds = self._lookup.holds_for(looked, {grounding.citations[-1].document_id})
        return f"{_with_exceptions(looked, quote, grounding)} {holds}".rstrip()

    async def _by_place(self, looked: Looked, grounding: Grounding) -> str:
        """Return the answer for each region or product with its name, empty where there is none."""
        quotes = []
        for part in looked.parts:
            told = await self._extracts(looked, part.passages, part.scope)
            if quote := _quote(told, grounding):
                quote = f"\n{quote}" if quote.startswith(("1. ", "- ", "```")) else quote  # on lines of their own
                quotes.append(answers.BY_PLACE.of(looked.said_in, place=part.label, quote=quote))
        return "\n\n".join(filter(None, [looked.lead, *quotes])) if quotes else ""

    async def _extracts(self, looked: Looked, found: Sequence[ScoredPassage], scope: Scope) -> Extracts:
        """Weigh the sentences of the passages found by how much they matter to the question."""
        holding = partial(self._names.holding, scope=scope)
        return await asyncio.to_thread(weighed, self._searcher, looked.query, found, holding, looked.own)

    def _grounding(self, found: Sequence[ScoredPassage], asked: str, told: Extracts | None = None) -> Grounding:
        return Grounding(
            [one.passage for one in found],
            asked,
            embed=self._searcher.embed,
            told=told,
            least_aligned=self._answering.min_support,
            allowed=self._addresses,
        )

    async def _refusal(self, looked: Looked, asker: Scope) -> str:
        if looked.refusal:
            return f"{looked.refusal} {replies.please_ask(looked.said_in, self._answering.contact)}"
        searched = await self._lookup.searched(looked.scope or asker, looked.said_in)
        return refusals.refusal(self._answering.contact, searched, looked.retrieval.passages, looked.said_in)

    def _spoken(self, status: Status, text: str, why: str, begun: float, **notes: str) -> Answer:
        """Return an answer made without search and model."""
        total_s = time.monotonic() - begun
        return Answer(
            status,
            text,
            mode=Mode.BASE,
            timings={"retrieve_s": None, "first_token_s": None, "total_s": total_s},
            tokens={"prompt": 0, "completion": 0},
            notes={"route": why, **notes},
        )


class _Run:
    """One generation, with what its trace needs."""

    def __init__(
        self,
        engine: Engine,
        route: routing.Route,
        begun: float,
        idle: bool,
        retrieve_s: float | None = None,
        version: int = 0,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        self._engine = engine
        self.route = route
        self.idle = idle
        self._begun = begun
        self._retrieve_s = retrieve_s
        self._version = version
        self._notes = notes or {}
        self._first_token_s: float | None = None
        self._done: GenerationDone | None = None
        self._answering: Answering | None = None
        self._completion_tokens = 0
        self._asked = False
        """Whether the model was asked anything."""
        self.prompt: prompts.Prompt | None = None
        """What the model was asked, or would have been: an answer that people like is learned from with it."""
        self.said = ""
        """The model's words as they came; `text` is what goes out of them."""
        self.text = ""
        self.broken_off = False
        """Whether the model was cut off in a sentence that did not go out."""

    @property
    def stood_in(self) -> bool:
        """Whether another model or adapter answered than was asked for."""
        return self._answering is not None

    async def free(self, request: GenerationRequest, allowed: Collection[str]) -> AsyncGenerator[str | Queued, None]:
        """Stream the model's own words so far, and before them the place in its queue.

        Sentences that name an address are left out, unless it is `allowed`: no document vouches for it. So is half a
        sentence of a model that was cut off, unless there is nothing else.
        """
        cutter = Sentences()
        async with aclosing(self._deltas(request)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Queued):
                    yield delta
                    continue
                for sentence in cutter.feed(delta):
                    if self._vouched(sentence, allowed):
                        yield self.text
        for sentence in cutter.close():
            if self._whole:
                if self._vouched(sentence, allowed):
                    yield self.text
            elif not self.text.strip() and self._vouched(sentence.rstrip(), allowed):
                self.text += " …"
                yield self.text

    @property
    def _whole(self) -> bool:
        """Whether the model came to its end: one cut off leaves half a sentence, which may say the opposite."""
        return self._done is not None and self._done.reason == "stop"

    def _vouched(self, sentence: str, allowed: Collection[str]) -> bool:
        """Append a sentence of a model that was shown no document, if all its addresses are allowed."""
        named = addresses(sentence)
        if any(one.disguised or one.plain not in allowed for one in named) or link_targets(sentence) - {*allowed}:
            return False
        self.text += visible(sentence)
        return True

    async def grounded(self, request: GenerationRequest, grounding: Grounding) -> AsyncGenerator[str | Queued, None]:
        """Stream what of the model's words the passages carry, sentence by sentence; before, the place in its queue."""
        cutter, kept = Sentences(), 0
        async with aclosing(self._deltas(request)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Queued):
                    yield delta
                    continue
                for sentence in cutter.feed(delta):
                    if (checked := await asyncio.to_thread(grounding.check, sentence)) is not None:
                        kept += 1
                        self._append(checked)
                        yield self.text
                if kept >= MAX_SENTENCES or len(grounding.removed) >= MAX_REMOVED:
                    return  # closing the stream stops the model
        rest = list(cutter.close())
        self.broken_off = bool(rest) and not self._whole
        if self._whole:
            for sentence in rest:
                if (checked := await asyncio.to_thread(grounding.check, sentence)) is not None:
                    self._append(checked)
                    yield self.text

    def _append(self, sentence: str) -> None:
        joint = "" if not self.text else "\n" if sentence.startswith("\n") else " "
        self.text += joint + sentence.strip()

    async def _deltas(self, request: GenerationRequest) -> AsyncGenerator[str | Queued, None]:
        self._asked = True
        async with aclosing(self._engine.generate(request)) as events:
            async for event in events:
                if isinstance(event, Queued):
                    yield event
                elif isinstance(event, GenerationDone):
                    self._done, self._completion_tokens = event, event.completion_tokens
                elif isinstance(event, Answering):
                    self._answering = event
                elif isinstance(event, TextDelta):
                    self._completion_tokens += 1  # a delta is about a token; the exact count comes at the end
                    if self._first_token_s is None:
                        self._first_token_s = time.monotonic() - self._begun
                    self.said += event.text
                    yield event.text

    def again(self, hit: Hit) -> Answer:
        """Return an answer given before, with what is of this run in its trace."""
        notes = hit.answer.notes | {"route": self.route.why, **self._notes}
        notes["cache"] = hit.answer.notes["cache"] | {"hit": hit.how}
        total_s = time.monotonic() - self._begun
        return replace(
            hit.answer,
            timings={"retrieve_s": self._retrieve_s, "first_token_s": None, "total_s": total_s},
            tokens={"prompt": 0, "completion": 0},
            notes=notes,
        )

    def answer(
        self,
        status: Status,
        text: str,
        found: Sequence[ScoredPassage],
        citations: tuple[Citation, ...],
        grounding: Grounding | None = None,
    ) -> Answer:
        """Return the finished answer with its trace."""
        identity = self._engine.identity
        lora, lora_scale = self.route.lora, self.route.lora_scale
        notes: dict[str, Any] = {"route": self.route.why, **self._notes}
        if instead := self._answering:
            identity, lora, lora_scale = instead.model, instead.lora, instead.lora_scale
            notes["engine"] = instead.why
        if grounding is not None:
            notes |= {"removed": grounding.removed, "quoted": grounding.quoted}
        if self.said:
            notes["said"] = self.said.strip()
        return Answer(
            status=status,
            text=text.strip(),
            citations=citations,
            passages=tuple(
                ShownPassage(
                    one.passage.id,
                    one.passage.document_id,
                    one.score,
                    one.passage.title,
                    one.passage.heading,
                    one.passage.text,
                )
                for one in (self.prompt.passages if self.prompt else found)
            ),
            mode=self.route.mode,
            model=identity.name,
            lora=lora,
            lora_scale=lora_scale,
            timings={
                "retrieve_s": self._retrieve_s,
                "first_token_s": self._first_token_s,
                "total_s": time.monotonic() - self._begun,
            },
            tokens={
                "prompt": self.prompt.tokens if self.prompt and self._asked else 0,
                "completion": self._completion_tokens,
            },
            prompt=self.prompt.messages if self.prompt else (),
            knowledge_version=self._version,
            notes=notes,
        )


def _shown(partial: str | Queued) -> Waiting | Partial:
    return Waiting(partial.place) if isinstance(partial, Queued) else Partial(partial)


def _all_found(looked: Looked) -> tuple[ScoredPassage, ...]:
    """Return the passages that a question is answered from, those of each place where it is told by place."""
    return tuple(one for part in looked.parts for one in part.passages) if looked.parts else looked.retrieval.passages


def _quote(told: Extracts, grounding: Grounding, own: Collection[str] = ()) -> str | None:
    """Return the documents' own words that are nearest to the question, cited; None where none are near.

    One of the passages `own` (their ids) goes before the others.
    """
    best = told.best(LEAST_LIKENESS, own, grounding.pointed)
    return grounding.quote(best) if best else None


def _with_exceptions(looked: Looked, told: str, grounding: Grounding) -> str:
    """Return an answer with what the documents say, otherwise than of all things, of the one that is asked about."""
    quotes = [grounding.quote(one) for one in untold(looked.text, looked.query.text, told, _all_found(looked))]
    return " ".join([told, *quotes])


def _told_already(questions: Sequence[Looked], told: Sequence[str]) -> list[str]:
    """Return what is told to each of several questions: what is told before it where that tells its answer, too.

    Nothing, where that is all that was found for it, and tells nothing of what it asks.
    """
    all_told: list[str] = []
    for question, own in zip(questions, told, strict=True):
        before = all_told[-1] if all_told else ""
        again = not own and not question.refusal and before and is_told_in(question.text, before)
        asked = questions[all_told.index(own)].text if own in all_told else ""
        passed_over = asked and not question.parts and not answers_again(question.text, asked, own)
        all_told.append(before if again else "" if passed_over else own)
    return all_told


def _wanted(text: str, turns: Sequence[Turn]) -> intents.Wanted:
    """Return what a message wants; one that replies to our question back is about what was asked before it."""
    if replies_by_a_sign(text, turns):
        return intents.Wanted(intents.Intent.QUESTION)
    wanted = intents.read(text, turns)
    if wanted.intent is intents.Intent.COMPLAINT and intents.says_no(text):
        return replace(wanted, language=spoken("" if wanted.language == "en" else wanted.language, text, turns))
    return wanted


def _asked(text: str, turns: Sequence[Turn]) -> str:
    """Return the question with the user's turn before it, which a follow-up leans on."""
    before = [turn.content for turn in turns if turn.role == "user"][-1:]
    return "\n".join([*before, text])


def _noted(said_in: str) -> dict[str, str]:
    """Return what `Answer.language` tells of an answer."""
    return {} if said_in == "en" else {"language": said_in}


def _notes(looked: Looked) -> dict[str, Any]:
    """Return what the trace tells of where, for what and in which language the question was taken to be meant."""
    notes: dict[str, Any] = {"confidence": round(looked.confidence, 4)} | _noted(looked.said_in)
    if looked.scope is not None:
        notes["scope"] = looked.scope.as_mapping()
    if looked.parts:
        notes["by_place"] = [part.label for part in looked.parts]
    if looked.questions:
        notes["questions"] = [{"text": one.text} | _notes(one) for one in looked.questions]
    if looked.replies:
        notes["replies"] = True
    return notes
