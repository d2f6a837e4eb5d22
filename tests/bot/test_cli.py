import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "out-of-memory"


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def diagnosed(*arguments: str, stdin: bytes | None = None) -> dict[str, object]:
    result = run("diagnose", *arguments, "--json", stdin=stdin)
    assert result.exit_code == 0, result.output
    report: dict[str, object] = json.loads(result.stdout)
    return report


def first(report: dict[str, object]) -> str:
    findings = report["findings"]
    assert isinstance(findings, list)
    return str(findings[0]["id"])


def test_the_json_report_has_the_keys_of_the_contract() -> None:
    report = diagnosed(str(EXAMPLE))
    wanted = {
        "schema",
        "trainer",
        "profile",
        "facts",
        "findings",
        "loss",
        "checklist",
        "config_patch",
        "unknown",
        "skipped",
    }
    assert wanted <= set(report)
    assert report["schema"] == 1
    finding = report["findings"][0]  # type: ignore[index]
    assert set(finding) >= {"id", "kind", "severity", "confidence", "title", "summary", "evidence", "fixes", "test"}
    assert set(finding["evidence"][0]) == {"file", "line", "text"}
    assert set(finding["fixes"][0]) >= {"diagnosis", "solution", "priority", "status", "why"}


def test_a_folder_single_files_standard_input_and_an_archive_give_one_diagnosis(tmp_path: Path) -> None:
    packed = tmp_path / "run.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in EXAMPLE.iterdir():
            archive.write(file, f"run/{file.name}")
    assert first(diagnosed(str(EXAMPLE))) == "cuda-oom"
    assert first(diagnosed(*(str(file) for file in EXAMPLE.iterdir()))) == "cuda-oom"
    assert first(diagnosed(str(packed))) == "cuda-oom"
    assert first(diagnosed("-", stdin=(EXAMPLE / "log.txt").read_bytes())) == "cuda-oom"


def test_a_message_alone_is_enough() -> None:
    assert first(diagnosed("--message", "the skin looks like plastic, no pores anywhere")) == "plastic-skin"


def test_a_terminal_report_names_the_evidence_and_the_marks() -> None:
    result = run("diagnose", str(EXAMPLE))
    assert result.exit_code == 0
    assert "CUDA" in result.stdout
    assert "log.txt:" in result.stdout
    assert "✔" in result.stdout
    assert "+        batch_size: 1" in result.stdout


def test_terminal_text_of_the_bundle_is_never_markup_or_escape_codes(tmp_path: Path) -> None:
    log = tmp_path / "[red]log.txt"
    log.write_text(
        "Traceback (most recent call last):\n"
        "RuntimeError: [bold]\x1b]0;owned\x07 CUDA out of memory. Tried to allocate 2.00 GiB\n"
    )
    result = run("diagnose", str(log))
    assert result.exit_code == 0
    assert "\x1b]0" not in result.stdout
    assert "[bold]" in result.stdout


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("noise.bin", bytes(range(256)) * 50),
        ("compose.yaml", b"services:\n  web:\n    image: nginx\n"),
    ],
)
def test_nothing_usable_is_said_with_status_1(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    result = run("diagnose", str(path))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments", [["diagnose"], ["diagnose", "no/such/file"], ["checklist", "nonsense"], ["evaluate", "no-file"]]
)
def test_bad_usage_is_one_sentence_with_status_2(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_case_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "a", "primary": "none"}\n{"id": 5}\n')
    result = run("evaluate", str(cases))
    assert result.exit_code == 2
    assert "cases.jsonl:2" in result.output


def test_evaluate_prints_every_case_in_order(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    texts = {
        "b": ("CUDA out of memory. Tried to allocate 2.00 GiB", "cuda-oom"),
        "a": ("thanks, all good now!", "none"),
    }
    cases.write_text(
        "".join(
            json.dumps({"id": key, "text": text, "primary": primary, "labels": [primary]}) + "\n"
            for key, (text, primary) in texts.items()
        )
    )
    result = run("evaluate", str(cases), "--json")
    assert result.exit_code == 0
    scores = json.loads(result.stdout)
    assert [case["id"] for case in scores["cases"]] == ["b", "a"]
    assert scores["top1"] == 1.0
    assert scores["false_alarms"] == 0.0
    assert set(scores["cases"][0]["findings"][0]) == {"id", "severity", "confidence"}


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "curve.png"
    result = run("diagnose", str(ROOT / "examples" / "plastic-skin"), "--plot", str(picture))
    assert result.exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_program_runs_as_a_process_and_survives_a_closed_pipe() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "diagnose", str(EXAMPLE), "--json"],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert finished.returncode == 0
    assert json.loads(finished.stdout)["trainer"]["id"] == "ai-toolkit"


def test_names_and_words_that_are_no_valid_text_are_printed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"log\xff.txt")).write_bytes((EXAMPLE / "log.txt").read_bytes())
    report = diagnosed(str(tmp_path), "--message", os.fsdecode(b"out of memory \xff"))
    assert first(report) == "cuda-oom"
    assert run("diagnose", str(tmp_path)).exit_code == 0
