"""The manifest offers what the app listens to, and asks for what it needs."""

from typing import Any

import yaml

from bot.slack.connection import NEEDED
from tests.bot.slack.fake.world import SCOPES
from tests.conftest import ROOT

MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "bot" / "slack" / "manifest.yaml").read_text(encoding="utf-8"))


def test_it_offers_the_commands_that_there_are() -> None:
    offered = {each["command"] for each in MANIFEST["features"]["slash_commands"]}
    named = {"diagnose", "guide", "checklist", "case", "stats", "forget", "triage-settings"}
    assert offered == {f"/{name}" for name in named}
    (shortcut,) = MANIFEST["features"]["shortcuts"]
    assert (shortcut["callback_id"], shortcut["type"]) == ("diagnose", "message")


def test_it_asks_for_what_the_tests_grant_and_nothing_more() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert scopes == SCOPES
    assert scopes >= NEEDED


def test_every_kind_of_message_is_told() -> None:
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {"message.channels", "message.groups", "message.im", "message.mpim", "file_shared"} < set(events)
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]


def test_it_is_within_slacks_limits() -> None:
    about = MANIFEST["display_information"]
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert all(len(each["name"]) <= 24 for each in MANIFEST["features"]["shortcuts"])


def test_the_document_says_why_for_each_scope() -> None:
    said = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if f"`{scope}`" not in said] == []
