"""What the sieve passes over changes nothing: the rules alone, line by line, give the same bytes."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redact import Redactor
from bot.redact import files as door
from bot.redact.loose import loose
from bot.redact.redactor import Known
from bot.redact.sieve import FastSieve, PortableSieve, Sieve, sieve_for
from diagnostics.bundle import Attachment, Bundle
from knowledge.redaction import load_redaction

REDACTION = load_redaction()
PATTERNS = [rule.pattern for rule in REDACTION.rules]
PLANTED = [text for rule in REDACTION.rules for text in (*rule.examples, *rule.counterexamples)]
PLAIN = [
    "steps:   3%|▎         | 60/2000 [01:00<30:00, 1.00s/it, avr_loss=0.12]",
    "my_lora:  12%|█▎        | 360/3000 [05:11<36:23,  1.25s/it, lr: 1.0e-04 loss: 1.234e-01]",
    "Traceback (most recent call last):",
    "学习率 = 1e-4, 网络维度 32",
    "wandb.login(",  # the rules alone look at one line: what follows is no call any more
    "",
]


class Everything:
    """Passes nothing over."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._all = range(len(patterns))

    def found(self, _data: bytes) -> Collection[int]:
        return self._all


ALONE = Redactor(REDACTION, b"key", Everything)
SIEVES: list[Callable[[Sequence[str]], Sieve]] = [PortableSieve]
if find_spec("hyperscan") is not None:
    SIEVES.append(FastSieve)
REDACTORS = [Redactor(REDACTION, b"key", sieve) for sieve in SIEVES]

around = st.text(max_size=12) | st.sampled_from(
    ["", " ", "  ", '"', "文件夹", "\ufb01", "\x0b", "\u017f", "\u212a", "é/"]
)
lines = st.lists(
    st.sampled_from(PLAIN)
    | st.tuples(around, st.sampled_from(PLANTED), around, st.sampled_from(["", *PLANTED])).map("".join)
    | st.text(max_size=40),
    max_size=25,
)
ends = st.sampled_from(["\n", "\r", "\r\n"])


def by_rules_alone(block: bytes) -> tuple[bytes, Counter[str], set[Known]]:
    counts: Counter[str] = Counter()
    known: set[Known] = set()
    pieces = re.split(rb"([\r\n])", block)
    return b"".join(ALONE.redact_block(piece, counts, known) for piece in pieces), counts, known


@settings(max_examples=150, deadline=None)
@given(lines, ends, st.integers(0, 3), st.data())
def test_a_block_becomes_what_the_rules_alone_make_of_its_lines(
    planted: list[str], end: str, padding: int, data: st.DataObject
) -> None:
    # padding: what is planted stands in any part of a block, and beside parts without anything
    block = end.join([*[PLAIN[0]] * (padding * 100), *planted, *[PLAIN[1]] * (padding * 60)]).encode("utf-8", "replace")
    wanted, counts, known = by_rules_alone(block)
    starts = [match.end() for match in re.finditer(rb"[\r\n]", block)]
    cuts = sorted({0, len(block), *data.draw(st.lists(st.sampled_from(starts or [0]), max_size=4))})
    for redactor in REDACTORS:
        seen: Counter[str] = Counter()
        learned: set[Known] = set()
        parts = [redactor.redact_block(block[start:stop], seen, learned) for start, stop in pairwise(cuts)]
        assert b"".join(parts) == wanted
        assert seen == counts
        assert learned == known == redactor.learn(block)


@settings(max_examples=60, deadline=None)
@given(lines, ends, st.integers(200, 2000), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_a_file_becomes_the_same_wherever_it_is_cut_while_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, planted: list[str], end: str, chunk: int, encoding: str
) -> None:
    text = end.join([PLAIN[2], *planted, PLAIN[2]])
    data = text.encode(encoding, "replace")
    # no line is longer than a chunk: only such a line is divided
    longest = 1 + max(len(line.encode("utf-8", "replace")) for line in [*planted, ""])
    results = set()
    for size in (chunk, 1 << 20):
        folder = tmp_path_factory.mktemp("door")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(door, "_CHUNK", max(size, longest))
            admitted = door.admit(Bundle("", (Attachment.from_bytes("a.log", data),)), REDACTORS[-1], folder)
        with admitted.bundle.attachments[0].open() as file:
            results.add(file.read())
    assert len(results) == 1


@settings(max_examples=100, deadline=None)
@given(lines)
def test_text_that_is_shown_becomes_what_the_rules_alone_make_of_it(planted: list[str]) -> None:
    text = "\n".join(planted)
    wanted = ALONE.redact(text)
    assert [redactor.redact(text) for redactor in REDACTORS] == [wanted] * len(REDACTORS)


@pytest.mark.parametrize("text", ["pa\u017fsword: geheim99", "HF_TO\u212aEN=geheim99", "password: ge\x0bheim99"])
def test_letters_and_blanks_that_engines_see_differently_hide_nothing(text: str) -> None:
    assert "heim99" not in ALONE.redact(text).text
    assert {redactor.redact(text).text for redactor in REDACTORS} == {ALONE.redact(text).text}


@pytest.mark.parametrize("sieve", SIEVES)
def test_nothing_is_found_in_the_progress_of_a_healthy_run(sieve: Callable[[Sequence[str]], Sieve]) -> None:
    assert not sieve(PATTERNS).found("\n".join(PLAIN[:2] * 200).encode())


def test_whoever_asks_while_another_asks_is_told_everything() -> None:
    pytest.importorskip("hyperscan", reason="Hyperscan has no wheel for this machine; RE2 is used alone")
    sieve = FastSieve(PATTERNS)
    with sieve._lock:
        assert list(sieve.found(b"nothing")) == list(range(len(PATTERNS)))
    assert not sieve.found(b"nothing")


def test_rules_that_hyperscan_refuses_are_left_to_re2() -> None:
    assert isinstance(sieve_for(["ab", "c*"]), PortableSieve)


def test_bytes_that_are_no_text_are_replaced_before_the_rules_see_them(tmp_path: Path) -> None:
    data = "▎".encode() + b' File "/home/mar\xffta/x"\n' + "é".encode()[:1]
    admitted = door.admit(Bundle("", (Attachment.from_bytes("a.log", data),)), REDACTORS[-1], tmp_path)
    with admitted.bundle.attachments[0].open() as file:
        text = file.read().decode("utf-8")
    assert "ta/" not in text
    assert text.endswith("�")


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        (r"a{3,9}[0-9]{2}b?", r"a{3,}[0-9]{2}b?"),
        (r"[^a\]]{0,60}?[^/]x", r"[^a\]]{0,}[^/]+x"),
        (r"\pL{2,30}", r"[A-Za-z\x80-\xff]{2,}"),
        (r"[\pL.\-]?é", r"[A-Za-z.\-\x80-\xff]*[\x80-\xff]+"),
        (r"\x{41}{2}[^é]\.", r"[^\n]{2,}[^\n]+\."),
    ],
)
def test_a_pattern_is_made_loose(pattern: str, made: str) -> None:
    assert loose(pattern) == made
