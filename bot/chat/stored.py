"""A report as it was kept, back in its types."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.chat.text import cut
from diagnostics.report import SCHEMA, Report

MOST_SHOWN = 60_000
"""Characters of a whole report as JSON; real ones have about 10,000. Only a hostile bundle makes one longer."""
_LONGEST_TEXT = 2000
_MOST_ITEMS = 200
_NEVER_CUT = "config_patch"


class OldReportError(Exception):
    """The report was kept in another form than this version knows."""


def report_of(kept: dict[str, Any]) -> Report:
    """Return the report whose `to_dict` is `kept`; raises `OldReportError`.

    Numbers that JSON has no words for were kept as null, and are missing from the result. Of a report beyond
    `MOST_SHOWN` the texts and lists are cut, so that showing it takes no time to speak of.
    """
    if kept.get("schema") != SCHEMA:
        raise OldReportError
    try:
        return _adapter().validate_python(_without_nulls(_cut(kept) if is_long(kept) else kept))
    except ValidationError as error:
        raise OldReportError from error


def is_long(kept: dict[str, Any]) -> bool:
    """Tell whether a report is too long to be shown uncut."""
    return len(whole(kept)) > MOST_SHOWN


def whole(kept: dict[str, Any]) -> str:
    """Return the report as JSON."""
    return json.dumps(kept, ensure_ascii=False, indent=1)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def _without_nulls(kept: dict[str, Any]) -> dict[str, Any]:
    facts = {name: _fact(value) for name, value in kept.get("facts", {}).items() if value is not None}
    loss = kept.get("loss")
    return {**kept, "facts": facts, "loss": None if loss is None else {name: _number(loss[name]) for name in loss}}


def _fact(value: Any) -> Any:
    return [each for each in value if each is not None] if isinstance(value, list) else value


def _number(value: Any) -> Any:
    """Intervals and pairs that lack a number are missing as a whole."""
    if isinstance(value, dict):
        return None if None in value.values() else value
    if isinstance(value, list):
        return [each for each in value if not (isinstance(each, list) and None in each)]
    return value


def _cut(value: Any) -> Any:
    """Cut what is too long; a report nests a handful of levels."""
    if isinstance(value, dict):
        return {name: each if name == _NEVER_CUT else _cut(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(each) for each in value[:_MOST_ITEMS]]
    return cut(value, _LONGEST_TEXT) if isinstance(value, str) else value
