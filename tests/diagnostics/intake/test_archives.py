import io
import lzma
import os
import random
import struct
import tarfile
import zipfile

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Skipped
from diagnostics.intake.archives import Opener
from diagnostics.intake.limits import Limits
from diagnostics.intake.unpack import CHUNK
from diagnostics.intake.workspace import Workspace
from diagnostics.intake.zips import zip_entries
from tests.diagnostics.intake.packing import ARCHIVES, SINGLE, tarred, zipped

LOG = b"steps: 1%| 1/100 [00:01<00:10, 1.00s/it, avr_loss=0.1]\n"
MEMBERS = {"run/log.txt": LOG, "run/a.yaml": b"job: extension"}


def opened(data: bytes, limits: Limits | None = None, name: str = "run.zip") -> tuple[dict[str, bytes], list[Skipped]]:
    found = list(Opener(limits or Limits(), Workspace()).open(Attachment.from_bytes(name, data)))
    files = {}
    for item in found:
        if isinstance(item, Attachment):
            with item.open() as file:
                files[item.name] = file.read()
    return files, [item for item in found if isinstance(item, Skipped)]


def long_log(size: int) -> bytes:
    source = random.Random(1)
    count = size // (len(LOG) + 3)
    lines = (LOG.replace(b"0.1", f"{source.random():.4f}".encode()) for _ in range(count))
    return b"".join([b"FIRST\n", *lines, b"RuntimeError: the last line\n"])


@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_are_read(kind: str) -> None:
    files, skipped = opened(ARCHIVES[kind](MEMBERS))
    assert files == {f"run.zip/{name}": data for name, data in MEMBERS.items()}
    assert skipped == []


@pytest.mark.parametrize("kind", SINGLE)
def test_a_single_packed_file_is_read_and_keeps_its_name(kind: str) -> None:
    assert opened(SINGLE[kind](LOG), name=f"log.txt.{kind}") == ({"log.txt": LOG}, [])


@pytest.mark.parametrize("kind", SINGLE)
def test_packed_pieces_after_one_another_are_one_file(kind: str) -> None:
    files, skipped = opened(SINGLE[kind](LOG) + SINGLE[kind](b"") + SINGLE[kind](LOG) + bytes(700))
    assert (list(files.values()), skipped) == ([LOG * 2], [])


@pytest.mark.parametrize("outer", ARCHIVES)
def test_an_archive_in_an_archive_is_opened_and_one_deeper_is_not(outer: str) -> None:
    deep = SINGLE["gz"](LOG)
    inner = zipped({"log.txt": LOG, "deep.txt.gz": deep})
    files, skipped = opened(ARCHIVES[outer]({"in.zip": inner, "log.txt.xz": SINGLE["xz"](LOG)}), name="a")
    assert files == {"a/in.zip/log.txt": LOG, "a/log.txt": LOG}
    assert [item.part for item in skipped] == ["a/in.zip/deep.txt.gz"]
    assert "inside an archive inside an archive" in skipped[0].reason


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x.txt", "C:/../a", "C:\\a", "a\u202eb"])
def test_no_path_of_an_archive_climbs_out(name: str) -> None:
    files, _ = opened(zipped({name: b"x"}), name="z")
    (path,) = files
    assert path.startswith("z/")
    assert not set(path.split("/")) & {"", "..", "C:"}
    assert path.isprintable()


def test_members_of_one_name_are_told_apart() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for data in (b"one", b"two"):
            info = tarfile.TarInfo("log.txt")
            info.size = 3
            archive.addfile(info, io.BytesIO(data))
    files, _ = opened(file.getvalue(), name="t")
    assert files == {"t/log.txt": b"one", "t/log (2).txt": b"two"}


def test_a_bomb_is_refused_and_its_neighbour_is_read() -> None:
    limits = Limits(expanded=20_000_000, ratio_from=1_000_000)
    files, skipped = opened(zipped({"bomb.log": b"0" * 10_000_000, "log.txt": LOG}), limits)
    assert files == {"run.zip/log.txt": LOG}
    assert [item.part for item in skipped] == ["run.zip/bomb.log"]
    assert "more than allowed" in skipped[0].reason


