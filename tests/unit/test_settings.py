"""Settings: one tree, the file first, the environment over it; what is wrong is named with its fix."""

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import adapters
from adapters import cli
from adapters.console import told_here
from bot.channels.values import StandardAnswerValues
from bot.settings import ChannelSettings, Settings, SettingsError, from_values, load, strays
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRONTDESK_ADMINS", "slack:U0123ABCD"),
        ("FRONTDESK_KNOWLEDGE__SOURCES", "policies"),
        ("FRONTDESK_SLACK__CHANNELS", "C1, C2"),
        ("FRONTDESK_SCOPE", "region=eu"),
    ],
)
def test_a_list_in_the_environment_that_is_no_json_is_named_with_how_to_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("FRONTDESK_SLACK__API_URL", "http://slack.example")
    monkeypatch.setenv("FRONTDESK_KNOWLEDGE__URI", "elsewhere")
    monkeypatch.setenv("FRONTDESK_DATA_DIR", value)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} in the environment") as told:
        load(written(tmp_path, ""))
    assert '["slack:U0123ABCD"]' in told.value.fix


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("FRONTDESK_SLACK_BOT_TOKEN", "FRONTDESK_SLACK__BOT_TOKEN"),
        ("frontdesk_slack_bot_token", "FRONTDESK_SLACK__BOT_TOKEN"),
        ("FRONTDESK_DISCORD_TOKEN", "FRONTDESK_DISCORD__TOKEN"),
        ("FRONTDESK_SLAK__APP_TOKEN", "FRONTDESK_SLACK__APP_TOKEN"),
        ("FRONTDESK_ADMIN", "FRONTDESK_ADMINS"),
        ("FRONTDESK_SECRET_DIR", "FRONTDESK_SECRETS_DIR"),
        ("FRONTDESK_CONFIG_FILE", ""),
        ("FRONTDESK_PORTS", ""),
        ("FRONTDESK_SERVICE", ""),
        ("FRONTDESK_QQQQ", ""),
    ],
)
def test_a_variable_that_sets_nothing_is_known_with_the_nearest_that_does(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "x")
    assert strays(Settings()) == {name: nearest}


@pytest.mark.parametrize(
    "name",
    [
        *("FRONTDESK_DATA_DIR", "frontdesk_slack__bot_token", "FRONTDESK_SCOPE__REGION", "FRONTDESK_SECRETS_DIR"),
        "FRONTDESK_KERNELS",
        *("FRONTDESK_PORT", "FRONTDESK_PORT_8080_TCP", "FRONTDESK_PORT_53_UDP_PROTO"),  # Kubernetes sets these
        *("FRONTDESK_SERVICE_HOST", "FRONTDESK_SERVICE_PORT", "FRONTDESK_SERVICE_PORT_HTTP"),
        "FRONTDESKS",
    ],
)
def test_a_variable_that_sets_something_or_is_not_of_settings_is_no_stray(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    settings = Settings()
    monkeypatch.setenv(name, "x")
    assert strays(settings) == {}


def test_variables_that_kubernetes_sets_for_a_service_beside_frontdesk_are_no_strays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FRONTDESK_HTTP_PORT", "8080")
    assert strays(Settings()) == {"FRONTDESK_HTTP_PORT": ""}, "no service is called frontdesk-http"
    for name in ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_TCP_SQL", "PORT", "PORT_5432_TCP", "PORT_5432_TCP_ADDR"):
        monkeypatch.setenv(f"FRONTDESK_DATA_BASE_{name}", "x")
    assert list(strays(Settings())) == ["FRONTDESK_HTTP_PORT"]


def test_a_folder_of_secrets_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "")
    for place in (tmp_path / "none", file):
        monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(place))
        with pytest.raises(SettingsError, match=re.escape(f"FRONTDESK_SECRETS_DIR is {place}")):
            load(file)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(folder))
    return folder


