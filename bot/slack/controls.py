"""Buttons and menus as Slack's elements."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.actions import Action, Button, Emphasis, Menu, Option, Source
from bot.chat.ids import make
from bot.chat.text import cut
from bot.slack.richtext import Json

MOST_LABEL = 75
MOST_OPTIONS = 100
MOST_HINT = 150
MOST_BUTTONS = 25
_EMOJI = {
    Action.FIXED: "✅",
    Action.DID_NOT_HELP: "👎",
    Action.WRONG: "❌",
    Action.DETAILS: "📋",
    Action.ADD_FILES: "📎",
    Action.CALL_MODERATOR: "🙋",
    Action.DELETE: "🗑️",
}
_KINDS = ("public", "private")
Roles = tuple[Option, ...]
"""The user groups of the workspace, to choose whom to call."""


def plain(text: str, most: int) -> Json:
    """Return a plain text object: Slack reads no markup in it."""
    return {"type": "plain_text", "text": cut(text, most) or "…", "emoji": False}


def button_rows(rows: Sequence[Sequence[Button]]) -> list[Json]:
    """Return rows of buttons; what cannot be pressed is left out, since Slack has no such buttons."""
    made: list[Json] = []
    for row in rows:
        shown = [button for button in row if button.enabled]
        one_is_good = any(button.emphasis is Emphasis.GOOD for button in shown)
        for start in range(0, len(shown), MOST_BUTTONS):
            some = shown[start : start + MOST_BUTTONS]
            made.append({"type": "actions", "elements": [_button(each, one_is_good) for each in some]})
    return made


def menu_rows(menus: Sequence[Menu]) -> list[Json]:
    """Return menus, each in a row of its own; Slack puts those for several choices beside a text alone."""
    made: list[Json] = []
    for each in menus:
        element = menu(each)
        if element["type"].startswith("multi_"):
            made.append({"type": "section", "text": plain(each.hint, MOST_HINT), "accessory": element})
        else:
            made.append({"type": "actions", "elements": [element]})
    return made


def menu(given: Menu, roles: Roles = ()) -> Json:
    """Return a menu. Those that may be emptied are of the kind for several choices: others cannot be."""
    element: Json = {"action_id": make(given.action, given.subject, given.extra or "menu")}
    if given.hint:
        element["placeholder"] = plain(given.hint, MOST_HINT)
    several = given.least == 0 or given.most > 1
    if several:
        element["max_selected_items"] = max(given.most, 1)
    if given.source is Source.CHANNELS:
        element |= {"type": "multi_conversations_select", "filter": {"include": list(_KINDS)}}
        return _with_chosen(element, "initial_conversations", given.chosen[: given.most])
    if given.source is Source.ROLES and not roles:
        people = tuple(each for each in given.chosen if each[:1] in ("U", "W"))
        return _with_chosen(element | {"type": "multi_users_select"}, "initial_users", people[: given.most])
    options = roles if given.source is Source.ROLES else given.options
    chosen = set(given.chosen) | {option.value for option in options if option.chosen}
    offered = [_option(option) for option in options[:MOST_OPTIONS]]
    element |= {"type": "multi_static_select" if several else "static_select", "options": offered}
    initial = tuple(option for option in offered if option["value"] in chosen)
    if several:
        return _with_chosen(element, "initial_options", initial[: given.most])
    return element | ({"initial_option": initial[0]} if initial else {})


def _with_chosen(element: Json, name: str, chosen: Sequence[object]) -> Json:
    return element | ({name: list(chosen)} if chosen else {})


def _option(option: Option) -> Json:
    made: Json = {"text": plain(option.label, MOST_LABEL), "value": option.value}
    below = option.below
    if not below and len(option.label) > MOST_LABEL:
        below = "…" + option.label[len(made["text"]["text"].rstrip("…")) :].strip()
    return made | ({"description": plain(below, MOST_LABEL)} if below else {})


def _button(button: Button, one_is_good: bool) -> Json:
    emoji = _EMOJI.get(button.action, "") if not button.extra else ""
    made: Json = {
        "type": "button",
        "text": plain(f"{emoji} {button.label}".strip(), MOST_LABEL),
        "action_id": make(button.action, button.subject, button.extra),
    }
    # one green button in a row: more of them say nothing
    if button.emphasis is Emphasis.GOOD or (button.emphasis is Emphasis.PRIMARY and not one_is_good):
        made["style"] = "primary"
    elif button.emphasis is Emphasis.DANGER:
        made["style"] = "danger"
    return made
