import time

import pytest

from diagnostics.bundle import Evidence
from diagnostics.fingerprint import fingerprint, own_frames, template
from diagnostics.log.model import Frame, Traceback


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
    assert fingerprint("KeyError", other.message, other) == fingerprint("KeyError", reference.message, reference)


def test_another_error_has_another_mark() -> None:
    one, two = traceback("/a", 1, "'bias'"), traceback("/a", 1, "'weight'")
    assert fingerprint("KeyError", one.message, one) != fingerprint("KeyError", two.message, two)
    assert fingerprint("KeyError", one.message, one) != fingerprint("TypeError", one.message, one)


@pytest.mark.parametrize("part", ["/", "a/", "1,", "<path> ", "/(a)", "'", "0x", "C:\\a "])
def test_a_hostile_message_takes_no_time(part: str) -> None:
    started = time.process_time()
    template(part * 100_000)
    assert time.process_time() - started < 0.5


def test_of_an_error_of_the_system_only_its_number_counts() -> None:
    german = template("[WinError 126] Das angegebene Modul wurde nicht gefunden")
    assert german == template("[WinError 126] The specified module could not be found. 'x.dll'") == "WinError 126"
    assert german != template("[WinError 1455] Die Auslagerungsdatei ist zu klein")


def test_the_frames_of_packages_and_of_python_do_not_count() -> None:
    files = ("/opt/t/train.py", "C:\\Python310\\lib\\runpy.py", "/x/envs/a/lib/python3.11/json/decoder.py")
    assert [frame.file for frame in own_frames([Frame(file, 1, "f") for file in files])] == [files[0]]
