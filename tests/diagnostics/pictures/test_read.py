import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from diagnostics.bundle import Attachment
from diagnostics.pictures.header import NotReadableError, read_header
from diagnostics.pictures.read import Picture, PictureLimits, PictureReader
from tests.diagnostics.pictures.files import SVG, exif, heic, png, saved, scene


def read(name: str, data: bytes, limits: PictureLimits | None = None) -> Picture:
    return PictureReader(limits).read(Attachment.from_bytes(name, data))


def problems(name: str, data: bytes) -> list[str]:
    return [problem.name for problem in read(name, data).problems]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_good_picture_is_measured_and_has_no_problem(kind: str) -> None:
    picture = read(f"a.{kind.lower()}", saved(scene(1, (640, 480)), kind))
    assert picture.problems == ()
    assert picture.look is not None
    assert picture.header is not None
    assert (picture.header.kind, picture.header.width, picture.header.height) == (kind.lower(), 640, 480)
    assert picture.header.complete


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_a_file_is_cut_off(kind: str) -> None:
    data = saved(scene(1), kind)
    picture = read(f"a.{kind.lower()}", data[: len(data) // 2])
    assert [problem.name for problem in picture.problems] == ["truncated"]
    assert picture.look is None


UNUSUAL = {
    "animated": ("a.png", saved(scene(1), "PNG", save_all=True, append_images=[scene(2)])),
    "cmyk": ("a.jpg", saved(scene(1).convert("CMYK"), "JPEG")),
    "deep": ("a.png", saved(Image.new("I;16", (64, 64), 30_000), "PNG")),
    "rotated": ("a.jpg", saved(scene(1), "JPEG", exif=exif(6))),
    "ending": ("a.png", saved(scene(1), "JPEG")),
}
UNREAD = {
    "svg": ("a.svg", SVG),
    "heic": ("a.heic", heic()),
    "gif": ("a.gif", saved(scene(1).quantize(), "GIF")),
    "tiff": ("a.tif", saved(scene(1), "TIFF")),
    "bmp": ("a.bmp", saved(scene(1), "BMP")),
    "damaged": ("a.png", b"\0" * 5000),
    "too-large": ("a.png", png(width=20_000, height=10_000, pixels=b"")),
}


@pytest.mark.parametrize("problem", UNUSUAL)
def test_unusual_pictures_are_named_and_still_looked_at(problem: str) -> None:
    picture = read(*UNUSUAL[problem])
    assert [each.name for each in picture.problems] == [problem]
    assert picture.look is not None


@pytest.mark.parametrize("problem", UNREAD)
def test_what_is_not_looked_at_is_named(problem: str) -> None:
    picture = read(*UNREAD[problem])
    assert [each.name for each in picture.problems] == [problem]
    assert picture.look is None


def test_an_animated_webp_is_told_from_its_header() -> None:
    data = saved(scene(1), "WEBP", save_all=True, append_images=[scene(2)])
    assert problems("a.webp", data) == ["animated"]


def test_a_bomb_is_refused_before_anything_is_unpacked() -> None:
    bomb = png(width=60_000, height=60_000, pixels=b"\0" * (60_001 * 2000))
    picture = read("a.png", bomb)
    assert [(each.name, each.values["megapixels"]) for each in picture.problems] == [("too-large", "3600")]


def test_pictures_beyond_the_budget_are_counted_and_not_looked_at() -> None:
    reader = PictureReader(PictureLimits(all_pixels=100_000))
    data = saved(scene(1, (300, 300)))
    looks = [reader.read(Attachment.from_bytes(f"{n}.png", data)) for n in range(2)]
    assert [look.look is not None for look in looks] == [True, False]
    assert [problem.name for problem in looks[1].problems] == ["unlooked"]


def test_the_turned_picture_is_compared_upright() -> None:
    upright = scene(3)
    lying = saved(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif(6), quality=95)
    one, other = read("a.jpg", lying).look, read("b.png", saved(upright)).look
    assert one is not None
    assert other is not None
    assert int(one.hash ^ other.hash).bit_count() <= 4


@given(
    st.binary(max_size=300), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF\0\0\0\0WEBPVP8X", b""])
)
def test_no_bytes_make_reading_a_header_fail_in_any_other_way(data: bytes, magic: bytes) -> None:
    try:
        header = read_header(io.BytesIO(magic + data), len(magic + data))
    except NotReadableError:
        return
    assert header.width > 0
    assert header.height > 0


@settings(max_examples=60)
@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.data())
def test_damage_anywhere_gives_a_line_and_never_an_error(kind: str, data: st.DataObject) -> None:
    file = bytearray(saved(scene(1, (64, 48)), kind))
    for _ in range(data.draw(st.integers(1, 5))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    picture = read("a.png", bytes(file))
    assert picture.look is not None or picture.problems


def test_a_text_bomb_in_a_png_does_not_unpack() -> None:
    packed = zlib.compress(b"x" * 50_000_000)
    length = len(b"prompt\0\0" + packed).to_bytes(4, "big")
    data = png(length + b"zTXt" + b"prompt\0\0" + packed + zlib.crc32(b"zTXtprompt\0\0" + packed).to_bytes(4, "big"))
    from diagnostics.pictures.texts import read_texts

    assert read_texts(io.BytesIO(data)) == {}
