"""Blur: choosing the clues of a variable so that it stands alone and every clue is needed.

The paper blurs a vertex with "k clues" and leaves k and every threshold open. Here the choice is a search from the top
down. Leaving out one clue loosens one path to the root and nothing beside it, so once a parent's clues are chosen, its
children are independent problems: each must be pinned down by clues that tell it from the entities through which the
parent's remaining candidates, and in the end other answers, would come in.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from random import Random

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.certificate import certify
from hcsp.constraints import Anchored, Constraint, RelationConstraint, anchor_of, child_of
from hcsp.covers import Cover, Need, Option, Problem, covers
from hcsp.preset import Preset, failures
from hcsp.skeleton import reach, skeleton_of
from hcsp.source import CandidateSource
from hcsp.ties import grounded, turned
from hcsp.trail import Foresight, Trail, leads, worth
from hcsp.tree import ResearchTree

SOLUTIONS = 48
"""How many sets of clues of one variable are ranked and tried on what lies below it."""
TRIALS = 60
"""How many times one search sets out to pin a variable down, in all its different surroundings."""
BEAM, ROOT_BEAM = 12, 160
"""How many choices for a variable and all below it are kept, to choose from at last; at the vertex that is blurred."""
EACH = 12
"""How many choices below one set of clues are looked at: the next set promises more."""
DEAR = 4
"""Most clues of scarce relations in one tree."""

CERTIFIED = 12
"""How many of the best choices are held against the preset as a whole before the best is handed on as it is."""

Pools = Mapping[str, Sequence[Constraint]]
"""Per variable the clues that its claims could become."""
Choice = dict[str, tuple[Option, ...]]
"""Per variable the options chosen."""


class Refusal(ValueError):
    """No choice of clues meets the requirements; the message says which one failed.

    `blamed` is the sub-question that cannot be needed enough beside the rest of the tree, if it is that.
    """

    def __init__(self, why: str, blamed: str = "") -> None:
        super().__init__(why)
        self.blamed = blamed


def choose_clues(
    tree: ResearchTree,
    vertex: str,
    pools: Pools,
    source: CandidateSource,
    preset: Preset,
    rng: Random,
    scarce: Set[str] = frozenset(),
    trail: Trail | None = None,
) -> ResearchTree:
    """The tree with clues for `vertex` and all below it, the choice of the highest `hcsp.trail.worth` that is found.

    Without a trail the most generic one. As few clues as possible are of the relations in `scarce`. What lies above
    `vertex` is taken at its most generous. Raises `Refusal` when no choice is found that meets the preset.
    """
    found = _Search(tree, pools, source, preset, rng, scarce, trail).choices(vertex, ROOT_BEAM if trail else 1)
    if trail is None or len(found) == 1:
        return _with(tree, found[0])
    ahead = Foresight(tree, trail)
    found.sort(key=lambda choice: _worth(choice, ahead), reverse=True)
    # The search takes clues one by one: rivals, and variables that a chord keeps apart, show in the certificate alone.
    best = [_with(tree, choice) for choice in found[:CERTIFIED]]
    return next((chosen for chosen in best if not failures(certify(chosen, source), preset, chosen)), best[0])


def _with(tree: ResearchTree, choice: Choice) -> ResearchTree:
    return tree.with_choices({vertex: [o.clue for o in options] for vertex, options in choice.items()})


def _worth(choice: Choice, ahead: Foresight) -> float:
    """What the clues of a whole tree are worth."""
    chosen = [option for options in choice.values() for option in options]
    narrowest = min((len(option.surely) for option in chosen), default=0)
    return worth(ahead.outlook([option.clue for option in chosen]), narrowest)


def fewest_scarce(
    tree: ResearchTree,
    vertex: str,
    pool: Sequence[Constraint],
    source: CandidateSource,
    preset: Preset,
    scarce: Set[str] = frozenset(),
) -> int | None:
    """How many scarce clues `vertex` needs at least if its children were solved; `None` if no clues pin it down.

    Lets a planner see, before it reads on, whether a sub-question would fit its parent.
    """
    return _Search(tree, {vertex: pool}, source, preset, Random(0), scarce).fewest(vertex)


@dataclass(frozen=True)
class _Place:
    """A variable seen from the root.

    `matter` holds the entities that could stand for it in another answer, and its own; `rest` the candidates of the
    parent that everything but this variable admits.
    """

    vertex: str
    entity: int
    noun: Bounds
    matter: BitMap
    edge: RelationConstraint | None = None
    parent: "_Place | None" = None
    rest: BitMap = field(default_factory=BitMap)


class _Search:
    """Chooses for a whole subtree and remembers what was in the way last."""

    def __init__(
        self,
        tree: ResearchTree,
        pools: Pools,
        source: CandidateSource,
        preset: Preset,
        rng: Random,
        scarce: Set[str],
        trail: Trail | None = None,
    ) -> None:
        self._trail = trail
        self._tree, self._pools, self._source, self._preset, self._scarce = tree, pools, source, preset, scarce
        self._seed = rng.random()
        self._options: dict[str, list[Option]] = {}
        self._refusal: Refusal | None = None
        self._trials = 0

    def choices(self, vertex: str, most: int) -> list[Choice]:
        """Choices with the fewest scarce clues, the first the most generic; at least one, or `Refusal`."""
        place = self._generous(vertex)
        found = self._solve(place, DEAR, most)
        if not found:
            raise self._refusal or Refusal("")
        fewer = (self._solve(place, dear, most) for dear in range(_scarce(found[0])))
        return next((better for better in fewer if better), found)

    def fewest(self, vertex: str) -> int | None:
        """The scarce clues of the first set that pins a variable down, what lies below it apart."""
        problem = self._problem(self._generous(vertex))
        found = None if _hopeless(problem, vertex) else next(covers(problem, DEAR), None)
        if found is None:
            return None
        price = found.dear
        return next((dear for dear in range(price) if any(True for _ in covers(problem, dear))), price)

    def _solve(self, place: _Place, dear: int, beam: int) -> list[Choice]:
        """Choices at and below a place with at most `dear` scarce clues, the most generic first."""
        self._trials += 1
        problem = self._problem(place)
        self._refusal = _hopeless(problem, place.vertex)
        if self._refusal or self._trials > TRIALS:
            return []
        found: list[Choice] = []
        for cover in sorted(islice(covers(problem, dear), SOLUTIONS), key=partial(self._promise, place), reverse=True):
            left = dear - cover.dear
            found += [{place.vertex: cover.options} | below for below in self._below(place, cover, left, beam)]
            if len(found) >= beam:
                return found[:beam]
        if not found:
            most = self._preset.clues
            why = f"no {most} facts of {place.vertex} identify it with every clue needed"
            self._refusal = self._refusal or Refusal(why)
        return found

    def _promise(self, place: _Place, cover: Cover) -> tuple[bool, tuple[int, int, int]]:
        """Of a variable that has to be found on the way those clues first that lead to it; then by merit."""
        if place.edge is None or self._trail is None:
            return False, cover.merit
        clues = [option.clue for option in cover.options]
        return leads(clues, self._tree.entities[place.vertex], self._trail), cover.merit

    def _below(self, place: _Place, cover: Cover, dear: int, beam: int) -> list[Choice]:
        """Choices for all children of a place whose clues are chosen."""
        every: list[Choice] = [{}]
        for edge, rest in zip(self._tree.edges_of(place.vertex), cover.pools, strict=False):
            found = self._solve(self._child(place, edge, rest), dear, min(beam, BEAM))
            if not found:
                return []
            every = [a | b for a in every for b in found if _scarce(a) + _scarce(b) <= dear]
        return every[:EACH]

    def _generous(self, vertex: str) -> _Place:
        """A variable's place when nothing above it is chosen."""
        edge = self._tree.parent_edge(vertex)
        if edge is None:
            noun = self._noun(vertex)
            return _Place(vertex, self._entity(vertex), noun, noun.lower)
        parent = self._generous(edge.vertex)
        return self._child(parent, edge, parent.matter)

    def _child(self, parent: _Place, edge: RelationConstraint, rest: BitMap) -> _Place:
        vertex = child_of(edge)
        noun, entity = self._noun(vertex), self._entity(vertex)
        matter = noun.lower
        if self._preset.needed_at == "root":
            others = Bounds.exactly(rest - BitMap([parent.entity]))
            matter = self._source.preimage(turned(edge), others, Bounds.exactly(matter)).lower | BitMap([entity])
        return _Place(vertex, entity, noun, matter, edge, parent, rest)

    def _problem(self, place: _Place) -> Problem:
        edges = self._tree.edges_of(place.vertex)
        solved = [self._reaches(e, Bounds.exactly(BitMap([self._entity(child_of(e))])), place) for e in edges]
        needs, hierarchy = [], self._preset.hierarchy
        for at, edge in enumerate(edges):
            noun, child = self._tree.noun(place.vertex).type, skeleton_of(self._tree, child_of(edge))
            unsolved = reach(self._source, noun, edge.relation, edge.direction, child)
            sets = [unsolved, *solved[:at], *solved[at + 1 :]]
            pool = BitMap.intersection(place.matter, *(s.lower for s in sets))
            left = child_of(edge)
            needs.append(Need(f"sub-question {left}", pool, hierarchy, self._shown(place, hierarchy), left))
        spare = BitMap.intersection(place.matter, *(s.lower for s in solved))
        necessary = self._preset.necessary
        shown = self._shown(place, necessary) if self._preset.needed_at == "root" else _itself
        return Problem(
            entity=place.entity,
            start=BitMap.intersection(place.noun.upper, *(s.upper for s in solved)),
            needs=tuple(needs),
            spare=Need("a clue", spare, necessary, shown),
            options=self._usable(place),
            most=self._preset.clues,
        )

    def _reaches(self, edge: RelationConstraint, targets: Bounds, place: _Place) -> Bounds:
        return self._source.preimage(edge, targets, place.noun)

    def _shown(self, place: _Place, least: int) -> Callable[[BitMap], BitMap]:
        """How so many answers show among candidates; whoever matters brings another one beside the right one."""
        matters = self._preset.needed_at == "root" and least <= 2
        return _itself if matters else self._lift(place)

    def _lift(self, place: _Place) -> Callable[[BitMap], BitMap]:
        """From candidates of a variable to the answers that they let in."""
        edge, parent = place.edge, place.parent
        if edge is None or parent is None:
            return _itself
        up, rest = self._lift(parent), Bounds.exactly(place.rest)
        return lambda found: up(self._source.preimage(edge, Bounds.exactly(found), rest).lower)

    def _usable(self, place: _Place) -> list[Option]:
        """The clues that hold of the entity, are not too narrow and say something, the generic ones first."""
        if place.vertex not in self._options:
            least, most = self._preset.selectivity, len(place.noun.upper)
            options = [self._option(clue, place.noun) for clue in self._pools.get(place.vertex, ())]
            fit = [o for o in options if place.entity in o.surely and len(o.surely) >= least and len(o.members) < most]
            Random(f"{self._seed}:{place.vertex}").shuffle(fit)
            self._options[place.vertex] = sorted(fit, key=lambda o: (o.dear, -_rank(len(o.members))))
        return self._options[place.vertex]

    def _option(self, clue: Constraint, noun: Bounds) -> Option:
        found = self._source.restrict(self._alone(clue), noun)
        return Option(clue, found.upper, found.lower, getattr(clue, "relation", None) in self._scarce)

    def _alone(self, clue: Constraint) -> Constraint:
        """What a clue asks of its variable where the one that it is held against is known."""
        anchor = anchor_of(clue)
        if anchor is None or not isinstance(clue, Anchored):
            return clue
        return grounded(clue, anchor, self._tree.entities[anchor])

    def _noun(self, vertex: str) -> Bounds:
        return self._source.members(self._tree.noun(vertex))

    def _entity(self, vertex: str) -> int:
        return self._source.index(self._tree.entities[vertex])


def _itself(found: BitMap) -> BitMap:
    return found


def _hopeless(problem: Problem, vertex: str) -> Refusal | None:
    """Why no set of options can do, however chosen; none when one might."""
    short = next((need for need in problem.needs if not need.met_by(need.pool)), None)
    if short is not None:
        left = len(short.lift(short.pool))
        return Refusal(f"{short.what}: {left} left before any clue of {vertex}, needs {short.least}", short.vertex)
    left = len(BitMap.intersection(problem.start, *(o.members for o in problem.options)))
    return Refusal(f"the {len(problem.options)} usable facts of {vertex} leave {left} candidates") if left > 1 else None


def _rank(size: int) -> int:
    """Sizes within a factor of four rank alike, so that the draw decides between them."""
    return size.bit_length() // 2


def _scarce(choice: Choice) -> int:
    return sum(option.dear for options in choice.values() for option in options)
