"""Who waits is served in order, and sees the place."""

import asyncio

import pytest

from bot.line import Line


class Person:
    def __init__(self, line: Line) -> None:
        self.line, self.places, self.served, self.go = line, list[int](), False, asyncio.Event()
        self.task = asyncio.create_task(self.stand())

    async def tell(self, place: int) -> None:
        self.places.append(place)

    async def stand(self) -> None:
        async with self.line.turn(self.tell):
            self.served = True
            await self.go.wait()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_those_who_find_room_are_never_told_a_place() -> None:
    line = Line(2)
    people = [Person(line) for _ in range(2)]
    await settle()
    assert all(one.served and not one.places for one in people)


async def test_the_others_move_up_one_by_one() -> None:
    line = Line(1)
    people = [Person(line) for _ in range(4)]
    await settle()
    assert [one.places for one in people] == [[], [1], [2], [3]]
    people[0].go.set()
    await settle()
    assert [one.served for one in people] == [True, True, False, False]
    assert [one.places for one in people] == [[], [1], [2, 1], [3, 2]]


async def test_who_leaves_makes_the_others_move_up() -> None:
    line = Line(1)
    people = [Person(line) for _ in range(4)]
    await settle()
    people[1].task.cancel()
    await settle()
    assert people[2].places == [2, 1] and people[3].places == [3, 2]
    people[0].go.set()
    await settle()
    assert people[2].served and not people[3].served


async def test_an_error_while_served_frees_the_place() -> None:
    line = Line(1)
    with pytest.raises(ValueError, match="broken"):
        async with line.turn(lambda _: settle()):
            raise ValueError("broken")
    person = Person(line)
    await settle()
    assert person.served


async def test_nobody_overtakes_who_waits_for_being_told() -> None:
    line = Line(1)
    first = Person(line)
    await settle()
    slow = asyncio.Event()

    async def tell(_: int) -> None:
        await slow.wait()

    order: list[str] = []

    async def stand(name: str, told: object) -> None:
        async with line.turn(tell if told else (lambda _: settle())):
            order.append(name)

    tasks = [asyncio.create_task(stand("second", True)), asyncio.create_task(stand("third", False))]
    await settle()
    first.go.set()
    await settle()
    assert order == []
    slow.set()
    await asyncio.gather(*tasks)
    assert order == ["second", "third"]
