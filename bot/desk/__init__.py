"""The desk: takes submissions from any chat, has them diagnosed, and answers each once."""

from bot.desk.adapter import Adapter, FileGoneError, FileTooLargeError, PlaceGoneError, Posted
from bot.desk.desk import Desk, DeskError

__all__ = ["Adapter", "Desk", "DeskError", "FileGoneError", "FileTooLargeError", "PlaceGoneError", "Posted"]
