"""Our Markdown looks on Discord as it was meant, and can do nothing there that nobody wants."""

import re

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.installation import TokenError, application_id_of, invite_link
from adapters.discord.presses import reason_buttons, suggest_button
from adapters.discord.render import LIMIT, pieces, preview, render, sources, thread_name
from adapters.discord.replies import _buttons as buttons_below
from bot.messages import Answer, Citation, Status

GAP = "\u200b"


def citation(
    n: int = 1, *, title: str = "Returns", url: str = "https://help.example/returns", heading: str = "", day: str = ""
) -> Citation:
    return Citation(n, "returns.md", title, url, heading, "within 30 days", day)


def test_headings_go_no_deeper_than_discord_knows_them() -> None:
    assert render("# One\n\n###### Six") == "# One\n\n### Six"


def test_bold_italic_struck_and_code_stay() -> None:
    assert render("**a** *b* ~~c~~ `d_e`") == "**a** *b* ~~c~~ `d_e`"


def test_nested_lists_stay_nested_and_numbers_go_on() -> None:
    assert render("3. three\n   - inner\n4. four") == "3. three\n  - inner\n4. four"


def test_a_code_block_in_a_list_keeps_its_own_lines_unindented() -> None:
    assert render("- see\n\n  ```py\n  if a:\n      b\n  ```") == "- see\n```py\nif a:\n    b\n```"


def test_quotes_stay_quotes() -> None:
    assert render("> a\n> b") == "> a\n> b"


def test_a_table_becomes_columns_of_equal_width() -> None:
    table = "| Region | Days |\n|---|---|\n| EU | **30** |\n| United States | `14` |"
    assert render(table) == ("```\nRegion         Days\n-------------  ----\nEU             30\nUnited States  14\n```")


def test_links_get_no_preview_and_images_become_links() -> None:
    assert render("[the page](https://a.example/x)") == "[the page](<https://a.example/x>)"
    assert render("![plan](https://a.example/p.png)") == "[plan](<https://a.example/p.png>)"
    assert render("see https://a.example/a_b_c.") == "see <https://a.example/a_b_c>."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[data *protection*](mailto:privacy@acme.example)", "data *protection* (privacy@acme.example)"),
        ("[write](mailto:a_b%2Bc@acme.example?subject=Hi)", r"write (a\_b+c@acme.example)"),
        ("[Privacy@acme.example](mailto:privacy@acme.example)", "Privacy@acme.example"),
        ("<privacy@acme.example>", "privacy@acme.example"),
        ("[](mailto:privacy@acme.example)", "privacy@acme.example"),
        ("[call us](tel:+44-20-7946-0000;ext=1)", "call us (+44-20-7946-0000)"),
        ("[+44 20 7946 0000](tel:+442079460000)", "+44 20 7946 0000"),
        ("[x](mailto:@everyone) [y](tel:everyone) [z](mailto:a@b.example%0A%3C@1%3E)", "x y z"),
    ],
)
def test_a_mail_address_or_telephone_number_is_shown_as_discord_links_none(written: str, shown: str) -> None:
    assert render(written) == shown


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (
            "see https://en.wikipedia.org/wiki/Kettle_(disambiguation)",
            "https://en.wikipedia.org/wiki/Kettle_(disambiguation)",
        ),
        ("(see https://en.wikipedia.org/wiki/Kettle_(tea).)", "https://en.wikipedia.org/wiki/Kettle_(tea)"),
        ("(see https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x).", "https://a.example/x"),
        ("https://a.example/(a)(b)))", "https://a.example/(a)(b)"),
    ],
)
def test_a_bracket_that_an_address_opens_is_part_of_it(written: str, address: str) -> None:
    assert f"<{address}>" in render(written)


@pytest.mark.parametrize("address", ["ftp://a.example", "discord://x", "//a.example", "page.md"])
def test_only_web_addresses_become_links(address: str) -> None:
    assert render(f"[here]({address})") == "here"


def test_a_label_that_looks_like_another_address_is_not_shown() -> None:
    assert render("[https://good.example](https://evil.example)") == "<https://evil.example>"


def test_citation_numbers_are_left_readable() -> None:
    assert render("Within 30 days [1][2].") == "Within 30 days [1][2]."


def test_a_citation_number_before_a_bracket_makes_no_link() -> None:
    assert "](" not in render(r"See [1]\(https://evil.example)")


def test_marks_of_the_document_are_shown_as_they_are() -> None:
    assert render(r"snake_case \*x\* ||a||") == r"snake\_case \*x\* \|\|a\|\|"


@pytest.mark.parametrize("line", [r"\# x", r"\- x", r"1\. x", r"\> x", "-# x"])
def test_a_line_that_only_looks_like_a_block_stays_text(line: str) -> None:
    shown = render(f"a\n{line}").split("\n")[1]
    assert shown.startswith("\\") or shown.startswith("1\\")


@pytest.mark.parametrize("mention", ["@everyone", "@here", "<@123>", "<@!123>", "<@&123>", "<#123>", "<t:123:R>"])
@pytest.mark.parametrize("around", ["{}", "**{}**", "`{}`", "```\n{}\n```", "# {}", "[{}](https://a.example)"])
def test_nobody_is_mentioned_wherever_it_stands(mention: str, around: str) -> None:
    assert mention not in render(around.format(mention))


def test_html_is_text() -> None:
    assert render("<b>x</b>") == "<b>x</b>"


