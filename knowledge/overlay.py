"""The knowledge with one rule more, or one in place of another: to try it before it is anyone else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.load import RULE_FOLDERS
from knowledge.mistakes import KnowledgeError, Mistake
from knowledge.model import Kind, Rule
from knowledge.source import YamlFile

_HOMES = {Kind.CRASH: "crashes", Kind.CURVE: "curves"}


@contextmanager
def with_rule(root: Path, path: Path) -> Iterator[Path]:
    """Yield a folder like `root` that holds the rule in the file `path` too, in place of the one of its name.

    Raises `KnowledgeError` where the file is no rule; mistakes raised inside name `path`, not the copy.
    """
    try:
        kind = YamlFile(path, Rule).value.kind
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Mistake(path, 1, f"cannot be read: {error}")]) from error
    with TemporaryDirectory(prefix="lora-triage-") as folder:
        copy = Path(folder) / "knowledge"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        known = (copy / each / path.name for each in RULE_FOLDERS)
        home = next((each for each in known if each.exists()), copy / _HOMES.get(kind, "issues") / path.name)
        shutil.copyfile(path, home)
        try:
            yield copy
        except KnowledgeError as error:
            raise KnowledgeError([_named(each, copy, root, home, path) for each in error.mistakes]) from error


def _named(mistake: Mistake, copy: Path, root: Path, home: Path, path: Path) -> Mistake:
    return replace(mistake, file=path if mistake.file == home else root / mistake.file.relative_to(copy))
