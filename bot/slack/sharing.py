"""Files that we hand over with a reply: pictures in it, and those to take away in its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.chat.blocks import Attached
from bot.desk import Posted
from bot.logs import get_log
from bot.slack.api import Api
from bot.slack.errors import is_gone, is_refused, reason
from bot.slack.history import of_thread
from bot.slack.messages import Json, split
from bot.slack.render import Drawn
from bot.slack.submissions import link_of

_log = get_log(__name__)
EVENT = "lora_triage_reply"
_LOOK_AHEAD = 200
"""Messages of a thread after our reply, among which its files are looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a reply: the files in it by id, and the messages with files to take away."""

    case: str = ""
    pictures: tuple[str, ...] = ()
    shares: tuple[Json, ...] = field(default=(), repr=False)


class Sharing:
    """Hands files over once, whatever interrupts it: what stands in the thread tells what is done."""

    def __init__(self, api: Api, session: aiohttp.ClientSession) -> None:
        self._api = api
        self._session = session

    async def pictures(self, drawn: Drawn) -> Mapping[str, str]:
        """Upload the pictures of a message; returns their ids by name. One that fails is left out."""
        uploaded: dict[str, str] = {}
        for picture in drawn.pictures:
            try:
                made = await self._api.client.files_upload_v2(
                    filename=picture.name, content=picture.data, title=picture.name, alt_txt=picture.says[:1000]
                )
                uploaded[picture.name] = str(made["files"][0]["id"])
            except (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError) as error:
                _log.warning("a picture could not be uploaded", error=_name(error))
        return uploaded

    async def share(self, posted: Posted, case: str, files: Sequence[Attached], before: Standing | None = None) -> None:
        """Put files below a reply, where they do not stand there already, and take down what stood there before."""
        channel, ts = split(posted.message)
        thread = split(posted.place.thread)[1] if posted.place.thread else ts
        before = before or Standing()
        if files and not (len(before.shares) == 1 and await self._holds(before.shares[0], files)):
            try:
                await self._api.client.files_upload_v2(
                    file_uploads=[
                        {"filename": file.name, "content": file.data, "title": _title(file.name, case)}
                        for file in files
                    ],
                    channel=channel,
                    thread_ts=thread,
                )
            except SlackApiError as error:
                if not is_refused(error):
                    raise
                # the reply stands; without its files it is better than not at all
                _log.error("the files of a reply could not be shared", case=case, reason=reason(error))
        elif files:
            before = Standing(before.case, before.pictures)
        await self.drop(channel, before)

    async def hand(self, person: str, files: Sequence[Attached]) -> None:
        """Give files to one person directly."""
        opened = await self._api.client.conversations_open(users=person)
        await self._api.client.files_upload_v2(
            file_uploads=[{"filename": file.name, "content": file.data, "title": file.name} for file in files],
            channel=str(opened["channel"]["id"]),
        )

    async def standing(self, posted: Posted) -> Standing:
        """Return what stands of a reply now."""
        channel, ts = split(posted.message)
        thread = split(posted.place.thread)[1] if posted.place.thread else ts
        try:
            found = [each async for each in of_thread(self._api, channel, thread, ts, _LOOK_AHEAD)]
        except SlackApiError as error:
            if not is_gone(error):
                raise
            return Standing()
        reply = next((each for each in found if each.get("ts") == ts), {})
        case = str((reply.get("metadata") or {}).get("event_payload", {}).get("case") or "")
        shares = [each for each in found if case and self._api.is_ours(each) and _is_share(each, case)]
        return Standing(case, tuple(_pictures(reply)), tuple(shares))

    async def drop(self, channel: str, standing: Standing) -> None:
        """Take down files that stood with a reply; those that are gone already are no error."""
        for share in standing.shares:
            with suppress(SlackApiError):
                await self._api.client.chat_delete(channel=channel, ts=str(share["ts"]))
        files = [*standing.pictures, *(str(file["id"]) for share in standing.shares for file in share["files"])]
        for file in files:
            try:
                await self._api.client.files_delete(file=file)
            except SlackApiError as error:
                if not is_refused(error) and reason(error) != "file_not_found":
                    raise

    async def _holds(self, share: Json, files: Sequence[Attached]) -> bool:
        """Tell whether a message holds these files, byte for byte."""
        there = {str(file.get("name")): file for file in share["files"]}
        if set(there) != {file.name for file in files}:
            return False
        for file in files:
            link, size = link_of(there[file.name]), there[file.name].get("size")
            if size != len(file.data) or not self._api.is_slacks(link):
                return False
            async with self._session.get(link, headers=self._api.bearer(), allow_redirects=False) as response:
                if response.status != 200 or await response.read() != file.data:
                    return False
        return True


def _title(name: str, case: str) -> str:
    return f"{name} ({case})"


def _is_share(message: Json, case: str) -> bool:
    return any(str(file.get("title")).endswith(f"({case})") for file in message.get("files") or ())


def _pictures(reply: Json) -> list[str]:
    shown = (block.get("slack_file") or {} for block in reply.get("blocks") or () if block.get("type") == "image")
    return [str(file["id"]) for file in shown if file.get("id")]


def _name(error: Exception) -> str:
    return reason(error) if isinstance(error, SlackApiError) else type(error).__name__
