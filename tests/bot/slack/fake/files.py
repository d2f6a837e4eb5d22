"""Files: the upload in three steps, what is known of one, and its bytes for those who may read them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.bot.slack.fake.web_api import WebApi
from tests.bot.slack.fake.world import BOT_TOKEN, BOT_USER, TEAM, Json, RefusedError, World

_SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>"
)


class Files:
    """The methods and addresses of files."""

    def __init__(self, world: World, api: WebApi, base: str) -> None:
        self._world = world
        self._api = api
        self._base = base
        api.add("files.getUploadURLExternal", self._begin)
        api.add("files.completeUploadExternal", self._complete)
        api.add("files.info", self._info)
        api.add("files.delete", self._delete)

    def put(self, name: str, data: bytes, user: str, external: str = "") -> Json:
        """Have a person upload a file, or show one that lies elsewhere; returns all that is known of it."""
        made = self._made(name, len(data), user)
        if external:
            made["external"] = external
        self._world.blobs[made["id"]] = data
        made["complete"] = True
        return made

    def shown(self, file: Json, bare: bool = False) -> Json:
        """Return a file as messages and `files.info` tell of it; `bare` as of workspaces that are not ours."""
        if bare:
            return {"id": file["id"], "mode": "file_access", "file_access": "check_file_info", "created": 1}
        link = file.get("external") or f"{self._base}/files-pri/{TEAM}-{file['id']}/{file['name']}"
        return {
            "id": file["id"],
            "created": 1,
            "name": file["name"],
            "title": file["title"],
            "mimetype": "text/plain",
            "filetype": "text",
            "user": file["user"],
            "user_team": TEAM,
            "size": len(self._world.blobs.get(file["id"], b"")),
            "mode": "external" if file.get("external") else "hosted",
            "is_external": bool(file.get("external")),
            "is_public": False,
            "file_access": "visible",
            "url_private": link,
            "url_private_download": link.replace(file["id"], f"{file['id']}/download"),
            "shares": file["shares"],
        }

    async def download(self, request: web.Request) -> web.Response:
        """Give out the bytes of a file."""
        found = request.match_info["file"].removeprefix(f"{TEAM}-")
        may = request.headers.get("Authorization") == f"Bearer {BOT_TOKEN}" and "files:read" in self._world.scopes
        if not may and self._world.sign_in == "redirect":
            return web.Response(status=302, headers={"Location": f"{self._base}/sign-in"})
        if not may:
            return web.Response(text=_SIGN_IN, content_type="text/html")
        if found not in self._world.blobs:
            return web.Response(status=404, text="File not found", content_type="text/html")
        kind = "text/html" if self._world.files[found]["name"].endswith(".html") else "text/plain"
        return web.Response(body=self._world.blobs[found], content_type=kind)

    async def sign_in(self, _: web.Request) -> web.Response:
        """Show the page that asks who one is."""
        return web.Response(text=_SIGN_IN, content_type="text/html")

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, sent plainly or as a form."""
        file = self._world.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404, text="no such upload")
        data = b""
        if request.content_type.startswith("multipart"):
            async for part in await request.multipart():
                data += bytes(await part.read())  # type: ignore[union-attr]
        else:
            data = await request.read()
        if len(data) != file["length"]:
            return web.Response(status=400, text=f"{len(data)} bytes instead of {file['length']}")
        self._world.blobs[file["id"]] = data
        return web.Response(text=f"OK - {len(data)}")

    async def _begin(self, asked: Json) -> Json:
        if not asked.get("filename") or int(asked.get("length") or 0) <= 0:
            raise RefusedError("invalid_arguments")
        made = self._made(asked["filename"], int(asked["length"]), BOT_USER)
        return {"file_id": made["id"], "upload_url": f"{self._base}/upload/v1/{made['id']}"}

    async def _complete(self, asked: Json) -> Json:
        done = []
        for each in asked["files"]:
            file = self._world.files.get(each["id"])
            if file is None or file["id"] not in self._world.blobs:
                raise RefusedError("file_not_found")
            if file["complete"]:
                raise RefusedError("file_already_completed")
            file["title"] = each.get("title") or file["name"]
            done.append(file)
        channels = [each for each in (asked.get("channel_id"), *(asked.get("channels") or "").split(",")) if each]
        for channel in channels:
            if channel not in self._world.joined:
                raise RefusedError("channel_not_found")
        for file in done:
            file["complete"] = True
        for channel in channels:
            await self._share(channel, done, asked)
        return {"files": [self.shown(each) for each in done]}

    async def _share(self, channel: str, files: list[Json], asked: Json) -> None:
        body: Json = {"text": asked.get("initial_comment") or "", "file_ids": [each["id"] for each in files]}
        body |= {"blocks": asked.get("blocks"), "thread_ts": asked.get("thread_ts")}
        more: Json = {"subtype": "file_share", "upload": True, "files": [self.shown(each) for each in files]}
        made = await self._api.said(channel, body, **more)
        for each in files:
            each["shares"] = {"public": {channel: [{"ts": made["ts"], "thread_ts": made.get("thread_ts")}]}}

    async def _info(self, asked: Json) -> Json:
        file = self._world.files.get(asked["file"])
        if file is None:
            raise RefusedError("file_not_found")
        if not file["complete"]:
            raise RefusedError("file_not_found")
        return {"file": self.shown(file)}

    async def _delete(self, asked: Json) -> Json:
        file = self._world.files.get(asked["file"])
        if file is None:
            raise RefusedError("file_not_found")
        if file["user"] != BOT_USER:
            raise RefusedError("cant_delete_file")
        del self._world.files[file["id"]]
        self._world.blobs.pop(file["id"], None)
        for key, message in list(self._world.messages.items()):
            left = [each for each in message.get("files", []) if each["id"] != file["id"]]
            if message.get("upload") and not left:
                del self._world.messages[key]
            elif "files" in message:
                message["files"] = left
        return {}

    def _made(self, name: str, length: int, user: str) -> Json:
        made: dict[str, Any] = {"id": self._world.number("F0"), "name": name, "title": name, "user": user}
        made |= {"length": length, "complete": False, "shares": {}}
        self._world.files[made["id"]] = made
        return made
