"""A tuning round by the clock: where enough is new, told to the admins with buttons, changing nothing by itself."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.tuning.bootstrap import Interval
from bot.tuning.cycle import Cycle
from bot.tuning.evaluation import Evaluation, Subject
from bot.tuning.examples import Example, Origin, write_examples
from bot.tuning.gate import Finding, Verdict
from bot.tuning.offers import Offer, Verb
from bot.tuning.registry import Base, Registry
from bot.tuning.sets import SetError
from knowledge.errors import FrontdeskError
from tests.loras import write_base, write_lora


class Frontdesk:
    """Commands that do what theirs do, without the work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = Registry(folder)
        self.base = write_base(folder.parent / "base.gguf")
        self.given: list[str] = []
        """Ids of the examples that people have given so far."""
        self.passes = True
        self.fails = ""
        self.ran: list[list[str]] = []
        self.told: list[tuple[str, tuple[Offer, ...]]] = []

    async def command(self, words: Sequence[str]) -> dict[str, Any]:
        self.ran.append(list(words))
        if words[0] == self.fails:
            raise FrontdeskError("The disk is full.", "Make room.")
        return {"prepare": self.prepare, "train": self.train, "evaluate": self.evaluate}[words[0]](*words[1:])

    def prepare(self, *options: str) -> dict[str, Any]:
        assert "--from-documents" in options, "or refusing cannot be measured"
        id = f"set-{len(self.ran)}"
        examples = [Example(one, Origin.LIKED, "?", "!") for one in self.given]
        write_examples(
            self.folder / "sets" / id / "examples.jsonl", [*examples, Example(id, Origin.MADE, "made?", "made!")]
        )
        return {"id": id, "metrics": {}, "artifacts": []}

    def train(self, _: str, set_id: str) -> dict[str, Any]:
        return {"id": f"run-of-{set_id}", "metrics": {}, "artifacts": []}

    def evaluate(self, run: str, _: str, questions: str) -> dict[str, Any]:
        assert Path(questions).is_file()
        path = write_lora(self.folder / "new.gguf", self.base, "b" * 64, seed=len(self.ran))
        one = self.registry.add(path, Base(self.base, ("b" * 64,)), run=run)
        figures: dict[str, dict[str, float | None]] = {"rag": {"f1": 0.2}, "rag+lora": {"f1": 0.4}}
        subject = Subject(one.id, one.sha256, "", "", "tiny", "bb", 1, "MiniLM", "cc")
        evaluation = Evaluation(
            subject.id, subject, {"liked": 30}, 30, figures, {}, {}, {"x": {"f1": Interval(0.2, 0.1, 0.3)}}
        )
        self.registry.record(one.id, evaluation, Verdict((Finding(self.passes, "It is as good as chance."),)))
        path = self.folder / "evaluation.json"
        path.write_text(json.dumps(evaluation.as_json()), encoding="utf-8")
        return {"id": subject.id, "metrics": figures, "artifacts": [str(path)]}

    async def tell(self, text: str, offers: Sequence[Offer] = ()) -> int:
        self.told.append((text, tuple(offers)))
        return 1

    def cycle(self) -> Cycle:
        return Cycle(self.folder, self.registry, 3, self.command, self.tell)


@pytest.fixture
def frontdesk(tmp_path: Path) -> Frontdesk:
    return Frontdesk(tmp_path / "tuning")


async def test_too_few_new_examples_are_left_for_the_next_time_without_a_word(frontdesk: Frontdesk) -> None:
    frontdesk.given = ["a", "b"]
    assert not await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran] == ["prepare"]
    assert frontdesk.told == []


async def test_nothing_to_learn_from_is_no_trouble(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: str) -> dict[str, Any]:
        raise SetError("There is nothing to learn from yet.", "Approve something.")

    monkeypatch.setattr(frontdesk, "prepare", nothing)
    assert not await frontdesk.cycle().run()
    assert frontdesk.told == []


async def test_only_what_was_not_trained_on_before_is_new(frontdesk: Frontdesk) -> None:
    frontdesk.given = ["a", "b", "c"]
    assert await frontdesk.cycle().run()
    frontdesk.given += ["d", "e"]
    assert not await frontdesk.cycle().run(), "two are new, whatever was there before"
    frontdesk.given += ["f"]
    assert await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran].count("train") == 2


async def test_a_winner_is_told_with_buttons_and_not_promoted(frontdesk: Frontdesk) -> None:
    frontdesk.given = ["a", "b", "c"]
    await frontdesk.cycle().run()
    ((text, offers),) = frontdesk.told
    (id,) = frontdesk.registry.read().adapters
    assert offers == (Offer(Verb.PROMOTE, id), Offer(Verb.REJECT, id))
    assert "3 new examples" in text and "The gate lets it through." in text and "0.400" in text
    assert frontdesk.registry.read().in_force == ""


async def test_a_loser_can_only_be_rejected_by_button(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.passes = ["a", "b", "c"], False
    await frontdesk.cycle().run()
    ((text, offers),) = frontdesk.told
    (id,) = frontdesk.registry.read().adapters
    assert offers == (Offer(Verb.REJECT, id),)
    assert "as good as chance" in text and f"/tune promote {id} force REASON" in text


@pytest.mark.parametrize(
    ("step", "words"), [("prepare", "preparing the examples"), ("train", "training"), ("evaluate", "evaluating")]
)
async def test_what_goes_wrong_is_told_and_tried_again_the_next_time(
    step: str, words: str, frontdesk: Frontdesk
) -> None:
    frontdesk.given, frontdesk.fails = ["a", "b", "c"], step
    await frontdesk.cycle().run()
    ((text, offers),) = frontdesk.told
    assert f"ended while {words}. The disk is full. Make room." in text and "The adapter in force stays." in text
    assert offers == ()
    frontdesk.fails = ""
    assert await frontdesk.cycle().run()
    assert len(frontdesk.told[-1][1]) == 2
