"""Presses of buttons, choices of menus, forms that come back: known by their ids alone, so they outlive the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.chat.actions import Action
from bot.chat.asked import guide
from bot.chat.doing import Said
from bot.chat.ids import CustomId, read
from bot.chat.press import press
from bot.chat.shown import Form
from bot.desk import Desk
from bot.discord.answers import caller_of, say, show, take_in
from bot.discord.form import form, read_form
from bot.discord.posts import Posts
from bot.discord.submissions import from_call
from bot.logs import get_log

_log = get_log(__name__)
_KINDS = (discord.InteractionType.component, discord.InteractionType.modal_submit)


class Components:
    """Handles them."""

    def __init__(self, desk: Desk, posts: Posts) -> None:
        self._desk = desk
        self._posts = posts

    async def handle(self, interaction: discord.Interaction) -> None:
        """Answer an interaction, if it is one of these and ours."""
        if interaction.type not in _KINDS:
            return
        data: Mapping[str, Any] = interaction.data or {}
        pressed = read(str(data.get("custom_id", "")))
        if pressed is None:
            return
        values: Sequence[str] = [str(each) for each in data.get("values", ())]
        try:
            if interaction.type is discord.InteractionType.modal_submit:
                await self._filled_in(interaction, pressed)
            else:
                await self._pressed(interaction, pressed, values)
        except Exception as error:
            _log.exception("a press could not be answered", action=pressed.action.value, error=type(error).__name__)
            if not interaction.response.is_done():
                await say(interaction, self._desk.knowledge.chat.sentences.failed, self._desk)

    async def _pressed(self, interaction: discord.Interaction, pressed: CustomId, values: Sequence[str]) -> None:
        match await press(self._desk, caller_of(interaction), pressed, values):
            case Form(case=case):
                await interaction.response.send_modal(form(self._desk.knowledge.chat, case))
            case Said(text=text, role=role) if role:
                await _call(interaction, role, text)
            case said:
                await show(interaction, said, self._desk)

    async def _filled_in(self, interaction: discord.Interaction, pressed: CustomId) -> None:
        filled = read_form(interaction)
        if not filled.files and not filled.text.strip():
            await show(interaction, guide(self._desk), self._desk)
            return
        answers = ""
        if pressed.action is Action.ADD_FILES and interaction.message is not None:
            answers = str(interaction.message.id)
        submission = replace(from_call(interaction, (), filled.text, answers), files=filled.files)
        await take_in(interaction, submission, self._desk, self._posts)


async def _call(interaction: discord.Interaction, called: str, text: str) -> None:
    """Say something to everybody, and to those of a role with a sound."""
    role = discord.Object(int(called))
    only = discord.AllowedMentions(everyone=False, users=False, roles=[role], replied_user=False)
    await interaction.response.send_message(f"<@&{role.id}> {text}", allowed_mentions=only)
