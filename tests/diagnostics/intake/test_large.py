"""Files that are too large to be held in memory, and many that are so together."""

import io
from pathlib import Path

import pytest

from bot.inputs import collect
from diagnostics.bundle import Attachment, Bundle, Kind
from diagnostics.diagnose import Diagnostician
from diagnostics.intake import Intake, Limits, Workspace, read_bundle, spool
from tests.diagnostics.intake.packing import SINGLE, tarred

LINE = "steps:  1%|█         | {}/100000 [00:01<00:10,  1.00s/it, avr_loss=0.1]\n"
CRASH = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23 GiB\n"
LAUNCH = "Command '['python3', 'train_network.py', '--learning_rate=7e-5', '--network_dim=9', '--train_batch_size=1']'"
LIMITS = Limits(whole=20_000, sniff=4_000)


def log(lines: int, end: str = CRASH) -> str:
    return "FIRST\n" + "".join(LINE.format(n) for n in range(lines)) + end


def read(data: bytes, limits: Limits = LIMITS, name: str = "log.txt") -> Intake:
    return read_bundle(Bundle("", (Attachment.from_bytes(name, data),)), limits)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_of_a_large_log_the_beginning_is_text_and_the_source_is_all_of_it(encoding: str) -> None:
    data = log(1_000).encode(encoding)
    (document,) = read(data).documents
    assert document.kind is Kind.LOG
    assert log(1_000).startswith(document.text)
    assert document.text.endswith("]\n")
    assert len(document.text.encode(encoding)) <= LIMITS.whole + 4
    assert document.source is not None
    with document.source.open() as file:
        assert file.read() == data


def test_a_small_log_is_one_text() -> None:
    (document,) = read(log(10).encode()).documents
    assert (document.text, document.source) == (log(10), None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("limits", [LIMITS, Limits(whole=20_000, sniff=4_000, log=400_000, head=40_000, tail=360_000)])
def test_a_command_at_the_end_of_a_large_log_is_a_config_with_its_line(encoding: str, limits: Limits) -> None:
    text = log(10_000, LAUNCH + " returned non-zero exit status 1.\n")
    intake = read(text.encode(encoding), limits)
    (config,) = [document for document in intake.documents if document.kind is Kind.CONFIG]
    assert "network_dim=9" in config.text
    if limits is LIMITS:
        assert config.first_line == text[: text.index("Command")].count("\n") + 1


def test_a_crash_at_the_end_of_a_large_packed_log_is_found(diagnostician: Diagnostician) -> None:
    data = SINGLE["zst"](log(100_000).encode())
    report = diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt.zst", data),)))
    assert report.findings[0].id == "cuda-oom"
    assert report.skipped == ()


def test_all_texts_together_are_bounded() -> None:
    members = {f"{n}.txt": log(200).encode() for n in range(9)}
    intake = read(tarred(members), Limits(texts=40_000), "run.tar")
    assert sum(len(document.text) for document in intake.documents) <= 40_000
    assert len(intake.documents) + len(intake.skipped) == 9


def test_what_is_skipped_for_one_reason_a_thousand_times_is_said_in_a_few_lines() -> None:
    intake = read_bundle(Bundle("", tuple(Attachment.from_bytes(f"{n}.pt", b"x") for n in range(1_000))))
    assert len(intake.skipped) == 21
    assert intake.skipped[-1].part == "980 more files"


def test_standard_input_is_kept_on_disk_and_read_whole() -> None:
    text = log(2_000).encode()
    with Workspace() as workspace:
        (item,) = spool("stdin", io.BytesIO(text), Limits(memory=1_000), workspace)
        assert isinstance(item, Attachment)
        assert workspace.folder is not None
        with item.open() as file:
            assert file.read() == text


def test_of_a_long_standard_input_head_and_tail_are_kept() -> None:
    limits = Limits(memory=1_000, member=50_000, head=10_000, tail=20_000)
    with Workspace() as workspace:
        said, item = spool("stdin", io.BytesIO(log(2_000).encode()), limits, workspace)
        assert isinstance(item, Attachment)
        with item.open() as file:
            text = file.read().decode()
    assert text.startswith("FIRST\n")
    assert text.endswith(CRASH)
    assert "only its first" in str(said)


def test_a_standard_input_without_end_is_left() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return (LINE.encode() * (size // len(LINE) + 1))[:size]

    limits = Limits(memory=1_000, member=500_000, log=1_000_000, head=10_000, tail=20_000)
    with Workspace() as workspace:
        said = list(spool("stdin", Endless(), limits, workspace))  # type: ignore[arg-type]
    assert "please give the file itself" in str(said[-1])


def test_what_was_left_out_on_the_way_is_in_the_report(
    diagnostician: Diagnostician, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Stdin:
        buffer = io.BytesIO(bytes(5_000))

    monkeypatch.setattr("sys.stdin", Stdin)
    (tmp_path / "log.txt").write_text(CRASH, "utf-8")
    bundle = collect(["-", str(tmp_path / "log.txt")], "", Limits(memory=100, member=1_000))
    report = diagnostician.diagnose(bundle)
    assert report.findings[0].id == "cuda-oom"
    assert [item.part for item in report.skipped] == ["stdin"]
