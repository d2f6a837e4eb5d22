"""The form for files and symptoms: shown, and read when it comes back, also after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.cases.model import FileRef
from bot.chat.actions import Action
from bot.chat.ids import make
from knowledge.chat import ChatWords

FILES = "files"
SYMPTOMS = "symptoms"
_MOST_FILES = 10
_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person filled in."""

    files: tuple[FileRef, ...]
    text: str


def form(said: ChatWords, case: str = "") -> ui.Modal:
    """Return the form; with a case, what is filled in is added to it."""
    words = said.form
    action = Action.ADD_FILES if case else Action.DIAGNOSE
    modal = ui.Modal(title=words.title, custom_id=make(action, case), timeout=None)
    upload: ui.FileUpload[ui.Modal] = ui.FileUpload(
        custom_id=FILES, required=False, min_values=0, max_values=_MOST_FILES
    )
    symptoms: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=SYMPTOMS,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=_MOST_TEXT,
        placeholder=words.symptoms_below,
    )
    modal.add_item(ui.Label(text=words.files, description=words.files_below, component=upload))
    modal.add_item(ui.Label(text=words.symptoms, component=symptoms))
    return modal


def read_form(interaction: discord.Interaction) -> Filled:
    """Return what was filled in. Read from what Discord sent: the process that showed the form may be gone."""
    data: Mapping[str, Any] = interaction.data or {}
    attachments = data.get("resolved", {}).get("attachments", {})
    files: list[FileRef] = []
    text = ""
    for field in _fields(data.get("components", ())):
        if field.get("custom_id") == SYMPTOMS:
            text = str(field.get("value") or "")
        elif field.get("custom_id") == FILES:
            for number in field.get("values", ()):
                if found := attachments.get(str(number)):
                    name, size, link = str(found["filename"]), int(found["size"]), str(found["url"])
                    files.append(FileRef(str(number), str(interaction.id), name, size, link))
    return Filled(tuple(files), text)


def _fields(components: Any) -> Iterator[Mapping[str, Any]]:
    for each in components:
        if "component" in each:
            yield from _fields([each["component"]])
        elif "components" in each:
            yield from _fields(each["components"])
        else:
            yield each
