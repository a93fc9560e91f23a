"""Fail when an app imports what it must not know (house style, "who knows whom"), or a pure part imports Django."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("courses", "simulator", "assessment", "certificates")
PURE = (
    "simulator/engine", "simulator/case", "simulator/nlu", "simulator/policies", "assessment/scoring.py", "certificates/codes.py",
    "courses/progress.py",
)  # fmt: skip
OUTSIDE = ("django", "wagtail", "channels", "asgiref", "treebeard")


def imports(path: Path) -> list[tuple[int, str]]:
    """(line, module) of every import in a file, also of those inside functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def complaint(path: Path, module: str) -> str | None:
    top = module.split(".")[0]
    name = path.relative_to(ROOT).as_posix()
    app = name.split("/")[0]
    if name.startswith(PURE):
        if top in OUTSIDE:
            return f"is pure and imports {module}"
        if top == "lms" and not module.startswith("lms.core.contracts"):
            return f"is pure and may know only lms.core.contracts, not {module}"
    if app in APPS:
        if top in APPS and top != app:
            return f"imports another app: {module}"
        if top == "lms" and not module.startswith("lms.core"):
            return f"imports the top layer: {module}"
    if name.startswith("lms/core/") and (top in APPS or (top == "lms" and not module.startswith("lms.core"))):
        return f"is the common ground and imports {module}"
    if top == "weasyprint" and name != "certificates/pdf.py":
        return "imports WeasyPrint; only certificates/pdf.py may"
    return None


def main() -> int:
    problems = 0
    for folder in ("lms", *APPS):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for line, module in imports(path):
                words = complaint(path, module)
                if words:
                    problems += 1
                    print(f"{path.relative_to(ROOT)}:{line} {words}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
