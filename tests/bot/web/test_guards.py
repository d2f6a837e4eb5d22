from pathlib import Path

import pytest

from bot.settings import SettingsError
from bot.web.guards import hosts
from tests.bot.asynchronous import run_async
from tests.bot.web.site import opened


@run_async
async def test_every_answer_bears_strict_rules_and_no_secret_is_read_by_a_script(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        for path in ("/", "/guide", "/nowhere", "/static/app.js", "/api/v1/openapi.json", "/healthz"):
            answer = await browser.get(path)
            rules = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in rules
            assert "unsafe" not in rules
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
        async with browser.session.get(f"{site.base}/", cookies={"visitor": "x"}) as response:
            cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@run_async
async def test_over_https_the_cookie_is_bound_to_its_host(tmp_path: Path) -> None:
    async with opened(tmp_path, web_url="https://triage.example.org") as site, site.browser() as browser:
        async with browser.session.get(f"{site.base}/", headers={"Host": "triage.example.org"}) as response:
            cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-visitor=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "[::1", ""])
@run_async
async def test_a_name_that_is_not_ours_is_not_answered(tmp_path: Path, host: str) -> None:
    async with opened(tmp_path) as site, site.browser() as browser:
        answer = await browser.get("/", headers={"Host": host})
    assert answer.status in (400, 421)
    assert "evil" not in answer.text


@run_async
async def test_nothing_that_is_sent_comes_back_raw(tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    async with opened(tmp_path) as site, site.browser(headers={"User-Agent": script}) as browser:
        await browser.get("/")
        for path in (f"/{script}", f"/case/{script}", f"/guide?a={script}", f"/s/{script}", f"/?x={script}"):
            assert script not in (await browser.get(path)).text
        for path in ("/static/../door.py", "/static/%2e%2e/door.py", "/static/..%2f..%2fsettings.py"):
            assert (await browser.get(path)).status in (400, 403, 404)


def test_only_this_machine_and_the_set_address_are_known() -> None:
    assert "triage.example.org" in hosts("https://Triage.example.org:8443/")
    assert hosts("") == {"localhost", "127.0.0.1", "[::1]"}


@run_async
async def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as site:
        with pytest.raises(SettingsError, match="is taken; set LORA_TRIAGE_WEB_PORT to another"):
            async with opened(tmp_path / "b", web_port=site.adapter.port):
                raise AssertionError("it must not get here")
