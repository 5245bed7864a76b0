"""The state of a run: plain JSON, small, no growing lists; page text stays in the world."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from graph.context import Context
from hcsp.certificate import Certificate
from hcsp.constraints import Constraint
from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree
from roles.browser import Claim, Place
from roles.planner import Action, Repair
from roles.writer import Wording
from worlds.model import Fact


class Question(TypedDict):
    """What a run starts from."""

    entity: str


class State(TypedDict):
    """What the nodes read and write; `Growth` is its typed form."""

    entity: str
    asked: NotRequired[str]
    settings: NotRequired[dict[str, Any]]
    root: NotRequired[str]
    step: NotRequired[int]
    grow: NotRequired[int]
    tree: NotRequired[dict[str, Any] | None]
    action: NotRequired[dict[str, Any] | None]
    pages: NotRequired[dict[str, list[str]]]
    claims: NotRequired[dict[str, list[Any]]]
    blurred: NotRequired[list[str]]
    tried: NotRequired[list[str]]
    refusal: NotRequired[str]
    blamed: NotRequired[str]
    repair: NotRequired[dict[str, Any] | None]
    repaired: NotRequired[list[str]]
    spent: NotRequired[list[str]]
    sent_back: NotRequired[int]
    certificate: NotRequired[dict[str, Any] | None]
    wording: NotRequired[dict[str, Any] | None]
    audit: NotRequired[dict[str, Any] | None]
    verdict: NotRequired[dict[str, Any] | None]


class Verdict(Frozen):
    """How a run ended: `accepted`, `rejected` with reasons, or `unknown` with the choices or the closest names."""

    status: str
    reasons: tuple[str, ...] = ()


class Growth(BaseModel):
    """The state, parsed.

    Attributes:
        asked: the name that the run began with, so that a thread asked about another starts afresh.
        settings: the run's settings, copied from its context by the first node.
        root: the root's entity id, empty until it is resolved.
        step: how many actions the Planner has taken.
        grow: how many variables more than drawn the tree needs, to reach the vertices asked for.
        pages: per variable the pages that were read.
        claims: per variable what was read about its entity, see `packed` and `claims_of`.
        blurred: the variables whose clues are chosen and still stand.
        tried: `vertex:entity` of every branch that was cut off.
        refusal: why the last action failed, empty when it did not.
        blamed: the variable that was in the way of it, empty where it was none.
        repair: what validation asked for when it sent the tree back; gone once the Planner has acted on it.
        repaired: what it has asked for so far.
        spent: what may not be asked of an entity again, see `asked`.
        sent_back: how often validation sent the tree back.
    """

    model_config = ConfigDict(extra="forbid")

    entity: str
    asked: str = ""
    settings: Context = Context()
    root: str = ""
    step: int = 0
    grow: int = 0
    tree: ResearchTree | None = None
    action: Action | None = None
    pages: dict[str, list[str]] = Field(default_factory=dict)
    claims: dict[str, list[Any]] = Field(default_factory=dict)
    blurred: list[str] = Field(default_factory=list)
    tried: list[str] = Field(default_factory=list)
    refusal: str = ""
    blamed: str = ""
    repair: Repair | None = None
    repaired: list[str] = Field(default_factory=list)
    spent: list[str] = Field(default_factory=list)
    sent_back: int = 0
    certificate: Certificate | None = None
    wording: Wording | None = None
    audit: dict[str, Any] | None = None
    verdict: Verdict | None = None

    @property
    def grown(self) -> ResearchTree:
        """The tree; raises `ValueError` before the first action."""
        if self.tree is None:
            raise ValueError("the run has no tree yet")
        return self.tree

    @property
    def next(self) -> Action:
        """The Planner's last action; raises `ValueError` before the first."""
        if self.action is None:
            raise ValueError("the run has no action yet")
        return self.action

    @property
    def worded(self) -> Wording:
        """The tree in words; raises `ValueError` before it is."""
        if self.wording is None:
            raise ValueError("the tree has no wording yet")
        return self.wording

    @property
    def wording_seed(self) -> str:
        """What decides between wordings; another one each time validation sends the tree back."""
        return f"{self.seed}:wording:{self.sent_back}"

    @property
    def seed(self) -> str:
        """The run's seed and root, from which every draw starts."""
        return f"{self.settings.seed}:{self.root}"

    def claims_of(self, vertex: str) -> list[Claim]:
        """What was read about a variable's entity."""
        if vertex not in self.claims:
            return []
        entity = self.grown.entities[vertex]
        return [_unpacked(row, entity) for row in self.claims[vertex]]


def asked(clue: Constraint, entity: str) -> str:
    """What a clue asks of an entity, whatever its id."""
    return f"{entity} {clue.model_dump_json(exclude={'id', 'vertex'})}"


def packed(claims: Iterable[Claim], entity: str) -> list[list[Any]]:
    """Claims about an entity as short rows `[subject, relation, object, kind, page, start, end, …]`.

    The entity itself, in any place, and the kind `entity` stand as empty strings: claims are most of a state.
    """
    return [_packed(claim, entity) for claim in claims]


def _packed(claim: Claim, entity: str) -> list[Any]:
    subject, relation, target, kind = claim.fact
    end = (_short(target, entity), "") if kind == "entity" else (target, kind)
    places = ((_short(page, entity), start, stop) for page, start, stop in claim.places)
    return [_short(subject, entity), relation, *end, *chain.from_iterable(places)]


def _short(name: str, entity: str) -> str:
    return "" if name == entity else name


def _unpacked(row: list[Any], entity: str) -> Claim:
    subject, relation, target, kind, *rest = row
    fact = Fact(subject or entity, relation, target if kind else target or entity, kind or "entity")
    places = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return Claim(fact, tuple(Place(page or entity, start, end) for page, start, end in places))


def parse(state: State) -> Growth:
    """The typed form of a state; raises `ValidationError` when an edited state does not fit."""
    return Growth.model_validate(state)


def update(**fields: Any) -> dict[str, Any]:
    """A node's update, as plain JSON; raises `ValueError` for a key that the state does not have."""
    if unknown := set(fields) - set(Growth.model_fields):
        raise ValueError(f"no such state: {sorted(unknown)}")
    return {k: v.model_dump(mode="json") if isinstance(v, BaseModel) else v for k, v in fields.items()}