def secret(folder: Path, name: str, content: bytes = b"xoxb-1") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("slack_bot_token", "slack__bot_token"),
        ("FRONTDESK_SLACK__BOT_TOKEN", "slack__bot_token"),
        ("frontdesk_slack_bot_token", "slack__bot_token"),
        ("slack.bot_token", "slack__bot_token"),
        ("slack/bot_token", "slack__bot_token"),
        ("Discord_Token", "discord__token"),
        ("admins.json", "admins"),
        ("FRONTDESK_SCOPE", "scope"),
        ("config_file", ""),
        ("secrets_dir", ""),
        ("qqqq", ""),
    ],
)
def test_a_file_of_secrets_that_sets_nothing_is_known_with_the_nearest_name_that_does(
    secrets: Path, name: str, nearest: str
) -> None:
    path = secret(secrets, name)
    assert strays(Settings()) == {str(path): nearest}
    assert not load(written(secrets.parent, "")).slack.bot_token.get_secret_value()


@pytest.mark.parametrize(
    "name",
    [
        *("slack__bot_token", "Slack__BOT_Token", "data_dir", "scope__region"),
        *(".slack_bot_token", "slack/.bot_token"),
        *("..2026_11_28/slack_bot_token", "kubernetes.io/serviceaccount/token"),  # Kubernetes puts these there
    ],
)
def test_a_file_of_secrets_that_sets_something_or_is_not_of_settings_is_no_stray(secrets: Path, name: str) -> None:
    secret(secrets, name)
    assert strays(Settings()) == {}


CRM = '[[knowledge.sources]]\nname = "crm"\nkind = "sql"\nquery = "SELECT 1"\nurl = "postgresql://a:${CRM_PASSWORD}@db/crm"\n'


