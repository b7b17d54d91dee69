"""Two engines: the second one answers where the first does not, and the asker sees one answer."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.generation.engine import (
    Answering,
    DeadlineExceeded,
    EngineBusy,
    EngineError,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelFileError,
    ModelIdentity,
    PromptTooLong,
    TextDelta,
)
from bot.generation.fallback import FallbackEngine
from bot.messages import Turn

REQUEST = GenerationRequest((Turn("user", "May I return it?"),), 16, deadline_s=60)


class Scripted:
    """Says what it is told; an exception among the words is raised there."""

    def __init__(self, name: str, *words: str | Exception, lora: str = "", start: Exception | None = None) -> None:
        self.identity = ModelIdentity(name, 4096, lora, (lora,) if lora else ())
        self.words, self.error, self.own = words, start, lora
        self.refused: set[str] = set()
        self.requests: list[GenerationRequest] = []
        self.starts = self.stops = 0

    async def start(self) -> None:
        self.starts += 1
        if self.error:
            raise self.error

    async def stop(self) -> None:
        self.stops += 1

    @property
    def answers(self) -> bool:
        return not self.error and not any(isinstance(word, Exception) for word in self.words)

    def health(self) -> str:
        return str(self.error or "")

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        self.requests.append(request)
        for word in self.words:
            if isinstance(word, Exception):
                raise word
            yield TextDelta(word)
        yield GenerationDone("stop", 1, len(self.words))

    async def add_lora(self, path: Path, name: str) -> None:
        if name in self.refused:
            raise EngineError(f"{name} does not fit.", "Train it again.")
        self.identity = replace(self.identity, loras=(*self.identity.loras, name))

    async def drop_lora(self, name: str) -> None:
        self.identity = replace(self.identity, loras=tuple(one for one in self.identity.loras if one != name))

    def serve_lora(self, name: str | None) -> None:
        self.identity = replace(self.identity, lora=self.own if name is None else name)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self.identity.name) for _ in texts]

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        return len(self.identity.name)


DOWN = EngineError("The server does not answer.", "Ask again.")


async def said(engine: FallbackEngine, request: GenerationRequest = REQUEST) -> tuple[str, list[Answering]]:
    events = [event async for event in engine.generate(request)]
    assert isinstance(events[-1], GenerationDone)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return text, [event for event in events if isinstance(event, Answering)]


async def test_as_long_as_the_first_answers_the_second_is_not_even_loaded() -> None:
    first, second = Scripted("server", "Yes", "."), Scripted("local", "No.")
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    assert engine.health() == ""
    assert await said(engine) == ("Yes.", [])
    assert (second.starts, second.requests) == (0, [])
    assert engine.identity == ModelIdentity("server", 2048)  # so that a prompt fits both
    first.health = lambda: "An adapter is missing."  # type: ignore[method-assign]
    assert engine.health() == "An adapter is missing."
    await engine.stop()
    assert (first.stops, second.stops) == (1, 1)


@pytest.mark.parametrize("error", [DOWN, EngineBusy("Too much.", "Later.")])
async def test_where_the_first_fails_before_a_word_the_second_answers_and_says_so(error: Exception) -> None:
    first, second = Scripted("server", "Yes."), Scripted("local", "No.")
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    first.words = (error,)
    text, (answering,) = await said(engine)
    assert text == "No."
    assert answering.model.name == "local"
    assert str(error).split(".")[0] in answering.why
    assert engine.identity.name == "local"
    assert await engine.count_prompt(()) == len("local")
    first.words = ("Yes.",)
    assert await said(engine) == ("Yes.", [])
    assert engine.identity.name == "server"
    assert second.starts == 1


async def test_after_a_word_the_second_is_not_asked() -> None:
    first, second = Scripted("server", "Yes, wi", DOWN), Scripted("local", "No.")
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    with pytest.raises(EngineError, match="does not answer"):
        await said(engine)
    assert second.requests == []


@pytest.mark.parametrize("error", [PromptTooLong("Long.", "Shorten."), DeadlineExceeded("Late.", "Later.")])
async def test_what_the_second_could_do_no_better_is_not_asked_of_it(error: EngineError) -> None:
    second = Scripted("local", "No.")
    engine = FallbackEngine(Scripted("server", error), second, 2048)
    await engine.start()
    with pytest.raises(type(error)):
        await said(engine)
    assert second.requests == []


async def test_a_first_that_does_not_start_is_replaced_from_the_start_and_told() -> None:
    first, second = (
        Scripted("server", DOWN, start=EngineError("The key is wrong.", "Mend it.")),
        Scripted("local", "No."),
    )
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    assert second.starts == 1
    assert engine.identity.name == "local"
    assert "key is wrong" in engine.health() and "local model answers" in engine.health()
    assert (await said(engine))[0] == "No."


async def test_where_neither_starts_the_first_one_s_error_is_told_and_health_tells_both() -> None:
    first = Scripted("server", DOWN, start=DOWN)
    second = Scripted("local", "No.", start=ModelFileError("The file is damaged.", "Mend it."))
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    with pytest.raises(EngineError, match="server does not answer"):
        await said(engine)
    assert "server does not answer" in engine.health() and "file is damaged" in engine.health()
    second.error = None
    assert (await said(engine))[0] == "No."


async def test_the_second_has_the_time_that_is_left_and_the_adapter_that_it_knows() -> None:
    second = Scripted("local", "No.", lora="support")
    engine = FallbackEngine(Scripted("server", DOWN), second, 2048)
    await engine.start()
    wanted = [("", 0.0, "", 0.0), ("", 0.5, "support", 0.5), ("support", 1.0, "support", 1.0), ("sales", 1.0, "", 0.0)]
    for lora, scale, used, at in wanted:
        request = GenerationRequest(REQUEST.messages, 16, lora=lora, lora_scale=scale, deadline_s=60)
        _, (answering,) = await said(engine, request)
        assert (answering.lora, answering.lora_scale) == (used, at)
        asked = second.requests[-1]
        assert (asked.lora, asked.lora_scale) == (used, at)
        assert asked.deadline_s is not None and 50 < asked.deadline_s <= 60


async def test_the_second_answers_with_its_own_adapter_where_the_first_would_have_with_its() -> None:
    second = Scripted("local", "No.", lora="local-support")
    engine = FallbackEngine(Scripted("server", DOWN, lora="support"), second, 2048)
    await engine.start()
    request = replace(REQUEST, lora="support", lora_scale=1.0)
    _, (answering,) = await said(engine, request)
    assert (answering.lora, answering.lora_scale) == ("local-support", 1.0)


async def test_an_adapter_is_known_to_both_and_to_the_second_when_it_starts_later() -> None:
    first, second = Scripted("server", "Yes."), Scripted("local", "No.")
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    await engine.add_lora(Path("new.gguf"), "new")
    engine.serve_lora("new")
    assert (engine.identity.lora, first.identity.loras, second.identity.loras) == ("new", ("new",), ())
    first.words = (DOWN,)
    _, (answering,) = await said(engine, replace(REQUEST, lora="new", lora_scale=1.0))
    assert answering.lora == "new"
    await engine.add_lora(Path("newer.gguf"), "newer")
    engine.serve_lora("newer")
    await engine.drop_lora("new")
    assert first.identity.loras == second.identity.loras == ("newer",)
    assert engine.identity.lora == "newer"
    engine.serve_lora(None)
    assert (first.identity.lora, second.identity.lora) == ("", "")


async def test_an_adapter_that_the_server_does_not_have_is_refused_whatever_the_second_can_use() -> None:
    first, second = Scripted("server", DOWN), Scripted("local", "No.")
    engine = FallbackEngine(first, second, 2048)
    await engine.start()
    first.refused, second.refused = {"a"}, {"b"}
    with pytest.raises(EngineError, match="a does not fit"):
        await engine.add_lora(Path("a.gguf"), "a")
    await engine.add_lora(Path("b.gguf"), "b")
    assert (first.identity.loras, second.identity.loras) == (("b",), ())
