"""Answers to commands, presses and forms."""

from __future__ import annotations

import discord

from bot.cases.model import Status, Submission
from bot.chat.doing import Caller, Said
from bot.chat.shown import Shown
from bot.desk import Desk
from bot.discord import render
from bot.discord.posts import Posts
from bot.discord.render import Drawn
from bot.discord.submissions import PLATFORM
from bot.logs import get_log

_log = get_log(__name__)
_NOBODY = discord.AllowedMentions.none()


def caller_of(interaction: discord.Interaction) -> Caller:
    """Return who called. Moderators are those who may manage messages or the server."""
    may = interaction.permissions
    manager = interaction.guild_id is not None and may.manage_guild
    moderator = manager or (interaction.guild_id is not None and may.manage_messages)
    return Caller(PLATFORM, str(interaction.guild_id or ""), str(interaction.user.id), moderator, manager)


async def show(interaction: discord.Interaction, shown: Shown | Said, desk: Desk) -> None:
    """Show or say something to the caller alone; in place of what they see alone already, where that is wanted."""
    if isinstance(shown, Said):
        await say(interaction, shown.text, desk)
        return
    drawn, message = render.shown(shown, desk.knowledge), interaction.message
    if shown.in_place and message is not None and message.flags.ephemeral:
        await interaction.response.edit_message(
            view=drawn.view, attachments=list(drawn.files), allowed_mentions=_NOBODY
        )
    else:
        await _show_new(interaction, drawn)


async def say(interaction: discord.Interaction, text: str, desk: Desk) -> None:
    """Say a sentence to the caller alone."""
    await _show_new(interaction, render.sentence(text, desk.knowledge))


async def _show_new(interaction: discord.Interaction, drawn: Drawn) -> None:
    await interaction.response.send_message(
        view=drawn.view, files=list(drawn.files), ephemeral=True, allowed_mentions=_NOBODY
    )


async def take_in(interaction: discord.Interaction, submission: Submission, desk: Desk, posts: Posts) -> None:
    """Take a submission in and answer the interaction with what became of it: the answer will stand in its place.

    The case is on disk before the answer. Where Discord waited in vain meanwhile, the case is answered all the same.
    """
    with posts.answering(str(interaction.id)):
        receipt = await desk.receive(submission, told=bool(submission.handle))
        drawn = render.receipt(receipt, desk.knowledge)
        opened = receipt.status is Status.OPENED and bool(submission.handle)
        try:
            await interaction.response.send_message(
                view=drawn.view, files=list(drawn.files), ephemeral=not opened, allowed_mentions=_NOBODY
            )
        except discord.HTTPException as error:
            _log.warning("a command could not be answered in time", case=receipt.case, status=error.status)
