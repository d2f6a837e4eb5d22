import json
from typing import Any

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.dataset.manifest import ManifestError, read_manifest
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Outcome


def manifest(**more: Any) -> str:
    header = {"kind": "png", "width": 900, "height": 1200}
    pictures = [
        {"name": "40_mia/1.png", "size": 10, "sha256": "aa", "header": header, "caption": "mia, smiling"},
        {"name": "40_mia/2.png", "size": 10, "sha256": "aa", "header": header, "caption": "mia"},
        {"name": "40_mia/3.png", "size": 7, "sha256": "bb", "header": {**header, "complete": False}},
    ]
    machine = {"gpu": "NVIDIA GeForce RTX 4090", "vram_gib": 24.0, "torch": "2.6.0"}
    return json.dumps({"lora_triage": 1, "machine": machine, "pictures": pictures, "paths_missing": [], **more})


def test_a_manifest_stands_for_the_dataset_and_the_machine(diagnostician: Diagnostician) -> None:
    attachment = Attachment.from_bytes("lora-triage.json", manifest().encode())
    report = diagnostician.diagnose(Bundle("", (attachment,)))
    assert report.facts["images"] == 3
    assert (report.facts["gpu"], report.facts["vram_gib"]) == ("NVIDIA GeForce RTX 4090", 24.0)
    failed = {check.check: check.why for check in report.checks if check.outcome is Outcome.FAILED}
    assert "3.png" in str(failed["Caption files"])
    assert "1.png = 2.png" in str(failed["Duplicates"])
    assert "3.png" in str(failed["No corrupted files"])
    assert {"Permissions", "Filenames"} <= {c.check for c in report.checks if c.outcome is Outcome.PASSED}
    assert [finding.id for finding in report.findings] == ["dataset-error"]


@pytest.mark.parametrize(
    "text",
    [
        '{"lora_triage": 2}',
        '{"lora_triage": 1, "pictures": 5}',
        manifest()[:200],
        '{"lora_triage": 1, "pictures": [{"name": "a", "header": {"kind": "png", "width": -1, "height": 2}}]}',
        '{"lora_triage": 1, "pictures": ' + "[" * 50_000,
    ],
)
def test_what_is_no_manifest_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(ManifestError, match="please run collect again"):
        read_manifest(text)


def test_a_broken_manifest_is_a_line_and_the_rest_goes_on(diagnostician: Diagnostician) -> None:
    attachment = Attachment.from_bytes("lora-triage.json", b'{"lora_triage": 1, "pictures": 5}')
    report = diagnostician.diagnose(Bundle("skin looks like plastic", (attachment,)))
    assert [finding.id for finding in report.findings] == ["plastic-skin"]
    assert any("collect" in skipped.reason for skipped in report.skipped)
