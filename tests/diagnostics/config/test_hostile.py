"""Whatever is handed in: no exception, and an answer within a second or so."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.config import find_configs, looks_like_config, read_config, write_patch
from tests.diagnostics.config.examples import ALL, document

SECONDS = 3.0
"""Generous: on two busy cores; the slowest takes about half a second."""
HEAD = "job: extension\nconfig:\n  process:\n  - type: sd_trainer\n    train:\n"
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join('*' + chr(97 + i) for _ in range(9))}]\n" for i in range(20)
)
HOSTILE: dict[str, Callable[[], str]] = {
    "50 MB of one letter": lambda: "a" * 50_000_000,
    "50 MB of settings": lambda: "lr: 1e-4\n" * 5_600_000,
    "50 MB of commands": lambda: "accelerate launch train_network.py --lr 1\n" * 1_200_000,
    "50 MB of braces": lambda: '"type": "sd_trainer" {\n' * 2_200_000,
    "10,000 nested lists": lambda: "[" * 10_000 + "]" * 10_000,
    "10,000 nested lists in YAML": lambda: HEAD + "      lr: " + "[" * 10_000,
    "nested blocks": lambda: "\n".join(" " * i + "a:" for i in range(2_000)),
    "nested JSON": lambda: '{"LoRA_type":' * 10_000,
    "nested TOML": lambda: "network_dim = 1\nx = " + "[" * 10_000,
    "dashes": lambda: "- " * 100_000,
    "billion laughs": lambda: LAUGHS + HEAD + "      lr: 1e-4\n    datasets: *t\n    model: *s\n",
    "an alias to itself": lambda: "job: x\nconfig: &c\n  process: [*c]\n  train: {lr: 1}\n",
    "a merge of itself": lambda: HEAD + "      &x\n      <<: *x\n      lr: 1\n",
    "a Python object": lambda: HEAD + "      lr: !!python/object/apply:os.system ['echo hi']\n",
    "many keys": lambda: HEAD + "".join(f"      key{i}: {i}\n" for i in range(30_000)),
    "many broken lines": lambda: HEAD + "".join(f'      key{i}: "abc\n' for i in range(30_000)),
    "many TOML keys": lambda: "network_dim = 1\nunet_lr = 1\n" + "".join(f"k{i} = {i}\n" for i in range(40_000)),
    "backslashes": lambda: '{"LoRA_type": "' + "\\" * 500_000,
    "quotes": lambda: '{"a": ' + '"a ' * 170_000,
    "quotes in a command": lambda: "accelerate launch train_network.py --x=" + "\"' " * 100_000,
    "a long command": lambda: "accelerate launch train_network.py " + "--a b " * 80_000,
    "continuations": lambda: "accelerate launch train_network.py " + "\\\n" * 250_000,
    "a long list": lambda: "network_dim = 1\nresolution = [" + "1," * 240_000 + "]",
    "TOML escapes": lambda: 'network_dim = "' + "\\u" * 250_000 + '"',
    "a long number": lambda: HEAD + "      lr: " + "9" * 100_000,
    "control characters": lambda: "\x00\x01\x02" * 1_000 + HEAD,
    "a lone surrogate": lambda: HEAD + "      lr: \ud800\n",
    "tabs": lambda: "\t" * 500_000,
    "fences": lambda: "```\n" * 60_000,
    "open comment": lambda: "{" + "/*" * 250_000,
    "empty": str,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_answers_in_time(name: str) -> None:
    doc = document(HOSTILE[name]())
    for part in (read_config, find_configs, lambda d: looks_like_config(d.text)):
        begin = time.process_time()
        part(doc)
        assert time.process_time() - begin < SECONDS
    config = read_config(doc)
    if config is not None:
        begin = time.process_time()
        write_patch(config, {"learning_rate": 1e-4, "low_vram": True})
        assert time.process_time() - begin < SECONDS


def everything(text: str) -> None:
    doc = document(text)
    looks_like_config(text)
    configs = [read_config(doc), *(read_config(part) for part in find_configs(doc))]
    for config in configs:
        if config is not None:
            assert all(1 <= e.line <= text.count("\n") + 1 for e in config.origins.values())
            write_patch(config, {"learning_rate": 3e-4, "quantize": True, "resolution": 512, "trigger_word": "a: b"})


@settings(deadline=None, max_examples=150)
@given(st.text())
def test_any_text(text: str) -> None:
    everything(text)


@settings(deadline=None, max_examples=150)
@given(st.text("{}[]\"':,=-#&*!|>\\\n\t \r\u00a0ab1.e%@`"))
def test_any_syntax(text: str) -> None:
    everything(text)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_any_damage(name: str, data: st.DataObject) -> None:
    """Cut out, put in, or cut off anywhere in a real config."""
    text = ALL[name]
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 40)))
    put = data.draw(st.text("\t\n \r\"'[]{}:=\\,#-&*ab1\u00a0\x00", max_size=6))
    everything(text[:start] + put + (text[stop:] if data.draw(st.booleans()) else ""))
