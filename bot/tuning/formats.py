"""Examples in the formats that training programs read, and back from a file that somebody edited.

| format | a line | read by |
|---|---|---|
| openai | `messages` | fine-tuning APIs, TRL's SFTTrainer, Axolotl |
| sharegpt | `conversations` of `from` and `value` | Axolotl, LLaMA-Factory |
| alpaca | `instruction`, `input`, `output`, `system`, `history` | LLaMA-Factory, Axolotl |
| raft | `question`, `context`, `oracle_context`, `cot_answer` | the programs of RAFT (arXiv 2403.10131) |
| dpo | `prompt`, `chosen`, `rejected` | TRL's DPOTrainer; only examples with an answer that people did not like |
| kto | `prompt`, `completion`, `label` | TRL's KTOTrainer |

Every line has `metadata` besides: where the example comes from, how it was rated, what may be told there, and the
passages as shown, distractors included. It names no person. Its fields and their types are the same on every line.
Whoever edits a question edits it in the message to the model, in raft in `question`; the other one follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.messages import Turn
from bot.prompts import ASKED
from bot.tuning.examples import Example
from bot.wording.answers import REFUSAL

Line = dict[str, Any]

_PROVENANCE: Mapping[str, Any] = {
    "answer_id": 0,
    "question_id": 0,
    "conversation_id": 0,
    "suggestion_id": 0,
    "handover_id": 0,
    "standard_answer_id": 0,
    "platform": "",
    "workspace": "",
    "channel": "",
    "rating": {"up": 0, "down": 0},
    "model": "",
    "lora": "",
    "lora_scale": 0.0,
    "mode": "",
    "created_at": "",
    "knowledge_version": 0,
    "licence": "",
    "source": "",
}
"""What is told of where an example comes from; 0 and empty where there is no such thing."""
_SCOPE: Mapping[str, Any] = {
    "region": (),
    "audience": (),
    "product": (),
    "language": (),
    "effective_from": "",
    "effective_until": "",
}
_SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}
_OWN = ("id", "origin", "question", "turns", "passages", "rejected", "scope", "liked", "group", "split")
"""Fields of an example that go into the metadata as they are."""
_IN_PROMPT = "question_in_prompt"
"""Key of the metadata: the question as the prompt has it, which the bot may have made whole; empty where unknown."""
_REASON = "##Reason: "
_ANSWER = "<ANSWER>: "


@dataclass(frozen=True, slots=True)
class Format:
    """How examples are written, and read again."""

    name: str
    write: Callable[[Example], Sequence[Line]]
    """Returns the lines of an example; none where the format has no place for it."""
    marks: frozenset[str]
    """Keys that a line of this format has, and no line of another."""
    read: Callable[[Line], Mapping[str, Any]]
    """Returns the fields of an example that do not stand in the metadata. Raises KeyError, TypeError, ValueError."""


def write_openai(example: Example) -> Sequence[Line]:
    """Return `{"messages": [{"role", "content"}], "metadata"}`."""
    if not _learnable(example):
        return ()
    messages = [*_turns(example.prompt), _said(_answer(example))]
    return ({"messages": messages, "metadata": metadata(example)},)


def write_sharegpt(example: Example) -> Sequence[Line]:
    """Return `{"conversations": [{"from", "value"}], "metadata"}`; `from` is `system`, `human` or `gpt`.

    Human and model take turns: LLaMA-Factory leaves other conversations out.
    """
    if not _learnable(example):
        return ()
    system, rest = _parts(example.prompt)
    turns = [*system, *_alternating(rest), Turn("assistant", _answer(example))]
    said = [{"from": _SPEAKERS[turn.role], "value": turn.content} for turn in turns]
    return ({"conversations": said, "metadata": metadata(example)},)


def write_alpaca(example: Example) -> Sequence[Line]:
    """Return `{"instruction", "input", "output", "system", "history", "metadata"}`.

    The instruction is the whole message that the model is given, passages included, so that what is trained on is
    what is served; `input` is empty. `history` holds pairs of what was asked and answered before.
    """
    if not _learnable(example):
        return ()
    system, rest = _parts(example.prompt)
    *before, asked = _alternating(rest)
    return (
        {
            "instruction": asked.content,
            "input": "",
            "output": _answer(example),
            "system": system[0].content if system else "",
            "history": [[one.content, other.content] for one, other in zip(before[::2], before[1::2], strict=True)],
            "metadata": metadata(example),
        },
    )


def write_raft(example: Example) -> Sequence[Line]:
    """Return a line of RAFT: the passages as documents, the one that answers among distractors, and the answer.

    `cot_answer` quotes the passage that the answer rests on before it tells the answer, as in the paper. Left out
    are examples without passages and those of answers that people did not like.
    """
    if not example.passages or not _learnable(example):
        return ()
    gold = [one.text for one in example.passages if one.gold]
    documents = [one.text for one in example.passages]
    answer = _answer(example)
    quoted = f"{_REASON}##begin_quote##{gold[0]}##end_quote##\n" if gold and example.answerable else ""
    shown = "".join(f"<DOCUMENT>{one}</DOCUMENT>\n" for one in documents)
    return (
        {
            "id": example.id,
            "type": "general",
            "question": example.question,
            "context": {
                "title": [[f"{one.title} > {one.heading}".strip(" >") for one in example.passages]],
                "sentences": [documents],
            },
            "oracle_context": "\n".join(gold),
            "cot_answer": f"{quoted}{_ANSWER}{answer}",
            "instruction": f"{shown}{example.question}",
            "metadata": metadata(example) | {"prompt": _turns(example.prompt)},
        },
    )


def write_dpo(example: Example) -> Sequence[Line]:
    """Return `{"prompt": [messages], "chosen": [message], "rejected": [message], "metadata"}`."""
    if not example.prompt or not example.rejected or not example.liked:
        return ()
    return (
        {
            "prompt": _turns(example.prompt),
            "chosen": [_said(_answer(example))],
            "rejected": [_said(example.rejected)],
            "metadata": metadata(example),
        },
    )


def write_kto(example: Example) -> Sequence[Line]:
    """Return `{"prompt": [messages], "completion": [message], "label", "metadata"}`: of a pair two lines."""
    if not example.prompt:
        return ()
    lines = [_labelled(example, _answer(example), example.liked)]
    if example.rejected:
        lines.append(_labelled(example, example.rejected, False))
    return tuple(lines)


def metadata(example: Example) -> Line:
    """Return what a line tells of an example besides its words, every field there is, in one order."""
    own = {key: value for key, value in example.as_json().items() if key in _OWN}
    own["passages"] = [one | {"score": float(one["score"])} for one in own["passages"]]
    scope = {key: _like(value, example.scope.get(key)) for key, value in _SCOPE.items()}
    told = {key: _like(default, example.metadata.get(key)) for key, default in _PROVENANCE.items()}
    more = {key: value for key, value in sorted(example.metadata.items()) if key not in told and key not in own}
    return {**own, _IN_PROMPT: _in_prompt(example), "scope": scope, **told, **more}


def read_line(line: Line) -> Example:
    """Read a line of any of the formats, or of a file of examples. Raises KeyError, TypeError or ValueError."""
    format = next((one for one in FORMATS.values() if one.marks <= line.keys()), None)
    if format is None:
        return Example.from_json(line)
    told = line["metadata"]
    if not isinstance(told, dict):
        raise ValueError("metadata is no object")
    own = {key: told[key] for key in _OWN if key in told}
    own["scope"] = {key: value for key, value in dict(told.get("scope") or {}).items() if value}
    provenance = {
        key: value
        for key, value in told.items()
        if key not in (*_OWN, _IN_PROMPT, "prompt") and value != _like(_PROVENANCE.get(key), None)
    }
    return Example.from_json({**own, **_asked_alike(told, format.read(line)), "metadata": provenance})


def joined(examples: Iterable[Example]) -> Iterator[Example]:
    """Yield examples with those of one id as one: of a pair the format `kto` has two lines."""
    kept: dict[str, Example] = {}
    for one in examples:
        known = kept.get(one.id)
        if known is None:
            kept[one.id] = one
        elif known.liked and not one.liked:
            kept[one.id] = replace(known, rejected=one.answer)
        elif one.liked and not known.liked:
            kept[one.id] = replace(one, rejected=known.answer)
        else:
            raise ValueError(f"the id {one.id} stands there twice")
    yield from kept.values()


# Parts of lines -------------------------------------------------------------------------------------------------


def _learnable(example: Example) -> bool:
    return example.liked and bool(example.prompt)


def _answer(example: Example) -> str:
    return example.answer if example.answerable else REFUSAL.en


def _turns(turns: Iterable[Turn]) -> list[Line]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def _said(text: str) -> Line:
    return {"role": "assistant", "content": text}


def _labelled(example: Example, answer: str, label: bool) -> Line:
    told = metadata(example) | {"liked": label, "rejected": ""}
    return {"prompt": _turns(example.prompt), "completion": [_said(answer)], "label": label, "metadata": told}


def _parts(prompt: Sequence[Turn]) -> tuple[Sequence[Turn], Sequence[Turn]]:
    """Return the system message, where there is one, and the turns up to the question."""
    begun = 1 if prompt[0].role == "system" else 0
    return prompt[:begun], prompt[begun:]


def _alternating(turns: Iterable[Turn]) -> list[Turn]:
    """Return turns begun by who asks, several in a row by one of the two as one."""
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1].role == turn.role:
            found[-1] = Turn(turn.role, f"{found[-1].content}\n\n{turn.content}")
        elif found or turn.role == "user":
            found.append(turn)
    return found


def _like(default: Any, value: Any) -> Any:
    """Return a value of the type of its default, which stands for one that is not there."""
    if isinstance(default, tuple):
        return [value] if isinstance(value, str) else list(value or ())
    if isinstance(default, dict):
        return {key: _like(one, (value or {}).get(key)) for key, one in default.items()}
    return default if value is None else type(default)(value) if default is not None else value


# Back -----------------------------------------------------------------------------------------------------------


def _in_prompt(example: Example) -> str:
    if not example.prompt:
        return ""
    _, mark, asked = example.prompt[-1].content.rpartition(ASKED)
    return asked if mark or not example.passages else ""


def _asked_alike(told: Line, read: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was read of a line, with the question edited everywhere if it was edited in one place.

    `told` is the metadata, which says how it was asked before. Raises ValueError where an edit cannot be followed.
    """
    asked = _text(told.get(_IN_PROMPT, ""))
    if not read["prompt"]:
        return read
    *before, last = read["prompt"]
    content = _text(last["content"])
    if "question" in read:
        if read["question"] == told["question"]:
            return read
        if not asked or not content.endswith(asked):
            raise ValueError("its prompt does not hold the question, so only its answer can be edited")
        return {**read, "prompt": [*before, last | {"content": content.removesuffix(asked) + read["question"]}]}
    _, mark, now = content.rpartition(ASKED)
    # Without passages, what was said before may stand in the same message.
    if not asked or now == asked or (not mark and now.endswith(f"\n\n{asked}")):
        return read
    if told.get("passages") and not mark:
        raise ValueError(f"its last message does not end in '{ASKED.strip()} …' any more")
    return {**read, "question": now}


