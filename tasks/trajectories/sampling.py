"""Rejection sampling: which trajectories are taught from, and why the others are not.

The paper keeps the rollouts whose answer is right (InfoSeek, arXiv 2509.00375); here one has to be earned as well.
Failures are data: nothing is dropped without its reasons.
"""

from collections.abc import Iterable, Iterator, Mapping

from hcsp.frozen import Frozen
from tasks.finding import Finding
from tasks.matching import matches
from tasks.trajectories.measures import Course, Measures, measure
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Trajectory

OUTCOME, WRONG, RIVAL, PRIOR, UNTOLD, BLOCKED, UNKNOWN = (
    "outcome",
    "wrong answer",
    "a rival",
    "prior shortcut",
    "evidence",
    "blocked page",
    "no sheet",
)
"""The names of the reasons."""


class Reason(Frozen):
    """Why a trajectory is not kept: the name of the reason, and a line on it."""

    check: str
    why: str
    clauses: tuple[str, ...] = ()
    name: str = ""


class Judged(Frozen):
    """A line beside a trajectory: whether it is kept, why not, and what it did; `None` where there is no sheet."""

    id: str
    task: str
    kept: bool
    reasons: tuple[Reason, ...]
    measures: Measures | None


def judged(trajectory: Trajectory, sheet: Sheet | None) -> Judged:
    """The verdict on one trajectory."""
    reasons = tuple(Reason(check=f.check, why=f.why, clauses=f.clauses, name=f.name) for f in faults(trajectory, sheet))
    return Judged(
        id=trajectory.id,
        task=trajectory.task,
        kept=not reasons,
        reasons=reasons,
        measures=None if sheet is None else measure(trajectory.turns, sheet),
    )


def sampled(trajectories: Iterable[Trajectory], sheets: Mapping[str, Sheet]) -> Iterator[tuple[Trajectory, Judged]]:
    """Each trajectory with its verdict; `sheets` by task."""
    return ((trajectory, judged(trajectory, sheets.get(trajectory.task))) for trajectory in trajectories)


def faults(trajectory: Trajectory, sheet: Sheet | None) -> Iterator[Finding]:
    """All that keeps a trajectory from being taught from."""
    if sheet is None:
        yield Finding(UNKNOWN, f"nothing is known of the task {trajectory.task!r}")
        return
    course = Course(trajectory.turns, sheet)
    if trajectory.outcome != "answered":
        yield Finding(OUTCOME, " ".join(filter(None, (trajectory.outcome, trajectory.detail))))
    elif not course.right:
        yield _wrong(course)
    if course.prior:
        seen = (
            "no page did" if course.t_tool is None else f"the first page that does came with retrieval {course.t_tool}"
        )
        yield Finding(PRIOR, f"the answer was named after {course.t_model} retrievals, {seen}")
    untold = tuple(dict.fromkeys(f.constraint for f, at in zip(sheet.facts, course.told, strict=True) if at is None))
    if untold or not sheet.facts:
        yield Finding(UNTOLD, "the pages that came do not state all of the tree", clauses=untold)
    for page in sorted(course.held):
        if sheet.is_blocked(page):
            yield Finding(BLOCKED, f"{page!r} may not be used", name=page)


def _wrong(course: Course) -> Finding:
    said = course.answer or ""
    for names in course.sheet.rivals:
        if matches(said, names):
            return Finding(RIVAL, f"answered {said!r}, which is {names[0]!r}", name=names[0])
    return Finding(WRONG, f"answered {said!r}", name=said)
