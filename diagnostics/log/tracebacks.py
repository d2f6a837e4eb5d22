"""Python tracebacks: chained, wrapped by launchers, drawn in a box, cut off at either end, or only their last line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from diagnostics.bundle import Evidence
from diagnostics.log.model import Frame, Traceback

TRACEBACK = "Traceback (most recent call last):"
_START = re.compile(r"Traceback \(most recent call last\)")
_FRAME = re.compile(r"^\s*File \"(?P<file>[^\"]{1,400})\", line (?P<line>\d{1,9})(?:, in (?P<function>.{1,200}))?")
_BOXED_FRAME = re.compile(r"^[│|] (?P<file>\S.{0,300}?):(?P<line>\d{1,9}) in (?P<function>[\w<>.]{1,100})")
_BOX = ("╭", "│", "╰", "|")
_CLASS = (
    r"(?:[A-Za-z_]\w{0,80}\.){0,8}[A-Za-z_]\w{0,80}"
    r"(?:Error|Exception|Interrupt|Exit|Warning|Iteration|NotFound|Invalid|Missing|Timeout)"
)
_EXCEPTION = re.compile(rf"^(?:E\s+)?(?P<class>{_CLASS})(?::\s?(?P<message>.*))?$")
_BARE = re.compile(r"^(?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{1,80}(?:Error|Exception|Interrupt)$")
_DOTTED = re.compile(r"^(?P<class>(?:[A-Za-z_]\w{0,80}\.){1,8}[A-Z]\w{0,80})(?::\s(?P<message>.*))?$")
_INLINE = re.compile(
    r"(?<![\w.])(?P<class>(?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception)): (?P<message>\S[^\r\n]{0,400})"
)
"""The last line of a traceback quoted within a sentence."""
_CHAINED = re.compile(r"^(?:During handling of the above exception|The above exception was the direct cause)")
_WRAPPERS = (
    "CalledProcessError",
    "ChildFailedError",
    "ProcessExitedException",
    "SystemExit",
    "KeyboardInterrupt",
    "SignalException",
)
_LONGEST = 200
"""Frames kept of one traceback; a recursion error repeats itself."""
MOST_IN_A_RUN = 100
"""Tracebacks kept of one run: the first is what counts, and a retry repeats it."""
PARTS = (
    r"Traceback \(most recent call last\)",
    r"File \"[^\"]{1,400}\", line \d",
    r":\d{1,9} in [\w<]",
    r"(?:Error|Exception|Interrupt|Exit|Warning|Iteration|NotFound|Invalid|Missing|Timeout)(?::|\s{0,20}$)",
)
"""What a line has that begins a traceback, is a frame of it or ends it."""
DOTTED = r"\w\.[A-Z]\w{0,80}(?::\s|\s{0,20}$)"
"""What may end a traceback that is open."""


def quoted_exception(text: str) -> str | None:
    """Return the exception line that a sentence quotes ("it says RuntimeError: ..."), to the end of the line."""
    match = _inline(text)
    return match[0] if match else None


def is_traceback_line(text: str) -> bool:
    """Tell whether a line stands in a traceback by its own look: header, frame or exception."""
    if _START.search(text) or _FRAME.match(text) or _BOXED_FRAME.match(text):
        return True
    return _last_line(text) is not None


def _last_line(text: str) -> re.Match[str] | None:
    match = _EXCEPTION.match(text)
    return match if match and (match["message"] is not None or _BARE.match(text)) else None


def _inline(text: str) -> re.Match[str] | None:
    # most lines are passed over by the literals alone
    return _INLINE.search(text) if "Error: " in text or "Exception: " in text else None


@dataclass
class _Open:
    line: int
    text: str
    frames: list[Frame] = field(default_factory=list)


class TracebackReader:
    """Collects tracebacks from the clean lines of a log, in order: the cause of a chain comes first."""

    def __init__(self, name: str, run: Callable[[], int] = lambda: 0) -> None:
        """`run` tells which run of the log the line that is fed belongs to."""
        self._name = name
        self._run = run
        self._kept = (0, 0)
        self._fresh = False
        self._open: _Open | None = None
        self.found: list[Traceback] = []

    @property
    def is_open(self) -> bool:
        """Tell whether a traceback is open whose last line has not come yet."""
        return self._open is not None

    @property
    def wants_next(self) -> bool:
        """Tell whether the next line is the code of the frame in this one."""
        return self._fresh

    @property
    def enough(self) -> bool:
        """Tell whether the run being read has shown as many as are kept."""
        run, kept = self._kept
        return kept >= MOST_IN_A_RUN and run == self._run()

    def feed(self, number: int, text: str) -> None:
        """Take one line."""
        self._fresh = False
        if TRACEBACK in text:
            self.close()
            self._open = _Open(number, text)
            return
        frame = _FRAME.match(text) or _BOXED_FRAME.match(text)
        if frame:
            self._frame(frame, number, text)
            self._fresh = True
            return
        if self._open is None:
            match = _last_line(text) or _inline(text)
            if match and not match["class"].endswith("Warning"):
                self._add(match, number, text, ())
            return
        if _CHAINED.match(text) or text.startswith(_BOX):
            return
        match = _EXCEPTION.match(text) or (_DOTTED.match(text) if self._open.frames else None)
        if match:
            frames = tuple(self._open.frames)
            self._open = None
            self._add(match, number, text, frames)
        elif self._open.frames and not text.lstrip().startswith(("^", "~", "[")):
            self._code(number, text)

    def drop(self) -> None:
        """Forget the traceback that is open: it ends in a line that healthy runs print too."""
        self._open = None

    def close(self) -> None:
        """End a traceback whose exception line never came."""
        if self._open is not None and self._open.frames:
            last = self._open.frames[-1]
            evidence = Evidence(self._name, self._open.line, self._open.text.strip())
            self._keep(Traceback("", last.function, tuple(self._open.frames), evidence, self._run(), complete=False))
        self._open = None

    def _frame(self, frame: re.Match[str], number: int, text: str) -> None:
        self._open = self._open or _Open(number, text)
        if len(self._open.frames) < _LONGEST:
            function = (frame["function"] or "").strip()
            self._open.frames.append(Frame(frame["file"].strip(), int(frame["line"]), function))
        self._open.line, self._open.text = number, text

    def _code(self, number: int, text: str) -> None:
        # only the row right below a frame is its code; what comes later is other output in between
        if self._open is not None and number == self._open.line + 1 and not self._open.frames[-1].code:
            last = self._open.frames.pop()
            self._open.frames.append(Frame(last.file, last.line, last.function, text.strip()))

    def _add(self, match: re.Match[str], number: int, text: str, frames: tuple[Frame, ...]) -> None:
        name = match["class"]
        evidence = Evidence(self._name, number, text.strip())
        wrapper = name.rsplit(".", 1)[-1] in _WRAPPERS
        self._keep(Traceback(name, (match["message"] or "").strip(), frames, evidence, self._run(), wrapper))

    def _keep(self, traceback: Traceback) -> None:
        if not self.enough:
            self.found.append(traceback)
            run, kept = self._kept
            self._kept = (traceback.run, kept + 1 if run == traceback.run else 1)
