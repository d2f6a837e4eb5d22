"""What others say of an answer, end to end: verdicts, the fix they were about, and the next answer."""

from pathlib import Path

from tests.bot.asynchronous import run_async
from tests.bot.live import LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import elements_of, flat, text_of
from tests.bot.slack.live import connected


@run_async
async def test_the_next_answer_says_how_often_and_what_helped(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        people = slack.people
        zoe = slack.world.add_person("U0ZOE", "zoe")
        async with connected(slack, tmp_path) as live:
            await people.post("it crashed", {"log.txt": LOG})
            answer = await live.answer()
            case = await live.case()
            await live.settled()
            assert "this month" not in flat(answer)
            for person in (people.marta, people.oleg, zoe):
                thanks = await slack.answered(await people.press(answer, f"lt:fixed:{case}", person))
                (menu,) = (each for _, each in elements_of(thanks) if each["action_id"].startswith("lt:tried:"))
                chosen = menu["options"][0]
                noted = await people.press(thanks, menu["action_id"], person, [chosen["value"]])
                assert "noted" in text_of(await slack.answered(noted))
            await people.post("mine too", {"log.txt": LOG + b"\n"}, people.oleg)
            second = flat(await live.answer(1))
        assert "2nd case of this here this month; 3 of 3 who tried" in second
        assert "3 of 3 who tried this say it fixed it" in second
        assert slack.complaints() == []
