"""Long answers are cut so that every piece renders; edits keep the platform's pace."""

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.platform import PacedEdits, seems_to_lead_elsewhere, source_title, split_markdown
from bot.messages import Citation

LINES = st.lists(
    st.one_of(
        st.sampled_from(["", "```", "```python", "~~~", "````", "# Heading", "- item", "> quote"]),
        st.text(alphabet="abc `~\t.é😀", max_size=400),
    ),
    max_size=40,
)


@given(LINES, st.integers(160, 500))
@example(["`" * 17], 160)
@example(["```", "``` `"], 160)
@example([*["word"] * 20, "```", *["code"] * 10, "", "```", "```", "more"], 160)
def test_no_piece_is_longer_than_the_limit_and_no_fence_stays_open(lines: list[str], limit: int) -> None:
    for piece in split_markdown("\n".join(lines), limit):
        assert len(piece) <= limit
        mark = ""
        for line in piece.split("\n"):
            stripped = line.strip()
            if mark:
                if stripped.startswith(mark) and not stripped.strip(mark[0]):
                    mark = ""
            elif line[:4].strip().startswith(("```", "~~~")):
                mark = stripped[: len(stripped) - len(stripped.lstrip(stripped[0]))]
        assert not mark


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=12), min_size=1, max_size=300))
def test_no_word_is_lost_or_cut(words: list[str]) -> None:
    pieces = split_markdown(" ".join(words), 160)
    assert " ".join(pieces).split() == words


def test_cuts_between_paragraphs_when_one_is_near() -> None:
    first, second = "one " * 30, "two " * 30
    assert split_markdown(f"{first.strip()}\n\n{second.strip()}", 200) == [first.strip(), second.strip()]


def test_code_is_fenced_in_every_piece() -> None:
    code = "\n".join(f"line {n}" for n in range(60))
    pieces = split_markdown(f"```python\n{code}\n```", 200)
    assert len(pieces) > 1
    assert all(piece.startswith("```python\n") and piece.endswith("\n```") for piece in pieces)


def test_short_text_is_left_alone() -> None:
    assert split_markdown("Hello **there**", 2000) == ["Hello **there**"]


def test_a_limit_too_small_for_fences_is_refused() -> None:
    with pytest.raises(ValueError, match="160"):
        split_markdown("x", 10)


async def test_fast_edits_are_merged_and_the_last_one_before_closing_is_dropped_for_the_final_text() -> None:
    shown: list[str] = []

    async def edit(text: str) -> None:
        shown.append(text)

    edits = PacedEdits(edit, interval_s=0.05)
    for n in range(20):
        edits.show(str(n))
    await asyncio.sleep(0.01)
    edits.show("late")
    await edits.close()
    await asyncio.sleep(0.12)
    assert shown == ["19"]


async def test_edits_go_on_after_the_interval() -> None:
    shown: list[str] = []

    async def edit(text: str) -> None:
        shown.append(text)

    edits = PacedEdits(edit, interval_s=0.01)
    edits.show("a")
    await asyncio.sleep(0.005)
    edits.show("b")
    await asyncio.sleep(0.05)
    edits.show("c")
    await asyncio.sleep(0.05)
    await edits.close()
    assert shown == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("label", "url", "elsewhere"),
    [
        ("our form", "https://help.example/form", False),
        ("https://help.example/form", "https://help.example/form", False),
        ("help.example", "https://www.help.example/", False),
        ("Booking.com orders", "https://help.example/booking", False),
        ("help.example", "https://evil.example", True),
        ("https://help.example", "https://evil.example", True),
        ("see https://help.example", "https://evil.example", True),
        ("www.help.example and more", "https://evil.example", True),
        ("hеlp.example", "https://evil.example", True),
    ],
)
def test_a_link_that_names_an_address_leads_there(label: str, url: str, elsewhere: bool) -> None:
    assert seems_to_lead_elsewhere(label, url) is elsewhere


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Returns", "Returns"),
        ("Node.js orders", "Node.js orders"),
        ("https://help.example/returns", "https://help.example/returns"),
        ("Log in at https://evil.example", "returns.md"),
        ("www.evil.example", "returns.md"),
        ("", "returns.md"),
    ],
)
def test_a_source_is_not_called_by_the_address_of_another_page(title: str, shown: str) -> None:
    assert source_title(Citation(1, "returns.md", title, "https://help.example/returns", "", "")) == shown
