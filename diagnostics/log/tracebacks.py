"""Python tracebacks: chained, wrapped by launchers, cut off at either end, or only their last line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diagnostics.bundle import Evidence
from diagnostics.log.model import Frame, Traceback

TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r"^\s*File \"(?P<file>[^\"]{1,400})\", line (?P<line>\d+)(?:, in (?P<function>.{1,200}))?")
_EXCEPTION = re.compile(
    r"^(?:E\s+)?(?P<class>(?:[A-Za-z_]\w*\.){0,8}[A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit|Warning|Iteration|NotFound|Invalid|Missing))"
    r"(?::\s?(?P<message>.*))?$"
)
_INLINE = re.compile(r"(?<![\w.])(?P<class>(?:[A-Za-z_]\w*\.){0,8}[A-Z]\w*(?:Error|Exception)): (?P<message>\S.*)$")
"""The last line of a traceback quoted within a sentence."""
_DOTTED = re.compile(r"^(?P<class>(?:[A-Za-z_]\w*\.){1,8}[A-Z]\w*)(?::\s(?P<message>.*))?$")
_CHAINED = re.compile(r"^(?:During handling of the above exception|The above exception was the direct cause)")
_WRAPPERS = ("CalledProcessError", "ChildFailedError", "ProcessExitedException", "SystemExit")
_LONGEST = 200
"""Frames kept of one traceback; a recursion error repeats itself."""


@dataclass
class _Open:
    line: int
    text: str
    frames: list[Frame] = field(default_factory=list)


class TracebackReader:
    """Collects tracebacks from the clean lines of a log, in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: _Open | None = None
        self.found: list[Traceback] = []

    def feed(self, number: int, text: str, run: int) -> None:
        """Take one line."""
        if TRACEBACK in text:
            self.close(run)
            self._open = _Open(number, text)
            return
        frame = _FRAME.match(text)
        if frame:
            if self._open is None:
                self._open = _Open(number, text)
            if len(self._open.frames) < _LONGEST:
                self._open.frames.append(Frame(frame["file"], int(frame["line"]), (frame["function"] or "").strip()))
            self._open.line, self._open.text = number, text
            return
        if self._open is None:
            match = _EXCEPTION.match(text) or _INLINE.search(text)
            if match and not match["class"].endswith("Warning"):
                self._add(match, number, text, (), run)
            return
        if _CHAINED.match(text):
            return
        match = _EXCEPTION.match(text) or (_DOTTED.match(text) if self._open.frames else None)
        if match:
            frames = tuple(self._open.frames)
            self._open = None
            self._add(match, number, text, frames, run)
        elif text[:1] not in (" ", "\t") and self._open.frames and not text.startswith(("^", "~", "[")):
            self._code(text)

    def drop(self) -> None:
        """Forget the traceback that is open: it ends in a line that healthy runs print too."""
        self._open = None

    def close(self, run: int) -> None:
        """End a traceback whose exception line never came."""
        if self._open is not None and self._open.frames:
            last = self._open.frames[-1]
            evidence = Evidence(self._name, self._open.line, self._open.text.strip())
            self.found.append(Traceback("", last.function, tuple(self._open.frames), evidence, run, complete=False))
        self._open = None

    def _code(self, text: str) -> None:
        if self._open is not None:
            self._open.text = text

    def _add(self, match: re.Match[str], number: int, text: str, frames: tuple[Frame, ...], run: int) -> None:
        name = match["class"]
        evidence = Evidence(self._name, number, text.strip())
        wrapper = name.rsplit(".", 1)[-1] in _WRAPPERS
        self.found.append(Traceback(name, (match["message"] or "").strip(), frames, evidence, run, wrapper))
