"""Play role-plays without a browser, with handlers made of words, and say how they went: one JSON object a session."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import comb
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from assessment import rubrics, scoring
from simulator.engine import readings
from simulator.engine.events import Escalated
from simulator.policies import POLICIES, PlayedSession, audit, play, said, shipped


class Command(BaseCommand):
    help = "Play shipped scenarios headless with a built-in handler policy; prints one JSON object a session."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="name the scenarios, one JSON object a line")
        parser.add_argument("--scenario", help="the slug of a shipped scenario")
        parser.add_argument("--policy", choices=POLICIES, default="exemplary")
        parser.add_argument("--level", type=int, choices=range(1, 6), default=3)
        parser.add_argument("--language", choices=("zh-hans", "en"), default="zh-hans")
        parser.add_argument("--seeds", type=int, default=1, help="how many sessions")
        parser.add_argument("--seed-from", type=int, default=1, help="the first seed")
        parser.add_argument("--reliably", action="store_true", help="say on standard error how often k role-plays in a row are passed")
        parser.add_argument("--transcript", action="store_true", help="add what was said, turn by turn")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for slug in shipped.slugs():
                case = shipped.scenario(slug)
                row = {"scenario": slug, "version": case.version, "title": dict(case.title), "languages": list(case.languages)}
                self.emit({**row, "nature": case.nature, "urgency": case.urgency, "flags": list(case.flags)})
            return
        if not options["scenario"]:
            raise CommandError("Name a scenario with --scenario, or see them with --list.")
        try:
            scenario = shipped.scenario(options["scenario"])
        except KeyError as error:
            raise CommandError(f"No scenario {options['scenario']!r} ships. There are: {', '.join(shipped.slugs())}.") from error
        if options["language"] not in scenario.languages:
            raise CommandError(f"{scenario.slug} is not written in {options['language']}.")
        rubric = rubrics.newest_shipped(scenario.rubric)
        passed: list[bool] = []
        for seed in range(options["seed_from"], options["seed_from"] + options["seeds"]):
            session = play(scenario, options["policy"], language=options["language"], level=options["level"], seed=seed)
            row = summary(session, rubric)
            if options["transcript"]:
                row["transcript"] = said(session)
            self.emit(row)
            passed.append(row["score"] >= rubric.pass_mark and not row["red_lines"])
        if options["reliably"] and passed:
            said_so = " ".join(f"pass^{k} {pass_k(passed, k):.3f}" for k in (1, 2, 4, 8) if k <= len(passed))
            self.stderr.write(f"{options['policy']} on {scenario.slug}, level {options['level']}: {said_so} ({len(passed)} seeds)")

    def emit(self, row: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(row, ensure_ascii=False))


def pass_k(passed: Sequence[bool], k: int) -> float:
    """The chance that k of these role-plays, drawn without putting any back, are all passed."""
    return comb(sum(passed), k) / comb(len(passed), k)


def summary(session: PlayedSession, rubric: scoring.Rubric) -> dict[str, Any]:
    """One line of `rehearse` (`interfaces`): how the session went, in figures."""
    scenario, events = session.scenario, session.events
    truth = {
        "classification": dict(scenario.truth.classification),
        "limits": dict(scenario.truth.limits),
        "flags": list(scenario.truth.flags),
    }
    score = scoring.score(readings.evidence(events, scenario), rubric, {**truth, "form": dict(scenario.truth.form)})
    return {
        "scenario": scenario.slug,
        "policy": session.policy,
        "level": session.level,
        "language": session.language,
        "seed": session.seed,
        "turns": session.turns,
        "outcome": session.outcome,
        "final": {name: round(value, 3) for name, value in session.customer.state.items()},
        "peak_rung": max((event.rung for event in events if isinstance(event, Escalated)), default=0),
        "satisfaction": round(session.satisfaction, 3),
        "score": round(score.score, 1),
        "red_lines": list(score.red_lines),
        "faults": audit.faults(session),
    }
