"""What must hold of every message, told without the code that makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.discord import render as discord
from adapters.slack import render as slack
from adapters.slack.streaming import harmless
from bot.messages import Answer

_SLACK_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|\s]+(?:\|[^<>|]*)?>|<!date\^0+\^\{_\}\|[*_~]+>", re.IGNORECASE)
_SLACK_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_DISCORD_CALL = re.compile(r"@(?i:everyone|here)|<(?:@[!&]?\d|#\d|a?:\w+:\d|t:-?\d|/[^<>\n]*:\d|id:\w)")
_DISCORD_LINK = re.compile(r"\]\(<[^<>\s]+>\)")
_DISCORD_FENCE = re.compile(r"^\s*(?:[-*+>]\s+|\d+\.\s+)*```", re.MULTILINE)
_ESCAPED_OR_CODE = re.compile(r"\\[^\w\s]|(?<!`)(`{1,2})(?!`)[\s\S]*?(?<!`)\1(?!`)")
_LONELY = re.compile(r"[\ud800-\udfff]")


def broken_rules(answer: Answer) -> list[str]:
    """Return a sentence for each rule that some message made of an answer breaks; errors count as well."""
    found: list[str] = []
    for rules in (_slack, _slack_growing, _discord, _discord_growing):
        try:
            found += rules(answer)
        except Exception as error:  # whatever it is, it is what is looked for
            found.append(f"{rules.__name__}: {type(error).__name__}: {error}")
    return found


def _slack(answer: Answer) -> Iterator[str]:
    for message in slack.answer_messages(answer, 1, can_be_shown=True):
        yield from _of_slack_message(message)


def _slack_growing(answer: Answer) -> Iterator[str]:
    yield from _of_slack_message(slack.partial(answer.text))
    text = answer.text[:2000]
    if re.search(r"<|\]\(|\]\[|\]:", harmless(text)):
        yield "a stream makes a link or calls somebody"
    middle = len(text) // 2
    if not harmless(text).startswith(harmless(text[:middle])):
        yield "a stream takes back what it showed"


def _of_slack_message(message: slack.Message) -> Iterator[str]:  # noqa: PLR0912 - one for each rule
    if not 0 < len(message.text) <= 4000:
        yield "a fallback is empty or too long"
    if "<" in _SLACK_LINK.sub("", message.text) or message.text.count("```") % 2:
        yield "a fallback has a broken link or an open fence, or calls somebody"
    if not 0 < len(message.blocks) <= 50:
        yield "a message has no blocks or too many"
    texts = [text for block in message.blocks for text in _slack_texts(block)]
    if sum(map(len, texts)) > 13_200:
        yield "a message is too long"
    for text in texts:
        if not text.strip() or len(text) > 3000:
            yield "a text is empty or too long"
        if _LONELY.search(text) or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
            yield "a text holds what JSON or Slack does not"
    for block in message.blocks:
        if block["type"] == "actions":
            if not 0 < len(block["elements"]) <= 25:
                yield "a row has no buttons or too many"
            for element in block["elements"]:
                if not 0 < len(element["text"]["text"]) <= 75:
                    yield "a button's label is empty or too long"
            continue
        for text in _slack_texts(block):
            rest = _SLACK_LINK.sub("", text)
            if "<" in rest:
                yield f"a link is broken or somebody is called: {rest[max(0, rest.index('<') - 40) :][:90]!r}"
            if re.search(r"^(?!> ).*>", rest, re.MULTILINE) and ">" in re.sub(
                r"^(?:> ?)+", "", rest, flags=re.MULTILINE
            ):
                yield "a > is not escaped"
            if _SLACK_ENTITY.search(rest):
                yield "an & is not escaped"
            if re.search(r"(?<!\w)@(?:everyone|here|channel)\b", rest):
                yield "everybody is called"
            if text.count("```") % 2:
                yield "a fence is open"


def _slack_texts(block: dict[str, Any]) -> list[str]:
    if block["type"] == "section":
        return [block["text"]["text"]]
    return [one["text"]["text"] if one["type"] == "button" else one["text"] for one in block["elements"]]


def _discord(answer: Answer) -> Iterator[str]:
    for text in discord.pieces(answer):
        yield from _of_discord_message(text)
    if not 0 < len(discord.thread_name(answer.text)) <= 100:
        yield "a thread's name is empty or too long"


def _discord_growing(answer: Answer) -> Iterator[str]:
    yield from _of_discord_message(discord.preview(answer.text))


def _of_discord_message(text: str) -> Iterator[str]:
    if not text.strip() or len(text) > 2000:
        yield f"a message is empty or too long ({len(text)})"
    if call := _DISCORD_CALL.search(text):
        yield f"somebody is called: {call[0]!r}"
    if len(_DISCORD_FENCE.findall(text)) % 2:
        yield "a fence is open"
    outside = _ESCAPED_OR_CODE.sub("", _without(text, "```"))
    for line in outside.split("\n"):
        if line.count("](<") != len(_DISCORD_LINK.findall(line)):
            yield f"a link is broken: {line[:120]!r}"


def _without(text: str, fence: str) -> str:
    """Return what stands outside of code blocks."""
    return "\n".join(text.split(fence)[::2])
