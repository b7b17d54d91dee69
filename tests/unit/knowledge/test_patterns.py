"""Patterns of the settings fit what people mean by them."""

import pytest

from knowledge.sources.patterns import fits


@pytest.mark.parametrize("pattern", ["staff", "staff/", "/staff/*", "./staff/", "staff/*"])
def test_a_folder_is_everything_below_it(pattern: str) -> None:
    assert fits("staff/rules/pay.md", pattern)
    assert not fits("staffing.md", pattern) and not fits("open/staff/pay.md", pattern)


@pytest.mark.parametrize("pattern", ["https://help.example.com/", "https://help.example.com"])
def test_a_start_page_is_one_page(pattern: str) -> None:
    assert fits("https://help.example.com/", pattern)
    assert not fits("https://help.example.com/returns", pattern)


def test_below_a_page_of_a_site_is_what_its_address_begins() -> None:
    assert fits("https://help.example.com/staff/pay", "https://help.example.com/staff/")
    assert fits("https://help.example.com/returns", "https://help.example.com/*")


def test_any_folder_is_no_page_outside_of_one() -> None:
    assert fits("staff/pay.md", "*/") or fits("staff/", "*/")
    assert not fits("pay.md", "*/")
