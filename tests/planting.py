"""Defects in accepted questions, a function a kind: what is planted, with all of the record certified anew after it.

Each takes a case, a draft of its world and a source of chance; it returns the tree to certify and the finding that has
to name the defect, or `None` where this case has no place for it. Some change the draft, some the finished record.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from planted_clues import NEW, added, answers, falsified, looser, pseudo_word, replaced, runs, true_clues
from planted_world import Case, Draft, Row, grounds

from hcsp.certificate import selectivity
from hcsp.constraints import CountConstraint, PredicateConstraint, RangeConstraint, RelationConstraint, constant_of
from hcsp.nouns import ANYTHING, smallest_noun
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from roles.lexicon import Vocabulary
from roles.reading import readings
from worlds.model import Entity


@dataclass(frozen=True)
class Planted:
    """A tree to be certified anew, how the findings that name the defect begin, and a last change to the record."""

    tree: ResearchTree
    named: str | tuple[str, ...]
    after: Callable[[Row], None] = lambda _: None


Plant = Callable[[Case, Draft, Random], Awaitable[Planted | None]]


async def second_answer(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A clue is dropped or says less, so that another answer fits."""
    clue = rng.choice(case.tree.clues)
    less = [c for c in await looser(case, clue) if answers(case, replaced(case.tree, clue, c)) > 1]
    told = rng.choice([None, *less])
    return Planted(replaced(case.tree, clue, told), "preset medium: unique: 0, needs 1")


