"""Run every benchmark, print its table and write bench/results.json.

Figures are measured side by side in one run on whatever machine this is: read the ratios, not the absolutes.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("reading", "turns", "kill", "orderings", "customer", "variety")


def main(names: list[str]) -> None:
    results = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    for name in names or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        results[name] = importlib.import_module(f"bench.{name}").run()
    (HERE / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {HERE.name}/results.json")


if __name__ == "__main__":
    main(sys.argv[1:])
