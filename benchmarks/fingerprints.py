"""Do the marks of unknown errors group the variants of one error, and nothing else?

.venv/bin/python -m benchmarks.fingerprints --count 200 --seed 1
"""

from __future__ import annotations

import argparse
import time

from tests.diagnostics.grouping import grouping, marked


def main() -> None:
    """Print groups, pair precision and pair recall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="variants of each error")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    started = time.perf_counter()
    found = grouping(marked(options.count, options.seed))
    seconds = time.perf_counter() - started
    print(
        f"{found.variants} variants of {found.errors} errors: {found.groups} groups, pair precision "
        f"{found.precision:.4f}, pair recall {found.recall:.4f}; {1000 * seconds / found.variants:.1f} ms a log"
    )


if __name__ == "__main__":
    main()
