"""What do the people of the demo say of their months, and what does the branch say of them?

Every figure is one of the five grades. In the first branch the best activists are set by hand, so that two of them
share the third place whatever the months are.
"""

from __future__ import annotations

from random import Random

from evaluations.dimensions import DIMENSIONS, GRADE_POINTS, Grade

BEST, STEP = GRADE_POINTS[Grade.EXCELLENT], 10  # from one grade to the next
LOWEST = GRADE_POINTS[Grade.WEAK]
MOST_STEPS = 4 * len(DIMENSIONS)
TIED_PLACES = (2, 3)  # of the first branch's activists, counted from 0: they share the third place
NOTES = (
    "参加了两次志愿服务。", "完成了专题学习。", "课程作业按时完成。", "帮助同学复习高等数学。", "寝室卫生还要保持。",
    "实验课准备不够充分。", "组织了一次读书会。", "按时参加支部活动。", "本月早起不够坚持。", "担任了班级学习小组长。",
)  # fmt: skip

Points = dict[str, int]


def points(random: Random, steps: int) -> Points:
    """Return five grades that lie `steps` grades below the best altogether and two from each other at most."""
    found = dict.fromkeys((dimension.value for dimension in DIMENSIONS), BEST)
    for _step in range(min(max(steps, 0), MOST_STEPS)):
        highest = max(found.values())
        near = [name for name, value in found.items() if value > max(highest - 2 * STEP, LOWEST)]
        found[random.choice(near)] -= STEP
    return found


def own_steps(random: Random, level: int) -> int:
    """How many grades below the best somebody of this level sees himself: near to how others see him."""
    return max(level + random.choice((-1, -1, 0, 0, 1)), 1)


def branch_steps(random: Random, level: int) -> int:
    """How many grades below the best the branch sees him."""
    return max(level + random.choice((-1, 0, 0, 1)), 0)


def top_steps(place: int, round_: int) -> tuple[int, int]:
    """(own, branch) steps of the first branch's activists: each place stays below the one before it, two are equal."""
    place = TIED_PLACES[0] if place in TIED_PLACES else place
    if place == 0:
        return 1, round_ % 2
    return (1, 1 + round_ % 2) if place == 1 else (2 + place // 3, 2 + place + round_ % 2)


def note(random: Random) -> dict[str, str]:
    """Mostly nothing, sometimes one line in one dimension."""
    if random.random() > 0.3:
        return {}
    return {random.choice(DIMENSIONS).value: random.choice(NOTES)}
