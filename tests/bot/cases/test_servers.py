from pathlib import Path

from bot.cases.servers import Servers, ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened


@run_async
async def test_what_is_set_holds_at_once_and_for_other_processes_within_a_second(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        here, there = Servers(store.database), Servers(store.database)
        assert await here.get("test", "s") == await there.get("test", "s") == ServerSettings()
        chosen = ServerSettings(channels=("c",), quiet=True)
        await here.put("test", "s", chosen)
        assert await here.get("test", "s") == chosen
        there._kept.update({server: (at - 1, kept) for server, (at, kept) in there._kept.items()})
        assert await there.get("test", "s") == chosen
