"""What holds in a channel: layers, limits that never widen, values that cannot be kept, standard answers."""

import itertools
from collections.abc import Sequence

import pytest

from bot.channels.resolve import Channel, Channels, Origin, StandardAnswer, narrowed
from bot.channels.standard import standard_answer, told
from bot.channels.store import ChannelKey
from bot.channels.values import (
    MAX_ANSWER_CHARS,
    MAX_GREETING_CHARS,
    MAX_KEYWORD_CHARS,
    MAX_LINE_CHARS,
    MAX_PEOPLE,
    MAX_TRIGGERS,
    ChannelValues,
    StandardAnswerValues,
    When,
    limits_of,
)
from bot.settings import Settings, SettingsError, from_values
from knowledge.documents import Scope

KEY = ChannelKey("slack", "T1", "C1")


def channels(*entries: object, **settings: object) -> Channels:
    return Channels(from_values({"channels": list(entries), **settings}))


def resolved(chat: dict[str, object] | None = None, *entries: object, **settings: object) -> Channel:
    return channels(*entries, **settings).resolved(KEY, ChannelValues.model_validate(chat or {}))


# Layers -----------------------------------------------------------------------------------------------------------


def test_where_nothing_is_set_the_bot_answers_mentions_openly_to_everybody() -> None:
    channel = resolved()
    assert (channel.when, channel.private, channel.persona) == (When.MENTION, False, "a friendly support assistant")
    assert channel.may_ask("U1") and not channel.administers("U1")
    assert (channel.greeting, channel.language, channel.helpers) == ("", "", ())


def test_a_channel_goes_over_its_workspace_that_over_the_general_entry_and_chat_over_all() -> None:
    entries = (
        {"channel": "slack:C1", "tone": "of the channel"},
        {"tone": "of all", "language": "de", "greeting": "Hello", "private": True},
        {"workspace": "slack:T1", "tone": "of the workspace", "language": "French", "persona": "a clerk"},
        {"channel": "slack:C2", "tone": "of another channel", "when": "never"},
        {"workspace": "discord:1", "when": "never"},
    )
    channel = resolved({"greeting": "Hi", "private": False}, *entries)
    assert (channel.tone, channel.language, channel.persona) == ("of the channel", "fr", "a clerk")
    assert (channel.greeting, channel.private, channel.when) == ("Hi", False, When.MENTION)
    assert channel.origin("greeting") is Origin.CHAT and channel.origin("tone") is Origin.FILE
    assert channel.origin("when") is Origin.DEFAULT


def test_people_count_on_their_platform_and_groups_by_membership() -> None:
    bare = ["U2", "66666", "&77777"]  # hold on every platform that has such ids
    entry = {"askers": ["slack:U1", "discord:44444", "slack:S9", *bare], "helpers": ["discord:&55555", "slack:S8"]}
    here = resolved(None, entry)
    assert here.askers == ("U1", "S9", "U2") and here.helpers == ("S8",)
    assert here.groups == ("S9", "S8")
    assert here.may_ask("U1") and here.may_ask("U3", ["S9"]) and not here.may_ask("U3", ["S8"])
    there = channels(entry).resolved(ChannelKey("discord", "1", "2"), ChannelValues())
    assert there.askers == ("44444", "66666", "&77777")
    assert there.helpers == ("&55555",) and there.helps("7", ["55555"]) and not there.helps("55555")


def test_people_of_one_platform_do_not_open_another_to_everybody() -> None:
    some = channels({"askers": ["slack:U1"]})
    there = some.resolved(ChannelKey("discord", "1", "2"), ChannelValues())
    assert not there.may_ask("44444")
    assert some.resolved(ChannelKey("discord", "1", "2"), ChannelValues(askers=[])).may_ask("44444")


def test_admins_of_the_settings_administer_every_channel_and_those_of_a_channel_theirs() -> None:
    some = channels({"channel": "slack:C1", "admins": ["slack:U7"]}, admins=["slack:U0"])
    one, other = (some.resolved(ChannelKey("slack", "T1", id), ChannelValues()) for id in ("C1", "C2"))
    assert some.may_administer(one, "U0") and some.may_administer(other, "U0")
    assert some.may_administer(one, "U7") and not some.may_administer(other, "U7")
    assert not some.may_administer(one, "U1")


