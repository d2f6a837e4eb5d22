"""What is still in a log that was cut, thinned or mixed with other lines is still found."""

from pathlib import Path

import pytest

from diagnostics.diagnose import Diagnostician
from tests.conftest import ROOT
from tests.mutants.mutants import example, logs, wrong

_MUTANTS = 25
"""Of each log; 500 are run by ``python -m benchmarks.mutants``."""
LOGS = [str(path.relative_to(ROOT)) for path in logs()]


@pytest.mark.parametrize("name", LOGS)
def test_no_finding_is_lost_while_its_lines_are_there_and_none_appears(name: str, diagnostician: Diagnostician) -> None:
    text = Path(ROOT / name).read_bytes().decode("utf-8", "replace")
    assert list(wrong(diagnostician, example(diagnostician, name, text), _MUTANTS)) == []


def test_there_are_findings_to_lose(diagnostician: Diagnostician) -> None:
    texts = {name: Path(ROOT / name).read_bytes().decode("utf-8", "replace") for name in LOGS}
    found = {finding for name, text in texts.items() for finding in example(diagnostician, name, text).findings}
    assert {"cuda-oom", "host-oom", "nan-loss", "missing-dependency", "unknown-crash"} <= found
