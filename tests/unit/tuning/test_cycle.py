"""A tuning round by the clock: where enough is new, told to the admins with buttons, changing nothing by itself."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.tuning.bootstrap import Interval
from bot.tuning.cycle import Cycle
from bot.tuning.errors import BusyError, LastingError, NoRoomError
from bot.tuning.evaluation import Evaluation, Subject
from bot.tuning.examples import Example, Origin, Split, write_examples
from bot.tuning.gate import Finding, Verdict
from bot.tuning.offers import Offer, Verb
from bot.tuning.registry import Base, Registry
from bot.tuning.sets import SetError
from knowledge.errors import FrontdeskError
from knowledge.processes import WorkFailed
from tests.loras import write_base, write_lora

HELD_OUT = [Example(f"made:{n}", Origin.MADE, f"{n}?", f"{n}!", split=Split.TEST) for n in range(20)]
HELD_OUT += [Example(f"made:vain:{n}", Origin.MADE, f"Why {n}?", "", split=Split.TEST) for n in range(6)]


class Frontdesk:
    """Commands that do what theirs do, without the work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = Registry(folder)
        self.base = write_base(folder.parent / "base.gguf")
        self.given: list[str] = []
        """Ids of the examples that people have given so far."""
        self.held_out = HELD_OUT
        self.splits: dict[str, str] = {}
        """Of those that are not trained on."""
        self.passes = True
        self.fails = ""
        self.ends: BaseException = FrontdeskError("The disk is full.", "Make room.")
        """With which the command in `fails` ends."""
        self.begun = "running"
        """How the run stands that a training which fails leaves; empty for none."""
        self.ran: list[list[str]] = []
        self.reached = True
        """Whether any admin can be told anything."""
        self.told: list[tuple[str, tuple[Offer, ...]]] = []

    async def command(self, words: Sequence[str]) -> dict[str, Any]:
        self.ran.append(list(words))
        if words[0] == self.fails:
            if words[0] == "train" and self.begun:
                self.keep_run(words[-1], self.begun)
            raise self.ends
        does: dict[str, Callable[..., dict[str, Any]]]
        does = {"prepare": self.prepare, "train": self.train, "evaluate": self.evaluate}
        return does[words[0]](*words[1:])

    def prepare(self, *options: str) -> dict[str, Any]:
        assert "--from-documents" in options, "or refusing cannot be measured"
        id = f"set-{len(self.ran)}"
        examples = [
            Example(one, Origin.LIKED, "?", "!", split=Split(self.splits.get(one, "train"))) for one in self.given
        ]
        made = Example(id, Origin.MADE, "made?", "made!")
        write_examples(self.folder / "sets" / id / "examples.jsonl", [*examples, made, *self.held_out])
        return {"id": id, "metrics": {}, "artifacts": []}

    def train(self, *options: str) -> dict[str, Any]:
        assert (self.folder / "runs" / options[-1]).exists() == ("--resume" in options)
        self.keep_run(options[-1], "done")
        return {"id": options[-1], "metrics": {}, "artifacts": []}

    def keep_run(self, run: str, status: str) -> None:
        path = self.folder / "runs" / run / "run.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"status": status}), encoding="utf-8")

    def evaluate(self, run: str, _: str, questions: str) -> dict[str, Any]:
        assert Path(questions).is_file() and (self.folder / "runs" / run).exists()
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
        if not self.reached:
            return 0
        self.told.append((text, tuple(offers)))
        return 1

    def cycle(self, **options: bool) -> Cycle:
        return Cycle(self.folder, self.registry, 3, self.command, self.tell, **options)


@pytest.fixture
def frontdesk(tmp_path: Path) -> Frontdesk:
    return Frontdesk(tmp_path / "tuning")


async def test_too_few_new_examples_are_left_for_the_next_time_without_a_word(frontdesk: Frontdesk) -> None:
    frontdesk.given = ["a", "b"]
    assert not await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran] == ["prepare"]
    assert frontdesk.told == []
    assert not list((frontdesk.folder / "sets").iterdir()), "nobody needs the set any more"


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


