"""The Planner sees the whole tree and its targets and says what to do next, one action at a time."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from hcsp.constraints import Constraint, RelationConstraint
from hcsp.frozen import Frozen
from hcsp.preset import Preset
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from roles.browser import Claim


class Targets(Frozen):
    """How large a tree to grow."""

    variables: int
    levels: int


class Action(Frozen):
    """One of the paper's four actions.

    `initialise` reads about the root; `extend` hangs a new variable, standing for `entity`, on `vertex` by `edge`;
    `blur` chooses the clues of `vertex`; `terminate` says that the tree is done, or with `give_up` that it cannot be.
    `drop` names a variable to cut off first, with all below it: how the Planner backtracks.
    """

    kind: Literal["initialise", "extend", "blur", "terminate"]
    vertex: str = "A"
    edge: RelationConstraint | None = None
    entity: str = ""
    drop: str | None = None
    give_up: bool = False
    reason: str


class Repair(Frozen):
    """One change that may mend a failed check.

    `reword`: another wording seed. `fuzz`: a more generic clue in place of `clue`. `restore`: choose the clues of
    `vertex` again, with a needed one put back. `move`: a fact of another page in place of `clue`. `deepen`: a variable
    below `vertex`, in place of the constant of `clue` where that leads on. `cut`: drop the sub-question at `vertex`.
    """

    kind: Literal["reword", "fuzz", "restore", "move", "deepen", "cut"]
    vertex: str
    clue: str | None
    why: str

    def __str__(self) -> str:
        at = " ".join(part for part in (self.vertex, self.clue) if part)
        return f"{self.kind}{f' {at}' if at else ''}: {self.why}"


@dataclass(frozen=True)
class Sight:
    """One variable, looked at closely.

    `claims` holds what was read about it, `pool` what could be asked of it, `vague` the entities in the claims that no
    common type names, `distant` those of which only their own page says that they are tied to it: from there one is
    led on, and never the other way.
    """

    claims: Sequence[Claim] = ()
    pool: Sequence[Constraint] = ()
    vague: frozenset[str] = frozenset()
    distant: frozenset[str] = frozenset()


@dataclass(frozen=True)
class View:
    """What the Planner sees.

    `look` looks closely at a variable, `tried` holds the entities that were hung on a vertex and cut off again
    (`vertex:entity`), `blurred` the variables whose clues are chosen and still stand, `refusal` why the last action
    failed and `blamed` the variable that was in the way, if one was, `avoid` relations that the dataset has enough of,
    `scarce` those of which it nearly has, `closed` entities that may not be hung on, `repair` what validation asks for.
    """

    entity: str
    tree: ResearchTree | None
    preset: Preset
    targets: Targets
    smallest: Targets
    look: Callable[[str], Awaitable[Sight]]
    seed: str
    step: int
    tried: frozenset[str] = frozenset()
    blurred: tuple[str, ...] = ()
    refusal: str = ""
    blamed: str = ""
    avoid: frozenset[str] = frozenset()
    scarce: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    repair: Repair | None = None


class Planner(Protocol):
    """Chooses the next action; code checks that it is legal before anything changes."""

    async def act(self, view: View, source: CandidateSource) -> Action:
        """The next action."""
        ...

    async def prefer(self, noun: str, pool: Sequence[Constraint], source: CandidateSource) -> Sequence[Constraint]:
        """The clues of a variable to try before all others, none where none is preferred; code chooses among them."""
        ...
