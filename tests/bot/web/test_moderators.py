from pathlib import Path

from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.web.site import opened

FILES = {"log.txt": LOG, "config.yaml": CONFIG}
PAGES = ("/desk", "/desk/settings", "/desk/recurs", "/desk/unknown", "/desk/rules", "/desk/tokens", "/desk/audit")


@run_async
async def test_the_desk_is_closed_to_all_who_are_not_signed_in(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        for path in (*PAGES, "/desk/recurs.png"):
            assert (await browser.get(path)).status == 401
        for path in ("/desk/tokens/make", "/desk/tokens/revoke", f"/desk/cases{page.address[5:]}/delete"):
            assert (await browser.post(path, name="x")).status == 401


@run_async
async def test_the_link_opens_once_and_looking_at_it_does_not_use_it_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as first, site.browser() as second:
        path = site.entrance.path
        key = path.partition("=")[2]
        for browser in (first, second):
            assert "Sign in" in (await browser.get(path)).words
        assert (await second.post("/desk/enter", key="wrong")).status == 403
        assert (await first.post("/desk/enter", key=key)).address == "/desk"
        used = await second.post("/desk/enter", key=key)
        assert (used.status, "used already" in used.words) == (403, True)
        assert (await second.post("/desk/enter", key="")).status == 403
        assert (await first.get("/desk")).status == 200
        await first.post("/desk/leave")
        assert (await first.get("/desk")).status == 401


@run_async
async def test_every_page_of_the_desk_shows_what_there_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as asker, site.moderator() as moderator:
        page = await asker.case("it crashed at night", FILES)
        case = page.address.rpartition("/")[2]
        assert case in (await moderator.get("/desk")).words
        assert "CUDA out of memory" in (await moderator.get("/desk/recurs")).words
        assert "CUDA out of memory" in (await moderator.get("/desk/rules")).words
        chart = await moderator.get("/desk/recurs.png?days=7&theme=dark")
        assert chart.headers["Content-Type"] == "image/png"
        assert "signed in" in (await moderator.get("/desk/audit")).words
        assert (await moderator.get("/desk/unknown")).status == 200
        assert (await moderator.get(page.address)).status == 200
        for query, found in (
            ("finding=cuda-oom", True), ("finding=overfit", False), ("platform=web", True), ("platform=slack", False),
            ("verdict=none", True), ("verdict=fixed", False), ("waits=1", False), (f"words={case.lower()}", True),
            ("words=at night", True), ("words=%25", False), ("words=zzz", False), ("before=1", False),
            ("before=9999999999999999999999", True),
        ):  # fmt: skip
            assert (case in (await moderator.get(f"/desk?{query}")).words) is found, query


@run_async
async def test_a_moderator_deletes_a_case_and_that_is_noted(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as asker, site.moderator() as moderator:
        page = await asker.case("it crashed", FILES)
        case = page.address.rpartition("/")[2]
        secret = await site.desk.links.share(case)
        await moderator.get("/desk")
        assert "Take the link back" in (await moderator.get(page.address)).words
        await moderator.post(f"/desk/cases/{case}/revoke")
        assert await site.desk.links.case(str(secret)) is None
        assert (await moderator.post(f"/desk/cases/{case}/delete", mark="")).status == 403
        await moderator.post(f"/desk/cases/{case}/delete")
        assert (await asker.get(page.address)).status == 404
        assert f"deleted a case {case}" in (await moderator.get("/desk/audit")).words


@run_async
async def test_a_token_is_shown_once_and_can_be_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.moderator() as moderator:
        await moderator.get("/desk/tokens")
        made = await moderator.post("/desk/tokens/make", name="build bot")
        token = made.text.partition('value="ltr_')[2].partition('"')[0]
        assert len(token) >= 32
        listed = await moderator.get("/desk/tokens")
        assert "build bot" in listed.words
        assert token not in listed.text
        await moderator.post("/desk/tokens/revoke", name="build bot")
        assert "There is none." in (await moderator.get("/desk/tokens")).words
        assert (await moderator.post("/desk/tokens/make", name="<b>")).status == 400


@run_async
async def test_the_settings_of_a_server_are_changed_at_the_desk(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.moderator() as moderator:
        await site.desk.servers.put("discord", "g1", ServerSettings(channels=("1",)))
        assert "discord g1" in (await moderator.get("/desk/settings")).words
        form = {"platform": "discord", "server": "g1", "channels": "1, 2", "answer_in": "reply", "role": "7"}
        form |= {"digest_channel": "9", "digest_hour": "18", "time_zone": "Europe/Warsaw", "quiet": "on"}
        saved = await moderator.post("/desk/settings", **form)
        assert (saved.status, "Saved." in saved.words) == (200, True)
        wanted = ServerSettings(("1", "2"), "reply", "9", 18, "Europe/Warsaw", True, "7")
        assert await site.desk.servers.get("discord", "g1") == wanted
        for wrong in ({"time_zone": "Mars/Olympus"}, {"digest_hour": "25"}, {"answer_in": "song"}):
            refused = await moderator.post("/desk/settings", **{**form, "channels": "5", **wrong})
            assert refused.status == 400
        assert await site.desk.servers.get("discord", "g1") == wanted, "all of a form is taken over, or nothing"
        assert (await moderator.post("/desk/settings", **{**form, "server": "g2"})).status == 404
        assert "changed settings discord/g1" in (await moderator.get("/desk/audit")).words
