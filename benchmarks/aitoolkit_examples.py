"""Reads every example config in a folder (ai-toolkit's `config/examples`, say) and lists findings of severity critical.

.venv/bin/python benchmarks/aitoolkit_examples.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge

FACTS = ("model", "arch", "rank", "alpha", "learning_rate", "steps", "batch_size", "quantize")


def main(folder: Path) -> None:
    """Print one line a file: findings, and the facts that were read."""
    diagnostician = Diagnostician(load_knowledge())
    critical = 0
    files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml", ".json"})
    for path in files:
        report = diagnostician.diagnose(collect([str(path)], ""))
        found = [f"{finding.id} ({finding.severity})" for finding in report.findings]
        critical += any(finding.severity == "critical" for finding in report.findings)
        facts = ", ".join(f"{name} {report.facts[name]}" for name in FACTS if name in report.facts)
        print(f"{path.name}: {', '.join(found) or 'no finding'} | {facts}")
    print(f"{len(files)} configs, {critical} with a critical finding")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
