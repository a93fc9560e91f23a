"""How often each page asks the database, at three sizes of the bank. Constant in the number of rows is what it should be.

"Cold" is with an empty cache, "warm" the same page once more. The bank is that of `tests/crowd.py`: at each size everything that a page
could show is there so many times.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import rooms

SIZES = (1, 3, 10)


def measure() -> None:
    """Inside a fresh data folder, with Django set up: print the figures as JSON."""
    from tests.crowd import Crowd

    crowd, figures = Crowd(), []
    for size in SIZES:
        crowd.grow(size - crowd.size)
        figures.append({name: asdict(counted) for name, counted in crowd.count().items()})
    sys.stdout.write(f"\nQUERIES {json.dumps(figures)}\n")


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        server = rooms.Server("", Path(folder), DEBUG="1")
        server.manage("migrate")
        printed = server.manage("shell", "-c", "from bench import queries; queries.measure()")
    figures = json.loads(next(line for line in printed.splitlines() if line.startswith("QUERIES ")).removeprefix("QUERIES "))
    rows = []
    print(f"{'rows':24}" + "".join(f"{f'x {size}':>8}" for size in SIZES) + "    warm  in the number of rows")
    for name in figures[0]:
        cold, warm = ([figure[name][kind] for figure in figures] for kind in ("cold", "warm"))
        constant = max(cold) <= cold[0] and max(warm) <= warm[0]
        rows.append({"page": name, "sizes": SIZES, "cold": cold, "warm": warm, "constant": constant})
        print(f"{name:24}" + "".join(f"{n:>8}" for n in cold) + f"{warm[-1]:>8}  {'constant' if constant else 'GROWS'}")
    return rows


if __name__ == "__main__":
    run()
