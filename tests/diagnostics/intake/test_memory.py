"""300 MB of zeros in a few hundred bytes: however it is packed, unpacking takes no more than 40 MB of memory."""

import io
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.diagnostics.intake.packing import SINGLE

SIZE = 300_000_000
PIECES = 30
MOST = 40 * 1024 * 1024
MEASURE = """
import re, sys
from pathlib import Path
from diagnostics.bundle import Attachment
from diagnostics.intake import Limits, Workspace, read_bundle
from diagnostics.intake.archives import Opener
from diagnostics.bundle import Bundle

def now(name):
    return int(re.search(rf"{name}:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

# what reading any bundle loads once
read_bundle(Bundle("", (Attachment.from_bytes("a.txt", b"hello there"),)))
from backports import zstd
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here on
before = now("VmRSS")
with Workspace() as workspace:
    found = list(Opener(Limits(ratio=10**9), workspace).open(Attachment.from_path(Path(sys.argv[1]))))
    print(found[0].size, now('VmHWM') - before)
"""


def packed(kind: str, path: Path) -> None:
    piece = bytes(SIZE // PIECES)
    if kind in SINGLE:
        path.write_bytes(SINGLE[kind](piece) * PIECES)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.txt", "w") as member:
            for _ in range(PIECES):
                member.write(piece)
    else:
        info = tarfile.TarInfo("zeros.txt")
        info.size = SIZE
        file = io.BytesIO(info.tobuf())
        if kind == "tar":
            with path.open("wb") as target:
                target.write(file.getvalue())
                target.truncate(len(file.getvalue()) + SIZE)
        else:
            stream = zlib.compressobj(wbits=31)
            data = [stream.compress(file.getvalue()), *(stream.compress(piece) for _ in range(PIECES)), stream.flush()]
            path.write_bytes(b"".join(data))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read from Linux's /proc")
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", *SINGLE])
def test_unpacking_three_hundred_megabytes_takes_little_memory(kind: str, tmp_path: Path) -> None:
    archive = tmp_path / f"zeros.{kind}"
    packed(kind, archive)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(archive)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    size, memory = map(int, done.stdout.split())
    assert size == SIZE
    assert 0 < memory < MOST