def test_what_a_source_is_filled_in_with_sets_something(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = CRM.replace("@db", "@${FRONTDESK_HOST}")
    secret(secrets, "CRM_PASSWORD")
    monkeypatch.setenv("FRONTDESK_HOST", "db")
    assert strays(load(written(secrets.parent, source))) == {}
    misspelt = secret(secrets, "CRM_PASWORD")
    lower = secret(secrets, "crm_password")
    assert strays(load(written(secrets.parent, source))) == {
        str(misspelt): "CRM_PASSWORD",
        str(lower): "CRM_PASSWORD",
    }


def test_a_secret_that_is_a_link_out_of_its_folder_is_told_as_it_is_not_read(secrets: Path) -> None:
    (secrets / "slack__bot_token").symlink_to(secret(secrets.parent, "elsewhere"))
    (secrets / "slack__app_token").symlink_to(secret(secrets, "..data/slack__app_token"))
    slack = load(written(secrets.parent, "")).slack
    assert (slack.bot_token.get_secret_value(), slack.app_token.get_secret_value()) == ("", "xoxb-1")
    assert strays(Settings()) == {str(secrets / "slack__bot_token"): "a file that is no link out of its folder"}


def test_a_folder_of_secrets_may_be_a_link(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(secrets, "slack__bot_token")
    link = secrets.parent / "link"
    link.symlink_to(secrets)
    monkeypatch.setenv("FRONTDESK_SECRETS_DIR", str(link))
    assert load(written(secrets.parent, "")).slack.bot_token.get_secret_value() == "xoxb-1"
    assert strays(Settings()) == {}


def test_strays_are_told_in_the_same_order_at_every_start(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRONTDESK_B", "FRONTDESK_A"):
        monkeypatch.setenv(name, "x")
    files = [str(secret(secrets, name)) for name in ("d", "c")]
    assert list(strays(Settings())) == ["FRONTDESK_A", "FRONTDESK_B", *reversed(files)]


def test_a_secret_that_cannot_be_read_is_named(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, file = secret(secrets, "slack__bot_token", "xoxb-1".encode("utf-16")), written(secrets.parent, "")
    with pytest.raises(SettingsError, match=re.escape(f"{path} cannot be read: it is not UTF-8 text")):
        load(file)

    def refused(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(SettingsError, match=re.escape(f"{path} cannot be read: Permission denied")):
        from_values({}, file)


@pytest.mark.parametrize("name", ["slack__bot_tokn", "SLACK__BOT_TOKEN.TXT"])
def test_a_file_of_secrets_that_its_section_does_not_know_is_named(secrets: Path, name: str) -> None:
    path = secret(secrets, name)
    with pytest.raises(SettingsError, match=re.escape(f"Check the spelling of {path} against")):
        load(written(secrets.parent, ""))


def test_a_variable_that_its_section_does_not_know_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_SLACK__BOT_TOKN", "xoxb-1")
    with pytest.raises(SettingsError, match=r"slack\.bot_tokn is no.*Check the spelling of FRONTDESK_SLACK__BOT_TOKN "):
        load(written(tmp_path, ""))


def test_a_list_in_a_file_of_secrets_that_is_no_json_is_named(secrets: Path) -> None:
    path = secret(secrets, "admins", b"slack:U0123ABCD\n")
    with pytest.raises(SettingsError, match=re.escape(f"{path} cannot be read: lists and tables are written as JSON")):
        load(written(secrets.parent, ""))


def test_the_mark_that_windows_editors_begin_files_with_is_no_error(tmp_path: Path) -> None:
    assert load(written(tmp_path, '\ufeffadmins = ["slack:U1"]\n')).admins == ["slack:U1"]


def test_the_place_of_the_settings_file_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_CONFIG_FILE", "/elsewhere/frontdesk.toml")
    monkeypatch.setenv("FRONTDESK_CONFIG_DIR", "/elsewhere")
    file = written(tmp_path, "")
    settings = load(file)
    assert (settings.config_file, settings.config_dir) == (file, tmp_path)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert "xoxb-1" not in repr(load(written(tmp_path, '[slack]\nbot_token = "xoxb-1"\n')))


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[database]\nurl = "postgresql://u:secret-word@db/frontdesk"\n'))
    assert "secret-word" not in repr(settings) + str(settings.database_url)
    assert settings.database_url.password == "secret-word"


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('[database]\nurl = "postgresql://u:secret-word@host:abc/db"', "database.url"),
        ('[database]\nurl = "postgresql://u:p@secret-word@host/db"', "database.url"),
        ('[database]\nurl = "sqlite://data/x.db"', "database.url"),
        ('[database]\nurl = "sqlite:///a\\u0000b.db"', "database.url"),
        ('[database]\nurl = "sqlite:///~nosuchuser/x.db"', "database.url"),
        ('data_dir = "~nosuchuser/x"', "data_dir"),
        ('data_dir = "a\\u0000b"', "data_dir"),
        ('[knowledge]\nuri = "~nosuchuser/x"', "knowledge.uri"),
        ('[model]\npath = "~nosuchuser/x.gguf"', "model.path"),
    ],
)
def test_an_address_or_path_that_cannot_be_is_told_by_its_key(tmp_path: Path, toml: str, key: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(key)} is ") as raised:
        load(written(tmp_path, toml + "\n"))
    assert "secret-word" not in str(raised.value)


def test_relative_paths_start_at_the_settings_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'data_dir = "here"\n[database]\nurl = "sqlite:///own.db"\n'))
    assert settings.knowledge_uri == str(tmp_path / "here" / "knowledge")
    assert str(settings.database_url) == f"sqlite:///{tmp_path / 'own.db'}"


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


@pytest.mark.parametrize("key", ["schedule.reindex", "schedule.check", "schedule.retention", "tuning.schedule"])
def test_a_time_that_cannot_be_read_is_named_when_settings_are_read(tmp_path: Path, key: str) -> None:
    section, name = key.split(".")
    with pytest.raises(SettingsError, match=rf"{key} is wrong: 'nightly' is no cron expression.*five fields"):
        load(written(tmp_path, f'[{section}]\n{name} = "nightly"\n'))
    load(written(tmp_path, f'[{section}]\n{name} = " "\n'))


SOURCE = '[[knowledge.sources]]\nname = "policies"\nkind = "folder"\npath = "x"\n'


def test_a_time_of_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    load(written(tmp_path, f'{SOURCE}schedule = "0 4 * * *"\n'))
    with pytest.raises(SettingsError, match=r"sources\.0 is wrong: schedule: '0 4 \* \*' is no cron expression"):
        load(written(tmp_path, f'{SOURCE}schedule = "0 4 * *"\n'))


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"knowledge\.sources is wrong: two sources are named 'policies'"):
        load(written(tmp_path, SOURCE * 2))
    with pytest.raises(SettingsError, match="two sources are named 'policies'"):
        load(written(tmp_path, SOURCE + SOURCE.replace("policies", "other") + SOURCE))
    load(written(tmp_path, SOURCE + SOURCE.replace("policies", "other")))