async def test_an_admin_of_a_workspace_sets_up_its_channels_and_no_others() -> None:
    some = channels({"channel": "slack:C1"}, admins=["slack:T1:U0"])
    own, other = await some.at("slack", "T1", "C1"), await some.at("slack", "T2", "C1")
    assert some.may_administer(own, "U0") and not some.may_administer(other, "U0")


# Scopes -----------------------------------------------------------------------------------------------------------


def test_each_limit_narrows_what_the_settings_allow() -> None:
    some = channels(
        {"workspace": "slack:T1", "scope": {"region": ["eu", "uk"]}},
        {"channel": "slack:C1", "scope": {"product": "kettles"}},
        scope={"region": ["eu", "uk", "us"]},
        channel_scopes={"slack:C1": {"audience": "internal"}},
        role_scopes={"slack:S1": {"audience": "legal", "region": "ch"}},
    )
    channel = some.resolved(KEY, ChannelValues(scope={"region": "UK"}))
    assert some.scope(channel) == Scope(region=("uk",), audience=("internal",), product=("kettles",))
    assert some.allowed(KEY) == Scope(region=("eu", "uk"), audience=("internal",), product=("kettles",))
    # A role may see another region privately; the limits of the channel hold all the same.
    assert some.scope(channel, roles=["S1"], private=True).region == ("-",)
    assert not some.scope(channel, roles=["S1"], private=True).admits(Scope(region=("ch",)), some._settings.today())


WORDS: list[tuple[str, ...]] = [(), ("a",), ("b",), ("a", "b"), ("c",)]


@pytest.mark.parametrize("key", ["region", "product", "audience"])
def test_no_limit_ever_shows_a_document_that_was_not_shown_before(key: str) -> None:
    today = Settings().today()
    for mine, limit, theirs in itertools.product(WORDS, WORDS, WORDS):
        scope, document = Scope(**{key: mine}), Scope(**{key: theirs})
        limits = {key: limit} if limit or key == "audience" else {}
        assert scope.admits(document, today) or not narrowed(scope, limits).admits(document, today)


def test_limits_that_leave_nothing_are_told_and_show_only_what_is_for_everybody() -> None:
    some = channels(scope={"region": "us"})
    channel = some.resolved(KEY, ChannelValues(scope={"region": "uk"}))
    assert "limited to uk, but only us is allowed here" in channel.nothing_to_tell()
    today = some._settings.today()
    assert some.scope(channel).admits(Scope(), today)
    assert not any(some.scope(channel).admits(Scope(region=(one,)), today) for one in ("uk", "us"))


def test_public_limits_the_audience_to_what_everybody_may_read() -> None:
    some = channels(scope={"audience": "internal"})
    assert limits_of({"audience": "public"}) == {"audience": ()}
    assert some.scope(some.resolved(KEY, ChannelValues(scope={"audience": "public"}))).audience == ()
    assert some.scope(some.resolved(KEY, ChannelValues(scope={"audience": ""}))).audience == ("internal",)


# What cannot be kept ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"persona": "x" * (MAX_LINE_CHARS + 1)}, "201 characters long"),
        ({"greeting": "x" * (MAX_GREETING_CHARS + 1)}, "1,501 characters long"),
        ({"askers": [f"slack:U{n:05}" for n in range(MAX_PEOPLE + 1)]}, "25 people and groups"),
        ({"helpers": ["@everyone"]}, "'@everyone' is nobody's id"),
        ({"admins": ["slack:" + "U" * 10_000]}, "is nobody's id"),
        ({"language": "Klingonese"}, "is no language"),
        ({"when": "sometimes"}, "mention"),
        ({"scope": {"language": "en"}}, "is no key of a channel's scope"),
        ({"scope": {"region": ["a", "b"] * 30 + [str(n) for n in range(30)]}}, "too many words"),
        ({"scope": {"region": True}}, "neither a word nor a list"),
        ({"volume": 11}, "is not a setting"),
        ({"channel": "C1"}, "names no such place"),
        ({"channel": "slack:C1", "workspace": "slack:T1"}, "either channel or workspace"),
    ],
)
def test_an_entry_of_the_file_that_cannot_be_kept_is_named(values: dict[str, object], problem: str) -> None:
    with pytest.raises(SettingsError, match="channels") as refused:
        from_values({"channels": [values]})
    assert problem in str(refused.value)


