"""The app manifest asks for what the code uses: no less, or installing it fails later; no more."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import adapters.slack
from adapters.slack.platform import ASK_ABOUT

FOLDER = Path(adapters.slack.__path__[0])
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py")))

# https://api.slack.com/methods and https://api.slack.com/events name the scope of each.
CALLS: dict[str, set[str]] = {
    "assistant_threads_setStatus": {"assistant:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "apps_connections_open": set(),  # made with the app token, which has scopes of its own
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "chat_appendStream": {"chat:write"},
    "chat_startStream": {"chat:write"},
    "chat_stopStream": {"chat:write"},
    "files_upload_v2": {"files:write"},
    "reactions_add": {"reactions:write"},
    "reactions_remove": {"reactions:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_conversations": {"channels:read", "groups:read", "im:read", "mpim:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
EVENTS: dict[str, dict[str, str]] = {
    "app_home_opened": {"app_home_opened": ""},
    "app_uninstalled": {"app_uninstalled": ""},
    "assistant_thread_started": {"assistant_thread_started": "assistant:write"},
    "tokens_revoked": {"tokens_revoked": ""},
    "app_mention": {"app_mention": "app_mentions:read"},
    "member_joined_channel": {"member_joined_channel": "channels:read"},  # or groups:read, for private channels
    "message": {
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    },
    "reaction_added": {"reaction_added": "reactions:read"},
    "reaction_removed": {"reaction_removed": "reactions:read"},
}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((FOLDER / "manifest.yaml").read_text(encoding="utf-8"))


def _heard(kind: str) -> set[str]:
    return set(re.findall(rf'app\.{kind}\("([^"]+)"\)', CODE))


def test_the_scopes_are_those_of_the_calls_and_events(manifest: Any) -> None:
    calls = set(re.findall(r"web\.([a-z]+_\w+)\(", CODE)) - {"api_call"}
    calls |= {name.replace(".", "_") for name in re.findall(r'"((?:conversations|users)\.[a-z]+)"', CODE)}
    assert calls == set(CALLS)
    needed = set().union(*(CALLS[call] for call in calls), *(set(EVENTS[event].values()) for event in _heard("event")))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == (needed - {""}) | {"commands"}


def test_the_events_are_those_listened_to(manifest: Any) -> None:
    told = {event for listened in _heard("event") for event in EVENTS[listened]}
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == told


def test_the_commands_are_those_listened_to(manifest: Any) -> None:
    assert {one["command"] for one in manifest["features"]["slash_commands"]} == _heard("command")


def test_the_shortcuts_are_those_listened_to(manifest: Any) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == _heard("shortcut") | {ASK_ABOUT}
    for shortcut in shortcuts:
        assert shortcut["type"] == "message"
        assert len(shortcut["name"]) <= 24 and len(shortcut["description"]) <= 150


def test_buttons_direct_messages_and_socket_mode_are_switched_on(manifest: Any) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert manifest["features"]["assistant_view"]["assistant_description"]
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_slack_would_take_the_lengths(manifest: Any) -> None:
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32 and len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24 and len(shortcut["description"]) <= 150
