"""The script reads headers, kinds and text as the project does: it carries its own copy of these rules."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.collect import lora_triage_collect as script
from diagnostics.dataset import members
from diagnostics.dataset.manifest import _Header
from diagnostics.intake import kinds
from diagnostics.pictures.header import ENDINGS, NotReadableError, PictureHeader, read_header
from diagnostics.pictures.parts import picture_kind
from diagnostics.text import encoding_of, is_binary
from tests.diagnostics.pictures.files import SVG, chunk, exif, heic, png, saved, scene

_SMALL = scene(1, (40, 30))
PICTURES = {
    "png": saved(_SMALL),
    "grey.png": saved(_SMALL.convert("L")),
    "alpha.png": saved(_SMALL.convert("RGBA")),
    "palette.png": saved(_SMALL.convert("P")),
    "deep.png": saved(_SMALL.convert("I;16")),
    "turned.png": saved(_SMALL, exif=exif(3)),
    "animated.png": png(chunk(b"acTL", bytes(8))),
    "jpeg": saved(_SMALL, "JPEG"),
    "progressive.jpg": saved(_SMALL, "JPEG", progressive=True),
    "cmyk.jpg": saved(_SMALL.convert("CMYK"), "JPEG"),
    "turned.jpg": saved(_SMALL, "JPEG", exif=exif(6)),
    "odd.jpg": saved(_SMALL, "JPEG", exif=exif(77)),
    "webp": saved(_SMALL, "WEBP"),
    "lossless.webp": saved(_SMALL, "WEBP", lossless=True),
    "alpha.webp": saved(_SMALL.convert("RGBA"), "WEBP"),
    "animated.webp": saved(_SMALL, "WEBP", save_all=True, append_images=[scene(2, (40, 30))]),
    "turned.webp": saved(_SMALL, "WEBP", exif=exif(8)),
    "gif": saved(_SMALL, "GIF"),
    "bmp": saved(_SMALL, "BMP"),
    "tiff": saved(_SMALL, "TIFF"),
    "heic": heic(),
    "svg": SVG,
    "huge.png": png(width=60_000, height=60_000, pixels=b""),
    "nothing": b"",
}


def both(data: bytes) -> tuple[object, object]:
    """Return what the project and the script say of a picture."""
    try:
        known: object = read_header(io.BytesIO(data), len(data))
    except NotReadableError:
        known = None
    said = script.picture_header(io.BytesIO(data), len(data))
    return known, PictureHeader(**said) if said is not None else None


@pytest.mark.parametrize("name", PICTURES)
def test_headers_are_read_as_the_project_reads_them(name: str) -> None:
    data = PICTURES[name]
    assert script.picture_kind(data[:1024]) == picture_kind(data[:1024])
    for part in (data, data[: len(data) // 2], data[:30], data[:-3]):
        known, said = both(part)
        assert said == known
    found = script.picture_header(io.BytesIO(data), len(data))
    if found is not None:
        _Header.model_validate(found)


@given(st.sampled_from(sorted(PICTURES)), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
def test_broken_headers_are_read_as_the_project_reads_them(name: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(PICTURES[name][:3_000])
    for where, value in changes:
        if data:
            data[int(where * (len(data) - 1))] = value
    known, said = both(bytes(data))
    assert said == known


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_text_is_told_from_binary_as_the_project_does(data: bytes) -> None:
    said = script.encoding_of(data)
    assert (said is None) == is_binary(data)
    if said is not None and not data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        assert said == encoding_of(data)


def test_the_lists_are_those_of_the_project() -> None:
    assert script._PICTURES == kinds._IMAGE_ENDINGS
    assert frozenset(script._CAPTIONS) == kinds._CAPTION_ENDINGS
    assert script._DIVIDED == members._SAMPLE_FOLDERS
    assert script._ENDINGS == ENDINGS


def test_the_script_needs_nothing_of_the_project() -> None:
    source = Path(script.__file__).read_text()
    assert "import bot" not in source
    assert "from bot" not in source
    assert "from diagnostics" not in source
