"""A website becomes documents: each page once, politely, and nothing is lost because a page failed."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError, check_options, open_source
from knowledge.sources.website import WebsiteOptions, WebsiteSource
from tests.help_center import HelpCenter, Reply, Request, Sleeps, Wire, running

Outcome = Document | Unchanged | Skipped


def page(title: str, *links: str, head: str = "", text: str = "") -> str:
    """Return a page with a title, some sentences and links."""
    text = text or f"This is what our customers have to know about the subject of {title}, told in whole sentences."
    anchors = " ".join(f'<a href="{link}">more</a>' for link in links)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body><main><article>'
        f"<h1>{title}</h1><p>{text}</p><p>{anchors}</p></article></main></body></html>"
    )


def crawl(
    site: HelpCenter, known: Mapping[str, str] | None = None, *, sleep: Sleeps | None = None, **options: Any
) -> list[Outcome]:
    """Return what a crawl of `site` yields."""
    return list(source(site, sleep, **options).documents(known or {}))


def source(site: HelpCenter, sleep: Sleeps | None = None, **options: Any) -> WebsiteSource:
    given = {"name": "site", "kind": "website", "allow_private": True, "delay": 0, "retries": 0} | options
    if "sitemap" not in given:
        given.setdefault("url", site.url)
    checked = check_options(given)
    assert isinstance(checked, WebsiteOptions)
    return WebsiteSource(checked, Path(), sleep=Sleeps() if sleep is None else sleep)


def ids(outcomes: Iterable[Outcome], kind: type = Document) -> list[str]:
    return [
        (one.document if isinstance(one, Skipped) else one.id).partition("://")[2].partition("/")[2]
        for one in outcomes
        if isinstance(one, kind)
    ]


def tags(outcomes: Iterable[Outcome]) -> dict[str, str]:
    return {
        one.document if isinstance(one, Skipped) else one.id: one.tag
        for one in outcomes
        if not isinstance(one, Unchanged)
    }


def test_links_are_followed_breadth_first_and_each_page_comes_once(site: HelpCenter) -> None:
    site.page("/", page("Help", "/b/?utm_source=mail#top", "a", "https://elsewhere.example/x", "mailto:a@b.example"))
    site.page("/a", page("Returns", "/b", "/deep", "/a#again", "/b/?fbclid=1"))
    site.page("/b/", page("Refunds", "/", "/style.css", "/photo.jpg"))
    site.page("/deep", page("Small print"))
    outcomes = crawl(site)
    assert ids(outcomes) == ["", "b", "a", "deep"]
    assert outcomes == crawl(site)
    refunds = outcomes[1]
    assert isinstance(refunds, Document)
    assert (refunds.title, refunds.url) == ("Refunds", f"{site.url}/b/")
    assert "subject of Refunds" in refunds.text
    assert not site.asked("/style.css") and not site.asked("/photo.jpg")


def test_depth_pages_hosts_and_patterns_limit_the_walk_and_are_told(site: HelpCenter) -> None:
    for number in range(6):
        site.page(f"/{number or ''}", page(f"Page {number}", f"/{number + 1}", f"/private/{number}"))
        site.page(f"/private/{number}", page(f"Private {number}"))
    outcomes = crawl(site, max_depth=2, exclude=["/private/*"])
    assert ids(outcomes) == ["", "1", "2"]
    assert [one.reason for one in outcomes if isinstance(one, Skipped)] == [
        f"Pages more than 2 links from the start were left out: 1 in all, the first is {site.url}/3."
    ]
    site.pages["/start"] = Reply("", 302, {"Location": "/"})
    assert ids(crawl(site, url=f"{site.url}/start", max_depth=1, include=["/1"])) == ["", "1"]
    outcomes = crawl(site, max_pages=3, include=[f"{site.url}/?"])
    assert ids(outcomes) == ["", "1", "2"]
    assert "No more than 3 pages are read (max_pages): 1 in all" in outcomes[-1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("pattern", ["/löhne/*", "/l%C3%B6hne/*", "*/löhne/*", "/lo\u0308hne/*"])
def test_a_pattern_fits_an_address_however_its_letters_are_written(site: HelpCenter, pattern: str) -> None:
    site.page("/", page("Start", "/löhne/a", "/hafen"))
    site.page("/l%C3%B6hne/a", page("Wages"))
    site.page("/hafen", page("Harbour"))
    assert ids(crawl(site, exclude=[pattern])) == ["", "hafen"]
    assert ids(crawl(site, include=["/", pattern])) == ["", "l%C3%B6hne/a"]
    rules = [{"match": f"*{pattern.lstrip('*')}", "audience": "internal"}]
    found = [one for one in crawl(site, scope_rules=rules) if isinstance(one, Document)]
    assert [one.scope.audience for one in found] == [(), ("internal",), ()]


def test_what_has_not_changed_is_neither_sent_nor_lost(site: HelpCenter) -> None:
    site.page("/", page("Help", "/hub"), etag=True)
    site.page("/hub", page("Hub", "/plain", "/dated"), etag=True)
    site.page("/plain", page("No validators"))
    site.pages["/dated"] = lambda request: (
        Reply(status=304)
        if request.headers.get("if-modified-since") == "Mon, 02 Nov 2026 08:00:00 GMT"
        else Reply(
            page("Dated"), headers={"Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT", "Content-Type": "text/html"}
        )
    )
    known = tags(crawl(site))
    outcomes = crawl(site, known)
    assert ids(outcomes, Unchanged) == ["", "hub", "plain", "dated"]
    site.page("/hub", page("Hub", "/plain", text="Another sentence stands here now, with other news for all of us."))
    outcomes = crawl(site, known)
    assert (ids(outcomes), ids(outcomes, Unchanged)) == (["hub"], ["", "plain"])


def test_robots_txt_is_kept(site: HelpCenter) -> None:
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: Frontdesk\nDisallow: /internal/\nCrawl-delay: 3\n"
    site.serve("/robots.txt", robots, "text/plain")
    site.page("/", page("Help", "/internal/x", "/open"))
    site.page("/internal/x", page("Internal"))
    site.page("/open", page("Open"))
    sleeps = Sleeps()
    outcomes = crawl(site, sleep=sleeps)
    assert ids(outcomes) == ["", "open"] and not site.asked("/internal/x")
    assert "Pages that robots.txt closes to Frontdesk were left out: 1 in all" in outcomes[-1].reason  # type: ignore[union-attr]
    assert max(sleeps) > 2


def test_a_site_that_is_closed_or_cannot_say_is_not_read(site: HelpCenter) -> None:
    site.page("/", page("Help"))
    site.serve("/robots.txt", "User-agent: *\nDisallow: /", "text/plain")
    with pytest.raises(SourceError, match=r"robots\.txt of 127\.0\.0\.1 closes"):
        crawl(site)
    site.pages["/robots.txt"] = Reply("", 503)
    with pytest.raises(SourceError, match=r"robots\.txt answered 503"):
        crawl(site)
    assert not site.asked("/")
    site.pages["/robots.txt"] = Reply("", 403)
    assert ids(crawl(site)) == [""]


def test_a_sitemap_index_with_compressed_parts_names_the_pages(site: HelpCenter) -> None:
    def urls(*entries: tuple[str, str]) -> str:
        inner = "".join(f"<url><loc>{site.url}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in entries)
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'

    index = "".join(
        f"<sitemap><loc>{site.url}{path}</loc></sitemap>" for path in ("/one.xml.gz", "/two.xml", "/index.xml")
    )
    site.serve(
        "/index.xml",
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>',
        "text/xml",
    )
    site.serve(
        "/one.xml.gz", gzip.compress(urls(("/a", "2026-10-02T10:00:00+02:00"), ("/b", "")).encode()), "application/gzip"
    )
    site.serve("/two.xml", urls(("/c", "2026-09-30"), ("/a", ""), ("/gone", "")), "application/xml")
    for name in "abc":
        site.page(f"/{name}", page(name.upper(), "/not-listed"))
    site.page("/not-listed", page("Not listed"))
    outcomes = crawl(site, sitemap=f"{site.url}/index.xml")
    documents = [one for one in outcomes if isinstance(one, Document)]
    assert ids(documents) == ["a", "b", "c"] and documents == outcomes
    assert [one.updated for one in documents] == [date(2026, 10, 2), None, date(2026, 9, 30)]
    before = site.asked("/a")
    assert ids(crawl(site, tags(outcomes), sitemap=f"{site.url}/index.xml"), Unchanged) == ["a", "b", "c"]
    assert site.asked("/a") == before  # no validators, and the sitemap says it is as it was


def test_a_broken_sitemap_is_told_and_takes_nothing_away(site: HelpCenter) -> None:
    site.serve("/sitemap.xml", "<html>Oops</html>", "text/html")
    with pytest.raises(SourceError, match=r"sitemap\.xml cannot be read as XML"):
        crawl(site, sitemap=f"{site.url}/sitemap.xml")
    index = "".join(f"<sitemap><loc>{site.url}/{name}.xml</loc></sitemap>" for name in ("good", "bad"))
    site.serve("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", "text/xml")
    site.serve("/good.xml", f"<urlset><url><loc>{site.url}/a</loc></url></urlset>", "text/xml")
    site.serve("/bad.xml", f"<urlset><url><loc>{site.url}/b</loc></url></urlset>", "text/xml")
    site.page("/a", page("A"))
    site.page("/b", page("B"))
    known = tags(crawl(site, sitemap=f"{site.url}/sitemap.xml"))
    site.pages["/bad.xml"] = Reply("", 500)
    outcomes = crawl(site, known, sitemap=f"{site.url}/sitemap.xml")
    assert ids(outcomes, Unchanged) == ["a", "b"]
    assert ids(outcomes, Skipped) == ["bad.xml"]


def test_a_sitemap_that_breaks_off_takes_nothing_away(site: HelpCenter) -> None:
    start = "".join(f"<url><loc>{site.url}/{name}?a=1&b=2</loc></url>" for name in "ab")
    for name in "ab":
        site.page(f"/{name}", page(name.upper()))
    site.serve("/sitemap.xml", f"<urlset>{start}</urlset><!-- made by hand -->", "text/xml")
    assert ids(crawl(site, sitemap=f"{site.url}/sitemap.xml")) == ["a?a=1&b=2", "b?a=1&b=2"]
    for end in ("<url><loc>" + site.url, "<br /><b>Fatal error</b>: out of memory"):
        site.serve("/sitemap.xml", f"<urlset>{start}{end}", "text/xml")
        with pytest.raises(SourceError, match=r"sitemap\.xml breaks off before its end"):
            crawl(site, sitemap=f"{site.url}/sitemap.xml")


def test_entries_of_a_sitemap_may_be_relative_and_those_on_other_hosts_are_named(site: HelpCenter) -> None:
    index = "<sitemap><loc>maps/one.xml</loc></sitemap><sitemap><loc>https://cdn.example/two.xml</loc></sitemap>"
    site.serve("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", "text/xml")
    urls = "".join(f"<url><loc>{loc}</loc></url>" for loc in ("/a", "../b", "https://help.example/c", "http://[x"))
    site.serve("/maps/one.xml", f"<urlset>{urls}</urlset>", "text/xml")
    for name in "ab":
        site.page(f"/{name}", page(name.upper()))
    outcomes = crawl(site, sitemap=f"{site.url}/sitemap.xml")
    assert ids(outcomes) == ["a", "b"]
    assert [one.reason for one in outcomes if isinstance(one, Skipped)] == [
        "Sitemaps on hosts which are not among hosts were left out: 1 in all, the first is "
        "https://cdn.example/two.xml.",
        "Pages in the sitemap that are on hosts which are not among hosts were left out: 1 in all, the first is "
        "https://help.example/c.",
    ]


def test_copies_are_given_under_their_canonical_address(site: HelpCenter) -> None:
    canonical = f'<link rel="canonical" href="{site.url}/returns">'
    site.page("/", page("Help", "/print/returns", "/returns?view=1", "/lost"))
    site.page("/print/returns", page("Returns", head=canonical))
    site.page("/returns", page("Returns", head=canonical))
    site.page("/lost", page("Lost", head='<link rel="canonical" href="/nowhere">'))
    outcomes = crawl(site)
    assert ids(outcomes) == ["", "returns", "lost"]  # its canonical page does not exist
    known = tags(outcomes)
    assert ids(crawl(site, known), Unchanged) == ["", "lost", "returns"]


def test_two_pages_that_call_each_other_canonical_are_one(site: HelpCenter) -> None:
    site.page("/", page("Help", "/a", "/b"))
    site.page("/a", page("A", head='<link rel="canonical" href="/b">'))
    site.page("/b", page("B", head='<link rel="canonical" href="/a">'))
    assert ids(crawl(site)) == ["", "a"]


@pytest.mark.parametrize(
    ("head", "headers", "found"),
    [
        ('<meta name="robots" content="noindex">', {}, ["", "next"]),
        ('<meta name="ROBOTS" content="none">', {}, [""]),
        ('<meta name="robots" content="index, nofollow">', {}, ["", "page"]),
        ("", {"X_Robots_Tag": "noindex"}, ["", "next"]),
        ('<meta http-equiv="Refresh" content="0; url=/next">', {}, ["", "next"]),
    ],
)
def test_a_page_may_ask_not_to_be_indexed_or_followed(
    site: HelpCenter, head: str, headers: dict[str, str], found: list[str]
) -> None:
    site.page("/", page("Help", "/page"))
    site.page("/page", page("Page", "/next", head=head), **headers)
    site.page("/next", page("Next"))
    assert ids(crawl(site)) == found


def test_redirects_lead_to_one_document(site: HelpCenter) -> None:
    site.page("/", page("Help", "/old", "/new", "/out", "/loop"))
    site.pages["/old"] = Reply("", 301, {"Location": "/new"})
    site.page("/new", page("New"))
    site.pages["/out"] = Reply("", 302, {"Location": "https://elsewhere.example/"})
    site.pages["/loop"] = Reply("", 302, {"Location": "/loop"})
    outcomes = crawl(site)
    assert ids(outcomes) == ["", "new"]
    [loop] = [one for one in outcomes if isinstance(one, Skipped)]
    assert loop.document == f"{site.url}/loop" and "redirects for ever" in loop.reason and not loop.temporary


def test_a_page_that_fails_for_the_moment_stays_with_all_that_it_led_to(site: HelpCenter) -> None:
    site.page("/", page("Help", "/hub", "/quiet"), etag=True)
    site.page("/hub", page("Hub", "/leaf"))
    site.page("/quiet", page("Quiet", "/below", head='<meta name="robots" content="noindex">'))
    site.page("/leaf", page("Leaf"))
    site.page("/below", page("Below"))
    known = tags(crawl(site))
    site.pages["/hub"] = Reply("", 500)
    site.pages["/quiet"] = Reply("", 500)
    outcomes = crawl(site, known)
    assert ids(outcomes, Unchanged) == ["", "leaf", "below"]
    assert [(one.temporary, one.document) for one in outcomes if isinstance(one, Skipped)] == [
        (True, f"{site.url}/hub"),
        (True, f"{site.url}/quiet"),
    ]
    site.pages["/hub"] = Reply("", 410)
    site.pages["/quiet"] = Reply("", 404)
    assert ids(crawl(site, known), Unchanged) == [""]  # now they are gone


def test_more_failures_than_the_budget_give_the_site_up(site: HelpCenter) -> None:
    site.page("/", page("Help", "/good", *(f"/{number}" for number in range(5))))
    site.page("/good", page("Good"))
    for number in range(5):
        site.pages[f"/{number}"] = Reply("", 500)
    walk = source(site, error_budget=3).documents({})
    given = []
    with pytest.raises(SourceError, match="given up after 4 pages"):
        for one in walk:
            given.append(one)
    assert ids(given) == ["", "good"] and len(ids(given, Skipped)) == 3
    assert len(ids(crawl(site, error_budget=5), Skipped)) == 5


def test_a_start_page_that_cannot_be_read_is_an_error(site: HelpCenter) -> None:
    with pytest.raises(SourceError, match=r"/ answered 404"):
        crawl(site)
    site.pages["/"] = Reply("", 302, {"Location": "https://www.elsewhere.example/"})
    with pytest.raises(
        SourceError, match=r"leads to https://www\.elsewhere\.example/, which this source does not read"
    ):
        crawl(site)
    site.page("/", page("Help"))
    with pytest.raises(SourceError, match=r"an address inside the network\. If that is meant, set allow_private"):
        crawl(site, allow_private=False)


def test_calendars_and_filters_end(site: HelpCenter) -> None:
    def calendar(request: Request) -> Reply:
        month = int(request.query.get("month", 0))
        return Reply(
            page(f"Month {month}", *(f"/calendar?month={month + ahead}" for ahead in range(1, 41))), headers=HTML
        )

    site.page("/", page("Help", "/calendar", "/loop/"))
    site.pages["/calendar"] = calendar
    site.pages["/loop/"] = Reply(page("Loop", "loop/"), headers=HTML)
    for depth in range(2, 8):
        site.pages["/" + "loop/" * depth] = Reply(page(f"Loop {depth}", "loop/"), headers=HTML)
    outcomes = crawl(site)
    assert sum("calendar" in one for one in ids(outcomes)) == 51
    assert sum("loop" in one for one in ids(outcomes)) == 3
    assert "look like an endless calendar, filter or loop" in outcomes[-1].reason  # type: ignore[union-attr]


HTML = {"Content-Type": "text/html"}


def test_files_that_are_linked_are_read_by_their_type(site: HelpCenter) -> None:
    site.page("/", page("Help", "/terms.md", "/notes", "/logo", "/data.zip"))
    site.serve("/terms.md", "---\nregion: eu\n---\n# Terms\n\nThirty days.", "application/octet-stream")
    site.serve("/notes", "Plain words about returns.", "text/plain; charset=utf-8")
    site.serve("/logo", b"\x89PNG\r\n", "image/png")
    outcomes = crawl(site)
    assert ids(outcomes) == ["", "terms.md", "notes"]
    assert not site.asked("/data.zip")
    assert outcomes[1].scope.region == ("eu",)  # type: ignore[union-attr]


def test_character_sets_are_those_that_the_page_means(site: HelpCenter) -> None:
    site.page("/", page("Help", "/header", "/meta", "/wrong"))
    site.pages["/header"] = Reply(
        page("Größe").encode("latin-1"), headers={"Content-Type": "text/html; charset=iso-8859-1"}
    )
    meta = '<meta charset="windows-1252">'
    site.pages["/meta"] = Reply(page("Café €", head=meta).encode("cp1252"), headers=HTML)
    site.pages["/wrong"] = Reply(
        page("日本語のヘルプ").encode(), headers={"Content-Type": "text/html; charset=nonsense"}
    )
    titles = [one.title for one in crawl(site) if isinstance(one, Document)]
    assert titles == ["Help", "Größe", "Café €", "日本語のヘルプ"]


def test_bad_pages_are_named_and_the_rest_is_published(site: HelpCenter) -> None:
    def endless(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
        wire.pour(b"<p>and on</p>" * 500)

    site.page("/", page("Help", "/endless", "/forbidden", "/empty", "/liar.pdf", "/fine"))
    site.pages["/endless"] = lambda request: endless
    site.pages["/forbidden"] = Reply("", 403)
    site.page("/empty", "<html><body></body></html>")
    site.serve("/liar.pdf", "<html>This is no PDF</html>", "application/pdf")
    site.page("/fine", page("Fine"))
    outcomes = crawl(site, max_bytes=100_000)
    assert ids(outcomes) == ["", "fine"]
    reasons = {one.document.removeprefix(site.url): one.reason for one in outcomes if isinstance(one, Skipped)}
    assert "does not end" in reasons["/endless"]
    assert "answered 403" in reasons["/forbidden"]
    assert "/empty" in reasons


def test_credentials_that_have_expired_are_told_by_the_name_of_their_variable(
    site: HelpCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/"] = Reply("", 401)
    monkeypatch.setenv("INTRANET_TOKEN", "0ldT0ken")
    block = {"name": "intranet", "kind": "website", "url": site.url, "allow_private": True}
    opened = open_source(block | {"headers": {"Authorization": "Bearer ${INTRANET_TOKEN}"}}, Path())
    with pytest.raises(
        SourceError, match=r"refused by 127\.0\.0\.1: 401 Unauthorized\. Renew INTRANET_TOKEN"
    ) as caught:
        list(opened.documents({}))
    assert "0ldT0ken" not in f"{caught.value} {opened.options!r}"


def test_another_host_is_read_only_where_it_is_named(site: HelpCenter) -> None:
    with running(HelpCenter()) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        site.page("/", page("Help", f"{elsewhere}/there"))
        other.page("/there", page("There"))
        assert ids(crawl(site)) == [""] and not other.requests
        assert ids(crawl(site, hosts=["127.0.0.1", "localhost"])) == ["", "there"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "neither a url to start from nor a sitemap"),
        ({"url": "help.example"}, "a URL begins with https://"),
        ({"url": "https://me:secret@help.example/"}, "does not belong into a URL"),
        ({"url": "https://help.example/", "max_depth": -1}, "max_depth"),
        ({"url": "https://help.example/", "depth": 3}, "a key depth"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        check_options({"name": "site", "kind": "website"} | options)
    assert "secret" not in str(caught.value)
