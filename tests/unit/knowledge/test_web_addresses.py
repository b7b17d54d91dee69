"""One page has one address, however it is linked, and private addresses are known in every form."""

from __future__ import annotations

import pytest

from knowledge.sources.http import is_public
from knowledge.sources.notion import blocks_to_markdown
from knowledge.sources.website import clean_url, page_id

PAGE = "https://help.example/returns"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "HTTPS://Help.Example/returns/",
        "https://help.example:443/returns#costs",
        "https://help.example/returns?utm_source=mail&utm_campaign=x",
        "https://help.example/shop/../returns/?gclid=1&fbclid=2",
        "https://help.example/returns;jsessionid=ABC123",
        "https://help.example/returns?PHPSESSID=0123456789abcdef",
        "https://user:secret@help.example/returns",
        "https://help.example/%72eturns",
    ],
)
def test_one_page_is_one_document(url: str) -> None:
    assert page_id(url) == PAGE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://help.example/a?id=1", "https://help.example/a?id=2"),
        ("https://help.example/A", "https://help.example/a"),
        ("https://help.example/a", "https://www.help.example/a"),
        ("https://help.example/a", "https://help.example:8443/a"),
        ("https://help.example/a?q=a%26b", "https://help.example/a?q=a&b"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert page_id(one) != page_id(other)


def test_the_order_of_a_query_does_not_matter_and_the_closing_slash_is_still_asked_for() -> None:
    assert page_id("https://a.example/x/?b=2&a=1") == page_id("https://a.example/x?a=1&b=2")
    assert clean_url("https://a.example/x/?b=2&a=1&utm_id=7#top") == "https://a.example/x/?a=1&b=2"
    assert page_id("https://a.example") == page_id("https://a.example/") == "https://a.example/"
    assert page_id(page_id("https://ä.example/größe?q=ä b")) == page_id("https://ä.example/größe?q=ä b")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_inside_the_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


def test_what_notion_may_add_one_day_keeps_its_text() -> None:
    rich = [{"plain_text": "Words", "annotations": {}, "href": "https://a.example"}]
    assert blocks_to_markdown([{"type": "hologram", "hologram": {"rich_text": rich}}]) == "[Words](https://a.example)"
    assert blocks_to_markdown([{"type": "divider", "divider": {}}, {}, {"type": "x", "x": None}]) == ""
    assert blocks_to_markdown(None) == ""
