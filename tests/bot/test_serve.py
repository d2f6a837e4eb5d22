from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.serve import AdapterKind, make_adapters
from bot.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(f"LORA_TRIAGE_{name}", raising=False)
    monkeypatch.setenv("LORA_TRIAGE_WEB", "off")


def test_without_any_token_one_sentence_says_what_to_do() -> None:
    result = CliRunner().invoke(cli, ["serve"])
    assert result.exit_code == 1
    assert "set LORA_TRIAGE_DISCORD_TOKEN" in result.output
    assert "set LORA_TRIAGE_SLACK_BOT_TOKEN and LORA_TRIAGE_SLACK_APP_TOKEN" in result.output
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


@pytest.mark.parametrize(
    ("given", "missing"), [("slack_bot_token", "SLACK_APP_TOKEN"), ("slack_app_token", "SLACK_BOT_TOKEN")]
)
def test_slack_without_its_other_token_is_told(given: str, missing: str) -> None:
    token = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}[given]
    with pytest.raises(SettingsError, match=f"also needs LORA_TRIAGE_{missing}") as caught:
        make_adapters(Settings.model_validate({given: token}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "platforms"),
    [
        ({}, ["web"]),
        ({"web": "on", "discord_token": "a.b.c"}, ["discord", "web"]),
        ({"discord_token": "a.b.c"}, ["discord"]),
    ],
)
def test_the_page_is_served_where_it_is_on_or_nothing_else_is(given: dict[str, str], platforms: list[str]) -> None:
    settings = Settings.model_validate({"web": "auto", **given})
    assert [each.platform for each in make_adapters(settings)] == platforms


def test_each_chat_with_its_tokens_is_started() -> None:
    tokens = {"discord_token": "a.b.c", "slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
    assert [each.platform for each in make_adapters(Settings.model_validate(tokens))] == ["discord", "slack"]
