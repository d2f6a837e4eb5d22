"""What others say of an answer, end to end: verdicts, the fix they were about, and the next answer."""

from pathlib import Path

from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import MARTA, OLEG, components_of, text_of
from tests.bot.discord.fake.world import user
from tests.bot.discord.live import connected
from tests.bot.live import LOG

_ZOE = user("100000000000009999", "zoe")


@run_async
async def test_the_next_answer_says_how_often_and_what_helped(tmp_path: Path) -> None:
    async with FakeDiscord() as discord:
        people = discord.people
        async with connected(discord, tmp_path) as live:
            await people.post("it crashed", {"log.txt": LOG})
            answer = await live.answer()
            case = await live.case()
            await live.settled()
            assert "this month" not in text_of(answer)
            for person in (MARTA, OLEG, _ZOE):
                thanks = await discord.answered(await people.press(answer, f"lt:fixed:{case}", person))
                (menu,) = (each for each in components_of(thanks) if each.get("custom_id", "").startswith("lt:tried:"))
                assert menu["max_values"] == 1
                chosen = menu["options"][0]
                noted = await discord.answered(await people.press(thanks, menu["custom_id"], person, [chosen["value"]]))
                assert "noted" in text_of(noted)
            await people.post("mine too", {"log.txt": LOG + b"\n"}, OLEG)
            second = text_of(await live.answer(1))
        assert f"2nd case of this here this month; 3 of 3 who tried “{chosen['label']}” say it fixed it" in second
        assert "3 of 3 who tried this say it fixed it" in second
