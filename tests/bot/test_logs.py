import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import get_log, set_up_logs
from bot.redact import Redactor
from knowledge.redaction import load_redaction

TOKEN = "hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_secret_gets_into_a_line_of_ours_or_a_librarys_or_a_traceback(style: str) -> None:
    stream = io.StringIO()
    set_up_logs(Redactor(load_redaction(), b"k"), "info", style, stream)
    get_log("bot.test").info("got", text=f"token {TOKEN}", path="/home/marta/x")
    logging.getLogger("library").warning("sent %s", TOKEN)
    try:
        raise ValueError(f"cannot open C:\\Users\\marta\\{TOKEN}")
    except ValueError:
        get_log("bot.test").exception("failed")
    text = stream.getvalue()
    assert TOKEN not in text
    assert "marta" not in text
    assert "ValueError" in text
    if style == "json":
        assert json.loads(text.splitlines()[0])["event"] == "got"


def test_a_level_below_the_least_is_silent() -> None:
    stream = io.StringIO()
    set_up_logs(Redactor(load_redaction(), b"k"), "warning", "text", stream)
    get_log("bot.test").info("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("before", ["\n", "\t", '"'])
def test_what_a_line_writes_differently_is_redacted_before(style: str, before: str) -> None:
    stream = io.StringIO()
    set_up_logs(Redactor(load_redaction(), b"k"), "info", style, stream)
    get_log("bot.test").info("got", reason=f"no such file:{before}/home/marta/x", more={"at": [f"{before}/home/ola/x"]})
    try:
        raise ValueError(f"cannot open{before}/home/jonas/x")
    except ValueError:
        logging.getLogger("library").exception("failed")
    assert not {name for name in ("marta", "ola/", "jonas") if name in stream.getvalue()}
