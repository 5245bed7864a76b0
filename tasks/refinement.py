"""What trajectories say against a task, and what to try: the clue that gave it away changes, or one comes back.

The counterpart of `tasks.repairs`, which mends what certificate and audit find.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hcsp.certificate import low
from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, ToEntity, TypeConstraint, constant_of
from hcsp.frozen import Frozen
from hcsp.names import words
from hcsp.tree import ResearchTree
from roles.planner import Repair
from tasks.finding import Finding
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.trajectories.measures import Measures
from tasks.trajectories.trajectory import Search, Trajectory

MEMORY, EARLY, FAST, UNSOLVED = "from memory", "too early", "too fast", "unsolved"
"""What can be said against a task: the answer was named before a page did; the first search showed it; everything was
found with fewer searches than the preset asks for; nobody found it."""


class Against(NamedTuple):
    """A finding, and the repairs that may mend it, the best first."""

    finding: Finding
    offered: list[Repair]


class Lesson(Frozen):
    """What a run is taught at a question of its own: why it is sent back, and the repairs offered, the best first."""

    task: str
    question: str
    why: str
    offered: tuple[Repair, ...]


def lessons_of(record: TaskRecord) -> list[Lesson]:
    """What the run of a refined task was taught, in order; raises `ValueError` where that cannot be read."""
    try:
        return [Lesson.model_validate(lesson) for lesson in record.provenance.get("refined", ())]
    except ValueError:
        raise ValueError(f"task {record.id}: provenance.refined holds no lessons; refine what it comes of") from None


def against(record: TaskRecord, trajectories: Iterable[Trajectory], early: int = 1) -> Against | None:
    """The first thing to be said against a task, in the order above; `None` where nothing is, or nobody tried.

    A solver that names the answer after `early` retrievals or fewer was too early; 0 lets any.
    """
    tries = [(t, Measures.model_validate(t.measures)) for t in trajectories if t.measures is not None]
    tree = tree_of(record)
    finding = next(_given_away(record, tree, tries, early), None)
    if finding is not None:
        return Against(finding, list(_hidden(tree, finding)))
    if tries and not any(m.right for _, m in tries):
        finding = _unsolved(tree, tries)
        return Against(finding, list(_restored(tree, finding)))
    return None


Tries = Sequence[tuple[Trajectory, Measures]]


def _given_away(record: TaskRecord, tree: ResearchTree, tries: Tries, early: int) -> Iterator[Finding]:
    right = [(t, m) for t, m in tries if m.right]
    fewest = record.provenance["preset"].get("search_floor") or 0
    for trajectory, found in right:
        if found.prior:
            why = f"named after {found.t_model} retrievals, before a page did"
            yield _by(MEMORY, why, record, tree, _before(trajectory, found.t_model or 0))
    for trajectory, found in right:
        if found.t_model is not None and 0 < found.t_model <= early:
            why = f"named after {found.t_model} retrievals"
            yield _by(EARLY, why, record, tree, _before(trajectory, found.t_model))
    for trajectory, found in right:
        if found.retrievals < fewest and None not in found.told_at.values():
            why = f"{found.retrievals} retrievals, at least {fewest} are wanted"
            yield _by(FAST, why, record, tree, trajectory.searches[-1])


def _before(trajectory: Trajectory, retrievals: int) -> Search | None:
    return trajectory.searches[retrievals - 1] if retrievals else None


def _by(check: str, why: str, record: TaskRecord, tree: ResearchTree, search: Search | None) -> Finding:
    """The finding with the clue that gave the task away: of the clues that one whose words the query has most of; of
    nobody's query the one without which fewest are left."""
    surfaces = {c["id"]: str(c["surface"]) for c in record.constraints}
    asked = set(words(search.query)) if search else set[str]()
    needed = {c: low(n) for c, n in certificate_of(record).necessary.items()}

    def telling(clue: Constraint) -> tuple[float, int]:
        told = set(words(surfaces[clue.id]))
        return (len(told & asked) / len(told) if told else 0.0, -needed.get(clue.id, 0))

    clue = max(tree.clues, key=telling)
    return Finding(check, why, clue.vertex, (clue.id,))


def _hidden(tree: ResearchTree, finding: Finding) -> Iterator[Repair]:
    """A more generic clue in its place; one of another page; a sub-question in place of its constant; another one."""
    clue, why = next(c for c in tree.clues if c.id == finding.clauses[0]), str(finding)
    if constant_of(clue) is not None or isinstance(clue, RangeConstraint):
        yield Repair(kind="fuzz", vertex=clue.vertex, clue=clue.id, why=why)
    yield Repair(kind="move", vertex=clue.vertex, clue=clue.id, why=why)
    if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToEntity):
        yield Repair(kind="deepen", vertex=clue.vertex, clue=clue.id, why=why)
    yield Repair(kind="deepen", vertex=clue.vertex, clue=None, why=why)


def _unsolved(tree: ResearchTree, tries: Tries) -> Finding:
    """The variable that fewest tries reached, the deepest of several: there a clue is wanting."""
    reached = Counter(v for _, m in tries for v, at in m.reached.items() if at is not None)
    vertex = min(tree.bottom_up(), key=lambda v: reached[v])
    missing = [c.id for c in tree.own[vertex] if not isinstance(c, TypeConstraint)]
    return Finding(UNSOLVED, f"none of {len(tries)} tries is right", vertex, tuple(missing))


def _restored(tree: ResearchTree, finding: Finding) -> Iterator[Repair]:
    others = [v for v in tree.bottom_up() if v != finding.vertex]
    for vertex in (finding.vertex, *others):
        yield Repair(kind="restore", vertex=vertex, clue=None, why=str(finding))
