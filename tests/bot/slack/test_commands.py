"""Commands, the message shortcut, forms and the guide, end to end."""

from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import elements_of, flat, text_of
from tests.bot.slack.fake.world import CHANNEL, TEAM, Json
from tests.bot.slack.live import connected

WORDS = "CUDA out of memory at step 12, RTX 4090"


def menu(message: Json, action: str) -> Json:
    (found,) = [
        each for _, each in elements_of(message) if each["action_id"].startswith(f"lt:{action}:") and "options" in each
    ]
    return found


@run_async
async def test_a_command_is_acknowledged_with_its_case_on_disk_and_answered_once(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        call = await slack.people.command("diagnose", WORDS)
        await slack.until(lambda: call.seconds is not None)
        case = await live.case()
        answer = await live.answer()
        assert case in flat(answer)
        await live.settled()
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert view.report is not None
        assert view.report["findings"][0]["title"] in flat(answer)
        assert len(slack.world.visible()) == 1
        await slack.people.post("", {"log.txt": LOG}, thread=answer["ts"])
        await live.shown(2)
        again = await live.desk.lookup.case(case)
        assert again is not None
        assert [file.kind for file in again.files] == ["log"]
        assert len(slack.world.visible()) == 1
    assert slack.complaints() == []


@run_async
async def test_with_nothing_given_a_form_is_filled_in_and_an_empty_form_leads_to_the_guide(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        form = await slack.answered(await slack.people.command("diagnose"))
        assert form["type"] == "modal"
        empty = await slack.answered(await slack.people.fill_in(form))
        assert "uide" in text_of(empty) or "errors" in empty
        filled = await slack.people.fill_in(form, "it crashed", {"log.txt": LOG, "config.yaml": CONFIG})
        await slack.acknowledged(filled)
        case = await live.case()
        answer = await live.answer(holds="Corrected config")
        assert answer["channel"] == CHANNEL
        await live.settled()
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert [file.name for file in view.files] == ["log.txt", "config.yaml"]
        assert len(slack.world.visible()) == 1
    assert slack.complaints() == []


@run_async
async def test_the_shortcut_diagnoses_old_messages_of_others_for_who_called(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, ServerSettings()) as live:
        people = slack.people
        old = await people.post("help", {"log.txt": LOG}, people.oleg, quietly=True, ago=90 * 24 * 3600)
        receipt = await slack.answered(await people.shortcut("diagnose", old))
        answer = await live.answer()
        assert answer["thread_ts"] == old["ts"]
        case = await live.case()
        assert case in text_of(receipt)
        for who, mine in ((people.marta, True), (people.oleg, False)):
            view = await live.desk.lookup.case(case, "slack", who["id"])
            assert view is not None
            assert view.mine is mine
        await live.settled()
        known = await slack.answered(await people.shortcut("diagnose", old, people.oleg))
        assert f"in case {case}" in text_of(known)
        assert len(slack.world.visible()) == 1
    assert slack.complaints() == []


@run_async
async def test_where_it_is_no_member_it_answers_who_asked_all_the_same(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        elsewhere = slack.world.add_channel("C0ELSEWHERE", "elsewhere", member=False)["id"]
        call = await slack.people.command("diagnose", WORDS, channel=elsewhere)
        await slack.until(
            lambda: (
                [each for each in slack.world.shown[call.begun :] if "CUDA" in flat(each.what)]
                or [each for each in slack.world.visible() if "CUDA" in flat(each)]
            )
        )
        await live.settled()


@run_async
async def test_the_guide_is_walked_with_menus_to_a_fix_table_and_back(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path):
        here = await slack.answered(await slack.people.command("guide"))
        steps = 0
        while found := [each for _, each in elements_of(here) if each["type"] == "static_select"]:
            chosen = found[0]["options"][0]["value"]
            there = await slack.answered(await slack.people.press(here, found[0]["action_id"], values=[chosen]))
            assert there is here, "each step changes the one message"
            steps += 1
        assert steps >= 2
        assert "What helps" in text_of(here)
        (back,) = [each for _, each in elements_of(here) if each["action_id"].endswith(":back")]
        await slack.answered(await slack.people.press(here, back["action_id"]))
        assert any(each["type"] == "static_select" for _, each in elements_of(here))
    assert slack.complaints() == []


@run_async
async def test_checklists_statistics_cases_and_forgetting(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        people = slack.people
        listed = await slack.answered(await people.command("checklist"))
        choice = menu(listed, "checklist")
        first = choice["options"][0]
        one = await slack.answered(await people.press(listed, choice["action_id"], values=[first["value"]]))
        assert first["text"]["text"].rstrip("…") in text_of(one)

        await people.post("", {"log.txt": LOG})
        answer = await live.answer()
        case = await live.case()
        await live.settled()
        stats = await slack.answered(await people.command("stats", "7"))
        assert "1 case of 1 person" in flat(stats)
        assert "CUDA out of memory · 1 case, 1 person" in flat(stats)
        assert [each["alt_text"] for each in stats["blocks"] if each["type"] == "image"] == [
            "Most frequent causes: CUDA out of memory 1"
        ]
        mine = await slack.answered(await people.command("case", case.lower()))
        assert "log.txt" in text_of(mine)
        missing = await slack.answered(await people.command("case", "NOSUCH"))
        assert "There is no case NOSUCH" in text_of(missing)

        nothing = await slack.answered(await people.command("forget", who=people.oleg))
        assert "Nothing of yours" in text_of(nothing)
        gone = await slack.answered(await people.command("forget"))
        assert "1 case of yours is deleted" in text_of(gone)
        await slack.until(lambda: answer not in slack.world.visible())
        assert (await live.desk.lookup.statistics()).cases == 0
    assert slack.complaints() == []


@run_async
async def test_cases_of_direct_messages_are_nobody_elses_business(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        people = slack.people
        direct = slack.world.add_direct("D0MARTA", people.marta["id"])["id"]
        await people.post("", {"log.txt": LOG}, channel=direct)
        await live.answer()
        await live.settled()
        case = await live.case()
        assert "log.txt" in text_of(await slack.answered(await people.command("case", case)))
        assert "There is no case" in text_of(await slack.answered(await people.command("case", case, people.oleg)))


@run_async
async def test_settings_are_changed_by_moderators_with_menus_and_are_used_at_once(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path, ServerSettings()) as live:
        people = slack.people
        slack.world.groups.append({"id": "S0MODS", "handle": "mods", "name": "Moderators"})
        refused = await slack.answered(await people.command("triage-settings"))
        assert "Only a moderator" in text_of(refused)
        people.marta["is_admin"] = True
        card = await slack.answered(await people.command("triage-settings"))
        chosen = {
            "channels": [CHANNEL],
            "role": ["S0MODS"],
            "digest_channel": [CHANNEL],
            "digest_hour": ["7"],
            "time_zone": ["Asia/Tokyo"],
        }
        for field, values in chosen.items():
            custom_id = f"lt:setting:{field}:menu"
            await slack.answered(await people.press(card, custom_id, values=values))
        await slack.answered(await people.press(card, "lt:setting:quiet:on"))
        now = await live.desk.servers.get("slack", TEAM)
        assert (now.channels, now.role, now.digest_channel) == ((CHANNEL,), "S0MODS", CHANNEL)
        assert (now.digest_hour, now.time_zone, now.quiet) == (7, "Asia/Tokyo", True)
        people.marta["is_admin"] = False
        other = await slack.answered(await people.press(card, "lt:setting:role:menu", values=[]))
        assert "Only a moderator" in text_of(other)
        people.marta["is_admin"] = True
        await slack.answered(await people.press(card, "lt:setting:role:menu", values=[]))
        await slack.answered(await people.press(card, "lt:setting:quiet:off"))
        assert (await live.desk.servers.get("slack", TEAM)).role == ""
        await people.post("", {"log.txt": LOG}, people.oleg)
        await live.answer()
    assert slack.complaints() == []


@run_async
async def test_the_home_shows_a_persons_cases_and_moderators_the_settings(tmp_path: Path) -> None:
    async with FakeSlack() as slack, connected(slack, tmp_path) as live:
        people = slack.people
        await people.post("", {"log.txt": LOG})
        await live.answer()
        await live.settled()
        case = await live.case()
        home = await slack.answered(await people.home())
        assert home["type"] == "home"
        assert case in text_of(home)
        assert not [each for _, each in elements_of(home) if each["action_id"].startswith("lt:setting:")]
        people.oleg["is_admin"] = True
        other = await slack.answered(await people.home(people.oleg))
        assert case not in text_of(other)
        await slack.answered(await people.press(other, "lt:setting:quiet:on", people.oleg))
        assert (await live.desk.servers.get("slack", TEAM)).quiet
    assert slack.complaints() == []
