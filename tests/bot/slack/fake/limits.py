"""What Slack refuses of a message or view. Limits: https://docs.slack.dev/reference/block-kit, read 2026-11."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bot.slack.fake.world import Json, RefusedError, World
from tests.bot.slack.payload import assert_block, assert_element, assert_plain, assert_table
from tests.bot.slack.payload import texts as texts_of

_MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_MOST_MESSAGE = 13_000
_MOST_VIEW = 250_000
_MOST_TEXT = 40_000
_INPUTS = ("plain_text_input", "file_input", "static_select", "multi_static_select", "checkboxes", "radio_buttons")
_RICH = ("text", "date", "user", "usergroup", "channel", "link", "emoji")


def check_message(body: Json, world: World) -> None:
    """Raise `RefusedError` for a message that is over a limit, or says nothing."""
    blocks = body.get("blocks") or []
    if not (blocks or body.get("text") or body.get("file_ids")):
        raise RefusedError("no_text")
    if len(body.get("text") or "") > _MOST_TEXT:
        raise RefusedError("msg_too_long")
    _check(blocks, "message", world)
    if sum(len(each["text"]) for each in texts_of(blocks)) > _MOST_MESSAGE:
        raise RefusedError("msg_blocks_too_long")
    for each in pictures(blocks):
        if each not in world.files or not world.files[each]["complete"]:
            _refuse(world, f"invalid slack file {each}")
        if world.processing > 0:
            world.processing -= 1
            raise RefusedError("invalid_blocks", response_metadata={"messages": ["[ERROR] invalid slack file"]})


def check_view(view: Json, world: World) -> None:
    """Raise `RefusedError` for a view that is over a limit."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        raise RefusedError("invalid_arguments", response_metadata={"messages": ["[ERROR] type of the view"]})
    _check(view.get("blocks") or [], kind, world)
    try:
        assert len(view.get("private_metadata", "")) <= 3000, "private_metadata"
        assert len(view.get("callback_id", "")) <= 255, "callback_id"
        if kind == "modal":
            for name in ("title", "submit", "close"):
                if name in view or name == "title":
                    assert_plain(view[name], 24)
            asks = any(block["type"] == "input" for block in view["blocks"])
            assert not asks or "submit" in view, "a form needs a button to send it"
    except (AssertionError, KeyError) as error:
        _refuse(world, f"view: {error!r}")
    if len(str(view)) > _MOST_VIEW:
        raise RefusedError("view_too_large")


def pictures(blocks: Sequence[Json]) -> Iterator[str]:
    """Return the files that are shown in place."""
    for block in blocks:
        if block["type"] == "image" and "slack_file" in block:
            yield block["slack_file"]["id"]


def _check(blocks: Sequence[Json], surface: str, world: World) -> None:
    try:
        assert len(blocks) <= _MOST_BLOCKS[surface], "too many blocks"
        ids = [block["block_id"] for block in blocks if block.get("block_id")]
        assert len(ids) == len(set(ids)), "a block_id twice"
        assert all(len(each) <= 255 for each in ids), "block_id"
        tables = [block for block in blocks if block["type"] == "table"]
        assert len(tables) <= (surface == "message"), "tables"
        for block in blocks:
            _check_block(block, surface)
    except (AssertionError, KeyError, TypeError) as error:
        _refuse(world, f"{type(error).__name__}: {error}")


def _check_block(block: Json, surface: str) -> None:
    match block["type"]:
        case "section":
            _check_section(block)
        case "rich_text":
            _check_rich(block)
        case "table":
            assert_table(block)
        case "input":
            assert surface != "message", "a form in a message"
            assert_plain(block["label"], 2000)
            assert "hint" not in block or block["hint"]["text"], "hint"
            _check_input(block["element"], surface)
        case "context":
            assert 1 <= len(block["elements"]) <= 10, "context"
            for each in block["elements"]:
                assert each["type"] in ("plain_text", "mrkdwn"), each["type"]
                assert 1 <= len(each["text"]) <= 3000, "text of a context"
        case _:
            assert_block(block)


def _check_section(block: Json) -> None:
    assert "text" in block or "fields" in block, "an empty section"
    if text := block.get("text"):
        assert text["type"] in ("plain_text", "mrkdwn"), text["type"]
        assert 1 <= len(text["text"]) <= 3000, "text of a section"
    assert len(block.get("fields", [])) <= 10, "fields"
    for each in block.get("fields", []):
        assert 1 <= len(each["text"]) <= 2000, "field"
    if accessory := block.get("accessory"):
        kinds = ("multi_static_select", "multi_users_select", "multi_conversations_select", "multi_channels_select")
        assert_element(accessory, kinds)


def _check_input(element: Json, surface: str) -> None:
    assert element["type"] in _INPUTS, element["type"]
    assert len(element["action_id"]) <= 255, "action_id"
    match element["type"]:
        case "plain_text_input":
            assert 0 <= element.get("min_length", 0) <= 3000, "min_length"
            assert 1 <= element.get("max_length", 3000) <= 3000, "max_length"
            if "placeholder" in element:
                assert_plain(element["placeholder"], 150)
        case "file_input":
            assert surface == "modal", "files are for modals"
            assert 1 <= element.get("max_files", 10) <= 10, "max_files"
            assert all(not each.startswith(".") for each in element.get("filetypes", [])), "filetypes"
        case _:
            assert 1 <= len(element["options"]) <= 100, "options"


def _check_rich(block: Json) -> None:
    assert block["elements"], "empty rich text"
    for part in block["elements"]:
        assert part["type"].startswith("rich_text_"), part["type"]
        assert part["elements"], "an empty part of rich text"
        if part["type"] == "rich_text_list":
            continue
        for each in part["elements"]:
            assert each["type"] in _RICH, each["type"]
            assert each["type"] != "text" or 1 <= len(each["text"]) <= 3000, "rich text"


def _refuse(world: World, why: str) -> None:
    world.refused.append(why)
    raise RefusedError("invalid_blocks", response_metadata={"messages": [f"[ERROR] {why}"]})


def all_texts(value: Any) -> Iterator[str]:
    """Yield every string that is shown, wherever it stands in blocks."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for each in value.values():
            yield from all_texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from all_texts(each)
