"""Whatever is in an archive: nothing is written outside the temporary folder, no cap is overshot, nothing is left."""

import io
import os
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Bundle, Skipped
from diagnostics.diagnose import Diagnostician
from diagnostics.intake import Limits, Workspace, read_bundle
from diagnostics.intake.archives import Opener
from diagnostics.intake.unpack import CHUNK
from tests.diagnostics.intake.packing import SINGLE, zipped

LOG = b"steps: 1%| 1/100 [00:01<00:10, 1.00s/it, avr_loss=0.1]\n"
LIMITS = Limits(member=200_000, expanded=400_000, reserve=50_000, head=8_000, tail=16_000, memory=1_000, files=12)

_written: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    # an audit hook cannot be taken away again: it does nothing while nobody listens
    if _written is None:
        return
    named = bool(arguments) and isinstance(arguments[0], str | bytes | Path)
    opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & 0o3
    if named and (opened or event in ("os.mkdir", "os.symlink", "os.link", "os.rename")):
        _written.append(os.fsdecode(arguments[0]))


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The paths that are opened for writing, or made, within."""
    global _written
    found: list[str] = []
    _written = found
    try:
        yield found
    finally:
        _written = None


NAMES = st.one_of(
    st.sampled_from(
        [
            "../../etc/passwd",
            "/etc/cron.d/x",
            "C:\\Windows\\x.dll",
            "a\0b.txt",
            "..",
            "",
            "x" * 5_000,
            "d/" * 400 + "log.txt",
            "log.txt",
            "\\\\server\\share\\x",
            "a\nb",
            "~/.ssh/authorized_keys",
        ]
    ),
    st.text(max_size=20),
)
DATA = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda n: LOG * n, st.integers(0, 9_000)),
    st.builds(lambda n: bytes(n), st.integers(0, 500_000)),
    st.sampled_from([zipped({"../in.txt": LOG}), SINGLE["gz"](LOG * 3_000), SINGLE["zst"](SINGLE["gz"](LOG))]),
)
TYPES = (
    tarfile.REGTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
    tarfile.DIRTYPE,
    tarfile.CONTTYPE,
    tarfile.GNUTYPE_SPARSE,
)
TREES = st.lists(st.tuples(NAMES, st.sampled_from(TYPES), DATA), max_size=16)


def tar_of(tree: list[tuple[str, bytes, bytes]]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", errors="replace") as archive:
        for name, kind, data in tree:
            info = tarfile.TarInfo(name.replace("\0", ""))
            info.type, info.linkname, info.size = kind, "/etc/passwd", len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def zip_of(tree: list[tuple[str, bytes, bytes]]) -> bytes:
    modes = {tarfile.SYMTYPE: 0o120777, tarfile.CHRTYPE: 0o020666, tarfile.FIFOTYPE: 0o010666}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kind, data in tree:
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode()[:60_000])
            info.external_attr = modes.get(kind, 0) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def is_ours(path: str, folder: Path) -> bool:
    within = Path(path).relative_to(folder).parts
    return within[0].startswith("lora-triage-") and all(part.split(".")[0].isdigit() for part in within[1:])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(deadline=None, max_examples=150)
@given(TREES, st.sampled_from(["tar", "zip", "tar.gz", "tar.xz"]), st.integers(0, 10))
def test_nothing_is_written_outside_and_no_cap_is_overshot(
    tmp_path_factory: pytest.TempPathFactory, tree: list[tuple[str, bytes, bytes]], kind: str, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("t")
    data = zip_of(tree) if kind == "zip" else SINGLE.get(kind[4:], bytes)(tar_of(tree))
    data = data[: len(data) - cut * len(data) // 40]
    with pytest.MonkeyPatch.context() as patch, watched() as written:
        patch.setattr(tempfile, "tempdir", str(folder))
        with Workspace() as workspace:
            found = list(Opener(LIMITS, workspace).open(Attachment.from_bytes("a", data)))
            members = [item for item in found if isinstance(item, Attachment)]
            assert sum(member.size for member in members) <= LIMITS.expanded + LIMITS.reserve + CHUNK
            assert all(member.size <= LIMITS.member + CHUNK for member in members)
            assert len(members) <= LIMITS.files
            kept = [path for path in folder.rglob("*") if path.is_file()]
            assert sum(path.stat().st_size for path in kept) <= LIMITS.expanded + LIMITS.reserve + 2 * CHUNK
            assert all(path.stat().st_mode & 0o777 == 0o600 for path in kept)
            assert all(path.stat().st_mode & 0o777 == 0o700 for path in folder.iterdir())
            for item in found:
                shown = item.part if isinstance(item, Skipped) else item.name
                assert shown.isprintable()
                assert ".." not in shown.split("/")
    assert all(is_ours(path, folder) for path in written)
    assert list(folder.iterdir()) == []


def test_the_folder_is_gone_when_a_diagnosis_is_done(
    folder: Path, diagnostician: Diagnostician, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    from diagnostics import diagnose

    def judged(*given: Any) -> Any:
        intake = read_bundle(*given)
        seen.append(len(list(folder.rglob("*"))))
        return intake

    monkeypatch.setattr(diagnose, "read_bundle", judged)
    large = SINGLE["gz"](LOG * 80_000)
    report = diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt.gz", large),)))
    assert seen == [2], "the folder and the log in it"
    assert report.usable
    assert list(folder.iterdir()) == []


def test_the_folder_is_gone_when_a_diagnosis_fails(
    folder: Path, diagnostician: Diagnostician, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diagnostics import diagnose

    def fails(*_: object) -> None:
        assert list(folder.iterdir()), "something was kept"
        raise KeyboardInterrupt

    monkeypatch.setattr(diagnose, "compose", fails)
    large = SINGLE["gz"](LOG * 80_000)
    with pytest.raises(KeyboardInterrupt):
        diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt.gz", large),)))
    assert list(folder.iterdir()) == []


def test_a_workspace_without_with_goes_with_its_last_attachment(folder: Path) -> None:
    path, file = (workspace := Workspace()).create()
    with file:
        file.write(b"hello")
    attachment = workspace.attachment("a", path)
    del workspace
    with attachment.open() as kept:
        assert kept.read() == b"hello"
    del attachment
    assert list(folder.iterdir()) == []


def test_nothing_is_read_from_a_folder_that_is_gone() -> None:
    with Workspace() as workspace:
        path, file = workspace.create()
        file.close()
        attachment = workspace.attachment("a", path)
    with pytest.raises(OSError, match="after the diagnosis had ended"):
        attachment.open()
    with pytest.raises(OSError, match="gone already"):
        workspace.create()


def test_a_small_bundle_writes_nothing_at_all(folder: Path, diagnostician: Diagnostician) -> None:
    with watched() as written:
        diagnostician.diagnose(Bundle("", (Attachment.from_bytes("run.zip", zipped({"log.txt": LOG})),)))
    assert written == []
    assert list(folder.iterdir()) == []
