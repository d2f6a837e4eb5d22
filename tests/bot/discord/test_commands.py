"""Commands, the context menu, forms and the guide, end to end."""

import time
from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.discord.fake import FakeDiscord
from tests.bot.discord.fake.people import MARTA, OLEG, components_of, text_of
from tests.bot.discord.fake.world import EPHEMERAL, GUILD, Json
from tests.bot.discord.live import connected
from tests.bot.live import CONFIG, LOG


def menu(message: Json, action: str) -> Json:
    (found,) = [each for each in components_of(message) if each.get("custom_id", "").startswith(f"lt:{action}:")]
    return found


@run_async
async def test_a_command_with_files_is_answered_in_place_and_the_case_is_on_disk_before(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        files = {"log.txt": LOG, "config.yaml": CONFIG}
        call = await discord.people.command("diagnose", files=files, description="it crashed")
        shown = await discord.answered(call)
        received = text_of(shown)
        assert not shown["flags"] & EPHEMERAL
        answer = await live.answer()
        assert answer is shown
        case = await live.case()
        assert f"Received as case {case}" in received or f"Case {case}" in received
        await live.settled()
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert [file.kind for file in view.files] == ["log", "config"]
        assert view.report is not None
        assert view.report["findings"][0]["title"] in text_of(answer)
        assert len(discord.world.visible()) == 1
        edits = len([1 for each in discord.world.requests if each[0] == "PATCH"])
        await discord.people.post("", {"run.log": LOG + b"\n"}, reply_to=answer["id"])
        await discord.until(lambda: len([1 for each in discord.world.requests if each[0] == "PATCH"]) > edits)
        await live.settled()
        again = await live.desk.lookup.case(case)
        assert again is not None
        assert [file.kind for file in again.files] == ["log", "config", "log"]
        assert "could no longer get" not in text_of(answer), "the files of a command can be had again"
    assert discord.world.unknown == []


@run_async
async def test_with_nothing_given_a_form_is_filled_in_and_an_empty_form_leads_to_the_guide(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        shown = await discord.people.command("diagnose")
        form = await discord.answered(shown)
        assert form["type"] == 9
        empty = await discord.answered(await discord.people.fill_in(shown))
        assert "troubleshooting guide" in text_of(empty)
        assert empty["flags"] & EPHEMERAL
        filled = await discord.people.fill_in(shown, "it crashed", {"log.txt": LOG})
        await discord.answered(filled)
        assert (await live.answer())["interaction_metadata"]["id"] == filled.id
        await live.settled()
        view = await live.desk.lookup.case(await live.case())
        assert view is not None
        assert [file.name for file in view.files] == ["log.txt"]


@run_async
async def test_the_context_menu_diagnoses_old_messages_of_others_for_who_called(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, ServerSettings(answer_in="reply")) as live:
        old = await discord.people.post("help", {"log.txt": LOG}, OLEG, quietly=True, ago=90 * 24 * 3600)
        receipt = await discord.answered(await discord.people.menu("Diagnose", old))
        assert receipt["flags"] & EPHEMERAL
        answer = await live.answer()
        assert answer["message_reference"]["message_id"] == old["id"]
        case = await live.case()
        assert case in text_of(receipt)
        for who, mine in ((MARTA, True), (OLEG, False)):
            view = await live.desk.lookup.case(case, "discord", who["id"])
            assert view is not None
            assert view.mine is mine
        known = await discord.answered(await discord.people.menu("Diagnose", old, OLEG))
        assert f"in case {case}" in text_of(known)
        assert len(discord.world.visible()) == 1


@run_async
async def test_where_it_may_not_write_the_context_menu_answers_all_the_same(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        discord.world.allowed &= ~(1 << 11)
        old = await discord.people.post("help", {"log.txt": LOG}, OLEG, quietly=True)
        call = await discord.people.menu("Diagnose", old)
        shown = await discord.answered(call)
        assert await live.answer() is shown


@run_async
async def test_the_guide_is_walked_with_menus_to_a_fix_table_and_back(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path):
        here = await discord.answered(await discord.people.command("guide"))
        assert here["flags"] & EPHEMERAL
        steps = 0
        while found := [each for each in components_of(here) if each["type"] == 3]:
            chosen = found[0]["options"][0]["value"]
            there = await discord.answered(await discord.people.press(here, found[0]["custom_id"], values=[chosen]))
            assert there is here, "each step changes the one message"
            steps += 1
        assert steps >= 2
        assert "What helps" in text_of(here)
        (back,) = [each for each in components_of(here) if each.get("custom_id", "").endswith(":back")]
        await discord.answered(await discord.people.press(here, back["custom_id"]))
        assert any(each["type"] == 3 for each in components_of(here))


@run_async
async def test_checklists_statistics_cases_and_forgetting(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        people = discord.people
        listed = await discord.answered(await people.command("checklist"))
        choice = menu(listed, "checklist")
        name = choice["options"][0]["value"]
        one = await discord.answered(await people.press(listed, choice["custom_id"], values=[name]))
        assert choice["options"][0]["label"] in text_of(one)
        assert choice["options"][0]["label"] in text_of(
            await discord.answered(await people.command("checklist", name=name))
        )

        await people.post("", {"log.txt": LOG})
        answer = await live.answer()
        case = await live.case()
        await live.settled()
        stats = await discord.answered(await people.command("stats", days=7))
        assert "1 case of 1 person" in text_of(stats)
        assert "CUDA out of memory · 1 case, 1 person" in text_of(stats).replace("*", "")
        assert [each["filename"] for each in stats["attachments"]] == ["stats.png"]
        mine = await discord.answered(await people.command("case", id=case.lower()))
        assert "log.txt" in text_of(mine)
        missing = await discord.answered(await people.command("case", id="NOSUCH"))
        assert "There is no case NOSUCH" in text_of(missing)

        nothing = await discord.answered(await people.command("forget", OLEG))
        assert "Nothing of yours" in text_of(nothing)
        gone = await discord.answered(await people.command("forget"))
        assert "1 case of yours is deleted" in text_of(gone)
        await discord.until(lambda: answer["id"] not in discord.world.messages)
        assert (await live.desk.lookup.statistics()).cases == 0


@run_async
async def test_cases_of_direct_messages_and_other_servers_are_nobody_elses_business(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        direct = discord.world.add_channel("300", "", type=1, guild_id=None, recipients=[MARTA])["id"]
        await discord.people.post("", {"log.txt": LOG}, channel=direct)
        await live.answer()
        await live.settled()
        case = await live.case()
        assert "log.txt" in text_of(await discord.answered(await discord.people.command("case", id=case)))
        for who, channel in ((OLEG, None), (OLEG, direct)):
            place = {"channel": channel} if channel else {}
            seen = await discord.answered(await discord.people.command("case", who, id=case, **place))
            assert "There is no case" in text_of(seen)


@run_async
async def test_settings_are_changed_by_moderators_with_menus_and_are_used_at_once(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path, ServerSettings()) as live:
        people = discord.people
        refused = await discord.answered(await people.command("triage-settings"))
        assert "Only a moderator" in text_of(refused)
        people.moderators.add(MARTA["id"])
        card = await discord.answered(await people.command("triage-settings"))
        chosen = {
            "channels": ["200000000000000001"],
            "answer_in": ["reply"],
            "role": ["777"],
            "digest_channel": ["200000000000000001"],
            "digest_hour": ["7"],
            "time_zone": ["Asia/Tokyo"],
        }
        for field, values in chosen.items():
            custom_id = f"lt:setting:{field}:menu"
            assert await discord.answered(await people.press(card, custom_id, values=values)) is card
        await discord.answered(await people.press(card, "lt:setting:quiet:on"))
        now = await live.desk.servers.get("discord", GUILD)
        assert now == ServerSettings(
            ("200000000000000001",), "reply", "200000000000000001", 7, "Asia/Tokyo", True, "777"
        )
        other = await discord.answered(await people.press(card, "lt:setting:role:menu", OLEG, values=[]))
        assert "Only a moderator" in text_of(other)
        await discord.answered(await people.press(card, "lt:setting:role:menu", values=[]))
        await discord.answered(await people.press(card, "lt:setting:quiet:off"))
        assert (await live.desk.servers.get("discord", GUILD)).role == ""
        await people.post("", {"log.txt": LOG}, OLEG)
        await live.answer()


@run_async
async def test_a_command_whose_answer_comes_too_late_or_got_lost_is_answered_in_the_channel(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, connected(discord, tmp_path) as live:
        call = await discord.people.command("diagnose", files={"log.txt": LOG})
        call.at = time.time() - 10
        answer = await live.answer()
        assert call.answer is None or answer["interaction_metadata"]["id"] == call.id
        assert len(discord.world.visible()) == 1
