"""Patterns compiled by Hyperscan, kept in this user's cache: loading takes 0.1 ms, compiling 300."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hyperscan

_KEPT = 12
"""Compiled sets of patterns that stay in the cache: four of each version of the knowledge."""


def compiled(patterns: Sequence[bytes], once: bool) -> hyperscan.Database:
    """Return the patterns, numbered from 0, in multi-line mode; with `once` each reports its first match only.

    Raises `ImportError` where Hyperscan is not installed, `ValueError` for a pattern that it cannot take.
    """
    import hyperscan

    mode = hyperscan.HS_FLAG_SINGLEMATCH if once else 0
    build = hashlib.sha256(b"\0".join((version("hyperscan").encode(), str(mode).encode(), *patterns)))
    cached = _cache(f"{build.hexdigest()[:32]}.patterns")
    try:
        database: hyperscan.Database = hyperscan.loadb(cached.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return database
    except (OSError, hyperscan.HyperscanError):
        pass
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = [hyperscan.HS_FLAG_MULTILINE | mode] * len(patterns)
    try:
        database.compile(expressions=list(patterns), ids=list(range(len(patterns))), elements=len(flags), flags=flags)
    except hyperscan.HyperscanError as error:
        raise ValueError(f"Hyperscan cannot take these patterns: {error}") from error
    _keep(cached, hyperscan.dumpb(database))
    return database


def _cache(name: str) -> Path:
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        # a user without a home, in a container say: nothing can be read or written below this
        home = Path(os.devnull)
    return home / "lora-triage" / name


def _keep(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_bytes(data)
        new.replace(path)
        kept = sorted(path.parent.glob("*.patterns"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        # without a cache each start compiles anew: slower, nothing else
        return
