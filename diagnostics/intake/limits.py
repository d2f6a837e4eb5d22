"""How much of what was handed in is read: every byte comes from a stranger."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one bundle. Sizes in bytes."""

    whole: int = MIB
    """A log up to this size is one text in memory; a larger one is read from its source, block by block."""
    log: int = 4 * GIB
    """Of a longer log, head and tail are read: the crash is at the end."""
    head: int = 8 * MIB
    tail: int = 56 * MIB
    texts: int = 64 * MIB
    """All texts of a bundle that are held at once."""
    config: int = MIB // 2
    """ai-toolkit's longest example has 6 KB; nobody writes a config of half a megabyte."""
    history: int = 256 * MIB
    """TensorBoard's event files hold some 50 bytes a value, and pictures, which are passed over."""
    state: int = 16 * MIB
    """A trainer_state.json is one JSON value, and parsed as one."""
    database: int = 64 * MIB
    """SQLite files, each: ai-toolkit's has 100 to 200 bytes a value. Its -wal file has the same bound."""
    message: int = MIB
    manifest: int = 8 * MIB
    """What `collect` wrote: some 300 bytes a picture, and its caption."""
    lora_header: int = 16 * MIB
    """The header of a LoRA file: 700 layers and 2,100 tags make 283 KB."""
    prose: int = MIB
    """A text file that is neither log nor config: a pasted message at most."""
    files: int = 5_000
    """Files of a bundle, those inside archives counted too."""
    packed: int = 2 * GIB
    """An archive as it was handed in."""
    member: int = 512 * MIB
    """One member of an archive, unpacked."""
    expanded: int = GIB
    """All members of all archives together, unpacked and kept."""
    reserve: int = 128 * MIB
    """Kept besides, for heads and tails of logs alone: two logs after a folder full of pictures."""
    work: int = 2 * GIB
    """All that is ever unpacked, kept or not: ten seconds of zlib. A byte of xz counts as two, of bz2 as four."""
    ratio: int = 200
    """Unpacked over packed size; deflate's own bound is near 1,032."""
    ratio_from: int = 8 * MIB
    """Up to this size any ratio will do: a log of equal lines compresses that well."""
    depth: int = 2
    """Archives in one another that are opened; the tar of a .tar.gz counts as one with it."""
    memory: int = 4 * MIB
    """A larger member is kept on disk, and so is every member once sixteen times this is kept in memory."""
    window: int = 64 * MIB
    """Dictionary that unpacking xz and zstd may take: xz -9 and zstd -21 ask for this much."""
    sniff: int = 64 * KIB
    """First bytes by which a file is judged."""
