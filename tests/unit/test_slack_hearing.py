"""What Slack tells is understood as people meant it."""

from typing import Any

import pytest

from adapters.slack import hearing

BOT = "U0BOT"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<@U0BOT> can I return it?", "can I return it?"),
        ("<@U0BOT>, can I?", "can I?"),
        ("hey <@U0BOT> can I?", "hey can I?"),
        ("<@U0BOT>", ""),
        ("ask <@U0ANN> or <@U0NEW|new> or <@U0XYZ>", "ask @Ann or @new or @U0XYZ"),
        ("in <#C0SUPPORT|support> or <#C0X>", "in #support or #C0X"),
        ("<!here> <!subteam^S0|@team> <!date^1^{date}|today>", "@here @team today"),
        ("<https://a.example/x|a.example/x>", "https://a.example/x"),
        ("<https://a.example|our page> <https://a.example>", "our page (https://a.example) https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 &lt; 2 &amp;&amp; &lt;!channel&gt;", "1 < 2 && <!channel>"),
        ("first line\n  second", "first line\n second"),
    ],
)
def test_a_posts_text_is_read_as_its_author_sees_it(said: str, heard: str) -> None:
    assert hearing.plain(said, BOT, {"U0ANN": "Ann"}) == heard


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, True),
        ({"subtype": "file_share"}, True),
        ({"subtype": "thread_broadcast"}, True),
        ({"subtype": "bot_message"}, False),
        ({"subtype": "message_changed"}, False),
        ({"subtype": "channel_join"}, False),
        ({"bot_id": "B0X"}, False),
        ({"bot_profile": {"id": "B0X"}}, False),
        ({"user": BOT}, False),
        ({"user": "USLACKBOT"}, False),
        ({"user": None}, False),
    ],
)
def test_only_new_posts_of_people_count(more: dict[str, Any], counts: bool) -> None:
    assert hearing.is_post({"type": "message", "user": "U0ANN", "ts": "1.0"} | more, BOT) is counts


def test_a_deletion_is_understood_with_and_without_replies() -> None:
    assert hearing.deleted({"subtype": "message_deleted", "deleted_ts": "1.0", "ts": "2.0"}) == "1.0"
    assert hearing.deleted({"subtype": "message_changed", "message": {"subtype": "tombstone", "ts": "1.0"}}) == "1.0"
    assert hearing.deleted({"subtype": "message_changed", "message": {"ts": "1.0"}}) is None
    assert hearing.deleted({"ts": "1.0"}) is None


@pytest.mark.parametrize(
    ("reaction", "value"),
    [("+1", 1), ("thumbsup", 1), ("+1::skin-tone-4", 1), ("-1", -1), ("thumbsdown::skin-tone-2", -1), ("eyes", 0)],
)
def test_thumbs_of_any_skin_are_votes(reaction: str, value: int) -> None:
    assert hearing.vote(reaction) == value


@pytest.mark.parametrize(
    ("event", "body", "others"),
    [
        ({}, {}, False),
        ({"team": "T0ACME"}, {"is_ext_shared_channel": False}, False),
        ({"team": "T0ACME"}, {"is_ext_shared_channel": True}, True),
        ({"team": "T0ACME", "user_team": "T0OTHER"}, {}, True),
        ({"team": "T0OTHER"}, {"is_ext_shared_channel": False}, True),
    ],
)
def test_people_of_another_company_are_noticed(event: dict[str, Any], body: dict[str, Any], others: bool) -> None:
    assert hearing.others_read(event, body, "T0ACME") is others


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team": {"id": "T0ACME"}, "user": {"team_id": "T0OTHER"}}, "T0ACME"),
        ({"team": {"id": "T0OTHER"}, "view": {"app_installed_team_id": "T0ACME"}}, "T0ACME"),
        ({"team": {"id": "T0ACME"}, "view": {"app_installed_team_id": None}}, "T0ACME"),
        ({"team_id": "T0OTHER", "authorizations": [{"team_id": "T0ACME"}]}, "T0ACME"),
        ({"team": None, "user": {"team_id": "T0ACME"}}, "T0ACME"),
    ],
)
def test_the_workspace_is_ours_whoever_speaks(body: dict[str, Any], team: str) -> None:
    assert hearing.team(body) == team


@pytest.mark.parametrize(
    ("body", "thread"),
    [
        ({"message": {"ts": "2.0", "thread_ts": "1.0"}}, "1.0"),
        ({"message": {"ts": "2.0"}, "container": {"message_ts": "2.0"}}, None),
        ({"container": {"message_ts": "2.0", "is_ephemeral": True, "thread_ts": "1.0"}}, "1.0"),
        ({"container": {"type": "view"}, "message": {"thread_ts": None}}, None),
    ],
)
def test_an_answer_to_a_press_goes_where_the_button_stands(body: dict[str, Any], thread: str | None) -> None:
    assert hearing.thread(body) == thread
    assert hearing.route(body | {"response_url": "u"}).get("thread") == thread
