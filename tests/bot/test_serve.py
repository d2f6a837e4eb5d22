from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.serve import AdapterKind, make_adapters
from bot.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LORA_TRIAGE_DISCORD_TOKEN", raising=False)


def test_without_any_token_one_sentence_says_what_to_do() -> None:
    result = CliRunner().invoke(cli, ["serve"])
    assert result.exit_code == 1
    assert "set LORA_TRIAGE_DISCORD_TOKEN" in result.output
    assert "Traceback" not in result.output


def test_a_bad_token_is_told_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORA_TRIAGE_DISCORD_TOKEN", "hunter2")
    result = CliRunner().invoke(cli, ["serve"])
    assert result.exit_code == 1
    assert "Reset Token" in result.output
    assert "hunter2" not in result.output


def test_a_chat_that_is_not_built_in_is_told() -> None:
    settings = Settings.model_validate({"discord_token": "a.b.c"})
    with pytest.raises(SettingsError, match="no Smoke signals part"):
        make_adapters(settings, (AdapterKind("Smoke signals", "discord_token", "bot.smoke", "a hill"),))
