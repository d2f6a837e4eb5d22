"""What people do on the fake Discord."""

from __future__ import annotations

import time
from typing import Any

from tests.bot.discord.fake.gateway import Gateway
from tests.bot.discord.fake.rest import Rest
from tests.bot.discord.fake.world import ALL, APP, CHANNEL, GUILD, Call, Json, World, member, user

MARTA = user("1000000000000000011", "marta")
OLEG = user("1000000000000000012", "oleg")
FilesByName = dict[str, bytes]


class People:
    """Posts, presses, fills in; `moderators` may manage the server."""

    def __init__(self, world: World, rest: Rest, gateway: Gateway) -> None:
        self._world = world
        self._rest = rest
        self._gateway = gateway
        self.moderators: set[str] = set()

    async def post(
        self,
        text: str = "",
        files: FilesByName | None = None,
        who: Json = MARTA,
        channel: str = CHANNEL,
        reply_to: str = "",
        quietly: bool = False,
        **more: Any,
    ) -> Json:
        """Post a message; `quietly`, without an event."""
        if reply_to:
            more |= {"message_reference": {"type": 0, "message_id": reply_to, "channel_id": channel}, "type": 19}
        if self._world.channels[channel].get("guild_id"):
            more["member"] = {key: value for key, value in member(who, 0).items() if key != "user"}
        made = self._rest.make(channel, who, {"content": text}, list((files or {}).items()), **more)
        if not quietly:
            await self._gateway.emit("MESSAGE_CREATE", self._rest.shown(made))
        return made

    async def edit(self, message: Json, text: str, edited: str | None = "2026-01-01T00:01:00+00:00") -> None:
        """Change a message."""
        message |= {"content": text, "edited_timestamp": edited}
        await self._gateway.emit("MESSAGE_UPDATE", self._rest.shown(message))

    async def delete(self, message: Json) -> None:
        """Delete a message."""
        self._world.messages.pop(message["id"], None)
        gone = {"id": message["id"], "channel_id": message["channel_id"], "guild_id": GUILD}
        await self._gateway.emit("MESSAGE_DELETE", gone)

    async def command(
        self,
        name: str,
        /,
        who: Json = MARTA,
        channel: str = CHANNEL,
        files: FilesByName | None = None,
        **options: Any,
    ) -> Call:
        """Use a slash command, `digest now` with its subcommand; files go to its options `file`, `file2` and so on."""
        name, _, below = name.partition(" ")
        known = self._world.commands[name]
        assert not below or below in [each["name"] for each in known["options"] if each["type"] == 1]
        kinds = {each["name"]: each["type"] for each in known.get("options", [])}
        chosen = [{"name": key, "type": kinds[key], "value": value} for key, value in options.items()]
        resolved: Json = {}
        for number, named in enumerate((files or {}).items(), 1):
            (stored,) = self._world.store(channel, [named], ephemeral=True)
            resolved[stored["id"]] = self._rest.linked(stored)
            option = "file" if number == 1 else f"file{number}"
            chosen.append({"name": option, "type": 11, "value": stored["id"]})
        chosen = [{"name": below, "type": 1, "options": chosen}] if below else chosen
        data = {"id": known["id"], "name": name, "type": 1, "options": chosen, "resolved": {"attachments": resolved}}
        return await self._call(2, data, who, channel)

    async def menu(self, name: str, message: Json, who: Json = MARTA) -> Call:
        """Use a command of a message's context menu."""
        resolved = {"messages": {message["id"]: self._rest.shown(message)}}
        data = {"id": self._world.commands[name]["id"], "name": name, "type": 3, "target_id": message["id"]}
        return await self._call(2, {**data, "resolved": resolved}, who, message["channel_id"])

    async def press(self, message: Json, custom_id: str, who: Json = MARTA, values: list[str] | None = None) -> Call:
        """Press a button, or choose from a menu; it has to be there."""
        found = [each for each in components_of(message) if each.get("custom_id") == custom_id]
        assert found, f"there is no {custom_id}, but {[each.get('custom_id') for each in components_of(message)]}"
        assert not found[0].get("disabled"), f"{custom_id} cannot be pressed"
        data: Json = {"custom_id": custom_id, "component_type": found[0]["type"]}
        if values is not None:
            data |= {"values": values, "resolved": {}}
        return await self._call(3, data, who, message["channel_id"], message)

    async def fill_in(
        self, shown: Call, text: str = "", files: FilesByName | None = None, message: Json | None = None
    ) -> Call:
        """Fill in the form that was the answer to `shown`."""
        assert shown.answer is not None
        stored = self._world.store(shown.channel, list((files or {}).items()), ephemeral=True)
        fields = []
        for label in shown.answer["data"]["components"]:
            field = label["component"]
            value: Json = {"values": [each["id"] for each in stored]} if field["type"] == 19 else {"value": text}
            fields.append({"type": 18, "component": {"type": field["type"], "custom_id": field["custom_id"], **value}})
        resolved = {"attachments": {each["id"]: self._rest.linked(each) for each in stored}}
        data = {"custom_id": shown.answer["data"]["custom_id"], "components": fields, "resolved": resolved}
        return await self._call(5, data, shown.user, shown.channel, message)

    async def _call(self, kind: int, data: Json, who: Json, channel: str, message: Json | None = None) -> Call:
        number = self._world.snowflake()
        about = message["id"] if message else None
        call = Call(number, f"token-{number}", kind, channel, who, about, time.time())
        self._world.calls[number] = call
        rights = ALL if who["id"] in self.moderators else ALL & ~((1 << 5) | (1 << 13) | (1 << 3))
        place = {**self._world.channels[channel], "permissions": str(rights)}
        guild = self._world.channels[channel].get("guild_id")
        whom: Json = {"guild_id": guild, "member": member(who, rights)} if guild else {"user": who}
        sent: Json = {
            "id": number,
            "application_id": APP,
            "type": kind,
            "token": call.token,
            "version": 1,
            "channel_id": channel,
            "channel": place,
            "data": data,
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": str(self._world.allowed),
            "entitlements": [],
            "authorizing_integration_owners": {"0": GUILD},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 << 20,
            **whom,
        }
        if message:
            sent["message"] = self._rest.shown(message)
        await self._gateway.emit("INTERACTION_CREATE", sent)
        return call


def components_of(message: Json) -> list[Json]:
    """Return all components of a message, however deep."""

    def walk(components: list[Json]) -> list[Json]:
        return [found for each in components for found in (each, *walk(each.get("components", [])))]

    return walk(message["components"])


def text_of(message: Json) -> str:
    """Return everything a message says."""
    displays = (each["content"] for each in components_of(message) if each["type"] == 10)
    return "\n".join((message["content"], *displays))
