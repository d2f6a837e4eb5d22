import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.bot.asynchronous import run_async
from tests.bot.live import CONFIG, LOG
from tests.bot.web.site import Site, opened


@asynccontextmanager
async def program(site: Site, name: str = "bot") -> AsyncIterator[aiohttp.ClientSession]:
    token = await site.desk.tokens.make(name)
    async with aiohttp.ClientSession(site.base, headers={"Authorization": f"Bearer {token}"}) as session:
        yield session


def form(message: str = "it crashed", **files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    data.add_field("message", message)
    for name, content in files.items():
        data.add_field("file", content, filename=name.replace("_", "."))
    return data


async def asked(session: aiohttp.ClientSession, path: str, **more: Any) -> tuple[int, Any]:
    method = session.post if "data" in more else session.get
    async with method(path, **more) as response:
        return response.status, await response.json()


@run_async
async def test_a_bundle_is_answered_in_the_reply_where_it_is_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, program(site) as session:
        files = form(log_txt=LOG, config_yaml=CONFIG)
        status, said = await asked(session, "/api/v1/diagnose?wait=60", data=files)
        assert (status, said["state"]) == (200, "answered")
        assert said["report"]["findings"][0]["id"] == "cuda-oom"
        assert (await asked(session, f"/api/v1/cases/{said['case']}"))[1] == said


@run_async
async def test_without_waiting_the_case_is_asked_for_later(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, program(site) as session:
        status, said = await asked(session, "/api/v1/diagnose", data=form(log_txt=LOG))
        assert status in (200, 202)
        async with asyncio.timeout(60):
            while said["state"] != "answered":
                _, said = await asked(session, f"/api/v1/cases/{said['case']}")
                await asyncio.sleep(0.05)
        assert said["report"]["findings"]


@run_async
async def test_a_token_is_needed_and_sees_its_own_cases_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, program(site) as session, program(site, "other") as other:
        _, said = await asked(session, "/api/v1/diagnose?wait=60", data=form(log_txt=LOG))
        path = f"/api/v1/cases/{said['case']}"
        assert (await asked(other, path))[0] == 404
        for headers in ({}, {"Authorization": "Bearer ltr_x"}, {"Authorization": "Basic eDp5"}):
            async with aiohttp.ClientSession(site.base, headers=headers) as nobody:
                assert (await asked(nobody, path))[0] == 401
                status, why = await asked(nobody, "/api/v1/diagnose", data=form())
                assert (status, why["error"][:17]) == (401, "A token is needed")
        await site.desk.tokens.revoke("bot")
        assert (await asked(session, path))[0] == 401


@run_async
async def test_a_token_may_ask_so_often_a_minute(tmp_path: Path) -> None:
    async with opened(tmp_path, web_api_minute=3) as site, program(site) as session, program(site, "other") as other:
        statuses = [(await asked(session, "/api/v1/cases/NOCASE"))[0] for _ in range(5)]
        assert statuses == [404, 404, 404, 429, 429]
        assert (await asked(other, "/api/v1/cases/NOCASE"))[0] == 404


@run_async
async def test_bad_requests_are_answered_as_json(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, program(site) as session:
        for path, data in (
            ("/api/v1/diagnose", form("")),
            ("/api/v1/diagnose?wait=nan", form()),
            ("/api/v1/diagnose?wait=-1", form()),
            ("/api/v1/diagnose?wait=x", form()),
            ("/api/v1/diagnose?wait=1&wait=1", form()),
        ):
            status, said = await asked(session, path, data=data)
            assert (status, list(said)) == (400, ["error"])
        assert (await asked(session, "/api/v1/diagnose", data=b"{}"))[0] == 415
        assert (await asked(session, "/api/v1/nothing"))[0] == 404


@run_async
async def test_the_description_names_every_route_and_those_who_run_it_see_how_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as site, program(site) as session:
        _, described = await asked(session, "/api/v1/openapi.json")
        assert set(described["paths"]) == {"/api/v1/diagnose", "/api/v1/cases/{case}", "/api/v1/openapi.json"}
        await asked(session, "/api/v1/diagnose?wait=60", data=form(log_txt=LOG))
        for path, holds in (
            ("/healthz", "ok"),
            ("/readyz", "ok"),
            ("/metrics", 'lora_triage_cases_answered_total{outcome="diagnosed"} 1'),
        ):
            async with session.get(path) as response:
                assert response.status == 200
                assert holds in await response.text()
