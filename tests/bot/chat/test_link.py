from dataclasses import replace
from pathlib import Path

from bot.chat.answer import answer
from bot.slack.render import draw
from diagnostics.diagnose import Diagnostician
from docs.look.example import README, reply_of
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import text_of
from tests.bot.discord.live import connected
from tests.bot.live import LOG

LINK = "https://triage.example.org/s/abcdefghijklmnopqrstuv"


@run_async
async def test_on_discord_a_reply_links_to_the_page_of_its_case_where_there_is_one(tmp_path: Path) -> None:
    async with FakeDiscord() as chat, connected(chat, tmp_path, web_url="https://triage.example.org") as live:
        await chat.people.post("it crashed", {"log.txt": LOG})
        said = text_of(await live.answer())
        secret = await live.desk.links.shared(await live.case())
        assert f"](<https://triage.example.org/s/{secret}>)" in said


@run_async
async def test_where_links_are_off_there_is_none(tmp_path: Path) -> None:
    async with (
        FakeDiscord() as chat,
        connected(chat, tmp_path, web_url="https://triage.example.org", web_links=False) as live,
    ):
        await chat.people.post("it crashed", {"log.txt": LOG})
        assert "triage.example.org" not in text_of(await live.answer())
        assert await live.desk.links.shared(await live.case()) is None


def test_on_slack_it_is_a_link_element(diagnostician: Diagnostician) -> None:
    reply = replace(reply_of(README[0][1], diagnostician), link=LINK)
    blocks = draw(answer(reply, diagnostician.knowledge), diagnostician.knowledge).blocks
    elements = [each for block in blocks for part in block.get("elements", ()) for each in part.get("elements", ())]
    (link,) = [each for each in elements if each["type"] == "link"]
    assert (link["url"], link["text"]) == (LINK, "Case 7KQ4MD on the web")