def test_many_small_bombs_share_one_budget() -> None:
    limits = Limits(expanded=3_000_000)
    files, skipped = opened(zipped({f"{n}.log": b"0" * 1_000_000 for n in range(10)}), limits)
    assert len(files) == 3
    assert len(skipped) == 7


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zip_is_read_however_it_is_packed(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("log.txt", LOG * 500)
    assert opened(file.getvalue()) == ({"run.zip/log.txt": LOG * 500}, [])


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "gz"])
def test_of_a_log_over_the_limit_head_and_tail_are_kept_and_it_is_said(kind: str) -> None:
    log = long_log(3_000_000)
    pack = ARCHIVES.get(kind) or (lambda members: SINGLE[kind](members["log.txt"]))
    limits = Limits(member=1_000_000, head=100_000, tail=50_000, memory=10_000)
    files, skipped = opened(pack({"log.txt": log}), limits)
    (text,) = files.values()
    assert text.startswith(b"FIRST\n")
    assert text.endswith(b"RuntimeError: the last line\n")
    assert 140_000 < len(text) <= 150_001
    lines = set(log.splitlines())
    assert all(line in lines for line in text.splitlines()), "no line is cut in the middle"
    (said,) = skipped
    assert "only its first 98 KB and its last 49 KB were read" in said.reason


def test_head_and_tail_of_utf16_stay_readable() -> None:
    log = long_log(1_000_000).decode()
    limits = Limits(member=500_000, head=100_000, tail=50_000, memory=10_000)
    files, _ = opened(SINGLE["gz"](b"\xff\xfe" + log.encode("utf-16-le")), limits)
    (text,) = files.values()
    lines = set(log.splitlines())
    assert all(line in lines for line in text.decode("utf-16").splitlines())


def test_a_log_after_a_folder_full_of_pictures_is_still_read() -> None:
    pictures = {f"{n}.png": os.urandom(200_000) for n in range(6)}
    limits = Limits(expanded=1_000_000, reserve=300_000, head=100_000, tail=50_000, memory=10_000)
    files, skipped = opened(zipped({**pictures, "log.txt": long_log(400_000)}), limits)
    assert files["run.zip/log.txt"].endswith(b"the last line\n")
    assert [item.part for item in skipped] == ["run.zip/5.png", "run.zip/log.txt"]


def test_unpacking_ends_when_the_work_is_done() -> None:
    limits = Limits(work=1_000_000)
    files, skipped = opened(ARCHIVES["tar.gz"]({f"{n}.txt": bytes(300_000) for n in range(9)}), limits)
    assert sum(map(len, files.values())) <= 1_000_000 + CHUNK
    assert any("more than is read here" in item.reason for item in skipped)


def test_a_million_empty_streams_end_too() -> None:
    _, skipped = opened(SINGLE["gz"](b"") * 100_000, Limits(work=1_000_000))
    assert "more than is read here" in skipped[0].reason


def test_an_archive_that_is_too_large_as_it_is_is_not_opened() -> None:
    _, skipped = opened(zipped(MEMBERS), Limits(packed=100))
    assert "are opened" in skipped[0].reason


def test_too_many_files_are_cut_with_a_word() -> None:
    files, skipped = opened(zipped({f"{n}.txt": b"x" for n in range(12)}), Limits(files=5))
    assert len(files) == 5
    assert "more than 5 files" in skipped[0].reason


def test_a_table_of_contents_without_end_is_not_loaded() -> None:
    data = zipped({f"{n}{'x' * 250}.txt": b"x" for n in range(15_000)})
    assert zip_entries(io.BytesIO(data)) is None
    files, skipped = opened(data, Limits(files=5))
    assert len(files) == 5
    assert len(skipped) == 2


