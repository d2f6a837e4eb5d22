import io
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Document, Evidence, Kind
from diagnostics.excerpts import Excerpt, excerpts


def log(text: str) -> Document:
    return Document("log.txt", Kind.LOG, text)


def test_the_lines_around_are_shown_with_their_numbers_and_the_last_refresh_of_each() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 6)) + "10%\r20%\r30%\n\nboom\nlast\n"
    (found,) = excerpts([log(text)], [Evidence("log.txt", 8, "boom")])
    assert found == Excerpt("log.txt", 8, ((5, "line 5"), (6, "30%"), (8, "boom"), (9, "last")))


def test_a_large_log_is_read_from_its_source_whatever_its_encoding() -> None:
    text = "".join(f"line {number} ä\n" for number in range(1, 100_000))
    source = Attachment.from_bytes("log.txt", text.encode("utf-16"))
    document = Document("log.txt", Kind.LOG, text[:1000], source=source)
    (found,) = excerpts([document], [Evidence("log.txt", 90_000, "line 90000 ä")])
    assert [number for number, _ in found.lines] == list(range(89_997, 90_004))
    assert dict(found.lines)[90_000] == "line 90000 ä"


def test_evidence_that_stands_on_no_line_has_none_and_the_same_line_one() -> None:
    shown = [Evidence("bundle", 0, "x"), Evidence("other.txt", 3, "x"), *[Evidence("log.txt", 1, "a")] * 2]
    assert [each.line for each in excerpts([log("a\nb\n")], shown)] == [1]
    assert excerpts([log("a\n")], [Evidence("log.txt", 99, "gone")]) == ()


def test_no_more_of_a_file_is_read_than_it_takes() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def readinto(self, buffer: object) -> int:
            count = super().readinto(buffer)  # type: ignore[arg-type]
            Counting.taken += count
            return count

    data = b"boom\n" + b"x\n" * 20_000_000
    source = Attachment("log.txt", len(data), lambda: Counting(data))
    document = Document("log.txt", Kind.LOG, "boom\n", source=source)
    assert len(excerpts([document], [Evidence("log.txt", 1, "boom")])) == 1
    assert Counting.taken < 200_000


@given(st.text(max_size=300), st.integers(1, 12))
def test_whatever_stands_in_a_file(text: str, line: int) -> None:
    for found in excerpts([log(text)], [Evidence("log.txt", line, "")]):
        assert line in dict(found.lines)
        assert all(a < b for (a, _), (b, _) in pairwise(found.lines))
        assert not any("\n" in shown or "\r" in shown for _, shown in found.lines)
