"""The web page on a real socket: a real desk with real worker processes behind it, a real client in front."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp

from bot.desk import Desk
from bot.web.account import WebAdapter
from bot.web.entrance import Entrance
from bot.web.oauth import Endpoints
from tests.bot import live

_MARK = re.compile(r'name="mark" value="([0-9a-f]{32})"')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Answer:
    status: int
    address: str
    headers: dict[str, str]
    text: str

    @property
    def words(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(unescape(_TAG.sub(" ", self.text)).split())


@dataclass
class Browser:
    """A person's browser without scripts: it keeps cookies, and sends forms with the mark of their page."""

    base: str
    session: aiohttp.ClientSession
    mark: str = field(default="", init=False)

    async def get(self, path: str, **more: Any) -> Answer:
        async with self.session.get(self.base + path, **more) as response:
            return await self._seen(response)

    async def post(self, path: str, *, mark: str | None = None, **fields: str) -> Answer:
        """Send a form without files."""
        form = {"mark": self.mark if mark is None else mark, **fields}
        async with self.session.post(self.base + path, data=form) as response:
            return await self._seen(response)

    async def upload(
        self, path: str = "/cases", message: str = "", files: dict[str, bytes] | None = None, **more: Any
    ) -> Answer:
        """Send a form with files."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("mark", more.pop("mark", self.mark))
        form.add_field("message", message)
        for name, value in more.pop("fields", {}).items():
            form.add_field(name, value)
        for name, data in (files or {}).items():
            form.add_field("file", data, filename=name)
        async with self.session.post(self.base + path, data=form, **more) as response:
            return await self._seen(response)

    async def case(self, message: str = "", files: dict[str, bytes] | None = None) -> Answer:
        """Hand something in, and wait for the answer."""
        if not self.mark:
            await self.get("/")
        taken = await self.upload("/cases", message, files)
        return await self.answered(taken.address)

    async def answered(self, path: str) -> Answer:
        """Wait for the page of a case to show its answer."""
        async with asyncio.timeout(60):
            while True:
                async with self.session.get(f"{self.base}{path}/state") as response:
                    if (await response.json())["done"]:
                        return await self.get(path)
                await asyncio.sleep(0.02)

    async def _seen(self, response: aiohttp.ClientResponse) -> Answer:
        data = await response.read()
        text = data.decode("utf-8", "replace")
        if found := _MARK.search(text):
            self.mark = found[1]
        return Answer(response.status, response.url.path, dict(response.headers), text)


@dataclass
class Site(live.LiveDesk):
    base: str
    adapter: WebAdapter
    entrance: Entrance
    loop: asyncio.AbstractEventLoop

    @asynccontextmanager
    async def browser(self, **more: Any) -> AsyncIterator[Browser]:
        """A browser of its own, with cookies of its own."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, **more) as session:
            yield Browser(self.base, session)

    @asynccontextmanager
    async def moderator(self) -> AsyncIterator[Browser]:
        """A browser that is signed in at the desk."""
        async with self.browser() as browser:
            await browser.get(self.entrance.path)
            await browser.post("/desk/enter", key=self.entrance.path.partition("=")[2])
            yield browser


@asynccontextmanager
async def opened(folder: Path, endpoints: Endpoints | None = None, **more: Any) -> AsyncIterator[Site]:
    """Serve the page on a free port."""
    values = live.settings(folder, **{"web": "on", "web_port": 0, **more})
    adapter = WebAdapter(values, endpoints)
    async with Desk(values, [adapter]).opened() as desk:
        task = asyncio.create_task(adapter.run(desk))
        try:
            ready = asyncio.create_task(adapter.ready.wait())
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            assert adapter.entrance is not None
            yield Site(desk, f"http://localhost:{adapter.port}", adapter, adapter.entrance, asyncio.get_running_loop())
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