def test_links_and_devices_in_a_tar_are_refused() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("log.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    files, skipped = opened(file.getvalue() + LOG)
    assert files == {}
    assert len(skipped) == 5
    assert all("only plain files" in item.reason for item in skipped)


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010666])
def test_links_and_devices_in_a_zip_are_refused(mode: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("log.txt")
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    files, skipped = opened(file.getvalue())
    assert files == {}
    assert "only plain files" in skipped[0].reason


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00"])
def test_what_is_not_opened_is_said_plainly(head: bytes) -> None:
    _, skipped = opened(head + bytes(600))
    assert "pack it again as .zip" in skipped[0].reason


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(zipped({"log.txt": LOG}))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    _, skipped = opened(bytes(data))
    assert "is encrypted" in skipped[0].reason


@pytest.mark.parametrize("kind", SINGLE)
def test_of_a_cut_file_what_is_there_is_read(kind: str) -> None:
    log = long_log(2_000_000)
    data = SINGLE[kind](log)
    files, skipped = opened(data[: len(data) * 2 // 3])
    (text,) = files.values()
    assert log.startswith(text)
    assert len(text) > 500_000
    assert "is cut off; what could be unpacked of it was read" in skipped[0].reason


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_of_a_damaged_file_what_comes_before_is_read(kind: str) -> None:
    log = long_log(3_000_000)
    data = bytearray(SINGLE[kind](log))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    files, skipped = opened(bytes(data))
    (text,) = files.values()
    assert text[:500_000] == log[:500_000]
    assert any("is damaged" in item.reason for item in skipped)


def test_a_zip_without_its_end_is_read_from_the_front() -> None:
    log = long_log(200_000)
    data = zipped({"a.txt": LOG, "log.txt": log, "b.txt": LOG})
    files, skipped = opened(data[: len(data) * 2 // 3])
    assert files["run.zip/a.txt"] == LOG
    assert log.startswith(files["run.zip/log.txt"])
    assert any("table of contents" in item.reason for item in skipped)
    assert any("is cut off" in item.reason for item in skipped)


def test_a_cut_zip_that_was_written_to_a_pipe_is_read_from_the_front() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt"):
            with archive.open(name, "w") as member:
                member.write(LOG * 100)
    data = pipe.getvalue()
    files, _ = opened(data[: data.find(b"PK\x01\x02")])
    assert files == {"run.zip/a.txt": LOG * 100, "run.zip/b.txt": LOG * 100}


def test_a_tar_cut_in_a_member_gives_its_beginning() -> None:
    files, skipped = opened(tarred({"a.txt": LOG, "log.txt": LOG * 1000})[:20_000])
    assert files["run.zip/a.txt"] == LOG
    assert (LOG * 1000).startswith(files["run.zip/log.txt"])
    assert any(item.part == "run.zip/log.txt" and "is cut off" in item.reason for item in skipped)


def test_wrong_bytes_in_a_zip_are_told_by_its_checksum() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("log.txt", LOG)
    files, skipped = opened(file.getvalue().replace(b"avr_loss", b"avr_lost"))
    assert list(files) == ["run.zip/log.txt"]
    assert "is damaged" in skipped[0].reason


@pytest.mark.parametrize(
    "data",
    [
        zstd.compress(
            bytes(300_000_000),
            options={
                zstd.CompressionParameter.window_log: 27,
                zstd.CompressionParameter.content_size_flag: 0,
            },
        ),
        lzma.compress(LOG, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 28}]),
    ],
    ids=["zst", "xz"],
)
def test_a_dictionary_that_is_too_large_is_refused(data: bytes) -> None:
    files, skipped = opened(data)
    assert files == {}
    assert "needs more memory" in skipped[0].reason


def test_a_header_of_a_tar_that_is_longer_than_any_is_not_read() -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    started = info.tobuf(tarfile.GNU_FORMAT) + b"9" * 100_000
    _, skipped = opened(started)
    assert "longer than any that tar writes" in skipped[0].reason


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_long_names_of_every_form_of_tar_are_read(form: int) -> None:
    name = "folder/" * 12 + "ü" * 20 + ".txt"
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(LOG)
        archive.addfile(info, io.BytesIO(LOG))
        info = tarfile.TarInfo("b.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"b"))
    assert opened(file.getvalue()) == ({f"run.zip/{name}": LOG, "run.zip/b.txt": b"b"}, [])


def test_a_file_with_holes_is_refused_and_the_next_is_read() -> None:
    # an old GNU header of a sparse file whose map goes on in a further block
    info = tarfile.TarInfo("holes")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[482] = 1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    files, skipped = opened(bytes(header) + bytes(512) + b"x" * 512 + tarred({"log.txt": LOG}))
    assert files == {"run.zip/log.txt": LOG}
    assert "only plain files" in skipped[0].reason


def test_a_member_that_lies_about_where_it_is_does_no_harm() -> None:
    data = bytearray(zipped(MEMBERS))
    at = data.find(b"PK\x01\x02")
    data[at + 42 : at + 46] = struct.pack("<I", 0xFFFF_FFF0)
    files, skipped = opened(bytes(data))
    assert list(files.values()) == [b"job: extension"]
    assert len(skipped) == 1


@settings(deadline=None)
@given(st.sampled_from([*ARCHIVES]), st.integers(0, 4000), st.binary(min_size=1, max_size=40))
def test_damaged_archives_never_raise(kind: str, at: int, garbage: bytes) -> None:
    data = ARCHIVES[kind]({"log.txt": LOG * 20, "b.txt": LOG})
    at = 4 + at % (len(data) - 4)
    broken = data[:at] + garbage + data[at + len(garbage) :]
    for item in Opener(Limits(), Workspace()).open(Attachment.from_bytes("x", broken)):
        assert isinstance(item, Attachment | Skipped)
