"""Modals: what is shown in them, and the form for files and symptoms with the guided tree below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.actions import Action
from bot.chat.ids import make
from bot.chat.shown import guide_shown
from bot.slack import render
from bot.slack.calls import Origin
from bot.slack.controls import plain
from bot.slack.layout import Surface
from bot.slack.messages import Json
from diagnostics.guide import Page
from knowledge.model import Knowledge

TITLE = "LoRA Triage"
FILES = "files"
SYMPTOMS = "symptoms"
_SHOWN = "shown"
_MOST_TITLE = 24
_MOST_FILES = 10
_MOST_TEXT = 3000
_MOST_LABEL = 2000
_MOST_HINT = 150


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person filled in."""

    files: tuple[Json, ...]
    text: str


def modal(blocks: Sequence[Json], origin: Origin) -> Json:
    """Return a modal that shows something."""
    return {
        "type": "modal",
        "callback_id": _SHOWN,
        "title": plain(TITLE, _MOST_TITLE),
        "private_metadata": origin.dumps(),
        "blocks": list(blocks),
    }


def form(knowledge: Knowledge, origin: Origin, case: str = "", guide: Page | None = None, at: int = 1) -> Json:
    """Return the form, with a place of the guide below it; with a case, what is filled in is added to that."""
    words = knowledge.chat.form
    blocks = [
        _input(FILES, words.files, {"type": "file_input", "max_files": _MOST_FILES}, words.files_below),
        _input(
            SYMPTOMS,
            words.symptoms,
            {
                "type": "plain_text_input",
                "multiline": True,
                "max_length": _MOST_TEXT,
                "placeholder": plain(words.symptoms_below, _MOST_HINT),
            },
        ),
    ]
    if guide is not None:
        blocks += [{"type": "divider"}, *_guide(guide, knowledge, at)]
    return {
        **modal(blocks, origin),
        "callback_id": make(Action.ADD_FILES if case else Action.DIAGNOSE, case),
        "title": plain(words.title, _MOST_TITLE),
        "submit": plain(words.send, _MOST_TITLE),
    }


def is_form(view: Json) -> bool:
    """Tell whether a view is the form."""
    return bool(view.get("callback_id")) and view.get("callback_id") != _SHOWN


def read_form(view: Json) -> Filled:
    """Return what was filled in. Read from what Slack sent: the process that showed the form may be gone."""
    values: Json = (view.get("state") or {}).get("values") or {}
    text = str(values.get(SYMPTOMS, {}).get(SYMPTOMS, {}).get("value") or "")
    return Filled(tuple(values.get(FILES, {}).get(FILES, {}).get("files") or ()), text)


def _input(name: str, label: str, element: Json, below: str = "") -> Json:
    made: Json = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(label, _MOST_LABEL),
        "element": {**element, "action_id": name},
    }
    return made | ({"hint": plain(below, _MOST_LABEL)} if below else {})


def _guide(page: Page, knowledge: Knowledge, at: int) -> list[Json]:
    """A place of the guide; the button that opens this very form is left out."""
    shown = guide_shown(page, knowledge, at)
    rows = (tuple(each for each in row if each.action is not Action.DIAGNOSE) for row in shown.card.buttons)
    card = replace(shown.card, buttons=tuple(row for row in rows if row))
    return list(render.shown(replace(shown, card=card), knowledge, Surface.FORM).blocks)
