"""Errors that no rule knows: cut out clean, with a fingerprint that is equal for the same error of other people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from diagnostics.events import Events
from diagnostics.fingerprint import fingerprint, own_frames
from diagnostics.log.model import LogReading, Traceback
from diagnostics.report import UnknownError

_SHOWN_FRAMES = 3
_LENGTH = 300


def unknown_errors(readings: Iterable[LogReading]) -> tuple[UnknownError, ...]:
    """Return the errors of all logs that no strong signature explains, the most frequent first."""
    counts: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for reading in readings:
        for mark, text in _unexplained(reading):
            counts[mark] += 1
            texts.setdefault(mark, text)
    return tuple(UnknownError(mark, texts[mark], count) for mark, count in counts.most_common())


def _unexplained(reading: LogReading) -> Iterator[tuple[str, str]]:
    events = Events(reading)
    strong = [hit for hit in reading.hits if not hit.signature.weak]
    explained = {event.evidence.line: event.evidence.text for hit in strong for event in events.of(hit)}
    told = {text.partition(": ")[2] for text in explained.values()}
    for traceback in reading.tracebacks:
        if traceback.wrapper or not traceback.complete or traceback.evidence.line in explained:
            continue
        # trainers print the message once more by itself
        if not traceback.message or traceback.message not in told:
            yield fingerprint(traceback.exception, traceback.message, traceback), _clean(traceback)
    if not strong and not reading.tracebacks:
        for error in reading.errors:
            yield fingerprint("", error.evidence.text, None), error.evidence.text[:_LENGTH]


def _clean(traceback: Traceback) -> str:
    frames = own_frames(traceback.frames)[-_SHOWN_FRAMES:] or list(traceback.frames[-1:])
    lines = [f"{_tail(frame.file)}:{frame.line} in {frame.function}" for frame in frames]
    message = f"{traceback.exception}: {traceback.message}" if traceback.message else traceback.exception
    return "\n".join([*lines, message[:_LENGTH]])


def _tail(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])
