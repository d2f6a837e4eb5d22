"""What was handed in with a case, to be changed on its page: the words and the files, as far as they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.cases.database import Database
from bot.cases.model import FileRef
from bot.cases.repeats import newest
from bot.cases.tables import CaseRow, FileRow, MessageRow


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The message that opened a case, all words (redacted) and all files."""

    message: str
    text: str
    files: tuple[FileRef, ...]


class CasePages:
    """Reads it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def handed_in(self, case: str) -> HandedIn | None:
        """Return what was handed in; None where there is no such case."""
        async with self._database.read() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.public_id == case))
            if row is None:
                return None
            words = select(MessageRow.text).where(MessageRow.case_id == row.id).order_by(MessageRow.id)
            files = (await session.scalars(select(FileRow).where(FileRow.case_id == row.id).order_by(FileRow.id))).all()
            return HandedIn(
                row.message,
                "\n".join(text for text in await session.scalars(words) if text),
                tuple(FileRef(each.file, each.message, each.name, each.size) for each in newest(files)),
            )
