"""Words to numbers: characters read one by one, powers of ten told by their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.screenshot.glyphs import features, network
from diagnostics.screenshot.text import Box, Word, joined

_FORM = re.compile(r"([-+]?)(\d{1,9}|\d{1,3}(?:,\d{3}){1,3})?(\.\d{1,9})?(?:e([-+]?\d{1,2}))?([kKMm%])?")
_TIMES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e-3, "%": 0.01}
_RAISED = 0.45
"""A character that ends above this share of the height, and is no dot or dash, is an exponent."""
_LEAST_RAISED = 0.4
_DASH = 0.4
"""A character before an exponent that is at most this share of its height is its minus."""
_RAISED_FROM = 2
_LONGEST = 12
_SIGN = 2.0
"""The digit before a power of ten stands at most so many heights away from it."""
_WIDEST = 1.15
"""A character is at most so many times as wide as high."""
_MOST_PARTS = 6
_NONE = 0.02
Piece = tuple[Box, ...]
_OTHER = 0.35
"""Weight of "no character of a number": letters stand in words, which fail as numbers anyway."""


@dataclass(frozen=True, slots=True)
class Label:
    """A number read off a picture: its value, the middle of its ink in pixels, how sure its least sure character is."""

    value: float
    x: float
    y: float
    score: float
    box: Box
    power: bool = False
    """True where it is written as a power of ten."""
    factor: bool = False
    """True for ``1e-3`` and the like, which may stand over an axis as its factor."""


def read_label(word: Word, least: float) -> Label | None:
    """Read a word as a number; None where it is none, or a character matches less than `least`."""
    if len(word.pieces) > _LONGEST:
        return None
    raised = _raised(word)
    base = word.pieces[: len(word.pieces) - len(raised)]
    text, score = _read(word, base, word.top, word.bottom)
    power = 0.0
    if raised:
        above = joined(tuple(box for piece in raised for box in piece))
        negative = joined(raised[0]).height <= _DASH * above.height and len(raised) > 1
        exponent, sure = _read(word, raised[negative:], above.top, above.bottom)
        exponent, score = "-" * negative + exponent, min(score, sure)
        if not re.fullmatch(r"-?\d{1,2}", exponent) or not re.fullmatch(r"(?:\dx)?10", text):
            return None
        power = float(exponent)
        value = (float(text[0]) if "x" in text else 1.0) * 10**power
    else:
        parsed = parse(text)
        if parsed is None:
            return None
        value = parsed
    if score < least:
        return None
    # the middle of the ink: of a power of ten that of its 10
    middle = word.box.top + (word.top + word.bottom + 1) / 2
    across = word.box.left + (word.pieces[0][0].left + word.pieces[-1][-1].right + 1) / 2
    factor = bool(re.fullmatch(r"1e[-+]?\d{1,3}", text)) and not raised
    return Label(value, across, middle, score, word.box, bool(raised), factor)


def with_digits(labels: Sequence[Label]) -> list[Label]:
    """Join the digit of ``6 x 10^-1`` to its power of ten: they stand apart, with a sign between them."""
    found = list(labels)
    for power in [label for label in labels if label.power]:
        height = power.box.height
        for digit in labels:
            near = 0 < power.box.left - digit.box.right < _SIGN * height and abs(digit.y - power.y) < 0.5 * height
            if near and digit.value in range(1, 10) and digit in found:
                found.remove(power)
                found.remove(digit)
                found.append(replace(power, value=power.value * digit.value))
                break
    return found


def parse(text: str) -> float | None:
    """Return the number in a tick label (``0.15``, ``1,250``, ``2.5k``, ``1e-3``, ``15%``); None for any other text."""
    # a tick beside a label looks like a dash after it, and a small k like an x, which ends no number
    plain = re.sub(r"x$", "k", text.rstrip("-"))
    # a comma that parts no thousands is a decimal one
    match = _FORM.fullmatch(plain) or _FORM.fullmatch(re.sub(r"^(\d{1,2}),(\d{1,2})$", r"\1.\2", plain))
    if match is None or (match[2] is None and match[3] is None):
        return None
    sign, whole, part, exponent, times = match.groups()
    number = float((whole or "0").replace(",", "") + (part or "")) * 10 ** float(exponent or 0)
    return (-number if sign == "-" else number) * _TIMES[times or ""]


def _raised(word: Word) -> tuple[Piece, ...]:
    """Return the pieces at the end of a word that stand higher than the rest, as exponents do."""
    height = word.bottom - word.top + 1
    limit = word.bottom - _RAISED * height + 1
    boxes = [joined(piece) for piece in word.pieces]
    count = 0
    for box in reversed(boxes):
        if box.bottom > limit:
            break
        count += 1
    start = len(boxes) - count
    digits = [box for box in boxes[start:] if box.height >= _LEAST_RAISED * height]
    return word.pieces[start:] if count and digits and start >= _RAISED_FROM else ()


def _read(word: Word, pieces: tuple[Piece, ...], top: int, bottom: int) -> tuple[str, float]:
    """Read pieces one after the other; return the text and the least of the matches."""
    read = [_read_piece(word, piece, top, bottom) for piece in pieces]
    return "".join(text for text, _ in read), min((sure for _, sure in read), default=0.0)


def _read_piece(word: Word, parts: Piece, top: int, bottom: int) -> tuple[str, float]:
    """Read a piece as the characters that match best: every way of joining its parts is weighed (Viterbi 1967)."""
    fitted, widest = network(), _WIDEST * (bottom - top + 1)
    spans = [
        (first, after, box)
        for first in range(len(parts))
        for after in range(first + 1, min(len(parts), first + _MOST_PARTS) + 1)
        if (box := joined(parts[first:after])).width <= widest or after == first + 1
    ]
    shares = fitted.probabilities(np.stack([features(word, box, top, bottom) for _, _, box in spans]))
    shares[:, fitted.classes.index("~")] *= _OTHER
    shares /= shares.sum(axis=1, keepdims=True)
    numeric = np.array([name != "~" for name in fitted.classes])
    best: list[tuple[float, str, float] | None] = [(0.0, "", 1.0), *([None] * len(parts))]
    for (first, after, _), row in zip(spans, shares, strict=True):
        before = best[first]
        if before is None:
            continue
        # no character of a number is a way out, never a choice
        character = int(np.where(numeric, row, 0).argmax())
        known_one = float(row[character]) > _NONE
        share, name = (float(row[character]), fitted.classes[character]) if known_one else (_NONE, "~")
        total = before[0] + float(np.log(share))
        known = best[after]
        if known is None or total > known[0]:
            best[after] = (total, before[1] + name, min(before[2], share))
    found = best[-1]
    return (found[1], found[2]) if found else ("~", 0.0)
