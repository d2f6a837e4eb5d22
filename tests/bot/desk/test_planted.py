"""Every kind of secret planted everywhere at once: none may come out anywhere."""

import io
import json
import logging
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.logs import set_up_logs
from bot.redact import Redactor
from bot.settings import Settings
from knowledge.redaction import load_redaction
from tests.bot.asynchronous import run_async
from tests.bot.desk.chat import FolderChat, settled, submission
from tests.conftest import ROOT, SHARED

LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_text()
CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_text()
FALSE_POSITIVES = [text for rule in load_redaction().rules for text in rule.counterexamples]


def planted() -> Iterator[tuple[str, str]]:
    """Yield (text, what must be gone of it)."""
    for rule in load_redaction().rules:
        yield from rule.examples.items()
    path = SHARED / "cases" / "redaction.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        seen = json.loads(line)
        if not seen["kind"].startswith("FALSE_POSITIVE") and "<" not in seen["made_up_example"]:
            yield seen["made_up_example"], seen["made_up_example"]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs(Redactor(load_redaction(), b"k"), "debug", "text", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@run_async
async def test_nothing_comes_out_and_false_positives_stay_whole(tmp_path: Path, logged: io.StringIO) -> None:
    chat = FolderChat(tmp_path / "chat")
    lines = [text for text, _ in planted()]
    kept = [text for text in FALSE_POSITIVES if "\n" not in text]
    errors = "\n".join(f"RuntimeError: failed with {text}" for text in lines)
    log = f"{LOG}\n{errors}\n" + "\n".join(lines)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("home/marta.k/20_anna_zielinska woman/log.txt", log)
    uploads = (
        chat.attach("DESKTOP-7QX91MD.log", log.encode(), "m1"),
        chat.attach("jan.nowak@example.org.yaml", f"{CONFIG}\n# {' '.join(lines)}\n".encode(), "m1"),
        chat.attach("run.zip", packed.getvalue(), "m1"),
        chat.attach("utf16.log", log.encode("utf-16"), "m1"),
    )
    settings = Settings(data=tmp_path / "data", workers=1, log_level="debug")
    async with Desk(settings, [chat]).opened() as at:
        await at.receive(submission("m1", text="\n".join((*lines, *kept)), files=uploads, person="Marta Kowalska"))
        await settled(at, 1)
        raw = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("cases.sqlite*"))
    connection = sqlite3.connect(tmp_path / "data" / "cases.sqlite")
    database = "\n".join(connection.iterdump()) + raw.decode("utf-8", "replace")
    (stored,) = connection.execute("SELECT text FROM messages").fetchone()
    connection.close()
    replies = (tmp_path / "chat" / "posts.jsonl").read_text()
    (reply,) = chat.visible().values()
    assert reply["outcome"] == "diagnosed"
    assert sum(reply["redactions"].values()) > len(lines)
    for text in kept:
        assert text in stored, f"{text!r} was harmed"
        database = database.replace(text, "").replace(text.replace("'", "''"), "")
    for text, gone in planted():
        if any(gone in harmless for harmless in kept):
            continue  # the same digits stand in a harmless line too, and have to
        for where, content in (("database", database), ("logs", logged.getvalue())):
            assert gone not in content, f"{gone!r} of {text!r} is in the {where}"
        assert json.dumps(gone)[1:-1] not in replies, f"{gone!r} of {text!r} is in a reply"
    assert "Kowalska" not in database + logged.getvalue() + replies
