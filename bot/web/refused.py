"""A request that is not carried out, and why, in words for the person."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  # it is the answer, and no fault
    """Carries the HTTP status; the text may be empty where the status says enough."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
