"""Whole bundles and the report each must give: `pytest --update-golden` writes the reports anew, to be reviewed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from tests.conftest import ROOT

BUNDLES = sorted(path for path in (ROOT / "tests" / "bundles").iterdir() if path.is_dir())
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())


def essence(report: Report) -> dict[str, Any]:
    """What a reviewer wants to see of a report, on one screen."""
    return {
        "trainer": report.trainer.id if report.trainer else None,
        "profile": report.profile,
        "findings": [
            {
                "id": finding.id,
                "severity": finding.severity.value,
                "summary": finding.summary,
                "evidence": [f"{e.file}:{e.line} {e.text.strip()[:100]}" for e in finding.evidence],
                "fixes": [f"{row.status.value}: {row.solution} ({row.why or ''})" for row in finding.fixes],
            }
            for finding in report.findings
        ],
        "loss": report.loss.pattern.value if report.loss else None,
        "missing": list(report.checklist.missing),
        "failed_checks": [f"{c.checklist}: {c.check}" for c in report.checks if c.outcome.value == "failed"],
        "notes": [note.text for note in report.notes],
        "patch": (report.config_patch or "").splitlines(),
        "unknown": [error.text for error in report.unknown],
        "skipped": [f"{item.part}: {item.reason}" for item in report.skipped],
    }


@pytest.mark.parametrize("bundle", [*BUNDLES, *EXAMPLES], ids=lambda path: path.name)
def test_the_report_is_the_reviewed_one(
    bundle: Path, diagnostician: Diagnostician, request: pytest.FixtureRequest
) -> None:
    golden = ROOT / "tests" / "bundles" / f"{bundle.name}.yaml"
    said = bundle.with_suffix(".txt")
    message = said.read_text(encoding="utf-8") if said.exists() else ""
    report = essence(diagnostician.diagnose(collect([str(bundle)], message)))
    if request.config.getoption("--update-golden"):
        golden.write_text(yaml.safe_dump(report, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
    assert report == yaml.safe_load(golden.read_text(encoding="utf-8"))
