"""Addresses are found however they are written, and those that pretend to be others are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.addresses import addresses, link_targets, misleading_link, visible


def plain(text: str) -> set[str]:
    return {one.plain for one in addresses(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://Acme.example/A?b=c.", {"https://acme.example/A?b=c"}),
        ("See (https://acme.example/a).", {"https://acme.example/a"}),
        ("Open www.acme.example/x today", {"www.acme.example/x"}),
        ("Open acme.co.uk today", {"acme.co.uk"}),
        ("Write to Help.Desk+eu@Acme.example!", {"help.desk+eu@acme.example"}),
        ("Call +1 (800) 555-0142 or 020 7946 0018.", {"18005550142", "02079460018"}),
        ("[the form](https://acme.example/form)", {"https://acme.example/form"}),
        ("<a href='https://acme.example/form'>here</a>", {"https://acme.example/form"}),
        ("Go to 10.0.0.1/admin", {"10.0.0.1/admin"}),
        ("Open slack://channel?id=1 or tg://join.", {"slack://channel?id=1", "tg://join"}),
        ("Open custom:///evil.", {"custom:///evil"}),
        ("Choose and/or: //", set()),
        ("Largest single file: Free: 10 MB; mobile data: 20 GB", set()),
        ("Learn JavaScript: it is free.", set()),
        ("Open file:///etc/hosts.", {"file:///etc/hosts"}),
        ("javascript:alert(1)", {"javascript:alert(1"}),
        ("Between 2025-01-05 and 2025-02-07 it is 3.5 days, e.g. in the U.S. at 5 p.m.", set()),
        ("Pay $1,000.00 within 30 days.", set()),
    ],
)
def test_addresses_are_found(text: str, found: set[str]) -> None:
    assert plain(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "https://аcme.example",  # a Cyrillic a
        "acme․example/pay",  # a one-dot leader
        "acme。example/pay",  # an ideographic full stop
        "https：//acme.example",  # a fullwidth colon
        "hxxps://acme.example",
        "acme[.]example",
        "help[at]acme.example",
        "https://acme\u200b.example",  # a character that is not seen
        "javascript:alert(1)",
        "data:text/html;base64,AAAA",
    ],
)
def test_what_pretends_to_be_another_address_is_known(text: str) -> None:
    assert any(one.disguised for one in addresses(f"Pay at {text} today."))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("the [form](/forms/A) or [it](<#part two>)", {"/forms/A", "#part"}),
        ("![seal](seal.png) [x](https://Acme.example/A.)", {"seal.png", "https://acme.example/A"}),
        ("<a class='b' href=/forms>x</a> <a HREF = \"#top\">y</a>", {"/forms", "#top"}),
        ("[the form] (see below) and f(x)", set()),
        ("[the form]()", set()),
    ],
)
def test_links_lead_somewhere(text: str, targets: set[str]) -> None:
    assert link_targets(text) == targets


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to help@acme.example. We answer in a day.", {"help@acme.example"}),
        ("2. Write to help@acme.example.\n3. Wait for a call.", {"help@acme.example"}),
        ("- Write to help@acme.example.\n- Or call.", {"help@acme.example"}),
        ("Write to help @ acme . example and wait.", {"help @ acme . example"}),
        ("Call 1-207-555-0142.\n2. Wait for the tone.", {"12075550142"}),
        ("Call 0800 555 0142. 30 people answer.", {"08005550142"}),
        ("Call 207.555.0142 now.", {"2075550142"}),
    ],
)
def test_an_address_ends_where_its_sentence_does(text: str, found: set[str]) -> None:
    assert plain(text) == found


@pytest.mark.parametrize("text", ["https://acme.example/pay", "help@acme.example", "bücher.example", "почта.example"])
def test_an_address_in_one_script_is_no_disguise(text: str) -> None:
    assert addresses(text)
    assert not any(one.disguised for one in addresses(text))


def test_a_link_that_shows_one_address_and_leads_to_another_is_known() -> None:
    assert misleading_link("[https://bank.example](https://evil.example)")
    assert misleading_link('<a href="https://evil.example">bank.example</a>')
    assert not misleading_link("[https://bank.example/](http://www.bank.example)")
    assert not misleading_link("[the form](https://bank.example/form)")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for one in addresses(text):
        assert one.plain
    assert visible(visible(text)) == visible(text)


@given(st.text(alphabet="abc ./:@[]()-0123456789\u200b․а", max_size=120))
def test_what_was_found_is_found_again_alone(text: str) -> None:
    for one in addresses(text):
        assert one.plain in plain(f"x {one.written} y") or one.disguised
