"""Every example log cut, thinned and mixed with other lines: is everything still found that is still in it?

.venv/bin/python -m benchmarks.mutants --count 500
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator

from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge
from tests.conftest import ROOT
from tests.mutants.mutants import Example, Wrong, example, logs, wrong

_CASES = ROOT.parent / "shared/cases/cases.jsonl"
_SHOWN = 20


def main() -> None:
    """Print, for each example, how many mutants lost a finding, or have one where the example has none."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=500, help="mutants of each example")
    count = options.parse_args().count
    diagnostician = Diagnostician(load_knowledge())
    missing: list[Wrong] = []
    number = 0
    for each in _examples(diagnostician):
        found = list(wrong(diagnostician, each, count))
        missing += found
        number += 1
        print(f"{each.name:50} findings {', '.join(each.findings) or 'none':40} wrong {len(found)}", flush=True)
    lost = dict(Counter(one.lost for one in missing if one.lost))
    alarms = sum(one.lost is None for one in missing)
    print(f"{number} logs, {number * count} mutants: {sum(lost.values())} findings lost {lost}, {alarms} false alarms")
    for one in missing[:_SHOWN]:
        instead = ", ".join(one.found) or "nothing"
        print(f"  {one.example} mutant {one.mutant}: {one.lost or 'nothing to find'}, found {instead}")


def _examples(diagnostician: Diagnostician) -> Iterator[Example]:
    for path in logs():
        yield example(diagnostician, str(path.relative_to(ROOT)), path.read_bytes().decode("utf-8", "replace"))
    if not _CASES.exists():
        print(f"no labelled cases here ({_CASES.name}): the project's own logs alone")
        return
    for line in _CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["kind"] == "log":
            yield example(diagnostician, case["id"], case["text"])


if __name__ == "__main__":
    main()
