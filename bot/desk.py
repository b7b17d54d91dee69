"""The desk: what people say and press on any platform is heard here, and told what becomes of it.

    hear -> inbox -> workers

A platform hands every message to `Desk.hear` and gets out of the way; `Desk` writes it to the inbox, from which
`bot.workers` answer and deliver it. Whoever finds no room to wait is told how many are before them.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot import handovers, people, replies
from bot.channels.resolve import Channel, Channels
from bot.channels.values import When
from bot.chat import ChatPlatform
from bot.feedback import Feedback, Pressed
from bot.handovers import Groups, Handovers, no_groups
from bot.inbox import CHOICE, SHOW, WISH, Accepted, Inbox, Limits, Over
from bot.messages import Answer, MessageKey, Question, Rating, Reason
from bot.settings import Settings
from bot.storage.database import utc_now
from bot.storage.handovers import Why
from bot.understanding import intents
from bot.understanding.languages import spoken
from bot.understanding.mood import Mood, Moods
from bot.wording import notices
from bot.workers import FILES, Answerer, Workers
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

EDIT_SETTLES_S = 1.0  # people correct themselves twice
BOT_PER_MINUTE = 10

ASK_TO_RATE_FOR = timedelta(days=1)
"""Older answers are not asked about, as after a time when nobody was to be asked."""

WITHDRAWN_KEPT = 1000
"""Deleted messages that are known in case they are only heard afterwards."""


class Hearing(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    """Not meant for the bot; say nothing."""
    DENIED = "denied"
    """Not taken; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message."""

    outcome: Hearing
    sentence: str = ""
    """To be told to the person, privately; empty where nothing is."""


class Desk:
    """Hears, answers and delivers for any number of platforms."""

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        feedback: Feedback,
        handovers: Handovers,
        answerer: Answerer,
        retry_s: float = 1.0,
        places_s: float = 1.0,
        channels: Channels | None = None,
        moods: Moods | None = None,
    ) -> None:
        """`channels` says what holds in each; without it, what the settings say. Without `moods` none are read.

        `retry_s` is the least wait before a delivery is tried again; it grows with the time that it has failed.

        One of those who wait is shown the place in the queue every `places_s` seconds: chats take few edits.
        """
        self._settings = settings
        self._inbox = inbox
        self.feedback = feedback
        self.handovers = handovers
        self._answerer = answerer
        self.channels = channels or Channels(settings)
        self.workers = Workers(settings, inbox, handovers, answerer, self.channels, moods, retry_s, places_s)
        """Answer what was heard."""
        self._being_shown: set[MessageKey] = set()
        self._withdrawn: deque[MessageKey] = deque(maxlen=WITHDRAWN_KEPT)
        """What was deleted last, whether it was heard or not."""
        self._told_to_wait: dict[str, float] = {}
        """When somebody was last told of a limit, by person; monotonic seconds."""
        self.cursors = inbox.cursors
        """Up to where each channel was heard."""

    def attach(self, platform: ChatPlatform) -> None:
        """Let the workers answer questions of this platform."""
        self.workers.platforms[platform.name] = platform
        self.handovers.attach(platform)
        self.workers.wake()

    async def hear(
        self,
        question: Question,
        *,
        addressed: bool,
        direct: bool = False,
        groups: Collection[str] = (),
        for_others: bool = False,
        goes_on: bool = False,
        let_in: bool = False,
        look_up: Groups = no_groups,
        files: bool = False,
        bot: bool = False,
        missed: bool = False,
    ) -> Heard:
        """Take one message into the inbox.

        `addressed`: a mention, a direct message or a command. Anything else counts only where it has words and is
        not `for_others`: as a reply in a thread where the bot takes part and that was not handed over to people, or
        where the channel has every question answered, as a question that begins a thread. `direct`: a direct message,
        which no list of channels forbids. `groups` are the author's user groups or roles among those that the
        channel names; `goes_on`: a reply to us in a thread that we began, which counts also where what was asked
        there is deleted; `let_in`: the author was asked for them before; `look_up` tells which of the helpers' groups
        the author is in. `files`: pictures or others come with it. `bot`: its author is a bot that is allowed;
        it is heard only where it mentions us, and so often in a thread. `missed`: it was said while nobody
        listened; one too old is left alone, and nobody is told of a refusal or a long wait. The same key a
        second time changes nothing.
        """
        too_late = question.key in self._withdrawn or (missed and self._too_old(question))
        if too_late or (bot and await self._loops(question, addressed=addressed)):
            return Heard(Hearing.IGNORED)
        channel = await self.channels.at(*question.key.place)
        question = replace(question, text=people.words(question.text))
        if not addressed:
            question = replace(question, addressed=False)
            if not await self._concerns(question, channel, look_up, for_others=for_others, goes_on=goes_on):
                return Heard(Hearing.IGNORED)
        language = spoken(channel.language, question.text)
        may_ask = let_in or channel.may_ask(question.author, groups)
        if denial := self._denial(channel, language, may_ask=may_ask, direct=direct):
            tell = addressed and not missed and not bot
            return Heard(Hearing.DENIED, denial) if tell else Heard(Hearing.IGNORED)
        taken = _with_files(question) if files else question
        accepted = await self._inbox.accept(taken, self._limits(bot=bot))
        if accepted.over:
            return Heard(Hearing.IGNORED) if bot or missed else self._asked_to_wait(question, accepted, language)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE)
        if question.key in self._withdrawn:  # meanwhile
            await self.withdraw(question.key)
        else:
            await self.handovers.mentioned(question)
            self.workers.wake()
        waits = accepted.ahead >= self.workers.room and not bot and not missed
        return Heard(Hearing.ACCEPTED, notices.MANY_BEFORE.of(language, ahead=accepted.ahead) if waits else "")

    async def _concerns(
        self, question: Question, channel: Channel, look_up: Groups, *, for_others: bool, goes_on: bool
    ) -> bool:
        """Whether a message that does not address the bot is to be answered."""
        key = question.key
        for_us = bool(question.text) and not for_others
        if await self._inbox.takes_part(key.platform, key.workspace, key.channel, question.thread, question.asked_at):
            # Whoever it is said to: people who have the thread are heard.
            return not await self.handovers.overheard(question, look_up) and for_us
        begins = channel.when is When.QUESTIONS and question.thread == key.message and intents.asks(question.text)
        return for_us and (goes_on or begins)

    def _denial(self, channel: Channel, language: str, *, may_ask: bool, direct: bool) -> str:
        """Return why nothing is answered here, or not to this person; empty where it is."""
        key = channel.key
        if not direct and (channel.when is When.NEVER or not self._settings.answers_in(key.platform, key.channel)):
            return notices.DENIED_CHANNEL.of(language)
        if not may_ask:
            return notices.DENIED_PERSON.of(language)
        return channel.nothing_to_tell(language)

    async def edit(
        self,
        question: Question,
        *,
        addressed: bool,
        direct: bool = False,
        groups: Collection[str] = (),
        bot: bool = False,
    ) -> Heard:
        """Take a change of a message by its author: what was answered is answered anew, in the same posts.

        A message that was no question before is one from now on if it is `addressed`; see `hear`.
        """
        channel = await self.channels.at(*question.key.place)
        may_ask = channel.may_ask(question.author, groups)
        if self._denial(channel, "en", may_ask=may_ask, direct=direct):
            return Heard(Hearing.IGNORED)
        if await self.handovers.left_to_people(question):
            return Heard(Hearing.IGNORED)  # what was answered before stands
        question = replace(question, text=people.words(question.text))
        revised = await self._inbox.revise(replace(question, addressed=addressed), EDIT_SETTLES_S)
        if revised is None:
            if not addressed:
                return Heard(Hearing.IGNORED)
            return await self.hear(question, addressed=True, direct=direct, groups=groups, bot=bot, missed=True)
        if not revised.anew:
            return Heard(Hearing.DUPLICATE)
        self.workers.break_off(revised.id)
        self.workers.wake()
        return Heard(Hearing.ACCEPTED)

    async def withdraw(self, key: MessageKey) -> None:
        """Stop answering a message that its author deleted, and take back what stands of the answer.

        One that was not heard yet is not answered either: a platform's events come in any order, and what was missed
        is heard from a list that was read before.
        """
        self._withdrawn.append(key)
        question_id = await self._inbox.withdraw(key)
        if question_id is None:
            return
        if not self.workers.break_off(question_id):
            self.workers.take_back()

    async def is_ours(self, post: MessageKey) -> bool:
        """Whether a message is recorded as a post of ours."""
        return await self._inbox.is_ours(post.platform, post.workspace, post.channel, post.message)

    async def recent_threads(self, platform: str, workspace: str, channel: str, hours: float, limit: int) -> list[str]:
        """Return the threads of a channel in which the bot was openly asked within so many hours, the latest first."""
        since = utc_now() - timedelta(hours=hours)
        return await self._inbox.threads_in(platform, workspace, channel, since, limit)

    async def last_asked(self, platform: str, limit: int, workspace: str | None = None) -> list[Question]:
        """Return the last questions of a platform (of one workspace); they may have been changed or deleted since."""
        since = utc_now() - timedelta(hours=self._settings.answering.catch_up_hours)
        return await self._inbox.last_asked(platform, since, limit, workspace)

    def _too_old(self, question: Question) -> bool:
        oldest = utc_now() - timedelta(hours=self._settings.answering.catch_up_hours)
        return question.asked_at is not None and question.asked_at < oldest

    async def _loops(self, question: Question, *, addressed: bool) -> bool:
        """Whether a bot's message is left alone: one that is not meant for us, or one too many in its thread."""
        if not addressed:
            return True
        if await self._inbox.times_asked(question) < self._settings.answering.bot_turns:
            return False
        log.warning("The bot %s is not answered any more in the thread %s.", question.author, question.thread)
        return True

    def _limits(self, *, bot: bool) -> Limits:
        answering = self._settings.answering
        person = answering.person_per_minute
        return Limits(min(person or BOT_PER_MINUTE, BOT_PER_MINUTE) if bot else person, answering.channel_per_minute)

    def _asked_to_wait(self, question: Question, accepted: Accepted, language: str) -> Heard:
        """Return what to tell somebody over a limit: once within a minute, but always in reply to a command."""
        now, person = time.monotonic(), f"{question.key.platform}:{question.author}"
        self._told_to_wait = {who: at for who, at in self._told_to_wait.items() if now - at < 60}
        if person in self._told_to_wait and not question.route:
            return Heard(Hearing.IGNORED)
        self._told_to_wait[person] = now
        too_many = notices.TOO_MANY_OF_PERSON if accepted.over is Over.PERSON else notices.TOO_MANY_IN_CHANNEL
        return Heard(Hearing.DENIED, too_many.of(language))

    async def press(self, answer_id: int, person: str, value: int, *, route: dict[str, str] | None = None) -> Pressed:
        """Count a press of a rating button; the same press again withdraws it. Returns what to tell the person.

        After a reaction that says the same the first press does not.

        `route` is that of what is said where the press leads to a hand-over.
        """
        language = await self.language_of(answer_id)
        if await self.feedback.withdraw(answer_id, person, value, "button"):
            return Pressed(notices.WITHDRAWN.of(language), language=language)
        await self.feedback.rate(Rating(answer_id, person, value, "button"))
        if value > 0:
            return Pressed(notices.HELPFUL.of(language), language=language)
        await self._heed(answer_id, person, route or {})
        return Pressed(notices.NOT_HELPFUL.of(language), ask_why=True, language=language)

    async def language_of(self, answer_id: int) -> str:
        """Return the code of the language of an answer, that what is said about it is in; English where it is gone."""
        kept = await self._inbox.asked_back(answer_id)
        return kept[1].language if kept else "en"

    async def language_in(self, platform: str, workspace: str, channel: str) -> str:
        """Return the code of the language that people are told things in where nothing was asked yet."""
        return spoken((await self.channels.at(platform, workspace, channel)).language)

    async def react(
        self, key: MessageKey, person: str, value: int, *, added: bool, route: dict[str, str] | None = None
    ) -> None:
        """Count a 👍 or 👎 reaction put on, or taken off, the post named by `key`; others' posts are ignored.

        What was wrong is asked privately after a 👎 that is new. `route` as in `press`.
        """
        answer_id = await self._inbox.answer_of_post(key.platform, key.workspace, key.channel, key.message)
        if answer_id is None:
            return
        if not added:
            await self.feedback.withdraw(answer_id, person, value)
            return
        new = await self.feedback.rate(Rating(answer_id, person, value, "reaction"))
        if value > 0:
            return
        await self._heed(answer_id, person, route or {})
        platform, kept = self.workers.platforms.get(key.platform), await self._inbox.asked_back(answer_id)
        if new and kept and platform:
            try:
                await platform.ask_why(_spoken_to(*kept), answer_id, person.partition(":")[2])
            except FrontdeskError as error:
                log.info("%s is not asked what was wrong: %s", person, error)

    async def explain(
        self, answer_id: int, person: str, reason: Reason, words: str = "", *, route: dict[str, str] | None = None
    ) -> Pressed:
        """Keep why somebody found an answer not helpful; where the words are upset or urgent, people are called.

        Returns what to tell the person; `route` as in `press`.
        """
        mood = await self.workers.mood(words) if words.strip() else None
        language = await self.language_of(answer_id)
        pressed = await self.feedback.explain(
            answer_id, person, reason, words, mood.upset if mood else None, language=language
        )
        if mood and mood.pressing:
            await self._heed(answer_id, person, route or {}, pressing=True)
        return pressed

    async def _heed(self, answer_id: int, person: str, route: dict[str, str], *, pressing: bool = False) -> None:
        """Draw the consequences of a 👎: the answer is not given again, and after several people are called.

        After the first one, where the question was urgent or upset, or the person is (`pressing`).
        """
        if (kept := await self._inbox.asked_back(answer_id)) is None:
            return
        asked, answer = kept
        self._answerer.disliked(answer)
        pressing = pressing or Mood.of(answer.notes).pressing
        if (
            await self.handovers.too_many_dislikes(answer_id, pressing=pressing)
            and not await self.handovers.stands(asked)
            and await self.handovers.reaches_people(asked)
        ):
            author = person.partition(":")[2]
            await self._call(asked, answer_id, author, Why.DISLIKES, f"d{answer_id}", utc_now(), route)

    async def ask_to_rate(self) -> int:
        """Ask whoever has not rated an answer for as long as is set, once; return how many were asked."""
        wait = timedelta(minutes=self._settings.ratings.remind_after_min)
        now, asked = utc_now(), 0
        async for answer_id in self.feedback.to_be_asked(now - wait - ASK_TO_RATE_FOR, now - wait):
            kept = await self._inbox.asked_back(answer_id)
            if kept is None or (platform := self.workers.platforms.get(kept[0].key.platform)) is None:
                continue
            if await self.handovers.stands(kept[0]):
                continue
            try:
                await platform.ask_to_rate(_spoken_to(*kept), answer_id)
                asked += 1
            except FrontdeskError as error:
                log.info("%s is not asked to rate answer %s: %s", kept[0].author, answer_id, error)
        return asked

    async def hand_over(self, answer_id: int, author: str, *, press: str, at: datetime, route: dict[str, str]) -> str:
        """Call a person, as `author` wishes by the button of an answer; return what to tell privately.

        `press` is the platform's id of the press, `at` its time; the rest is said as an answer to it, by `route`.
        """
        if (kept := await self._inbox.asked_back(answer_id)) is None:
            return notices.NOT_KEPT.en
        language = kept[1].language
        if (over := await self.handovers.standing(kept[0])) is not None:
            if over.threaded or over.answer_id == answer_id:
                return notices.CALLED_ALREADY.of(language)
            press = f"{over.id}-{answer_id}"  # where people cannot read on, they are told of each answer once
        elif not await self.handovers.reaches_people(kept[0]):
            return notices.NOBODY_TO_CALL.of(language, contact=replies.whom(language, self._settings.answering.contact))
        if not await self._call(kept[0], answer_id, author, Why.BUTTON, press, at, route):
            return notices.CALLED_ALREADY.of(language)
        return "" if kept[0].private else notices.CALLING.of(language)

    async def _call(
        self, asked: Question, answer_id: int, author: str, why: Why, press: str, at: datetime, route: dict[str, str]
    ) -> bool:
        """Have people called; return whether this press had not done so before."""
        key = replace(asked.key, message=f"{WISH}{press}")
        question = replace(asked, key=key, author=author, route=route, asked_at=at, edited_at=None, addressed=True)
        accepted = await self._inbox.accept(handovers.wish(question, why, answer_id))
        if accepted.new:
            await self.handovers.open(question, accepted.id, why, answer_id)
            self.workers.hush(question)
            self.workers.wake()
        return accepted.new

    async def choose(
        self,
        answer_id: int,
        choice: int,
        author: str,
        scope_here: Callable[[Question], Awaitable[Scope]],
        *,
        direct: bool,
        route: dict[str, str],
    ) -> Heard:
        """Ask a question that was asked back once more, with the choice (from 0) whose button `author` pressed.

        `scope_here` gives what the author of a question may be told now; what could be told when the question
        was asked limits it further. `route` is the new question's. For a private question that is accepted the
        sentence is that of `hear`, as the answer itself comes there.
        """
        kept = await self._inbox.asked_back(answer_id)
        language = kept[1].language if kept else "en"
        if kept is None or not 0 <= choice < len(kept[1].choices):
            return Heard(Hearing.DENIED, notices.NOTHING_TO_CHOOSE.of(language))
        asked, answer = kept
        if asked.author != author:
            return Heard(Hearing.DENIED, notices.NOT_YOURS.of(language))
        scope = within(await scope_here(asked), asked.scope)
        if scope is None:
            return Heard(Hearing.DENIED, notices.NOTHING_TO_CHOOSE.of(language))
        chosen = answer.choices[choice]
        # One key for all the choices of an answer: a second press changes nothing. An edit asks anew.
        edition = f"-{asked.edited_at.timestamp():.0f}" if asked.edited_at else ""
        key = replace(asked.key, message=f"{CHOICE}{answer_id}{edition}")
        question = replace(
            asked,
            key=key,
            text=chosen.question,
            scope=scope,
            route=route,
            asked_at=None,
            edited_at=None,
            addressed=True,
        )
        heard = await self.hear(question, addressed=True, direct=direct, let_in=True)
        if heard.outcome is Hearing.DUPLICATE:
            return Heard(Hearing.DUPLICATE, notices.CHOSEN_ALREADY.of(language))
        if heard.outcome is Hearing.ACCEPTED and not asked.private:
            told = notices.CHOSEN.of(language, choice=chosen.label)
            return Heard(Hearing.ACCEPTED, f"{told} {heard.sentence}".strip())
        return heard

    async def show(
        self,
        answer_id: int,
        author: str,
        scope_here: Callable[[Question], Awaitable[Scope]],
        place_for: Callable[[Question], Awaitable[tuple[str, dict[str, str]]]],
    ) -> Heard:
        """Show everyone an answer that only `author` sees, in the channel it was asked in.

        `scope_here` gives what may be told there to everybody. Where that is not what the author was told from,
        the question is answered anew. `place_for` makes the place that it goes to, and returns its thread and the
        new question's route; it is asked once, and not for what is shown already.
        """
        kept = await self._inbox.asked_back(answer_id)
        if kept is None or not kept[0].private:
            return Heard(Hearing.DENIED, notices.NOTHING_TO_SHOW.of(kept[1].language if kept else "en"))
        asked, answer = _spoken_to(*kept), kept[1]
        language = answer.language
        if asked.author != author:
            return Heard(Hearing.DENIED, notices.NOT_YOURS_TO_SHOW.of(language))
        channel = await self.channels.at(*asked.key.place)  # which may be set otherwise by now
        if denial := self._denial(channel, language, may_ask=True, direct=False):
            return Heard(Hearing.DENIED, denial)
        key = replace(asked.key, message=f"{SHOW}{answer_id}")
        if key in self._being_shown or await self._inbox.knows(key):
            return Heard(Hearing.DUPLICATE, notices.SHOWN_ALREADY.of(language))
        self._being_shown.add(key)
        try:
            scope = await scope_here(asked)
            thread, route = await place_for(asked)
            question = replace(
                asked, key=key, thread=thread, route=route, scope=scope, private=False, asked_at=None, edited_at=None
            )
            same = scope == asked.scope
            told = replace(answer, notes=answer.notes | {"shown_from": answer_id}) if same else None
            accepted = await self._inbox.accept(question, answer=told)
        finally:
            self._being_shown.discard(key)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE, notices.SHOWN_ALREADY.of(language))
        self.workers.wake()
        return Heard(Hearing.ACCEPTED, (notices.SHOWN if same else notices.SHOWN_ANEW).of(language))


def _with_files(question: Question) -> Question:
    return replace(question, route=question.route | {FILES: "yes"})


def _spoken_to(asked: Question, answer: Answer) -> Question:
    """Return a question with the language that its answer is in."""
    return replace(asked, language=answer.language)


def within(here: Scope, before: Scope) -> Scope | None:
    """Return what both scopes of an asker allow to be told; None where they have a key with nothing in common."""
    both: dict[str, tuple[str, ...]] = {}
    for key in ("region", "product", "language"):
        ours, theirs = getattr(here, key), getattr(before, key)
        both[key] = tuple(word for word in ours if word in theirs) if ours and theirs else ours or theirs
        if not both[key] and (ours or theirs):
            return None
    # Who belongs to no audience is told only what is for everybody.
    audience = tuple(word for word in here.audience if word in before.audience)
    return Scope(both["region"], audience, both["product"], both["language"])
