"""What the certificate says of somebody else's question, in findings and one sentence."""

from typing import Any, Literal

from pydantic import Field

from hcsp.bounds import Bounds
from hcsp.certificate import Certificate, Count, high, low, size
from hcsp.frozen import Frozen
from hcsp.solver import Solver
from tasks.foreign.draft import Form

LISTED = 10


class Named(Frozen):
    """An entity with its label."""

    entity: str
    label: str


class VariableFinding(Frozen):
    """A variable: what it was said to stand for, what it stands for, and how many candidates its own part leaves."""

    id: str
    given: str | None
    entity: Named
    noun: str
    candidates: Count
    found_by: Literal["given", "solving"]


class ClaimFinding(Frozen):
    """A claim as it was understood: `how` names the rule, `read` the constraint in short."""

    id: str
    vertex: str
    text: str
    how: str
    read: str
    note: str
    candidates: Count | None = None


class LeftOut(Frozen):
    """A part that was not certified, and why."""

    part: str
    what: str
    why: str


class Drop(Frozen):
    """Which clues are to spare.

    Attributes:
        alone: clues each of which gives the answer with no other clue: ways around the tree.
        redundant: clues that are not needed while all others stay.
        minimal: an identifying set that lacks no clue, by leaving out one clue after the other, the first ones first.
        skippable: sub-questions all of whose clues can be left out.
    """

    alone: tuple[str, ...] = ()
    redundant: tuple[str, ...] = ()
    minimal: tuple[str, ...] = ()
    skippable: tuple[str, ...] = ()


class Finding(Frozen):
    """The audit of one question; plain JSON. `certificate` is `None` where nothing could be certified."""

    name: str
    form: Form
    question: str
    given_answer: str
    asks: str
    answers: Count | None = None
    listed: tuple[Named, ...] = ()
    variables: tuple[VariableFinding, ...] = ()
    claims: tuple[ClaimFinding, ...] = ()
    unresolved: tuple[LeftOut, ...] = ()
    idle: tuple[LeftOut, ...] = ()
    without: dict[str, Count] = Field(default_factory=dict)
    drop: Drop = Drop()
    certificate: dict[str, Any] | None = None
    holds: bool
    verdict: str


def spare(solver: Solver, certificate: Certificate) -> Drop:
    """Which clues can be dropped; proved by upper ends alone, and nothing where the answer is not unique."""
    tree = solver.tree
    clues = [c.id for c in tree.clues]
    if high(size(solver.answers())) != 1:
        return Drop()
    alone = [c for c in clues if _single(solver.answers(x for x in clues if x != c))] if len(clues) > 1 else []
    dropped: list[str] = []
    for clue in clues:
        if _single(solver.answers([*dropped, clue])):
            dropped.append(clue)
    return Drop(
        alone=tuple(alone),
        redundant=tuple(c for c, n in certificate.necessary.items() if high(n) == 1),
        minimal=tuple(c for c in clues if c not in dropped),
        skippable=tuple(v for v, n in certificate.hierarchy.items() if high(n) == 1),
    )


def verdict(finding: Finding, certificate: Certificate, matches: bool | None) -> tuple[bool, str]:
    """Whether the question holds, and the verdict. `matches`: whether the given answer is the one found, if known."""
    said = _defects(finding, certificate, matches)
    open_ends = len({x.part for x in finding.unresolved})
    if open_ends:
        weak = _weakened(finding, open_ends)
        return False, f"{'; '.join(said)}; {weak}" if said else f"holds as far as it was understood; {weak}"
    return not said, "; ".join(said) or "holds: unique, every clue and every sub-question needed"


def _defects(finding: Finding, certificate: Certificate, matches: bool | None) -> list[str]:
    assert finding.answers is not None
    found: list[str] = []
    if matches is False:
        found.append(f"the given answer {finding.given_answer!r} is not what the world gives")
    if high(finding.answers) != 1:
        return [*found, f"not unique: {_counted(finding.answers)} answers"]
    if low(finding.answers) == 0:
        return [*found, "not proved unique: one entity may qualify, none surely does"]
    found += _ways_around(finding, certificate)
    loose = [v for v in finding.variables if high(v.candidates) != 1]
    if loose:
        found.append(
            "; ".join(f"sub-question {v.id} does not stand alone: {_counted(v.candidates)} candidates" for v in loose)
        )
    elif not certificate.unique:
        found.append("the answer shares a name with another entity")
    return found


def _ways_around(finding: Finding, certificate: Certificate) -> list[str]:
    drop = finding.drop
    if not drop.minimal and certificate.necessary:
        return ["bypassable: nouns and relations alone give the answer, without any clue"]
    found = [f"bypassable: {' or '.join(drop.alone)} alone gives the answer"] if drop.alone else []
    found += [f"bypassable: sub-question {v} can be skipped" for v in drop.skippable]
    if not found and drop.redundant:
        found = [f"overdetermined: {_and(drop.redundant)} not needed"]
    dropped = [c for c in certificate.necessary if c not in drop.minimal]
    return [*found, f"drop {_and(dropped)}"] if found and dropped else found


def _weakened(finding: Finding, count: int) -> str:
    parts = ", ".join(dict.fromkeys(x.part for x in finding.unresolved))
    assert finding.answers is not None
    if high(finding.answers) == 1:
        effect = "what is proved unique stays so, whether a clue is needed may change"
    else:
        effect = "with them fewer answers may be left"
    return f"{count} part{'s' if count > 1 else ''} unresolved ({parts}): certified without, {effect}"


def _counted(count: Count) -> str:
    return str(count) if isinstance(count, int) else f"{count.low} to {count.high}"


def _and(names: "list[str] | tuple[str, ...]") -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _single(found: Bounds) -> bool:
    return len(found.upper) == 1
