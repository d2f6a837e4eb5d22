"""Files of the page in a bucket: a real S3 client against moto's server."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from bot.desk import FileGoneError, FileTooLargeError
from bot.settings import Settings
from bot.web.bucket import BucketSpool, make_spool
from bot.web.spool import Spool
from tests.bot.asynchronous import run_async

THREAD, OTHER = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with urlopen(Request(f"http://{host}:{port}/bundles", method="PUT")):  # our own server
        pass
    yield f"http://{host}:{port}"
    server.stop()


def spool(folder: Path, endpoint: str) -> Spool:
    where = Settings(
        data=folder,
        web_store="s3://bundles/uploads",
        web_store_endpoint=endpoint,
        web_store_key="key",
        web_store_secret=SecretStr("secret"),
    )
    made = make_spool(where)
    assert isinstance(made, BucketSpool)
    return made


@run_async
async def test_what_one_machine_takes_in_another_one_reads(tmp_path: Path, endpoint: str) -> None:
    page, worker = spool(tmp_path / "page", endpoint), spool(tmp_path / "worker", endpoint)
    data = os.urandom(7_000_000)
    file, path = page.new(THREAD)
    path.write_bytes(data)
    await page.keep(file)
    assert not path.exists(), "nothing is left beside the bucket"
    await worker.hand(file, tmp_path / "whole", 10_000_000)
    assert (tmp_path / "whole").read_bytes() == data
    with pytest.raises(FileTooLargeError):
        await worker.hand(file, tmp_path / "beginning", 1000)
    assert (tmp_path / "beginning").read_bytes() == data[:1000]
    await worker.drop(THREAD)
    with pytest.raises(FileGoneError):
        await page.hand(file, tmp_path / "again", 10)


@run_async
async def test_files_go_one_by_one_by_thread_and_by_age(tmp_path: Path, endpoint: str) -> None:
    here = spool(tmp_path, endpoint)
    one, two = [await here.write(THREAD, "config.yaml", text) for text in ("rank: 16", "rank: 32")]
    other = await here.write(OTHER, "log.txt", "step 1")
    await here.discard(one.id)
    await here.hand(two.id, tmp_path / "two", 100)
    assert (tmp_path / "two").read_text() == "rank: 32"
    with pytest.raises(FileGoneError):
        await here.hand(one.id, tmp_path / "one", 100)
    await here.drop("../" + OTHER)
    assert await here.expire(3600) == 0
    assert await here.expire(-1) == 2
    for file in (two, other):
        with pytest.raises(FileGoneError):
            await here.hand(file.id, tmp_path / "gone", 100)
