"""What people do on the fake Slack."""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import Any

from tests.bot.slack.fake.files import Files
from tests.bot.slack.fake.limits import all_texts
from tests.bot.slack.fake.socket import ACK_SECONDS, Envelope, Socket
from tests.bot.slack.fake.views import Answers, state_of
from tests.bot.slack.fake.web_api import WebApi, as_event, public
from tests.bot.slack.fake.world import APP, BOT_USER, CHANNEL, TEAM, Call, Json, World

_LINK = re.compile(r"https?://[^\s<>]+")
_MAIL = re.compile(r"(?<![\w.:/|@])[\w.+-]+@[\w-]+\.[\w.-]*\w")
_CALLS = re.compile(r"&lt;(@[UW]\w+|!(?:channel|here|everyone)|#C\w+)&gt;")
FilesByName = dict[str, bytes]


class People:
    """Posts, presses, fills in."""

    def __init__(self, world: World, socket: Socket, api: WebApi, files: Files, answers: Answers, base: str) -> None:
        self._world = world
        self._socket = socket
        self._api = api
        self._files = files
        self._answers = answers
        self._base = base
        self._following: set[asyncio.Task[None]] = set()
        self.marta = world.add_person("U0MARTA", "marta")
        self.oleg = world.add_person("U0OLEG", "oleg")

    async def post(
        self,
        text: str = "",
        files: FilesByName | None = None,
        who: Json | None = None,
        channel: str = CHANNEL,
        thread: str = "",
        quietly: bool = False,
        bare: bool = False,
        ago: float = 0,
        external: str = "",
        **more: Any,
    ) -> Json:
        """Post a message; `quietly`, without an event; `bare`, with files of which no more than the id is told; with
        files that lie elsewhere, at `external`."""
        who = who or self.marta
        stored = [self._files.put(name, data, who["id"], external) for name, data in (files or {}).items()]
        made: Json = {"type": "message", "user": who["id"], "team": TEAM, "ts": self._world.ts(ago)}
        made |= {"channel": channel, "text": as_sent(text), "client_msg_id": self._world.number("m"), "blocks": []}
        if thread:
            made["thread_ts"] = thread
            made["parent_user_id"] = self._world.kept(channel, thread)["user"]
        if stored:
            made |= {"subtype": "file_share", "upload": False}
            made["files"] = [self._files.shown(each, bare) for each in stored]
        made |= more
        self._world.messages[channel, made["ts"]] = made
        self._api.count_reply(made)
        for each in stored:
            each["shares"] = {"public": {channel: [{"ts": made["ts"]}]}}
        if not quietly:
            await self._tell(made, stored)
        return made

    async def repeat(self, message: Json) -> None:
        """Deliver the event of a message a second time, under an id of its own."""
        await self._socket.event(as_event(message, self._world))

    async def edit(self, message: Json, text: str) -> None:
        """Change a message."""
        before = public(message)
        message |= {"text": as_sent(text), "edited": {"user": message["user"], "ts": self._world.ts()}}
        await self._changed(message, before)

    async def unfurl(self, message: Json) -> None:
        """Have Slack show a preview of a link in a message: it is told as a change."""
        before = public(message)
        message["attachments"] = [{"id": 1, "title": "A page", "from_url": "https://example.org"}]
        await self._changed(message, before)

    async def delete(self, message: Json) -> None:
        """Delete a message; where it has replies, Slack leaves a tombstone."""
        key, before = (message["channel"], message["ts"]), public(message)
        if message.get("reply_count"):
            tomb: Json = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
            tomb |= {"text": "This message was deleted.", "channel": message["channel"]}
            tomb |= {name: message[name] for name in ("ts", "thread_ts", "reply_count", "latest_reply")}
            self._world.messages[key] = tomb
            await self._changed(tomb, before)
            return
        self._world.messages.pop(key, None)
        event: Json = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": key[0]}
        event |= {"deleted_ts": key[1], "ts": self._world.ts(), "previous_message": before}
        await self._socket.event({**event, "channel_type": self._kind(key[0])})

    async def delete_file(self, file: str) -> None:
        """Delete a file everywhere."""
        self._world.blobs.pop(file, None)
        self._world.files.pop(file, None)
        await self._socket.event({"type": "file_deleted", "file_id": file})

    async def home(self, who: Json | None = None) -> Call:
        """Open the App Home."""
        who = who or self.marta
        call = self._call("", who, "")
        opened = {"type": "app_home_opened", "user": who["id"], "channel": f"D{who['id'][1:]}", "tab": "home"}
        await self._socket.event(opened)
        return call

    async def command(self, name: str, text: str = "", who: Json | None = None, channel: str = CHANNEL) -> Call:
        """Use a slash command."""
        who = who or self.marta
        call = self._call("", who, channel, command=True)
        payload = {
            "token": "verification-token",
            "team_id": TEAM,
            "team_domain": "fake",
            "channel_id": channel,
            "channel_name": self._world.channels[channel]["name"] or "directmessage",
            "user_id": who["id"],
            "user_name": who["name"],
            "command": f"/{name}",
            "text": as_sent(text),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._response_url(call),
            "trigger_id": self._trigger(who),
        }
        return await self._send("slash_commands", payload, call)

    async def shortcut(self, callback: str, message: Json, who: Json | None = None) -> Call:
        """Use a shortcut of a message's menu."""
        who = who or self.marta
        call = self._call("", who, message["channel"])
        payload = {
            "type": "message_action",
            "callback_id": callback,
            "message_ts": message["ts"],
            "message": public(message),
            "response_url": self._response_url(call),
            "action_ts": self._world.ts(),
        }
        return await self._send("interactive", self._interactive(payload, who, call), call)

    async def press(self, message: Json, action: str, who: Json | None = None, values: list[str] | None = None) -> Call:
        """Press a button, or choose from a menu; it has to be there."""
        found = [(block, each) for block, each in elements_of(message) if each.get("action_id") == action]
        assert found, f"there is no {action}, but {[each.get('action_id') for _, each in elements_of(message)]}"
        block, element = found[0]
        who = who or self.marta
        done: Json = {"action_id": action, "block_id": block["block_id"], "type": element["type"]}
        done |= {"action_ts": self._world.ts(), **_chosen(element, values or [])}
        payload: Json = {"type": "block_actions", "actions": [done]}
        call = self._call("", who, message.get("channel", ""), message)
        if "hash" in message:
            payload |= {"container": {"type": "view", "view_id": message["id"]}, "view": _view(message)}
        else:
            container = {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]}
            container |= {"is_ephemeral": bool(message.get("ephemeral"))}
            if message.get("thread_ts"):
                container["thread_ts"] = message["thread_ts"]
            payload |= {"container": container, "response_url": self._response_url(call), "state": {"values": {}}}
            if not message.get("ephemeral"):
                payload["message"] = public(message)
        return await self._send("interactive", self._interactive(payload, who, call), call)

    async def fill_in(
        self, view: Json, text: str = "", files: FilesByName | None = None, chosen: Json | None = None
    ) -> Call:
        """Fill in a form and send it."""
        who = self._world.people[view["user"]]
        stored = [self._files.put(name, data, who["id"]) for name, data in (files or {}).items()]
        state = state_of(view, text, [self._files.shown(each) for each in stored], chosen or {})
        call = self._call("", who, "", view)
        payload = {"type": "view_submission", "view": {**_view(view), "state": state}, "response_urls": []}
        return await self._send("interactive", self._interactive(payload, who, call), call)

    def _call(self, envelope: str, who: Json, channel: str, message: Json | None = None, command: bool = False) -> Call:
        return Call(envelope, who, channel, time.monotonic(), len(self._world.shown), message, command)

    async def _send(self, kind: str, payload: Json, call: Call) -> Call:
        envelope = await self._socket.push(kind, payload)
        call.envelope = envelope.body["envelope_id"]
        following = asyncio.create_task(self._follow(call, envelope))
        self._following.add(following)
        following.add_done_callback(self._following.discard)
        return call

    async def _follow(self, call: Call, envelope: Envelope) -> None:
        """Carry out what the acknowledgement says, where it comes in time."""
        async with asyncio.timeout(ACK_SECONDS * 20):
            while envelope.seconds is None:
                await asyncio.sleep(0.005)
        call.seconds = envelope.seconds
        if envelope.seconds <= ACK_SECONDS:
            await self._answers.acknowledged(call, envelope.answer or {})
        call.ack = envelope.answer or {}

    async def _tell(self, message: Json, files: list[Json]) -> None:
        event = as_event(message, self._world)
        events = [event]
        if f"<@{BOT_USER}>" in message["text"] and not self._world.channels[message["channel"]]["is_im"]:
            events.append({**{key: value for key, value in event.items() if key != "subtype"}, "type": "app_mention"})
        for each in files:
            shared: Json = {"type": "file_shared", "file_id": each["id"], "user_id": message["user"]}
            events.append({**shared, "file": {"id": each["id"]}, "channel_id": message["channel"]})
        # Slack says nothing of their order
        random.shuffle(events)
        for told in events:
            await self._socket.event(told)

    async def _changed(self, message: Json, before: Json) -> None:
        event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": self._world.ts()}
        event |= {"channel": message["channel"], "message": public(message), "previous_message": before}
        await self._socket.event({**event, "channel_type": self._kind(message["channel"])})

    def _interactive(self, payload: Json, who: Json, call: Call) -> Json:
        user = {"id": who["id"], "username": who["name"], "name": who["name"], "team_id": TEAM}
        made: Json = {"token": "verification-token", "api_app_id": APP, "team": {"id": TEAM, "domain": "fake"}}
        made |= {"user": user, "enterprise": None, "is_enterprise_install": False, "trigger_id": self._trigger(who)}
        if call.channel:
            made["channel"] = {"id": call.channel, "name": self._world.channels[call.channel]["name"]}
        return made | payload

    def _response_url(self, call: Call) -> str:
        number = self._world.number("r")
        self._world.calls[number] = call
        return f"{self._base}/actions/{TEAM}/{number}"

    def _trigger(self, who: Json) -> str:
        number = self._world.number("trigger.")
        self._world.triggers[number] = (time.monotonic(), who["id"])
        return number

    def _kind(self, channel: str) -> str:
        return "im" if self._world.channels[channel]["is_im"] else "channel"


