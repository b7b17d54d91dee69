"""Markdown becomes what Slack shows, within its limits, and can control nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import render
from bot.messages import Answer, Choice, Citation, Status
from bot.wording import LANGUAGES, buttons, notices

STAR = "<!date^00000000^{_}|*>"
"""A mark that makes no style: the words for a date that is none."""


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold** *italic* ~~gone~~ `code`", "*bold* _italic_ ~gone~ `code`"),
        ("***both***", "_*both*_"),
        ("un**friend**ly", "un\u200b*friend*\u200bly"),
        ("# A *fine* **title**", "*A _fine_ title*"),
        ("- one\n  - two\n- three", "• one\n    ◦ two\n• three"),
        ("3. one\n4. two\n   - sub", "3. one\n4. two\n    ◦ sub"),
        ("- > said", "• said"),
        ("> said\n> twice", "> said\n> twice"),
        ("```py\na < b\n```", "```\na &lt; b\n```"),
        ("- do\n  ```\n  x\n  ```", "• do\n```\nx\n```"),
        ("one\n\n```\na\n```\n```\nb\n```\ntwo\n\nthree", "one\n```\na\n```\n\n```\nb\n```\ntwo\n\nthree"),
        ("I said:\n> yes\n\nThen", "I said:\n> yes\nThen"),
        ("> one\n\n> two", "> one\n\n> two"),
        ("So:\n- one\n- two\n\nThen:\n\n- three", "So:\n• one\n• two\n\nThen:\n\n• three"),
        ("one\\\ntwo", "one\ntwo"),
        ("---", "———"),
        ("[our *page*](https://a.example/?x=1&y=2)", "<https://a.example/?x=1&amp;y=2|our page>"),
        ("<https://a.example> <a@b.example>", "<https://a.example> <mailto:a@b.example|a@b.example>"),
        ("see https://a.example/x. Fine", "see <https://a.example/x>. Fine"),
        ("(https://a.example/x_(y).)", "(<https://a.example/x_(y)>.)"),
        ("https://a.example/x_(y) (https://a.example/x)", "<https://a.example/x_(y)> (<https://a.example/x>)"),
        ("[the *team*](mailto:a@b.example)", "<mailto:a@b.example|the team>"),
        ("[call <us>](tel:+44-20-7946-0000)", "call &lt;us&gt; (+44-20-7946-0000)"),
        ("[020 7946](tel:0207946) [](tel:0207946) [x](tel:y)", "020 7946 0207946 x"),
        ("![a plan](https://a.example/p.png)", "<https://a.example/p.png|a plan>"),
        ("[section](#below) [x](javascript:alert)", "section [x](javascript:alert)"),
        ("[1] and [2]", "[1] and [2]"),
        ("| a | b |\n|---|---|\n| x & y | `1` |", "```\na      b\n─────  ─\nx &amp; y  1\n```"),
        ("| Größe | 大 |\n|---|---|\n| 大きい | 1 |", "```\nGröße   大\n──────  ──\n大きい  1\n```"),
        ("AT&T &amp; 1 < 2", "AT&amp;T &amp; 1 &lt; 2"),
        ("a|b [a|b](https://a.example)", "a|b <https://a.example|a¦b>"),
        ("<b>html</b>", "&lt;b&gt;html&lt;/b&gt;"),
        ("- > 30 kg: 10 €\n- > said", "• &gt; 30 kg: 10 €\n• said"),
        (r"- \> 30 kg: 10 €", "• &gt; 30 kg: 10 €"),
        (r"\> 30 kg: 10 €", "\u00ad&gt; 30 kg: 10 €"),
        (r"Dial \*21\*", f"Dial {STAR}21{STAR}"),
        (r"**b** \_x\_", "*b* <!date^00000000^{_}|_>x<!date^00000000^{_}|_>"),
        ("~b~ and ~~c~~", "<!date^00000000^{_}|~>b<!date^00000000^{_}|~> and ~c~"),
        (r"~5 to ~10 kg, 2\*3\*4, a_b_c", "~5 to ~10 kg, 2*3*4, a_b_c"),
        (r"Fee\*" "\n\n" r"\* without tax", "Fee*\n\n* without tax"),
    ],
)
def test_markdown_is_shown_as_slack_writes_it(markdown: str, shown: str) -> None:
    assert render.mrkdwn(markdown) == shown


@pytest.mark.parametrize(
    "text",
    ["<!channel>", "<!here|all>", "<@U0ANN>", "<#C0SUPPORT>", "&lt;!everyone&gt;", "`<!here>`", "```\n<!here>\n```"],
)
def test_no_text_can_call_people(text: str) -> None:
    for markdown in (text, f"**{text}**", f"| {text} |\n|---|\n| {text} |", f"[{text}](https://a.example)"):
        assert not re.search("<[!@#]", _without_written_marks(render.mrkdwn(markdown)))


def test_slack_is_kept_from_looking_for_names_in_the_text() -> None:
    (message,) = render.messages("@channel #general")
    assert [block["text"]["verbatim"] for block in message.blocks] == [True]


@pytest.mark.parametrize(("url", "followed"), [("https://a.example", True), ("mailto:a@b.example", True), ("", False)])
def test_only_web_and_mail_addresses_become_links(url: str, followed: bool) -> None:
    assert render.link(url, "page") == (f"<{url}|page>" if followed else "page")
    assert render.link("https://a.example\n<!here>", "page") == "page"
    assert render.link("javascript:alert(1)", "page") == render.link("slack://open", "page") == "page"


def test_an_address_cannot_break_out_of_its_link() -> None:
    assert render.link("https://a.example/|x><!channel>", "a>b") == "<https://a.example/%7Cx%3E%3C!channel%3E|a&gt;b>"


def test_sources_are_numbered_and_linked_where_there_is_a_page() -> None:
    answer = Answer(
        Status.ANSWERED,
        "Thirty days [1], ask first [2].",
        citations=(
            Citation(1, "r.md", "Returns & refunds", "https://a.example/r", "Europe > Kettles", "", "2026-03-12"),
            Citation(2, "a.md", "Agents", "", "", ""),
        ),
    )
    (message,) = render.answer_messages(answer, 42)
    text, sources, buttons = message.blocks
    assert text["text"]["text"] == "Thirty days [1], ask first [2]."
    assert message.text == f"{text['text']['text']}\n\n{sources['elements'][0]['text']}"
    assert sources["elements"][0]["text"] == (
        "[1] <https://a.example/r|Returns &amp; refunds> › Europe › Kettles · 2026-03-12\n[2] Agents"
    )
    below = [(one["action_id"], one["value"]) for one in buttons["elements"]]
    assert below == [("rate_up", "42"), ("rate_down", "42"), ("person", "42")]


def test_screen_readers_get_the_whole_answer_with_its_sources_and_choices() -> None:
    choices = (Choice("EU & <UK>", "EU?"), Choice("US", "US?"))
    citation = Citation(1, "r.md", "Returns", "https://a.example/r", "", "")
    text = "\n\n".join(f"{n} {'word ' * 100}." for n in range(12))
    whole = render.answer_messages(Answer(Status.CLARIFY, text[:1500], (citation,), choices), 1)[0]
    assert whole.text.endswith("[1] <https://a.example/r|Returns>\n\n• EU &amp; &lt;UK&gt;\n• US")
    first = render.answer_messages(Answer(Status.ANSWERED, text), 1)[0]
    assert "4 word" in first.text and len(first.blocks[0]["text"]["text"]) < len(first.text) <= 3000
    short = render.answer_messages(Answer(Status.ANSWERED, "[a page](https://a.example/page) " * 200), 1)[0]
    assert _controls_only_links(short.text) and short.text.endswith(">")
    code = render.answer_messages(Answer(Status.ANSWERED, "```\n" + "print()\n" * 600 + "```"), 1)[0]
    assert code.text.count("```") % 2 == 0 and len(code.text) <= 3000


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.ANSWERED])
def test_only_an_answer_can_be_rated(status: Status) -> None:
    (message,) = render.answer_messages(Answer(status, "Sorry."), 1)
    buttons = [one["action_id"] for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    assert buttons == (["person"] if status is Status.REFUSED else [])


def test_a_long_code_block_is_closed_and_opened_at_each_cut() -> None:
    sections = render.sections("```\n" + "print('x')\n" * 900 + "```")
    assert len(sections) > 2
    assert all(text.startswith("```\n") and text.endswith("\n```") and text.count("```") == 2 for text in sections)


def test_a_cut_goes_through_no_link_and_no_escaped_character() -> None:
    sections = render.sections("a&b<c " * 2000 + "[label](https://a.example/page) " * 300)
    assert all(not re.search(r"&(?!amp;|lt;|gt;)", text) and _controls_only_links(text) for text in sections)


def test_a_growing_text_stays_one_message() -> None:
    message = render.partial("word " * 9000)
    assert _within_limits(message)
    assert render.partial("").blocks


def _without_written_marks(text: str) -> str:
    return re.sub(r"<!date\^00000000\^\{_\}\|[*_~]+>", "", text)


def _controls_only_links(text: str) -> bool:
    rest = re.sub(r"<(?:https?://|mailto:)[^<>|\s]+(?:\|[^<>|\n]+)?>", "", text, flags=re.IGNORECASE)
    rest = _without_written_marks(rest)
    return "<" not in rest and not re.search(r"(?m)(?<!^)>", rest)


def _within_limits(message: render.Message) -> bool:
    texts = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    texts += [
        element["text"] for block in message.blocks if block["type"] == "context" for element in block["elements"]
    ]
    return (
        0 < len(message.blocks) <= 50
        and 0 < len(message.text) <= 3000
        and all(text.strip() and len(text) <= 3000 for text in texts)
        and sum(map(len, texts)) <= 13_000
    )


PIECES = """<!channel> <@U0ANN> &lt;!here&gt; ** * _ ~~ ` ``` - 1. > # | |---| [ ](https://a.example/?a&b)
](javascript:x) ![ https://a.example|x <https://a|b> --- & < > \\ é 大 😀 \x00 \x1b http:// word""".split()
SPACES = ["\n", "\n\n", " ", "    ", "\t", "\u2028", "x" * 500, "& " * 900]
WORDS = st.sampled_from(PIECES + SPACES)
MARKDOWN = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map("".join))