def _read_openai(line: Line) -> Line:
    return _read_messages(line["messages"])


def _read_sharegpt(line: Line) -> Line:
    return _read_messages([{"role": _role(one["from"]), "content": one["value"]} for one in line["conversations"]])


def _read_messages(messages: Any) -> Line:
    turns = [Turn(_known_role(turn["role"]), _text(turn["content"])) for turn in messages]
    if len(turns) < 2 or turns[-1].role != "assistant" or turns[-2].role != "user":
        raise ValueError("the last two messages are not a question and its answer")
    return {"prompt": _turns(turns[:-1]), "answer": _meant(turns[-1].content)}


def _read_alpaca(line: Line) -> Line:
    asked = "\n".join(part for part in (_text(line["instruction"]), _text(line.get("input") or "")) if part)
    turns = [Turn("system", line["system"])] if line.get("system") else []
    for question, answer in line.get("history") or ():
        turns += [Turn("user", _text(question))] if question else []
        turns += [Turn("assistant", _text(answer))] if answer else []
    return {"prompt": _turns([*turns, Turn("user", asked)]), "answer": _meant(_text(line["output"]))}


def _read_raft(line: Line) -> Line:
    _, mark, answer = _text(line["cot_answer"]).rpartition(_ANSWER)
    if not mark:
        raise ValueError(f"cot_answer has no {_ANSWER.strip()!r}")
    prompt = [Turn(_known_role(turn["role"]), _text(turn["content"])) for turn in line["metadata"].get("prompt", ())]
    return {"question": _text(line["question"]), "answer": _meant(answer), "prompt": _turns(prompt)}


