"""What the service costs: `python -m benchmarks`, or one part of it: `python -m benchmarks ledger`."""

import sys

from benchmarks.running import installed  # the settings come first

# isort: split
from benchmarks import beside_floor, ledger

PARTS = {"floor": beside_floor.run, "ledger": ledger.run}


def main(names: list[str]) -> bool:
    """Run the named parts, or all; whether each kept what it promises."""
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        raise SystemExit(f"there is no part {unknown[0]}; there are: {', '.join(PARTS)}")
    with installed() as server:
        kept = [run(server) for name, run in PARTS.items() if name in (names or PARTS)]
    return all(kept)


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
