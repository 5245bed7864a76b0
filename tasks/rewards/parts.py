"""The rewards and penalties by name, each a number in [0, 1].

Each is a function of a `Course`: the turns of a trajectory beside the reward sheet of its task. None draws anything,
none needs the world. `None` means that the sheet does not hold what the reward is made of.
"""

from collections.abc import Callable

from tasks.trajectories.measures import Course

Part = Callable[[Course], float | None]

ALLOWANCE = 5
"""Evidence counts in full that comes within so many times the cheapest route's retrievals."""


def outcome(course: Course) -> float:
    """1 when the answer is right, else 0.

    The answer has to be one, not to hold one: a list, a hedge, a letter or the question copied is none
    (`tasks.matching`). After the exact match of Search-R1 (arXiv 2503.09516, section 3.4).
    """
    return float(course.right)


def grounded(course: Course) -> float:
    """1 when the answer is right, the pages held state the whole tree, and no page held is blocked; else 0.

    What rejection sampling asks for, but for the prior shortcut, which is a penalty of its own.
    """
    earned = course.right and course.holds_all and not any(map(course.sheet.is_blocked, course.held))
    return float(earned)


def layout(course: Course) -> float:
    """The share of turns that parse; 0 unless the last one answers.

    The format reward of DeepSeek-R1 (arXiv 2501.12948, section 2.2.2), turn by turn.
    """
    if course.answer is None:
        return 0.0
    return sum(not turn.fault for turn in course.turns) / len(course.turns)


def evidence(course: Course) -> float:
    """The mean over the facts of the tree of how soon a page came that states them.

    A fact that came with retrieval t counts `min(1, ALLOWANCE * floor / t)`, one that did not come 0; floor is the
    `search_floor`, or the number of facts where that was not computed. Only the best `TOP` pages of a retrieval count,
    so neither long lists nor endless searching buy it. The coverage behind FORT's M_ev (arXiv 2606.12087, eq. 8).
    """
    told = course.told
    allowed = ALLOWANCE * (course.sheet.search_floor or len(told))
    return sum(min(1.0, allowed / at) for at in told if at) / len(told) if told else 0.0


def progress(course: Course) -> float:
    """The share of the tree's variables that were reached, from the leaves up.

    An inner variable is reached when the pages held state all that is said at and below it and the solver has named
    its entity; the root when they state everything and its answer is right. Naming without pages is worth nothing, nor
    are pages without the name. After the sub-question rewards that InfoSeek's preserved steps are meant for
    (arXiv 2509.00375, section 3).
    """
    reached = course.reached
    return sum(at is not None for at in reached.values()) / len(reached) if reached else 0.0


def efficiency(course: Course) -> float | None:
    """`search_floor / retrievals` when the answer is right and the pages held state the whole tree, else 0.

    1 is as few retrievals as the cheapest route of the certificate needs. After FORT's D_post and Q* (arXiv
    2606.12087, eqs. 3 and 5).
    """
    floor = course.sheet.search_floor
    if floor is None:
        return None
    return min(1.0, floor / len(course.searches)) if course.right and course.holds_all and course.searches else 0.0


def repeated(course: Course) -> float:
    """A penalty: the share of queries whose words had all been asked together before."""
    return course.repeats / len(course.searches) if course.searches else 0.0


def prior(course: Course) -> float:
    """A penalty: 1 when the solver named the answer before any page held did (FORT, arXiv 2606.12087, eq. 18)."""
    return float(course.prior)


REWARDS: dict[str, Part] = {
    "outcome": outcome,
    "grounded": grounded,
    "format": layout,
    "evidence": evidence,
    "progress": progress,
    "efficiency": efficiency,
}
PENALTIES: dict[str, Part] = {"repeated": repeated, "prior": prior}
PARTS: dict[str, Part] = REWARDS | PENALTIES
