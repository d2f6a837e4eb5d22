"""Four times the input takes about four times as long, whatever is repeated in it: sixteen times would be quadratic."""

import time

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician

_SMALL = 12_000
_TIMES = 4
_RATIO = 2.5 * _TIMES
_NOISE = 0.05
"""Seconds that any diagnosis may take, for the ratio of smaller times says nothing."""
STARTS = {
    "json": '{\n  "job": "extension",\n  "config": {\n    "process": [\n      {"type": "sd_trainer", "lr": 1e-4',
    "yaml": "job: extension\nconfig:\n  process:\n  - type: sd_trainer\n    train:\n      lr: 1e-4\n",
    "toml": 'output_dir = "x"\n[model]\ntype = "flux"\n[adapter]\nrank = 16\n',
    "command": "accelerate launch train_network.py --network_dim 16 --network_alpha 8 ",
    "log": "steps:   1%|1         | 1/300 [00:01<05:00, 1.00s/it, avr_loss=0.1]\nTraceback (most recent call last):\n",
    "words": "my lora looks like plastic, here is what I did:\n```\n",
}
FILLERS = {
    "line ends": "\n",
    "returns": "\r",
    "spaces": " ",
    "blank lines": " \n",
    "dashes": "- ",
    "quotes": "\"'",
    "escaped quotes": '\\"',
    "brackets": "[",
    "braces": "{",
    "pairs of braces": "{}",
    "fences": "```\n",
    "keys": "network_dim: 16\n",
    "sections": "[model]\n",
    "options": "--lr 1e-4 ",
    "continued": "\\\n",
    "frames": '  File "train.py", line 1, in run\n    run()\n',
    "chained": "During handling of the above exception, another exception occurred:\n\n",
    "arguments": "Command '['python', ",
    "bars": "1/300 [00:01<05:00, 1.00s/it] ",
    "losses": "loss: 0.1 ",
    "digits": "1",
    "nan": "nan",
    "colours": "\x1b[31m",
    "broken colours": "\x1b[",
    "memory": "Tried to allocate 2.00 GiB. ",
    "half a message": "CUDA out of memory. Tried to ",
    "words": "plastic skin face different ",
    "accents": "é̂",
    "wide": "損失 ",
    "hashes": "# ",
    "dots": ".",
    "paths": "/a/b",
}


def seconds(diagnostician: Diagnostician, start: str, filler: str, size: int) -> float:
    text = start + filler * (size // len(filler))
    named = "" if start == STARTS["words"] else "input.txt"
    bundle = Bundle("", (Attachment.from_bytes(named, text.encode()),)) if named else Bundle(text, ())
    begin = time.process_time()
    diagnostician.diagnose(bundle)
    return time.process_time() - begin


@pytest.mark.parametrize("start", STARTS)
def test_time_grows_with_the_input_and_no_faster(diagnostician: Diagnostician, start: str) -> None:
    slow = {}
    for name, filler in FILLERS.items():
        for _ in range(3):
            small = seconds(diagnostician, STARTS[start], filler, _SMALL)
            large = seconds(diagnostician, STARTS[start], filler, _SMALL * _TIMES)
            if large <= _RATIO * max(small, _NOISE / _TIMES):
                break
        else:
            slow[name] = f"{small:.3f} s, then {large:.3f} s"
    assert not slow
