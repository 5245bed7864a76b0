"""What is behind the numbers of a record: who is left after each constraint, who comes back, where the evidence is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.certificate import Certificate, Count, certify, size, spoken_at
from hcsp.constraints import anchor_of, child_of
from hcsp.retrieval import Retrieved, Said
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from tasks.assemble import candidate_counts
from tasks.queries import retrieve
from tasks.record import TaskRecord, certificate_of, tree_of
from worlds.world import World

FEW = 5
"""Most names that are given of a set."""
DISTINCT = "distinct"
"""Stands in for a constraint's id where it is distinctness that rules candidates out."""


class Narrowing(NamedTuple):
    """One constraint applied to a variable's candidates.

    Attributes:
        constraint: its id, or `DISTINCT`.
        alone: how many of the variable's kind meet it alone, `None` for distinctness.
        before, after: the candidates before and after it.
        left: the labels of some that are left.
        removed: how many it rules out, by the upper ends of both sets.
        gone: the labels of some of these.
    """

    constraint: str
    alone: Count | None
    before: Count
    after: Count
    left: tuple[str, ...]
    removed: int
    gone: tuple[str, ...]


class Lifting(NamedTuple):
    """What happens without a clue, or without all clues of a sub-question: the answers then, and who comes back."""

    what: str
    answers: Count
    back: tuple[str, ...]


class Held(NamedTuple):
    """A page that a retrieval brings: the constraints that it states, whole or in part, and the hidden names on it."""

    title: str
    states: tuple[str, ...]
    shows: tuple[str, ...]


class Retrieval(NamedTuple):
    """One step of the cheapest route: the query, the hidden name that it uses, its pages, what is held after it."""

    query: str
    uses: str | None
    pages: tuple[Held, ...]
    held: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """A record with its certificate computed anew and what is behind it.

    Attributes:
        certificate: as the world gives it now; its retrieval fields only where the record has them.
        disputed: the fields in which the record says otherwise.
        labels: the label of each variable's entity.
        namesakes: the labels of other entities that bear a name of the answer.
        narrowings: per variable, those below first, its constraints in turn.
        clues: per clue what happens without it.
        questions: per sub-question what happens without its clues.
        route: the cheapest route, step by step.
        blind: how many retrievals the reference solver made; `None` where none were measured.
    """

    record: TaskRecord
    tree: ResearchTree
    certificate: Certificate
    disputed: tuple[str, ...]
    labels: dict[str, str]
    namesakes: tuple[str, ...]
    narrowings: dict[str, tuple[Narrowing, ...]]
    clues: tuple[Lifting, ...]
    questions: tuple[Lifting, ...]
    route: tuple[Retrieval, ...]
    blind: int | None

    @property
    def surfaces(self) -> dict[str, str]:
        """How the question words each constraint."""
        return {c["id"]: c["surface"] for c in self.record.constraints}


async def explained(record: TaskRecord, world: World) -> Explained:
    """Compute the certificate of a record anew, with what is behind it.

    Raises `ValueError` when the record was made in another version of the world, `KeyError` when an entity of it is
    not in there.
    """
    made_in = record.provenance["world"]
    if made_in["sha256"] != world.sha256:
        raise ValueError(f"the record was made in {made_in['name']} {made_in['version']}, not in this {world.version}")
    tree, claimed = tree_of(record), certificate_of(record)
    source = await world.frame(tree)
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    retrieved = None if claimed.not_checked else await retrieve(world, tree, record.question, surfaces)
    certificate = certify(tree, source, retrieved)
    behind = _Behind(world, Solver(tree, source), certificate)
    return Explained(
        record=record,
        tree=tree,
        certificate=certificate,
        disputed=tuple(claimed.differences(certificate)),
        labels={v: await behind.label(e) for v, e in tree.entities.items()},
        namesakes=tuple([await behind.label(e) for e in source.namesakes(tree.entities[tree.root])]),
        narrowings={v: await behind.narrowings(v) for v in tree.bottom_up()},
        clues=tuple([await behind.lifting(c.id, [c.id], certificate.necessary[c.id]) for c in tree.clues]),
        questions=tuple([await behind.sub_question(v) for v in tree.inner]),
        route=await behind.route(retrieved) if retrieved else (),
        blind=len(retrieved.blind) if retrieved else None,
    )


