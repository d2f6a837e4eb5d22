"""The buttons below an answer, end to end, also after a restart."""

from pathlib import Path

from bot.cases.model import Verdict
from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import MARTA, OLEG, text_of
from tests.bot.discord.fake.world import CHANNEL, EPHEMERAL
from tests.bot.discord.live import connected
from tests.bot.live import CONFIG, LOG


@run_async
async def test_each_button_does_what_it_says_after_a_restart_too(tmp_path: Path) -> None:
    set_here = ServerSettings(channels=(CHANNEL,), answer_in="reply", role="777")
    async with FakeDiscord() as discord:
        people = discord.people
        async with connected(discord, tmp_path, set_here) as live:
            await people.post("it crashed", {"log.txt": LOG})
            answer = await live.answer()
            case = await live.case()
            await live.settled()
        async with connected(discord, tmp_path, set_here) as live:
            for action, verdict in (("fixed", "fixed"), ("did-not-help", "did-not-help"), ("wrong", "wrong")):
                thanks = await discord.answered(await people.press(answer, f"lt:{action}:{case}", OLEG))
                assert thanks["flags"] & EPHEMERAL
                view = await live.desk.lookup.case(case)
                assert view is not None
                assert view.feedback == {Verdict(verdict): 1}

            details = await discord.answered(await people.press(answer, f"lt:details:{case}"))
            assert details["flags"] & EPHEMERAL
            assert "What shows it" in text_of(details)

            called = await discord.answered(await people.press(answer, f"lt:call-moderator:{case}"))
            assert "<@&777>" in called["content"]
            assert list(map(str, called["allowed_mentions"]["roles"])) == ["777"]
            assert "everyone" not in called["allowed_mentions"].get("parse", [])
            again = await discord.answered(await people.press(answer, f"lt:call-moderator:{case}"))
            assert "already" in text_of(again)

            refused = await discord.answered(await people.press(answer, f"lt:add-files:{case}", OLEG))
            assert "Only the person who asked" in text_of(refused)
            form = await people.press(answer, f"lt:add-files:{case}")
            await discord.answered(form)
            added = await people.fill_in(form, "", {"config.yaml": CONFIG}, answer)
            assert f"Added to case {case}" in text_of(await discord.answered(added))
            await discord.until(lambda: "Corrected config" in text_of(answer))
            await live.settled()

            refused = await discord.answered(await people.press(answer, f"lt:delete:{case}", OLEG))
            assert "Only the person who asked" in text_of(refused)
            assert answer["id"] in discord.world.messages
            deleted = await discord.answered(await people.press(answer, f"lt:delete:{case}"))
            assert f"Case {case} is deleted" in text_of(deleted)
            await discord.until(lambda: answer["id"] not in discord.world.messages)
            gone = await discord.answered(await people.press({**answer, "id": called["id"]}, f"lt:fixed:{case}"))
            assert f"no case {case}" in text_of(gone)
    assert discord.world.unknown == []


@run_async
async def test_a_moderator_deletes_what_is_not_theirs(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        discord.people.moderators.add(OLEG["id"])
        await discord.people.post("it crashed", {"log.txt": LOG}, MARTA)
        answer = await live.answer()
        await live.settled()
        await discord.answered(await discord.people.press(answer, f"lt:delete:{await live.case()}", OLEG))
        await discord.until(lambda: answer["id"] not in discord.world.messages)


@run_async
async def test_without_a_role_nobody_is_called_and_the_person_is_told(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        await discord.people.post("it crashed", {"log.txt": LOG})
        answer = await live.answer()
        case = await live.case()
        told = await discord.answered(await discord.people.press(answer, f"lt:call-moderator:{case}"))
        assert "/triage-settings" in text_of(told)
        assert told["flags"] & EPHEMERAL
