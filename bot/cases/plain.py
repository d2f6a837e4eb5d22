"""Text as every database can hold it."""

from __future__ import annotations


def plain(value: str) -> str:
    """Return text without NUL, which PostgreSQL refuses, and without halves of surrogate pairs, which are no UTF-8."""
    if "\0" not in value and value.isprintable():
        return value
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
