"""The commands that Discord offers, and what each asks of the desk."""

from __future__ import annotations

import time
from dataclasses import replace

import discord
from discord import app_commands

from bot.cases.model import FileRef
from bot.chat.doing import find_case, may_delete
from bot.chat.receipts import forgotten_text
from bot.desk import Desk
from bot.discord import render
from bot.discord.answers import caller_of, say, show_new, take_in
from bot.discord.form import form
from bot.discord.links import Links
from bot.discord.posts import Posts
from bot.discord.submissions import PLATFORM, from_call, from_message
from bot.logs import get_log

_log = get_log(__name__)
_DAY = 24 * 3600
_MOST_CHOICES = 25
_Days = app_commands.Range[int, 1, 365]


def add_commands(tree: app_commands.CommandTree[discord.Client], desk: Desk, posts: Posts, links: Links) -> None:
    """Add all commands to `tree`."""
    said = desk.knowledge.chat.sentences

    @tree.command(name="diagnose", description="Find out what is wrong with your training")
    @app_commands.describe(
        description="What goes wrong, in your own words",
        file="The config, the log, an archive of both",
        file2="One more",
        file3="One more",
        file4="One more",
        file5="One more",
    )
    async def diagnose(
        interaction: discord.Interaction,
        description: str = "",
        file: discord.Attachment | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
        file4: discord.Attachment | None = None,
        file5: discord.Attachment | None = None,
    ) -> None:
        files = [each for each in (file, file2, file3, file4, file5) if each is not None]
        if not files and not description.strip():
            await interaction.response.send_modal(form(desk.knowledge.chat))
            return
        await take_in(interaction, from_call(interaction, files, description), desk, posts)

    @tree.context_menu(name="Diagnose")
    async def diagnose_message(interaction: discord.Interaction, message: discord.Message) -> None:
        me = interaction.application_id
        submission = from_message(message, links, True, me)
        own = from_call(interaction)
        # the one who called is the asker, whoever wrote the message
        files = tuple(
            FileRef(file.id, file.message, file.name, file.size, links.get(file.id) or "") for file in submission.files
        )
        submission = replace(submission, event=own.event, place=own.place, person=own.person, reply_to="", files=files)
        if message.author.id == me:
            await say(interaction, said.gone, desk)
            return
        if not _may_post(interaction):
            submission = replace(submission, handle=own.handle)
        await take_in(interaction, submission, desk, posts)

    @tree.command(name="guide", description="The troubleshooting guide, question by question")
    async def guide(interaction: discord.Interaction) -> None:
        await show_new(interaction, render.guide(desk.guide(), desk.knowledge))

    @tree.command(name="checklist", description="A checklist of the guide: before, during and after a training")
    @app_commands.describe(name="Which one; all are listed without it")
    async def checklist(interaction: discord.Interaction, name: str = "") -> None:
        await show_new(interaction, render.checklist(desk.checklist(name), desk.knowledge))

    @checklist.autocomplete("name")
    async def checklists(_interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        listed = desk.knowledge.checklists.values()
        found = [each for each in listed if typed.lower() in f"{each.id} {each.title}".lower()]
        return [app_commands.Choice(name=each.title[:100], value=each.id) for each in found[:_MOST_CHOICES]]

    @tree.command(name="case", description="Look a case up by the id below its answer")
    @app_commands.describe(id="For example K7Q2MX")
    async def case(interaction: discord.Interaction, id: str) -> None:
        caller = caller_of(interaction)
        view = await find_case(desk, id, caller)
        allowed = view is not None and may_delete(view, caller)
        await show_new(interaction, render.case_view(view, id, desk.knowledge, allowed))

    @tree.command(name="stats", description="What people here have asked about, and what helped")
    @app_commands.describe(days="Of how many days; 30 if you do not say")
    @app_commands.guild_only()
    async def stats(interaction: discord.Interaction, days: _Days = 30) -> None:
        counted = await desk.lookup.statistics(time.time() - days * _DAY, PLATFORM, str(interaction.guild_id or ""))
        await show_new(interaction, render.statistics(counted, days, desk.knowledge))

    @tree.command(name="forget", description="Delete all your cases and everything that is kept of you")
    async def forget(interaction: discord.Interaction) -> None:
        count = await desk.forget(PLATFORM, str(interaction.user.id))
        await say(interaction, forgotten_text(count, desk.knowledge), desk)

    @tree.command(name="triage-settings", description="Where and how I answer on this server")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def triage_settings(interaction: discord.Interaction) -> None:
        if not interaction.permissions.manage_guild:
            await say(interaction, said.moderators_only, desk)
            return
        now = await desk.servers.get(PLATFORM, str(interaction.guild_id))
        await show_new(interaction, render.settings(now, desk.knowledge))

    @tree.error
    async def failed(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        _log.error("a command failed", command=interaction.command and interaction.command.name, exc_info=error)
        if not interaction.response.is_done():
            await say(interaction, said.failed, desk)


def _may_post(interaction: discord.Interaction) -> bool:
    """Tell whether we may write here by ourselves; else all that is said has to be the answer to the command."""
    may = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    return may.view_channel and (may.send_messages_in_threads if in_thread else may.send_messages)
