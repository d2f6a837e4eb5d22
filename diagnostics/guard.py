"""Keeps one failing check from losing the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from diagnostics.bundle import Skipped

P = ParamSpec("P")
T = TypeVar("T")


class Guard:
    """Runs parts of a diagnosis; one that raises becomes a line in `skipped`."""

    def __init__(self) -> None:
        self.skipped: list[Skipped] = []

    def run(self, part: str, otherwise: T, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` returns, or `otherwise` where it raises."""
        try:
            return function(*args, **kwargs)
        except Exception as error:  # the whole point: whatever goes wrong in one part stays in that part
            self.skipped.append(Skipped(part, f"an error of ours while reading this ({type(error).__name__}: {error})"))
            return otherwise
