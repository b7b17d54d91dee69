"""No message of a source holds a credential."""

import pytest

from knowledge.sources.secrets import redacted, secrets_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://bot:gehe1m@host/x failed", "GET https://bot:…@host/x failed"),
        ("key t0p/key is wrong", "key … is wrong"),
        ("https://host/x?key=t0p%2Fkey", "https://host/x?key=…"),
        ("two\n  lines", "two lines"),
    ],
)
def test_credentials_are_blotted_out_in_whatever_form_they_come(text: str, shown: str) -> None:
    assert redacted(text, ("t0p/key", "")) == shown


def test_a_message_of_another_library_stays_bearable() -> None:
    assert len(redacted("x" * 10_000, ())) == 300


def test_secrets_are_known_by_their_names_at_any_depth() -> None:
    values = {"key": "a", "client": {"api_token": "b", "Password": "c", "region": "d"}, "retries": 3}
    assert sorted(secrets_of(values)) == ["a", "b", "c"]
