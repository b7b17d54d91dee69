"""Small talk is answered without a search, a question only from passages that fit."""

import pytest

from bot.messages import Mode
from bot.prompts import GREETING, THANKS
from bot.routing import Kind, decide, draw_on, smalltalk


@pytest.mark.parametrize("text", ["", "   ", "hi", "Hello!", "hey there", "Good morning!", "👋", "?!"])
def test_a_greeting_or_an_empty_message_is_greeted(text: str) -> None:
    assert smalltalk(text) == GREETING


@pytest.mark.parametrize("text", ["thanks", "Thank you!", "ok great, thanks a lot", "thanks for your help", "cheers"])
def test_thanks_are_returned(text: str) -> None:
    assert smalltalk(text) == THANKS


@pytest.mark.parametrize(
    "text", ["hi, how do I return a bike?", "thanks, and what about refunds?", "returns", "¿cómo?"]
)
def test_a_question_is_no_small_talk(text: str) -> None:
    assert smalltalk(text) is None


@pytest.mark.parametrize(
    ("wanted", "has_lora", "scale", "expected"),
    [
        (Mode.AUTO, False, 1.0, (Mode.RAG, 0.0)),
        (Mode.AUTO, True, 0.5, (Mode.RAG_LORA, 0.5)),
        (Mode.AUTO, True, 0.0, (Mode.RAG, 0.0)),
        (Mode.RAG_LORA, False, 1.0, (Mode.RAG, 0.0)),
        (Mode.LORA, False, 1.0, (Mode.BASE, 0.0)),
        (Mode.LORA, True, 1.0, (Mode.LORA, 1.0)),
        (Mode.RAG, True, 1.0, (Mode.RAG, 0.0)),
    ],
)
def test_a_mode_that_needs_an_adapter_goes_without_where_there_is_none(
    wanted: Mode, has_lora: bool, scale: float, expected: tuple[Mode, float]
) -> None:
    assert draw_on(wanted, has_lora=has_lora, lora_scale=scale) == expected


@pytest.mark.parametrize(
    ("found", "confidence", "kind"), [(0, 1.0, Kind.REFUSE), (3, 0.2, Kind.REFUSE), (3, 0.4, Kind.ANSWER)]
)
def test_what_the_documents_do_not_answer_is_refused(found: int, confidence: float, kind: Kind) -> None:
    route = decide(Mode.RAG, 0.0, found=found, confidence=confidence, min_confidence=0.3)
    assert route.kind is kind
    assert route.why


def test_a_mode_without_search_is_never_refused_for_want_of_passages() -> None:
    assert decide(Mode.BASE, 0.0, found=0, confidence=0.0, min_confidence=0.3).kind is Kind.ANSWER
