"""A set of trajectories in figures, beside those that FORT publishes of seven others."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hcsp.frozen import Frozen
from tasks.trajectories.intervals import Figure, mean, share
from tasks.trajectories.measures import Measures
from tasks.trajectories.sampling import Judged


class Published(Frozen):
    """Another data set's signatures: mean retrievals, mean answer hit time, and the share of prior shortcuts."""

    source: str
    omega: float
    t_hit: float
    p_prior: float


FORT = tuple(
    Published(source=source, omega=omega, t_hit=hit, p_prior=prior)
    for source, omega, hit, prior in (
        ("InfoSeek", 20.6, 5.7, 0.020),
        ("MiroVerse-Voyager", 30.6, 5.9, 0.057),
        ("DeepDive", 47.7, 15.5, 0.074),
        ("DeepResearch-9K", 47.8, 3.4, 0.272),
        ("OpenSeeker", 84.7, 9.3, 0.319),
        ("REDSearcher", 92.1, 18.7, 0.118),
        ("FORT", 141.0, 46.9, 0.110),
    )
)
"""FORT-Searcher, arXiv 2606.12087v1, table 11: 200 questions of each set, one strong agent on the open web, of the
trajectories that succeed. Other solvers over other pages are no measure of these; the order of size is."""


class Signatures(Frozen):
    """A set of trajectories in figures.

    Attributes:
        trajectories: how many there are.
        solved: the share whose answer is right.
        kept: the share that rejection sampling keeps.
        omega: retrievals of those that are right (FORT eq. 15).
        t_hit: answer hit time of those that are right (eq. 17).
        p_prior: the share of those that are right that named the answer before a page did (eq. 18).
        covered: the share of the tree's facts that the pages held state in the end, of all.
        reached: the share of variables reached, of all.
        overlap: the share of the cheapest route's pages that are held, of all that have one.
        repeats: queries asked before as a share of all queries, one figure a trajectory.
        reasons: why trajectories were not kept; one may count under several.
    """

    trajectories: int
    solved: Figure
    kept: Figure
    omega: Figure
    t_hit: Figure
    p_prior: Figure
    covered: Figure
    reached: Figure
    overlap: Figure
    repeats: Figure
    reasons: dict[str, int]


def signatures(verdicts: Iterable[Judged], seed: int = 0) -> Signatures:
    """The figures of some verdicts; those without measures count as not solved."""
    every = list(verdicts)
    found = [v.measures for v in every if v.measures is not None]
    right = [m for m in found if m.right]
    reasons = Counter(check for v in every for check in {reason.check for reason in v.reasons})
    return Signatures(
        trajectories=len(every),
        solved=share(len(right), len(every)),
        kept=share(sum(v.kept for v in every), len(every)),
        omega=mean([m.retrievals for m in right], seed),
        t_hit=mean([m.t_hit for m in right if m.t_hit is not None], seed),
        p_prior=share(sum(m.prior for m in right), len(right)),
        covered=mean([m.covered[-1] if m.covered else 0.0 for m in found], seed),
        reached=mean([_reached(m) for m in found], seed),
        overlap=mean([m.overlap for m in found if m.overlap is not None], seed),
        repeats=mean([m.repeats / m.retrievals for m in found if m.retrievals], seed),
        reasons=dict(reasons.most_common()),
    )


def _reached(measures: Measures) -> float:
    reached = measures.reached.values()
    return sum(at is not None for at in reached) / len(reached) if reached else 0.0


def markdown(sets: Mapping[str, Signatures], published: Sequence[Published] = FORT) -> str:
    """A table of sets by name, with what is published of others below."""
    lines = ["| source | trajectories | solved | retrievals | answer hit time | prior shortcut |", "| --- " * 6 + "|"]
    for name, found in sets.items():
        cells = (_percent(found.solved), _number(found.omega), _number(found.t_hit), _percent(found.p_prior))
        lines.append(f"| {name} | {found.trajectories} | {' | '.join(cells)} |")
    lines += [f"| {o.source} (published) | | | {o.omega} | {o.t_hit} | {100 * o.p_prior:.1f} % |" for o in published]
    return "\n".join(lines)


def _number(figure: Figure) -> str:
    return "" if figure.value is None else f"{figure.value:.1f} ({figure.low:.1f} to {figure.high:.1f})"


def _percent(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return ""
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"
