"""Archives for tests, packed in every way that is read."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping

from backports import zstd

Members = Mapping[str, bytes]


def zipped(members: Members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            # a date of its own, so that the same members give the same bytes
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def tarred(members: Members) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


SINGLE: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def _tarred_and(pack: Callable[[bytes], bytes]) -> Callable[[Members], bytes]:
    return lambda members: pack(tarred(members))


ARCHIVES: dict[str, Callable[[Members], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    **{f"tar.{kind}": _tarred_and(pack) for kind, pack in SINGLE.items()},
}
