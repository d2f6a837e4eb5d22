"""Files of the page in a bucket, where the workers that read them are on other machines."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.desk import FileGoneError, FileTooLargeError
from bot.settings import PREFIX, Settings, SettingsError
from bot.web.spool import Spool, is_thread

if TYPE_CHECKING:
    from obstore.store import S3Store

_PIECE = 1 << 20


def make_spool(settings: Settings) -> Spool:
    """Return where files of the page are kept; raises `SettingsError` where that needs what is not installed."""
    home = settings.data.absolute() / "uploads"
    return BucketSpool(home, _store(settings)) if settings.web_store else Spool(home)


class BucketSpool(Spool):
    """The folder holds what is being written; a file that is whole goes to the bucket, under the same name."""

    def __init__(self, home: Path, store: S3Store) -> None:
        super().__init__(home)
        self._store = store

    async def keep(self, file: str) -> None:
        """Put a file that was written into the bucket."""
        import obstore

        path = self.path(file)
        if path is not None:
            await obstore.put_async(self._store, _key(path), path)
            await super().discard(file)

    async def hand(self, file: str, target: Path, limit: int) -> None:
        """Put a file at `target`. Raises FileGoneError, and FileTooLargeError with its beginning."""
        import obstore

        path = self.path(file)
        if path is None:
            raise FileGoneError
        try:
            found = await obstore.get_async(self._store, _key(path))
        except FileNotFoundError as error:
            raise FileGoneError from error
        left = limit
        with target.open("wb") as to:
            async for piece in found.stream(min_chunk_size=_PIECE):
                to.write(memoryview(piece)[:left])
                left -= len(piece)
                if left < 0:
                    raise FileTooLargeError

    async def drop(self, thread: str) -> None:
        """Delete the files of a thread."""
        await super().drop(thread)
        if is_thread(thread):
            await self._delete([key for key, _ in await self._listed(thread)])

    async def discard(self, file: str) -> None:
        """Delete one file."""
        await super().discard(file)
        path = self.path(file)
        if path is not None:
            await self._delete([_key(path)])

    async def expire(self, older_than: float) -> int:
        """Delete what nobody added to for so many seconds; returns the number of threads."""
        oldest = datetime.fromtimestamp(time.time() - older_than, UTC)
        newest: dict[str, datetime] = {}
        listed = await self._listed()
        for key, changed in listed:
            thread = key.partition("/")[0]
            newest[thread] = max(changed, newest.get(thread, changed))
        due = {thread for thread, changed in newest.items() if changed <= oldest}
        await self._delete([key for key, _ in listed if key.partition("/")[0] in due])
        # and what is left of uploads that were broken off
        return len(due) + await super().expire(older_than)

    async def _listed(self, thread: str | None = None) -> list[tuple[str, datetime]]:
        import obstore

        found = obstore.list(self._store, prefix=thread)
        return [(str(each["path"]), each["last_modified"]) async for some in found for each in some]

    async def _delete(self, keys: list[str]) -> None:
        import obstore

        if keys:
            await obstore.delete_async(self._store, keys)


def _key(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _store(settings: Settings) -> S3Store:
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise SettingsError(
            f"{PREFIX}WEB_STORE needs what is not installed: pip install 'lora-triage[distributed]'."
        ) from error
    bucket, _, folder = settings.web_store.removeprefix("s3://").strip("/").partition("/")
    how: dict[str, Any] = {"region": settings.web_store_region}
    if settings.web_store_endpoint:
        how["endpoint"] = settings.web_store_endpoint
        how["client_options"] = {"allow_http": settings.web_store_endpoint.startswith("http://")}
    if settings.web_store_key and settings.web_store_secret is not None:
        how["access_key_id"] = settings.web_store_key
        how["secret_access_key"] = settings.web_store_secret.get_secret_value()
    return S3Store(bucket, prefix=folder or None, **how)