def _read_dpo(line: Line) -> Line:
    chosen, rejected = (_text(line[key][-1]["content"]) for key in ("chosen", "rejected"))
    return {"prompt": line["prompt"], "answer": _meant(chosen), "rejected": rejected}


def _read_kto(line: Line) -> Line:
    if not isinstance(line["label"], bool):
        raise ValueError("label is neither true nor false")
    answer = _text(line["completion"][-1]["content"])
    return {"prompt": line["prompt"], "answer": _meant(answer), "liked": line["label"]}


def _meant(answer: str) -> str:
    """Return an answer as an example has it: empty where it says that the documents do not say.

    Raises ValueError for one without a word: it is more likely deleted by mistake than meant as a refusal.
    """
    if not answer.strip():
        raise ValueError(f"its answer is empty; write {REFUSAL.en!r} where the documents do not say it")
    return "" if answer.strip() in REFUSAL.all else answer


def _role(speaker: Any) -> str:
    roles = {said: role for role, said in _SPEAKERS.items()}
    if speaker not in roles:
        raise ValueError(f"{speaker!r} is no speaker")
    return roles[speaker]


def _known_role(role: Any) -> str:
    if role not in _SPEAKERS:
        raise ValueError(f"{role!r} is no role")
    return str(role)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("openai", write_openai, frozenset({"messages"}), _read_openai),
        Format("sharegpt", write_sharegpt, frozenset({"conversations"}), _read_sharegpt),
        Format("alpaca", write_alpaca, frozenset({"instruction", "output"}), _read_alpaca),
        Format("raft", write_raft, frozenset({"cot_answer"}), _read_raft),
        Format("dpo", write_dpo, frozenset({"chosen", "rejected"}), _read_dpo),
        Format("kto", write_kto, frozenset({"completion", "label"}), _read_kto),
    )
}
"""The formats of `frontdesk export --format`."""
