"""Every kind of secret planted in what people post on Slack: none may come out anywhere, nor may the bot's own."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.logs import set_up_logs
from bot.redact import Redactor
from knowledge.redaction import load_redaction
from tests.bot.asynchronous import run_async
from tests.bot.desk.test_planted import FALSE_POSITIVES, planted
from tests.bot.live import CONFIG, LOG
from tests.bot.slack.fake import FakeSlack
from tests.bot.slack.fake.people import flat
from tests.bot.slack.fake.world import APP_TOKEN, BOT_TOKEN
from tests.bot.slack.live import connected


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs(Redactor(load_redaction(), b"k"), "debug", "text", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@run_async
async def test_nothing_comes_out(tmp_path: Path, logged: io.StringIO) -> None:
    lines = [text for text, _ in planted()]
    errors = "\n".join(f"RuntimeError: failed with {text}" for text in lines)
    log = f"{LOG.decode()}\n{errors}\n" + "\n".join(lines)
    files = {
        "DESKTOP-7QX91MD.log": log.encode(),
        "jan.nowak@example.org.yaml": CONFIG + f"\n# {' '.join(lines)}\n".encode(),
    }
    async with FakeSlack() as slack, connected(slack, tmp_path, log_level="debug") as live:
        asked = await slack.people.post("it crashed\n" + "\n".join(lines), files)
        answer = await live.answer()
        case = await live.case()
        await live.settled()
        view = await live.desk.lookup.case(case)
        assert view is not None
        assert sum(view.redactions.values()) > len(lines)
        await slack.answered(await slack.people.press(answer, f"lt:details:{case}"))
        form = await slack.answered(await slack.people.command("diagnose"))
        await slack.acknowledged(await slack.people.fill_in(form, "\n".join(lines)[:2900], files))
        await slack.people.edit(asked, "\n".join(reversed(lines)))
        await slack.people.command("diagnose", " ".join(lines)[:2900])
        await live.settled()
        raw = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("cases.sqlite*"))
        uploaded = b"".join(slack.world.blobs[each["id"]] for share in slack.world.shares() for each in share["files"])
        said = json.dumps([slack.world.requests, slack.world.of_bot()], ensure_ascii=False) + uploaded.decode()
        said += "".join(flat(each.what) for each in slack.world.shown)
    connection = sqlite3.connect(tmp_path / "data" / "cases.sqlite")
    database = "\n".join(connection.iterdump()) + raw.decode("utf-8", "replace")
    connection.close()
    harmless = [text for text in FALSE_POSITIVES if "\n" not in text]
    for text, gone in (*planted(), *((token, token) for token in (BOT_TOKEN, APP_TOKEN))):
        if any(gone in kept for kept in harmless):
            continue  # the same digits stand in a harmless line too, and have to
        for where, content in (("database", database), ("logs", logged.getvalue()), ("requests", said)):
            assert gone not in content, f"{gone!r} of {text!r} is in the {where}"
            assert json.dumps(gone)[1:-1] not in content, f"{gone!r} of {text!r} is in the {where}"
