"""Run facts that single lines of a log state, by what is known of each trainer's lines (`knowledge/trainers/`)."""

from __future__ import annotations

import re

from diagnostics.bundle import Evidence
from diagnostics.log.known import ALLOCATION, MEMORY_IN_USE, KnownLine, KnownLines, Means, gib
from knowledge.trainer import SIZE

OTHER_PROCESS = rf"Process \d{{1,12}} has {SIZE} memory in use"
_OTHER_PROCESS = re.compile(OTHER_PROCESS)
_ALLOCATION_ENDS = ("reserved in total", "reserved by PyTorch", "https:", "Traceback", "total capacity;")
_ALLOCATION_ROWS = 12


class FactReader:
    """Collects run facts and the line that shows each."""

    def __init__(self, name: str, known: KnownLines) -> None:
        self._name = name
        self._known = known
        self.values: dict[str, object] = {}
        self.origins: dict[str, Evidence] = {}
        self.checkpoints = 0
        self.samples = 0
        self.phase: str | None = None
        self._images: dict[str, int] = {}
        self._folder = ""
        self._sampling = False
        self._allocation: list[str] = []

    @property
    def wants_more(self) -> bool:
        """True where the next line belongs to a message that has begun: it is to be fed whatever it says."""
        return bool(self._allocation)

    def feed(self, number: int, text: str) -> None:
        """Take one line."""
        told: set[Means] = set()
        for line in self._known.lines(text):
            if line.means not in told and self._take(line, number, text) and line.means in _ONCE:
                told.add(line.means)
        self._out_of_memory(number, text)

    def feed_bar(self, description: str, complete: bool) -> None:
        """Take the bar of something other than training: `complete` where it has reached its end."""
        for line in self._known.lines(description):
            if line.means is Means.PHASE:
                self._take(line, 0, description)
        if description in self._known.sample_bars:
            # the last refresh of a bar comes twice
            self.samples += complete and self._sampling
            self._sampling = not complete

    def starts_run(self, text: str) -> bool:
        """Tell whether a trainer prints `text` when a run begins."""
        return any(line.means is Means.START and line.search(text) for line in self._known.lines(text))

    def put(self, fact: str, value: object, number: int, text: str) -> None:
        """Set a fact that the line shows."""
        self.values[fact] = value
        self.origins[fact] = Evidence(self._name, number, text.strip()[:200])

    def _take(self, line: KnownLine, number: int, text: str) -> bool:
        """Take what `line` says if `text` is such a line; tell whether it is."""
        if line.means is Means.FACT and not line.last and line.what in self.values:
            return False
        match = line.search(text)
        if match is None:
            return False
        if line.means is Means.FACT:
            value = line.value(match[1])
            if value is not None:
                self.put(line.what, value, number, text)
        elif line.means is Means.FOLDER:
            self._folder = match["folder"]
        elif line.means is Means.COUNT:
            self._count(match.groupdict(), number, text)
        elif line.means is Means.CHECKPOINT:
            self.checkpoints += 1
        elif line.means is Means.SAMPLE:
            self.samples += 1
        elif line.means is Means.FINISHED:
            self.put("finished", True, number, text)
        elif line.means is Means.PHASE:
            self.phase = line.what
        return True

    def _count(self, groups: dict[str, str], number: int, text: str) -> None:
        # a folder that is listed once for each resolution is counted once
        folder = groups.get("folder") or self._folder
        self._images[folder] = max(self._images.get(folder, 0), int(groups["n"]))
        self.put("images", sum(self._images.values()), number, text)

    def _out_of_memory(self, number: int, text: str) -> None:
        message = text
        if ALLOCATION in text:
            self._allocation = [text.strip()]
        elif self._allocation:
            # terminals break this long message at their width
            self._allocation.append(text.strip())
            message = " ".join(self._allocation)
            for line in self._known.lines(message):
                if line.means is Means.FACT:
                    self._take(line, number, message)
        if MEMORY_IN_USE in message:
            sizes = [size for match in _OTHER_PROCESS.finditer(message) if (size := gib(match[1])) is not None]
            if sizes:
                self.put("vram_other_gib", round(sum(sizes), 2), number, message)
        if len(self._allocation) > _ALLOCATION_ROWS or any(end in text for end in _ALLOCATION_ENDS):
            self._allocation = []


_ONCE = frozenset({Means.CHECKPOINT, Means.SAMPLE})
"""Said once by a line, however many trainers print lines like it."""