def stages(solver: Solver, vertex: str) -> Iterator[tuple[str, Bounds]]:
    """The constraints of a variable in turn, each with the candidates that it leaves; the last are `H(vertex)`.

    Its noun, its clues, its edges to what is solved below, distinctness where it matters, the chords that close there.
    """
    tree, source = solver.tree, solver.source
    found = source.members(tree.noun(vertex))
    yield tree.noun(vertex).id, found
    for clue in tree.clues_of(vertex):
        if anchor_of(clue) is None:
            found = source.restrict(clue, found)
            yield clue.id, found
    for edge in tree.edges_of(vertex):
        found = source.preimage(edge, solver.candidates(child_of(edge)), found)
        yield edge.id, found
    chords = [c.id for c in tree.chords if spoken_at(tree, c) == vertex]
    distinct = solver.candidates(vertex, chords)
    if distinct != found:
        yield DISTINCT, distinct
    for number, chord in enumerate(chords, start=1):
        yield chord, solver.candidates(vertex, chords[number:])


class _Behind:
    """Looks up what is behind a certificate, and gives entities their labels."""

    def __init__(self, world: World, solver: Solver, certificate: Certificate) -> None:
        self._world, self._solver, self._certificate = world, solver, certificate
        self._tree, self._source = solver.tree, solver.source
        self._alone = candidate_counts(self._tree, self._source)

    async def narrowings(self, vertex: str) -> tuple[Narrowing, ...]:
        """The constraints of a variable in turn, from the whole world down."""
        before, found = Bounds.exactly(BitMap(range(self._source.size))), []
        for constraint, after in stages(self._solver, vertex):
            gone = before.upper - after.upper
            found.append(
                Narrowing(
                    constraint=constraint,
                    alone=self._alone.get(constraint),
                    before=size(before),
                    after=size(after),
                    left=await self._labels(after.upper),
                    removed=len(gone),
                    gone=await self._labels(gone),
                )
            )
            before = after
        return tuple(found)

    async def lifting(self, what: str, without: list[str], answers: Count) -> Lifting:
        """Who answers besides the right one when some clues are left out; `answers` is the certificate's number."""
        right = BitMap([self._source.index(self._tree.entities[self._tree.root])])
        return Lifting(what, answers, await self._labels(self._solver.answers(without).lower - right))

    async def sub_question(self, vertex: str) -> Lifting:
        """The same for all clues at and below a variable."""
        without = sorted(self._solver.clues_below(vertex))
        return await self.lifting(vertex, without, self._certificate.hierarchy[vertex])

    async def route(self, retrieved: Retrieved) -> tuple[Retrieval, ...]:
        """The route of the certificate with what each of its pages states and shows."""
        uses = {query.text: query.name for query in reversed(retrieved.queries)}
        held: set[Said] = set()
        found = []
        for hop in self._certificate.route:
            pages = [await self._held(page, retrieved) for page in hop.pages]
            held.update(*(retrieved.says.get(page, ()) for page in hop.pages))
            name = uses[hop.query]
            label = await self.label(name) if name else None
            found.append(Retrieval(hop.query, label, tuple(pages), _stated(held, retrieved)))
        return tuple(found)

    async def _held(self, page: str, retrieved: Retrieved) -> Held:
        shows = sorted(retrieved.shows.get(page, ()))
        title = (await self._world.page(page)).title
        said = set(retrieved.says.get(page, ()))
        return Held(title, _stated(said, retrieved), tuple([await self.label(e) for e in shows]))

    async def _labels(self, members: BitMap) -> tuple[str, ...]:
        return tuple([await self.label(self._source.entity(e)) for e in members[:FEW]])

    async def label(self, entity: str) -> str:
        """What the world calls an entity."""
        return (await self._world.entity(entity)).label


def _stated(said: set[Said], retrieved: Retrieved) -> tuple[str, ...]:
    """The constraints that facts belong to; with `1/2` where only the first of two facts is among them."""
    have, every = Counter(c for c, _ in said), Counter(c for c, _ in retrieved.goal)
    return tuple(c if have[c] == n else f"{c} {have[c]}/{n}" for c, n in sorted(every.items(), key=_place) if have[c])


def _place(item: tuple[str, int]) -> tuple[int, str]:
    """`c2` before `c10`."""
    return len(item[0]), item[0]
