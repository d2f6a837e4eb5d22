"""What a person can press or choose, in words that hold on every chat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a button or a menu asks for. The values stand in the ids of posted buttons: never change one."""

    FIXED = "fixed"
    DID_NOT_HELP = "did-not-help"
    WRONG = "wrong"
    DETAILS = "details"
    ADD_FILES = "add-files"
    CALL_MODERATOR = "call-moderator"
    DELETE = "delete"
    GUIDE = "guide"
    """Subject: the path of answers, ``0.2.1``; empty at the root."""
    CHECKLIST = "checklist"
    """Subject: the id of the checklist; empty for the list of all."""
    DIAGNOSE = "diagnose"
    """Opens the form for files and symptoms."""
    TRIED = "tried"
    """Chooses which fixes a verdict is about; the values are keys of fixes."""
    CASE = "case"
    """Shows a case; subject: its id, or empty where it is chosen from a menu."""
    SETTING = "setting"
    """Subject: the name of a server setting."""


class Emphasis(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    QUIET = "quiet"
    GOOD = "good"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `subject` says on what it acts, most often a case id; `extra` how, for example the page."""

    action: Action
    subject: str
    label: str
    emphasis: Emphasis = Emphasis.QUIET
    extra: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a menu; `value` comes back when it is chosen."""

    label: str
    value: str
    below: str = ""
    chosen: bool = False


class Source(StrEnum):
    """Where the choices of a menu come from."""

    OPTIONS = "options"
    CHANNELS = "channels"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu to choose from; those of channels and roles are filled by the platform, `chosen` holds their ids."""

    action: Action
    subject: str
    hint: str
    options: tuple[Option, ...] = ()
    source: Source = Source.OPTIONS
    chosen: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    extra: str = ""
