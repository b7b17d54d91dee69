"""Whatever a model or a document writes, every message made of it keeps the rules of its platform."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import render as discord
from adapters.slack import render as slack
from bot.messages import Answer, Status
from tests.renderers import broken_rules, hostile_answer
from tests.renderers.shown import by_discord, by_slack

LINK = "[" + "a long label " * 20 + "](https://help.example/a-page)"


@pytest.mark.parametrize("batch", range(10))
def test_hostile_markdown_breaks_no_rule(batch: int) -> None:
    for number in range(40):
        seed = f"test/{batch}/{number}"
        assert broken_rules(hostile_answer(random.Random(seed))) == [], seed


@pytest.mark.parametrize(
    "text",
    [
        "- ```\n" + "code\n" * 900 + "  ```",
        "> ```\n" + "> code\n" * 900 + "> ```",
        "1. one\n   ```python\n" + "   x = 1\n" * 900 + "   ```",
        f"{LINK} " * 40,
        "x" * 1_100 + "\n\n" + "y" * 800 + "\n" + "z" * 1_930,
        "[a](https://a.example/" + "x" * 3000 + ")",
        "https://a.example/" + "x" * 5000,
        "`" * 5 + " " + "`" * 4,
        "``" + "`x`" + "``",
    ],
)
def test_what_once_broke_a_rule_breaks_none(text: str) -> None:
    assert broken_rules(Answer(Status.ANSWERED, text)) == []


def test_a_rule_that_is_broken_is_told() -> None:
    answer = Answer(Status.ANSWERED, "```\n" + "code\n" * 900 + "```")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(discord, "split", lambda text: [text[n : n + 2000] for n in range(0, len(text), 2000)])
        patched.setattr(slack, "_fit", lambda chunk: ["\n".join(chunk.lines)])
        told = broken_rules(answer)
    assert "a fence is open" in told and "a text is empty or too long" in told


def test_a_link_is_never_cut() -> None:
    pieces = discord.split(discord.render(f"{LINK} " * 40))
    assert len(pieces) > 1
    assert sum(piece.count("](<https://help.example/a-page>)") for piece in pieces) == 40


LITERAL = st.lists(st.sampled_from(["a", "30 kg", "été", " ", ", ", "(", ")", *">*_~", "**", "~~", ">>>"]), min_size=1)
LINES = st.lists(LITERAL.map("".join).map(str.strip).filter(bool), min_size=1, max_size=3).map("\n".join)


@given(LINES)
def test_what_is_escaped_is_shown_as_it_is_written(text: str) -> None:
    markdown = re.sub(r"([>*_~])", r"\\\1", text)
    assert by_slack(slack.mrkdwn(markdown)) == text
    assert by_discord(discord.render(markdown)) == text


@given(LINES)
def test_beside_a_style_what_is_escaped_is_shown_as_it_is_written(text: str) -> None:
    markdown = re.sub(r"([>*_~])", r"\\\1", text)
    assert by_slack(slack.mrkdwn(f"**so** {markdown} *to* **be**")) == f"so {text} to be"
    assert by_discord(discord.render(f"**so** {markdown} *to* **be**")) == f"so {text} to be"
