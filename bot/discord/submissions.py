"""Discord's messages and commands as submissions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import discord

from bot.cases.model import FileRef, Place, Submission
from bot.wire.links import Links

PLATFORM = "discord"
_KINDS = (discord.MessageType.default, discord.MessageType.reply)


def is_of_a_person(message: discord.Message) -> bool:
    """Tell whether a person wrote a message, and not a bot, a webhook or Discord itself."""
    return not message.author.bot and message.webhook_id is None and message.type in _KINDS


def place_of(channel: object, server: int | None) -> Place:
    """Return where a message stands: for a thread, the channel that it belongs to as well."""
    number = str(getattr(channel, "id", 0))
    home = str(server or "")
    if isinstance(channel, discord.Thread):
        return Place(PLATFORM, home, str(channel.parent_id), number)
    return Place(PLATFORM, home, number)


def from_message(message: discord.Message, links: Links, asked: bool, me: int) -> Submission:
    """Return a message as it stands; its files' links are remembered."""
    reference = message.reference
    answers = reference.message_id if reference and reference.type is discord.MessageReferenceType.default else None
    return Submission(
        event=f"m{message.id}",
        message=str(message.id),
        place=place_of(message.channel, message.guild.id if message.guild else None),
        person=str(message.author.id),
        text=text_of(message, me),
        files=refs_of(message, links),
        asked=asked,
        reply_to=str(answers or ""),
    )


def from_call(
    interaction: discord.Interaction,
    files: Iterable[discord.Attachment] = (),
    text: str = "",
    reply_to: str = "",
) -> Submission:
    """Return a command or a filled-in form: it is answered with its token, and its files lie where their links say."""
    message = str(interaction.id)
    return Submission(
        event=f"i{interaction.id}",
        message=message,
        place=place_of(interaction.channel, interaction.guild_id),
        person=str(interaction.user.id),
        text=text,
        files=tuple(FileRef(str(file.id), message, file.filename, file.size, file.url) for file in files),
        asked=True,
        reply_to=reply_to,
        handle=interaction.token,
    )


def attachments_of(message: discord.Message) -> Sequence[discord.Attachment]:
    """Return the attachments of a message and of what it forwards."""
    return [*message.attachments, *(each for forwarded in message.message_snapshots for each in forwarded.attachments)]


def refs_of(message: discord.Message, links: Links) -> tuple[FileRef, ...]:
    """Return the files of a message."""
    found = attachments_of(message)
    for file in found:
        links.put(str(file.id), file.url)
    return tuple(FileRef(str(file.id), str(message.id), file.filename, file.size) for file in found)


def text_of(message: discord.Message, me: int) -> str:
    """Return what a message and what it forwards say, without the call to us."""
    parts = [message.content, *(forwarded.content for forwarded in message.message_snapshots)]
    return re.sub(rf"<@!?{me}>", "", "\n".join(part for part in parts if part)).strip()


def calls(message: discord.Message, me: int) -> bool:
    """Tell whether a message calls us by name; an answer to us alone does not."""
    return f"<@{me}>" in message.content or f"<@!{me}>" in message.content
