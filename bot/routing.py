"""What to do with a question: small talk, an answer (drawing on what), or a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.messages import Mode
from bot.prompts import GREETING, THANKS

_GREETING = re.compile(
    r"(?:hi+|hello|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|all|team|everyone|bot|frontdesk))?",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|perfect|cool|awesome)[,.!]* *)*"
    r"(?:(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|cheers)"
    r"(?: (?:again|for your help|for the help))?",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """The ways a question can go."""

    SMALLTALK = "smalltalk"
    ANSWER = "answer"
    CLARIFY = "clarify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Route:
    """One decision, with its reason for the trace."""

    kind: Kind
    mode: Mode
    lora_scale: float
    why: str

    @property
    def retrieves(self) -> bool:
        """Whether passages are shown to the model."""
        return self.mode in (Mode.RAG, Mode.RAG_LORA)


def smalltalk(text: str) -> str | None:
    """Return the reply to a greeting, a thank-you or an empty message; None for anything else."""
    bare = re.sub(r"[^\w\s,.!]", "", text).strip(" \t\n,.!")
    if not any(character.isalnum() for character in bare) or _GREETING.fullmatch(bare):
        return GREETING
    return THANKS if _THANKS.fullmatch(bare) else None


def draw_on(wanted: Mode, *, has_lora: bool, lora_scale: float) -> tuple[Mode, float]:
    """Return the mode in force and its LoRA scale; modes that need an adapter go without where there is none."""
    tuned = has_lora and lora_scale > 0
    if wanted == Mode.AUTO:
        wanted = Mode.RAG_LORA if tuned else Mode.RAG
    if not tuned:
        wanted = {Mode.RAG_LORA: Mode.RAG, Mode.LORA: Mode.BASE}.get(wanted, wanted)
    return wanted, lora_scale if wanted in (Mode.LORA, Mode.RAG_LORA) else 0.0


def decide(
    mode: Mode, lora_scale: float, *, found: int, confidence: float, min_confidence: float, asks_back: bool = False
) -> Route:
    """Route a question by how many passages were found, how well they fit, and whether it must be asked back."""
    if mode not in (Mode.RAG, Mode.RAG_LORA):
        return Route(Kind.ANSWER, mode, lora_scale, f"mode {mode} does not search")
    if not found:
        return Route(Kind.REFUSE, mode, lora_scale, "nothing was found in this scope")
    if confidence < min_confidence:
        return Route(Kind.REFUSE, mode, lora_scale, f"confidence {confidence:.3f} is below {min_confidence:.3f}")
    if asks_back:
        return Route(Kind.CLARIFY, mode, lora_scale, "the answer depends on what was not said")
    return Route(Kind.ANSWER, mode, lora_scale, f"confidence {confidence:.3f}")
