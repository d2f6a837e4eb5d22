"""Interactions: what the bot answers to commands, presses and forms, and by when."""

from __future__ import annotations

from typing import Any

from tests.bot.discord.fake.gateway import Gateway
from tests.bot.discord.fake.rest import Files, Rest, too_late
from tests.bot.discord.fake.world import EPHEMERAL, Call, Json, RefusedError, World

_ANSWER, _DEFER, _DEFER_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_ANSWER_SECONDS = 3
_TOKEN_SECONDS = 900


class Interactions:
    """The routes of interactions and of their tokens."""

    def __init__(self, world: World, rest: Rest, gateway: Gateway) -> None:
        self._world = world
        self._rest = rest
        self._gateway = gateway
        rest.add("POST", "/interactions/{call}/{token}/callback", self._callback)
        for method, handler in (("GET", self._get), ("PATCH", self._edit), ("DELETE", self._delete)):
            rest.add(method, "/webhooks/{app}/{token}/messages/@original", handler)
        rest.add("POST", "/webhooks/{app}/{token}", self._follow)

    async def _callback(self, body: Json, files: Files, query: dict[str, str], call: str, **_: Any) -> Json | None:
        found = self._world.calls.get(call)
        if found is None or too_late(found.at, _ANSWER_SECONDS):
            raise RefusedError(404, 10062, "Unknown interaction")
        if found.answer is not None:
            raise RefusedError(400, 40060, "Interaction has already been acknowledged.")
        kind, data = int(body["type"]), body.get("data") or {}
        told: Json = {"id": call, "type": found.kind, "activity_instance_id": None, "response_message_id": None}
        resource: Json = {"type": kind}
        if kind in (_ANSWER, _DEFER):
            made = self._made(found, data if kind == _ANSWER else {"content": "…", **data}, files)
            found.original = made["id"]
            told |= {"response_message_id": made["id"], "response_message_loading": kind == _DEFER}
            told["response_message_ephemeral"] = bool(made["flags"] & EPHEMERAL)
            resource["message"] = self._rest.shown(made)
            if not made["flags"] & EPHEMERAL:
                await self._gateway.emit("MESSAGE_CREATE", self._rest.shown(made))
        elif kind == _UPDATE:
            self._rest.change(self._rest.found(found.message or ""), data, files)
            found.original = found.message
        found.answer = body
        return {"interaction": told, "resource": resource} if query.get("with_response") else None

    async def _get(self, token: str, **_: Any) -> Json:
        return self._rest.shown(self._original(token))

    async def _edit(self, body: Json, files: Files, token: str, **_: Any) -> Json:
        message = self._original(token)
        self._rest.change(message, body, files)
        if not message["flags"] & EPHEMERAL:
            await self._gateway.emit("MESSAGE_UPDATE", self._rest.shown(message))
        return self._rest.shown(message)

    async def _delete(self, token: str, **_: Any) -> None:
        del self._world.messages[self._original(token)["id"]]

    async def _follow(self, body: Json, files: Files, token: str, **_: Any) -> Json:
        return self._rest.shown(self._made(self._of(token), body, files))

    def _made(self, call: Call, body: Json, files: Files) -> Json:
        metadata = {"id": call.id, "type": call.kind, "user": call.user, "authorizing_integration_owners": {}}
        return self._rest.make(call.channel, self._world.bot, body, files, interaction_metadata=metadata)

    def _of(self, token: str) -> Call:
        for call in self._world.calls.values():
            if call.token == token and not too_late(call.at, _TOKEN_SECONDS):
                if call.answer is None:
                    raise RefusedError(404, 10015, "Unknown Webhook")
                return call
        raise RefusedError(401, 50027, "Invalid Webhook Token")

    def _original(self, token: str) -> Json:
        return self._rest.found(self._of(token).original or "")