@given(MARKDOWN)
def test_whatever_the_text_slack_takes_it_and_is_not_controlled_by_it(markdown: str) -> None:
    for message in [*render.messages(markdown), render.partial(markdown)]:
        assert _within_limits(message)
        for text in [message.text, *(b["text"]["text"] for b in message.blocks if b["type"] == "section")]:
            assert _controls_only_links(text)
            assert not re.search(r"&(?!amp;|lt;|gt;)", text)


@given(
    st.lists(st.builds(Citation, st.integers(1, 99), MARKDOWN, MARKDOWN, MARKDOWN, MARKDOWN, st.just("")), max_size=8)
)
def test_whatever_the_sources_are_called_slack_takes_them(citations: list[Citation]) -> None:
    for message in render.answer_messages(Answer(Status.ANSWERED, "Yes.", citations=tuple(citations)), 1):
        assert _within_limits(message)
        for block in message.blocks:
            if block["type"] == "context":
                assert all(_controls_only_links(element["text"]) for element in block["elements"])


def test_names_of_sources_are_shown_as_they_are_written() -> None:
    named = Citation(1, "c.md", "Codes *21* and *22", "", "_Calls_ > a_b", "")
    (message,) = render.answer_messages(Answer(Status.ANSWERED, "Yes.", (named,)), 1)
    mark = STAR.replace("*", "_")
    told = f"[1] Codes {STAR}21{STAR} and {STAR}22 › {mark}Calls{mark} › a{mark}b"
    assert message.blocks[1]["elements"][0]["text"] == told


