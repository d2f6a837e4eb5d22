"""Paths that a person names at the terminal, turned into a bundle."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from diagnostics.bundle import Attachment, Bundle, Skipped
from diagnostics.intake import Limits, Workspace, spool

STDIN = "-"


class InputError(Exception):
    """The person named something that cannot be read; the text says what."""


def collect(
    paths: Iterable[str], message: str, limits: Limits | None = None, workspace: Workspace | None = None
) -> Bundle:
    """Return what `paths` name as a bundle: files, archives, whole folders, and ``-`` for standard input.

    Folders are walked without following links; hidden files and folders are passed over. Standard input is kept in
    `workspace` where it is long. Raises `InputError`.
    """
    limits = limits or Limits()
    attachments: list[Attachment] = []
    skipped: list[Skipped] = []
    for path in paths:
        if path == STDIN:
            for item in spool("stdin", sys.stdin.buffer, limits, workspace or Workspace()):
                if isinstance(item, Skipped):
                    skipped.append(item)
                else:
                    attachments.append(item)
        else:
            attachments += _named(Path(path), limits)
    return Bundle(_printable(message), tuple(attachments), tuple(skipped))


def _named(path: Path, limits: Limits) -> Iterator[Attachment]:
    if path.is_dir():
        # one more than is read, so that the report can say that there were more
        for _, file in zip(range(limits.files + 1), _walk(path), strict=False):
            yield Attachment.from_path(file, _printable(file.relative_to(path).as_posix()))
    elif path.is_file():
        yield Attachment.from_path(path, _printable(path.name))
    else:
        raise InputError(f"There is no file or folder at {path}.")


def _printable(text: str) -> str:
    # what the shell passes on need not be valid text
    return text.encode("utf-8", "replace").decode("utf-8")


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(parent, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file
