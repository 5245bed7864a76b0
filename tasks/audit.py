"""The audit: the written question attacked, not the tree (design 1.4)."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import ceil
from typing import Any

from pydantic import Field

from hcsp.constraints import TypeConstraint, constant_of
from hcsp.frozen import Frozen
from hcsp.names import words
from hcsp.nouns import smallest_noun
from hcsp.preset import Difficulty
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from roles.exposure import Exposed, exposed
from roles.leakage import leaks
from roles.lengths import MOST_WORDS, count_words
from roles.lexicon import Vocabulary
from roles.reading import readings, structure
from tasks.alternatives import Alternative, standing
from tasks.attempts import ALTERNATIVES, CLOSED_BOOK, FROM_PAGES, Attempt, recalled, unsettled
from tasks.finding import Finding
from worlds.abreast import abreast
from worlds.popularity import page_count, popularity
from worlds.world import World

DEEPEST: Mapping[Difficulty, int] = {"easy": 20, "medium": 20, "hard": 50, "extreme": 50}
"""The most pages of a result that are looked at."""
SHALLOWEST, SHARE = 5, 0.01
"""The fewest, and between the two this share of the world's pages."""
UNRANKED: frozenset[Difficulty] = frozenset({"easy"})
"""Where the rank of the answer's page is reported and nothing more."""
LONGEST_NAME = 8
"""Words of the longest run of the question that is looked up as another entity's name."""
NEEDS_A_MODEL = (CLOSED_BOOK, FROM_PAGES, ALTERNATIVES)


class Seen(Frozen):
    """A query that brings the answer's page: the clues and edges that it words, none for the whole question."""

    clauses: tuple[str, ...]
    rank: int


class Ranks(Frozen):
    """Where a search that knows the question alone finds the pages of the tree's entities.

    Attributes:
        depth: how many results of each query are looked at.
        answer_best: the best rank of the answer's page over all queries; `None` beyond the depth.
        answer_query: the query that brought it there.
        answer_seen: every query that brings it, the best first.
        inner_best: per inner variable the best rank of its entity's page; reported.
    """

    depth: int
    answer_best: int | None
    answer_query: str | None
    answer_seen: tuple[Seen, ...]
    inner_best: dict[str, int | None]


class Audit(Frozen):
    """What attacking the question brought to light.

    Attributes:
        leaks: per variable the names of its entity that stand in the question.
        exposed: what the question spells out.
        exposed_count: how much that is.
        rare_words: how many of the question's words are on no more pages than a search is read for; `None` where
            nothing was searched for.
        ranks: where the answer's page and the inner pages are found; `None` as well.
        readings: how many trees the question can be read as; `None` for a wording that no grammar made.
        single_reading: whether that is one, and the tree itself.
        popularity: the answer's percentile among the world's entities, 0 for the least known.
        rare_nouns: per variable whose noun is too rare to be one, how many entities are surely of that type.
        namesakes: per clue the other entities that the name of its constant denotes.
        words: how many words the question has.
        most_words: how many a question of the preset may have.
        closed_book: what a model answered from memory; `None` where none was asked.
        from_pages: what a model answered from the question's own pages among others; `None` as well.
        alternatives: the wrong ones of these answers, each with what rules it out; `None` as well.
        not_checked: what could not run.
    """

    leaks: dict[str, tuple[str, ...]]
    exposed: tuple[Exposed, ...]
    exposed_count: int
    rare_words: int | None = None
    ranks: Ranks | None = None
    readings: int | None = None
    single_reading: bool | None = None
    popularity: float | None = None
    rare_nouns: dict[str, int] = Field(default_factory=dict)
    namesakes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    words: int = 0
    most_words: int | None = None
    closed_book: Attempt | None = None
    from_pages: Attempt | None = None
    alternatives: tuple[Alternative, ...] | None = None
    not_checked: tuple[str, ...] = NEEDS_A_MODEL

    def differences(self, other: "Audit") -> dict[str, tuple[Any, Any]]:
        """The fields in which two audits differ, with both values as plain JSON."""
        mine, theirs = self.model_dump(mode="json"), other.model_dump(mode="json")
        return {k: (mine[k], theirs[k]) for k in mine if mine[k] != theirs[k]}


