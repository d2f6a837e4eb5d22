import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.text import decode, encoding_of, is_binary

LOG = "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB\n日本語 loss=0.12\n"


@pytest.mark.parametrize(
    "data",
    [
        LOG.encode(),
        codecs.BOM_UTF8 + LOG.encode(),
        codecs.BOM_UTF16_LE + LOG.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + LOG.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + LOG.encode("utf-32-le"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_every_unicode_form_gives_the_same_text(data: bytes) -> None:
    assert decode(data) == LOG


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_by_its_nuls(encoding: str) -> None:
    text = "steps:   1%| 12/2320 [01:40<5:21:02, 8.35s/it, avr_loss=nan]\n" * 5
    assert decode(text.encode(encoding)) == text


def test_a_windows_code_page_is_read() -> None:
    assert decode("Größe überschritten".encode("cp1252")) == "Größe überschritten"


def test_a_cut_character_does_not_change_the_encoding() -> None:
    assert encoding_of(("é" * 20).encode()[:-1]) == "utf-8"


def test_line_ends_stay_so_that_a_diff_fits_the_file() -> None:
    assert decode(b"a\r\nb\r50%\r100%\n") == "a\r\nb\r50%\r100%\n"


def test_text_is_not_binary_and_binary_is() -> None:
    assert not is_binary(LOG.encode())
    assert not is_binary(b"\x1b[31mred\x1b[0m\r\n")
    assert is_binary(bytes(range(32)) * 20)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_text(data: bytes) -> None:
    assert "\0" not in decode(data)