def test_two_entries_for_one_place_are_refused() -> None:
    with pytest.raises(SettingsError, match="two entries for slack:C1"):
        channels({"channel": "slack:C1"}, {"channel": "slack:C1"})


def test_texts_lose_what_cannot_be_seen_and_stay_one_line() -> None:
    values = ChannelValues(persona="a kind\n\n clerk\u200b\u202e\x00", greeting=" Hi\nall\x07 ")
    assert (values.persona, values.greeting) == ("a kind clerk", "Hi\nall")


@pytest.mark.parametrize(
    "keyword",
    ["", " ", "a", "?", "*", ".*", "(?:.|\n)*", "^", "how", "what is the", "Wie geht das", "\u200b", "le", "x"],
)
@pytest.mark.parametrize("kind", ["keywords", "questions"])
def test_a_keyword_or_question_that_would_match_everything_is_refused(kind: str, keyword: str) -> None:
    with pytest.raises(ValueError, match="would match almost every question"):
        StandardAnswerValues.model_validate({kind: [keyword], "answer": "x"})


@pytest.mark.parametrize(
    "values",
    [
        {"answer": "x"},
        {"keywords": ["wifi"], "answer": " \u200b\n"},
        {"keywords": ["wifi"], "answer": "x" * (MAX_ANSWER_CHARS + 1)},
        {"keywords": ["w" * (MAX_KEYWORD_CHARS + 1)], "answer": "x"},
        {"keywords": [f"wifi{n}" for n in range(MAX_TRIGGERS + 1)], "answer": "x"},
        {"keywords": ["wifi"], "answer": "x", "link": "javascript:alert(1)"},
        {"keywords": ["wifi"], "answer": "x", "link": "https://a.example/<!channel>"},
        {"keywords": ["wifi"], "answer": "x", "link": "https://a.example/" + "x" * 1000},
    ],
)
def test_a_standard_answer_that_cannot_be_given_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"standard answer|answer is|write the answer|possible|write an address"):
        StandardAnswerValues.model_validate(values)


# Standard answers -------------------------------------------------------------------------------------------------


def answers(*values: dict[str, object]) -> list[StandardAnswer]:
    return [
        StandardAnswer(str(n), StandardAnswerValues.model_validate({"answer": "x"} | one))
        for n, one in enumerate(values)
    ]


async def given(text: str, *values: dict[str, object], alike: float = 0.0) -> str | None:
    async def similarities(question: str, others: Sequence[str]) -> list[float]:
        return [alike] * len(others)

    found = await standard_answer(text, answers(*values), similarities)
    return found.id if found else None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        *(
            (text, {"questions": [text]})
            for text in ("whats the wifi pw", "gibts wlan", "r u hiring", "cant log in", "thanks :blobwave:")
        ),
        ("what's the wifi pw?", {"questions": ["whats the wifi pw"]}),
        ("whats the wifi pw", {"questions": ["What's the wifi pw?"]}),
        ("Gibt es wlan?", {"questions": ["gibts wlan"]}),
        ("do u sell lids", {"questions": ["Do you sell lids?"]}),
        ("I cant log in today", {"keywords": ["cant log in"]}),
        ("I can't log in today", {"keywords": ["cant log in"]}),
        ("I cant log in today", {"keywords": ["can't log in"]}),
        ("can I come w/o pass", {"keywords": ["w/o pass"]}),
        ("can I come without pass", {"keywords": ["w/o pass"]}),
        ("is the UR-10 in stock", {"keywords": ["UR-10"]}),
        ("do you have ur 5 lids", {"keywords": ["UR 5"]}),
        ("do u bolts fit here", {"keywords": ["u bolts"]}),
        ("where are r packages kept", {"keywords": ["r packages"]}),
        ("it shows :err: again", {"keywords": [":err:"]}),
    ],
)
async def test_what_admins_wrote_short_is_met_as_it_was_typed_and_as_it_is_read(
    text: str, values: dict[str, object]
) -> None:
    assert await given(text, values) == "0"


