"""What people do with the buttons below answers and notes, and with the dialogs that these open."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from adapters.platform import for_dialog
from adapters.slack import hearing, render
from adapters.slack.api import explained, tell_alone
from adapters.slack.workspaces import Workspace
from bot.curation import MAX_CHARS
from bot.desk import Desk
from bot.feedback import WORDS_CHARS
from bot.messages import Reason
from bot.wording import Told, Words, buttons, notices

Event = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
Handle = Callable[[Coroutine[Any, Any, None], Callable[[str], Awaitable[None]] | None, Event], Awaitable[None]]

WORDS = "words"
SUGGESTION = "suggestion"


class Presses:
    """Listens for presses and dialogs. `workspace` gives the one a press came from, `handle` does what it asks for."""

    def __init__(self, desk: Desk, handle: Handle, workspace: Callable[[Event], Workspace]) -> None:
        self._desk = desk
        self._handle = handle
        self._workspace = workspace

    def listen(self, app: AsyncApp) -> None:
        app.action(render.RATE_UP)(self._on_rating)
        app.action(render.RATE_DOWN)(self._on_rating)
        app.action(re.compile(rf"{render.REASON}\w+"))(self._on_reason)
        app.action(render.SUGGEST_BUTTON)(self._on_suggest)
        app.action(render.PERSON_BUTTON)(self._on_person)
        app.action(render.TAKE)(self._on_take)
        app.action(render.RESOLVE)(self._on_resolve)
        app.view(WORDS)(self._on_words)
        app.view(SUGGESTION)(self._on_suggestion)

    # Buttons ------------------------------------------------------------------------------------------------

    async def _on_rating(self, ack: Ack, body: Event) -> None:
        async def rate() -> None:
            answer_id = _number(body)
            value = 1 if _action(body)["action_id"] == render.RATE_UP else -1
            pressed = await self._desk.press(answer_id, _person(body), value, route=_route(body))
            if pressed.ask_why:
                await self._show(body, render.asking_why(pressed.sentence, answer_id, pressed.language))
            else:
                await self._tell(body, pressed.sentence)

        await self._do(ack, body, rate())

    async def _on_reason(self, ack: Ack, body: Event) -> None:
        async def explain() -> None:
            answer_id = _number(body)
            try:
                reason = Reason(_action(body)["action_id"].removeprefix(render.REASON))
            except ValueError:
                raise Told(notices.NO_BUTTON_OF_MINE) from None
            if reason is Reason.OTHER:
                await self._open(body, WORDS, buttons.WORDS_TITLE, buttons.WORDS_LABEL, answer_id)
                return
            pressed = await self._desk.explain(answer_id, _person(body), reason, route=_route(body))
            await self._show(
                body, render.suggesting(pressed.sentence, answer_id, language=pressed.language), replace=True
            )

        await self._do(ack, body, explain())

    async def _on_suggest(self, ack: Ack, body: Event) -> None:
        async def suggest() -> None:
            answer, _, handover = str(_action(body).get("value", "")).partition(":")
            answer_id, handover_id = hearing.number(answer), hearing.number(handover)
            if answer_id is None or handover_id is None:
                raise Told(notices.NO_ANSWER_OF_MINE)
            await self._open(body, SUGGESTION, buttons.SUGGEST, buttons.SUGGEST_LABEL, answer_id, handover_id)

        await self._do(ack, body, suggest())

    async def _on_person(self, ack: Ack, body: Event) -> None:
        async def call() -> None:
            press = str(_action(body)["action_ts"])
            sentence = await self._desk.hand_over(
                _number(body), body["user"]["id"], press=press, at=_when(press), route=_route(body)
            )
            if sentence:
                await self._tell(body, sentence)

        await self._do(ack, body, call())

    async def _on_take(self, ack: Ack, body: Event) -> None:
        async def take() -> None:
            at = _when(str(_action(body)["action_ts"]))
            channel = body["channel"]["id"]
            await self._tell(body, await self._desk.handovers.take(_number(body), _person(body), channel, at))

        await self._do(ack, body, take())

    async def _on_resolve(self, ack: Ack, body: Event) -> None:
        async def resolve() -> None:
            handover_id, at = _number(body), _when(str(_action(body)["action_ts"]))
            channel = body["channel"]["id"]
            sentence, answer_id = await self._desk.handovers.resolve(handover_id, _person(body), channel, at)
            if answer_id is None:
                await self._tell(body, sentence)
            else:
                await self._show(body, render.suggesting(sentence, answer_id, handover_id))

        await self._do(ack, body, resolve())

    # Dialogs ------------------------------------------------------------------------------------------------

    async def _on_words(self, ack: Ack, body: Event, view: Event) -> None:
        async def explain(answer_id: int, text: str) -> None:
            pressed = await self._desk.explain(answer_id, _person(body), Reason.OTHER, text, route=_route(asked))
            await self._show(
                asked, render.suggesting(pressed.sentence, answer_id, language=pressed.language), replace=True
            )

        asked, answer_id, text = _submitted(body, view)
        await self._do(ack, asked, explain(answer_id, text))

    async def _on_suggestion(self, ack: Ack, body: Event, view: Event) -> None:
        async def suggest(answer_id: int, text: str) -> None:
            language = await self._desk.language_of(answer_id)
            pressed = await self._desk.feedback.suggest(answer_id, _person(body), text, language)
            await self._tell(asked, pressed.sentence)

        asked, answer_id, text = _submitted(body, view)
        await self._do(ack, asked, suggest(answer_id, text))

    async def _open(
        self, body: Event, callback: str, title: Words, label: Words, answer_id: int, handover_id: int = 0
    ) -> None:
        limit = MAX_CHARS if callback == SUGGESTION else WORDS_CHARS
        # A dialog of Slack's forgets where it was opened.
        kept = json.dumps([answer_id, body["response_url"], hearing.thread(body)])
        language, text = await for_dialog(self._desk, answer_id, handover_id, _person(body))
        with explained("a dialog"):
            await self._workspace(body).web.views_open(
                trigger_id=body["trigger_id"], view=render.dialog(callback, title, label, limit, kept, text, language)
            )

    # Helpers ------------------------------------------------------------------------------------------------

    async def _do(self, ack: Ack, body: Event, work: Coroutine[Any, Any, None]) -> None:
        async def tell(sentence: str) -> None:
            await self._tell(body, sentence)

        try:
            await ack()
        except BaseException:
            work.close()
            raise
        await self._handle(work, tell, body)

    async def _tell(self, body: Event, sentence: str) -> None:
        await self._show(body, render.messages(sentence)[0])

    async def _show(self, body: Event, message: render.Message, *, replace: bool = False) -> None:
        """Show something to the person alone; `replace` in place of the private message with the button."""
        live = self._workspace(body)
        await tell_alone(
            live.web,
            live.session,
            body["user"]["id"],
            body["response_url"],  # used up where a dialog stood open for long
            message.text,
            message.blocks,
            replace=replace,
            thread=hearing.thread(body),
        )


def _action(body: Event) -> Event:
    action: Event = body["actions"][0]
    return action


def _number(body: Event) -> int:
    """Return the id that a button carries. Raises Told for one that is none of ours."""
    if (value := hearing.number(_action(body).get("value"))) is None:
        raise Told(notices.NO_ANSWER_OF_MINE)
    return value


def _person(body: Event) -> str:
    return f"slack:{body['user']['id']}"


def _route(body: Event) -> dict[str, str]:
    """Return what delivers an answer to a press: `below` it, where the message with the button is private."""
    return hearing.route(body) | {"below": "yes"}


def _when(action_ts: str) -> datetime:
    return datetime.fromtimestamp(float(action_ts), UTC)


def _submitted(body: Event, view: Event) -> tuple[Event, int, str]:
    """Return whom a dialog's answer goes to, the answer it is about, and the text written."""
    answer_id, url, thread = json.loads(view["private_metadata"])
    text = str(view["state"]["values"]["text"]["text"].get("value") or "")
    team = {"id": hearing.team(body)}
    asked = {"team": team, "user": body["user"], "response_url": url, "message": {"thread_ts": thread}}
    return asked, int(answer_id), text
