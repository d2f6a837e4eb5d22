"""A log in blocks is the log: its segments, their lines and their text."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Document, Kind
from diagnostics.log import blocks as module
from diagnostics.log.blocks import OVERLAP, Block, blocks
from diagnostics.log.lines import LONGEST
from tests.diagnostics.log.logs import document

CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def stored(data: bytes) -> Document:
    return Document("log.txt", Kind.LOG, "", source=Attachment.from_bytes("log.txt", data))


def segments(log: Document) -> list[tuple[int, str]]:
    return [
        (int(block.lines[number]), block.text(number)) for block in blocks(log) for number in range(len(block.starts))
    ]


def expected(text: str) -> list[tuple[int, str]]:
    return [(number, part) for number, line in enumerate(text.split("\n"), 1) for part in line.split("\r") if part]


TEXT = st.text(st.sampled_from("abc 0:|é█\r\n\n"), max_size=200)


@settings(deadline=None)
@given(TEXT)
def test_segments_are_what_returns_and_feeds_divide(text: str) -> None:
    assert segments(document(text)) == expected(text)
    assert segments(stored(text.encode())) == expected(text)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6), st.integers(1, 4000))
def test_blocks_of_any_number_are_one_log(texts: list[str], times: int) -> None:
    text = ("\n".join(texts) + "\n") * times
    assert segments(stored(text.encode())) == expected(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_other_encodings_give_the_same_segments(encoding: str) -> None:
    text = "".join(f"step {n}/90000 größer\r" + "\n" * (n % 3 == 0) for n in range(30_000))
    assert segments(stored(text.encode(encoding))) == expected(text)


@given(
    st.lists(
        st.sampled_from(["a", "loss", "\x1b[31m", "\x1b[0m", "\x1b[A", "\r", "\n", "\x1b[38;5;196m"]), max_size=400
    )
)
@settings(deadline=None)
def test_colours_are_taken_off_a_block_that_has_many(parts: list[str]) -> None:
    text = "".join(parts)
    shown = [(line, CODE.sub("", part)) for line, part in segments(document(text))]
    assert [each for each in shown if each[1]] == expected(CODE.sub("", text))


def test_nuls_are_dropped_and_broken_bytes_shown() -> None:
    assert segments(stored(b"a\0b\n\xc3\xa9\xffd")) == [(1, "ab"), (2, "é\N{REPLACEMENT CHARACTER}d")]


def test_an_endless_line_is_read_in_windows_that_overlap() -> None:
    words = " ".join(str(number) for number in range(300_000))
    found = segments(stored(words.encode()))
    assert {line for line, _ in found} == {1}
    assert max(len(part) for _, part in found) == LONGEST
    joined = found[0][1]
    for _, part in found[1:]:
        lap = next(lap for lap in range(min(len(part), LONGEST), 0, -1) if joined.endswith(part[:lap]))
        assert lap >= OVERLAP or part == found[-1][1]
        joined += part[lap:]
    assert joined == words


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"step 1/10 loss 0.1\r" * 400_000)
    log = Document("log.txt", Kind.LOG, "", source=Attachment.from_path(path))
    sizes = [block.data.nbytes for block in blocks(log)]
    assert max(sizes) <= 2 * module._LARGEST + module.PAD
    assert len(sizes) > 5


def test_a_source_that_gives_little_at_a_time_is_read_whole() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self._left = list(b"step 1\rstep 2\nend" * 50)

        def readable(self) -> bool:
            return True

        def readinto(self, view: memoryview) -> int:  # type: ignore[override]
            count = min(7, len(self._left), len(view))
            view[:count] = bytes(self._left[:count])
            del self._left[:count]
            return count

    log = Document("log.txt", Kind.LOG, "", source=Attachment("log.txt", 1, lambda: io.BufferedReader(Slow(), 16)))
    assert segments(log) == expected("step 1\rstep 2\nend" * 50)


def test_parts_of_a_block_keep_their_text_and_lines() -> None:
    (block,) = blocks(document("one\ntwo\rthree\nfour\nfive\n"))
    part = block.part(block.lines.nonzero()[0][[0, 2, 3]])
    assert isinstance(part, Block)
    assert [part.text(number) for number in range(3)] == ["one", "three", "four"]
    assert part.lines.tolist() == [1, 2, 3]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["\x1b[1m", "\x1b[38;5;196m", "\x1b[12", "\x1b", "[m", "7;", "x", "m", "\n"]), max_size=40)
)
def test_a_block_full_of_escape_codes_is_cleaned_as_one_by_one(parts: list[str]) -> None:
    text = "".join(parts) + "\x1b[0m." * 65 + "\n"
    found = [(line, bare(part)) for line, part in segments(document(text))]
    assert found == [(number, bare(line)) for number, line in enumerate(text.split("\n"), 1) if bare(line)]


def bare(text: str) -> str:
    """Take codes away until there are none: taking one away may join the halves of another."""
    left = CODE.sub("", text)
    return left if left == text else bare(left)