def as_sent(text: str) -> str:
    """Return what a person typed as Slack sends it: escaped, with links and addresses in brackets."""
    made = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    made = _LINK.sub(lambda found: f"<{found[0]}>", _CALLS.sub(r"<\1>", made))
    return _MAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", made)


def elements_of(message: Json) -> list[tuple[Json, Json]]:
    """Return all buttons and menus of a message or view, each with its block."""
    found = []
    for block in message["blocks"]:
        listed = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory")]
        found += [(block, each) for each in listed if each]
    return found


def text_of(message: Json) -> str:
    """Return everything a message or view says."""
    return "\n".join((str(message.get("text", "")), *all_texts(message.get("blocks", []))))


def flat(message: Json) -> str:
    """Return everything that the blocks of a message say without breaks between pieces."""
    return "".join(all_texts(message.get("blocks", [])))


def _chosen(element: Json, values: list[str]) -> Json:
    kind = element["type"]
    offered = {each["value"]: each for each in element.get("options", [])}
    if kind == "button":
        return {"text": element["text"], **({"value": element["value"]} if "value" in element else {})}
    if kind == "static_select":
        return {"selected_option": offered[values[0]]}
    if kind == "multi_static_select":
        return {"selected_options": [offered[each] for each in values]}
    name = {
        "multi_conversations_select": "selected_conversations",
        "multi_channels_select": "selected_channels",
        "multi_users_select": "selected_users",
    }[kind]
    return {name: values}


def _view(view: Json) -> Json:
    return {"state": {"values": {}}, **{key: value for key, value in view.items() if key != "user"}}
