"""How much of what was handed in is read: every byte comes from a stranger."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one bundle. Sizes in bytes."""

    text: int = 64 * MIB
    """Of a longer log, head and tail are read: the crash is at the end."""
    head: int = 8 * MIB
    config: int = MIB // 2
    """ai-toolkit's longest example has 6 KB; nobody writes a config of half a megabyte."""
    history: int = 64 * MIB
    """TensorBoard's event files hold some 50 bytes a value: a million values."""
    message: int = 1 * MIB
    prose: int = 1 * MIB
    """A text file that is neither log nor config: a pasted message at most."""
    caption: int = 64 * KIB
    files: int = 5_000
    expanded: int = 512 * MIB
    """All members of all archives together."""
    ratio: int = 200
    """Expanded over compressed size of a member; deflate's own bound is near 1,032."""
    ratio_from: int = 8 * MIB
    """Members up to this size may have any ratio: a log of equal lines compresses that well."""
    sniff: int = 64 * KIB
