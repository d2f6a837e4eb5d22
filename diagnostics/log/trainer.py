"""Which trainer wrote a log, by what only it prints (`knowledge/trainers/`)."""

from __future__ import annotations

from diagnostics.log.known import KnownLines, shipped

_SHARED = 0.5
"""What several trainers print weighs, however often it stands, less than one line that only one of them prints."""


class TrainerReader:
    """Counts the marks of each trainer."""

    def __init__(self, known: KnownLines | None = None) -> None:
        self._known = known or shipped()
        self._own: dict[str, int] = {}
        self._shared: dict[str, int] = {}

    def feed(self, text: str) -> None:
        """Take one line."""
        found = self._known.marks(text)
        for trainer in dict.fromkeys(trainer for trainer, own in found if own):
            self.mark(trainer)
        for trainer in dict.fromkeys(trainer for trainer, own in found if not own):
            self._shared[trainer] = self._shared.get(trainer, 0) + 1

    def mark(self, trainer: str) -> None:
        """Count a line that only this trainer prints."""
        self._own[trainer] = self._own.get(trainer, 0) + 1

    @property
    def trainer(self) -> str | None:
        """The trainer with the most marks, or None."""
        return max(
            self._own | self._shared, key=lambda each: (self._weight(each), self._shared.get(each, 0)), default=None
        )

    def _weight(self, trainer: str) -> float:
        return self._own.get(trainer, 0) + (_SHARED if trainer in self._shared else 0)