@pytest.mark.parametrize("line", ['name = ""', ""])
def test_a_source_without_a_name_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match=r"knowledge\.sources\.0\.name is wrong"):
        load(written(tmp_path, SOURCE.replace('name = "policies"', line)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('admins = ["@ann"]\n', "'@ann' is nobody's id.*slack:U0123ABCD.*Copy"),
        ('admins = ["slack:@ann"]\n', "'slack:@ann' is nobody's id"),
        ('admins = ["slack:C0123ABCD"]\n', "'slack:C0123ABCD' is nobody's id"),
        ('admins = ["slack:U1", "discord:ann"]\n', "'discord:ann' is nobody's id"),
        ('[slack]\nchannels = ["#support"]\n', r"slack\.channels is wrong: '#support' is no channel's id.*C0123ABCD"),
        ('[slack]\nchannels = [""]\n', "'' is no channel's id"),
        ('[slack]\nchannels = ["slack:C0123ABCD"]\n', "'slack:C0123ABCD' is no channel's id"),
        (
            '[slack]\nworkspaces = ["acme"]\n',
            r"slack\.workspaces is wrong: 'acme' is no workspace's id.*T0123ABCD",
        ),
        ('[slack]\nworkspaces = ["T1", "slack:T2"]\n', "'slack:T2' is no workspace's id"),
        ('[slack]\nworkspaces = ["E0123ABCD"]\n', "'E0123ABCD' is no workspace's id.*organization"),
        ('[slack]\nworkspaces = ["T0123abcd"]\n', "'T0123abcd' is no workspace's id"),
        ('[slack]\nbots = ["slack:B1"]\n', r"slack\.bots is wrong: 'slack:B1' is no bot's name or id.*as it is"),
        ('[slack]\nbots = ["Deploys", "@deploys"]\n', "'@deploys' is no bot's name or id"),
        ('[slack]\nbots = [" "]\n', "' ' is no bot's name or id"),
        ('[discord]\nbots = ["<@42>"]\n', r"discord\.bots is wrong: '<@42>' is no bot's name or id"),
        ('[discord]\nbots = ["discord:42"]\n', "'discord:42' is no bot's name or id"),
        ('[discord]\nchannels = ["#support"]\n', r"discord\.channels is wrong: '#support' is no channel's id.*Copy"),
    ],
)
def test_a_name_where_an_id_belongs_is_refused_with_where_ids_stand(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load(written(tmp_path, text))


def test_every_form_of_an_id_that_holds_is_taken(tmp_path: Path) -> None:
    people = ["slack:U1", "slack:W1", "slack:T1:U1", "slack:E1:W1", "discord:42", "discord:7:42", "U1", "42", "you"]
    people.append("terminal:you")
    slack = '[slack]\nchannels = ["C1", "G1", "D1"]\nworkspaces = ["T1", "T0123ABCD"]\nbots = ["CI: builds", "B1"]\n'
    discord = '[discord]\nchannels = ["42"]\nbots = ["deploys", "42"]\n'
    settings = load(written(tmp_path, f"admins = {people}\n{slack}{discord}"))
    assert settings.admins == people
    assert settings.is_admin("slack", "W1", "E1") and settings.is_admin("terminal", "you")
    assert settings.answers_in("slack", "G1") and settings.answers_in("discord", "42")
    assert settings.slack.workspaces == ["T1", "T0123ABCD"]
    assert (settings.slack.bots, settings.discord.bots) == (["CI: builds", "B1"], ["deploys", "42"])


def test_a_folder_that_was_deleted_meanwhile_is_named_unless_the_settings_are_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(SettingsError, match=r"folder you are in does not exist any more\. Go to .*--config"):
        load()
    assert load(path).config_dir == tmp_path


def test_a_settings_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="frontdesk init"):
        load(tmp_path / "none.toml")


PLACES = """
scope = {region = "EU", audience = "partner"}
[workspace_scopes]
"slack:T1" = {region = "UK", audience = "internal"}
"discord:77" = {product = "kettle-club"}
[channel_scopes]
"slack:C1" = {audience = "agents"}
"slack:C2" = {region = "US"}
[role_scopes]
"slack:S1" = {audience = "legal"}
"slack:S2" = {region = "us", audience = "staff"}
"slack:S3" = {region = "de"}
"slack:S4" = {region = []}
"""


@pytest.fixture
def places(tmp_path: Path) -> Settings:
    return load(written(tmp_path, PLACES))


