"""What to do with a question: whether to answer it, and what the answer may draw on.

    kind of the message, confidence of the search, mode -> small talk | hand-over | refusal | question back | answer

A fixed mode draws on the same for every question: `rag` on passages, `rag+lora` on passages through the adapter,
`lora` and `base` on the model alone. `auto` is `rag+lora` where there is an adapter, else `rag`. `adaptive`
chooses for each question:

    other words for the last answer     the adapter alone
    confidence >= plain_confidence      retrieval alone: passages that fit so well need no help
    a fact, a procedure, a comparison   retrieval with the adapter, at the scale set for that kind

In these two a sentence that clearly answers is quoted at once, where the settings let it: no model is asked.
In every mode that searches, a question whose passages fit badly is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.messages import Mode


class Kind(StrEnum):
    """The ways a question can go."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Route:
    """One decision, with its reason for the trace."""

    kind: Kind
    mode: Mode
    lora: str
    """Name of the adapter that the answer goes through; empty without one."""
    lora_scale: float
    why: str
    may_quote: bool = False
    """Whether a sentence that clearly answers is quoted without asking the model."""

    @property
    def retrieves(self) -> bool:
        """Whether passages are shown to the model."""
        return self.mode in (Mode.RAG, Mode.RAG_LORA)

    def quoting(self) -> Route:
        """Return the same for a question that one sentence clearly answers."""
        return Route(self.kind, Mode.RAG, "", 0.0, f"{self.why}; one sentence clearly answers: no model is asked")


@dataclass(frozen=True, slots=True)
class Router:
    """Decides by the settings and by whether there is an adapter."""

    wanted: Mode
    lora: str
    """Name of the adapter that there is; empty for none."""
    lora_scale: float
    """Of the adapter, where `scales` has none for the kind of question."""
    scales: Mapping[str, float]
    """By kind of question (`fact`, `procedure`, `comparison`) or `style`; adaptive mode only."""
    min_confidence: float
    plain_confidence: float
    quotes_clear: bool = False
    """Whether a sentence that clearly answers may be quoted without asking the model."""

    @property
    def searches(self) -> bool:
        """Whether questions are looked up at all."""
        return searches(self.wanted)

    def freely(self) -> Route:
        """Route a question in a mode that does not search."""
        mode, scale = self._in_force(self.wanted, self.lora_scale)
        return self._route(Kind.ANSWER, mode, scale, f"mode {mode} does not search")

    def other_words(self) -> Route:
        """Route a wish for other words for the last answer."""
        mode, scale = self._in_force(Mode.LORA, self.scales.get("style", self.lora_scale))
        if self.wanted == Mode.RAG:  # the settings keep the adapter out
            mode, scale = Mode.BASE, 0.0
        return self._route(Kind.ANSWER, mode, scale, f"other words for the last answer: {_drawn_on(mode, scale)}")

    def decide(self, question_kind: str, *, found: int, confidence: float, asks_back: bool = False) -> Route:
        """Route a question by its kind, how many passages were found, how well they fit, and whether to ask back."""
        mode, scale, because = self._draw_on(question_kind, confidence)
        if not found:
            return self._route(Kind.REFUSE, mode, scale, "nothing was found in this scope")
        if confidence < self.min_confidence:
            why = f"confidence {confidence:.3f} is below {self.min_confidence:.3f}"
            return self._route(Kind.REFUSE, mode, scale, why)
        if asks_back:
            return self._route(Kind.CLARIFY, mode, scale, "the answer depends on what was not said")
        route = self._route(Kind.ANSWER, mode, scale, f"confidence {confidence:.3f}; {because}")
        return replace(route, may_quote=self.quotes_clear and self.wanted in (Mode.AUTO, Mode.ADAPTIVE))

    def _route(self, kind: Kind, mode: Mode, scale: float, why: str) -> Route:
        return Route(kind, mode, self.lora if scale else "", scale, why)

    def _draw_on(self, question_kind: str, confidence: float) -> tuple[Mode, float, str]:
        """Return mode and scale of an answer from passages, and why these."""
        if self.wanted != Mode.ADAPTIVE:
            wanted = Mode.RAG_LORA if self.wanted == Mode.AUTO else self.wanted
            mode, scale = self._in_force(wanted, self.lora_scale)
            return mode, scale, f"mode {self.wanted}: {_drawn_on(mode, scale)}"
        if confidence >= self.plain_confidence:
            why = f"adaptive: retrieval alone from confidence {self.plain_confidence:.3f} on"
            return Mode.RAG, 0.0, why
        mode, scale = self._in_force(Mode.RAG_LORA, self.scales.get(question_kind, self.lora_scale))
        return mode, scale, f"adaptive, a {question_kind}: {_drawn_on(mode, scale)}"

    def _in_force(self, wanted: Mode, scale: float) -> tuple[Mode, float]:
        """Return mode and scale; modes that need an adapter go without where there is none."""
        if not (self.lora and scale > 0):
            wanted = {Mode.RAG_LORA: Mode.RAG, Mode.LORA: Mode.BASE}.get(wanted, wanted)
        return wanted, scale if wanted in (Mode.LORA, Mode.RAG_LORA) else 0.0


def searches(mode: Mode) -> bool:
    """Whether questions are looked up at all in this mode."""
    return mode not in (Mode.BASE, Mode.LORA)


def _drawn_on(mode: Mode, scale: float) -> str:
    """Return in words what an answer draws on."""
    return {
        Mode.RAG: "retrieval alone",
        Mode.RAG_LORA: f"retrieval with the adapter at scale {scale:g}",
        Mode.LORA: f"the adapter alone at scale {scale:g}",
    }.get(mode, "the model alone")
