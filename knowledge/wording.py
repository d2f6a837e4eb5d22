"""Fills the placeholders of texts: ``{config.batch_size}`` becomes the value, in words that people read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.expressions import Context, Value

_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_0-9]+)?)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SHOWN = 5


def fill(text: str, context: Context, own: Mapping[str, str] | None = None) -> str | None:
    """Return `text` with its placeholders filled, or None where nothing is left of it.

    A sentence with a placeholder that has no value, or an empty list, is left out: better short than "lr is None".
    `own` holds further values by plain name.
    """
    values = own or {}
    sentences = []
    for sentence in _SENTENCE_END.split(text):
        replaced = _PLACEHOLDER.sub(lambda match: _value(match.group(1), context, values), sentence)
        if "\0" not in replaced:
            sentences.append(replaced)
    return " ".join(sentences) or None


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders in `text`."""
    return tuple(_PLACEHOLDER.findall(text))


def _value(name: str, context: Context, own: Mapping[str, str]) -> str:
    group, _, field = name.partition(".")
    if not field:
        return own.get(name, "\0")
    value = context.get(group, {}).get(field)
    return "\0" if value is None or value == [] else shown(value)


def shown(value: Value) -> str:
    """Return a value as people write it: 0.0002, yes, "a, b, c and 4 more"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.2g}"
    if isinstance(value, list):
        rest = len(value) - _SHOWN
        return ", ".join(shown(item) for item in value[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    return str(value)
