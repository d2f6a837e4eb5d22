import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Skipped
from diagnostics.intake.archives import Opener
from diagnostics.intake.limits import Limits
from diagnostics.intake.workspace import Workspace

LOG = b"steps: 1%| 1/100 [00:01<00:10, 1.00s/it, avr_loss=0.1]\n"


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def opened(data: bytes, limits: Limits | None = None) -> tuple[dict[str, bytes], list[Skipped]]:
    attachment = Attachment.from_bytes("run.zip", data)
    found = list(Opener(limits or Limits(), Workspace()).open(attachment))
    files = {item.name: item.open().read() for item in found if isinstance(item, Attachment)}
    return files, [item for item in found if isinstance(item, Skipped)]


@pytest.mark.parametrize("pack", [zipped, tarred, lambda m: tarred(m, "w:gz"), lambda m: tarred(m, "w:xz")])
def test_members_are_read(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    files, skipped = opened(pack({"run/log.txt": LOG, "run/a.yaml": b"job: extension"}))
    assert files == {"run.zip/run/log.txt": LOG, "run.zip/run/a.yaml": b"job: extension"}
    assert skipped == []


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_packed_file_is_read(pack: Callable[[bytes], bytes]) -> None:
    files, _ = opened(pack(LOG))
    assert list(files.values()) == [LOG]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x.txt", "C:/../a"])
def test_no_path_of_an_archive_climbs_out(name: str) -> None:
    files, _ = opened(zipped({name: b"x"}))
    assert all(".." not in path.split("/") and not path.startswith("/") for path in files)


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


def test_too_many_files_are_cut_with_a_word() -> None:
    files, skipped = opened(zipped({f"{n}.txt": b"x" for n in range(12)}), Limits(files=5))
    assert len(files) == 5
    assert "more than 5 files" in skipped[0].reason


def test_links_and_devices_in_a_tar_are_refused() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("log.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        device = tarfile.TarInfo("null")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    files, skipped = opened(file.getvalue())
    assert files == {}
    assert len(skipped) == 2


def test_what_is_not_opened_is_said_plainly() -> None:
    _, skipped = opened(b"7z\xbc\xaf\x27\x1c" + bytes(600))
    assert "pack it again as .zip" in skipped[0].reason


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=40))
def test_damaged_archives_never_raise(at: int, garbage: bytes) -> None:
    for data in (zipped({"log.txt": LOG * 20}), tarred({"log.txt": LOG}, "w:gz")):
        broken = data[: 4 + at % (len(data) - 4)] + garbage + data[4 + at % (len(data) - 4) + len(garbage) :]
        for item in Opener(Limits(), Workspace()).open(Attachment.from_bytes("x", broken)):
            assert isinstance(item, Attachment | Skipped)
