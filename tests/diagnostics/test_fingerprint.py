import time

import pytest

from diagnostics.bundle import Evidence
from diagnostics.fingerprint import Fingerprints
from diagnostics.log.model import Frame, Traceback
from knowledge.load import load_knowledge

MARKS = Fingerprints(load_knowledge().fingerprints)


def traceback(path: str, line: int, message: str) -> Traceback:
    frames = (
        Frame(f"{path}/train.py", line, "train"),
        Frame(f"{path}/venv/lib/python3.10/site-packages/torch/nn.py", 5, "call"),
    )
    return Traceback("KeyError", message, frames, Evidence("log", 1, message))


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        ("/home/a/kohya", 10, "'block.12.weight' at 0x7f00aa in /home/a/x/y.py"),
        ("D:\\kohya", 99, "'block.7.weight' at 0x11 in D:\\x\\y.py"),
    ],
)
def test_paths_numbers_and_addresses_do_not_matter(path: str, line: int, message: str) -> None:
    reference = traceback("/opt/t", 1, "'block.1.weight' at 0xff in /srv/q/y.py")
    other = traceback(path, line, message)
    assert MARKS.mark("KeyError", other.message, other) == MARKS.mark("KeyError", reference.message, reference)


def test_another_error_has_another_mark() -> None:
    one, two = traceback("/a", 1, "'bias'"), traceback("/a", 1, "'weight'")
    assert MARKS.mark("KeyError", one.message, one) != MARKS.mark("KeyError", two.message, two)
    assert MARKS.mark("KeyError", one.message, one) != MARKS.mark("TypeError", one.message, one)


@pytest.mark.parametrize("part", ["/", "a/", "1,", "<path> ", "/(a)", "'", "0x", "C:\\a "])
def test_a_hostile_message_takes_no_time(part: str) -> None:
    started = time.process_time()
    MARKS.template(part * 100_000)
    assert time.process_time() - started < 0.5


def test_of_an_error_of_the_system_only_its_number_counts() -> None:
    german = MARKS.template("[WinError 126] Das angegebene Modul wurde nicht gefunden")
    assert german == MARKS.template("[WinError 126] The specified module could not be found. 'x.dll'") == "WinError 126"
    assert german != MARKS.template("[WinError 1455] Die Auslagerungsdatei ist zu klein")


def test_the_frames_of_packages_and_of_python_do_not_count() -> None:
    files = ("/opt/t/train.py", "C:\\Python310\\lib\\runpy.py", "/x/envs/a/lib/python3.11/json/decoder.py")
    assert [frame.file for frame in MARKS.own_frames([Frame(file, 1, "f") for file in files])] == [files[0]]
