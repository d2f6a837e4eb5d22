"""Unquoted words to values, as the trainers' own loaders resolve them."""

from __future__ import annotations

import re

from diagnostics.config.tree import Scalar

_LONGEST_NUMBER = 64
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {
    spelling: value
    for word, value in (("yes", True), ("no", False), ("true", True), ("false", False), ("on", True), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
}
_YAML_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*)$")
_YAML_FLOAT = re.compile(
    # ai-toolkit replaces PyYAML's float pattern by one that takes 1e-4 (toolkit/config.py)
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)$"
)
_YAML_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$")
_TOML_INT = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)$")
_TOML_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][-+]?[0-9_]+)?|inf|nan)$")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$")


def yaml_scalar(word: str) -> Scalar:
    """Return what ai-toolkit's YAML loader makes of an unquoted `word`."""
    if word in _NULL:
        return None
    if word in _BOOLS:
        return _BOOLS[word]
    if len(word) <= _LONGEST_NUMBER:
        digits = word.replace("_", "")
        if _YAML_INT.match(word):
            return _integer(digits, octal="0")
        if _YAML_FLOAT.match(word):
            return float(digits)
        if _YAML_SPECIAL.match(word):
            return float(word.replace(".", "", 1).lower())
    return word


def toml_scalar(word: str) -> Scalar:
    """Return the value of a bare TOML `word`; raises ValueError where TOML has no such value."""
    if word in ("true", "false"):
        return word == "true"
    if len(word) <= _LONGEST_NUMBER:
        digits = word.replace("_", "")
        if _TOML_INT.match(word):
            return _integer(digits, octal="0o")
        if _TOML_FLOAT.match(word):
            return float(digits)
    raise ValueError(word)


def number(text: str) -> int | float | None:
    """Return the number that `text` spells, or None."""
    word = text.strip()
    if len(word) > _LONGEST_NUMBER or not _NUMBER.match(word):
        return None
    try:
        return int(word)
    except ValueError:
        return float(word)


def _integer(digits: str, octal: str) -> int:
    sign = -1 if digits.startswith("-") else 1
    body = digits.lstrip("+-")
    for prefix, base in (("0x", 16), ("0b", 2), (octal, 8)):
        if body.startswith(prefix) and len(body) > len(prefix):
            try:
                return sign * int(body.removeprefix(prefix), base)
            except ValueError:
                break
    return sign * int(body or "0")