def test_a_channel_goes_over_its_workspace_and_that_over_the_general_scope(places: Settings) -> None:
    assert places.scope_for("slack", workspace="T1", channel="C1") == Scope(region=("uk",), audience=("internal",))
    assert places.scope_for("slack", workspace="T1", channel="C2") == Scope(region=("us",), audience=("internal",))
    assert places.scope_for("slack", workspace="T9", channel="C9") == Scope(region=("eu",), audience=("partner",))
    assert places.scope_for("discord", workspace="77").product == ("kettle-club",)
    assert places.scope_for("discord", workspace="T1", channel="C1") == Scope(region=("eu",), audience=("partner",))


def test_a_role_widens_only_what_the_asker_alone_sees(places: Settings) -> None:
    in_public = places.scope_for("slack", workspace="T1", channel="C1", roles=["S1", "S2"])
    assert in_public == places.scope_for("slack", workspace="T1", channel="C1")
    alone = places.scope_for("slack", workspace="T1", channel="C1", roles=["S1", "S2", "S9"], private=True)
    assert alone == Scope(region=("us",), audience=("internal", "legal"))


def test_several_roles_see_what_each_of_them_may_see(places: Settings) -> None:
    two = places.scope_for("slack", roles=["S2", "S3"], private=True)
    assert two == Scope(region=("de", "us"), audience=("internal", "partner"))
    assert places.scope_for("slack", roles=["S2", "S4"], private=True).region == ()


def test_people_of_another_company_belong_to_no_audience_but_the_channels_own(places: Settings) -> None:
    assert places.scope_for("slack", workspace="T1", channel="C9", outside=True) == Scope(region=("uk",))
    assert places.scope_for("slack", workspace="T1", channel="C1", outside=True).audience == ("internal",)
    asked = places.scope_for("slack", workspace="T1", roles=["S1"], private=True, outside=True)
    assert asked.audience == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[channel_scopes]\n"C1" = {region = "eu"}\n', "'C1' names no such place"),
        ('[channel_scopes]\n"slack:#support" = {region = "eu"}\n', "slack:#support"),
        ('[channel_scopes]\n"slack:T1" = {region = "eu"}\n', "slack:T1"),
        ('[workspace_scopes]\n"slack:C1" = {region = "eu"}\n', "slack:T…"),
        ('[role_scopes]\n"discord:agents" = {audience = "internal"}\n', "discord:agents"),
        ('[role_scopes]\n"discord:1" = {audiance = "internal"}\n', "discord:1: audiance is no key"),
        ('[channel_scopes]\n"slack:C1" = {region = {a = 1}}\n', "slack:C1: region is"),
        ('scope = {effective_from = "2026-01-01"}\n', "effective_from is no key"),
        ('[scope_names.region]\nall = ["London"]\n', "'all' is no region"),
        ('[scope_names]\nregions = {uk = ["London"]}\n', "scope_names.regions"),
        ('[schedule]\ntimezone = "Mars/Olympus"\n', "Mars/Olympus"),
    ],
)
def test_a_scope_that_would_not_hold_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)):
        load(written(tmp_path, text))


def test_a_day_begins_at_midnight_of_the_settings_time_zone() -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert Settings(schedule={"timezone": "UTC"}).today(late) == date(2026, 1, 31)
    assert Settings(schedule={"timezone": "Asia/Tokyo"}).today(late) == date(2026, 2, 1)
    assert Settings(schedule={"timezone": "Pacific/Honolulu"}).today(late) == date(2026, 1, 31)


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
        if name in {"config_dir", "config_file", "workspace_scopes", "channel_scopes", "role_scopes", "channels"}:
            continue
        inner = getattr(field.annotation, "model_fields", None)
        wanted |= {f"{name}.{key}" for key in inner if key not in {"sources", "canaries"}} if inner else {name}
    assert wanted <= named


def test_the_template_shows_a_channel_with_all_its_keys() -> None:
    block = TEMPLATE[TEMPLATE.index("# [[channels]]") : TEMPLATE.index("# Where the documents come from")]
    shown = tomllib.loads(re.sub(r"(?m)^# (?=\[|\w+ = )", "", block))
    (channel,) = Settings(**shown).channels
    assert {*shown["channels"][0], "workspace"} == set(ChannelSettings.model_fields)
    assert set(shown["channels"][0]["standard_answers"][0]) == set(StandardAnswerValues.model_fields)
    assert channel.standard_answers[0].keywords == ["wifi password"]


