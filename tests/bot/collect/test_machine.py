"""GPU, versions and trainer, found out without importing or running anything of the trainer's."""

import os
from pathlib import Path

import pytest

from bot.collect.lora_triage_collect import read_machine, trainer_homes
from diagnostics.diagnose import Diagnostician
from tests.bot.collect.runs import LOG, packed, reported

_SMI = """#!/bin/sh
echo "NVIDIA GeForce RTX 4090, 24564, 560.35.03"
echo "NVIDIA GeForce RTX 3090, 24576, 560.35.03"
"""


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an ai-toolkit with an environment of its own, on a machine with two GPUs."""
    home = tmp_path / "ai-toolkit"
    site = home / "venv" / "lib" / "python3.10" / "site-packages"
    for name, version in (("torch", "2.6.0+cu124"), ("diffusers", "0.35.1"), ("requests", "2.0")):
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (site / "torch").mkdir()
    (site / "torch" / "__init__.py").write_text("raise SystemExit('imported')")
    (home / "venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.10.12\n")
    (home / "toolkit").mkdir()
    (home / "toolkit" / "config_modules.py").write_text("")
    (home / "version.py").write_text('VERSION = "0.12.26"\n')
    (home / ".git" / "refs" / "heads").mkdir(parents=True)
    (home / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (home / ".git" / "refs" / "heads" / "main").write_text("27a03a91" + "0" * 32 + "\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "nvidia-smi").write_text(_SMI)
    (programs / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return home


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for nvidia-smi")
def test_the_machine_comes_into_the_report(trainer: Path, tmp_path: Path, diagnostician: Diagnostician) -> None:
    run = trainer / "output" / "mia"
    run.mkdir(parents=True)
    (run / "log.txt").write_text(LOG)
    packed(run, tmp_path / "b.zip")
    facts = reported(diagnostician, tmp_path / "b.zip").facts
    assert facts["gpu"] == "NVIDIA GeForce RTX 4090 (one of 2)"
    assert (facts["vram_gib"], facts["torch_version"]) == (24.0, "2.6.0+cu124")
    machine = read_machine(trainer_homes([run]), [run])
    assert (machine.driver, machine.python) == ("560.35.03", "3.10.12")
    assert machine.trainer_version == "ai-toolkit 0.12.26 (27a03a91)"
    assert machine.packages == {"torch": "2.6.0+cu124", "diffusers": "0.35.1"}


@pytest.mark.parametrize(
    "text", ["exit 9", "echo failed", "echo 'No devices were found'", "echo ,,", "echo [N/A], [N/A], [N/A]"]
)
@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for nvidia-smi")
def test_a_failing_nvidia_smi_is_no_gpu(trainer: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "bin" / "nvidia-smi").write_text(f"#!/bin/sh\n{text}\n")
    assert read_machine([], []).vram_gib is None
    assert trainer.is_dir()


def test_a_packed_reference_gives_the_commit(trainer: Path) -> None:
    (trainer / ".git" / "refs" / "heads" / "main").unlink()
    (trainer / ".git" / "packed-refs").write_text("# pack-refs\n" + "a1" * 20 + " refs/heads/main\n")
    assert read_machine([("ai-toolkit", trainer)], []).trainer_version == "ai-toolkit 0.12.26 (a1a1a1a1)"
