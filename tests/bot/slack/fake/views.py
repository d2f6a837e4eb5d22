"""Views, and what the bot says through response URLs and acknowledgements."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from tests.bot.slack.fake.limits import check_message, check_view
from tests.bot.slack.fake.socket import ACK_SECONDS
from tests.bot.slack.fake.web_api import WebApi
from tests.bot.slack.fake.world import APP, BOT, TEAM, Call, Json, RefusedError, World

_URL_SECONDS = 1800
_URL_USES = 5


class Views:
    """Modals and App Homes."""

    def __init__(self, world: World, api: WebApi) -> None:
        self._world = world
        for name in ("open", "push"):
            api.add(f"views.{name}", self._open)
        api.add("views.update", self._update)
        api.add("views.publish", self._publish)

    async def _open(self, asked: Json) -> Json:
        given, user = self._world.triggers.get(asked["trigger_id"], (0.0, ""))
        if not user:
            raise RefusedError("invalid_trigger_id")
        if time.monotonic() - given > ACK_SECONDS:
            raise RefusedError("expired_trigger_id")
        view = asked["view"]
        check_view(view, self._world)
        self._world.triggers[asked["trigger_id"]] = (0.0, user)
        return {"view": self.keep(view, user)}

    async def _update(self, asked: Json) -> Json:
        kept = self._world.views.get(asked.get("view_id") or "")
        if kept is None:
            raise RefusedError("not_found")
        if asked.get("hash") and asked["hash"] != kept["hash"]:
            raise RefusedError("hash_conflict")
        check_view(asked["view"], self._world)
        self.change(kept, asked["view"])
        return {"view": kept}

    async def _publish(self, asked: Json) -> Json:
        if asked["user_id"] not in self._world.people:
            raise RefusedError("not_found")
        check_view(asked["view"], self._world)
        home = self._world.homes.get(asked["user_id"])
        if home is None:
            home = self._world.homes[asked["user_id"]] = self.keep(asked["view"], asked["user_id"])
        else:
            self.change(home, asked["view"])
        return {"view": home}

    def keep(self, view: Json, user: str) -> Json:
        """Show a new view to a person."""
        number = self._world.number("V")
        made: Json = {"private_metadata": "", "callback_id": "", **view, "id": number, "root_view_id": number}
        made |= {"team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": self._world.ts(), "user": user}
        made["blocks"] = [{"block_id": self._world.number("b"), **each} for each in view["blocks"]]
        self._world.views[number] = made
        self._world.show(user, made)
        return made

    def change(self, kept: Json, view: Json) -> None:
        """Show something else in a view."""
        kept.update(view)
        kept["blocks"] = [{"block_id": self._world.number("b"), **each} for each in view["blocks"]]
        kept["hash"] = self._world.ts()
        self._world.show(kept["user"], kept)


class Answers:
    """What a response URL, or the acknowledgement of a call, makes visible."""

    def __init__(self, world: World, api: WebApi, views: Views) -> None:
        self._world = world
        self._api = api
        self._views = views

    async def response(self, request: web.Request, asked: Json) -> web.Response:
        """Carry out what is sent to a response URL."""
        call = self._world.calls.get(request.match_info["call"])
        if call is None or time.monotonic() - call.at > _URL_SECONDS or call.uses >= _URL_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        call.uses += 1
        try:
            await self.carry_out(call, asked)
        except RefusedError as error:
            return web.json_response(error.body, status=400)
        return web.Response(text="ok")

    async def carry_out(self, call: Call, asked: Json) -> None:
        """Say, replace or delete something in answer to a call."""
        source = call.message
        if asked.get("delete_original"):
            self._gone(source)
            return
        if source is not None and asked.get("replace_original") is None and asked:
            self._world.unknown.append("a response URL without replace_original")
        check_message(asked, self._world)
        if source is not None and asked.get("replace_original"):
            if source.get("ephemeral"):
                source |= {"text": asked.get("text") or "", "blocks": self._api.numbered(asked.get("blocks") or [])}
            else:
                await self._api.change(source, {"blocks": [], **asked})
            self._world.show(call.user["id"], source)
        elif asked.get("response_type") == "in_channel":
            self._world.show(call.user["id"], await self._api.said(call.channel, asked))
        else:
            self._api.whisper(call.channel, call.user["id"], asked)

    async def acknowledged(self, call: Call, said: Json) -> None:
        """Carry out what an acknowledgement says: a message, or what becomes of a form."""
        action = said.get("response_action")
        if action is None:
            if call.command and said:
                await self.carry_out(call, said)
            elif said:
                self._world.unknown.append(f"acknowledged with {sorted(said)}")
            return
        assert call.message is not None
        match action:
            case "errors":
                known = {each["block_id"] for each in call.message["blocks"] if each["type"] == "input"}
                if not said["errors"] or not set(said["errors"]) <= known:
                    self._world.unknown.append(f"errors at {sorted(said['errors'])}, not at {sorted(known)}")
                self._world.show(call.user["id"], {"errors": said["errors"], "blocks": []})
            case "update" | "push":
                check_view(said["view"], self._world)
                if action == "update":
                    self._views.change(call.message, said["view"])
                else:
                    self._views.keep(said["view"], call.user["id"])
            case other if other != "clear":
                self._world.unknown.append(f"response_action {other}")

    def _gone(self, message: Json | None) -> None:
        if message is not None and not message.get("ephemeral"):
            self._world.messages.pop((message["channel"], message["ts"]), None)
        elif message is not None:
            message["deleted"] = True


def state_of(view: Json, text: str, files: list[Json], chosen: Json) -> Json:
    """Return what a form says once it is filled in; `chosen` are the values of menus by action id."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        said: Json = {"type": element["type"]}
        match element["type"]:
            case "plain_text_input":
                said["value"] = text or None
            case "file_input":
                said["files"] = files
            case "static_select" | "radio_buttons":
                value = chosen.get(element["action_id"])
                options = [each for each in element["options"] if each["value"] == value]
                said["selected_option"] = options[0] if options else None
        values[block["block_id"]] = {element["action_id"]: said}
    return {"values": values}
