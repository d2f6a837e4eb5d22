"""A form with files, read as it comes: straight to disk, under limits that hold before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.cases.model import FileRef
from bot.web.refused import Refused
from bot.web.spool import Spool
from knowledge.web import UploadWords

_PIECE = 1 << 18
_FIELDS = 64
_FIELD_BYTES = 64 << 10
_NAME = 200
_MIB = 1 << 20
Allowed = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bounds on one form."""

    files: int
    mib: int


@dataclass
class Upload:
    """What a form holds. Fields that come after the first file count as well."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[FileRef] = field(default_factory=list)


async def read_upload(
    request: web.Request,
    spool: Spool,
    thread: str,
    limits: UploadLimits,
    words: UploadWords,
    allowed: Allowed = lambda _: True,
) -> Upload:
    """Read a form into the spool. Raises `Refused`, and leaves nothing of it then.

    `allowed` is asked with the fields before the first file is read, and at the end where there is none.
    """
    upload = Upload()
    if not request.content_type.startswith("multipart/"):
        raise Refused(415)
    try:
        await _read(request, upload, spool, thread, limits, words, allowed)
    except BaseException as error:
        for each in upload.files:
            await spool.discard(each.id)
        # what the reader says of a broken form
        if isinstance(error, ValueError | AssertionError | LookupError | RuntimeError | HttpProcessingError):
            raise Refused(400, words.broken) from error
        raise
    return upload


async def _read(
    request: web.Request,
    upload: Upload,
    spool: Spool,
    thread: str,
    limits: UploadLimits,
    words: UploadWords,
    allowed: Allowed,
) -> None:
    reader = await request.multipart()
    left, asked = limits.mib * _MIB, False
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise Refused(400, words.broken)
        if part.filename is None:
            if len(upload.fields) >= _FIELDS:
                raise Refused(400, words.broken)
            upload.fields[str(part.name)] = await _text(part, words)
            continue
        if not asked:
            asked = True
            if not allowed(upload.fields):
                raise Refused(403)
        left -= await _file(part, upload, spool, thread, left, limits, words)
    if not asked and not allowed(upload.fields):
        raise Refused(403)


async def _file(
    part: BodyPartReader,
    upload: Upload,
    spool: Spool,
    thread: str,
    left: int,
    limits: UploadLimits,
    words: UploadWords,
) -> int:
    """Write a file to the spool; returns its size. A field for files that was left empty is none."""
    first = await part.read_chunk(_PIECE)
    if not first and not part.filename:
        return 0
    if len(upload.files) >= limits.files:
        raise Refused(413, words.too_many.format(limit=limits.files))
    file, path = spool.new(thread)
    reference, size = FileRef(file, thread, (part.filename or "file")[:_NAME], 0), 0
    # noted first: whatever happens from here on, it is deleted again
    upload.files.append(reference)
    with path.open("wb") as target:
        piece = first
        while piece:
            size += len(piece)
            if size > left:
                raise Refused(413, words.too_large.format(limit=limits.mib))
            target.write(piece)
            piece = await part.read_chunk(_PIECE)
    await spool.keep(reference.id)
    upload.files[-1] = FileRef(reference.id, thread, reference.name, size)
    return size


async def _text(part: BodyPartReader, words: UploadWords) -> str:
    pieces: list[bytes] = []
    while piece := await part.read_chunk(_FIELD_BYTES):
        pieces.append(piece)
        if sum(map(len, pieces)) > _FIELD_BYTES:
            raise Refused(413, words.too_long)
    return b"".join(pieces).decode("utf-8", "replace")
