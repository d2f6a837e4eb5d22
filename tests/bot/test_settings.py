import os
import stat
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings, SettingsError, load_settings, table
from tests.conftest import ROOT

DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GfAkEx.fakeFAKEfakeFAKEfakeFAKEfakeFAKE000"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{PREFIX}WORKERS=3\n{PREFIX}SERVER_CASES=5\nOTHER=1\n")
    monkeypatch.setenv(f"{PREFIX}WORKERS", "4")
    settings = load_settings(file)
    assert (settings.workers, settings.server_cases, settings.case_files) == (4, 5, 20)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WORKERS", "many", "LORA_TRIAGE_WORKERS"),
        ("DISCORD_TOKEN", "hunter2hunter2", "Reset Token"),
        ("SLACK_BOT_TOKEN", "xapp-hunter2", "OAuth & Permissions"),
        ("SLACK_APP_TOKEN", "xoxb-hunter2", "App-Level Tokens"),
        ("SECRET", "short", "16"),
        ("LOG_LEVEL", "loud", "LORA_TRIAGE_LOG_LEVEL"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence_without_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    text = str(caught.value)
    assert says in text
    assert value not in text
    assert "\n" not in text


def test_a_token_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}DISCORD_TOKEN", DISCORD)
    settings = load_settings(None)
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == DISCORD
    assert DISCORD not in f"{settings!r} {settings}"


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")
    key = settings.key()
    assert settings.key() == key
    assert len(key) == 32
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600


def test_the_document_lists_every_setting() -> None:
    assert table() in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(SettingsError, match=r"secret\.key"):
        Settings(data=tmp_path).key()