async def test_an_emoji_alone_meets_no_standard_answer() -> None:
    assert await given(":blobwave:", {"questions": [":blobcat:"], "keywords": [":parcel:"]}) is None


@pytest.mark.parametrize(
    "text",
    ["What is the wifi password?", "WIFI-Password??", "guest wi-fi please", "Need the wifi passwords for a guest"],
)
async def test_a_keyword_is_found_whatever_its_case_marks_and_ending(text: str) -> None:
    assert await given(text, {"keywords": ["wifi password", "guest Wi-Fi"]}) == "0"


@pytest.mark.parametrize("text", ["wifi", "the password of the wifi", "wifi, then my password", "swifi password", ""])
async def test_a_keyword_is_its_words_in_a_row(text: str) -> None:
    assert await given(text, {"keywords": ["wifi password"]}) is None


async def test_a_question_goes_before_a_keyword_and_a_longer_keyword_before_a_shorter() -> None:
    several = ({"keywords": ["refund"]}, {"keywords": ["refund form"]}, {"questions": ["Where is the refund form?"]})
    assert await given("where is the refund form", *several) == "2"
    assert await given("I lost the refund form", *several) == "1"
    assert await given("Is a refund possible?", *several) == "0"


async def test_a_question_put_otherwise_counts_where_words_and_embedding_agree() -> None:
    asked = {"questions": ["How long do refunds take?"]}
    assert await given("how long would my refund take??", asked, alike=0.95) == "0"
    assert await given("how long would my refund take??", asked, alike=0.9) is None
    assert await given("how long does a refund not take?", asked, alike=0.99) is None
    assert await given("how long does a return take?", asked, alike=0.99) is None
    assert await given("how long do 2 refunds take?", asked, alike=0.99) is None
    assert await given("do refunds take long?", asked, alike=0.99) is None
    assert await given("Do you ship to Spain?", {"questions": ["Do you ship from Spain?"]}, alike=0.99) is None
    assert await given("From Spain to Italy?", {"questions": ["From Italy to Spain?"]}, alike=0.99) is None
    assert await given("Must I return it?", {"questions": ["Can I return it?"]}, alike=0.99) is None
    assert await given("What is in the plan?", {"questions": ["What is in plan a?"]}, alike=0.99) is None
    assert await given("What are the customer fees?", {"questions": ["What are my customs fees?"]}, alike=0.99) is None
    assert await given("Do you ship to US?", {"questions": ["Do you ship to us?"]}, alike=0.99) is None


def test_a_standard_answer_is_shown_as_one_with_its_link() -> None:
    (one,) = answers({"keywords": ["wifi"], "answer": "On the **board**.", "link": "https://a.example/wifi"})
    assert told(one) == (
        "On the **board**.\n\nMore: https://a.example/wifi\n\n"
        "*This is a standard answer, written and approved by the team.*"
    )
    assert "\n\nMehr dazu: https://a.example/wifi\n\n*Das ist eine Standardantwort" in told(one, "de")
    assert "\n\nEn savoir plus\u00a0: https://a.example/wifi\n\n" in told(one, "fr")
    assert told(one, "tr") == told(one)


async def test_the_file_has_standard_answers_by_channel_the_nearest_first() -> None:
    some = channels(
        {"standard_answers": [{"keywords": ["wifi"], "answer": "everywhere"}]},
        {"channel": "slack:C1", "standard_answers": [{"keywords": ["wifi"], "answer": "here"}]},
        {"channel": "slack:C2", "standard_answers": [{"keywords": ["wifi"], "answer": "there"}]},
    )
    assert [one.values.answer for one in await some.standard_answers(KEY)] == ["here", "everywhere"]
