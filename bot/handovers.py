"""Handing a thread over to people: telling the helpers, keeping quiet meanwhile, reminding, giving it back.

The rules of quiet: what is merely said in a thread in human hands is left to people. A mention is answered, as its
author wants the bot; but not one that was said before the hand-over, or before a helper took the thread. Where nobody
could be told, the next mention gives the thread back to the bot, as nobody else would, and the next wish for a person
is told anew.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot import people, replies
from bot.channels.resolve import Channels, among
from bot.delivery import DeliveryError
from bot.inbox import Inbox
from bot.messages import Answer, MessageKey, Mode, Question, Status
from bot.settings import Settings
from bot.storage.database import utc_now
from bot.storage.handovers import Handover, HandoverStore, Hands, NotePlace, Why
from bot.tuning.offers import Offer
from bot.understanding.intents import Intent, Wanted
from bot.understanding.mood import Mood
from bot.wording import Words, notices
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

QUOTED_CHARS = 500
FOUND = 3
"""Sources named in a note."""

_LEADS = {
    Why.WORDS: "**{who}** asks for a person{where}:",
    Why.BUTTON: "**{who}** asks for a person{where}.",
    Why.DISLIKES: "**{who}** found what I said{where} not helpful.",
    Why.REFUSALS: "I have no answer for **{who}**{where}.",
}
_NOTHING = "nothing that answers it"

REMINDER = "Nobody has taken this yet; it has been waiting for {waited}."
YOU_TOOK_IT = (
    "Thank you. It is yours until somebody presses “Resolved” or “Give back to the bot”; I stay quiet in the thread "
    "meanwhile."
)
TAKEN_ALREADY = "Somebody has already taken this."
SUGGEST_WHAT_WAS_RIGHT = "If there was a better answer than mine, suggest it, and I can learn from it."
HELPERS_ONLY = "Only this channel's helpers and admins can do this."
GROUPS_UNKNOWN = (
    "I can't find out at the moment whether you are in the group of this channel's helpers. Please try again in a "
    "minute; if it stays so, ask an admin to look at `frontdesk doctor`, or to name you yourself as a helper."
)

Groups = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Gives those of some user groups or roles that whoever pressed a button is in, by the platform's ids.

Raises FrontdeskError where that cannot be found out.
"""


async def no_groups(_: Collection[str]) -> Collection[str]:
    """Return the groups of somebody who is in none."""
    return ()


@dataclass(frozen=True, slots=True)
class Note:
    """What people are told about a hand-over."""

    text: str
    """Markdown."""
    handover_id: int = 0
    """Of the buttons below."""
    tags: tuple[str, ...] = ()
    """Whom it mentions, by the platform's ids, `&` before those of Discord's roles."""
    state: Hands | None = None
    """Which buttons there are: two while it is open, one while somebody has it; None is a note without any."""
    by: str = ""
    """Who took or resolved it, by the platform's id; empty where that is not known there."""
    aloud: bool = False
    """Whether all of the channel see it though it stands in a thread."""
    asker: str = ""
    """Whom to write to where there is no thread to answer in, by the platform's id."""


