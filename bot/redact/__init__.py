"""Secrets and personal data out of everything that is stored, logged or shown."""

from bot.redact.redactor import Redacted, Redactor

__all__ = ["Redacted", "Redactor"]
