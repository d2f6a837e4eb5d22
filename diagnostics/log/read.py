"""One pass over a log of any size: the lines that matter are sifted out, the refreshes read by their shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from diagnostics.bundle import Document, Kind
from diagnostics.log.ahead import ahead
from diagnostics.log.blocks import OVERLAP, Block, blocks
from diagnostics.log.console import log_lines
from diagnostics.log.content import Content
from diagnostics.log.gates import PROGRESS, Gate, gates_of
from diagnostics.log.known import KnownLines, shipped
from diagnostics.log.lines import Piece, clean, pieces
from diagnostics.log.model import LogReading
from diagnostics.log.refreshes import Refreshes
from diagnostics.log.sieve import Flood, Hits, Sieve, sieve_for
from knowledge.patterns import SignatureSet

_FREE = 3_000
"""Lines of one log that are read whatever it costs; of a log with more, some of each block."""
_EACH = 32
"""Lines of a block that are read of a log with more than `_FREE`, beside those that few lines are like."""
_RARE = 512
"""Lines of a block that are read in any case for a pattern that stands in few of them."""
_LARGE = 4 << 20
"""Bytes from which on the next block is read and sifted by a second thread."""
_CHAIN = 32
"""Lines that are read only because the one before may go on in them: the longest message that is joined has 12."""
_TRIES = 500
"""Lines of one run that are read for a pattern that turns out not to be in them."""
_FEW = 32
"""Lines of a block with one signature that are all looked at, whether or not the run has shown it already."""
_ROW_TRIES = 3
"""The same for refreshes, which are all alike."""


Floods = defaultdict[Sieve, Flood]
"""For each sieve, what is known of one log."""


@dataclass(frozen=True, slots=True)
class _Some:
    """A sieve for some of the gates."""

    numbers: NDArray[np.int64]
    sieve: Sieve

    def hits(self, block: Block, floods: Floods) -> Hits:
        """Return (segment, number of the gate)."""
        found = self.sieve.hits(block, floods[self.sieve])
        return np.stack((found[:, 0], self.numbers[found[:, 1]]), axis=1)


@dataclass(frozen=True, slots=True)
class Sifted:
    """A block and the gates found in it; `calm` where what only tracebacks are made of was left out."""

    block: Block
    hits: Hits
    calm: bool


class LogReader:
    """Reads logs, whoever wrote them. Signatures and patterns are compiled once, when they are first needed.

    `known` are the lines of trainers; by default those that ship.
    """

    def __init__(
        self,
        signatures: SignatureSet,
        known: KnownLines | None = None,
        sieves: Callable[[tuple[str, ...]], Sieve] = sieve_for,
    ) -> None:
        self.signatures = signatures
        self.known = known or shipped()
        self._sieves = sieves
        self.gates = gates_of(signatures, self.known)

    def sift(self, block: Block, content: Content, floods: Floods) -> Sifted:
        """Find the gates in a block, save those in tracebacks alone; this may be done ahead of the reading."""
        calm = content.tracebacks.enough
        return Sifted(block, (self._calm if calm else self._most).hits(block, floods), calm)

    def hits(self, sifted: Sifted, content: Content, floods: Floods) -> Hits:
        """Return the gates in a block that count where the reading is: those of tracebacks as long as these do."""
        block, hits = sifted.block, sifted.hits
        if content.tracebacks.enough:
            return hits if sifted.calm else hits[~self._of_tracebacks[hits[:, 1]]]
        if sifted.calm:
            hits = self._most.hits(block, floods)
        if content.tracebacks.is_open or self._of_tracebacks[hits[:, 1]].any():
            hits = np.concatenate((hits, self._inside.hits(block, floods)))
            hits = hits[np.argsort(hits[:, 0], kind="stable")]
        return hits

    @cached_property
    def _of_tracebacks(self) -> NDArray[np.bool_]:
        return np.array([gate.of_tracebacks for gate in self.gates], bool)

    @cached_property
    def _calm(self) -> _Some:
        return self._some(lambda gate: not gate.of_tracebacks)

    @cached_property
    def _most(self) -> _Some:
        return self._some(lambda gate: not gate.inside_tracebacks)

    @cached_property
    def _inside(self) -> _Some:
        return self._some(lambda gate: gate.inside_tracebacks)

    def _some(self, wanted: Callable[[Gate], bool]) -> _Some:
        numbers = [number for number, gate in enumerate(self.gates) if wanted(gate)]
        return _Some(np.array(numbers, np.int64), self._sieves(tuple(self.gates[number].pattern for number in numbers)))

    @cached_property
    def progress(self) -> Sieve:
        """Finds what shows progress."""
        return self._sieves(PROGRESS)

    def read(self, document: Document) -> LogReading:
        """Read one log. Never raises on any bytes; time grows with their number, memory does not.

        Of a chat message every line is compared with the signatures, but the loss series, tracebacks and error lines
        are taken only from what was pasted from a console.
        """
        content = Content(document.name, self.signatures, self.known)
        if document.kind is Kind.PROSE:
            _read_message(document, content)
        else:
            _Pass(self, document, content).read()
        content.close()
        return content.reading()


def read_log(document: Document, signatures: SignatureSet) -> LogReading:
    """Read one log; for many, keep a `LogReader`."""
    return LogReader(signatures).read(document)


def _read_message(document: Document, content: Content) -> None:
    console = log_lines(document)
    pasted = (
        frozenset(number for number, line in enumerate(console.lines, console.first_line) if line.strip())
        if console is not None
        else frozenset()
    )
    for number, piece in enumerate(pieces(document)):
        if piece.line in pasted:
            content.piece(piece, number)
        else:
            content.message(piece.line, piece.text, console=False)


class _Pass:
    def __init__(self, reader: LogReader, document: Document, content: Content) -> None:
        self._reader = reader
        self._document = document
        self._content = content
        self._size = len(document.text.encode("utf-8", "replace")) if document.source is None else document.source.size
        self._gates = [gate.wanted(content) for gate in reader.gates]
        self._of_refreshes = np.array([gate.of_refreshes for gate in reader.gates], bool)
        self._tries = np.zeros((2, len(self._gates)), np.int64)
        self._run = 0
        self._free = _FREE
        self._floods: Floods = defaultdict(Flood)
        self._goes_on = False
        self._chain = 0
        self._refreshes = Refreshes(content)

    def read(self) -> None:
        sifted = (self._reader.sift(block, self._content, self._floods) for block in blocks(self._document))
        for each in ahead(sifted) if self._size > _LARGE else sifted:
            self._block(each)
        self._refreshes.close()

    def _block(self, sifted: Sifted) -> None:
        refreshes, content, block = self._refreshes, self._content, sifted.block
        refreshes.begin(block, block.size / max(self._size, 1))
        hits = self._reader.hits(sifted, content, self._floods)
        hits = hits[~refreshes.known[hits[:, 0]] | self._of_refreshes[hits[:, 1]]]
        count = len(block.starts)
        asked = np.zeros(count, bool)
        asked[block.coloured] = True
        if self._goes_on:
            asked[_following(refreshes.known, 0)] = True
        shown = np.zeros(count, bool)
        shown[self._showing(block, asked)] = True
        waiting = self._waiting(hits, asked | shown)
        fed = 0
        while (segment := _next(waiting, fed)) < count:
            waiting[segment] = False
            known = bool(refreshes.known[segment])
            wanted = self._wanted(hits, segment)
            if not (asked[segment] or wanted or (shown[segment] and not known)):
                continue
            refreshes.feed(fed, segment)
            fed = segment + 1
            restarts = content.restarts
            learned = self._segment(block, segment)
            self._free -= 1
            self._count(wanted, known)
            self._chain = 0 if wanted else self._chain + 1
            if content.wants_next and self._chain < _CHAIN:
                following = _following(refreshes.known, fed)
                asked[following] = waiting[following] = True
            if learned or content.restarts != restarts:
                waiting[fed:] = self._waiting(hits, asked | (shown & ~refreshes.known))[fed:]
        refreshes.feed(fed, count)
        self._goes_on = content.wants_next and self._chain < _CHAIN

    def _segment(self, block: Block, segment: int) -> bool:
        """Read one segment; return whether others are known by it now."""
        line = int(block.lines[segment])
        text = clean(block.text(segment))
        if not text.strip():
            return False
        goes_on = segment > 0 and block.starts[segment] < block.ends[segment - 1]
        progress = self._content.piece(Piece(line, text), self._refreshes.seen, OVERLAP if goes_on else 0)
        return progress is not None and self._refreshes.take(segment, progress, text)

    def _waiting(self, hits: Hits, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell of each segment whether to read it: it is `shown`, or has a pattern that can still add something.

        Of a log with very many such lines, those in the middle of each block are passed over, save those with a
        pattern that few lines of the block have.
        """
        counts = np.bincount(hits[:, 1], minlength=len(self._gates))
        present = np.flatnonzero(counts)
        # which run it is costs reading the refreshes so far: asked only where it makes a difference
        if self._tries[:, present].any() and self._content.run != self._run:
            self._run = self._content.run
            self._tries[:] = 0
        still, rare = np.zeros((2, len(self._gates)), bool)
        for number in present.tolist():
            # a few are kept until their turn: the run may change before
            rare[number] = counts[number] <= _FEW
            few = rare[number] and self._reader.gates[number].of_refreshes
            still[number] = self._tries[0, number] < _TRIES and (few or self._gates[number]())
        waiting = shown.copy()
        waiting[hits[still[hits[:, 1]], 0]] = True
        if self._free <= 0:
            which = np.flatnonzero(waiting)
            waiting[which[_EACH // 2 : -_EACH // 2]] = False
            kept = hits[(still & rare)[hits[:, 1]], 0]
            waiting[kept[:_RARE]] = True
        return waiting

    def _wanted(self, hits: Hits, segment: int) -> list[int]:
        begin, end = np.searchsorted(hits[:, 0], (segment, segment + 1))
        known = int(self._refreshes.known[segment])
        most = (_TRIES, _ROW_TRIES)[known]
        return [n for n in hits[begin:end, 1].tolist() if self._tries[known, n] < most and self._gates[n]()]

    def _count(self, wanted: list[int], known: bool) -> None:
        """Count what a line was read for and did not add: a pattern need not be in every line it was found in."""
        for number in wanted:
            if self._reader.gates[number].ends and self._gates[number]():
                self._tries[int(known), number] += 1

    def _showing(self, block: Block, asked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the segments that show progress and have no known shape."""
        strange = np.flatnonzero(~(self._refreshes.known | asked))
        if not len(strange):
            return strange
        part = block.part(strange) if len(strange) < len(block.starts) else block
        return np.unique(strange[self._reader.progress.hits(part, self._floods[self._reader.progress])[:, 0]])


def _following(known: NDArray[np.bool_], begin: int) -> slice:
    """Return the next segment that is no refresh: what a message goes on with; none where the block has none."""
    rest = known[begin:]
    step = int(rest.argmin()) if len(rest) else 0
    return slice(begin + step, begin + step + (len(rest) > 0 and not rest[step]))


def _next(waiting: NDArray[np.bool_], begin: int) -> int:
    rest = waiting[begin:]
    step = int(rest.argmax()) if len(rest) else 0
    return begin + step if len(rest) and rest[step] else len(waiting)
