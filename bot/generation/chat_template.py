"""Messages to prompt text, by the template that the model file carries, and prompt text to tokens.

Text from people and documents can never become a control token: where it spells one out
(`<|im_start|>`), the spelling is marked, the prompt is cut at the template's own control tokens and
the pieces between are tokenized as plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.generation.engine import EngineError, ModelFileError
from bot.generation.markup import CHANNEL, closing_tag, is_head, opened_thoughts, thought_tags
from bot.messages import Turn

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
ROLES = ("system", "user", "assistant")
# A private-use character that no template and no vocabulary has; taken out of every message first.
_MARK = "\ue0f1"
_TAG = re.compile(r"<\S+>|\[\S+\]")
_SPELLED_TAG = re.compile(r"<<[^<>\s]{1,40}>>|<[^<>\s]{1,42}>|\[[/|]?[A-Za-z_]{1,20}\|?\]")
_PROBE = (("system", "Orchid"), ("user", "Walnut"), ("assistant", "Pebble"), ("user", "Lantern"))
"""Messages whose words no template has."""
_PARTS_PRINTED = re.compile(r"[{,]\s*['\"]text['\"]:")
"""Parts of a message that were put into a prompt as they are, by a template that takes text alone."""


class Vocabulary(Protocol):
    """What a template needs of a model, see `native.NativeModel`."""

    @property
    def adds_bos(self) -> bool: ...
    @property
    def bos(self) -> int: ...
    @property
    def eos(self) -> int: ...
    def metadata(self, key: str) -> str: ...
    def token_text(self, token: int) -> str: ...
    def token_kinds(self) -> tuple[dict[str, int], dict[str, int]]: ...
    def tokenize(self, text: str, *, special: bool) -> list[int]: ...


class _Generation(Extension):
    """The block in which Hugging Face's trainers look for what a model is to learn; for us its content is all of it."""

    tags = {"generation"}  # noqa: RUF012 (as the base class has it)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class ChatTemplate:
    """A model's chat template with its vocabulary's control tokens.

    `tokenize(text, special)` is the model's tokenizer; `control` maps the text of each token that
    people must not be able to write to its number. Raises ModelFileError for a template that cannot be read, unless
    the model has ChatML's tokens.
    """

    def __init__(
        self,
        source: str,
        tokenize: Callable[[str, bool], list[int]],
        control: Mapping[str, int],
        *,
        bos: tuple[int, str] = (-1, ""),
        eos: str = "",
        adds_bos: bool = False,
    ) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
        )
        # What Hugging Face's transformers add for chat templates.
        environment.filters["tojson"] = _json
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
        try:
            self._template = environment.from_string(source or CHATML)
        except Exception as error:  # of a template's own making may be any error, here and where it is rendered
            if "<|im_start|>" not in control:
                raise ModelFileError(
                    f"The model's chat template cannot be read: {str(error).rstrip('.')}.",
                    "Use another GGUF file of this model, or another chat (instruct) model.",
                ) from None
            self._template = environment.from_string(CHATML)
        self._tokenize = tokenize
        self._control = {text: token for text, token in control.items() if text}
        alternatives = "|".join(re.escape(text) for text in sorted(self._control, key=len, reverse=True))
        self._spelled = re.compile(alternatives or r"(?!)")
        self._bos, self._bos_text = bos
        self._eos_text = eos
        self._adds_bos = adds_bos
        self.thinks = CHANNEL in source
        """Whether the model thinks before it answers, though it is told not to."""
        self._arranged = self._arrangement()
        self._thoughts = self._opens_thoughts()
        written = self._written(source or CHATML)
        self.tags = self._markup(written)
        """Tokens -> their texts: those that are markup where the model says them."""
        self.spelled = self._spellings(written)
        """What is markup though it is no token: tags that the template writes as plain text, and those of thoughts
        where the template or the vocabulary knows thoughts."""

    @classmethod
    def of(cls, model: Vocabulary) -> ChatTemplate:
        """Return the template that a model file carries, or ChatML where it has none."""
        source = model.metadata("tokenizer.chat_template")
        control, defined = model.token_kinds()
        # Markup that a model declares as user-defined is control all the same where its template uses it.
        control |= {
            text: token
            for text, token in defined.items()
            if thought_tags(text) == [text] or (len(text) > 2 and text in source)
        }
        return cls(
            source,
            lambda text, special: model.tokenize(text, special=special),
            control,
            bos=(model.bos, model.token_text(model.bos)),
            eos=model.token_text(model.eos),
            adds_bos=model.adds_bos,
        )

    def tokens(self, messages: Sequence[Turn]) -> list[int]:
        """Return the prompt's tokens, up to where the assistant begins to speak.

        Raises EngineError if the template refuses the messages or fails.
        """
        prompt = self._render([{"role": _role(turn.role), "content": self._mark(turn.content)} for turn in messages])
        if self._thoughts and prompt.rstrip().endswith(self._thoughts):
            prompt += f"\n{closing_tag(self._thoughts)}\n\n"
        tokens = self._plain_pieces(prompt) if _MARK in prompt else self._tokenize(prompt, True)
        if self._adds_bos and self._bos >= 0 and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
        return tokens

    def check(self) -> None:
        """Raise EngineError where the template would fail with every question, or say nothing of our instructions."""
        arrived = self._render(_messages(_PROBE))
        if not all(word in arrived for word in (_PROBE[0][1], _PROBE[-1][1])):
            raise ModelFileError(
                "The model's chat template leaves out the instructions or the question.",
                "Use a chat (instruct) model.",
            )

    def _arrangement(self) -> Callable[[list[dict[str, str]]], list[dict[str, Any]]]:
        """Return how messages have to be given to the template so that all their words arrive.

        Some templates know no system role, or insist on user and assistant in turns; of these some refuse other
        messages and some leave them out. Those of models that see pictures too may know messages of parts alone.
        """
        for arranged in (list, _alternating, _in_parts, _alternating_in_parts):
            try:
                arrived = self._render_as_is(arranged(_messages(_PROBE)))
            except Exception:
                continue
            if all(word in arrived for _, word in _PROBE) and not _PARTS_PRINTED.search(arrived):
                return arranged
        return list

    def _opens_thoughts(self) -> str:
        """Return the tag with which prompts open the model's thoughts whatever it is told; empty where they do not.

        They are closed again, as other models' templates do it: thoughts take most of an answer's room, and are
        never shown.
        """
        try:
            return opened_thoughts(self._render(_messages(_PROBE)).rstrip())
        except EngineError:
            return ""

    def _written(self, source: str) -> tuple[str, str]:
        """Return the template itself and what it writes around messages."""
        try:
            return source, self._render(_messages(_PROBE))
        except EngineError:
            return source, ""

    def _markup(self, written: tuple[str, str]) -> dict[int, str]:
        """Return the control tokens that the template writes, or writes together from parts, and those of thoughts."""
        tags = {token: text for text, token in self._control.items() if _TAG.fullmatch(text)}
        return {
            token: text
            for token, text in tags.items()
            if thought_tags(text) == [text] or any(text in part for part in written)
        }

    def _spellings(self, written: tuple[str, str]) -> frozenset[str]:
        """Return the tags that the template writes and that are no control tokens, and those of thoughts it knows."""
        plain = {tag for tag in _SPELLED_TAG.findall(written[1]) if tag not in self._control and not is_head(tag)}
        return frozenset(plain.union(*map(thought_tags, (*self._control, *written))))

    def answer_tokens(self, answer: str) -> list[int]:
        """Return the tokens that a model is to write for an answer: its words, then what ends its turn."""
        return [*self._plain(self._mark(answer)), *self._end_of_turn()]

    def _end_of_turn(self) -> list[int]:
        """Return the control token that the template writes behind an assistant's words, none without one."""
        said = "Yes."
        messages = [{"role": "user", "content": "Really?"}, {"role": "assistant", "content": said}]
        try:
            behind = self._render_as_is(self._arranged(messages), to_be_continued=False).rpartition(said)[2]
        except Exception:
            behind = self._eos_text
        found = self._spelled.search(behind) or self._spelled.search(self._eos_text)
        return [self._control[found[0]]] if found else []

    def _mark(self, content: str) -> str:
        content = content.replace(_MARK, "")
        return self._spelled.sub(lambda found: found[0][0] + _MARK + found[0][1:], content)

    def _plain_pieces(self, prompt: str) -> list[int]:
        tokens: list[int] = []
        at = 0
        for found in self._spelled.finditer(prompt):
            tokens += self._plain(prompt[at : found.start()])
            tokens.append(self._control[found[0]])
            at = found.end()
        return tokens + self._plain(prompt[at:])

    def _plain(self, text: str) -> list[int]:
        # Cut at the marks as well: some models declare their markup as user-defined tokens, which the
        # tokenizer finds in plain text too.
        return [token for part in text.split(_MARK) if part for token in self._tokenize(part, False)]

    def _render(self, messages: list[dict[str, str]]) -> str:
        try:
            return self._render_as_is(self._arranged(messages))
        except Exception as refused:
            in_parts = self._arranged in (_in_parts, _alternating_in_parts)
            try:
                return self._render_as_is((_alternating_in_parts if in_parts else _alternating)(messages))
            except Exception:
                raise EngineError(
                    f"The model's chat template refuses the messages: {refused}.", "Use a chat (instruct) model."
                ) from None

    def _render_as_is(self, messages: list[dict[str, Any]], *, to_be_continued: bool = True) -> str:
        return self._template.render(
            messages=messages,
            add_generation_prompt=to_be_continued,
            bos_token=self._bos_text,
            eos_token=self._eos_text,
            tools=None,
            documents=None,
            # Models that can think before they answer: thoughts take time and room, and are never shown.
            enable_thinking=False,
            thinking=False,
            **({"reasoning_effort": "low"} if self.thinks else {}),
        )


def _messages(turns: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


def _json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Return JSON as chat templates expect it, without Jinja's marks for HTML."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _role(role: str) -> str:
    if role not in ROLES:
        raise EngineError(f"{role!r} is not a role that a message can have ({', '.join(ROLES)}).")
    return role


def _refuse(reason: str) -> Any:
    raise TemplateError(reason)


def _alternating(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the messages with the system's words in the first user message and no role twice in a row."""
    merged: list[dict[str, str]] = []
    for message in messages:
        role = "user" if message["role"] == "system" else message["role"]
        if merged and merged[-1]["role"] == role:
            merged[-1]["content"] += "\n\n" + message["content"]
        else:
            merged.append({"role": role, "content": message["content"]})
    return merged


def _in_parts(messages: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the messages with their words as the only part of each."""
    return [message | {"content": [{"type": "text", "text": message["content"]}]} for message in messages]


def _alternating_in_parts(messages: list[dict[str, str]]) -> list[dict[str, Any]]:
    return _in_parts(_alternating(messages))
