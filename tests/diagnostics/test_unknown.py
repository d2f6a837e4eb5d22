import pytest

from diagnostics.bundle import Evidence
from diagnostics.log.model import Frame, Traceback
from diagnostics.unknown import fingerprint


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
