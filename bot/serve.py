"""`lora-triage serve`: starts the adapters that belong to the role of this process, on one desk."""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import importlib.util
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.desk import Adapter, Desk
from bot.health import health
from bot.logs import get_log, set_up_logs
from bot.redact import Redactor
from bot.settings import PREFIX, Settings, SettingsError
from knowledge.load import HOME
from knowledge.redaction import load_redaction

_log = get_log(__name__)
_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3)."""


@dataclass(frozen=True, slots=True)
class AdapterKind:
    """An adapter that may be started; its module is imported only where its token is set."""

    title: str
    setting: str
    """The setting that holds its token."""
    module: str
    """Has a function `adapter(settings)`."""
    how: str
    """Where to get a token, in words."""
    also: str = ""
    """A second setting without which the first is of no use."""


KINDS = (
    AdapterKind("Discord", "discord_token", "bot.discord", "the Discord Developer Portal, Bot, Reset Token"),
    AdapterKind(
        "Slack", "slack_bot_token", "bot.slack", "api.slack.com/apps, as docs/slack.md says", "slack_app_token"
    ),
)


def make_adapters(settings: Settings, kinds: tuple[AdapterKind, ...] = KINDS) -> tuple[Adapter, ...]:
    """Return an adapter for every token, and the web page where it is on; without a token it is, unless it is `off`.

    A gateway has no page, the role `web` nothing else; workers answer for all. Raises `SettingsError` where nothing is
    left, saying what to do.
    """
    role = settings.role
    made = () if role == "web" else tuple(_made(kind, settings) for kind in kinds if any(_given(kind, settings)))
    page_on = settings.web == "on" or (settings.web == "auto" and (role != "all" or not made))
    if role != "gateway" and (page_on or role == "web"):
        page: Adapter = importlib.import_module("bot.web").adapter(settings)
        made = (*made, page)
    if not made:
        raise SettingsError("No chat is connected: " + "; or ".join(_advice(kinds)) + ".")
    return made


def _advice(kinds: tuple[AdapterKind, ...]) -> Iterator[str]:
    for kind in kinds:
        names = " and ".join(_names(kind))
        token = "tokens" if kind.also else "token"
        yield f"for {kind.title} set {names} in the environment or in .env to the {token} from {kind.how}"


def _names(kind: AdapterKind) -> list[str]:
    return [f"{PREFIX}{setting.upper()}" for setting in (kind.setting, kind.also) if setting]


def _given(kind: AdapterKind, settings: Settings) -> list[bool]:
    return [getattr(settings, setting) is not None for setting in (kind.setting, kind.also) if setting]


def _made(kind: AdapterKind, settings: Settings) -> Adapter:
    if importlib.util.find_spec(kind.module) is None:
        raise SettingsError(f"This version has no {kind.title} part yet; leave {PREFIX}{kind.setting.upper()} empty.")
    given = _given(kind, settings)
    if not all(given):
        missing = ", ".join(name for name, there in zip(_names(kind), given, strict=True) if not there)
        raise SettingsError(f"{kind.title} also needs {missing}; get it from {kind.how}.")
    adapter: Adapter = importlib.import_module(kind.module).adapter(settings)
    return adapter


def check_role(settings: Settings) -> None:
    """Raise `SettingsError` where this process could not share its work with others."""
    if settings.role == "all":
        return
    if settings.database_url.startswith("sqlite"):
        raise SettingsError(
            f"The role {settings.role} needs cases in PostgreSQL: set {PREFIX}DATABASE to postgresql+psycopg://..., or "
            "leave the role out."
        )
    if settings.secret is None:
        raise SettingsError(
            f"All processes need the same key: set {PREFIX}SECRET for each of them. That of a folder used so far is in "
            "its file secret.key, in bytes; `lora-triage migrate-store --help` says how to take it along."
        )


def serve(settings: Settings) -> None:
    """Run until interrupted or terminated. Raises `SettingsError` and `DeskError`."""
    check_role(settings)
    os.umask(0o077)
    _one_heap()
    redactor = Redactor(load_redaction(settings.knowledge or HOME), settings.key())
    set_up_logs(redactor, settings.log_level, settings.log_format)
    logging.captureWarnings(True)
    asyncio.run(run(settings, make_adapters(settings), redactor))


def _one_heap() -> None:
    """Have all threads share one heap, where the C library can: those of their own keep what they once needed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


async def run(settings: Settings, adapters: tuple[Adapter, ...], redactor: Redactor | None = None) -> None:
    """Open the desk and run all adapters; ends cleanly on SIGINT and SIGTERM, and when an adapter fails for good."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Desk(settings, adapters, redactor=redactor).opened() as desk:
        _log.info("ready", role=settings.role, adapters=[adapter.platform for adapter in adapters])
        running = [adapter.run(desk) if settings.hears else adapter.answer(desk) for adapter in adapters]
        if settings.status_port:
            running.append(health(desk, settings))
        tasks = {asyncio.create_task(each) for each in running}
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({*tasks, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        ended = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()