async def test_what_is_held_out_is_not_told_as_trained_on(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.splits = ["a", "b", "c", "d"], {"a": "test", "b": "validation"}
    await frontdesk.cycle().run()
    assert "trained on 2 new examples" in frontdesk.told[0][0]


@pytest.mark.parametrize(
    ("held_out", "missing"),
    [
        (HELD_OUT[:5], "15 are missing"),
        (HELD_OUT[:20], "None of the held-out questions is unanswerable"),
        (HELD_OUT[:25], "Unanswerable questions of 5 independent documents or conversations are held out, too few"),
        ([], "Nothing"),
    ],
)
async def test_what_no_adapter_could_be_measured_by_is_not_trained_on(
    held_out: list[Example], missing: str, frontdesk: Frontdesk
) -> None:
    frontdesk.given, frontdesk.held_out = ["a", "b", "c"], held_out
    assert await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran] == ["prepare"]
    ((text, offers),) = frontdesk.told
    assert missing in text and "`frontdesk tune train --set set-1`" in text and offers == ()
    frontdesk.given += ["d", "e"]
    assert not await frontdesk.cycle().run(), "it is not told again before there is something new"
    frontdesk.given, frontdesk.held_out = [*frontdesk.given, "f"], HELD_OUT
    await frontdesk.cycle().run()
    assert len(frontdesk.told[-1][1]) == 2


async def test_a_run_that_is_done_is_evaluated_however_little_is_held_out(frontdesk: Frontdesk) -> None:
    frontdesk.held_out = HELD_OUT[:5]
    frontdesk.prepare("--from-documents")
    frontdesk.keep_run("set-0", "done")
    (frontdesk.folder / "cycle.json").write_text('{"set": "", "begun": "set-0", "tries": 1}', encoding="utf-8")
    await frontdesk.cycle().resume()
    assert [words[0] for words in frontdesk.ran] == ["evaluate"]


async def test_a_training_that_gains_nothing_is_not_done_again_with_the_same_examples(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.fails = ["a", "b", "c"], "train"
    frontdesk.ends = LastingError("Training made nothing better.", "Look at the examples.")
    assert await frontdesk.cycle().run()
    assert "Training made nothing better." in frontdesk.told[0][0] and "new examples" in frontdesk.told[0][0]
    assert not await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran].count("train") == 1
    frontdesk.given, frontdesk.fails = [*frontdesk.given, "d", "e", "f"], ""
    assert await frontdesk.cycle().run()
    assert "6 new examples" in frontdesk.told[-1][0], "those that were tried in vain are new to the adapter"


@pytest.mark.parametrize("step", ["train", "evaluate"])
@pytest.mark.parametrize(
    "ends",
    [
        NoRoomError("It cannot be written.", "Make room on the disk, then go on with --resume."),
        BusyError("It is being trained at this moment.", "Wait for it, or end it."),
    ],
)
async def test_a_round_goes_on_once_there_is_room_or_nobody_else_is_at_it(
    step: str, ends: FrontdeskError, frontdesk: Frontdesk
) -> None:
    frontdesk.given, frontdesk.fails, frontdesk.begun = ["a", "b", "c"], step, "failed"
    frontdesk.ends = ends
    for _ in range(7):
        await frontdesk.cycle().run()
    assert ends.fix in frontdesk.told[0][0] and "It goes on" in frontdesk.told[0][0]
    assert frontdesk.told[-1] == frontdesk.told[0], "however often it was so"
    assert frontdesk.cycle().cut_off
    frontdesk.fails = ""
    frontdesk.ran.clear()
    await frontdesk.cycle().resume()
    assert frontdesk.ran[0][:2] == (["train", "--resume"] if step == "train" else ["evaluate", "set-1"])
    assert len(frontdesk.told[-1][1]) == 2


