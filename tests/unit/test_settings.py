"""Settings: what overrides what, and what is said of those that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.main import run
from bot.settings import LogLevel, Settings, known_keys, load, replaced, unknown_variables
from index.errors import UsageError


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a settings file, an environment without settings."""
    for name in [*os.environ]:
        if name.startswith(("CITEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_lie_under_the_working_directory() -> None:
    settings = load()
    assert (settings.articles, settings.index) == (Path("seeds"), Path(".citebot"))
    assert settings.reader.threshold is None
    assert settings.reader.threads >= 1
    assert settings.log_level is LogLevel.WARNING


def test_a_file_is_overridden_by_the_environment_and_that_by_flags(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('articles = "file"\nindex = "file"\nlog_level = "info"\n')
    monkeypatch.setenv("CITEBOT_ARTICLES", "environment")
    monkeypatch.setenv("CITEBOT_INDEX", "environment")
    settings = load(None, {"articles": "flag", "index": None})
    assert (settings.articles, settings.index) == (Path("flag"), Path("environment"))
    assert settings.log_level is LogLevel.INFO


def test_sections_merge_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text("[reader]\nthreshold = 0.5\nthreads = 3\n")
    monkeypatch.setenv("CITEBOT_READER__THREADS", "2")
    reader = load().reader
    assert (reader.threshold, reader.threads) == (0.5, 2)


def test_nested_variables_and_lists_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_TELEGRAM__BASE_URL", "http://127.0.0.1:8081/bot")
    monkeypatch.setenv("CITEBOT_TELEGRAM__ALLOWED_USERS", "[1, 5000000000]")
    telegram = load().telegram
    assert telegram.base_url == "http://127.0.0.1:8081/bot"
    assert telegram.allowed_users == (1, 5_000_000_000)


def test_the_token_has_a_name_of_its_own_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('[telegram]\ntoken = "from-file"\nallowed_users = [7]\n')
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:secret")
    telegram = load().telegram
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == "123:secret"
    assert telegram.allowed_users == (7,)
    assert "secret" not in repr(load())


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_ARTICLES", "")
    assert load().articles == Path("seeds")


def test_a_home_folder_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert load(None, {"articles": "~/news"}).articles == Path("/home/ada/news")
    assert replaced(load(), articles="~/other").articles == Path("/home/ada/other")


def test_all_errors_are_told_at_once_with_key_value_origin_and_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('log_level = "loud"\n[retreival]\ntop_k = 3\n')
    monkeypatch.setenv("CITEBOT_READER__THRESHOLD", "1.5")
    monkeypatch.setenv("CITEBOT_TELEGRAM__ALLOWED_USERS", "ada")
    with pytest.raises(UsageError) as raised:
        load(None, {"index": " "})
    assert str(raised.value).splitlines() == [
        "5 settings cannot be used:",
        "index = ' ' (--index): must name a folder",
        "log_level = 'loud' (citebot.toml): must be 'debug', 'info', 'warning' or 'error'",
        "reader.threshold = '1.5' (CITEBOT_READER__THRESHOLD): must be less than or equal to 1",
        "telegram.allowed_users = 'ada' (CITEBOT_TELEGRAM__ALLOWED_USERS): "
        "must be a list, in the environment as JSON such as '[1, 2]'",
        "unknown setting retreival (citebot.toml); near: retrieval.top_k",
    ]


def test_an_unknown_key_names_near_ones() -> None:
    Path("citebot.toml").write_text("[reader]\ntreshold = 0.5\n")
    with pytest.raises(
        UsageError, match=r"unknown setting reader\.treshold \(citebot\.toml\); near: reader\.threshold"
    ):
        load()


@pytest.mark.parametrize(
    "variable", ["CITEBOT_TELEGRAM__TOKEN", "TELEGRAM_BOT_TOKEN", "CITEBOT_TELEGRAM", "CITEBOT_TELEGRAM__TOKENS"]
)
def test_no_message_shows_a_token(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('[telegram]\nbase_url = "nowhere"\n')
    monkeypatch.setenv(variable, "123:secret")
    with pytest.raises(UsageError) as raised:
        load()
    assert "secret" not in str(raised.value)


SECRET = "777000:AAF-invented-token"

ODD_SHAPES = [
    (f'[[telegram]]\ntoken = "{SECRET}"\n', {}),
    (f'telegram = ["{SECRET}"]\n', {}),
    (f'[telegram]\ntoken = ["{SECRET}"]\n', {}),
    (f'[telegram.token]\nvalue = "{SECRET}"\n', {}),
    (f'[telegram]\nwebhook_token = ["{SECRET}"]\n', {}),
    (f'[telegram]\nallowed_users = ["{SECRET}"]\n', {}),
    (f'[telegram]\nbase_url = "https://api.telegram.org/bot{SECRET}"\n', {}),
    (f'[[generator]]\nkey = "{SECRET}"\n', {}),
    (f'[generator]\nbase_url = "http://ada:{SECRET}@127.0.0.1/v1"\n', {}),
    ("", {"CITEBOT_TELEGRAM": f'[{{"token": "{SECRET}"}}]'}),
    ("", {"CITEBOT_TELEGRAM": f'"{SECRET}"'}),
    ("", {"CITEBOT_TELEGRAM__TOKEN__0": SECRET}),
    ("", {"CITEBOT_GENERATOR": f'[{{"key": "{SECRET}"}}]'}),
    ("", {"CITEBOT_GENERATOR__KEY__VALUE": SECRET}),
    ("", {"CITEBOT_GENERATOR__KIND": "openai", "CITEBOT_GENERATOR__KEY": SECRET}),
]


@pytest.mark.parametrize("debug", ["0", "1"])
@pytest.mark.parametrize(("written", "variables"), ODD_SHAPES)
def test_no_message_shows_a_secret_whatever_its_shape(
    written: str,
    variables: dict[str, str],
    debug: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor does the traceback that --debug shows."""
    Path("citebot.toml").write_text(written)
    for name, value in {**variables, "CITEBOT_DEBUG": debug}.items():
        monkeypatch.setenv(name, value)
    assert run(["articles"]) == 2
    told = capsys.readouterr().err
    assert "invented" not in told
    assert "***" in told


@pytest.mark.parametrize("key", ["sec\nret-invented", "sec ret-invented", "s\u00e9cret-invented", " "])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What sends it would refuse it later, with the key in its words."""
    monkeypatch.setenv("CITEBOT_GENERATOR__KEY", key)
    with pytest.raises(UsageError, match=r"generator\.key = \*\*\* \(CITEBOT_GENERATOR__KEY\): must be one word"):
        load()


def test_the_line_end_after_a_key_is_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_GENERATOR__KEY", "sk-1_a.b\r\n")
    key = load().generator.key
    assert key is not None
    assert key.get_secret_value() == "sk-1_a.b"


@pytest.mark.parametrize(
    ("variables", "origin"),
    [
        ({"CITEBOT_TELEGRAM__ALLOWED_USERS__0": "5"}, "CITEBOT_TELEGRAM__ALLOWED_USERS__0"),
        ({"citebot_telegram__allowed_users__0": "5"}, "citebot_telegram__allowed_users__0"),
        ({"CITEBOT_READER__MODEL__NAME": "x"}, "CITEBOT_READER__MODEL__NAME"),
        ({"CITEBOT_READER": '{"threads": 0}'}, "CITEBOT_READER"),
        ({"CITEBOT_READER": '{"model": "box"}', "CITEBOT_READER__THREADS": "0"}, "CITEBOT_READER__THREADS"),
        ({"CITEBOT_TELEGRAM": '{"allowed_users": ["ada"]}'}, "CITEBOT_TELEGRAM"),
        ({"CITEBOT_TELEGRAM": "[]"}, "CITEBOT_TELEGRAM"),
        ({"CITEBOT_GENERATOR__KIND": "openai"}, "CITEBOT_GENERATOR__KIND"),
        ({"CITEBOT_READER__TREADS": "2"}, "CITEBOT_READER__TREADS"),
        (
            {"CITEBOT_TELEGRAM__ALLOWED_USERS__A": "1", "CITEBOT_TELEGRAM__ALLOWED_USERS__B": "2"},
            "CITEBOT_TELEGRAM__ALLOWED_USERS__A, CITEBOT_TELEGRAM__ALLOWED_USERS__B",
        ),
    ],
)
def test_an_error_names_the_variable_that_is_there(
    variables: dict[str, str], origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as raised:
        load()
    assert f"({origin})" in str(raised.value)


def test_an_error_names_the_file_where_the_environment_sets_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('[telegram]\nallowed_users = ["ada"]\n')
    monkeypatch.setenv("CITEBOT_TELEGRAM", '{"public": true}')
    monkeypatch.setenv("CITEBOT_TELEGRAM__QUEUE", "5")
    with pytest.raises(UsageError, match=r"\(citebot\.toml\)"):
        load()


def test_a_section_of_two_origins_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text("[generator]\nmax_tokens = 2000\n")
    monkeypatch.setenv("CITEBOT_GENERATOR__KIND", "openai")
    with pytest.raises(UsageError, match=r"generator = \*\*\* \(CITEBOT_GENERATOR__KIND, citebot\.toml\)"):
        load()


def test_a_section_that_is_written_as_a_list_is_told_how_to_write_it() -> None:
    Path("citebot.toml").write_text("[[telegram]]\nallowed_users = [1]\n")
    with pytest.raises(UsageError, match=r"must be a section: in the file \[telegram\], once"):
        load()


@pytest.mark.parametrize("address", ["https://api.example.org", "ftp://x/bot", "https://api.example.org/bot/"])
def test_the_base_url_ends_in_bot(address: str) -> None:
    Path("citebot.toml").write_text(f'[telegram]\nbase_url = "{address}"\n')
    with pytest.raises(UsageError, match="must be an http"):
        load()


def test_a_file_that_is_named_must_be_there() -> None:
    with pytest.raises(UsageError, match=r"the settings file missing\.toml cannot be read: No such file"):
        load(Path("missing.toml"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"articles = \n", "is not TOML: .* line 1"), (b'articles = "\xff"', r"is not UTF-8 \(byte 12\)")],
)
def test_a_file_that_cannot_be_read_is_named(content: bytes, message: str) -> None:
    Path("citebot.toml").write_bytes(content)
    with pytest.raises(UsageError, match=f"citebot.toml {message}"):
        load()


def test_a_byte_order_mark_is_no_error() -> None:
    Path("citebot.toml").write_bytes(b'\xef\xbb\xbfarticles = "x"')
    assert load().articles == Path("x")


def test_variables_that_set_nothing_are_told() -> None:
    told = unknown_variables(
        {"CITEBOT_ARTCLES": "x", "CITEBOT_READER__THREADS": "1", "CITEBOT_DEBUG": "1", "HOME": "/"}
    )
    assert len(told) == 1
    assert told[0].startswith("CITEBOT_ARTCLES sets nothing; near: CITEBOT_ARTICLES")


def test_every_key_is_known_by_the_name_that_messages_use() -> None:
    assert {"articles", "reader.threads", "reader.threshold", "telegram.base_url"} <= set(known_keys())


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().articles = Path("x")  # type: ignore[misc]
