"""The commands that Discord offers, and what each asks of the desk."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands

from bot.cases.model import FileRef
from bot.chat import asked
from bot.desk import Desk
from bot.discord.answers import caller_of, say, show, take_in
from bot.discord.form import form
from bot.discord.posts import Posts
from bot.discord.submissions import from_call, from_message
from bot.logs import get_log
from bot.wire.links import Links

_log = get_log(__name__)
_MOST_CHOICES = 25
_Days = app_commands.Range[int, 1, asked.MOST_DAYS]


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
        await show(interaction, asked.guide(desk), desk)

    @tree.command(name="checklist", description="A checklist of the guide: before, during and after a training")
    @app_commands.describe(name="Which one; all are listed without it")
    async def checklist(interaction: discord.Interaction, name: str = "") -> None:
        await show(interaction, asked.checklist(desk, name), desk)

    @checklist.autocomplete("name")
    async def checklists(_interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        listed = desk.knowledge.checklists.values()
        found = [each for each in listed if typed.lower() in f"{each.id} {each.title}".lower()]
        return [app_commands.Choice(name=each.title[:100], value=each.id) for each in found[:_MOST_CHOICES]]

    @tree.command(name="case", description="Look a case up by the id below its answer")
    @app_commands.describe(id="For example K7Q2MX")
    async def case(interaction: discord.Interaction, id: str) -> None:
        await show(interaction, await asked.case(desk, caller_of(interaction), id), desk)

    @tree.command(name="stats", description="What people here have asked about, and what helped")
    @app_commands.describe(days="Of how many days; 30 if you do not say")
    @app_commands.guild_only()
    async def stats(interaction: discord.Interaction, days: _Days = asked.USUAL_DAYS) -> None:
        await show(interaction, await asked.statistics(desk, caller_of(interaction), days), desk)

    @tree.command(name="forget", description="Delete all your cases and everything that is kept of you")
    async def forget(interaction: discord.Interaction) -> None:
        await show(interaction, await asked.forget(desk, caller_of(interaction)), desk)

    @tree.command(name="triage-settings", description="Where and how I answer on this server")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def triage_settings(interaction: discord.Interaction) -> None:
        await show(interaction, await asked.settings(desk, caller_of(interaction)), desk)

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