def test_sources_are_numbered_with_title_link_and_section() -> None:
    shown = sources([citation(1, heading="Refunds > EU"), citation(2, title="Ship_ping", url="javascript:x")])
    assert shown == ("**Sources**\n[1] [Returns](<https://help.example/returns>) › Refunds › EU\n[2] Ship\\_ping")


def test_the_address_of_a_source_cannot_break_out_of_its_link() -> None:
    shown = sources([citation(url="https://a.example/x>) @everyone [y](https://b.example")])
    assert "(<https://a.example/x%3E)%20%40everyone%20[y](https://b.example>)" in shown


def test_a_long_answer_is_cut_into_messages_that_discord_takes() -> None:
    text = "\n\n".join(["para *graph* " * 30, "```py\n" + "x = 1\n" * 300 + "```"] * 3)
    messages = pieces(Answer(Status.ANSWERED, text, (citation(),)))
    assert len(messages) > 3
    assert all(0 < len(message) <= LIMIT for message in messages)
    assert all(message.count("```") % 2 == 0 for message in messages)
    assert "**Sources**" in messages[-1]


def test_an_empty_answer_is_still_a_message() -> None:
    assert pieces(Answer(Status.REFUSED, " "))[0].strip()


def test_a_growing_answer_is_one_message() -> None:
    assert preview("Refunds take") == "Refunds take"
    assert len(preview("word " * 1000)) <= LIMIT


def test_a_thread_is_named_after_the_question() -> None:
    assert thread_name("How  long\ndo refunds take?") == "How long do refunds take?"
    assert 60 < len(thread_name("word " * 100)) <= 100
    assert len(thread_name("x" * 300)) <= 100
    assert thread_name("") == "Question"
    assert "@everyone" not in thread_name("@everyone how long?")


marks = st.text(alphabet="ab1 \n\t`*_~|#>-+.()[]<>@!&:/\\\u200b", max_size=120)
words = st.sampled_from(
    ["@everyone", "<@123>", "<#9>", "](", "https://a.example", "```", "`", "\n\n", "- ", "| a |\n|-|\n"]
)
markdown = st.lists(st.one_of(marks, words), max_size=12).map("".join)


@given(markdown)
@example("`1```](`")
@example("~~~\n`````\n~~~")
def test_whatever_the_text_nobody_is_mentioned_and_every_link_is_quiet(text: str) -> None:
    shown = render(text)
    assert not re.search(r"@(everyone|here)|<@[!&]?\d|<#\d", shown)
    outside = "".join(shown.split("```")[::2])
    without_code = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside, flags=re.DOTALL)
    assert not re.search(r"(?<!\\)\]\((?!<https?://)", without_code)
    assert shown.count("```") % 2 == 0


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_renders(text: str) -> None:
    assert isinstance(render(text), str)


def test_the_token_names_the_application() -> None:
    assert application_id_of("MTE4MDAwMDAwMDAwMDAwMDAwMQ.Gx.abc") == "1180000000000000001"
    for wrong in ("", "xoxb-1", "äöü", "aGVsbG8.x.y"):
        with pytest.raises(TokenError) as caught:
            application_id_of(wrong)
        assert "FRONTDESK_DISCORD__TOKEN" in str(caught.value)
        assert not wrong or wrong not in str(caught.value)


def test_the_invite_link_asks_for_what_the_bot_needs_and_no_more() -> None:
    link = invite_link("118")
    assert "client_id=118" in link
    assert "scope=bot+applications.commands" in link
    wanted = int(re.search(r"permissions=(\d+)", link)[1])  # type: ignore[index]
    assert wanted == 1 << 6 | 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16 | 1 << 35 | 1 << 38 | 1 << 51


def test_a_source_is_not_called_by_the_address_of_another_page() -> None:
    shown = sources([Citation(1, "a.md", "Log in at https://evil.example", "https://help.example/a", "", "")])
    assert shown.endswith("[1] [a.md](<https://help.example/a>)")


# Languages --------------------------------------------------------------------------------------------------------


def labels(view: discord.ui.View | None) -> dict[str, str]:
    """Return what the buttons of a view say, by their ids."""
    assert view is not None
    items = [getattr(one, "item", one) for one in view.children]
    return {str(one.custom_id): str(one.label) for one in items if isinstance(one, discord.ui.Button)}


async def test_the_buttons_below_a_german_answer_are_german() -> None:
    answer = Answer(Status.ANSWERED, "30 Tage [1]", (citation(),), notes={"language": "de"})
    assert "**Quellen**" in pieces(answer)[0]
    assert labels(buttons_below(answer, 1, can_be_shown=True)) == {
        "frontdesk:rate:1:up": "Hilfreich",
        "frontdesk:rate:1:down": "Nicht hilfreich",
        "frontdesk:person:1": "Mit einem Menschen sprechen",
        "frontdesk:show:1": "Allen zeigen",
    }
    handed = Answer(Status.HANDED_OVER, "Natürlich.", notes={"language": "de", "threaded": True, "handover": 3})
    assert labels(buttons_below(handed, 1)) == {"frontdesk:handover:3:resolve": "An den Bot zurückgeben"}


async def test_what_was_wrong_is_asked_in_the_language_of_the_sentence_above() -> None:
    assert [*labels(reason_buttons(1, "de")).values()] == [
        *("Falsch", "Veraltet", "Unvollständig", "Unhöflich", "Anderes …", "Antwort vorschlagen")
    ]
    assert labels(suggest_button(1, language="de")) == {"frontdesk:suggest:1:0": "Antwort vorschlagen"}
