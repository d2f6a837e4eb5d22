"""How long a case has the whole store for itself: what limits many workers on one PostgreSQL in the end.

.venv/bin/python -m benchmarks.store_turns [CASES]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.cases import postgres
from bot.cases.database import Database, migrate
from tests.bot.cases import store
from tests.postgres import start


async def main(cases: int) -> None:
    """Print the time in turns of the whole store, and in those about one case, for each case."""
    server = await asyncio.to_thread(start, True)
    url = server.url(server.new())
    await asyncio.to_thread(migrate, url)
    store.url_of = lambda folder: url  # noqa: ARG005  # as the tests call it
    held = {"": 0.0, "about one case": 0.0}
    begun: dict[int, tuple[float, str]] = {}
    take_turn, writing = postgres.take_turn, Database._writing

    async def timed(session: Any, about: str) -> None:
        await take_turn(session, about)
        begun[id(session)] = (time.perf_counter(), "about one case" if about else "")

    @asynccontextmanager
    async def until_committed(database: Database) -> AsyncIterator[Any]:
        session = None
        try:
            async with writing(database) as session:
                yield session
        finally:
            started, kind = begun.pop(id(session), (time.perf_counter(), ""))
            held[kind] += time.perf_counter() - started

    postgres.take_turn = timed
    Database._writing = until_committed  # type: ignore[method-assign,assignment]
    with tempfile.TemporaryDirectory() as folder:
        async with store.opened(Path(folder)) as made:
            for number in range(cases):
                new = store.submission(f"m{number}", person=f"p{number}", server=f"s{number % 40}")
                claim = await made.queue.take((await made.intake.receive(new)).case)
                assert claim is not None
                assert await made.outbox.keep(claim, store.result(claim))
                assert await made.outbox.slot(claim)
                assert await made.outbox.sent(claim, f"r{number}", claim.case.place)
    server.stop()
    for kind, seconds in held.items():
        print(f"{kind or 'the whole store'}: {seconds / cases * 1000:.1f} ms a case")
    print(f"at most {cases / held['']:.0f} cases a second, however many workers there are")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
