"""Which trainer wrote a log, by what only it prints (`knowledge/trainers/`)."""

from __future__ import annotations

from diagnostics.log.known import KnownLines

_SHARED = 0.5
"""What several trainers print weighs, however often it stands, less than one line that only one of them prints."""
MOST_MARKS = 200
"""Lines with marks of one trainer after which more of them tell nothing new."""


class TrainerReader:
    """Counts the marks of each trainer."""

    def __init__(self, known: KnownLines) -> None:
        self._known = known
        self._own: dict[str, int] = {}
        self._shared: dict[str, int] = {}

    def feed(self, text: str) -> None:
        """Take one line."""
        found = self._known.marks_in(text)
        for trainer in dict.fromkeys(mark.trainer for mark in found if mark.own):
            self.mark(trainer)
        for trainer in dict.fromkeys(mark.trainer for mark in found if not mark.own):
            self._shared[trainer] = min(self.shared(trainer) + 1, MOST_MARKS)

    def mark(self, trainer: str) -> None:
        """Count a line that only this trainer prints."""
        self._own[trainer] = min(self.own(trainer) + 1, MOST_MARKS)

    def own(self, trainer: str) -> int:
        """Return how many lines only `trainer` prints, up to `MOST_MARKS`."""
        return self._own.get(trainer, 0)

    def shared(self, trainer: str) -> int:
        """Return how many lines others print like `trainer`, up to `MOST_MARKS`."""
        return self._shared.get(trainer, 0)

    @property
    def trainer(self) -> str | None:
        """The trainer with the most marks, or None."""
        return max(self._own | self._shared, key=lambda each: (self._weight(each), self.shared(each)), default=None)

    def _weight(self, trainer: str) -> float:
        return self.own(trainer) + (_SHARED if trainer in self._shared else 0)
