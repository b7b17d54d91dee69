"""A question goes the way that its passages, its kind and the settings say, and the trace says why."""

import pytest

from bot.messages import Mode
from bot.routing import Kind, Router


def router(wanted: Mode, *, has_lora: bool = True, lora_scale: float = 1.0, **scales: float) -> Router:
    return Router(wanted, "liked" if has_lora else "", lora_scale, scales, min_confidence=0.3, plain_confidence=0.8)


@pytest.mark.parametrize(
    ("wanted", "has_lora", "scale", "expected"),
    [
        (Mode.AUTO, False, 1.0, (Mode.RAG, 0.0)),
        (Mode.AUTO, True, 0.5, (Mode.RAG_LORA, 0.5)),
        (Mode.AUTO, True, 0.0, (Mode.RAG, 0.0)),
        (Mode.RAG_LORA, False, 1.0, (Mode.RAG, 0.0)),
        (Mode.RAG, True, 1.0, (Mode.RAG, 0.0)),
    ],
)
def test_a_mode_that_needs_an_adapter_goes_without_where_there_is_none(
    wanted: Mode, has_lora: bool, scale: float, expected: tuple[Mode, float]
) -> None:
    route = router(wanted, has_lora=has_lora, lora_scale=scale).decide("fact", found=3, confidence=0.9)
    assert (route.mode, route.lora_scale) == expected


@pytest.mark.parametrize(
    ("wanted", "has_lora", "expected"),
    [(Mode.LORA, False, (Mode.BASE, 0.0)), (Mode.LORA, True, (Mode.LORA, 1.0)), (Mode.BASE, True, (Mode.BASE, 0.0))],
)
def test_a_mode_without_search_is_never_refused_for_want_of_passages(
    wanted: Mode, has_lora: bool, expected: tuple[Mode, float]
) -> None:
    without_search = router(wanted, has_lora=has_lora)
    route = without_search.freely()
    assert not without_search.searches
    assert (route.kind, route.mode, route.lora_scale) == (Kind.ANSWER, *expected)


@pytest.mark.parametrize("wanted", [Mode.RAG, Mode.AUTO, Mode.RAG_LORA, Mode.ADAPTIVE])
@pytest.mark.parametrize(
    ("found", "confidence", "asks_back", "kind"),
    [
        (0, 1.0, False, Kind.REFUSE),
        (3, 0.2, False, Kind.REFUSE),
        (3, 0.2, True, Kind.REFUSE),
        (3, 0.4, True, Kind.CLARIFY),
        (3, 0.4, False, Kind.ANSWER),
        (3, 0.3, False, Kind.ANSWER),
        (3, 1.0, False, Kind.ANSWER),
    ],
)
def test_what_the_documents_do_not_answer_is_refused_in_every_mode(
    wanted: Mode, found: int, confidence: float, asks_back: bool, kind: Kind
) -> None:
    route = router(wanted).decide("fact", found=found, confidence=confidence, asks_back=asks_back)
    assert route.kind is kind
    assert route.why


@pytest.mark.parametrize(
    ("kind", "confidence", "has_lora", "scales", "mode", "scale"),
    [
        ("fact", 0.5, True, {}, Mode.RAG_LORA, 0.7),
        ("fact", 0.9, True, {}, Mode.RAG, 0.0),
        ("fact", 0.8, True, {}, Mode.RAG, 0.0),
        ("procedure", 0.5, True, {"procedure": 0.4}, Mode.RAG_LORA, 0.4),
        ("comparison", 0.5, True, {"procedure": 0.4}, Mode.RAG_LORA, 0.7),
        ("comparison", 0.5, True, {"comparison": 0.0}, Mode.RAG, 0.0),
        ("fact", 0.5, False, {}, Mode.RAG, 0.0),
    ],
)
def test_the_adaptive_mode_chooses_by_confidence_and_kind(
    kind: str, confidence: float, has_lora: bool, scales: dict[str, float], mode: Mode, scale: float
) -> None:
    route = router(Mode.ADAPTIVE, has_lora=has_lora, lora_scale=0.7, **scales).decide(
        kind, found=3, confidence=confidence
    )
    assert (route.mode, route.lora_scale) == (mode, scale)
    assert "adaptive" in route.why


@pytest.mark.parametrize(
    ("wanted", "has_lora", "scales", "mode", "scale"),
    [
        (Mode.ADAPTIVE, True, {}, Mode.LORA, 1.0),
        (Mode.ADAPTIVE, True, {"style": 0.5}, Mode.LORA, 0.5),
        (Mode.ADAPTIVE, False, {}, Mode.BASE, 0.0),
        (Mode.AUTO, True, {}, Mode.LORA, 1.0),
        (Mode.RAG, True, {}, Mode.BASE, 0.0),
    ],
)
def test_other_words_come_from_the_adapter_alone_unless_the_settings_keep_it_out(
    wanted: Mode, has_lora: bool, scales: dict[str, float], mode: Mode, scale: float
) -> None:
    route = router(wanted, has_lora=has_lora, **scales).other_words()
    assert (route.mode, route.lora_scale) == (mode, scale)