class Board(Protocol):
    """What is needed of a chat platform to tell people of a hand-over."""

    @property
    def name(self) -> str: ...

    def threaded(self, question: Question) -> bool:
        """Whether people can write where a question was asked; not so in direct messages and private answers."""
        ...

    async def describe(self, question: Question) -> tuple[str, str]:
        """Return the name of who asked, and a link to the thread, empty where nobody else can see it.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def notify(self, user: str, text: str, offers: Sequence[Offer] = ()) -> None:
        """Send a person Markdown as a direct message, with a button for each offer.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def post_note(self, place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        """Post a note and return its id. `look_first` for one that an earlier, interrupted try posted.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def edit_note(self, place: NotePlace, note: Note) -> None:
        """Show something else in place of a note. Raises DeliveryError or another FrontdeskError."""
        ...


class Handovers:
    """The threads in human hands, over all platforms that are attached."""

    def __init__(
        self,
        settings: Settings,
        store: HandoverStore,
        inbox: Inbox,
        clock: Callable[[], datetime] = utc_now,
        channels: Channels | None = None,
    ) -> None:
        """`channels` says who helps in each; without it, what the settings say."""
        self._settings = settings
        self._channels = channels or Channels(settings)
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._boards: dict[str, Board] = {}

    def attach(self, board: Board) -> None:
        """Let people be told on this platform."""
        self._boards[board.name] = board

    async def helpers(self, key: MessageKey) -> tuple[str, ...]:
        """Return who helps in a channel, as `answering.helpers` names them: those of the channel, if it names any."""
        channel = await self._channels.at(*key.place)
        return tuple(f"{key.platform}:{one}" for one in channel.helpers) or tuple(self._settings.answering.helpers)

    # Keeping quiet ------------------------------------------------------------------------------------------

    async def left_to_people(self, question: Question, question_id: int | None = None) -> bool:
        """Whether the bot says nothing to a message, being in human hands; `question_id` once it is in the inbox."""
        over = await self._over(question)
        if over is None or not over.threaded or over.question_id == question_id:
            return False
        if not question.addressed or is_wish(question):
            return True
        return question.asked_at is not None and question.asked_at <= over.since

    async def overheard(self, question: Question, look_up: Groups = no_groups) -> bool:
        """Whether a message that is not meant for the bot is left to people; their words are kept for curation.

        A helper's take the thread; `look_up` tells the groups of the author.
        """
        over = await self._over(question)
        if over is None or not over.threaded:
            return False
        author = f"{question.key.platform}:{question.author}"
        if author != over.asker and question.text.strip():
            await self._store.heard(over.id, question.text.strip())
            if over.state is Hands.OPEN and await self._is_helper(over, author, look_up):
                await self._taken(over, author, question.asked_at or self._clock())
        return True

    async def mentioned(self, question: Question) -> None:
        """Give a thread back to the bot that nobody was told of, now that it is mentioned there."""
        if not question.addressed or is_wish(question):
            return
        over = await self._over(question)
        if over is None or over.told or over.state is Hands.RESOLVED:
            return
        at = question.asked_at or self._clock()
        if at > over.since:
            await self._store.resolve(over.id, f"{question.key.platform}:{question.author}", at)

    async def stands(self, question: Question) -> bool:
        """Whether people were asked into the question's thread and have not given it back."""
        return await self.standing(question) is not None

    async def standing(self, question: Question) -> Handover | None:
        """Return the hand-over by which people were asked into the question's thread, until it is given back."""
        over = await self._over(question)
        return over if over is not None and over.state is not Hands.RESOLVED and not over.in_vain else None

    async def _over(self, question: Question) -> Handover | None:
        return None if question.private else await self._store.over(question)

    # Handing over -------------------------------------------------------------------------------------------

    async def why(self, question: Question, question_id: int, answer: Answer) -> Why | None:
        """Return why a thread goes over to people after this answer; None if it stays with the bot."""
        if wish := _wish(question):
            return wish[0]
        if answer.status is Status.HANDED_OVER:
            return Why.WORDS
        refusals = self._settings.handover.refusals
        if refusals and Mood.of(answer.notes).pressing:
            refusals = 1  # who is in a hurry, or angry, is not sent away twice
        if answer.status is not Status.REFUSED or question.private or not refusals:
            return None
        if not await self.reaches_people(question):
            return None  # nobody to tell; the refusal itself names the contact
        before = refusals - 1
        refused = await self._store.refused_in_a_row(question_id, before) if before else 0
        over = await self._over(question)
        own = over is None or over.state is Hands.RESOLVED or over.question_id == question_id  # by an earlier try
        return Why.REFUSALS if refused == before and own else None

    async def reaches_people(self, question: Question) -> bool:
        """Whether there is anybody to tell of a hand-over."""
        helpers = await self.helpers(question.key)
        thread = question.thread if self._boards[question.key.platform].threaded(question) else ""
        return bool(self._places(question.key, thread, helpers)) or any(map(self._takes_messages, helpers))

    async def too_many_dislikes(self, answer_id: int, *, pressing: bool = False) -> bool:
        """Whether the answers of an answer's thread were found not helpful so often that people should look.

        Where it is `pressing`, once is often enough.
        """
        wanted = self._settings.handover.dislikes
        wanted = min(wanted, 1) if pressing else wanted
        return bool(wanted) and await self._store.dislikes(answer_id) >= wanted

    async def open(self, question: Question, question_id: int, why: Why, answer_id: int | None = None) -> Handover:
        """Put a thread into human hands, unless it is: from now on the bot is quiet there."""
        person, at = f"{question.key.platform}:{question.author}", question.asked_at or self._clock()
        await self._store.end_in_vain(question_id, person, at)
        return await self._store.open(
            question_id,
            why=why,
            opened_by=person,
            since=at,
            threaded=self._boards[question.key.platform].threaded(question),
            answer_id=answer_id,
        )

    async def begin(
        self,
        question: Question,
        question_id: int,
        why: Why,
        answer: Answer,
        answer_id: int,
        *,
        again: bool = False,
        last_try: bool = False,
    ) -> Handover:
        """Put a thread into human hands and tell the helpers; the hand-over says whether anybody was told.

        Where it is in human hands and they cannot read there, as in direct messages, they are told of each wish.
        `again`: an earlier try may have told them. Raises DeliveryError where it is worth trying again, which on
        the `last_try` it is not.
        """
        about = await self._about(question, question_id, why, answer, answer_id)
        handover = await self.open(question, question_id, why, about[0] if about else None)
        further = handover.question_id != question_id
        known = handover.threaded or (is_wish(question) and about is not None and about[0] == handover.answer_id)
        if handover.told != further or (further and known):
            return handover
        try:
            who, link = await self._boards[question.key.platform].describe(question)
        except FrontdeskError as error:
            log.warning("Where a hand-over comes from is not known: %s", error)
            who, link = "", ""
        where = f" in [this thread]({link})" if link else ""
        parts = [_LEADS[why].format(who=people.called(who), where=where)]
        if why is Why.WORDS:
            parts.append(_quoted(question.text))
        if about:
            parts += _summary(about[1], about[2], labelled=why is Why.WORDS)
        text = "\n\n".join(parts)
        if further:
            return replace(handover, told=await self._tell_more(handover, text, last_try=last_try))
        await self._tell(handover, text, again=again, last_try=last_try)
        return await self._store.get(handover.id)

    async def _about(
        self, question: Question, question_id: int, why: Why, answer: Answer, answer_id: int
    ) -> tuple[int, str, Answer] | None:
        """Return the answer that was no help, with its id and what was asked."""
        if why is Why.REFUSALS:
            return answer_id, question.text, answer
        if wish := _wish(question):
            kept = await self._inbox.asked_back(wish[1])
            return (wish[1], kept[0].text, kept[1]) if kept else None
        return await self._inbox.answered_before(question_id)

    async def _tell(self, handover: Handover, text: str, *, again: bool, last_try: bool) -> None:
        helpers = await self.helpers(handover.key)
        wanted = self._settings.answering.handover_channel.partition(":")[0]
        if wanted and wanted not in self._boards:
            log.warning("answering.handover_channel is on %s, which is not connected: the helpers are told.", wanted)
        for place in self._places(handover.key, handover.thread if handover.threaded else "", helpers):
            note = Note(
                text,
                handover.id,
                _tags(helpers, place.platform),
                Hands.OPEN,
                asker=_to_write_to(handover, place.platform),
            )
            try:
                post = await self._boards[place.platform].post_note(place, note, look_first=again)
            except DeliveryError:
                if not last_try:
                    raise
                log.warning("A hand-over is not told in %s: it takes no posts at the moment.", place.channel)
            except FrontdeskError as error:
                log.warning("A hand-over is not told in %s: %s", place.channel, error)
            else:
                await self._store.noted(handover.id, text, NotePlace(place.platform, place.channel, place.thread, post))
                return
        if await self._notify(helpers, text):
            await self._store.noted(handover.id, text, None)

    async def _tell_more(self, handover: Handover, text: str, *, last_try: bool) -> bool:
        """Tell whoever has a hand-over, or else all helpers, more of it, below its note; return whether that is told.

        By direct message where there is no note, or none can be posted.
        """
        helpers = await self.helpers(handover.key)
        if (place := handover.place) is not None and (board := self._boards.get(place.platform)) is not None:
            taker = _on(place.platform, handover.taken_by)
            tags = (taker,) if taker else _tags(helpers, place.platform)
            note = Note(text, tags=tags, aloud=True, asker=_to_write_to(handover, place.platform))
            try:
                await board.post_note(_below(place), note)
                return True
            except DeliveryError:
                if not last_try:
                    raise
                log.warning("More of a hand-over is not told in %s: it takes no posts at the moment.", place.channel)
            except FrontdeskError as error:
                log.warning("More of a hand-over is not told in %s: %s", place.channel, error)
        return await self._notify(helpers, text)

    def _places(self, key: MessageKey, thread: str, helpers: Sequence[str]) -> list[NotePlace]:
        """Return where the note goes: the channel set for it, else the thread itself where there is whom to tag.

        Each counts where those before take no posts; where none does, helpers can only be told by direct message.
        `thread` is empty where people cannot write in it.
        """
        places = []
        platform, _, channel = self._settings.answering.handover_channel.partition(":")
        if channel and platform in self._boards:
            places.append(NotePlace(platform, channel))
        if thread and _tags(helpers, key.platform):
            places.append(NotePlace(key.platform, key.channel, thread))
        return places

    def _takes_messages(self, helper: str) -> bool:
        """Whether a helper can be told by direct message."""
        return helper.partition(":")[0] in self._boards and not is_group(helper)

    async def _notify(self, helpers: Sequence[str], text: str) -> bool:
        """Tell helpers by direct message; return whether one of them got it."""
        reached = False
        for helper in filter(self._takes_messages, helpers):
            platform, _, user = helper.partition(":")
            try:
                await self._boards[platform].notify(user, text)
                reached = True
            except FrontdeskError as error:
                log.warning("%s is not told of a hand-over: %s", helper, error)
        return reached

    # What helpers do ----------------------------------------------------------------------------------------

    async def take(self, handover_id: int, person: str, channel: str, at: datetime, look_up: Groups = no_groups) -> str:
        """Let a person have a thread, by the button on a note that stands in `channel`; return what to tell them."""
        handover = await self._store.get(handover_id)
        if handover.state is Hands.OPEN:
            if denial := await self._denial(handover, person, channel, look_up):
                language = await self._language_for(person, handover)
                return notices.NOT_THE_ASKER.of(language) if person == handover.asker else denial
            await self._taken(handover, person, at)
            handover = await self._store.get(handover_id)
        if handover.state is Hands.RESOLVED:
            return notices.RESOLVED_ALREADY.of(await self._language_for(person, handover))
        return YOU_TOOK_IT if handover.taken_by == person else TAKEN_ALREADY

    async def resolve(
        self, handover_id: int, person: str, channel: str, at: datetime, look_up: Groups = no_groups
    ) -> tuple[str, int | None]:
        """Give a thread back to the bot, by a button in `channel`.

        Return what to tell the person, and the answer that they may have a better one for.
        """
        handover = await self._store.get(handover_id)
        own = person in (handover.asker, handover.taken_by)
        if not own and (denial := await self._denial(handover, person, channel, look_up)):
            return denial, None
        handover, changed = await self._store.resolve(handover_id, person, at)
        language = await self._language_for(person, handover)
        if not changed:
            return notices.RESOLVED_ALREADY.of(language), None
        await self._show(handover, person)
        await self._say(handover, notices.BACK)
        thanks = notices.YOU_RESOLVED_IT.of(language)
        if person == handover.asker or handover.answer_id is None:
            return thanks, None
        return f"{thanks} {SUGGEST_WHAT_WAS_RIGHT}", handover.answer_id

    async def said(self, handover_id: int, person: str) -> str:
        """Return what people wrote in a thread while they had it, for its helpers; empty for its asker."""
        handover = await self._store.get(handover_id)
        return "" if person == handover.asker else handover.said

    async def _taken(self, handover: Handover, person: str, at: datetime) -> None:
        handover, changed = await self._store.take(handover.id, person, at)
        if changed:
            await self._show(handover, person)
            if handover.place is not None and handover.place.channel != handover.key.channel:
                user = _on(handover.key.platform, person)
                if user:
                    await self._say(handover, notices.TAKEN, tags=(user,))

    async def _denial(self, handover: Handover, person: str, channel: str, look_up: Groups) -> str:
        """Return why somebody may not take a thread or give it back; empty for helpers and admins."""
        platform, _, user = person.partition(":")
        workspace = handover.key.workspace if platform == handover.key.platform else ""
        if f"{platform}:{channel}" == self._settings.answering.handover_channel:
            return ""
        if self._settings.is_admin(platform, user, workspace):
            return ""
        helper = await self._is_helper(handover, person, look_up)
        if helper is None:
            return GROUPS_UNKNOWN
        return "" if helper else HELPERS_ONLY

    async def _is_helper(self, handover: Handover, person: str, look_up: Groups) -> bool | None:
        """Whether somebody is one of the helpers, or in a group of them; None where that cannot be found out."""
        platform, _, user = person.partition(":")
        named = _tags(await self.helpers(handover.key), platform)
        if user in named:
            return True
        groups = [id.removeprefix("&") for id in named if is_group(f"{platform}:{id}")]
        if not groups or person == handover.asker:  # who is not the one to help, though in the group
            return False
        try:
            return among(named, user, await look_up(groups))
        except FrontdeskError as error:
            log.warning("Whether %s is one of the helpers is not known: %s", person, error)
            return None

    async def _show(self, handover: Handover, person: str) -> None:
        """Let the note say where the hand-over stands now."""
        if (place := handover.place) is None or (board := self._boards.get(place.platform)) is None:
            return
        try:
            note = Note(
                handover.note,
                handover.id,
                state=handover.state,
                by=_on(place.platform, person),
                asker=_to_write_to(handover, place.platform),
            )
            await board.edit_note(place, note)
        except FrontdeskError as error:
            log.warning("A note about a hand-over could not be changed: %s", error)

    async def _language_for(self, person: str, handover: Handover) -> str:
        """Return the code of the language that somebody is told of a hand-over in: its asker's, English for helpers."""
        if person != handover.asker:
            return "en"
        answer = await self._inbox.answer_to(handover.question_id)
        return answer.language if answer else "en"

    async def _say(self, handover: Handover, words: Words, tags: tuple[str, ...] = ()) -> None:
        """Say something in the thread itself, to its asker."""
        if not handover.threaded or (board := self._boards.get(handover.key.platform)) is None:
            return
        try:
            note = Note(words.of(await self._language_for(handover.asker, handover)), tags=tags)
            await board.post_note(NotePlace(board.name, handover.key.channel, handover.thread), note)
        except FrontdeskError as error:
            log.warning("Where a hand-over stands could not be said in its thread: %s", error)

    # By the clock -------------------------------------------------------------------------------------------

    async def remind(self) -> int:
        """Remind people of the hand-overs that nobody has taken; return how many. Never more often than is set."""
        wanted = self._settings.handover
        if not wanted.remind_after_min:
            return 0
        now = self._clock()
        reminded = 0
        for one in await self._store.due(now - timedelta(minutes=wanted.remind_after_min), wanted.reminders):
            if one.place is None or (board := self._boards.get(one.place.platform)) is None:
                continue
            # Counted first: a reminder too few is better than one too many.
            if not await self._store.remind(one.id, now):
                continue
            tags = _tags(await self.helpers(one.key), one.place.platform)
            text = REMINDER.format(waited=_told_time(now - one.since))
            try:
                await board.post_note(_below(one.place), Note(text, tags=tags, aloud=True))
                reminded += 1
            except FrontdeskError as error:
                log.warning("Nobody is reminded of a hand-over: %s", error)
        return reminded


def wish(question: Question, why: Why, answer_id: int) -> Question:
    """Return a question as the wish for a person that somebody has without saying so, after one of its answers."""
    return replace(question, route=question.route | {"handover": f"{why}:{answer_id}"})


def is_wish(question: Question) -> bool:
    """Whether a question is such a wish."""
    return "handover" in question.route


def granted(question: Question, before: Answer | None, contact: str) -> Answer:
    """Return what is said to such a wish, in the language of the answer before."""
    language = before.language if before else "en"
    why = question.route["handover"].partition(":")[0]
    # Who found answers not helpful has not asked for anybody: "Of course." would answer nothing.
    intent = Intent.ANGER if why == Why.DISLIKES else Intent.PERSON
    return Answer(
        Status.HANDED_OVER,
        replies.reply(Wanted(intent, language), contact),
        mode=Mode.BASE,
        notes={"route": f"handed over: {why}", "language": language},
    )


def is_group(helper: str) -> bool:
    """Whether a helper is a user group or a role, not one person."""
    return helper.startswith(("slack:S", "discord:&"))


def _wish(question: Question) -> tuple[Why, int] | None:
    why, _, answer_id = question.route.get("handover", "").partition(":")
    return (Why(why), int(answer_id)) if why else None


def _tags(helpers: Sequence[str], platform: str) -> tuple[str, ...]:
    return tuple(user for one in helpers if (user := _on(platform, one)))


def _on(platform: str, person: str) -> str:
    """Return a person's id on a platform; empty for one of another."""
    return person.partition(":")[2] if person.startswith(f"{platform}:") else ""


def _below(place: NotePlace) -> NotePlace:
    """Return where something is said to a note: in its thread, or else in the thread that it begins."""
    return NotePlace(place.platform, place.channel, place.thread or place.post)


def _to_write_to(handover: Handover, platform: str) -> str:
    return "" if handover.threaded else _on(platform, handover.asker)


def _quoted(text: str) -> str:
    return people.quoted(text if len(text) <= QUOTED_CHARS else text[:QUOTED_CHARS] + " …")


def _summary(asked: str, answer: Answer, *, labelled: bool) -> list[str]:
    """Return what was asked, what was found and what was said, as paragraphs; empty questions are left out."""
    sources = [(one.title or one.document_id, one.heading, one.url) for one in answer.citations]
    sources = sources or [(one.title or one.document_id, one.heading, "") for one in answer.passages]
    found = ", ".join(list(dict.fromkeys(_source(*source) for source in sources))[:FOUND])
    question = [f"**Asked before:**\n{_quoted(asked)}" if labelled else _quoted(asked)] if asked.strip() else []
    return [*question, f"**Found:** {found or _NOTHING}", f"**I said:**\n{_quoted(people.unstyled(answer.text))}"]


def _source(title: str, heading: str, url: str) -> str:
    shown = people.called(title)
    linked = f"[{shown}](<{url}>)" if url and not set(url) & set("<> \n\\") else shown
    return " › ".join([linked, *([people.called(heading)] if heading else [])])


def _told_time(waited: timedelta) -> str:
    minutes = int(waited.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
