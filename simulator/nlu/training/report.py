"""`python -m simulator.nlu.training.report [train|dev|test] [--worst N] [--out FILE]`: how well the reader reads writers it has not seen.

Prints precision, recall and F1 of each act, the other aims of `docs/reading.md`, what is taken for what, how far the annotators agree,
and the worst readings in full.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simulator.engine.acts import NEGATIVE, POSITIVE, Reading
from simulator.nlu import Context, read
from simulator.nlu.training.corpus import LANGUAGES, Row, agreement, read_rows

ACTS = POSITIVE + NEGATIVE
_BAD = frozenset(NEGATIVE)


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
class Share:
    """`count` of `of`."""

    count: int = 0
    of: int = 0

    def add(self, yes: bool) -> None:
        self.count += yes
        self.of += 1

    def __str__(self) -> str:
        return f"{self.count / self.of:.3f} ({self.count}/{self.of})" if self.of else "none"


@dataclass
class Report:
    """The figures of one set in one language."""

    acts: dict[str, Figures] = field(default_factory=lambda: {code: Figures() for code in ACTS})
    good_called_bad: Share = field(default_factory=Share)
    stuffed_without_credit: Share = field(default_factory=Share)
    honest_called_stuffed: Share = field(default_factory=Share)
    nothing_credited: Share = field(default_factory=Share)
    about: Share = field(default_factory=Share)
    kind: Share = field(default_factory=Share)
    spans_overlap: Share = field(default_factory=Share)
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: int = 0
    seconds: float = 0.0
    worst: list[tuple[float, Row, Reading]] = field(default_factory=list)

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the acts that occur in the set."""
        there = [figures for figures in self.acts.values() if figures.right + figures.missed]
        return sum(figures.f1 for figures in there) / len(there) if there else 0.0

    @property
    def negatives(self) -> Figures:
        """All negative acts together."""
        return Figures(*(sum(getattr(self.acts[code], name) for code in NEGATIVE) for name in ("right", "wrong", "missed")))

    def add(self, row: Row, reading: Reading) -> None:
        expected, got = row.settled.codes, {act.code for act in reading.acts}
        self.rows += 1
        for code in expected | got:
            figures = self.acts[code]
            figures.right += code in expected and code in got
            figures.wrong += code not in expected
            figures.missed += code not in got
        self.mistaken.update((lost, extra) for lost in expected - got for extra in got - expected)
        if row.settled.gaming:
            self.stuffed_without_credit.add(not got - _BAD)
        else:
            self.honest_called_stuffed.add(reading.gaming)
            if not expected & _BAD:
                self.good_called_bad.add(bool(got & _BAD))
            if not expected:
                self.nothing_credited.add(not got)
        for mark in row.settled.acts:
            same = [act for act in reading.acts if act.code == mark.code]
            if not same:
                continue
            near = max(same, key=lambda act: min(act.end, mark.end) - max(act.start, mark.start))
            self.spans_overlap.add(min(near.end, mark.end) > max(near.start, mark.start))
            if mark.about and mark.code in ("ask_details", "ask_contact", "confirm_facts", "offer_solution"):
                self.about.add(near.about == mark.about)
            if mark.kind:
                self.kind.add(near.kind == mark.kind)
        if expected != got or row.settled.gaming != reading.gaming:
            sureness = {act.code: act.confidence for act in reading.acts}
            badness = sum(sureness[code] + (code in _BAD) for code in got - expected) + 0.6 * len(expected - got)
            self.worst.append((badness, row, reading))


def measure(rows: Iterable[Row]) -> Report:
    """The report on some rows."""
    report = Report()
    for row in rows:
        began = time.perf_counter()
        reading = read(row.text, Context(customer=row.context))
        report.seconds += time.perf_counter() - began
        report.add(row, reading)
    return report


def table(title: str, report: Report) -> str:
    lines = [f"{title}: {report.rows} utterances", f"{'act':<22}{'P':>6}{'R':>6}{'F1':>6}{'n':>6}"]
    for code, figures in report.acts.items():
        lines.append(f"{code:<22}{figures.precision:6.2f}{figures.recall:6.2f}{figures.f1:6.2f}{figures.right + figures.missed:6}")
    bad = report.negatives
    lines += [
        f"macro-F1                      {report.macro_f1:.3f}",
        f"negative acts                 precision {bad.precision:.2f}, recall {bad.recall:.2f}",
        f"good line called bad          {report.good_called_bad}",
        f"stuffed without credit        {report.stuffed_without_credit}",
        f"honest called stuffed         {report.honest_called_stuffed}",
        f"no act, and none read         {report.nothing_credited}",
        f"what it is about, right       {report.about}",
        f"kind right, act being right   {report.kind}",
        f"span meets the annotators'    {report.spans_overlap}",
        f"mean time                     {1000 * report.seconds / max(1, report.rows):.2f} ms",
        "most mistaken                 " + ", ".join(f"{lost} for {extra} {n}" for (lost, extra), n in report.mistaken.most_common(8)),
    ]
    return "\n".join(lines)


def agreement_table(language: str, rows: Sequence[Row]) -> str:
    found = agreement(rows)
    twice = sum(row.second is not None for row in rows)
    lines = [
        f"annotators, {language}: {len(rows)} utterances, {twice} of them read by two",
        f"{'label':<22}{'kappa':>7}{'both':>7}{'either':>8}",
    ]
    lines += [f"{label:<22}{one.kappa:7.2f}{one.both:7}{one.either:8}" for label, one in found.items()]
    acts = [one.kappa for label, one in found.items() if label != "gaming"]
    lines.append(f"mean kappa of the acts        {sum(acts) / len(acts):.3f}")
    return "\n".join(lines)


def in_full(report: Report, count: int) -> str:
    """The worst readings: most that was read and is not there, surest first, then what was missed."""
    lines = []
    for _, row, reading in sorted(report.worst, key=lambda one: (-one[0], one[1].id))[:count]:
        expected, got = sorted(row.settled.labels), sorted({act.code for act in reading.acts} | ({"gaming"} if reading.gaming else set()))
        lines.append(f"{row.id} [{row.context}] {row.text!r}\n    there: {', '.join(expected) or '-'}\n    read:  {', '.join(got) or '-'}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["dev", "test"])
    parser.add_argument("--worst", type=int, default=100)
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    pieces = []
    for language in LANGUAGES:
        rows = read_rows(language)
        for part in wanted.parts:
            report = measure(row for row in rows if row.part == part)
            pieces.append(table(f"{language} {part}", report))
            if wanted.worst:
                pieces.append(in_full(report, wanted.worst))
        pieces.append(agreement_table(language, rows))
    text = "\n\n".join(pieces) + "\n"
    if wanted.out:
        wanted.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
