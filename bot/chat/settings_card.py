"""The settings of a server as a card of menus."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.servers import ServerSettings
from bot.chat.actions import Action, Button, Emphasis, Menu, Option, Source
from bot.chat.blocks import Block, Card, Choice, Heading, Text, Tone
from bot.chat.guide import MOST_OPTIONS
from bot.chat.text import bold, line
from knowledge.model import Knowledge

_HOURS = 24


def settings_card(settings: ServerSettings, knowledge: Knowledge, note: str = "") -> Card:
    """Return the settings; each menu's subject is the field of `ServerSettings` that it changes.

    The button's subject is ``quiet``, and its `extra` what it changes to, ``on`` or ``off``. `note` stands on top.
    """
    said, words = knowledge.chat, knowledge.chat.settings
    blocks: list[Block] = [Heading(words.title, 1)]
    if note:
        blocks.append(Text(line(bold(note))))
    blocks += [
        *_asked(
            words.channels, _picker("channels", words.channels_hint, Source.CHANNELS, settings.channels, MOST_OPTIONS)
        ),
        *_asked(words.answer_in, _menu("answer_in", list(words.answer_in_options.items()), settings.answer_in)),
        *_asked(words.role, _picker("role", words.role_hint, Source.ROLES, (settings.role,))),
        *_asked(
            words.digest_channel,
            _picker("digest_channel", words.digest_hint, Source.CHANNELS, (settings.digest_channel,)),
        ),
        *_asked(words.digest_hour, _menu("digest_hour", _hours(), str(settings.digest_hour))),
        *_asked(words.time_zone, _menu("time_zone", _zones(words.time_zones, settings.time_zone), settings.time_zone)),
        Text(line(words.quiet if settings.quiet else words.loud)),
    ]
    label = said.buttons["loud" if settings.quiet else "quiet"]
    emphasis = Emphasis.PRIMARY if settings.quiet else Emphasis.QUIET
    quiet = Button(Action.SETTING, "quiet", label, emphasis, extra="off" if settings.quiet else "on")
    return Card(Tone.INFO, tuple(blocks), ((quiet,),))


def _asked(title: str, menu: Menu) -> tuple[Block, Block]:
    return Text(line(bold(title))), Choice(menu)


def _picker(field: str, hint: str, source: Source, chosen: Sequence[str], most: int = 1) -> Menu:
    given = tuple(each for each in chosen if each)
    return Menu(Action.SETTING, field, hint, source=source, chosen=given, least=0, most=most)


def _menu(field: str, choices: Sequence[tuple[str, str]], chosen: str) -> Menu:
    options = tuple(Option(label, value, chosen=value == chosen) for value, label in choices)
    return Menu(Action.SETTING, field, "", options)


def _hours() -> list[tuple[str, str]]:
    return [(str(hour), f"{hour:02}:00") for hour in range(_HOURS)]


def _zones(listed: Sequence[str], chosen: str) -> list[tuple[str, str]]:
    zones = [*([chosen] if chosen not in listed else []), *listed]
    return [(zone, zone.replace("_", " ")) for zone in zones[:MOST_OPTIONS]]
