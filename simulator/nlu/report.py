"""`python -m simulator.nlu.report [dev|test] [--failures]`: how well the reader reads the annotated sets.

Prints precision, recall and F1 of each act, their mean, and the share of good lines called bad, for each language.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from simulator.engine.acts import NEGATIVE, POSITIVE
from simulator.nlu import read

CORPUS = Path(__file__).parent / "corpus"


@dataclass
class Figures:
    """Counts of one act: read and there, read and not there, there and not read."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass
class Report:
    """The figures of one set in one language."""

    acts: dict[str, Figures] = field(default_factory=lambda: {code: Figures() for code in POSITIVE + NEGATIVE})
    lines: int = 0
    good: int = 0
    good_called_bad: int = 0
    stuffed: int = 0
    stuffed_without_credit: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the acts that occur in the set."""
        there = [figures for figures in self.acts.values() if figures.right + figures.missed]
        return sum(figures.f1 for figures in there) / len(there)

    @property
    def negatives(self) -> tuple[float, float]:
        """Precision and recall over all negative acts together."""
        together = Figures(*(sum(getattr(self.acts[code], name) for code in NEGATIVE) for name in ("right", "wrong", "missed")))
        return together.precision, together.recall


def measure(name: str) -> Report:
    """The report on `corpus/<name>.jsonl`."""
    report = Report()
    for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        begun = time.perf_counter()
        reading = read(row["text"])
        report.seconds += time.perf_counter() - begun
        expected, got = set(row["acts"]), {act.code for act in reading.acts}
        report.lines += 1
        for code in expected | got:
            figures = report.acts[code]
            figures.right += code in expected and code in got
            figures.wrong += code not in expected
            figures.missed += code not in got
        if not expected & set(NEGATIVE):
            report.good += 1
            report.good_called_bad += bool(got & set(NEGATIVE))
        if row.get("gaming"):
            report.stuffed += 1
            report.stuffed_without_credit += reading.gaming and not got & set(POSITIVE)
        if expected != got:
            extra, lost = sorted(got - expected), sorted(expected - got)
            report.failures.append(f"{row['id']} {row['text']}\n    missed {lost} wrong {extra}")
    return report


def table(name: str, report: Report) -> str:
    rows = [f"{name}: {report.lines} lines", f"{'act':<20}{'P':>6}{'R':>6}{'F1':>6}{'n':>5}"]
    for code, figures in report.acts.items():
        count = figures.right + figures.missed
        rows.append(f"{code:<20}{figures.precision:6.2f}{figures.recall:6.2f}{figures.f1:6.2f}{count:5}")
    precision, recall = report.negatives
    rows.append(f"macro-F1 {report.macro_f1:.3f}; negative acts precision {precision:.2f} recall {recall:.2f}")
    rows.append(f"good lines called bad {report.good_called_bad}/{report.good}")
    rows.append(f"stuffed without credit {report.stuffed_without_credit}/{report.stuffed}")
    rows.append(f"{1000 * report.seconds / report.lines:.2f} ms a line")
    return "\n".join(rows)


def main(arguments: list[str]) -> None:
    parts = [argument for argument in arguments if not argument.startswith("-")] or ["dev", "test"]
    for part in parts:
        for language in ("zh", "en"):
            report = measure(f"{part}-{language}")
            sys.stdout.write(table(f"{part}-{language}", report) + "\n\n")
            if "--failures" in arguments:
                sys.stdout.write("\n".join(report.failures) + "\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
