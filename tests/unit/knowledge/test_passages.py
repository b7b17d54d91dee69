"""Markdown is cut by heading, within a token budget, and nothing of it is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document, Passage, Scope
from knowledge.passages import cut, embedded_text, rejoined
from knowledge.sentences import tables_told

BUDGET = 60


def token_ends(texts: Sequence[str]) -> list[list[int]]:
    """A tokenizer whose tokens are words and signs, so that a reader can count along."""
    return [[match.end() for match in re.finditer(r"\w+|[^\w\s]", text)] for text in texts]


def cut_text(text: str, title: str = "Title") -> list[Passage]:
    (passages,) = cut([Document("d.md", "s", title, text)], token_ends, BUDGET)
    return passages


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_each_section_is_a_passage_with_its_heading_path() -> None:
    passages = cut_text(
        "# Title\n\nIntro.\n\n## Returns\n\n30 days.\n\n### In `Norway`\n\n14 [days](http://x).\n\n## *Costs*\n\nNone."
    )
    assert [(one.heading, one.text) for one in passages] == [
        ("", "Intro."),
        ("Returns", "30 days."),
        ("Returns > In Norway", "14 [days](http://x)."),
        ("Costs", "None."),
    ]


def test_a_passage_carries_what_its_document_is() -> None:
    scope = Scope(region=("eu",))
    document = Document("eu/r.md", "policies", "Returns", "One.\n\n# Two\n\nThree.", "https://x", scope)
    first, second = cut([document], token_ends, BUDGET)[0]
    assert (first.id, second.id) == ("eu/r.md#0", "eu/r.md#1")
    assert (second.document_id, second.source, second.url, second.scope, second.position) == (
        "eu/r.md",
        "policies",
        "https://x",
        scope,
        1,
    )
    assert embedded_text(second) == "Returns > Two\nThree."


def test_a_hash_in_a_code_fence_is_no_heading() -> None:
    (passage,) = cut_text("Run this:\n\n```sh\n# not a heading\nmake demo\n```")
    assert passage.heading == ""
    assert "# not a heading\nmake demo" in passage.text


def test_levels_that_are_skipped_do_not_mix_up_the_path() -> None:
    passages = cut_text("#### Deep\n\na\n\n## Up\n\nb\n\n#### Down\n\nc\n\n## Next\n\nd")
    assert [one.heading for one in passages] == ["Deep", "Up", "Up > Down", "Next"]


def test_a_long_list_is_cut_between_its_items() -> None:
    items = [f"- item {n} has a few words in it" for n in range(20)]
    passages = cut_text("\n".join(items))
    assert len(passages) > 1
    assert [line for one in passages for line in one.text.split("\n")] == items


def test_a_long_table_is_cut_between_rows_and_keeps_its_head() -> None:
    rows = [f"| country {n} | {n} days | free |" for n in range(20)]
    head = "| Country | Time | Cost |\n|---|---|---|"
    passages = cut_text(f"{head}\n" + "\n".join(rows))
    assert len(passages) > 1
    assert all(one.text.startswith(head) for one in passages)
    assert [line for one in passages for line in one.text.split("\n")[2:]] == rows


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"Sentence number {n} says something useful." for n in range(30)]
    passages = cut_text(" ".join(sentences))
    assert len(passages) > 1
    assert " ".join(one.text for one in passages) == " ".join(sentences)
    assert all(one.text.endswith("useful.") for one in passages)


@pytest.mark.parametrize("text", ["word " * 5000, "x" * 200_000, "a,b;" * 20_000, "# \n" * 10 + "end"])
def test_text_without_any_structure_is_cut_all_the_same(text: str) -> None:
    passages = cut_text(text)
    assert "".join("".join(one.text.split()) for one in passages) == "".join(text.replace("#", "").split())
    assert all(len(one.text) <= BUDGET * 16 for one in passages)


def test_a_title_and_a_heading_without_end_leave_room_for_the_text() -> None:
    passages = cut_text(f"# {'heading ' * 100}\n\n{'word ' * 100}", title="title " * 300)
    assert all(passage.title.endswith("…") and passage.heading.endswith("…") for passage in passages)
    assert all(len(token_ends([embedded_text(one)])[0]) <= BUDGET for one in passages)
    assert Counter(word for one in passages for word in words(one.text)) == {"heading": 100, "word": 100}


def test_the_frame_of_a_page_to_be_written_has_no_passage() -> None:
    assert cut_text("# One\n\n## Two\n\n---\n") == []
    assert cut_text("# Title\n") == []


def test_a_heading_with_nothing_below_it_is_a_passage_of_its_own() -> None:
    passages = cut_text(
        "# Title\n\n## Are you open on Sundays?\n\n### We are [closed](http://x) on Sundays\n\n## Free returns\n\n"
        "## Costs\n\n### In Norway\n\n14 euros.\n\n## Title\n\n## We ship to Japan\n"
    )
    assert [(one.heading, one.text) for one in passages] == [
        ("Are you open on Sundays?", "We are [closed](http://x) on Sundays"),
        ("", "Free returns"),
        ("Costs > In Norway", "14 euros."),
        ("", "We ship to Japan"),
    ]
    assert [one.text for one in cut_text("## Title\n\n## No refunds after 30 days\n")] == ["No refunds after 30 days"]


def test_a_page_of_sections_has_no_passage_of_its_title_and_sub_headings() -> None:
    passages = cut_text("# On returns\n\n## Time\n\n### In the EU\n\n30 days.\n\n### In the UK\n\n28 days.")
    assert [one.text for one in passages] == ["30 days.", "28 days."]


@pytest.mark.parametrize(
    ("text", "headings", "paragraphs"),
    [
        ("RETURNS\n---\nSend it\nwithin 30 days\n---\nBy post.", "RETURNS", "Send it\nwithin 30 days\n\nBy post."),
        ("# A\n\nReturns are free.\n===\nSend them.", "A", "Returns are free.\n\nSend them."),
        (f"{'long ' * 24}line\n---\nBy post.", "", f"{'long ' * 24}line\n\nBy post."),
        ("How long?\n---\n30 days.", "How long?", "30 days."),
        (f"# {'long ' * 240}line\n\nBy post.", "", f"{'long ' * 240}line\n\nBy post."),
    ],
)  # fmt: skip
def test_a_paragraph_above_a_line_of_dashes_is_no_heading(text: str, headings: str, paragraphs: str) -> None:
    passages = cut_text(text)
    assert {one.heading for one in passages} == {headings}
    assert "".join("".join(one.text.split()) for one in passages) == "".join(paragraphs.split())


def test_no_word_of_a_heading_above_two_hundred_characters_is_lost() -> None:
    heading = " ".join(f"word{n}" for n in range(40))
    passages = cut_text(f"# Title\n\n## {heading}\n\nThe text.\n\n### Costs\n\nNone.")
    assert [word for one in passages for word in words(one.text)] == [*heading.split(), "The", "text", "None"]
    assert passages[0].heading.endswith("…") and passages[-1].heading == "Costs"


blocks = ["* ", "> ", "```\n", "| a | b |\n|---|---|\n", "\n", "\n\n", "1. ", "word ", "End. ", "    "]


@given(st.lists(st.sampled_from(["# ", "## ", *blocks]), max_size=120).map("".join))
def test_no_passage_is_empty_or_too_long(text: str) -> None:
    passages = cut_text(text)
    assert all(len(token_ends([embedded_text(one)])[0]) <= BUDGET for one in passages)
    assert [one.position for one in passages] == list(range(len(passages)))
    assert all(one.text.strip() for one in passages)


@given(st.lists(st.sampled_from([*blocks, "word\n---\n", "Three words here\n===\n", "# "]), max_size=120).map("".join))
def test_no_word_is_lost(text: str) -> None:
    passages = cut_text(f"{text}\n\nend")
    cut_up = Counter(word for one in passages for word in words(f"{one.heading} {one.text}"))
    text += " end"
    assert cut_up >= Counter(words(text))


def test_a_text_that_begins_with_its_title_is_not_given_it_again() -> None:
    passage = Passage("d#0", "d", "s", "Returns", "", "", "Returns are free.", 0)
    assert embedded_text(passage) == "Returns are free."
    assert embedded_text(replace(passage, heading="Time")) == "Time\nReturns are free."
    assert embedded_text(replace(passage, text="Free.")) == "Returns\nFree."


def test_rows_of_a_table_are_embedded_with_the_names_of_their_columns() -> None:
    table = "| Way | Cost | Refund |\n|:--|---|---|\n| Store | free | at once |\n| Post | $3 \\| £2 | |"
    text = f"Fees:\n\n{table}\n\nThe end."
    passage = Passage("d#0", "d", "s", "Returns", "", "", text, 0)
    assert embedded_text(passage) == (
        "Returns\nFees:\n\nStore: Cost: free; Refund: at once\nPost: Cost: $3 \\| £2\n\nThe end."
    )


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("| Size | Price |\n|---|---|", "Size: Price"),
        ("| 2 litres | 9 euros |\n| 3 litres | 12 euros |", "2 litres: 9 euros\n3 litres: 12 euros"),
        ("| | Price |\n|---|---|\n| | 9 euros |", "Price: 9 euros"),
        ("| Size |\n|---|\n| small | and more |", "small: and more"),
        ("a | b", "a | b"),
        ("| Zone | Days |\n|---|---|\n| 1 | 3 |\n| B | 5 |", "Zone 1: Days: 3\nZone B: Days: 5"),
        ("| Vehicle group | Daily |\n|---|---|\n| A, B | 40 |", "Vehicle group A, B: Daily: 40"),
        (
            "| Days | Back |\n|---|---|\n| \\>/=7 | all |\n| 1–3 | half |",
            "Days \\>/=7: Back: all\nDays 1–3: Back: half",
        ),
        ("| Up to | Post |\n|---|---|\n| £50 | 2 |\n| all | 3 |\n| – | 4 |", "£50: Post: 2\nall: Post: 3\n–: Post: 4"),
        ("| # | Step |\n|---|---|\n| 1 | Ask |", "1: Step: Ask"),
        ("| What a person of that age has to pay | Fee |\n|---|---|\n| 1 | 2 |", "1: Fee: 2"),
    ],
)
def test_no_cell_of_an_odd_table_is_lost(table: str, told: str) -> None:
    assert tables_told(table) == told


def test_a_table_takes_no_more_room_than_its_rows_as_they_are_embedded() -> None:
    rows = "\n".join(f"| {n} | {n} |" for n in range(60))
    passages = cut_text(f"| Row | {'word ' * 12}|\n|---|---|\n{rows}")
    assert len(passages) > 2
    assert all(len(token_ends([embedded_text(one)])[0]) <= BUDGET for one in passages)


@pytest.mark.parametrize(
    "table",
    [
        "Way | Cost | Refund\n---|---|---\nStore | free | at once\nPost | $3 \\| |",
        "| Way | Cost | Refund\n|---|---|---\n| Store | free | at once\n| Post | $3 \\|",
        "Way | Cost | Refund |\n:--|--:|---|\nStore | free | at once |\nPost | $3 \\| | |",
        "> | Way | Cost | Refund |\n> |---|---|---|\n> | Store | free | at once |\n> | Post | $3 \\| | |",
        "> Way | Cost | Refund\n>---|---|---\n> Store | free | at once\n> Post | $3 \\|",
        ">> Way | Cost | Refund\n>> ---|---|---\n> > Store | free | at once\n>> Post | $3 \\|",
    ],
)
def test_a_table_is_told_by_its_rows_however_it_is_written(table: str) -> None:
    for before, after in (("", ""), ("> Fees:\n>\n" if table.startswith("> ") else "Fees:\n\n", "\n\nThe end.")):
        (passage,) = cut_text(before + table + after)
        told = embedded_text(passage)
        assert "\nStore: Cost: free; Refund: at once\nPost: Cost: $3 \\|" in told
        assert "--" not in told
        assert ("Fees:" in told, "The end." in told) == (bool(before), bool(after))


def test_a_table_in_a_list_keeps_its_place_and_its_mark() -> None:
    (passage,) = cut_text("- Fees:\n\n  Way | Cost\n  --- | ---\n  Store | free\n\n- a | b\n  --- | ---\n  c | d\n")
    assert (
        passage.text
        == "- Fees:\n\n  | Way | Cost |\n  | --- | --- |\n  | Store | free |\n- | a | b |\n  | --- | --- |\n  | c | d |"
    )


def test_what_only_looks_like_a_table_stays_as_it_is() -> None:
    text = "```\na | b\n---|---\n1 | 2\n```\n\na | b\n\n> a | b\n\n> - one\n> - two"
    assert "\n\n".join(one.text for one in cut_text(text)) == text


def test_a_long_table_in_a_quote_is_cut_between_rows_and_keeps_its_head() -> None:
    rows = [f"country {n} | {n} days | free" for n in range(20)]
    passages = cut_text("> Times:\n>\n> Country | Time | Cost\n> ---|---|---\n" + "\n".join(f"> {row}" for row in rows))
    assert len(passages) > 1 and passages[0].text.startswith("> Times:\n\n| Country |")
    assert all(one.text.startswith("| Country | Time | Cost |\n| ---|---|--- |\n") for one in passages[1:])
    assert all(f"| {row} |" in "\n".join(one.text for one in passages) for row in rows)


def test_pieces_of_a_section_are_put_together_as_they_stand() -> None:
    table = "| Size | Price |\n|---|---|\n" + "\n".join(f"| {n} litres | {n} euros and {n} cents |" for n in range(12))
    first, second = cut_text(f"# Kettles\n\n{table}")[:2]
    assert second.text.startswith("| Size | Price |")
    whole = rejoined([second, first])
    assert (whole.id, whole.text.count("Price")) == (second.id, 1)
    assert table.startswith(whole.text)
    sentence = "This sentence goes on " + "and on " * BUDGET + "until its end."
    first, second = cut_text(sentence)[:2]
    assert sentence.startswith(rejoined([first, second]).text)