async def audit(
    world: World,
    tree: ResearchTree,
    question: str,
    surfaces: Mapping[str, str],
    difficulty: Difficulty,
    *,
    symbolic: bool = True,
    searching: bool = True,
) -> Audit:
    """Attack a question without a model.

    `surfaces` words each constraint; `symbolic` tells that the phrase book's grammar made the wording, so that it can
    be parsed; without `searching` nothing is looked for among the pages. Raises `KeyError` when an entity of the tree
    is not in the world.
    """
    hidden = {v: await world.entity(e) for v, e in tree.entities.items()}
    constants = {e: await world.entity(e) for e in sorted(tree.constants)}
    spelt = exposed(question, tree, surfaces, constants)
    read = await _read(world, tree, question) if symbolic else None
    known = await popularity(world, tree.entities[tree.root])
    found = await _searched(world, tree, question, surfaces, difficulty) if searching else {}
    unknown = {"single_reading": read, "popularity": known, "rare_words": searching or None, "ranks": searching or None}
    source = await world.frame(tree)
    return Audit(
        leaks={v: tuple(names) for v, names in leaks(question, tree, hidden).items()},
        exposed=spelt,
        exposed_count=len(spelt),
        readings=read[0] if read else None,
        single_reading=read[1] if read else None,
        popularity=known,
        rare_nouns=_rare_nouns(tree, source),
        namesakes=_namesakes(tree, source),
        words=count_words(question),
        most_words=MOST_WORDS[difficulty],
        not_checked=(*(name for name, value in unknown.items() if value is None), *NEEDS_A_MODEL),
        **found,
    )


def depth_of(difficulty: Difficulty, pages: int | None) -> int:
    """How deep a result is searched for the answer's page in a world of so many pages; `None`: nobody knows."""
    most = DEEPEST[difficulty]
    return most if pages is None else min(most, max(SHALLOWEST, ceil(SHARE * pages)))


def failed(audit: Audit, difficulty: Difficulty, max_popularity: float = 100) -> list[Finding]:
    """What keeps a question from being accepted; empty when nothing does. What was not checked does not block."""
    found = [
        Finding("leaks", f"{name!r} stands in the question", vertex=vertex, name=name)
        for vertex, names in audit.leaks.items()
        for name in names
    ]
    strange = [e.text for e in audit.exposed if e.kind == "name" and e.clue is None]
    found += [Finding("exposed", f"{name!r} is no constant of the tree", name=name) for name in strange]
    if difficulty not in UNRANKED and audit.ranks is not None:
        deep = audit.ranks.depth
        found += [Finding("answer_rank", _seen(s, deep), clauses=s.clauses) for s in audit.ranks.answer_seen]
    if audit.single_reading is False:
        found.append(Finding("single_reading", _misread(audit.readings)))
    if audit.most_words is not None and audit.words > audit.most_words:
        found.append(Finding("too_long", f"{audit.words} words, at most {audit.most_words} are wanted"))
    for clue, others in audit.namesakes.items():
        found.append(Finding("namesakes", f"its constant's name also denotes {', '.join(others)}", clauses=(clue,)))
    for vertex, count in audit.rare_nouns.items():
        found.append(Finding("rare_nouns", f"its type has {count} members, too few for a noun", vertex=vertex))
    if audit.popularity is not None and audit.popularity > max_popularity:
        why = f"the answer is at percentile {audit.popularity:g}, at most {max_popularity:g} is wanted"
        found.append(Finding("popularity", why))
    found += recalled(audit.closed_book) if audit.closed_book else ()
    found += unsettled(audit.from_pages) if audit.from_pages else ()
    return found + list(standing(audit.alternatives or ()))


def _seen(seen: Seen, depth: int) -> str:
    what = {0: "the whole question", 1: "this clause alone"}.get(len(seen.clauses), "this pair of clauses")
    return f"{what} brings the answer's page at rank {seen.rank} of {depth}"


