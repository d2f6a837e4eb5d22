"""Ids of buttons and menus, `lt:<action>:<subject>[:<extra>]`. They outlive the process: their form never changes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.chat.actions import Action

MOST = 100
"""Characters that Discord allows."""
PATTERN = r"lt:(?P<action>[a-z-]{1,24}):(?P<subject>[A-Za-z0-9._-]{0,48})(?::(?P<extra>[A-Za-z0-9._-]{0,20}))?"
"""For `discord.ui.DynamicItem`."""
_WHOLE = re.compile(PATTERN)
_ACTIONS = frozenset(action.value for action in Action)


@dataclass(frozen=True, slots=True)
class CustomId:
    """What a press was about. `subject` is a case id, a path of the guide, a checklist or a setting."""

    action: Action
    subject: str = ""
    extra: str = ""

    @property
    def page(self) -> int:
        """The page in `extra`, 1 where there is none."""
        return int(self.extra) if self.extra.isdecimal() and self.extra.isascii() and int(self.extra) else 1

    @property
    def path(self) -> tuple[int, ...]:
        """The answers in `subject`: ``0.2.1`` gives (0, 2, 1)."""
        return path_of(self.subject)


def make(action: Action, subject: str = "", extra: str = "") -> str:
    """Return the id; raises ValueError where a part holds what ids cannot."""
    made = f"lt:{action.value}:{subject}{f':{extra}' if extra else ''}"
    if read(made) != CustomId(action, subject, extra) or len(made) > MOST:
        raise ValueError(f"no id can be made of {made!r}")
    return made


def read(custom_id: str) -> CustomId | None:
    """Return what an id says, or None where it is none of ours or of an action that is no more."""
    match = _WHOLE.fullmatch(custom_id)
    if match is None or match["action"] not in _ACTIONS:
        return None
    return CustomId(Action(match["action"]), match["subject"], match["extra"] or "")


def path_of(subject: str) -> tuple[int, ...]:
    """Return the answers of a guide path, ``0.2.1``; what is no number ends it."""
    numbers: list[int] = []
    for part in subject.split("."):
        if not (part.isascii() and part.isdecimal()):
            break
        numbers.append(int(part))
    return tuple(numbers)
