"""What Slack accepts of a message or view, read off the payload that goes over the wire."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block as SdkBlock

Json = dict[str, Any]
FILE = re.compile(r"F[A-Z0-9]{8,}")
MULTI = ("multi_static_select", "multi_users_select", "multi_conversations_select")


def assert_accepted(blocks: Sequence[Json], most: int = 50) -> None:
    """Limits: https://docs.slack.dev/reference/block-kit, read 2026-11; and the checks of Slack's own library."""
    assert 1 <= len(blocks) <= most
    assert len(json.dumps(blocks, separators=(",", ":"))) <= (12_000 if most == 50 else 40_000)
    assert len([block for block in blocks if block["type"] == "table"]) <= (1 if most == 50 else 0)
    for block in blocks:
        parsed = SdkBlock.parse(block)
        assert parsed is not None
        parsed.validate_json()
        assert_block(block)


def assert_block(block: Json) -> None:
    match block["type"]:
        case "header":
            assert_plain(block["text"], 150)
        case "section":
            assert_plain(block["text"], 3000)
            assert_element(block["accessory"], MULTI)
        case "context":
            assert 1 <= len(block["elements"]) <= 10
            for each in block["elements"]:
                assert_plain(each, 3000)
        case "actions":
            assert 1 <= len(block["elements"]) <= 25
            ids = [each["action_id"] for each in block["elements"]]
            assert len(set(ids)) == len(ids)
            for each in block["elements"]:
                assert_element(each, ())
        case "image":
            assert FILE.fullmatch(block["slack_file"]["id"])
            assert 1 <= len(block["alt_text"]) <= 2000
        case "rich_text":
            assert_rich(block)
        case "table":
            assert_table(block)
        case "input":
            assert_plain(block["label"], 2000)
            if "hint" in block:
                assert_plain(block["hint"], 2000)
        case other:
            assert other == "divider"


def assert_plain(text: Json, most: int) -> None:
    assert text["type"] == "plain_text"
    assert 1 <= len(text["text"]) <= most
    assert text["text"].strip()


def assert_element(element: Json, several: tuple[str, ...]) -> None:
    assert len(element["action_id"]) <= 255
    match element["type"]:
        case "button":
            assert_plain(element["text"], 75)
            assert element.get("style") in (None, "primary", "danger")
        case "static_select" | "multi_static_select":
            assert element["type"] == "static_select" or element["type"] in several
            assert 1 <= len(element["options"]) <= 100
            values = [option["value"] for option in element["options"]]
            assert len(set(values)) == len(values)
            for option in element["options"]:
                assert_plain(option["text"], 75)
                assert 1 <= len(option["value"]) <= 150
                if "description" in option:
                    assert_plain(option["description"], 75)
            chosen = element.get("initial_options", [])
            chosen += [element["initial_option"]] if "initial_option" in element else []
            assert all(each in element["options"] for each in chosen)
        case other:
            # menus for several choices are for sections and forms alone
            assert other in several
    if "placeholder" in element:
        assert_plain(element["placeholder"], 150)


def assert_rich(block: Json) -> None:
    assert block["elements"]
    for part in block["elements"]:
        assert part["type"] in ("rich_text_section", "rich_text_preformatted")
        assert part["elements"]
        for each in part["elements"]:
            if each["type"] == "date":
                assert isinstance(each["timestamp"], int)
                continue
            assert set(each) <= {"type", "text", "style"}
            assert each["type"] == "text"
            assert 1 <= len(each["text"]) <= 3000


def assert_table(block: Json) -> None:
    assert 1 <= len(block["rows"]) <= 100
    assert {len(row) for row in block["rows"]} == {len(block["column_settings"])}
    for row in block["rows"]:
        for each in row:
            assert each["type"] == "rich_text"
            assert_rich(each)
    assert sum(len(each["text"]) for each in texts([block])) <= 10_000


def texts(blocks: Sequence[Json]) -> Iterator[Json]:
    """Every piece of text, in order, wherever it stands."""
    for block in blocks:
        if block.get("type") in ("text", "plain_text"):
            yield block
        for value in block.values():
            if isinstance(value, dict):
                yield from texts([value])
            elif isinstance(value, list):
                yield from _within(value)


def _within(values: Sequence[Any]) -> Iterator[Json]:
    for value in values:
        if isinstance(value, dict):
            yield from texts([value])
        elif isinstance(value, list):
            yield from _within(value)


def shown(blocks: Sequence[Json]) -> str:
    return "".join(each["text"] for each in texts(blocks))


def elements(blocks: Sequence[Json]) -> Iterator[Json]:
    """Every button and menu."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        elif block["type"] == "section":
            yield block["accessory"]
