"""Prose to comparable tokens: one spelling for case, accents, apostrophes and widths, one token for each CJK sign."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CONTRACTION = re.compile(r"(?<=[^\W\d_])['\u2019\u2018`\u00b4\u02bc](?=(?:t|s|re|ve|ll|d|m)\b)")
_STRETCHED = re.compile(r"([a-z\u0430-\u044f])\1{2,}")
_CJK = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u3005\u30fc"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_CJK_WIDTH = 0.5
_MARKS = dict.fromkeys(range(0x300, 0x370))


@dataclass(frozen=True, slots=True)
class Tokens:
    """Normalised tokens of a text. `at[i]` is the place of token i counted in words: two CJK signs make one word."""

    words: tuple[str, ...]
    at: tuple[float, ...]


def is_cjk(word: str) -> bool:
    """Tell whether a token is a Chinese, Japanese or Korean sign: such tokens are never longer than one."""
    return _IS_CJK.match(word) is not None


def normalise(text: str) -> str:
    """Return `text` in one spelling: lower case, no accents, no apostrophe in contractions, no stretched letters.

    Full-width forms become plain (NFKD); only combining marks of the Latin, Greek and Cyrillic kind are dropped, so
    that Japanese voicing marks and Hangul survive.
    """
    plain = _CONTRACTION.sub("", text).casefold()
    if not plain.isascii():
        split = unicodedata.normalize("NFKD", plain)
        plain = unicodedata.normalize("NFC", split.translate(_MARKS))
    return _STRETCHED.sub(r"\1\1", plain)


def words_of(normal: str) -> tuple[str, ...]:
    """Split normalised text into words; anything that is neither letter nor digit divides them."""
    return tuple(_TOKEN.findall(normal))


def tokenise(text: str) -> Tokens:
    """Normalise `text` and split it into words with their places."""
    words = words_of(normalise(text))
    places: list[float] = []
    place = 0.0
    for word in words:
        places.append(place)
        place += _CJK_WIDTH if is_cjk(word) else 1.0
    return Tokens(words, tuple(places))
