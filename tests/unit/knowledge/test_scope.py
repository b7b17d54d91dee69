"""A scope is read as people write it, and what cannot be read is told to nobody."""

from datetime import date, datetime
from typing import Any

import pytest

from knowledge.documents import Document, Scope, ScopeError, Skipped, misspelt, scope_fields
from knowledge.sources import open_source
from knowledge.sources.records import Records, RecordsOptions
from knowledge.territories import language_code, region_code, region_name

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("written", "scope"),
    [
        ({"region": ["EU", "UK"]}, Scope(region=("eu", "uk"))),
        ({"region": "EU, UK"}, Scope(region=("eu", "uk"))),
        ({"Regions": "eu"}, Scope(region=("eu",))),
        ({"market": "United Kingdom"}, Scope(region=("uk",))),
        ({"country": "GB"}, Scope(region=("uk",))),
        ({"region": "U.S."}, Scope(region=("us",))),
        ({"region": ["Deutschland", "États-Unis", "Côte d'Ivoire"]}, Scope(region=("ci", "de", "us"))),
        ({"region": "UK & Ireland"}, Scope(region=("ie", "uk"))),
        ({"region": "UK/IE"}, Scope(region=("ie", "uk"))),
        ({"region": "UK; FR | Germany and Austria"}, Scope(region=("at", "de", "fr", "uk"))),
        ({"region": "EU/EEA"}, Scope(region=("eu", "is", "li", "no"))),
        ({"region": ["eu,us", "Trinidad and Tobago", "Bosnia & Herzegovina"]}, Scope(region=("ba", "eu", "tt", "us"))),
        ({"region": "research and development"}, Scope(region=("research and development",))),
        ({"region": "north/south"}, Scope(region=("north/south",))),
        ({"region": " North  America "}, Scope(region=("north america",))),
        ({"region": "worldwide"}, Scope()),
        ({"region": ["eu", "global"]}, Scope()),
        ({"region": ["DE", False]}, Scope(region=("de", "no"))),  # YAML reads Norway's NO so
        ({"locale": "de-DE"}, Scope(language=("de",))),
        ({"lang": ["English", "deutsch", "fra", "pt_BR", "nb"]}, Scope(language=("de", "en", "fr", "no", "pt"))),
        ({"audience": "Internal Only"}, Scope(audience=("internal",))),
        ({"audience": ["staff", "agents"]}, Scope(audience=("internal",))),
        ({"audience": ["staff", "customers"]}, Scope()),
        ({"visibility": "private"}, Scope(audience=("private",))),
        ({"visibility": "Visible"}, Scope()),
        ({"visibility": "anyone"}, Scope()),
        ({"visibility": ["world", "staff"]}, Scope()),
        ({"region": "eu", "params": {"region": "us", "lang": "fr"}}, Scope(region=("eu",), language=("fr",))),
        ({"Params": {"scope": {"markets": "uk"}}, "country": ""}, Scope(region=("uk",))),
        ({"audience": "everybody", "metadata": {"internal": "yes"}}, Scope(audience=("internal",))),
        ({"metadata": ' {"audience": "legal"}', "meta": "{no JSON", "scope": "us"}, Scope(audience=("legal",))),
        ({"author": {"country": "fr"}, "seo": {"audience": "staff"}}, Scope()),
        ({"internal": True, "audience": "everybody"}, Scope(audience=("internal",))),
        ({"internal": False}, Scope()),
        ({"products": "Kettle Club, ﬁlters"}, Scope(product=("filters", "kettle club"))),
        ({"product": 365}, Scope(product=("365",))),
        ({"Valid until": "2026-01-31T23:59:00+01:00"}, Scope(effective_until=date(2026, 1, 31))),
        ({"expires": datetime(2026, 1, 31, 12)}, Scope(effective_until=date(2026, 1, 31))),
        ({"effective-from": "20260131"}, Scope(effective_from=date(2026, 1, 31))),
        ({"region": "", "market": None, "title": "x", 7: "y"}, Scope()),
        ({"region": "", "market": "uk"}, Scope(region=("uk",))),
        ({"region": "eu", "market": "retail"}, Scope(region=("eu",))),
    ],
)
def test_a_scope_is_read_as_people_write_it(written: dict[Any, Any], scope: Scope) -> None:
    assert Scope.from_mapping(written) == scope
    assert Scope.from_mapping(scope.as_mapping()) == scope


