"""What collect writes says the same of a run as the run's own files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from tests.bot.collect.runs import ONETRAINER, ai_toolkit, kohya, onetrainer, packed, reported, zipped
from tests.diagnostics.pictures.files import saved, scene

_MACHINE = {"Permissions", "Dataset paths", "Save path"}
"""Checks that only a bundle of collect can answer."""
_LAYOUTS = (ai_toolkit, kohya, onetrainer)


def dataset_part(report: Report) -> dict[str, object]:
    """Return what a report says of the dataset, without what only the machine itself tells."""
    facts = ("images", "captions", "rank", "learning_rate", "steps", "epochs", "steps_per_epoch", "batch_size")
    checks = [(c.checklist, c.check, c.outcome, str(c.why)) for c in report.checks if c.check not in _MACHINE]
    return {
        "facts": {name: report.facts.get(name) for name in facts},
        "findings": [(finding.id, round(finding.confidence, 3)) for finding in report.findings],
        "checks": checks,
    }


@pytest.mark.parametrize("layout", _LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_bundle_gives_the_dataset_findings_of_the_folder(
    layout: Callable[[Path], Path], tmp_path: Path, diagnostician: Diagnostician
) -> None:
    run = layout(tmp_path)
    packed(run, tmp_path / "bundle.zip")
    more = [tmp_path / "OneTrainer" / "training_concepts"] if layout is onetrainer else []
    whole = dataset_part(reported(diagnostician, run, tmp_path / "data", *more))
    bundle = dataset_part(reported(diagnostician, tmp_path / "bundle.zip"))
    assert bundle["facts"] == whole["facts"]
    assert bundle["findings"] == whole["findings"]
    assert bundle["checks"] == whole["checks"]
    assert whole["facts"]["images"] in (15, 30)  # type: ignore[index]


def test_the_loss_history_and_the_log_come_along(tmp_path: Path, diagnostician: Diagnostician) -> None:
    for number, layout in enumerate(_LAYOUTS):
        run = layout(tmp_path / str(number))
        packed(run, tmp_path / f"{number}.zip")
        whole, bundle = reported(diagnostician, run), reported(diagnostician, tmp_path / f"{number}.zip")
        assert whole.loss is not None
        assert bundle.loss is not None
        assert (bundle.loss.pattern, bundle.loss.points) == (whole.loss.pattern, whole.loss.points)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, diagnostician: Diagnostician) -> None:
    run = ai_toolkit(tmp_path)
    (tmp_path / "data" / "mia").rename(tmp_path / "data" / "moved")
    files = packed(run, tmp_path / "bundle.zip")
    assert json.loads(files["lora-triage.json"])["paths_missing"] == [str(tmp_path / "data" / "mia")]
    report = reported(diagnostician, tmp_path / "bundle.zip")
    assert any("not on the machine" in str(note.text).lower() for note in report.notes)


def test_where_the_config_names_no_folder_nothing_is_said_of_paths(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("Traceback (most recent call last):\nValueError: no\n")
    files = packed(tmp_path, tmp_path / "b.zip")
    said = json.loads(files["lora-triage.json"])
    assert (said["paths_missing"], said["pictures"], said["lora_triage"]) == (None, [], 1)


def test_onetrainers_own_package_is_diagnosed_as_it_is_and_taken_along(
    tmp_path: Path, diagnostician: Diagnostician
) -> None:
    report = (
        "=== System ===\nOS: Windows 11\n2025-01-01 12:00:00 [INFO] x\nTraceback (most recent call last):\n"
        '  File "C:\\Users\\marta.k\\OneTrainer\\modules\\x.py", line 3, in go\n'
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 24 GiB\n"
    )
    files = {"config.json": json.dumps(ONETRAINER), "config_diff.txt": "lora_rank: 16", "debug_report.log": report}
    (tmp_path / "run").mkdir()
    package = tmp_path / "run" / "OneTrainer_debug.zip"
    package.write_bytes(zipped(files))
    own = reported(diagnostician, package)
    assert own.facts["rank"] == 16
    assert own.findings[0].id == "cuda-oom"
    made = packed(tmp_path / "run", tmp_path / "bundle.zip")
    assert "marta" not in made["OneTrainer_debug/debug_report.log"].decode()
    bundle = reported(diagnostician, tmp_path / "bundle.zip")
    assert [f.id for f in bundle.findings] == [f.id for f in own.findings]
    assert bundle.facts["rank"] == 16


def test_samples_that_are_training_pictures_stay_behind(tmp_path: Path) -> None:
    run = ai_toolkit(tmp_path)
    copy = (tmp_path / "data" / "mia" / "3.png").read_bytes()
    (run / "samples" / "copy.png").write_bytes(copy)
    files = packed(run, tmp_path / "bundle.zip")
    pictures = [name for name in files if name.endswith((".png", ".jpg", ".webp"))]
    assert len(pictures) == 3
    assert "samples/copy.png" not in files
    own = {path.read_bytes() for path in (tmp_path / "data" / "mia").iterdir()}
    assert not own & set(files.values())


def test_without_samples_only_their_names_go(tmp_path: Path) -> None:
    files = packed(ai_toolkit(tmp_path), tmp_path / "bundle.zip", "--no-samples")
    assert not [name for name in files if name.startswith("samples/")]
    assert len(json.loads(files["lora-triage.json"])["samples"]) == 3


def test_a_dataset_elsewhere_can_be_named(tmp_path: Path) -> None:
    run, other = tmp_path / "run", tmp_path / "pictures"
    run.mkdir()
    other.mkdir()
    (run / "log.txt").write_text("100%|#| 5/5 [00:05<00:00,  1.00it/s, loss=0.1]\n")
    (other / "a.png").write_bytes(saved(scene(1)))
    files = packed(run, tmp_path / "bundle.zip", str(other))
    assert [each["name"] for each in json.loads(files["lora-triage.json"])["pictures"]] == ["pictures/a.png"]