@pytest.mark.parametrize("label", ["https://help.example/form", "help.example", "see https://help.example"])
def test_a_link_shows_no_other_address_than_it_leads_to(label: str) -> None:
    assert render.mrkdwn(f"[{label}](https://evil.example/x)") == "<https://evil.example/x>"


# Languages --------------------------------------------------------------------------------------------------------


def labels(message: render.Message) -> dict[str, str]:
    """Return what the buttons of a message say, by their action ids."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {one["action_id"]: one["text"]["text"] for row in rows for one in row}


def test_the_buttons_below_a_german_answer_are_german() -> None:
    answer = Answer(Status.ANSWERED, "30 Tage.", notes={"language": "de"})
    (message,) = render.answer_messages(answer, 1, can_be_shown=True)
    assert labels(message) == {
        "rate_up": "👍 Hilfreich",
        "rate_down": "👎 Nicht hilfreich",
        "person": "Mit einem Menschen sprechen",
        "show_to_everyone": "Allen zeigen",
    }
    handed = Answer(Status.HANDED_OVER, "Natürlich.", notes={"language": "de", "threaded": True, "handover": 3})
    assert labels(render.answer_messages(handed, 1)[0]) == {"handover_resolve": "An den Bot zurückgeben"}


def test_what_was_wrong_is_asked_in_the_language_of_the_sentence_above() -> None:
    asked = render.asking_why("Was war nicht in Ordnung?", 1, "de")
    assert labels(asked) == {
        "reason_wrong": "Falsch",
        "reason_outdated": "Veraltet",
        "reason_incomplete": "Unvollständig",
        "reason_rude": "Unhöflich",
        "reason_other": "Anderes …",
        "suggest": "Antwort vorschlagen",
    }
    assert labels(render.suggesting("Danke.", 1, language="de")) == {"suggest": "Antwort vorschlagen"}
    assert labels(render.asking_to_rate("?", 1, "de"))["rate_up"] == "👍 Hilfreich"
    view = render.dialog("words", buttons.WORDS_TITLE, buttons.WORDS_LABEL, 1000, "[]", language="de")
    assert [view[part]["text"] for part in ("title", "submit", "close")] == ["Was war falsch?", "Senden", "Abbrechen"]
    assert view["blocks"][0]["label"]["text"] == "In Ihren eigenen Worten"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_tab_is_told_in_the_language_of_the_workspace(language: str) -> None:
    blocks = render.home("", language)["blocks"]
    assert blocks[-1]["elements"][0]["text"]["text"] == buttons.DELETE_MINE.of(language)
    assert blocks[0]["text"]["text"] == render.mrkdwn(notices.HELP.of(language))
