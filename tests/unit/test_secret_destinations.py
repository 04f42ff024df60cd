"""A secret of the environment goes to the service, or where the person says; not where a folder's file says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot import compose
from bot.main import run
from bot.settings import load, replaced
from index.errors import UsageError

TOKEN = "123456789:AbCdEf"
ADDRESS = "http://192.0.2.7/bot"
SERVER = "http://192.0.2.7/v1"


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*os.environ]:
        if name.startswith(("CITEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    Path("seeds/a.txt").write_text("The mayor of Springfield is Ada Quimby.")
    return tmp_path


def test_the_token_is_not_sent_where_the_working_directory_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("citebot.toml").write_text(f'[telegram]\nbase_url = "{ADDRESS}"\n')
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    assert run(["telegram"]) == 2
    told = capsys.readouterr().err
    assert all(word in told for word in ("citebot.toml", ADDRESS, "CITEBOT_TELEGRAM__BASE_URL", "TELEGRAM_BOT_TOKEN"))
    assert TOKEN not in told


def test_the_key_is_not_sent_where_the_working_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text(f'[generator]\nkind = "openai"\nmodel = "m"\nbase_url = "{SERVER}"\n')
    monkeypatch.setenv("CITEBOT_GENERATOR__KEY", "secret")
    with pytest.raises(UsageError, match="CITEBOT_GENERATOR__BASE_URL"):
        compose.open_generator(load(), print)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CITEBOT_TELEGRAM__BASE_URL", ADDRESS),
        ("citebot_telegram__base_url", ADDRESS),
        ("CITEBOT_TELEGRAM", f'{{"base_url": "{ADDRESS}"}}'),
    ],
)
def test_the_environment_confirms_an_address(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text(f'[telegram]\nbase_url = "{ADDRESS}"\n')
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv(variable, value)
    load().check_destination("telegram")


def test_a_file_that_was_named_confirms_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    Path("own.toml").write_text(f'[telegram]\nbase_url = "{ADDRESS}"\n')
    load(Path("own.toml")).check_destination("telegram")


def test_the_usual_address_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    Path("citebot.toml").write_text('[telegram]\nbase_url = "https://api.telegram.org/bot"\n')
    load().check_destination("telegram")


def test_a_token_in_the_same_file_goes_where_the_file_says() -> None:
    from bot.commands.telegram import _token

    Path("citebot.toml").write_text(f'[telegram]\ntoken = "{TOKEN}"\nbase_url = "{ADDRESS}"\n')
    assert _token(load()) == TOKEN


@pytest.mark.parametrize("public", ["", '{"public": true}'])
def test_other_variables_do_not_matter_to_a_token_in_the_same_file(
    public: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("citebot.toml").write_text(f'[telegram]\ntoken = "{TOKEN}"\nbase_url = "{ADDRESS}"\n')
    monkeypatch.setenv("CITEBOT_TELEGRAM", public)
    load().check_destination("telegram")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("citebot_telegram__token", TOKEN),
        ("CITEBOT_TELEGRAM", f'{{"token": "{TOKEN}"}}'),
        ("CITEBOT_TELEGRAM__WEBHOOK_TOKEN", "hook"),
    ],
)
def test_however_the_environment_names_a_secret(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the file has a token of its own."""
    Path("citebot.toml").write_text(f'[telegram]\ntoken = "1:file"\nbase_url = "{ADDRESS}"\n')
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=variable):
        load().check_destination("telegram")


def test_loopback_is_another_address_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text('[telegram]\nbase_url = "http://127.0.0.1:8081/bot"\n')
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    with pytest.raises(UsageError, match=r"127\.0\.0\.1"):
        load().check_destination("telegram")


def test_settings_for_other_articles_stay_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citebot.toml").write_text(f'[telegram]\nbase_url = "{ADDRESS}"\n')
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    with pytest.raises(UsageError, match="TELEGRAM_BOT_TOKEN"):
        replaced(load(), articles="seeds").check_destination("telegram")
