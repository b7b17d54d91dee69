"""The doctor names what answering lacks, with what to do about it."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from adapters import cli, doctor, wiring
from adapters.database import opened
from bot.generation.engine import ModelIdentity
from bot.messages import Turn
from bot.prompts import ContextTooSmall
from bot.settings import AnsweringSettings, ChannelSettings, Settings, TuningSettings
from bot.storage.database import utc_now
from bot.storage.tables import LeftoverRow
from knowledge.errors import FrontdeskError
from knowledge.index import Index


async def test_a_variable_that_sets_nothing_is_named_with_the_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        await doctor._environment(Settings())
        == "Every variable of Frontdesk's and every file of secrets sets something."
    )
    monkeypatch.setenv("FRONTDESK_QQQQ", "secret")
    assert await doctor._environment(Settings()) == "FRONTDESK_QQQQ sets nothing."
    monkeypatch.setenv("FRONTDESK_SLACK_BOT_TOKEN", "secret")
    with pytest.raises(FrontdeskError) as told:
        await doctor._environment(Settings())
    assert "FRONTDESK_SLACK_BOT_TOKEN sets nothing; FRONTDESK_SLACK__BOT_TOKEN does." in told.value.sentence
    assert told.value.fix


async def test_a_file_of_secrets_that_sets_nothing_is_named_with_the_name_that_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(tmp_path))
    path = tmp_path / "slack_bot_token"
    path.write_text("xoxb-1")
    with pytest.raises(FrontdeskError, match=re.escape(f"{path} sets nothing; slack__bot_token does.")):
        await doctor._environment(Settings())


def test_run_begins_with_the_variables_and_files_of_secrets_that_set_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FRONTDESK_SLACK_BOT_TOKEN", "secret")
    monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(tmp_path))
    config, misnamed = tmp_path / ".frontdesk.toml", tmp_path / "discord_token"
    config.touch()
    misnamed.touch()
    done = CliRunner().invoke(cli.app, ["--config", str(config), "run"])
    assert isinstance(done.exception, FrontdeskError), "it has no tokens"
    assert done.stderr.splitlines() == [
        "FRONTDESK_SLACK_BOT_TOKEN sets nothing; FRONTDESK_SLACK__BOT_TOKEN does.",
        f"{misnamed} sets nothing; discord__token does.",
    ]


async def test_a_schedule_without_what_training_needs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduled = Settings(tuning=TuningSettings(schedule="0 2 * * 6"))
    assert "on command" in await doctor._tuning(Settings())
    assert "0 2 * * 6" in await doctor._tuning(scheduled)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "on command" in await doctor._tuning(Settings())
    with pytest.raises(FrontdeskError, match="accelerate and peft") as told:
        await doctor._tuning(scheduled)
    assert "[tune]" in told.value.fix


async def test_who_hears_of_a_wish_for_a_person_is_told() -> None:
    assert "Set answering.handover_channel or answering.helpers" in await doctor._people(Settings())
    answering = AnsweringSettings(handover_channel="slack:C0HUMANS", helpers=["slack:U7"])
    channels = [ChannelSettings(channel="slack:C1", helpers=["slack:U7", "slack:U8"])]
    told = await doctor._people(Settings(answering=answering, channels=channels))
    assert told == "slack:C0HUMANS, slack:U7, slack:U8 hear of whoever asks for a person."


@pytest.mark.parametrize("context_size", [256, 290, 4096])
async def test_a_context_that_no_question_fits_is_told(monkeypatch: pytest.MonkeyPatch, context_size: int) -> None:
    async def nothing() -> None: ...

    async def count_prompt(messages: Sequence[Turn]) -> int:
        return sum(len(turn.content.split()) for turn in messages)

    model = SimpleNamespace(
        start=nothing,
        stop=nothing,
        health=str,
        identity=ModelIdentity("words", context_size),
        count_prompt=count_prompt,
        thinks=False,
    )
    monkeypatch.setattr(wiring, "prepared_model", lambda *_, **__: SimpleNamespace(name="words"))
    monkeypatch.setattr(wiring, "local_engine", lambda _: model)
    settings = Settings(model={"context_size": context_size, "max_tokens": 256})
    if context_size == 4096:
        assert await doctor._model(settings, print) == "words loads, with 4,096 tokens of context."
        with monkeypatch.context() as without:
            without.setenv("FRONTDESK_KERNELS", "off")
            assert "builds into llama.cpp, unless FRONTDESK_KERNELS" in await doctor._model(settings, print)
        model.thinks = True
        assert "thinks before it answers" in await doctor._model(settings, print)
        return
    with pytest.raises(ContextTooSmall, match=f"context of {context_size} tokens is too small") as told:
        await doctor._model(settings, print)
    assert "model.max_tokens" in told.value.fix


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "Version 3 can be searched."),
        (1, "Version 3 can be searched. 1 document was read only in part (0.pdf); `frontdesk knowledge check` says"),
        (
            3,
            "Version 3 can be searched. 3 documents were read only in part (0.pdf, 1.pdf, 2.pdf); `frontdesk knowledge",
        ),
        (4, "Version 3 can be searched. 4 documents were read only in part (0.pdf, 1.pdf, 2.pdf, …);"),
    ],
)
async def test_documents_that_were_read_only_in_part_are_named(
    monkeypatch: pytest.MonkeyPatch, count: int, told: str
) -> None:
    searcher = SimpleNamespace(search=lambda *_: SimpleNamespace(version=3))
    monkeypatch.setattr(wiring, "retriever", lambda *_: searcher)
    monkeypatch.setattr(doctor, "unread", lambda _: {f"{n}.pdf": "It has pictures." for n in range(count)})
    monkeypatch.setattr(doctor, "warnings", lambda _: [])
    monkeypatch.setattr(doctor, "left_over", lambda *_: {})
    monkeypatch.setattr(doctor, "source_statuses", lambda *_: [])
    monkeypatch.setattr(Index, "published", lambda _: SimpleNamespace(scope_values=lambda: {"region": []}))
    found = await doctor._index(Settings())
    assert found.startswith(told) if count else found == told


async def test_what_the_settings_of_sources_are_to_be_looked_at_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = SimpleNamespace(search=lambda *_: SimpleNamespace(version=3))
    monkeypatch.setattr(wiring, "retriever", lambda *_: searcher)
    monkeypatch.setattr(doctor, "unread", lambda _: {})
    monkeypatch.setattr(doctor, "warnings", lambda _: ["Nothing fits “staff/”."])
    monkeypatch.setattr(doctor, "left_over", lambda *_: {"wiki": 1})
    monkeypatch.setattr(doctor, "source_statuses", lambda *_: [])
    regions = {"region": ["de", "dach", "uk or so"]}
    monkeypatch.setattr(Index, "published", lambda _: SimpleNamespace(scope_values=lambda: regions))
    strange = "Documents are for “uk or so”, which is no territory and in no scope of the settings."
    told = "1 document is told of the source “wiki”, which is in the settings no more; the next reindex removes it."
    settings = Settings(scope={"region": "dach"})
    assert await doctor._index(settings) == f"Version 3 can be searched. Nothing fits “staff/”. {strange} {told}"


async def test_one_platform_is_enough() -> None:
    slack, discord = Settings(slack={"bot_token": "xoxb-1"}), Settings(discord={"token": "x"})
    assert await doctor._platforms(slack) == "Slack is set up."
    assert await doctor._platforms(discord) == "Discord is set up."
    both = Settings(slack={"bot_token": "xoxb-1"}, discord={"token": "x"})
    assert await doctor._platforms(both) == "Slack and Discord are set up."
    assert (await doctor._slack(discord)).startswith("Not set up. To install: create an app at")
    assert (await doctor._discord(slack)).startswith("Not set up. To install: create an application at")


async def test_no_platform_is_one_finding_that_says_how_to_install_each() -> None:
    checks = {"platforms": doctor._platforms, "slack": doctor._slack, "discord": doctor._discord}
    found = {name: await doctor._finding(name, check(Settings())) for name, check in checks.items()}
    assert [name for name, finding in found.items() if not finding.ok] == ["platforms"]
    assert "nobody in a chat can ask" in found["platforms"].detail and "`frontdesk run`" in found["platforms"].detail
    fix = found["platforms"].fix
    assert fix.startswith("For Slack, create an app at") and " For Discord, create an application at" in fix
    assert found["slack"].detail == found["discord"].detail == "Not set up."


async def test_a_check_that_fails_in_an_unforeseen_way_is_a_finding() -> None:
    async def check() -> str:
        raise OSError(40, "Too many levels of symbolic links")

    finding = await doctor._finding("sources", check())
    assert not finding.ok
    assert "OSError: [Errno 40] Too many levels of symbolic links" in finding.detail


async def test_what_is_forgotten_and_may_still_stand_in_a_file_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with opened(settings) as database:
        assert await doctor._database(settings) == "The tables are up to date."
        async with database.write() as session:
            for id, deletion in (("1", "a"), ("2", "a"), ("3", "b")):
                session.add(LeftoverRow(id=id, deletion=deletion, gone={}, person="", until=utc_now()))
    with pytest.raises(FrontdeskError, match=r"^2 deletions are not finished") as told:
        await doctor._database(settings)
    assert "Restart Frontdesk" in told.value.fix
