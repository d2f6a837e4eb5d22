import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot.redact import Redactor
from bot.redact.files import admit
from bot.redact.tree import TreeRedactor
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician

TOKEN = "hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00"
LOG = f"""[2024-01-01 00:00:00] INFO login with {TOKEN}
Traceback (most recent call last):
  File "/home/marta.k/code/train.py", line 3, in main
    run()
  File "/home/marta.k/train.py", line 9, in run
    raise ValueError(path)
ValueError: no such thing {"x" * 250} {TOKEN} in C:\\Users\\marta.k\\img
"""


def read(attachment: Attachment) -> str:
    with attachment.open() as file:
        return file.read().decode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "cp1252"])
def test_text_is_redacted_in_every_encoding(tmp_path: Path, redactor: Redactor, encoding: str) -> None:
    door = admit(Bundle("", (Attachment.from_bytes("log.txt", LOG.encode(encoding)),)), redactor, tmp_path)
    text = read(door.bundle.attachments[0])
    assert TOKEN not in text
    assert "marta" not in text
    assert text.count("\n") == LOG.count("\n")
    assert door.counts["hf-token"] == 2


def test_members_of_archives_are_redacted_and_so_are_their_names(tmp_path: Path, redactor: Redactor) -> None:
    packed, nested = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("jonas/x.txt", LOG)
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in (("home/marta.k/log.txt", LOG.encode()), ("inner.zip", nested.getvalue())):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    door = admit(Bundle("", (Attachment.from_bytes("run.tar.gz", packed.getvalue()),)), redactor, tmp_path)
    assert len(door.bundle.attachments) == 2
    for each in door.bundle.attachments:
        assert "marta" not in each.name
        assert TOKEN not in read(each)
    assert door.skipped == []


def test_a_line_longer_than_is_read_at_once_is_redacted_too(tmp_path: Path, redactor: Redactor) -> None:
    bar = "steps:  1%| 3/200 [00:01<1:00, 1.0s/it]\r" * 60_000
    door = admit(Bundle("", (Attachment.from_bytes("log.txt", f"{bar}{TOKEN}\r{bar}".encode()),)), redactor, tmp_path)
    text = read(door.bundle.attachments[0])
    assert TOKEN not in text
    assert len(text) > 2 * len(bar)


def test_no_part_of_a_secret_gets_into_a_report(
    tmp_path: Path, redactor: Redactor, diagnostician: Diagnostician
) -> None:
    bundle = Bundle(f"my token {TOKEN}", (Attachment.from_bytes("log.txt", LOG.encode()),))
    assert "marta.k/train.py" in json.dumps(diagnostician.diagnose(bundle).to_dict()), "the unredacted report shows it"
    door = admit(bundle, redactor, tmp_path)
    report = json.dumps(diagnostician.diagnose(door.bundle).to_dict())
    assert "marta" not in report
    assert "hf_FAKE" not in report
    assert "ValueError" in report


def test_the_same_error_of_other_people_keeps_its_fingerprint(
    tmp_path: Path, redactor: Redactor, diagnostician: Diagnostician
) -> None:
    marks = set()
    for name in ("marta.k", "oleg"):
        folder = tmp_path / name
        folder.mkdir()
        error = LOG.replace("x" * 250, "at all").replace("marta.k", name)
        log = Attachment.from_bytes("log.txt", error.encode())
        report = diagnostician.diagnose(admit(Bundle("", (log,)), redactor, folder).bundle)
        marks.add(report.unknown[0].fingerprint)
    assert len(marks) == 1


def test_a_persons_name_in_a_folder_goes_from_everything_that_is_shown(tmp_path: Path, redactor: Redactor) -> None:
    door = admit(Bundle("folder 20_anna_zielinska woman", ()), redactor, tmp_path)
    assert "anna_zielinska" in door.bundle.message, "the diagnosis compares it with the trigger word"
    tree = TreeRedactor(redactor, door.known)
    shown = tree.redact({"a": ["20_anna_zielinska woman", "output_name: anna_zielinska_v2"], "b": 3})
    assert "zielinska" not in json.dumps(shown)
    assert tree.counts["subject"] == 2
