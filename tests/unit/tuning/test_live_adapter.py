"""A running bot follows the registry: new questions go through the new adapter, old ones end with the old one."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.generation.engine import EngineError, ModelIdentity
from bot.tuning.live import LiveAdapter
from bot.tuning.registry import Base, Registered, Registry
from tests.loras import write_base, write_lora

OWN = "own"


class Engine:
    """Knows adapters, and remembers what it was told."""

    def __init__(self, own: str = "") -> None:
        self.identity = ModelIdentity("tiny", 2048, own, (own,) if own else ())
        self._own = own
        self.told: list[str] = []
        self.refuses = False

    async def add_lora(self, path: Path, name: str) -> None:
        if self.refuses:
            raise EngineError(f"{name} cannot be loaded.", "Convert it again.")
        assert path.is_file()
        self.told.append(f"add {name}")
        self.identity = replace(self.identity, loras=(*self.identity.loras, name))

    async def drop_lora(self, name: str) -> None:
        self.told.append(f"drop {name}")
        self.identity = replace(self.identity, loras=tuple(one for one in self.identity.loras if one != name))

    def serve_lora(self, name: str | None) -> None:
        self.told.append(f"serve {name}")
        self.identity = replace(self.identity, lora=self._own if name is None else name)


class House:
    """A registry with two adapters, and an engine that follows it."""

    def __init__(self, folder: Path, own: str = "") -> None:
        self.base = Base(write_base(folder / "base.gguf"), ("b" * 64,))
        assert self.base.path
        first = write_lora(folder / f"{own}.gguf", self.base.path, "b" * 64, seed=9) if own else None
        self.registry = Registry(folder / "tuning", first)
        self.ids = [
            self.registry.add(write_lora(folder / f"{n}.gguf", self.base.path, "b" * 64, seed=n), self.base).id
            for n in (1, 2)
        ]
        self.engine = Engine(own)
        self.used: set[str] = set()
        self.live = LiveAdapter(self.engine, self.registry, self.used.__contains__)  # type: ignore[arg-type]

    def promote(self, number: int) -> Registered:
        return self.registry.promote(self.ids[number], self.base, force=True, reason="test")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_promotion_goes_live_and_the_adapter_before_is_let_go(house: House) -> None:
    await house.live.look()
    assert house.engine.told == []
    first, second = house.ids
    house.promote(0)
    await house.live.look()
    house.promote(1)
    await house.live.look()
    assert house.engine.told == [
        *(f"add {first}", f"serve {first}"),
        *(f"add {second}", f"serve {second}", f"drop {first}"),
    ]
    house.registry.rollback(house.base)
    await house.live.look()
    assert house.engine.identity.lora == first
    house.registry.rollback(house.base)
    await house.live.look()
    assert house.engine.identity.lora == ""


async def test_an_adapter_that_a_question_began_with_stays_until_that_is_answered(house: House) -> None:
    first, _ = house.ids
    house.promote(0)
    await house.live.look()
    house.used.add(first)
    house.promote(1)
    await house.live.look()
    assert first in house.engine.identity.loras
    await house.live.look()
    assert first in house.engine.identity.loras
    house.used.clear()
    await house.live.look()
    assert first not in house.engine.identity.loras


async def test_the_adapter_of_the_settings_is_never_let_go(tmp_path: Path) -> None:
    house = House(tmp_path, own=OWN)
    await house.live.look()
    house.promote(0)
    await house.live.look()
    assert house.engine.identity.lora == house.ids[0]
    assert OWN in house.engine.identity.loras
    house.registry.rollback(house.base)
    await house.live.look()
    assert house.engine.identity.lora == OWN


@pytest.mark.parametrize("harm", ["the registry is broken", "the file is damaged", "the engine refuses it"])
async def test_what_cannot_go_live_changes_nothing_until_it_is_mended(harm: str, house: House) -> None:
    first, second = house.ids
    house.promote(0)
    await house.live.look()
    house.promote(1)
    broken = house.registry.folder / "registry.json" if "registry" in harm else house.registry.path_of(second)
    whole = broken.read_bytes()
    if harm == "the engine refuses it":
        house.engine.refuses = True
    else:
        broken.write_bytes(whole[:-20])
    for _ in range(2):
        await house.live.look()
        assert house.engine.identity.lora == first
        assert f"So {first} stays in force." in house.live.health()
    house.engine.refuses = False
    broken.write_bytes(whole)
    await house.live.look()
    assert (house.engine.identity.lora, house.live.health()) == (second, "")


async def test_the_newest_candidate_is_loaded_for_the_shadow_and_never_served(house: House) -> None:
    live = LiveAdapter(house.engine, house.registry, house.used.__contains__, shadow=True)  # type: ignore[arg-type]
    await live.look()
    assert (live.candidate, house.engine.identity.lora) == (house.ids[1], "")
    house.promote(1)
    await live.look()
    assert (live.candidate, house.engine.identity.lora) == (house.ids[0], house.ids[1])
    house.registry.reject(house.ids[0])
    await live.look()
    assert live.candidate == ""
    assert house.engine.identity.loras == (house.ids[1],)


async def test_a_promotion_is_noticed_without_being_asked(house: House) -> None:
    live = LiveAdapter(house.engine, house.registry, house.used.__contains__, every_s=0.02)  # type: ignore[arg-type]
    await live.start()
    try:
        house.promote(0)
        async with asyncio.timeout(30):
            while house.engine.identity.lora != house.ids[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        await live.stop()
    assert house.engine.identity.loras == (house.ids[0],)
