"""Whether what nobody asked about is training material, before anything is said about it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bot.cases.model import FileRef, Place
from bot.desk.adapter import Adapter, FileGoneError, FileTooLargeError

_HEAD = 65_536
_MOST = 5


async def any_training(paths: Iterable[Path]) -> bool:
    """Tell whether a file is training material by its first bytes."""
    return await asyncio.to_thread(_any_training, tuple(paths))


async def heads_tell(files: Iterable[FileRef], place: Place, adapter: Adapter, home: Path) -> bool:
    """Tell the same of files that are not fetched yet, from their beginnings."""
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        for number, file in enumerate(tuple(files)[:_MOST]):
            target = Path(folder) / str(number)
            try:
                with suppress(FileTooLargeError):
                    await adapter.fetch(file, place, target, _HEAD)
            except FileGoneError:
                continue
            if target.exists() and await any_training([target]):
                return True
    return False


def _any_training(paths: Iterable[Path]) -> bool:
    # what tells kinds apart is heavy, and nothing that a page or a call needs
    from bot.diagnosis.kinds import TRAINING, kind_of

    return any(kind_of(path) in TRAINING for path in paths)
