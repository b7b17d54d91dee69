"""REST APIs become documents by their description alone, whatever way they page, and only what is published."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from knowledge.documents import Document, Scope, Skipped, Unchanged
from knowledge.sources import SourceError, check_options, open_source
from knowledge.sources.rest import RestOptions, RestSource, presets
from tests.help_center import HelpCenter, Reply, Request, Sleeps, Wire, jsonly, running

Outcome = Document | Unchanged | Skipped
SIMPLE = {"id": "kb/{$.id}", "title": "$.title", "body": "$.body", "format": "markdown"}


def source(site: HelpCenter, **options: Any) -> RestSource:
    given = {"name": "kb", "kind": "rest", "base_url": site.url, "allow_private": True, "delay": 0, "retries": 0}
    checked = check_options(given | options)
    assert isinstance(checked, RestOptions)
    return RestSource(checked, Path(), sleep=Sleeps())


def read(site: HelpCenter, known: Mapping[str, str] | None = None, **options: Any) -> list[Outcome]:
    return list(source(site, **options).documents(known or {}))


def ids(outcomes: list[Outcome], kind: type = Document) -> list[str]:
    return [one.document if isinstance(one, Skipped) else one.id for one in outcomes if isinstance(one, kind)]


def tags(outcomes: list[Outcome]) -> dict[str, str]:
    return {one.id: one.tag for one in outcomes if isinstance(one, Document)}


def articles(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": n, "title": f"Article {n}", "body": f"Text of number {n}."} for n in range(first, last + 1)]


SEVEN = [f"kb/{number}" for number in range(1, 8)]


def test_pages_that_differ_in_all_but_their_items_go_on_for_ever(site: HelpCenter) -> None:
    asked: list[int] = []

    def listing(request: Request) -> Reply:
        asked.append(1)
        return jsonly({"took": len(asked), "hits": articles(1, 3)})

    site.pages["/api"] = listing
    for kind in ("page", "offset"):
        with pytest.raises(SourceError, match="goes on for ever"):
            read(site, path="/api", items="$.hits[*]", pagination={"type": kind, "param": "p", "size": 3}, **SIMPLE)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"errors": [{"message": "Rate limit exceeded"}], "data": None}, "Rate limit exceeded"),
        ({"ok": False, "error": "invalid_auth"}, "invalid_auth"),
        ({"error": {"code": 17}}, "17"),
    ],
)
def test_an_error_in_place_of_items_is_told_and_takes_nothing_away(site: HelpCenter, answer: Any, told: str) -> None:
    def listing(request: Request) -> Reply:
        return jsonly({"hits": articles(1, 3), "errors": []} if request.query.get("p", "1") == "1" else answer)

    site.pages["/api"] = listing
    with pytest.raises(SourceError, match=f"could not be read to its end: .*in place of items: {told}"):
        read(site, path="/api", items="$.hits[*]", pagination={"type": "page", "param": "p", "size": 3}, **SIMPLE)
    answer = {"hits": [], "errors": []}
    assert len(read(site, path="/api", items="$.hits[*]", pagination={"type": "page", "param": "p"}, **SIMPLE)) == 3


def test_a_link_header_is_followed(site: HelpCenter) -> None:
    def listing(request: Request) -> Reply:
        page = int(request.query.get("page", 1))
        more = f'<{site.url}/api?page={page + 1}>; rel="next", <{site.url}/api?page=3>; rel="last"'
        return jsonly(articles(3 * page - 2, min(3 * page, 7)), **({"Link": more} if page < 3 else {}))

    site.pages["/api"] = listing
    assert ids(read(site, path="/api", pagination={"type": "link"}, **SIMPLE)) == SEVEN


def test_a_next_url_in_the_body_is_followed(site: HelpCenter) -> None:
    def listing(request: Request) -> Reply:
        page = int(request.query.get("page", 1))
        return jsonly(
            {"hits": articles(3 * page - 2, min(3 * page, 7)), "next": f"/api?page={page + 1}" if page < 3 else None}
        )

    site.pages["/api"] = listing
    assert ids(read(site, path="/api", items="$.hits[*]", pagination={"type": "next"}, **SIMPLE)) == SEVEN


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("markdown", "---\r\naudience: legal\r\nupdated: 2026-01-31\r\n---\r\nSecret."),
        ("text", "---\nparams: {audience: legal}\nupdated: 2026-01-31\n---\nSecret."),
        (
            "html",
            '<meta name="audience" content="legal"><meta itemprop="dateModified" content="2026-01-31"><p>Secret.</p>',
        ),
    ],
)
def test_what_a_body_itself_says_of_its_scope_counts_below_the_fields_of_the_item(
    site: HelpCenter, format: str, body: str
) -> None:
    items = [{"id": 1, "title": "A", "body": body}, {"id": 2, "title": "B", "body": body, "audience": "staff"}]
    site.pages["/api"] = lambda _: jsonly(items)
    one, two = read(site, path="/api", fields={"audience": "$.audience"}, **SIMPLE | {"format": format})
    assert isinstance(one, Document) and isinstance(two, Document)
    assert (one.text.strip(), one.scope, one.updated) == ("Secret.", Scope(audience=("legal",)), date(2026, 1, 31))
    assert two.scope == Scope(audience=("internal",))


@pytest.mark.parametrize(
    ("format", "told"),
    [("markdown", "Within **30** days."), ("text", "Within <b>30</b> days."), ("html", "Within **30** days.")],
)
def test_a_body_is_told_as_its_readers_see_it(site: HelpCenter, format: str, told: str) -> None:
    site.pages["/api"] = jsonly([{"id": 1, "title": "Returns", "body": "Within <b>30</b>¹ days."}])
    found = read(site, path="/api", **(SIMPLE | {"format": format}))
    assert [one.text.strip() for one in found if isinstance(one, Document)] == [told]


def test_front_matter_of_a_body_that_cannot_be_read_tells_it_to_nobody(site: HelpCenter) -> None:
    site.pages["/api"] = lambda _: jsonly([{"id": 1, "title": "A", "body": "---\naudience: a: b\n---\nSecret."}])
    (skipped,) = read(site, path="/api", **SIMPLE)
    assert isinstance(skipped, Skipped) and "not valid YAML" in skipped.reason


@pytest.mark.parametrize("totals", [{"total": "$.pages"}, {"total_header": "X-Pages"}, {"size": 3}, {}])
def test_pages_are_counted(site: HelpCenter, totals: dict[str, Any]) -> None:
    def listing(request: Request) -> Reply:
        page = int(request.query.get("p", 1))
        if page > 3 and totals.get("size") is None and totals:
            return jsonly({"error": "no such page"}, 400)
        hits = articles(3 * page - 2, min(3 * page, 7))
        return jsonly({"hits": hits, "pages": 3}, X_Pages="3")

    site.pages["/api"] = listing
    pagination = {"type": "page", "param": "p"} | totals
    assert ids(read(site, path="/api", items="$.hits[*]", pagination=pagination, **SIMPLE)) == SEVEN


def test_offsets_are_counted(site: HelpCenter) -> None:
    def listing(request: Request) -> Reply:
        skip = int(request.query["skip"])
        return jsonly({"hits": articles(skip + 1, min(skip + 3, 7)), "count": 7})

    site.pages["/api"] = listing
    for pagination in ({"size": 3}, {"size": 3, "total": "$.count"}):
        pagination |= {"type": "offset", "param": "skip"}
        assert ids(read(site, path="/api", items="$.hits[*]", pagination=pagination, **SIMPLE)) == SEVEN


def test_a_listing_that_goes_in_circles_ends_with_an_error_and_what_it_gave(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly(articles(1, 3))
    walk = source(site, path="/api", pagination={"type": "page", "param": "p"}, **SIMPLE).documents({})
    given = []
    with pytest.raises(SourceError, match="goes on for ever"):
        for one in walk:
            given.append(one)
    assert ids(given) == SEVEN[:3]
    site.pages["/api"] = lambda request: (
        jsonly({"hits": articles(4, 6), "next": "/api?page=1"})
        if request.query["page"] == "2"
        else jsonly({"hits": articles(1, 3), "next": "/api?page=2"})
    )
    with pytest.raises(SourceError, match="goes on for ever"):
        read(site, path="/api?page=1", items="$.hits[*]", pagination={"type": "next"}, **SIMPLE)


def test_a_listing_that_breaks_off_half_way_gives_what_it_had(site: HelpCenter) -> None:
    def listing(request: Request) -> Any:
        def dropped(wire: Wire) -> None:
            wire.send(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{"id": 4, ')
            wire.drop()

        return dropped if "page" in request.query else jsonly(articles(1, 3), Link='</api?page=2>; rel="next"')

    site.pages["/api"] = listing
    walk = source(site, path="/api", pagination={"type": "link"}, **SIMPLE).documents({})
    given = []
    with pytest.raises(SourceError, match=r"could not be read to its end: http://127.*/api\?page=2"):
        for one in walk:
            given.append(one)
    assert ids(given) == SEVEN[:3]


def test_a_listing_never_goes_on_at_another_host(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly({"hits": articles(1, 1), "next": "https://evil.example/api?page=2"})
    with pytest.raises(SourceError, match=r"goes on at another host: https://evil\.example"):
        read(site, path="/api", items="$.hits[*]", pagination={"type": "next"}, **SIMPLE)


def test_headers_of_the_settings_do_not_follow_a_redirect_to_another_host(site: HelpCenter) -> None:
    with running(HelpCenter()) as other:
        other.pages["/there"] = jsonly(articles(1, 1))
        site.pages["/api"] = Reply("", 307, {"Location": f"{other.url}/there"})
        assert ids(read(site, path="/api", headers={"X-Key": "s3cret"}, **SIMPLE)) == ["kb/1"]
        assert site.requests[0].headers["x-key"] == "s3cret" and "x-key" not in other.requests[0].headers


def test_what_has_not_changed_is_known_by_its_mapped_values(site: HelpCenter) -> None:
    items = articles(1, 3)
    site.pages["/api"] = lambda request: jsonly(items)
    known = tags(read(site, path="/api", **SIMPLE))
    items[0]["votes"] = 17
    items[1]["body"] = "Other words."
    outcomes = read(site, known, path="/api", **SIMPLE)
    assert (ids(outcomes, Unchanged), ids(outcomes)) == (["kb/1", "kb/3"], ["kb/2"])


def test_a_detail_is_asked_for_only_where_the_item_has_changed(site: HelpCenter) -> None:
    items = [{"id": n, "title": f"T{n}", "changed": 1767225600 + n} for n in (1, 2)]
    site.pages["/api"] = lambda request: jsonly(items)
    for n in (1, 2):
        site.pages[f"/api/{n}"] = jsonly({"html": f"<p>The whole text of {n}.</p>"})
    options: dict[str, Any] = {"path": "/api", "id": "{$.id}", "title": "$.title", "updated": "$.changed"}
    options["detail"] = {"path": "/api/{$.id}", "body": "$.html"}
    first = read(site, **options)
    assert [(one.text.strip(), one.updated) for one in first if isinstance(one, Document)] == [
        ("The whole text of 1.", date(2026, 1, 1)),
        ("The whole text of 2.", date(2026, 1, 1)),
    ]
    items[1]["changed"] += 86400
    second = read(site, tags(first), **options)
    assert (ids(second, Unchanged), ids(second)) == (["1"], ["2"])
    assert (site.asked("/api/1"), site.asked("/api/2")) == (1, 2)


def test_details_that_fail_for_the_moment_are_skipped_within_the_budget(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly([{"id": n, "at": "2026-01-01"} for n in range(4)])
    site.pages["/api/3"] = jsonly({"text": "Here."})
    for n in range(3):
        site.pages[f"/api/{n}"] = Reply("", 500)
    options: dict[str, Any] = {"path": "/api", "id": "{$.id}", "updated": "$.at", "format": "text"}
    options["detail"] = {"path": "/api/{$.id}", "body": "$.text"}
    outcomes = read(site, **options)
    assert ids(outcomes) == ["3"]
    assert [one.temporary for one in outcomes if isinstance(one, Skipped)] == [True] * 3
    with pytest.raises(SourceError, match="given up after 2 documents"):
        read(site, error_budget=1, **options)


AUTHS = [
    ({"type": "bearer", "token": "s3cret"}, "authorization", "Bearer s3cret"),
    (
        {"type": "basic", "username": "me/token", "password": "s3cret"},
        "authorization",
        f"Basic {base64.b64encode(b'me/token:s3cret').decode()}",
    ),
    ({"type": "header", "name": "X-Api-Key", "value": "s3cret"}, "x-api-key", "s3cret"),
]


@pytest.mark.parametrize(("auth", "header", "value"), AUTHS)
def test_credentials_are_sent_the_way_the_api_wants_them(
    site: HelpCenter, auth: dict[str, str], header: str, value: str
) -> None:
    site.pages["/api"] = lambda request: (
        jsonly(articles(1, 1)) if request.headers.get(header) == value else Reply("", 401)
    )
    assert ids(read(site, path="/api", auth=auth, **SIMPLE)) == ["kb/1"]


def test_a_key_in_the_query_is_in_no_message(site: HelpCenter) -> None:
    site.pages["/api"] = lambda request: (
        jsonly(articles(1, 1), Link=f'</api?page=2&key={request.query["key"]}>; rel="next"')
        if "page" not in request.query
        else Reply("", 500)
    )
    auth = {"type": "query", "name": "key", "value": "s3cret"}
    with pytest.raises(SourceError) as caught:
        read(site, path="/api", auth=auth, pagination={"type": "link"}, **SIMPLE)
    assert site.requests[-1].query["key"] == "s3cret" and "page=2" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_oauth_token_is_fetched_and_fetched_again_when_it_runs_out(site: HelpCenter) -> None:
    issued: list[str] = []

    def token(request: Request) -> Reply:
        form = {key: value[0] for key, value in parse_qs(request.body.decode()).items()}
        assert form == {
            "grant_type": "client_credentials",
            "client_id": "me",
            "client_secret": "s3cret",
            "scope": "read",
        }
        issued.append(f"token{len(issued)}")
        return jsonly({"access_token": issued[-1], "expires_in": 60})

    def listing(request: Request) -> Reply:
        page = int(request.query.get("page", 1))
        if request.headers.get("authorization") != f"Bearer token{page - 1}":
            return Reply("", 401)
        return jsonly(articles(page, page), **({"Link": f'</api?page={page + 1}>; rel="next"'} if page < 2 else {}))

    site.pages |= {"/token": token, "/api": listing}
    auth = {"type": "oauth2", "token_url": f"{site.url}/token", "client_id": "me", "client_secret": "s3cret"}
    auth["scope"] = "read"
    assert ids(read(site, path="/api", auth=auth, pagination={"type": "link"}, **SIMPLE)) == ["kb/1", "kb/2"]
    assert issued == ["token0", "token1"]


@pytest.mark.parametrize("status", [401, 403])
def test_expired_credentials_are_told_by_the_name_of_their_variable(
    site: HelpCenter, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    site.pages["/api"] = Reply('{"error": "token s3cret is not valid"}', status)
    monkeypatch.setenv("HELPDESK_TOKEN", "s3cret")
    block = {"name": "kb", "kind": "rest", "base_url": site.url, "path": "/api", "allow_private": True, **SIMPLE}
    opened = open_source(block | {"auth": {"type": "bearer", "token": "${HELPDESK_TOKEN}"}}, Path())
    with pytest.raises(SourceError, match=f"refused by .*{status} .* Renew HELPDESK_TOKEN") as caught:
        list(opened.documents({}))
    assert "s3cret" not in f"{caught.value} {opened.options!r}"


def test_scope_comes_from_fields_meanings_and_conditions(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly(
        [
            {"id": 1, "body": "a", "section": 77, "tags": ["eu", "uk"], "segment": None, "until": "2027-01-31"},
            {"id": 2, "body": "b", "section": 78, "tags": [], "segment": 5},
            {"id": 3, "body": "c", "section": 77, "tags": ["eu"], "state": "archived"},
            {"id": 4, "body": "d", "until": "soon"},
            {"body": "e"},  # no id
        ]
    )
    options = SIMPLE | {
        "fields": {"product": "$.section", "region": "$.tags[*]", "effective_until": "$.until"},
        "map": {"product": {"77": "kettle"}},
        "when": [{"path": "$.segment", "scope": {"audience": "internal"}}],
        "drop": [{"path": "$.state", "values": ["archived", "draft"]}],
    }
    outcomes = read(site, path="/api", **options)
    assert [(one.id, one.scope) for one in outcomes if isinstance(one, Document)] == [
        ("kb/1", Scope(product=("kettle",), region=("eu", "uk"), effective_until=date(2027, 1, 31))),
        ("kb/2", Scope(product=("78",), audience=("internal",))),
    ]
    reasons = {one.document: one.reason for one in outcomes if isinstance(one, Skipped)}
    assert "soon" in reasons["kb/4"]
    assert "has no id" in reasons["item 5"]


def test_one_id_twice_is_told(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly([{"id": 1, "body": "a"}, {"id": 1, "body": "a"}, {"id": 1, "body": "b"}])
    outcomes = read(site, path="/api", **SIMPLE)
    assert ids(outcomes) == ["kb/1"]
    assert "The id kb/1 came twice" in outcomes[1].reason  # type: ignore[union-attr]


def test_bodies_that_hold_no_text_are_named_and_not_read_again(site: HelpCenter) -> None:
    site.pages["/api"] = jsonly([{"id": 1, "body": None}, {"id": 2, "body": " "}, {"id": 3, "body": "Good."}])
    outcomes = read(site, path="/api", **SIMPLE)
    assert (ids(outcomes), ids(outcomes, Skipped)) == (["kb/3"], ["kb/1", "kb/2"])
    known = {one.document if isinstance(one, Skipped) else one.id: one.tag for one in outcomes}  # type: ignore[union-attr]
    assert ids(read(site, known, path="/api", **SIMPLE), Unchanged) == ["kb/1", "kb/2", "kb/3"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("<html>Log in</html>", headers={"Content-Type": "text/html"}), "text/html that is not JSON"),
        (Reply("", 404), "answered 404. Check base_url, path and params"),
        (Reply("", 503), "answered 503"),
        (Reply("[" * 100_000, headers={"Content-Type": "application/json"}), "that is not JSON"),
    ],
)
def test_an_answer_that_is_no_listing_is_named(site: HelpCenter, reply: Reply, words: str) -> None:
    site.pages["/api"] = reply
    with pytest.raises(SourceError, match=words):
        read(site, path="/api", **SIMPLE)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "zendesks"}, "no preset “zendesks”, only zendesk, intercom"),
        ({"preset": "zendesk"}, "no base_url"),
        ({"path": "/api", "id": "$.id"}, "has no base_url"),
        ({"base_url": "https://a.example", "path": "/api", "id": "$.id"}, "neither by body nor by detail"),
        ({"base_url": "https://a.example", "path": "/api", "id": "$.[", "body": "$.b"}, r"wrong id: '\$\.\['"),
        ({"base_url": "https://u:s3cret@a.example", "path": "/", "id": "$.id", "body": "$.b"}, "wrong base_url"),
        (
            {"base_url": "https://a.example", "path": "/", "id": "$.id", "body": "$.b", "auth": {"type": "bearer"}},
            "auth of the type “bearer” needs token",
        ),
        (
            {"base_url": "https://a.example", "path": "/", "id": "$.id", "body": "$.b", "pagination": {"type": "page"}},
            "pagination of the type “page” needs param",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        check_options({"name": "kb", "kind": "rest"} | options)
    assert "s3cret" not in str(caught.value)


# Presets: each against a server that answers as that API is documented to.


def zendesk(site: HelpCenter) -> None:
    def article(number: int, **more: Any) -> dict[str, Any]:
        url = f"https://acme.zendesk.com/hc/en-us/articles/{number}"
        return {
            "id": number, "title": f"Returns &amp; refunds {number}", "body": f"<h2>Time</h2><p>{number} days.</p>",
            "html_url": url, "draft": False, "locale": "en-us", "user_segment_id": None, "user_segment_ids": [],
            "updated_at": "2026-09-08T07:06:05Z", "label_names": [], "section_id": 9, "vote_sum": 3,
        } | more  # fmt: skip

    pages = [
        [article(360001), article(360002, draft=True)],
        [article(360003, user_segment_id=42), article(360004, locale="de")],
    ]

    def listing(request: Request) -> Reply:
        if request.headers.get("authorization") != f"Basic {base64.b64encode(b'me@a.example/token:t').decode()}":
            return jsonly({"error": "Couldn't authenticate you"}, 401)
        assert request.query["page[size]"] == "100"
        after = request.query.get("page[after]")
        number = int(after or 0)
        target = f"{site.url}/api/v2/help_center/articles?page%5Bafter%5D={number + 1}&page%5Bsize%5D=100"
        return jsonly(
            {
                "articles": pages[number],
                "meta": {"has_more": number == 0, "after_cursor": str(number + 1), "before_cursor": "x"},
                "links": {"next": target, "prev": None},
            }
        )

    site.pages["/api/v2/help_center/articles"] = listing


def test_zendesk(site: HelpCenter) -> None:
    zendesk(site)
    auth = {"type": "basic", "username": "me@a.example/token", "password": "t"}
    documents = [one for one in read(site, preset="zendesk", auth=auth) if isinstance(one, Document)]
    assert [(one.id, one.scope.audience) for one in documents] == [
        ("zendesk/en-us/360001", ()),
        ("zendesk/en-us/360003", ("internal",)),
        ("zendesk/de/360004", ()),
    ]
    first = documents[0]
    assert (first.title, first.updated) == ("Returns & refunds 360001", date(2026, 9, 8))
    assert first.url == "https://acme.zendesk.com/hc/en-us/articles/360001"
    assert "## Time" in first.text and "360001 days." in first.text
    assert documents[2].scope.language == ("de",)


def test_zendesk_in_several_languages(site: HelpCenter) -> None:
    for locale in ("en-us", "de"):
        article = {
            "id": 1,
            "title": locale,
            "body": f"<p>{locale}</p>",
            "locale": locale,
            "draft": False,
            "updated_at": "",
        }
        site.pages[f"/api/v2/help_center/{locale}/articles"] = jsonly(
            {"articles": [article], "meta": {"has_more": False}, "links": {"next": None}}
        )
    path = "/api/v2/help_center/{locale}/articles"
    outcomes = read(site, preset="zendesk", path=path, each={"locale": ["en-us", "de"]})
    assert ids(outcomes) == ["zendesk/en-us/1", "zendesk/de/1"]


@pytest.mark.parametrize("by_cursor", [False, True])
def test_intercom(site: HelpCenter, by_cursor: bool) -> None:
    def content(state: str, text: str) -> dict[str, Any]:
        return {
            "type": "article_content", "title": f"On {text}", "body": f"<p>{text}</p>", "state": state,
            "updated_at": 1767225600, "url": f"https://intercom.help/acme/{text}", "description": "", "author_id": 1,
        }  # fmt: skip

    single = {"id": "11", "type": "article", "translated_content": None, "default_locale": "en"} | content(
        "published", "alone"
    )
    draft = {"id": "12", "type": "article", "translated_content": None} | content("draft", "draft")
    translated = {"type": "article.translated_content", "en": content("published", "english")}
    translated |= {"de": content("published", "deutsch"), "fr": content("draft", "brouillon"), "es": None}
    both = {"id": "13", "type": "article", "translated_content": translated} | content("published", "english")

    def listing(request: Request) -> Reply:
        assert request.headers["intercom-version"] == "2.11" and request.query["per_page"] == "50"
        if "page" in request.query or "starting_after" in request.query:
            return jsonly({"type": "list", "data": [both], "pages": {"type": "pages", "next": None, "page": 2}})
        url = f"{site.url}/articles?per_page=50&page=2"
        following: Any = {"page": 2, "starting_after": "abc"} if by_cursor else url
        return jsonly({"type": "list", "data": [single, draft], "pages": {"type": "pages", "next": following}})

    site.pages["/articles"] = listing
    documents = [
        one for one in read(site, preset="intercom", auth={"type": "bearer", "token": "t"}) if isinstance(one, Document)
    ]
    assert [(one.id, one.title, one.scope.language) for one in documents] == [
        ("intercom/11", "On alone", ()),
        ("intercom/13/en", "On english", ("en",)),
        ("intercom/13/de", "On deutsch", ("de",)),
    ]
    assert documents[2].url == "https://intercom.help/acme/deutsch" and documents[2].updated == date(2026, 1, 1)


def test_confluence_cloud(site: HelpCenter) -> None:
    def listing(request: Request) -> Reply:
        assert request.query["status"] == "current"
        second = "cursor" in request.query
        page = {
            "id": "98305" if second else "98304", "status": "current", "title": "Second" if second else "First",
            "spaceId": "1", "version": {"number": 3, "createdAt": "2026-08-01T09:00:00.000Z"},
            "_links": {"webui": "/spaces/SUP/pages/1/First", "editui": "/x", "tinyui": "/y"},
        }  # fmt: skip
        links = {"base": f"{site.url}/wiki"} | (
            {} if second else {"next": "/wiki/api/v2/pages?limit=250&status=current&cursor=c"}
        )
        return jsonly({"results": [page], "_links": links})

    site.pages["/wiki/api/v2/pages"] = listing
    for number in (98304, 98305):
        body = {"export_view": {"representation": "export_view", "value": f"<h1>Steps</h1><p>Page {number}.</p>"}}
        site.pages[f"/wiki/api/v2/pages/{number}"] = lambda request, body=body: (
            jsonly({"id": "1", "body": body}) if request.query == {"body-format": "export_view"} else Reply("", 400)
        )
    options: dict[str, Any] = {"preset": "confluence", "base_url": f"{site.url}/wiki"}
    outcomes = read(site, **options)
    assert ids(outcomes) == ["confluence/98304", "confluence/98305"]
    first = outcomes[0]
    assert isinstance(first, Document)
    assert (first.title, first.updated) == ("First", date(2026, 8, 1))
    assert first.url == f"{site.url}/wiki/spaces/SUP/pages/1/First" and "Page 98304." in first.text
    assert ids(read(site, tags(outcomes), **options), Unchanged) == ids(outcomes)
    assert site.asked("/wiki/api/v2/pages/98304") == 1


def test_confluence_data_center_below_a_path(site: HelpCenter) -> None:
    def listing(request: Request) -> Reply:
        start = int(request.query.get("start", 0))
        assert "body.export_view" in request.query["expand"]
        page = {
            "id": str(start), "type": "page", "status": "current", "title": f"Page {start}",
            "body": {"export_view": {"value": "<p>Words.</p>", "representation": "export_view"}},
            "version": {"when": "2026-07-01T10:00:00.000+02:00", "number": 1},
            "_links": {"webui": f"/display/SUP/{start}"},
        }  # fmt: skip
        links = {"base": f"{site.url}/confluence", "context": "/confluence"}
        if start == 0:
            links["next"] = f"/rest/api/content?type=page&expand={request.query['expand']}&limit=50&start=50"
        return jsonly({"results": [page], "start": start, "limit": 50, "size": 1, "_links": links})

    site.pages["/confluence/rest/api/content"] = listing
    outcomes = read(site, preset="confluence-server", base_url=f"{site.url}/confluence")
    assert ids(outcomes) == ["confluence/0", "confluence/50"]
    assert outcomes[0].url == f"{site.url}/confluence/display/SUP/0"  # type: ignore[union-attr]


def text(words: str, **more: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "plain_text": words, "href": None, "annotations": {"bold": False, "code": False} | more}]


def block(id: str, kind: str, has_children: bool = False, **content: Any) -> dict[str, Any]:
    return {"object": "block", "id": id, "type": kind, "has_children": has_children, kind: content}


def test_notion(site: HelpCenter) -> None:
    def found(id: str, **more: Any) -> dict[str, Any]:
        title = {"Name": {"id": "title", "type": "title", "title": text("Return ") + text("policy")}}
        return {
            "object": "page", "id": id, "last_edited_time": "2026-06-05T04:00:00.000Z", "archived": False,
            "in_trash": False, "url": f"https://www.notion.so/{id}", "properties": {"Tags": {"type": "select"}} | title,
        } | more  # fmt: skip

    def search(request: Request) -> Reply:
        asked = request.json()
        assert request.method == "POST" and asked["filter"] == {"property": "object", "value": "page"}
        assert request.headers["notion-version"]
        if "start_cursor" in asked:
            return jsonly({"results": [found("p2", in_trash=True)], "has_more": False, "next_cursor": None})
        return jsonly({"results": [found("p1")], "has_more": True, "next_cursor": "c2"})

    children = {
        "p1": [
            block("b1", "heading_2", rich_text=text("Time")),
            block("b2", "paragraph", rich_text=text("You have ") + text("30 days", bold=True) + text(".")),
            block("b3", "bulleted_list_item", True, rich_text=text("Unused")),
            block("b4", "bulleted_list_item", rich_text=text("In its box")),
            block("b5", "table", True, table_width=2),
            block("b6", "child_page", True, title="Another page"),
            block("b7", "divider"),
            block("b8", "toggle", True, rich_text=text("More")),
        ],
        "b3": [
            block("b31", "numbered_list_item", rich_text=text("Not worn")),
            block("b32", "numbered_list_item", rich_text=text("Not washed")),
        ],
        "b5": [
            block("r1", "table_row", cells=[text("Region"), text("Days")]),
            block("r2", "table_row", cells=[text("EU"), text("14")]),
        ],
        "b8": [block("b81", "code", rich_text=text("RMA-1"), language="plain text")],
    }
    site.pages["/v1/search"] = search
    for id, blocks in children.items():
        site.pages[f"/v1/blocks/{id}/children"] = lambda request, blocks=blocks: jsonly(
            {"results": blocks[3:], "has_more": False, "next_cursor": None}
            if request.query.get("start_cursor")
            else {"results": blocks[:3], "has_more": len(blocks) > 3, "next_cursor": "n" if len(blocks) > 3 else None}
        )
    auth = {"type": "bearer", "token": "t"}
    outcomes = read(site, preset="notion", auth=auth, delay=0)
    [page] = [one for one in outcomes if isinstance(one, Document)]
    assert len(outcomes) == 1
    assert (page.id, page.title, page.url) == ("notion/p1", "Return policy", "https://www.notion.so/p1")
    assert page.text == (
        "## Time\n\nYou have **30 days**.\n\n- Unused\n  1. Not worn\n  2. Not washed\n- In its box\n\n"
        "| Region | Days |\n| --- | --- |\n| EU | 14 |\n\nMore\n\n```plain text\nRMA-1\n```"
    )
    assert not site.asked("/v1/blocks/b6/children")
    asked = len(site.requests)
    assert ids(read(site, tags(outcomes), preset="notion", auth=auth, delay=0), Unchanged) == ["notion/p1"]
    assert len(site.requests) == asked + 2


def test_hubspot(site: HelpCenter) -> None:
    def post(id: str, **more: Any) -> dict[str, Any]:
        return {
            "id": id, "name": f"Post {id}", "postBody": "<p>Words.</p>", "url": f"https://acme.example/{id}",
            "updated": "2026-05-04T03:02:01Z", "language": "en-us", "state": "PUBLISHED", "currentlyPublished": True,
            "archivedInDashboard": False, "password": "", "publicAccessRulesEnabled": False,
        } | more  # fmt: skip

    def listing(request: Request) -> Reply:
        if request.query.get("after") == "2":
            posts = [post("4", publicAccessRulesEnabled=True), post("5", archivedInDashboard=True)]
            return jsonly({"total": 5, "results": posts})
        posts = [post("1"), post("2", state="DRAFT", currentlyPublished=False), post("3", password="x")]
        return jsonly({"total": 5, "results": posts, "paging": {"next": {"after": "2", "link": "x"}}})

    site.pages["/cms/v3/blogs/posts"] = listing
    documents = [one for one in read(site, preset="hubspot") if isinstance(one, Document)]
    assert [(one.id, one.scope.audience) for one in documents] == [("hubspot/1", ()), ("hubspot/4", ("internal",))]


def test_every_preset_is_a_whole_description() -> None:
    for name in presets():
        checked = check_options({"name": "x", "kind": "rest", "preset": name, "base_url": "https://a.example"})
        assert isinstance(checked, RestOptions) and checked.id.startswith(name.partition("-")[0])
