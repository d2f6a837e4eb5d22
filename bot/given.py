"""Settings and rules for commands; what is wrong with them ends the command with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.model import Knowledge


def rules_or_usage(folder: Path | None) -> Knowledge:
    """Return the rules in a folder, by default our own."""
    from knowledge.load import HOME, load_knowledge
    from knowledge.mistakes import KnowledgeError

    try:
        return load_knowledge(folder or HOME)
    except KnowledgeError as error:
        raise click.UsageError(f"The rules cannot be used:\n{error}") from error


def settings_or_error() -> Settings:
    """Return the settings."""
    from bot.settings import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