def _misread(count: int | None) -> str:
    return "the question can be read as another tree" if count == 1 else f"the question has {count} readings"


async def _searched(
    world: World, tree: ResearchTree, question: str, surfaces: Mapping[str, str], difficulty: Difficulty
) -> dict[str, Any]:
    """The fields that take searches."""
    depth = depth_of(difficulty, page_count(world))
    return {
        "rare_words": await _rare(world, question, depth),
        "ranks": await _ranks(world, tree, question, surfaces, depth),
    }


async def _ranks(world: World, tree: ResearchTree, question: str, surfaces: Mapping[str, str], depth: int) -> Ranks:
    """In our worlds the page about an entity is the one with its id."""
    answer = tree.entities[tree.root]
    seen: list[tuple[Seen, str]] = []
    inner: dict[str, list[int]] = {v: [] for v in tree.inner}
    for clauses, text in _attacks(tree, question, surfaces):
        places = {hit.page: n for n, hit in enumerate(await world.search(text, depth), start=1)}
        if answer in places:
            seen.append((Seen(clauses=clauses, rank=places[answer]), text))
        for vertex, ranks in inner.items():
            if (page := tree.entities[vertex]) in places:
                ranks.append(places[page])
    seen.sort(key=lambda found: found[0].rank)
    return Ranks(
        depth=depth,
        answer_best=seen[0][0].rank if seen else None,
        answer_query=seen[0][1] if seen else None,
        answer_seen=tuple(found for found, _ in seen),
        inner_best={v: min(ranks, default=None) for v, ranks in inner.items()},
    )


def _attacks(tree: ResearchTree, question: str, surfaces: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The whole question, each clause and each pair of clauses, worded as in the query language (design 1.3)."""
    clauses = [c.id for c in tree.constraints if not isinstance(c, TypeConstraint)]
    yield (), question
    yield from (((c,), surfaces[c]) for c in clauses)
    yield from (((a, b), f"{surfaces[a]} {surfaces[b]}") for a, b in combinations(clauses, 2))


async def _rare(world: World, question: str, depth: int) -> int:
    """A word is rare when a search for it alone, read to the depth, lists every page that has it."""
    found = await abreast(world.search(word, depth + 1) for word in dict.fromkeys(words(question)))
    return sum(len(hits) <= depth for hits in found)


def _rare_nouns(tree: ResearchTree, source: CandidateSource) -> dict[str, int]:
    """A type that few entities have says more than a noun may (design 1.2)."""
    counts = {v.id: len(source.members(tree.noun(v.id)).lower) for v in tree.variables}
    return {v: n for v, n in counts.items() if n < smallest_noun(source.size)}


def _namesakes(tree: ResearchTree, source: CandidateSource) -> dict[str, tuple[str, ...]]:
    """Who else could be meant by a constant."""
    constants = {c.id: constant for c in tree.clues if (constant := constant_of(c)) is not None}
    others = {c: source.namesakes(constant.entity) for c, constant in constants.items()}
    return {c: found for c, found in others.items() if found}


async def _read(world: World, tree: ResearchTree, question: str) -> tuple[int, bool]:
    """How many trees the question can mean, and whether that is this one alone."""
    labels = {r.id: r.label for r in (await world.relations()).values()}
    vocabulary = Vocabulary.of(tree, labels, await _named(world, question))
    found = readings(question, vocabulary)
    return len(found), found == {structure(tree)}


async def _named(world: World, question: str) -> list[str]:
    """The labels of the world's entities that some run of the question's words denotes: what else could be meant."""
    said = question.replace("?", " ").replace(",", " ").replace(".", " ").split()
    return await world.meant(list(dict.fromkeys(_runs(said))))


def _runs(said: list[str]) -> Iterator[str]:
    for start in range(len(said)):
        yield from (" ".join(said[start:end]) for end in range(start + 1, min(start + LONGEST_NAME, len(said)) + 1))