async def redundant_clue(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """One more clue, true and of no use."""
    vertex = rng.choice(list(case.tree.entities))
    told = await true_clues(case, vertex)
    if not told:
        return None
    return Planted(added(case.tree, rng.choice(told)), f"preset medium: necessary at {NEW}: 1, needs 2")


async def telling_clue(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A clue that only the answer meets."""
    told = [added(case.tree, c) for c in await true_clues(case, case.tree.root)]
    alone = [t for t in told if selectivity(Solver(t, case.world.source))[NEW] == 1]
    return Planted(rng.choice(alone), "preset medium: selectivity: 1, needs 5") if alone else None


async def rare_noun(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A variable is called by a type that few entities have."""
    vertex = rng.choice(list(case.tree.entities))
    kind = f"{pseudo_word(rng)} keeper"
    peers = [case.world.source.entity(e) for e in case.world.source.members(case.tree.noun(vertex)).lower]
    few = rng.sample(peers, min(len(peers), smallest_noun(case.world.source.size) - 2))
    for entity in {case.tree.entities[vertex], *few}:
        known = draft.entities[entity]
        draft.put(known.model_copy(update={"types": (*known.types, kind)}))
    old = case.tree.noun(vertex)
    return Planted(
        replaced(case.tree, old, old.model_copy(update={"type": kind})), f"preset medium: rare_nouns at {vertex}: "
    )


async def inner_name(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """An inner entity has a name that stands in the question."""
    return _named_in_the_question(case, draft, rng, rng.choice(case.tree.inner))


async def answers_alias(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """The answer has an alias that stands in the question."""
    return _named_in_the_question(case, draft, rng, case.tree.root)


async def altered_quote(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A quote that is other words of its page: all of its fields hold, and it states nothing of the clue."""
    clue, needs = rng.choice(sorted((await grounds(case.tree, case.world)).items()))
    useful = {f for need in needs for f in need}

    def turn(row: Row) -> None:
        said = rng.choice(next(c for c in row["constraints"] if c["id"] == clue)["evidence"])
        page, statements = draft.pages[said["page"]]
        right = {(s.start, s.end) for s in statements if s.fact in useful}
        start, end = rng.choice(sorted({(0, 9), *((s.start, s.end) for s in statements)} - right))
        said.update(start=start, end=end, quote=page.text[start:end])

    return Planted(case.tree, f"constraints.{clue}.evidence: ", turn)


async def changed_page(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """Every page that states what a clue or an edge rests on has something else in its place."""
    kinds = RelationConstraint | RangeConstraint | PredicateConstraint
    told = [c.id for c in (*case.tree.clues, *case.tree.edges) if isinstance(c, kinds)]
    chosen = rng.choice(told)
    for need in (await grounds(case.tree, case.world))[chosen]:
        for fact in need:
            draft.unsay(fact)
    borne_out = f"constraints.{chosen}.evidence: nothing in the world bears it out"
    return Planted(case.tree, ("preset medium: unique: 0, needs 1", borne_out))


async def wrong_number(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A number of a clue that is not true of its entity."""
    clues = [c for c in case.tree.clues if isinstance(c, RangeConstraint | CountConstraint)]
    named = "preset medium: unique: 0, needs 1"
    if clues:
        clue = rng.choice(clues)
        return Planted(replaced(case.tree, clue, falsified(clue, rng)), named)
    vertex = rng.choice(list(case.tree.entities))
    told = [c for c in await true_clues(case, vertex) if isinstance(c, RangeConstraint | CountConstraint)]
    return Planted(added(case.tree, falsified(rng.choice(told), rng)), named) if told else None


async def dropped_sub_question(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A variable is left out with all below it."""
    return Planted(case.tree.without(rng.choice(case.tree.inner)), "preset medium: unique: 0, needs 1")


async def flattened(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """All sub-questions are left out, and clues at the root make up for them."""
    tree = case.tree
    for vertex in tree.inner:
        tree = tree.without(vertex) if vertex in tree.entities else tree
    told = [c.model_copy(update={"id": f"{NEW}{n}"}) for n, c in enumerate(await true_clues(case, tree.root))]
    sizes = selectivity(Solver(tree.with_clues(tree.root, told), case.world.source)) if told else {}
    generic = [c for c in told if sizes[c.id] >= 5]
    rng.shuffle(generic)
    tree = tree.with_clues(tree.root, generic)
    if answers(case, tree) > 1:
        return None
    for clue in generic:
        shorter = replaced(tree, clue, None)
        tree = shorter if answers(case, shorter) == 1 else tree
    return Planted(tree, "preset medium: levels: 1, needs 2")


async def one_page(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """A page that states all that the tree rests on."""
    facts = [f for needs in (await grounds(case.tree, case.world)).values() for need in needs for f in need]
    draft.print(f"digest of {case.record.id}", pseudo_word(rng), list(dict.fromkeys(facts)))
    return Planted(case.tree, "preset medium: dispersion: 1, needs ")


async def cheaper_route(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """As many pages as the preset wants, all of which the question itself brings at once."""
    needs = [need for found in (await grounds(case.tree, case.world)).values() for need in found]
    number = max(3, len(case.tree.variables))
    rng.shuffle(needs)
    for n in range(number):
        facts = [f for need in needs[n::number] for f in need]
        draft.print(
            f"{case.record.id} {n}", f"{case.record.question} {case.record.question}", list(dict.fromkeys(facts))
        )
    return Planted(case.tree, "preset medium: search_floor: 1, needs 3")


async def second_reading(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """Somebody is called by words of the question that can be read in another way then."""
    labels = {r.id: r.label for r in (await case.world.relations()).values()}
    ambiguous = [
        run
        for run in runs(case.record.question)
        if len(readings(case.record.question, Vocabulary.of(case.tree, labels, [run]))) > 1
    ]
    if not ambiguous:
        return None
    draft.put(Entity(id=f"stranger of {case.record.id}", label=rng.choice(ambiguous), types=(ANYTHING,)))
    return Planted(case.tree, "preset medium: single_reading: the question has ")


async def namesake(case: Case, draft: Draft, rng: Random) -> Planted | None:
    """Somebody else is called as a constant is."""
    constants = [(c.id, constant.label) for c in case.tree.clues if (constant := constant_of(c)) is not None]
    if not constants:
        return None
    clue, label = rng.choice(constants)
    draft.put(Entity(id=f"namesake of {case.record.id}", label=label, types=(ANYTHING,)))
    return Planted(case.tree, f"preset medium: namesakes at {clue}: ")


def _named_in_the_question(case: Case, draft: Draft, rng: Random, vertex: str) -> Planted:
    """Two words of the question become an alias of the variable's entity."""
    alias = rng.choice(re.findall(r"\b[a-z]+ [a-z]+\b", case.record.question))
    draft.rename(case.tree.entities[vertex], alias)
    return Planted(case.tree, f"preset medium: leaks at {vertex}: {alias!r} stands in the question")


HONEST: dict[str, tuple[Plant, ...]] = {
    "a second answer": (second_answer,),
    "a redundant clue": (redundant_clue,),
    "a clue that alone gives the answer": (telling_clue,),
    "a rare noun": (rare_noun,),
    "an inner name": (inner_name,),
    "an alias of the answer": (answers_alias,),
    "an altered quote": (altered_quote,),
    "a changed page": (changed_page,),
    "a wrong number": (wrong_number,),
    "a dropped sub-question": (dropped_sub_question, flattened),
    "clues moved to one page": (one_page,),
    "a cheaper route": (cheaper_route,),
    "a second reading": (second_reading, namesake),
}
"""What there is to plant of each kind."""


async def any_of(kind: str, case: Case, draft: Draft, rng: Random) -> Planted | None:
    """The first of a kind's plants, in any order, that finds a place in the case."""
    for plant in rng.sample(HONEST[kind], len(HONEST[kind])):
        planted = await plant(case, draft, rng)
        if planted is not None:
            return planted
    return None
