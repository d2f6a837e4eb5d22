"""The buttons below an answer, end to end, also after a restart."""

from pathlib import Path

from bot.cases.model import Verdict
from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat, text_of
from tests.bot.slack.fake.world import CHANNEL
from tests.bot.slack.live import connected


@run_async
async def test_each_button_does_what_it_says_after_a_restart_too(tmp_path: Path) -> None:
    set_here = ServerSettings(channels=(CHANNEL,), role="S0MODS")
    async with FakeSlack() as slack:
        slack.world.groups.append({"id": "S0MODS", "handle": "mods", "name": "Moderators"})
        people = slack.people
        async with connected(slack, tmp_path, set_here) as live:
            asked = await people.post("it crashed", {"log.txt": LOG})
            answer = await live.answer()
            case = await live.case()
            await live.settled()
        async with connected(slack, tmp_path, set_here) as live:
            for action in ("fixed", "did-not-help", "wrong"):
                call = await people.press(answer, f"lt:{action}:{case}", people.oleg)
                assert (await slack.answered(call))["ephemeral"]
                view = await live.desk.lookup.case(case)
                assert view is not None
                assert view.feedback == {Verdict(action): 1}
                assert answer["blocks"], "the answer stays"

            details = await slack.answered(await people.press(answer, f"lt:details:{case}"))
            assert "What shows it" in text_of(details)

            before = len(slack.world.visible())
            await people.press(answer, f"lt:call-moderator:{case}")
            called = (await slack.until(lambda: slack.world.visible()[before:]))[0]
            assert "S0MODS" in str(called)
            assert "<!channel>" not in str(called)
            assert called["thread_ts"] == asked["ts"]
            again = await slack.answered(await people.press(answer, f"lt:call-moderator:{case}"))
            assert "already" in text_of(again)

            refused = await slack.answered(await people.press(answer, f"lt:add-files:{case}", people.oleg))
            assert "Only the person who asked" in text_of(refused)
            form = await slack.answered(await people.press(answer, f"lt:add-files:{case}"))
            assert form["type"] == "modal"
            added = await people.fill_in(form, "", {"config.yaml": CONFIG})
            assert f"Added to case {case}" in text_of(await slack.answered(added))
            await slack.until(lambda: "Corrected config" in flat(answer))
            await live.settled()

            refused = await slack.answered(await people.press(answer, f"lt:delete:{case}", people.oleg))
            assert "Only the person who asked" in text_of(refused)
            assert answer in slack.world.visible()
            deleted = await slack.answered(await people.press(answer, f"lt:delete:{case}"))
            assert f"Case {case} is deleted" in text_of(deleted)
            await slack.until(lambda: answer not in slack.world.visible())
            await slack.until(lambda: not slack.world.shares())
            slack.world.messages[answer["channel"], answer["ts"]] = answer
            gone = await slack.answered(await people.press(answer, f"lt:fixed:{case}"))
            assert f"no case {case}" in text_of(gone)
    assert slack.complaints() == []


@run_async
async def test_a_moderator_deletes_what_is_not_theirs(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        slack.people.oleg["is_admin"] = True
        await slack.people.post("it crashed", {"log.txt": LOG})
        answer = await live.answer()
        await live.settled()
        await slack.answered(await slack.people.press(answer, f"lt:delete:{await live.case()}", slack.people.oleg))
        await slack.until(lambda: answer not in slack.world.visible())


@run_async
async def test_without_a_role_nobody_is_called_and_the_person_is_told(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        await slack.people.post("it crashed", {"log.txt": LOG})
        answer = await live.answer()
        case = await live.case()
        told = await slack.answered(await slack.people.press(answer, f"lt:call-moderator:{case}"))
        assert "/triage-settings" in text_of(told)
        assert told["ephemeral"]
