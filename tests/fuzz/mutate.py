"""Sound inputs to unsound ones: bytes, lines, words and the structure of what holds them, by a seeded generator."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress

from backports import zstd

from tests.diagnostics.intake.packing import SINGLE
from tests.fuzz.seeds import LARGEST, Seed, seeds

_SCALARS = (
    "nan inf -inf 1e999 -1 0 1e-4 1e400 99999999999999999 0x10 NaN None null true ~ !!python/object:x &a *a << ---"
)
_UNSEEN = "\0 \r \r\n \t \ufeff \u202e \x1b[31m \x1b]0; \x08 \ud7ff é 日本語 \u2028 \x85"
_SIGNS = "\" ' ''' \"\"\" ``` { } [ ] [[ ]] ( ) : = , # | > - \\ %"
_WORDS = (
    *_SCALARS.split(),
    *_UNSEEN.split(" "),
    *_SIGNS.split(),
    "Traceback (most recent call last):\n",
    '  File "train.py", line 12, in main\n',
    "RuntimeError: CUDA out of memory. ",
    "torch.OutOfMemoryError: ",
    "subprocess.CalledProcessError: Command '[",
    "steps:   1%|",
    "| 1/100 [00:01<00:10, 1.00s/it, avr_loss=0.1]",
    "100%|██████████| ",
    "epoch 1/10\n",
    "accelerate launch train_network.py --network_dim=8 ",
    "python train.py --config x.toml \\\n",
    "Running 1 job\n",
    "avr_loss=nan",
    "[rank0]: ",
    "2024-12-12 07:07:27 INFO     ",
    '"log_history": [',
    "job: extension\nconfig:\n",
    "network_module = 'networks.lora'\n",
    "step,key,value\n",
    '{"step": 1, "loss": 0.5}\n',
)
_RUNS: tuple[str, ...] = (*"\n \r0a[{(-'\"\\=,é", "%|", "- ", "  - a:\n", ": ", "\x1b[")
_NUMBER = re.compile(rb"\d+(?:\.\d+)?(?:e-?\d+)?")
_VALUE = re.compile(rb"(?<=[:=] )[^\n]*")
_ENCODINGS = [
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-8-sig",
    "utf-32",
    "cp1252",
    "cp932",
    "cp1251",
    "gb18030",
    "latin-1",
]
_TEXT = frozenset({"log", "config", "message", "table"})

Mutator = Callable[[bytes, random.Random], bytes]


def mutated(source: random.Random) -> Seed:
    """Return one mutated bundle; the same for the same state of `source`."""
    seed = source.choice(seeds())
    files = dict(seed.files)
    for _ in range(source.choice((1, 1, 1, 2))):
        if files:
            name = source.choice(list(files))
            files[name] = _file(files[name], name, seed.kind, source)
    message = seed.message
    if message or source.random() < 0.05:
        message = _several(message.encode(), _BY_TEXT, source).decode("utf-8", "replace")
    if source.random() < 0.1:
        other = source.choice(seeds())
        files |= {f"{source.choice(('', 'a/', '../'))}{name}": data for name, data in other.files.items()}
    return Seed(seed.kind, files, message[: 2 * LARGEST])


def _file(data: bytes, name: str, kind: str, source: random.Random) -> bytes:
    if kind == "archive" and source.random() < 0.5:
        with suppress(Exception):  # it was mutated before, and cannot be unpacked any more
            return _repacked(data, name, source)
    if kind in _TEXT:
        return _several(data, _BY_TEXT, source)[: 2 * LARGEST]
    return _several(data, _BY_BYTES, source)


def _several(data: bytes, mutators: tuple[Mutator, ...], source: random.Random) -> bytes:
    for _ in range(source.choice((1, 1, 2, 3, 6))):
        data = source.choice(mutators)(data, source)
    return data


def _at(data: bytes, source: random.Random) -> int:
    return source.randrange(len(data) + 1)


def _flip(data: bytes, source: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 8))):
        if changed:
            changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, source: random.Random) -> bytes:
    at, many = _at(data, source), source.choice((1, 2, 4, 8, 40))
    return data[:at] + source.choice((source.randbytes(many), bytes(many), b"\xff" * many)) + data[at + many :]


def _number(data: bytes, source: random.Random) -> bytes:
    at, form = _at(data, source), source.choice(("<I", ">I", "<H", ">H", "<Q", "<i"))
    value = source.choice((0, 1, 127, 255, 32_767, 65_535, 1 << 20, (1 << 31) - 1, len(data)))
    packed = struct.pack(form, min(value, (1 << 8 * struct.calcsize(form) - 1) - 1))
    return data[:at] + packed + data[at + len(packed) :]


def _cut(data: bytes, source: random.Random) -> bytes:
    at = _at(data, source)
    return source.choice((data[:at], data[at:], data[:at] + data[at + source.randrange(200) :]))


def _repeat(data: bytes, source: random.Random) -> bytes:
    at, size = _at(data, source), source.choice((1, 8, 60, 400))
    return data[:at] + data[at : at + size] * source.choice((2, 3, 20)) + data[at + size :]


def _splice(data: bytes, source: random.Random) -> bytes:
    other = b"".join(source.choice(seeds()).files.values())
    here, there = _at(data, source), _at(other, source)
    return data[:here] + other[there : there + source.choice((16, 200, 2_000))] + data[here:]


def _word(data: bytes, source: random.Random) -> bytes:
    at = _at(data, source)
    return data[:at] + source.choice(_WORDS).encode("utf-8", "surrogatepass") + data[at:]


def _run(data: bytes, source: random.Random) -> bytes:
    at = _at(data, source)
    return data[:at] + source.choice(_RUNS).encode() * source.choice((3, 30, 300, 3_000)) + data[at:]


def _lines(data: bytes, source: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, two = source.randrange(len(lines)), source.randrange(len(lines))
    match source.randrange(5):
        case 0:
            lines[one], lines[two] = lines[two], lines[one]
        case 1:
            del lines[one]
        case 2:
            lines.insert(one, lines[two])
        case 3:
            lines[one] = b" " * source.randrange(9) + lines[one].lstrip()
        case _:
            lines[one] = lines[one].rstrip() + source.choice((b"\r", b"\r\n", b"", b"\\\n"))
    return b"".join(lines)


def _figure(data: bytes, source: random.Random) -> bytes:
    return _replaced(_NUMBER, data, source)


def _value(data: bytes, source: random.Random) -> bytes:
    return _replaced(_VALUE, data, source)


def _replaced(pattern: re.Pattern[bytes], data: bytes, source: random.Random) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    match = source.choice(found)
    return data[: match.start()] + source.choice(_WORDS).encode("utf-8", "surrogatepass") + data[match.end() :]


def _encoded(data: bytes, source: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(source.choice(_ENCODINGS), "replace")


_BY_BYTES: tuple[Mutator, ...] = (_flip, _flip, _overwrite, _number, _cut, _repeat, _splice, _run)
_BY_TEXT: tuple[Mutator, ...] = (
    *(_word, _word, _run, _lines, _lines, _figure, _value, _value),
    *(_flip, _overwrite, _cut, _repeat, _splice, _encoded),
)


def _repacked(data: bytes, name: str, source: random.Random) -> bytes:
    """Change what is inside and pack it soundly again, or change the headers and make their checksums right."""
    ending = name.rpartition(".")[2]
    if name.count(".tar.") or ending == "tar":
        plain = data if ending == "tar" else _unpacked(data, ending)
        changed = _tar_header(plain, source)
        return changed if ending == "tar" else SINGLE[ending](changed)
    if ending == "zip":
        return _zip(data, source)
    return SINGLE[ending](_several(_unpacked(data, ending), _BY_TEXT, source))


def _unpacked(data: bytes, ending: str) -> bytes:
    unpack: Mapping[str, Callable[[bytes], bytes]] = {
        "gz": gzip.decompress,
        "bz2": bz2.decompress,
        "xz": lzma.decompress,
        "zst": zstd.decompress,
    }
    return unpack[ending](data)


def _tar_header(data: bytes, source: random.Random) -> bytes:
    changed = bytearray(data)
    starts = [at for at in range(0, len(data) - 512, 512) if data[at + 257 : at + 262] == b"ustar"]
    if not starts:
        return data
    at = source.choice(starts)
    field, size = source.choice(((0, 100), (124, 12), (156, 1), (157, 100), (345, 155), (482, 1)))
    changed[at + field : at + field + size] = source.choice(
        (
            source.randbytes(size),
            source.choice((b"L", b"K", b"x", b"g", b"S", b"1", b"2", b"3", b"5", b"7")).ljust(size, b"\0")[:size],
            b"%o" % source.choice((0, 1, 512, 70_000, 8**10)) if size == 12 else b"../" * (size // 3),
        )
    ).ljust(size, b"\0")[:size]
    changed[at + 148 : at + 156] = b" " * 8
    changed[at + 148 : at + 156] = b"%06o\0 " % sum(changed[at : at + 512])
    return bytes(changed)


def _zip(data: bytes, source: random.Random) -> bytes:
    file = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w") as new,
    ):
        for member in old.infolist():
            info = zipfile.ZipInfo(source.choice((member.filename, "../" * 9 + "x", "a\\b", "C:/x.txt", "x" * 3_000)))
            info.external_attr = source.choice((0, 0, 0o120777 << 16, 0o020666 << 16))
            content = _several(old.read(member), _BY_TEXT, source)
            new.writestr(info, content, source.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)))
    return file.getvalue()
