"""Numbers that stand in the same place of many rows of bytes, read at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FORM = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>\d*)(?:\.(?P<part>\d*))?(?:[eE](?P<expsign>[-+]?)(?P<exp>\d+))?", re.ASCII
)
_EXACT = 15
"""Digits up to which a whole number and a power of ten are exact in a float64: their quotient is the nearest float."""
_TEN = 10.0 ** np.arange(23)
_FAR = 22
_POWERS = np.concatenate((10.0 ** np.arange(100), 10.0 ** np.arange(-99, 0)))
"""Powers of ten; a negative exponent counts from the end."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """How one number is written: which columns hold its digits, and where its point and exponent stand."""

    digits: NDArray[np.int64]
    decimals: int
    negative: bool = False
    exponent: NDArray[np.int64] | None = None
    shrinks: bool = False
    """True where the exponent is negative."""
    constant: float | None = None
    """The value of what has no digits: nan and inf."""

    @classmethod
    def of(cls, text: str, column: int) -> Numeral | None:
        """Return how `text`, which begins in `column`, is written; None where it is too long to be read exactly."""
        match = _FORM.fullmatch(text)
        if match is None:
            try:
                return cls(np.empty(0, np.int64), 0, constant=float(text))
            except ValueError:
                return None
        whole, part = match["whole"], match["part"] or ""
        if not 0 < len(whole) + len(part) <= _EXACT or len(match["exp"] or "") > 2:
            return None
        digits = [*range(*match.span("whole"))]
        if part:
            digits += range(*match.span("part"))
        return cls(
            np.array(digits, np.int64) + column,
            len(part),
            match["sign"] == "-",
            np.arange(*match.span("exp")) + column if match["exp"] else None,
            match["expsign"] == "-",
        )

    def estimate(self, rows: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the number of each row, right to some 15 digits: faster than `read`."""
        if self.constant is not None:
            return np.full(len(rows), self.constant)
        value = _whole(rows, self.digits)
        if self.exponent is not None:
            value *= _POWERS[(1 - 2 * self.shrinks) * _whole(rows, self.exponent).astype(np.int64)]
        value *= (1 - 2 * self.negative) / 10.0**self.decimals
        return value

    def read(self, rows: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the number of each row (float64, the nearest to what is written)."""
        if self.constant is not None:
            return np.full(len(rows), self.constant)
        mantissa = _whole(rows, self.digits)
        power = np.full(len(rows), -self.decimals, np.int64)
        if self.exponent is not None:
            exponent = _whole(rows, self.exponent).astype(np.int64)
            power += -exponent if self.shrinks else exponent
        far = np.abs(power) > _FAR
        near = np.clip(power, -_FAR, _FAR)
        value = np.where(near < 0, mantissa / _TEN[np.abs(near)], mantissa * _TEN[np.abs(near)])
        if far.any():
            pairs = zip(mantissa[far].tolist(), power[far].tolist(), strict=True)
            value[far] = [float(f"{whole:.0f}e{ten}") for whole, ten in pairs]
        return -value if self.negative else value


def _whole(rows: NDArray[np.uint8], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    value = np.zeros(len(rows))
    for column in columns.tolist():
        value *= 10
        value += rows[:, column]
    value -= 48.0 * ((10 ** len(columns) - 1) // 9)
    return value
