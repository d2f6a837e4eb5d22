"""Numbers as people read them."""

from __future__ import annotations

_UNITS = ((1.0, "s"), (60.0, "min"), (3600.0, "h"), (86400.0, "days"))
_FEW = 10


def duration(seconds: float) -> str:
    """Return a duration in its largest unit of which there are two or more: ``6 s``, ``90 min``, ``3.5 h``."""
    size, unit = next((each for each in reversed(_UNITS) if seconds >= 2 * each[0]), _UNITS[0])
    return f"{mean(seconds / size)} {unit}"


def mean(number: float) -> str:
    """Return a mean: with one decimal where it is small, and none where that is zero."""
    return f"{number:.1f}".removesuffix(".0") if number < _FEW else f"{number:.0f}"


def percent(share: float) -> str:
    """Return a share of 0..1 in whole percent, without the sign."""
    return f"{100 * share:.0f}"


def counted(count: int, words: tuple[str, str]) -> str:
    """Return a count with its word: `words` are for one and for several, and hold ``{count}``."""
    return words[count != 1].format(count=count)
