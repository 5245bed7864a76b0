"""From what was read about a variable to derived clues: generic where a plain clue would name its value.

These are the fuzzing strategies and derived facts of FORT (arXiv 2606.12087, tables 2 and 5) with exact candidate sets:
a constant becomes its category, a shared value, a comparison, a number of facts or a property of a number.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import chain, zip_longest
from random import Random

from pyroaring import BitMap

from hcsp.constraints import (
    Anchored,
    Asserting,
    Comparison,
    Constraint,
    CountConstraint,
    Direction,
    PredicateConstraint,
    RelationConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)
from hcsp.names import occurs
from hcsp.source import CandidateSource
from hcsp.ties import turned
from hcsp.tree import ResearchTree, variables_of
from prompts.phrases import WITH_ARTICLE, phrase_book
from roles import english
from roles.browser import Claim
from roles.grammar import has_wording
from roles.options import other_end
from roles.pairs import compared, comparison, same, shared
from roles.properties import properties
from roles.subject import Subject
from worlds.model import Entity, Fact
from worlds.world import World

MOST = 40
"""How many derived clues are offered for a variable."""
PEERS = 30
"""How many entities are looked at in search of one to compare with."""
MOST_COUNTED = 9
"""No question asks for more facts of one relation than this."""


async def derived(claims: Sequence[Claim], subject: Subject, rng: Random, most: int = MOST) -> list[Constraint]:
    """At most `most` clues about a subject that follow from its claims, a mixture of all kinds; ids left open."""
    makers = (_categories, _coincidences, _comparisons, _counts, _properties)
    kinds = [await maker(subject, [claim.fact for claim in claims], rng) for maker in makers]
    for offered in kinds:
        rng.shuffle(offered)
    mixed = chain.from_iterable(zip_longest(*kinds))
    told_apart: dict[bytes, Constraint] = {}  # of clues that admit the same entities the first is enough
    for clue in mixed:
        if clue is not None:
            told_apart.setdefault(subject.source.members(clue).upper.serialize(), clue)
    return list(told_apart.values())[:most]


async def _categories(subject: Subject, facts: Sequence[Fact], rng: Random) -> list[Asserting]:
    """Each relation towards the types of its other end, narrow to broad, as far as they still say something."""
    relations = await subject.world.relations()
    found: list[Asserting] = []
    for fact in facts:
        far = other_end(fact, subject.entity)
        if far is not None:
            outwards = fact.subject == subject.entity or relations[fact.relation].symmetric
            every = (await subject.world.entity(far)).types
            types = [kind for kind in every if not await _is_a_name(subject, fact.relation, kind)]
            found += _ladder(subject, fact.relation, "out" if outwards else "in", far, types)
    return found


async def _is_a_name(subject: Subject, relation: str, kind: str) -> bool:
    """Whether "a keyboard instrument" could as well be the constant of that name."""
    rows = (*phrase_book().rows(relation, "out"), *phrase_book().rows(relation, "in"))
    slots = {template.slot for row in rows for template in row.vp}
    return not slots.isdisjoint(WITH_ARTICLE) and bool(await subject.world.resolve(english.noun(kind).one))


def _ladder(
    subject: Subject, relation: str, direction: Direction, far: str, types: Sequence[str]
) -> list[RelationConstraint]:
    """Types by the number of their members, but for those that admit as many as the one before."""
    plain = RelationConstraint(
        id="", vertex=subject.vertex, relation=relation, direction=direction, target=ToEntity(entity=far, label="")
    )
    sizes = {len(subject.source.members(plain).upper)}
    rungs = []
    for kind in sorted(filter(subject.may_say, types), key=partial(_size, subject.source)):
        clue = plain.model_copy(update={"target": ToType(type=kind)})
        admitted = len(subject.source.members(clue).upper)
        usual = subject.takes_part(kind, relation, direction)
        if usual and admitted not in sizes and subject.fits(clue):
            sizes.add(admitted)
            rungs.append(clue)
    return rungs


def _size(source: CandidateSource, kind: str) -> tuple[int, str]:
    return len(source.members(TypeConstraint(id="", vertex="", type=kind)).upper), kind


async def _coincidences(subject: Subject, facts: Sequence[Fact], rng: Random) -> list[Asserting]:
    """Something else that shares exactly the value of one claim: "was born in the same place as …"."""
    found: list[Asserting] = []
    for fact in facts:
        if fact.kind != "entity" or fact.subject != subject.entity:
            continue
        value = await subject.world.entity(fact.object)
        sharing = subject.holders(fact.relation, fact.object).lower & subject.peers
        more = [subject.holders(fact.relation, v).upper for v in subject.values(fact.relation) if v != fact.object]
        suits = partial(_shares_only, subject, value, sharing - BitMap.union(BitMap(), *more))
        anchor = await _first(subject, sharing, rng, suits)
        if anchor is not None and subject.fits(clue := same(subject.vertex, fact.relation, anchor)):
            found.append(clue)
    return found


async def _first(
    subject: Subject, pool: BitMap, rng: Random, suits: Callable[[Entity], Awaitable[bool]]
) -> ToEntity | None:
    """The first of a few entities drawn from a pool that suits and may be named."""
    pool = pool - BitMap([subject.source.index(subject.entity)])
    for number in rng.sample(range(len(pool)), min(PEERS, len(pool))):
        drawn = subject.source.entity(pool[number])
        if subject.source.namesakes(drawn):
            continue  # as where nobody looked for any: a far world need not be asked about it
        entity = await subject.world.entity(drawn)
        if await suits(entity) and subject.may_name(entity):
            return ToEntity(entity=entity.id, label=entity.label)
    return None


async def _shares_only(subject: Subject, value: Entity, sharing: BitMap, other: Entity) -> bool:
    """Whether an entity is one of those that share this value alone, and does not tell it by its name."""
    if subject.source.index(other.id) not in sharing:
        return False
    return not any(occurs(name, other.label) for name in (value.label, *value.aliases))


async def _comparisons(subject: Subject, facts: Sequence[Fact], rng: Random) -> list[Asserting]:
    """Something of the same noun that the literal lies above or below, where that is true of a fair share."""
    found: list[Asserting] = []
    for relation in dict.fromkeys(f.relation for f in facts if f.kind in ("time", "quantity")):
        peers = subject.having(relation, "out") & subject.peers
        for op in ("<", ">"):
            anchor = await _first(subject, peers, rng, partial(_divides, subject, relation, op, peers))
            if anchor is not None:
                clue = compared(subject.vertex, relation, op, anchor)
                found += [clue] if subject.fits(clue) else []
    return found


async def _divides(subject: Subject, relation: str, op: Comparison, peers: BitMap, other: Entity) -> bool:
    """Whether the subject lies on this side of an entity, and between a fifth and four fifths of all do."""
    if comparison(subject.facts, subject.entity, await subject.world.facts(other.id), other.id, relation) != op:
        return False
    anchor = ToEntity(entity=other.id, label="")
    clue = compared(subject.vertex, relation, op, anchor)
    meet = len(subject.source.members(clue).lower & peers)
    return len(peers) <= 5 * meet <= 4 * len(peers)


async def _counts(subject: Subject, facts: Sequence[Fact], rng: Random) -> list[Asserting]:
    """How many facts of a relation there are; exactly so many where none can be missing."""
    relations = await subject.world.relations()
    partners: dict[tuple[str, Direction], set[str]] = defaultdict(set)
    for fact in subject.facts:
        direction: Direction = "out" if fact.subject == subject.entity else "in"
        partners[fact.relation, direction].add(fact.object if direction == "out" else fact.subject)
    read = {(f.relation, "out" if f.subject == subject.entity else "in") for f in facts}
    found: list[Asserting] = []
    for (relation, direction), ends in partners.items():
        number = len(ends)
        if relations[relation].symmetric and direction == "in":
            continue
        if (relation, direction) not in read or not 2 <= number <= MOST_COUNTED:
            continue
        clue = CountConstraint(id="", vertex=subject.vertex, relation=relation, direction=direction, low=number)
        if subject.fits(clue):
            found.append(clue)
            if relations[relation].complete:
                found.append(clue.model_copy(update={"high": number}))
    return found


async def _properties(subject: Subject, facts: Sequence[Fact], rng: Random) -> list[Asserting]:
    """What holds of an exact literal."""
    found: list[Asserting] = []
    for fact in facts:
        for name, args in properties(fact):
            clue = PredicateConstraint(id="", vertex=subject.vertex, relation=fact.relation, predicate=name, args=args)
            if subject.fits(clue):
                found.append(clue)
    return found


async def chords(tree: ResearchTree, world: World) -> list[Constraint]:
    """What holds between the root and each variable below it: a shared value, or a literal above or below the other's.

    Only by relations that tie the two in no other way, do not vary with time and have words of their own; the shared
    value is exactly one, and no entity of the tree. Ids are left open.
    """
    return [chord for vertex in tree.inner for chord in await _between(tree, vertex, world)]


async def _between(tree: ResearchTree, vertex: str, world: World) -> list[Constraint]:
    ends = (tree.root, vertex)
    facts = [await world.facts(tree.entities[v]) for v in ends]
    relations = await world.relations()
    tied = {c.relation for c in tree.constraints if isinstance(c, Asserting) and variables_of(c) == {*ends}}
    known = [{f.relation for f in told if f.subject == tree.entities[v]} for v, told in zip(ends, facts, strict=True)]
    free = [r for r in sorted(known[0] & known[1] - tied) if not relations[r].time_varying]
    found = [chord for r in free if (chord := _chord(tree, vertex, r, facts[0], facts[1])) is not None]
    kinds = [english.noun(tree.noun(v).type).kind for v in ends]
    return [c for c in found if has_wording(c, kinds[0]) and has_wording(turned(c), kinds[1])]


def _chord(
    tree: ResearchTree, vertex: str, relation: str, ours: Sequence[Fact], theirs: Sequence[Fact]
) -> Anchored | None:
    """The chord between the root and a variable by one relation, if there is one."""
    root, other = tree.entities[tree.root], tree.entities[vertex]
    common = shared(ours, root, theirs, other, relation)
    anchor = ToVertex(vertex=vertex)
    if len(common) == 1 and common.isdisjoint(tree.entities.values()):
        return same(tree.root, relation, anchor)
    op = comparison(ours, root, theirs, other, relation)
    if op is not None:
        return compared(tree.root, relation, op, anchor)
    return None
