"""Presses of buttons, choices of menus, forms that come back: known by their ids alone, so they outlive the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.chat.actions import Action
from bot.chat.doing import VERDICTS, call_moderator, change_setting, delete_case, find_case, find_reply, give_verdict
from bot.chat.ids import CustomId, path_of, read
from bot.desk import Desk
from bot.discord import render
from bot.discord.answers import caller_of, say, show, show_new, take_in
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
        desk, caller = self._desk, caller_of(interaction)
        match pressed.action:
            case Action.GUIDE:
                await self._guide(interaction, path_of(values[0] if values else pressed.subject), pressed.page)
            case Action.CHECKLIST:
                view = desk.checklist(values[0] if values else pressed.subject)
                await show(interaction, render.checklist(view, desk.knowledge, pressed.page))
            case Action.DETAILS:
                await self._details(interaction, pressed)
            case Action.FIXED | Action.DID_NOT_HELP | Action.WRONG:
                assert pressed.action in VERDICTS  # noqa: S101  # these three
                await say(interaction, (await give_verdict(desk, pressed.subject, caller, pressed.action)).text, desk)
            case Action.ADD_FILES:
                await self._add_files(interaction, pressed.subject)
            case Action.CALL_MODERATOR:
                await self._call(interaction, pressed.subject)
            case Action.DELETE:
                await say(interaction, (await delete_case(desk, pressed.subject, caller)).text, desk)
            case Action.DIAGNOSE:
                await interaction.response.send_modal(form(desk.knowledge.chat))
            case Action.SETTING:
                # a menu that is emptied sends no values, and a button says what it sets in its id
                chosen = values if pressed.extra == "menu" else [pressed.extra]
                await self._set(interaction, pressed.subject, chosen)

    async def _filled_in(self, interaction: discord.Interaction, pressed: CustomId) -> None:
        filled = read_form(interaction)
        if not filled.files and not filled.text.strip():
            await self._guide(interaction, (), 1)
            return
        answers = ""
        if pressed.action is Action.ADD_FILES and interaction.message is not None:
            answers = str(interaction.message.id)
        submission = replace(from_call(interaction, (), filled.text, answers), files=filled.files)
        await take_in(interaction, submission, self._desk, self._posts)

    async def _guide(self, interaction: discord.Interaction, path: tuple[int, ...], at: int) -> None:
        try:
            page = self._desk.guide(path)
        except LookupError:
            # the guide was changed since this was posted: from its beginning, then
            page = self._desk.guide()
        await show(interaction, render.guide(page, self._desk.knowledge, at))

    async def _details(self, interaction: discord.Interaction, pressed: CustomId) -> None:
        reply = await find_reply(self._desk, pressed.subject, caller_of(interaction))
        if reply is None:
            said = self._desk.knowledge.chat.sentences
            await say(interaction, said.no_such_case.format(case=pressed.subject), self._desk)
            return
        drawn = render.details(reply, self._desk.knowledge, pressed.page)
        # turning a page changes what is shown; details of a case that was looked up are a message of their own
        await (show if pressed.extra else show_new)(interaction, drawn)

    async def _add_files(self, interaction: discord.Interaction, case: str) -> None:
        said = self._desk.knowledge.chat
        view = await find_case(self._desk, case, caller_of(interaction))
        if view is None:
            await say(interaction, said.sentences.no_such_case.format(case=case), self._desk)
        elif not view.mine:
            await say(interaction, said.sentences.not_yours, self._desk)
        else:
            await interaction.response.send_modal(form(said, case))

    async def _call(self, interaction: discord.Interaction, case: str) -> None:
        called = await call_moderator(self._desk, case, caller_of(interaction))
        if not called.role:
            await say(interaction, called.text, self._desk)
            return
        role = discord.Object(int(called.role))
        only = discord.AllowedMentions(everyone=False, users=False, roles=[role], replied_user=False)
        await interaction.response.send_message(f"<@&{role.id}> {called.text}", allowed_mentions=only)

    async def _set(self, interaction: discord.Interaction, field: str, values: Sequence[str]) -> None:
        said, caller = self._desk.knowledge.chat, caller_of(interaction)
        if interaction.guild_id is None or not interaction.permissions.manage_guild:
            await say(interaction, said.sentences.moderators_only, self._desk)
            return
        try:
            now = await change_setting(self._desk, caller, field, values)
        except ValueError as error:
            _log.warning("a setting was refused", field=field, error=type(error).__name__)
            await say(interaction, said.sentences.failed, self._desk)
            return
        await show(interaction, render.settings(now, self._desk.knowledge, said.sentences.saved))
