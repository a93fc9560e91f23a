"""What the invented trainees of the demo bank play: the same for the same seed, and better the more they have learnt."""

from __future__ import annotations

from statistics import mean

from lms.demo.play import Plan, Task, career, not_learnt
from simulator.policies import HABITS

TASKS = (Task(1, "b1", "rude-counter", 1, 50), Task(2, "b1", "annual-fee", 2, 55), Task(3, "b1", "frozen-account", 2, 55))


def plan(number: int = 1, skill: float = 0.3, quota: int = 3, **changes: object) -> Plan:
    values = {"seed": 7, "language": "zh-hans", "growth": 0.0, "tasks": TASKS, "gives_up": False, **changes}
    return Plan(number=number, skill=skill, quota=quota, **values)


def test_a_career_is_the_same_for_the_same_seed():
    assert career(plan()) == career(plan())
    assert career(plan()) != career(plan(seed=8))


def test_a_task_is_tried_until_it_is_passed_and_at_most_three_times():
    for number in range(4):
        played = career(plan(number, skill=0.05, quota=9))
        for task in TASKS:
            tries = [play.enough for play in played if play.task == task]
            assert tries in ([True], [False, True], [False, False, True], [False, False, False])


def test_every_trainee_learns_in_an_order_of_their_own_and_forgets_nothing():
    mine, theirs = plan(number=1), plan(number=2)
    assert not_learnt(mine, 0.5) != not_learnt(theirs, 0.5)
    assert not_learnt(mine, 0.9) < not_learnt(mine, 0.5) < not_learnt(mine, 0.1)
    assert not_learnt(mine, 0.0) == frozenset(HABITS)
    assert not_learnt(mine, 1.0) == frozenset()


def test_skill_shows_in_the_score_and_beginners_often_fail():
    def scores(skill: float) -> list[float]:
        plans = (plan(number, skill, quota=1, language=language) for number in range(12) for language in ("zh-hans", "en"))
        return [play.score for one in plans for play in career(one)]

    beginners, trained, experts = scores(0.05), scores(0.5), scores(0.95)
    assert mean(beginners) + 5 < mean(trained) < mean(experts) - 5
    assert mean(score < 60 for score in beginners) > 0.3
    assert mean(score >= 60 for score in experts) > 0.9