def test_the_defaults_in_the_template_are_the_defaults() -> None:
    begin, end = TEMPLATE.index("# How the bot behaves in a channel"), TEMPLATE.index("\n[knowledge]\n")
    stated = tomllib.loads(re.sub(r"(?m)^# (?=\w+ = )", "", TEMPLATE[:begin] + TEMPLATE[end:]))
    stated["database"].pop("url")  # the default is a file in the data folder, made absolute
    assert Settings(**stated).model_dump(mode="json") == Settings().model_dump(mode="json")
    assert len(stated) > 15 and sum(len(values) for values in stated.values() if isinstance(values, dict)) > 70


@pytest.mark.parametrize(
    ("written_as", "words"),
    [
        ('engine = "remote"', "needs a url"),
        ('url = "llm.example.com:8000"', "generation.url"),
        ('url = "http://user:secret@llm.example.com"', "without a user"),
        ('url = "http://llm.example.com/v1?key=secret"', "without a user or a query"),
        ('api_key = "two words"', "no blanks"),
    ],
)
def test_a_model_server_that_cannot_be_asked_is_named(tmp_path: Path, written_as: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        load(written(tmp_path, f"[generation]\n{written_as}\n"))
    assert "secret" not in str(caught.value) and "two words" not in str(caught.value)


def test_the_key_of_a_model_server_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_GENERATION__API_KEY", "sk-secret\n")
    settings = load(written(tmp_path, '[generation]\nengine = "remote"\nurl = "http://llm.example.com:8000"\n'))
    assert settings.generation.api_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize("key", ["config_dir", "config_file"])
def test_where_the_settings_come_from_is_no_setting_of_the_file(tmp_path: Path, key: str) -> None:
    file = tmp_path / "frontdesk.toml"
    file.write_text(f'{key} = "elsewhere"\n')
    with pytest.raises(SettingsError, match=f"{key} is not a setting of Frontdesk"):
        load(file)


@pytest.mark.parametrize(
    ("word", "name"),
    [("de", "German"), ("German", "German"), ("Deutsch", "German"), ("english", "English"), ("nb", "Norwegian")],
)
def test_the_language_of_the_full_text_search_is_known_by_name_and_code(tmp_path: Path, word: str, name: str) -> None:
    assert load(written(tmp_path, f'[knowledge]\nlanguage = "{word}"\n')).knowledge.language == name


@pytest.mark.parametrize("word", ["Polish", "", "xx", "Klingon"])
def test_a_language_that_the_full_text_search_does_not_know_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(SettingsError, match=r"knowledge\.language is wrong: .* none of the languages .* German"):
        load(written(tmp_path, f'[knowledge]\nlanguage = "{word}"\n'))


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("privacy", "keep_days"),
        ("answering", "catch_up_hours"),
        ("handover", "remind_after_min"),
        ("ratings", "remind_after_min"),
    ],
)
def test_a_time_that_no_calendar_holds_is_refused(tmp_path: Path, section: str, key: str) -> None:
    with pytest.raises(SettingsError, match=f"{section}.{key} is wrong: Input should be less than or equal to"):
        load(written(tmp_path, f"[{section}]\n{key} = 999999999\n"))
    assert load(written(tmp_path, f"[{section}]\n{key} = 1000\n"))


def test_a_scope_on_the_command_line_may_name_several_words() -> None:
    told = told_here(Settings(scope={"region": "uk"}), ["region=eu,us", "audience=internal", "audience=partners"])
    assert told == Scope(region=("eu", "us"), audience=("internal", "partners"))


def test_a_check_of_more_days_than_a_calendar_has_is_refused() -> None:
    done = CliRunner().invoke(cli.app, ["knowledge", "check", "--days", "999999"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_path_that_is_none_is_told_with_the_source_that_it_is_of(tmp_path: Path) -> None:
    sources = [f'[[knowledge.sources]]\nname = "{name}"\nkind = "folder"\n' for name in ("one", "two")]
    text = f'{sources[0]}path = "one"\n{sources[1]}path = "~nobody-of-this-name/x"\n'
    with pytest.raises(SettingsError) as told:
        load(written(tmp_path, text))
    assert told.value.sentence.startswith("knowledge.sources.1.path is '~nobody-of-this-name/x', which is no path: ")
    assert not told.value.sentence.endswith("..")
    with pytest.raises(SettingsError, match=r"^data_dir is '~nobody-of-this-name', which is no path"):
        load(written(tmp_path, 'data_dir = "~nobody-of-this-name"\n'))
