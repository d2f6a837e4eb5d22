"""A report as it was kept, back in its types."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from diagnostics.report import SCHEMA, Report


class OldReportError(Exception):
    """The report was kept in another form than this version knows."""


def report_of(kept: dict[str, Any]) -> Report:
    """Return the report whose `to_dict` is `kept`; raises `OldReportError`.

    Numbers that JSON has no words for were kept as null, and are missing from the result.
    """
    if kept.get("schema") != SCHEMA:
        raise OldReportError
    try:
        return _adapter().validate_python(_without_nulls(kept))
    except ValidationError as error:
        raise OldReportError from error


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
