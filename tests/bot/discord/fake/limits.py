"""What Discord refuses of a message."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bot.discord.fake.world import COMPONENTS_V2, Json, RefusedError

_MOST_COMPONENTS = 40
_MOST_TEXT = 4000
_MOST_ID = 100
_MOST_LABEL = 80
_MOST_FILES = 10


def check(body: Json, files: list[tuple[str, bytes]], flags: int) -> None:
    """Raise `RefusedError` for a message that is over a limit."""
    components = list(_walk(body.get("components") or []))
    if len(body.get("content") or "") > 2000:
        _refuse("content must be 2000 or fewer in length")
    if flags & COMPONENTS_V2 and (body.get("content") or body.get("embeds")):
        _refuse("the IS_COMPONENTS_V2 flag does not go with content or embeds")
    if any(each["type"] in (9, 10, 12, 13, 14, 17) for each in components) and not flags & COMPONENTS_V2:
        _refuse("these components need the IS_COMPONENTS_V2 flag")
    if len(components) > _MOST_COMPONENTS:
        _refuse("too many components")
    if sum(len(each.get("content", "")) for each in components if each["type"] == 10) > _MOST_TEXT:
        _refuse("too much text in the components")
    ids = [each["custom_id"] for each in components if "custom_id" in each]
    if len(ids) != len(set(ids)) or any(not 0 < len(each) <= _MOST_ID for each in ids):
        _refuse("a custom_id is duplicated, empty or too long")
    if any(len(each.get("label") or "") > _MOST_LABEL for each in components):
        _refuse("a label is too long")
    if any(not 1 <= len(each.get("options", [])) <= 25 for each in components if each["type"] == 3):
        _refuse("a menu needs 1 to 25 options")
    names = {name for name, _ in files} | {str(each.get("filename")) for each in body.get("attachments") or []}
    for each in components:
        for link in (each.get("file", {}).get("url"), *(item["media"]["url"] for item in each.get("items", []))):
            if link and link.removeprefix("attachment://") not in names:
                _refuse(f"unknown attachment {link}")
    if len(files) > _MOST_FILES or sum(len(data) for _, data in files) > 10 << 20:
        raise RefusedError(413, 40005, "Request entity too large")
    if not (body.get("content") or components or files or body.get("embeds")):
        raise RefusedError(400, 50006, "Cannot send an empty message")


def _walk(components: list[Json]) -> Iterator[Json]:
    for each in components:
        yield each
        yield from _walk(each.get("components", []))
        if "accessory" in each:
            yield from _walk([each["accessory"]])


def _refuse(why: str) -> None:
    raise RefusedError(400, 50035, f"Invalid Form Body: {why}")
