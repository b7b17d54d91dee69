"""Settings: one tree, the file first, the environment over it; what is wrong is named with its fix."""

import re
import tomllib
from pathlib import Path

import pytest

import adapters
from bot.settings import Settings, SettingsError, load
from knowledge.documents import Scope

TEMPLATE = (Path(adapters.__file__).parent / "template.toml").read_text(encoding="utf-8")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "frontdesk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_environment_stands_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, '[answering]\ncontact = "file"\npassages = 3\n')
    monkeypatch.setenv("FRONTDESK_ANSWERING__CONTACT", "environment")
    settings = load(path)
    assert (settings.answering.contact, settings.answering.passages) == ("environment", 3)


def test_secrets_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "slack__bot_token").write_text("xoxb-from-a-file\n")
    monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(tmp_path / "secrets"))
    assert load(written(tmp_path, "")).slack.bot_token.get_secret_value() == "xoxb-from-a-file"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert "xoxb-1" not in repr(load(written(tmp_path, '[slack]\nbot_token = "xoxb-1"\n')))


def test_relative_paths_start_at_the_settings_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'data_dir = "here"\n[database]\nurl = "sqlite:///own.db"\n'))
    assert settings.knowledge_uri == str(tmp_path / "here" / "knowledge")
    assert settings.database_url == f"sqlite:///{tmp_path / 'own.db'}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[answering]\npasages = 3\n", "answering.pasages"),
        ("[answering]\npassages = 0\n", "answering.passages"),
        ('[lora]\nscale = "much"\n', "lora.scale"),
        (
            '[[knowledge.sources]]\nname = "a"\nkind = "fodler"\npath = "x"\n',
            "knowledge.sources.0 is wrong",
        ),
        ('scope = {effective_from = "soon"}\n', "scope"),
        ("admins = [\n", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(key)):
        load(written(tmp_path, text))


def test_a_settings_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="frontdesk init"):
        load(tmp_path / "none.toml")


def test_a_channel_scope_stands_over_the_general_one(tmp_path: Path) -> None:
    settings = load(
        written(tmp_path, 'scope = {region = "EU"}\n[channel_scopes]\n"slack:C1" = {audience = "internal"}\n')
    )
    assert settings.scope_for("slack", "C1") == Scope(region=("eu",), audience=("internal",))
    assert settings.scope_for("slack", "C2") == Scope(region=("eu",))


def test_admins_hold_on_the_platform_they_are_named_for(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'admins = ["slack:U1", "42"]\n'))
    assert settings.is_admin("slack", "U1")
    assert settings.is_admin("discord", "42")
    assert not settings.is_admin("discord", "U1")


def test_the_template_can_be_loaded_and_names_every_setting(tmp_path: Path) -> None:
    load(written(tmp_path, TEMPLATE))
    section, named = "", set()
    for line in TEMPLATE.splitlines():
        if header := re.fullmatch(r"\[+([\w.]+)\]+", line):
            section = header[1] + "."
        elif key := re.match(r"(?:# )?(\w+)(?: =|: FRONTDESK_)", line):
            named.add(section + key[1])
    wanted = set()
    for name, field in Settings.model_fields.items():
        if name in {"config_dir", "channel_scopes"}:
            continue
        inner = getattr(field.annotation, "model_fields", None)
        wanted |= {f"{name}.{key}" for key in inner if key != "sources"} if inner else {name}
    assert wanted <= named


def test_the_defaults_in_the_template_are_the_defaults(tmp_path: Path) -> None:
    plain = re.sub(r"(?m)^# (?=\w+ = )", "", TEMPLATE)
    plain = re.sub(r"(?m)^(path = \"adapter.*|reindex = .*|url = \"\".*)$", "", plain)
    stated, defaults = tomllib.loads(plain), Settings().model_dump(mode="json")
    for section in ("model", "answering", "embedding", "slack", "discord", "http", "schedule", "lora"):
        for key, value in stated[section].items():
            assert defaults[section][key] == value, f"{section}.{key}"
