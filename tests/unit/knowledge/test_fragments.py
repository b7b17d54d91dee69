"""What a source repeats on most pages is left out, what only looks alike stays."""

import json
from dataclasses import replace

import pytest

from knowledge.documents import Document, Scope
from knowledge.fragments import RepeatedFragments, drop_repeated

BANNER = "We use cookies. [Settings](https://example.com/cookies)"
FOOTER = "Was this article helpful?\n\n© Example Ltd."


def page(n: int, body: str = "", scope: Scope | None = None) -> Document:
    text = f"# Page {n}\n\n{BANNER}\n\n{body or f'Rule number {n} holds.'}\n\n{FOOTER}\n"
    return Document(f"{n}.md", "site", f"Page {n}", text, scope=scope or Scope())


def test_a_banner_and_a_footer_on_most_pages_stay_on_one_only() -> None:
    pages = drop_repeated([page(n) for n in range(12)])
    assert [BANNER in one.text for one in pages] == [True] + [False] * 11
    assert [one.text for one in pages[1:3]] == [
        "# Page 1\n\nRule number 1 holds.\n",
        "# Page 2\n\nRule number 2 holds.\n",
    ]


def test_a_sentence_of_policy_on_few_pages_stays() -> None:
    legal = "Refunds are paid within 14 days."
    pages = [Document(f"{n}", "s", "t", f"Text {n}\n\n{legal if n < 3 else ''}") for n in range(20)]
    assert drop_repeated(pages) == pages


def test_few_documents_prove_nothing() -> None:
    pages = [page(n) for n in range(9)]
    assert drop_repeated(pages) == pages


def test_pages_that_are_all_alike_stay_whole() -> None:
    pages = [Document(f"{n}", "s", "Same", "# Same\n\nOnly this.\n\nAnd this.\n") for n in range(50)]
    assert drop_repeated(pages) == pages


def test_what_is_repeated_in_the_middle_of_a_page_stays() -> None:
    pages = [Document(f"{n}", "s", "t", f"First {n}.\n\nAsk a manager.\n\nLast {n}.") for n in range(20)]
    assert drop_repeated(pages) == pages


def test_each_scope_keeps_a_copy() -> None:
    eu, us = Scope(region=("de",)), Scope(region=("us",))
    pages = drop_repeated([page(n, scope=eu if n % 2 else us) for n in range(20)])
    assert [one.scope.region for one in pages if FOOTER in one.text] == [("us",), ("de",)]


@pytest.mark.parametrize("number", [0, 7])
def test_a_page_read_again_alone_loses_what_it_lost_before(number: int) -> None:
    first = RepeatedFragments()
    pages = [page(n) for n in range(12)]
    for one in pages:
        first.count(one)
    first.learn(len(pages), anew=True)
    before = [first.drop(one) for one in pages]
    later = RepeatedFragments(json.loads(json.dumps(first.keepers)))
    assert later.drop(pages[number]) == before[number]
    changed = later.drop(page(number, "A new rule."))
    assert changed == replace(
        before[number], text=before[number].text.replace(f"Rule number {number} holds.", "A new rule.")
    )


def test_what_a_few_pages_share_stays_on_each_of_them_though_only_they_are_read() -> None:
    fragments = RepeatedFragments()
    pages = [page(n) for n in range(12)]
    for one in pages:
        fragments.count(one)
    fragments.learn(54, anew=False)
    assert [fragments.drop(one) for one in pages] == pages


def test_a_section_that_most_pages_share_stays_with_its_heading() -> None:
    warranty = "## Warranty\n\nThe warranty lasts two years from delivery.\n"
    pages = [Document(f"{n}", "s", "t", f"# Kettle {n}\n\nIt holds {n} litres.\n\n{warranty}") for n in range(12)]
    assert drop_repeated(pages) == pages


def test_what_is_no_longer_repeated_is_no_longer_left_out() -> None:
    fragments = RepeatedFragments()
    for one in (pages := [page(n) for n in range(12)]):
        fragments.count(one)
    fragments.learn(len(pages), anew=True)
    later = RepeatedFragments(fragments.keepers)
    for n in range(40):
        later.count(Document(f"{n}", "site", "t", f"# Page {n}\n\nRule {n}.\n"))
    later.learn(40, anew=True)
    assert later.drop(pages[3]) == pages[3]
