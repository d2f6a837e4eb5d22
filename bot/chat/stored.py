"""A report as it was kept, back in its types."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from diagnostics.report import SCHEMA, Report


class OldReportError(Exception):
    """The report was kept in another form than this version knows."""


def report_of(kept: dict[str, Any]) -> Report:
    """Return the report whose `to_dict` is `kept`; raises `OldReportError`."""
    if kept.get("schema") != SCHEMA:
        raise OldReportError
    try:
        return _adapter().validate_python(kept)
    except ValidationError as error:
        raise OldReportError from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
