"""How a solver does on a set of questions, with 95 % intervals over the questions."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hcsp.frozen import Frozen
from tasks.evaluation.scores import Scores, scores
from tasks.trajectories.intervals import Figure, mean, share
from tasks.trajectories.trajectory import Trajectory


class Tried(Frozen):
    """One trajectory of a question: its scores, and what it took.

    `recall` is the share of the pages known to bear the answer out that came; `None` where none are known.
    """

    question: str
    levels: int | None
    outcome: str
    scores: Scores
    searches: int
    tokens: int
    cost_usd: float
    recall: float | None


class Evaluated(Frozen):
    """The figures of some questions.

    Attributes:
        questions: how many.
        trajectories: how many tries at them.
        accuracy: the share that is right (`tasks.matching`); of several tries at a question their mean counts.
        exact: SQuAD's exact match.
        f1: SQuAD's F1.
        searches: of a trajectory.
        recall: of the pages that are known to bear the answer out, the share that came.
        tokens: of all trajectories together.
        cost_usd: of all trajectories together, as far as prices are known; `None` where tokens were used and none is.
        outcomes: how many ended in which way.
    """

    questions: int
    trajectories: int
    accuracy: Figure
    exact: Figure
    f1: Figure
    searches: Figure
    recall: Figure
    tokens: int
    cost_usd: float | None
    outcomes: dict[str, int]


def tried(trajectory: Trajectory, answers: Sequence[str], levels: int | None = None, gold: Sequence[str] = ()) -> Tried:
    """A trajectory held against the right answers."""
    usage, came = trajectory.usage, set(trajectory.pages)
    return Tried(
        question=trajectory.task,
        levels=levels,
        outcome=trajectory.outcome,
        scores=scores(trajectory.answer, answers),
        searches=len(trajectory.searches),
        tokens=int(usage.get("input_tokens", 0) + usage.get("output_tokens", 0)),
        cost_usd=usage.get("cost_usd", 0.0),
        recall=len(came.intersection(gold)) / len(set(gold)) if gold else None,
    )


def evaluated(tries: Iterable[Tried]) -> Evaluated:
    """The figures of some tries."""
    every = list(tries)
    tokens, cost = sum(t.tokens for t in every), sum(t.cost_usd for t in every)
    return Evaluated(
        questions=len({t.question for t in every}),
        trajectories=len(every),
        accuracy=_share(every, [t.scores.right for t in every]),
        exact=_share(every, [t.scores.exact for t in every]),
        f1=mean(_means(every, [t.scores.f1 for t in every])),
        searches=mean(_means(every, [t.searches for t in every])),
        recall=mean(_means(every, [t.recall for t in every])),
        tokens=tokens,
        cost_usd=cost if cost or not tokens else None,
        outcomes=dict(Counter(t.outcome for t in every).most_common()),
    )


def by_levels(tries: Iterable[Tried]) -> dict[int, Evaluated]:
    """The figures of each number of levels, fewest first; of questions without a tree there are none."""
    every = list(tries)
    levels = sorted({t.levels for t in every if t.levels is not None})
    return {level: evaluated(t for t in every if t.levels == level) for level in levels}


def _share(every: Sequence[Tried], hits: Sequence[bool]) -> Figure:
    means = _means(every, [float(hit) for hit in hits])
    return share(sum(hits), len(hits)) if len(means) == len(every) else mean(means)


def _means(every: Sequence[Tried], values: Sequence[float | None]) -> list[float]:
    """Per question the mean of its tries, since these are no cases of their own."""
    found: dict[str, list[float]] = {}
    for each, value in zip(every, values, strict=True):
        if value is not None:
            found.setdefault(each.question, []).append(value)
    return [sum(of) / len(of) for of in found.values()]
