"""Hand in, watch, read, share, add to, take back: without any script, over real sockets."""

import asyncio
import os
import re
import time
from pathlib import Path

from yarl import URL

from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.web.site import opened
from tests.conftest import ROOT

FILES = {"log.txt": LOG, "config.yaml": CONFIG}


_KEPT = re.compile(r'name="(keep-[0-9a-f-]+)"')


_ODD = b'--x\r\nContent-Disposition: form-data; name="\x12"\r\n\r\n\r\n--x--\r\n'


def files_below(folder: Path) -> list[Path]:
    return [path for path in (folder / "data" / "uploads").rglob("*") if path.is_file()]


@run_async
async def test_a_bundle_is_answered_with_its_evidence_fixes_and_corrected_config(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        assert page.status == 200
        for part in ("CUDA out of memory", "% sure", "log.txt:45", "Reduce batch size", "Your config", "Still missing"):
            assert part in page.words or part in page.text
        assert "<mark>" in page.text, "the line among those around it"
        assert 'class="changed"' in page.text
        diff = await browser.get(f"{page.address}/corrected-config.diff")
        assert diff.headers["Content-Disposition"].startswith("attachment")
        assert diff.text.startswith("--- ")
        home = await browser.get("/")
        assert "CUDA out of memory" in home.words


@run_async
async def test_a_sentence_alone_is_enough_and_nothing_at_all_is_told_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        assert "Plastic skin" in (await browser.case("the skin looks like plastic, like wax")).words
        nothing = await browser.upload()
        assert (nothing.status, "Please add a file" in nothing.words) == (400, True)


@run_async
async def test_a_case_is_its_askers_alone_until_it_is_shared_and_again_when_the_link_is_taken_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as site, site.browser() as marta, site.browser() as oleg:
        mine = await marta.case("it crashed", FILES)
        await oleg.get("/")
        for path in (mine.address, f"{mine.address}/state", f"{mine.address}/corrected-config.diff"):
            assert (await oleg.get(path)).status == 404
        for deed in ("share", "revoke", "delete"):
            assert (await oleg.post(f"{mine.address}/{deed}")).status == 404
        shared = await marta.post(f"{mine.address}/share")
        link = shared.text.partition('class="link" readonly value="')[2].partition('"')[0]
        assert link.startswith(site.base)
        seen = await oleg.get(link.removeprefix(site.base))
        assert "CUDA out of memory" in seen.words
        assert "Take the link back" not in seen.words
        assert "Did it help?" not in seen.words
        assert (await oleg.get(f"{link.removeprefix(site.base)}/corrected-config.diff")).status == 200
        await marta.post(f"{mine.address}/revoke")
        gone = await oleg.get(link.removeprefix(site.base))
        assert (gone.status, "Links can be taken back" in gone.words) == (404, True)


@run_async
async def test_deleting_takes_the_case_and_its_files(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        assert len(files_below(tmp_path)) == 2
        assert (await browser.post(f"{page.address}/delete")).address == "/"
        assert (await browser.get(page.address)).status == 404
        assert files_below(tmp_path) == []


@run_async
async def test_what_is_added_is_read_together_with_what_was_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", {"log.txt": LOG})
        assert "Corrected config" not in page.words
        form = await browser.get(f"{page.address}/edit")
        assert ("it crashed" in form.text, "log.txt" in form.words) == (True, True)
        kept = dict.fromkeys(_KEPT.findall(form.text), "1")
        await browser.upload(f"{page.address}/edit", "it crashed at night", {"config.yaml": CONFIG}, fields=kept)
        again = await browser.answered(page.address)
        assert "Corrected config" in again.words
        assert "log.txt:45" in again.text
        corrected = await browser.get(f"{page.address}/corrected-config")
        assert corrected.headers["Content-Disposition"] == 'attachment; filename="corrected-config.yaml"'
        form = await browser.get(f"{page.address}/edit")
        assert "it crashed at night" in form.text
        kept = dict.fromkeys(_KEPT.findall(form.text), "1")
        assert len(kept) == 2
        fields = {**kept, "config": corrected.text, "use-config": "1"}
        await browser.upload(f"{page.address}/edit", "once more", fields=fields)
        last = await browser.answered(page.address)
        assert "quantize is already on" in last.words
        assert len(files_below(tmp_path)) == 2


@run_async
async def test_where_nothing_is_kept_the_files_are_gone_with_the_answer(tmp_path: Path) -> None:
    async with opened(tmp_path, web_keep_hours=0) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        assert "Your files were deleted" in page.words
        assert files_below(tmp_path) == []


@run_async
async def test_kept_files_go_when_their_time_is_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        await browser.case("it crashed", FILES)
        assert await site.adapter.spool.expire(3600) == 0
        (folder,) = (tmp_path / "data" / "uploads").iterdir()
        os.utime(folder, (time.time() - 4000,) * 2)
        assert await site.adapter.spool.expire(3600) == 1
        assert files_below(tmp_path) == []


@run_async
async def test_a_verdict_is_noted_once_a_person(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        for verdict in ("wrong", "fixed"):
            thanked = await browser.post(f"{page.address}/verdict", verdict=verdict)
            assert thanked.status == 200
            assert 'role="status"' in thanked.text
        view = await site.desk.lookup.case(page.address.rpartition("/")[2])
        assert view is not None
        assert view.feedback == {"fixed": 1}
        assert (await browser.post(f"{page.address}/verdict", verdict="great")).status == 400


@run_async
async def test_a_form_that_is_not_of_a_page_of_ours_does_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        page = await browser.case("it crashed", FILES)
        kept = files_below(tmp_path)
        for mark in ("", "0" * 32, "x"):
            assert (await browser.post(f"{page.address}/delete", mark=mark)).status == 403
            assert (await browser.upload("/cases", "again", {"a.txt": b"x"}, mark=mark)).status == 403
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert (await browser.upload("/cases", "again", headers=headers)).status == 403
        assert files_below(tmp_path) == kept
        assert (await browser.get(page.address)).status == 200


@run_async
async def test_too_much_is_refused_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, case_mib=1, case_files=3) as site, site.browser() as browser:
        await browser.get("/")
        large = await browser.upload("/cases", "", {"a.log": b"x" * 700_000, "b.log": b"x" * 700_000})
        assert (large.status, "larger than I may read (1 MB)" in large.words) == (413, True)
        many = await browser.upload("/cases", "", {f"{number}.log": b"x" for number in range(4)})
        assert (many.status, "at most 3 files" in many.words) == (413, True)
        long = await browser.upload("/cases", "x" * 100_000)
        assert (long.status, "attach it as a file" in long.words) == (413, True)
        assert files_below(tmp_path) == []


@run_async
async def test_a_broken_form_is_told_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        await browser.get("/")
        for body in (b"", b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n", b"--x\r\n\r\n\r\n--x--\r\n", _ODD):
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            async with browser.session.post(f"{site.base}/cases", data=body, headers=headers) as response:
                assert response.status in (400, 403)
        async with browser.session.post(f"{site.base}/cases", data=b"a=b") as response:
            assert response.status == 415
        assert files_below(tmp_path) == []


@run_async
async def test_a_connection_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        await browser.get("/")
        cookies = browser.session.cookie_jar.filter_cookies(URL(site.base))
        cookie = "; ".join(f"{name}={each.value}" for name, each in cookies.items())
        _, writer = await asyncio.open_connection("localhost", site.adapter.port)
        head = (
            f"POST /cases HTTP/1.1\r\nHost: localhost:{site.adapter.port}\r\nCookie: {cookie}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2000000\r\n\r\n"
        )
        part = f'--x\r\nContent-Disposition: form-data; name="mark"\r\n\r\n{browser.mark}\r\n'
        file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\n\r\n'
        writer.write((head + part + file + "y" * 1_000_000).encode())
        await writer.drain()
        async with asyncio.timeout(10):
            while not files_below(tmp_path):
                await asyncio.sleep(0.01)
        writer.close()
        async with asyncio.timeout(10):
            while files_below(tmp_path):
                await asyncio.sleep(0.01)


@run_async
async def test_fifty_at_once_are_all_answered(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=2) as site:

        async def one(number: int) -> str:
            async with site.browser() as browser:
                return (await browser.case("it crashed", {"log.txt": LOG + b"\n" * number})).words

        pages = await asyncio.gather(*(one(number) for number in range(50)))
        assert all("CUDA out of memory" in page for page in pages)


@run_async
async def test_the_guide_and_the_checklists_are_walked_without_a_script(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        first = await browser.get("/guide")
        assert "/guide?a=0" in first.text
        assert (await browser.get("/guide?a=0,0")).status == 200
        for wrong in ("/guide?a=99", "/guide?a=x", "/checklists/none"):
            assert (await browser.get(wrong)).status == 404
        assert "Dataset verification" in (await browser.get("/checklists/dataset")).words


@run_async
async def test_the_script_that_packs_a_run_is_handed_out(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        assert "/lora_triage_collect.py" in (await browser.get("/")).text
        script = await browser.get("/lora_triage_collect.py")
        assert script.headers["Content-Disposition"].startswith("attachment")
        assert script.text == (ROOT / "bot" / "collect" / "lora_triage_collect.py").read_text(encoding="utf-8")