@pytest.mark.parametrize(
    "written",
    [
        {"region": True},
        {"region": {"eu": "yes"}},
        {"regions": [["eu"]]},
        {"audience": False},
        {"visibility": {"level": 3}},
        {"product": b"kettle"},
        {"effective_until": "end of the month"},
        {"expires": "31.01.2026"},
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_key(written: dict[str, Any]) -> None:
    (key,) = scope_fields(written)
    with pytest.raises(ScopeError, match=key):
        Scope.from_mapping(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("audince", "audience"),
        ("Audeince", "audience"),
        ("regoin", "region"),
        ("produckt", "product"),
        ("intermal", "internal"),
        ("visibilty", "visibility"),
        ("valid-untill", "valid_until"),
        ("effective from_", "effective_from"),
    ],
)
def test_a_key_that_is_one_slip_away_from_one_of_the_scope_is_found(written: str, meant: str) -> None:
    assert misspelt(["title", written]) == (written, meant)


def test_keys_of_the_scope_and_words_of_their_own_are_no_slips() -> None:
    fields = ["Regions", "valid until", "locale", "local", "interval", "expired", "regional", "author", "internal_note"]
    assert misspelt([*fields, "county", "markers"]) is None


def test_a_page_with_a_misspelt_scope_is_told_to_nobody_and_named(tmp_path: Any) -> None:
    (tmp_path / "secret.md").write_text("---\naudince: internal\n---\nSecret.")
    source = open_source({"name": "p", "kind": "folder", "path": "."}, tmp_path)
    (skipped,) = source.documents({})
    assert isinstance(skipped, Skipped) and "'audince'" in str(skipped) and "'audience'" in str(skipped)


def test_a_page_whose_scope_cannot_be_read_is_skipped_by_name(tmp_path: Any) -> None:
    (tmp_path / "good.md").write_text("---\nregions: [EU]\n---\nText.")
    (tmp_path / "odd.md").write_text("---\naudience: {team: legal}\n---\nSecret.")
    source = open_source({"name": "p", "kind": "folder", "path": ".", "scope": {"region": "us"}}, tmp_path)
    good, odd = sorted(source.documents({}), key=lambda one: str(getattr(one, "id", "z")))
    assert good.scope == Scope(region=("eu",)), "what the page says goes over the source's scope"
    assert (odd.document, "audience is" in odd.reason) == ("odd.md", True)


@pytest.mark.parametrize(
    ("asker", "document", "admitted"),
    [
        ({"region": "United Kingdom"}, {"region": "GB"}, True),
        ({"region": "eu"}, {"region": ["us", "eu"]}, True),
        ({"region": "eu"}, {"region": "us"}, False),
        ({"region": "France"}, {"region": "EU"}, True),
        ({"region": "uk"}, {"region": "EU"}, False),
        ({"region": "eu"}, {"region": "France"}, False),
        ({}, {"audience": "internal"}, False),
        ({"audience": "customers"}, {"audience": "internal"}, False),
        ({"audience": "employees"}, {"audience": "staff"}, True),
        ({"audience": "internal"}, {"audience": "confidential"}, False),
        ({"language": "de"}, {"locale": "de-AT"}, True),
        ({}, {"effective_from": "2026-11-21"}, True),
        ({}, {"effective_from": "2026-11-22"}, False),
        ({}, {"effective_until": "2026-11-21"}, True),
        ({}, {"effective_until": "2026-11-20"}, False),
    ],
)
def test_who_may_be_told_what(asker: dict[str, Any], document: dict[str, Any], admitted: bool) -> None:
    assert Scope.from_mapping(asker).admits(Scope.from_mapping(document), DAY) is admitted


def test_regions_and_languages_have_one_code_however_they_are_written() -> None:
    assert {region_code(word) for word in ("us", "US", "U.S.A.", "USA", "United States", "Estados Unidos")} == {"us"}
    assert {region_code(word) for word in ("uk", "GB", "U.K.", "Great Britain", "Vereinigtes Königreich")} == {"uk"}
    assert region_code("EMEA") == "emea"
    assert {language_code(word) for word in ("de", "DE-ch", "deu", "German", "Deutsch", "allemand")} == {"de"}
    assert [region_name(code) for code in ("eu", "nl", "de", "emea", "north-america")] == [
        *("the EU", "the Netherlands", "Germany", "EMEA", "North America"),
    ]


@pytest.mark.parametrize(
    ("code", "european", "brazilian"),
    [
        ("pl", "Polónia", "Polônia"),
        ("ir", "Irão", "Irã"),
        ("vn", "Vietname", "Vietnã"),
        ("cz", "Chéquia", "Tchéquia"),
        ("ro", "Roménia", "Romênia"),
    ],
)
def test_portuguese_names_are_european_and_those_of_brazil_are_known(code: str, european: str, brazilian: str) -> None:
    assert region_name(code, "pt") == european
    assert region_code(european) == region_code(brazilian) == code


def test_blocks_that_hold_themselves_have_an_end() -> None:
    block: dict[str, Any] = {"region": "uk"}
    block["params"] = block
    assert Scope.from_mapping(block) == Scope(region=("uk",))


@pytest.mark.parametrize("value", ["ja", "x", "internal", "maybe", 2, ["yes"]])
def test_whether_a_page_is_internal_is_told_by_true_or_false_alone(value: Any) -> None:
    with pytest.raises(ScopeError, match=r"neither true nor false\. Write `internal: true`"):
        Scope.from_mapping({"internal": value})


@pytest.mark.parametrize(("value", "internal"), [("Y", True), ("on", True), (1.0, True), ("n", False), (None, False)])
def test_whether_a_page_is_internal_is_read_as_people_and_databases_write_it(value: Any, internal: bool) -> None:
    assert Scope.from_mapping({"internal": value}) == Scope(audience=("internal",) if internal else ())


def test_a_misspelt_column_tells_no_record_to_everybody() -> None:
    options = RecordsOptions(name="s", kind="sql", columns={"body": "produckt"})
    values = {"id": "1", "produckt": "Secret.", "county": "Kent"}
    assert isinstance(Records(options, {}).document("1", "Secret.", values), Document)
    for more in ({"audince": "internal"}, {"metadata": '{"audince": "internal"}'}):
        skipped = Records(options, {}).document("1", "Secret.", {**values, **more})
        assert isinstance(skipped, Skipped) and "'audince'" in skipped.reason


def test_a_record_says_for_whom_it_is_in_a_block_or_at_the_top_of_its_text() -> None:
    records = Records(RecordsOptions(name="s", kind="sql"), {})
    for body, values in (
        ("Secret.", {"metadata": {"audience": "legal"}}),
        ("---\nextra: {audience: legal}\n---\nSecret.", {}),
        ("---\naudience: staff\n---\nSecret.", {"meta": '{"audiences": ["legal"]}'}),
    ):
        document = records.document("1", body, values)
        assert isinstance(document, Document)
        assert (document.scope, document.text) == (Scope(audience=("legal",)), "Secret.")
