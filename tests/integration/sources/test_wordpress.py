"""A real WordPress is read both ways: by its API, and as a website."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Unchanged
from knowledge.sources import open_source
from tests.help_center.wordpress import WordPress, missing, running_wordpress

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"WordPress cannot be run here: {missing()}")

POSTS: list[dict[str, object]] = [
    {
        "post_type": "page",
        "post_name": "returns",
        "post_title": "Returns & refunds",
        "post_content": "<h2>Time</h2><p>You may return an item within 30 days of delivery, unused and in its box.</p>"
        "<h2>Costs</h2><table><tr><th>Region</th><th>Label</th></tr><tr><td>EU</td><td>free</td></tr></table>",
        "post_status": "publish",
    },
    {"post_title": "Plans nobody knows", "post_content": "A draft about secret plans.", "post_status": "draft"},
    {"post_title": "For us alone", "post_content": "A private post about margins.", "post_status": "private"},
    {
        "post_title": "Behind a password",
        "post_content": "Protected words about discounts.",
        "post_status": "publish",
        "post_password": "hidden",
    },
    *(
        {
            "post_title": f"News {number}",
            "post_content": f"<p>The kettle of the year {2000 + number} is recalled; ask for "
            "<a href='/returns/'>a refund</a>.</p>",
            "post_status": "publish",
        }
        for number in range(12)
    ),
]


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    with running_wordpress(tmp_path_factory.mktemp("wp")) as site:
        site.write(*POSTS)
        yield site


def read(site: WordPress, known: dict[str, str] | None = None, **options: Any) -> list[Any]:
    block = {"name": "blog", "allow_private": True, "delay": 0} | options
    return list(open_source(block, Path()).documents(known or {}))


def test_the_api_gives_what_is_published_and_nothing_else(wordpress: WordPress) -> None:
    options = {"kind": "rest", "preset": "wordpress", "base_url": wordpress.url, "params": {"per_page": "5"}}
    outcomes = read(wordpress, **options)
    documents = {one.title: one for one in outcomes if isinstance(one, Document)}
    assert len(outcomes) == len(documents) == 15  # with the page and the post that every new site has
    assert {f"News {number}" for number in range(12)} < set(documents)
    returns = documents["Returns & refunds"]
    assert returns.id.startswith("wordpress/page/") and returns.url == f"{wordpress.url}/returns/"
    assert "## Time" in returns.text and "| EU | free |" in returns.text
    assert returns.updated is not None and abs(returns.updated - datetime.now(UTC).date()) <= timedelta(days=1)

    known = {one.id: one.tag for one in outcomes}
    assert all(isinstance(one, Unchanged) for one in read(wordpress, known, **options))
    wordpress.write({"ID": int(documents["News 3"].id.rpartition("/")[2]), "post_content": "<p>All is well again.</p>"})
    wordpress.write({"ID": int(documents["News 4"].id.rpartition("/")[2]), "post_status": "trash"})
    outcomes = read(wordpress, known, **options)
    changed = [one for one in outcomes if isinstance(one, Document)]
    assert [(one.title, one.text) for one in changed] == [("News 3", "All is well again.")]
    assert known.keys() - {one.id for one in outcomes} == {documents["News 4"].id}


def test_the_website_gives_pages_without_what_stands_around_them(wordpress: WordPress) -> None:
    options = {"kind": "website", "url": wordpress.url, "exclude": ["/author/*", "/category/*", "/20??/*", "/wp-*"]}
    outcomes = read(wordpress, **options)
    documents = {one.url.removeprefix(wordpress.url): one for one in outcomes if isinstance(one, Document)}
    assert {"/returns/", "/news-0/", "/news-11/"} < documents.keys()
    everything = "\n".join(one.text for one in documents.values())
    assert "within 30 days of delivery" in documents["/returns/"].text
    assert "Returns & refunds" in documents["/returns/"].title
    for words in ("secret plans", "margins", "discounts", "Proudly powered by WordPress", "Leave a comment"):
        assert words not in everything


def test_the_sitemap_gives_the_same_pages(wordpress: WordPress) -> None:
    options = {"kind": "website", "sitemap": f"{wordpress.url}/wp-sitemap.xml", "include": ["/returns*", "/news-*"]}
    outcomes = read(wordpress, **options)
    found = {one.id.removeprefix(wordpress.url) for one in outcomes if isinstance(one, Document)}
    assert "/returns" in found and "/news-11" in found
    again = read(wordpress, {one.id: one.tag for one in outcomes if isinstance(one, Document)}, **options)
    assert {one.id for one in again if isinstance(one, Unchanged)} == {f"{wordpress.url}{one}" for one in found}