async def test_what_no_admin_could_be_told_waits_until_one_can(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.reached = ["a", "b", "c"], False
    await frontdesk.cycle().run()
    await frontdesk.cycle().tell_again()
    assert frontdesk.told == []
    frontdesk.reached = True
    await frontdesk.cycle().tell_again()
    await frontdesk.cycle().tell_again()
    ((text, offers),) = frontdesk.told
    (id,) = frontdesk.registry.read().adapters
    assert "3 new examples" in text and offers == (Offer(Verb.PROMOTE, id), Offer(Verb.REJECT, id))


async def test_messages_that_wait_are_told_in_their_order_and_none_is_lost(frontdesk: Frontdesk) -> None:
    frontdesk.reached = False
    cycle = frontdesk.cycle()
    await asyncio.gather(*(cycle._say(f"message {n}") for n in range(5)), cycle.tell_again())
    frontdesk.reached = True
    await asyncio.gather(cycle.tell_again(), cycle.tell_again(), cycle._say("last"))
    told = [text for text, _ in frontdesk.told]
    assert sorted(told) == sorted([*(f"message {n}" for n in range(5)), "last"])
    assert [text for text in told if text != "last"] == [f"message {n}" for n in range(5)]


async def test_where_there_are_no_admins_nothing_waits_for_them(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.reached = ["a", "b", "c"], False
    await frontdesk.cycle(has_admins=False).run()
    frontdesk.reached = True
    await frontdesk.cycle().tell_again()
    assert frontdesk.told == []


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
    assert not frontdesk.cycle().cut_off, "what failed is not gone on with"
    frontdesk.fails = ""
    assert await frontdesk.cycle().run()
    assert len(frontdesk.told[-1][1]) == 2
    assert [words[0] for words in frontdesk.ran].count("prepare") == 2


async def test_a_run_that_was_gone_on_with_by_hand_is_evaluated_in_its_round(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.fails = ["a", "b", "c"], "train"
    frontdesk.ends = BusyError("It is being trained at this moment.", "Wait for it, or end it.")
    await frontdesk.cycle().run()
    frontdesk.keep_run("set-1", "done")
    frontdesk.fails = ""
    frontdesk.ran.clear()
    await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran] == ["evaluate"]
    assert len(frontdesk.told[-1][1]) == 2


async def cut_off(frontdesk: Frontdesk, step: str, begun: str = "running") -> None:
    """Do a round that a restart of the bot ends in a step."""
    frontdesk.given, frontdesk.fails, frontdesk.begun = ["a", "b", "c"], step, begun
    usual, frontdesk.ends = frontdesk.ends, asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await frontdesk.cycle().run()
    frontdesk.fails, frontdesk.ends = "", usual
    frontdesk.ran.clear()


@pytest.mark.parametrize(
    ("step", "begun", "goes_on"),
    [
        ("train", "", ["train", "evaluate"]),
        ("train", "running", ["train", "evaluate"]),
        ("train", "done", ["evaluate"]),
        ("evaluate", "", ["evaluate"]),
    ],
)
async def test_a_round_that_a_restart_cut_off_goes_on_where_it_was(
    step: str, begun: str, goes_on: list[str], frontdesk: Frontdesk
) -> None:
    await cut_off(frontdesk, step, begun)
    assert frontdesk.told == []
    assert frontdesk.cycle().cut_off
    await frontdesk.cycle().resume()
    assert [words[0] for words in frontdesk.ran] == goes_on
    assert ("--resume" in frontdesk.ran[0]) == (goes_on[0] == "train" and begun == "running")
    ((text, offers),) = frontdesk.told
    assert "3 new examples" in text and len(offers) == 2
    assert not frontdesk.cycle().cut_off
    assert not await frontdesk.cycle().run(), "what was trained on is not new"


async def test_the_next_round_goes_on_with_what_was_cut_off_rather_than_begin_anew(frontdesk: Frontdesk) -> None:
    await cut_off(frontdesk, "train")
    assert await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran] == ["train", "evaluate"]


async def test_where_nothing_was_cut_off_a_start_does_nothing(frontdesk: Frontdesk) -> None:
    assert not frontdesk.cycle().cut_off
    await frontdesk.cycle().resume()
    assert frontdesk.ran == []


async def test_a_round_that_is_cut_off_again_and_again_waits_for_its_time(frontdesk: Frontdesk) -> None:
    await cut_off(frontdesk, "train")
    starts = 0
    frontdesk.fails, frontdesk.ends = "train", asyncio.CancelledError()
    while frontdesk.cycle().cut_off:
        starts += 1
        with pytest.raises(asyncio.CancelledError):
            await frontdesk.cycle().resume()
    assert 1 < starts < 10, "a training that brings the bot down does not do so at each start for ever"
    frontdesk.fails = ""
    assert await frontdesk.cycle().run()
    assert len(frontdesk.told[-1][1]) == 2


async def test_a_command_that_dies_is_told_and_gone_on_with(frontdesk: Frontdesk) -> None:
    frontdesk.given, frontdesk.fails = ["a", "b", "c"], "train"
    frontdesk.ends = WorkFailed("The tune train ended unexpectedly (exit status -9).")
    await frontdesk.cycle().run()
    assert "exit status -9" in frontdesk.told[0][0] and "goes on" in frontdesk.told[0][0]
    frontdesk.fails = ""
    await frontdesk.cycle().run()
    assert [words[:2] for words in frontdesk.ran[2:]] == [["train", "--resume"], ["evaluate", frontdesk.ran[2][2]]]
    frontdesk.given += ["d", "e", "f"]
    frontdesk.fails = "evaluate"
    for _ in range(10):
        await frontdesk.cycle().run()
    assert [words[0] for words in frontdesk.ran].count("prepare") > 2, "one that always dies is begun anew some time"
