from pathlib import Path

from benchmarks.simulated_cases import Size, simulate
from tests.bot.asynchronous import run_async
from tests.bot.cases.recount import kept_tallies, true_tallies
from tests.bot.cases.store import opened


@run_async
async def test_the_counts_of_the_simulation_are_those_of_its_cases(tmp_path: Path) -> None:
    simulate(tmp_path / "cases.sqlite", Size(600, servers=3, days=40))
    async with opened(tmp_path) as store:
        kept = await kept_tallies(store.database)
        assert kept == await true_tallies(store.database)
        assert sum(value[0] for key, value in kept.items() if key[2] == "case") == 600
