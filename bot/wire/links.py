"""Links of attachments that were seen lately, so that the platform need not be asked for each anew."""

from __future__ import annotations

from collections import OrderedDict

_MOST = 5_000


class Links:
    """Link by attachment; the oldest are forgotten first. They may run out, so nobody may rely on one."""

    def __init__(self) -> None:
        self._links: OrderedDict[str, str] = OrderedDict()

    def put(self, file: str, link: str) -> None:
        """Remember a link."""
        self._links[file] = link
        self._links.move_to_end(file)
        if len(self._links) > _MOST:
            self._links.popitem(last=False)

    def get(self, file: str) -> str | None:
        """Return the link that was seen last, if it is remembered."""
        return self._links.get(file)
