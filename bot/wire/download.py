"""Attachments from a platform's servers to disk, in pieces and never more than allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp

from bot.desk import FileGoneError, FileTooLargeError

_PIECE = 1 << 18
_HEAD = 1 << 16
_GONE = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 410})
"""Somewhere else counts as gone: no link of a platform leads on, unless to where one is asked who one is."""
_TIMEOUT = aiohttp.ClientTimeout(total=600, connect=30, sock_read=60)


def make_session() -> aiohttp.ClientSession:
    """Return a session that takes bytes as they come: nothing is unpacked on the way, no cookie kept."""
    return aiohttp.ClientSession(
        timeout=_TIMEOUT,
        auto_decompress=False,
        headers={"Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def download(
    session: aiohttp.ClientSession,
    link: str,
    target: Path,
    limit: int,
    headers: Mapping[str, str] | None = None,
    is_file: Callable[[aiohttp.ClientResponse], bool] = lambda _: True,
) -> None:
    """Write what is behind `link` to `target`, at most `limit` bytes.

    `is_file` tells by the head of an answer whether it is the file at all. Raises FileGoneError where it is not or
    the link has run out, FileTooLargeError, and what aiohttp raises for passing trouble.
    """
    async with session.get(link, headers=headers, allow_redirects=False) as response:
        if response.status in _GONE:
            raise FileGoneError
        if response.status != 200:
            raise aiohttp.ClientResponseError(response.request_info, (), status=response.status)
        if not is_file(response):
            raise FileGoneError
        # of a file that says how large it is, no more is read than it takes to see what it is
        declared = response.content_length or 0
        left = min(limit, _HEAD) if declared > limit else limit
        with target.open("wb") as file:
            async for piece in response.content.iter_chunked(_PIECE):
                file.write(piece[:left])
                left -= len(piece)
                if left < 0:
                    raise FileTooLargeError
        if declared > limit:
            raise FileTooLargeError
