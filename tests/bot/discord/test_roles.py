"""One process listens to Discord, another one answers; and servers that are divided into shards."""

from pathlib import Path

from pydantic import SecretStr

from bot.cases.servers import ServerSettings
from bot.desk import Desk
from bot.discord import adapter
from bot.discord.client import ShardedClient, Shards, make_client
from bot.wire.links import Links
from tests.bot import live
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.fake.point import point
from tests.bot.discord.fake.world import CHANNEL, GUILD
from tests.bot.discord.live import Live, connected, settings
from tests.bot.live import FOUND, LOG
from tests.postgres import migrated_database


@run_async
async def test_a_worker_answers_what_a_gateway_heard(tmp_path: Path) -> None:
    shared = {"database": migrated_database(), "secret": SecretStr("0123456789abcdef")}
    async with FakeDiscord() as discord:
        point(discord.base)
        hears = settings(tmp_path / "gateway", role="gateway", **shared)
        works = settings(tmp_path / "worker", role="worker", **shared)
        listening, answering = adapter(hears), adapter(works)
        async with Desk(hears, [listening]).opened() as gateway, Desk(works, [answering]).opened() as worker:
            await gateway.servers.put("discord", GUILD, ServerSettings(channels=(CHANNEL,), answer_in="reply"))
            async with (
                live.running(listening, gateway, lambda: discord.gateway.identified),
                live.answering(answering, worker),
            ):
                here = Live(gateway, discord)
                await discord.people.post("", {"log.txt": LOG})
                await here.answer()
                await discord.people.command("diagnose", files={"log.txt": LOG + b"again"})
                answer = await here.answer(1)
                await here.settled()
            assert FOUND in text_of(answer)
            assert len(discord.world.visible()) == 2
            assert discord.gateway.identified == 1, "who only answers does not listen"
            assert sum(worker.answered.values()) == 2


@run_async
async def test_each_shard_has_its_own_connection(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, discord_shards=2) as here:
        await discord.until(lambda: len(discord.gateway.shards) == 2)
        assert sorted(discord.gateway.shards) == [(0, 2), (1, 2)]
        await discord.people.post("", {"log.txt": LOG})
        await here.answer()


@run_async
async def test_a_process_listens_to_its_own_shards_alone(tmp_path: Path) -> None:
    async with Desk(settings(tmp_path), []).opened() as desk:
        one = make_client(desk, Links(), Shards(4, (2,)))
        some = make_client(desk, Links(), Shards(4, (1, 3)))
        assert (one.shard_id, one.shard_count) == (2, 4)
        assert isinstance(some, ShardedClient)
        assert some.shard_ids == [1, 3]
