"""What one invented trainee plays. Pure Python and picklable, so that it runs in processes of its own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from assessment import rubrics, scoring
from simulator.engine import readings
from simulator.engine.customer import finish
from simulator.engine.events import ContactEnded, Event
from simulator.policies import HABITS, Step, play, shipped


@dataclass(frozen=True, slots=True)
class Task:
    """A role-play that a lesson asks for: the place of lesson and block in the plan, and what must be reached."""

    lesson: int
    key: str
    scenario: str
    level: int
    pass_score: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One trainee: how skilled they begin (0–1), how much each role-play teaches them, how many they play, and where they give up."""

    number: int
    seed: int
    language: str
    skill: float
    growth: float
    quota: int
    tasks: tuple[Task, ...]
    gives_up: bool


@dataclass(frozen=True, slots=True)
class Play:
    """A role-play as it went. `task` is None for practice of one's own accord.

    `score` is None where the trainee let go before the end; `closing` is then what happens when the room closes by itself.
    """

    task: Task | None
    scenario: str
    level: int
    seed: int
    steps: tuple[Step, ...]
    score: float | None
    enough: bool
    closing: tuple[Event, ...] = ()


def career(plan: Plan) -> list[Play]:
    """Everything the trainee of `plan` plays: each task until it is passed or three times, then practice, as long as the quota lasts."""
    chance = Random(f"{plan.seed}:career:{plan.number}")
    wanted: list[tuple[Task | None, int]] = [(task, 3) for task in plan.tasks]
    played: list[Play] = []
    for task, attempts in wanted:
        for _attempt in range(attempts):
            if len(played) == plan.quota:
                return played
            played.append(_one(plan, task, len(played), chance))
            if played[-1].enough or played[-1].score is None:
                break
    while len(played) < plan.quota:
        played.append(_one(plan, None, len(played), chance))
    return played


def not_learnt(plan: Plan, skill: float) -> frozenset[str]:
    """The habits that this trainee does not have yet: everybody learns them in an order of their own."""
    order = Random(f"{plan.seed}:habits:{plan.number}").sample(HABITS, len(HABITS))
    return frozenset(order[round(skill * len(HABITS)) :])


def _one(plan: Plan, task: Task | None, number: int, chance: Random) -> Play:
    slug = task.scenario if task else chance.choice(shipped.slugs())
    level = task.level if task else min(5, max(1, round(1 + 3 * plan.skill + chance.uniform(-1, 1))))
    seed = chance.randrange(1, 2**31)
    skill = min(0.97, plan.skill + plan.growth * number)
    lacks = not_learnt(plan, skill)
    stop_after = chance.randint(2, 5) if plan.gives_up and number == plan.quota - 1 else None
    scenario = shipped.scenario(slug)
    session = play(scenario, "exemplary", language=plan.language, level=level, seed=seed, skill=skill, lacks=lacks, stop_after=stop_after)
    score = None
    enough = False
    if any(isinstance(event, ContactEnded) for event in session.events):
        drawn = session.scenario
        truth = {name: getattr(drawn.truth, name) for name in ("classification", "limits", "flags", "form")}
        result = scoring.score(readings.evidence(session.events, drawn), rubrics.newest_shipped(scenario.rubric), truth)
        score = result.score
        enough = result.passed and (task is None or result.score >= task.pass_score)
    return Play(task, slug, level, seed, session.steps, score, enough, finish(session.customer, by="time"))
