"""Which variable of a tree gets a sentence of its own, which a clause in its parent's, and how each is referred to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from hcsp.constraints import child_of
from hcsp.tree import ResearchTree, variables_of
from roles import english
from roles.grammar import Head, Piece

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_FREE = 6  # beyond so many inner variables all are told in sentences: 2^n plans are not tried
_SENTENCE = 6  # what a sentence costs: one question of some twenty words reads better than two sentences
_LONG, _SHORT = 24, 8  # words of a sentence beyond which, or below which, it reads badly


@dataclass(frozen=True)
class Plan:
    """Variables told in a clause at the end of their parent's sentence, and those told before it, children first."""

    inline: frozenset[str]
    stated: tuple[str, ...]

    def place(self, vertex: str, parents: Mapping[str, str]) -> int:
        """In which sentence a variable is told, counted from 0."""
        host = parents[vertex] if vertex in self.inline else vertex
        return self.stated.index(host) if host in self.stated else len(self.stated)

    def in_order(self, ends: Sequence[str], parents: Mapping[str, str]) -> list[str]:
        """The ends of a chord in the order in which they are told."""
        return sorted(ends, key=lambda vertex: self.place(vertex, parents))


def references(stated: Sequence[str], heads: Mapping[str, Head]) -> dict[str, str]:
    """How variables with sentences of their own are called later: "this film", or "the second film" of several.

    Where no other variable could be meant, a word of the noun is enough: "this city" of a major city.
    """
    nouns = {v: head.noun.one for v, head in heads.items()}
    count = Counter(nouns[v] for v in stated)
    loosely = Counter(word for one in nouns.values() for word in {one, english.called(one)})
    seen: Counter[str] = Counter()
    names = {}
    for vertex in stated:
        word, short = nouns[vertex], english.called(nouns[vertex])
        only = f"this {short if loosely[short] == 1 else word}"
        names[vertex] = only if count[word] == 1 else f"the {ORDINALS[seen[word]]} {word}"
        seen[word] += 1
    return names


def openings(stated: Sequence[str], heads: Mapping[str, Head]) -> dict[str, str]:
    """How they are introduced: "a film", and where another had its noun before "a second film"."""
    seen: Counter[str] = Counter()
    opened = {}
    for vertex in stated:
        noun = heads[vertex].noun
        nth = f"{ORDINALS[seen[noun.one]]} {noun.one}"
        opened[vertex] = english.indefinite(nth) if seen[noun.one] else f"{noun.article} {noun.one}"
        seen[noun.one] += 1
    return opened


def best_plan(
    tree: ResearchTree,
    heads: Mapping[str, Head],
    pieces: Mapping[str, Sequence[Piece]],
    rng: Random,
    *,
    inlines: bool = True,
) -> Plan:
    """The plan of least cost: short sentences, few of them, no two variables told in sentences under one noun."""
    length = {v: sum(_words(p) for p in told) + 3 for v, told in pieces.items()}
    parents = {child_of(e): e.vertex for e in tree.edges}
    drawn = _plans(tree, pieces, parents, _FREE if inlines else 0)
    plans = [plan for plan in drawn if _tells_chords(plan, tree, heads, parents)]
    return min(plans, key=lambda plan: _cost(plan, tree.root, heads, length, parents) + 3 * rng.random())


def _plans(
    tree: ResearchTree, pieces: Mapping[str, Sequence[Piece]], parents: Mapping[str, str], most_free: int
) -> Iterator[Plan]:
    held = {v for chord in tree.chords for v in variables_of(chord)}
    free = [v for v in tree.inner if pieces[v] or v in held]
    order = [v for v in tree.bottom_up() if v in free]
    loose = {p.child for told in pieces.values() for p in told if p.child and _loose(p, pieces[p.child])}
    for choice in product((False, True), repeat=len(free)) if len(free) <= most_free else [(False,) * len(free)]:
        inline = frozenset(v for v, chosen in zip(free, choice, strict=True) if chosen)
        hosts = [parents[v] for v in inline]
        if len(set(hosts)) == len(hosts) and inline.isdisjoint(hosts) and inline.isdisjoint(loose):
            yield Plan(inline, tuple(v for v in order if v not in inline))


def _tells_chords(plan: Plan, tree: ResearchTree, heads: Mapping[str, Head], parents: Mapping[str, str]) -> bool:
    """Whether one end of each chord has a sentence of its own, before the other's, that "this film" can only mean."""
    for chord in tree.chords:
        anchor, holder = plan.in_order(sorted(variables_of(chord)), parents)
        if anchor not in plan.stated or plan.place(anchor, parents) == plan.place(holder, parents):
            return False
        others = [v for v in plan.inline if heads[v].noun.pronoun is None]
        if holder in plan.inline and parents[holder] == tree.root:
            others.append(tree.root)
        if any(heads[v].noun.one == heads[anchor].noun.one for v in others):
            return False
    return True


def _loose(edge: Piece, told: Sequence[Piece]) -> bool:
    """Whether the end of a clause could go with its host: "was discovered by someone who died in Paris in 1900"."""
    stems = Counter(p.template().stem for p in told)
    return bool(edge.template(inline=True).stem) and any(n > 1 for stem, n in stems.items() if stem)


def _cost(
    plan: Plan, root: str, heads: Mapping[str, Head], length: Mapping[str, int], parents: Mapping[str, str]
) -> float:
    words = {topic: length[topic] for topic in (*plan.stated, root)}
    said = Counter(heads[v].noun.one for v in plan.stated)
    cost = 5.0 * sum(n for n in said.values() if n > 1)
    for vertex in plan.inline:
        words[parents[vertex]] += length[vertex]
        noun = heads[vertex].noun
        if parents[vertex] != root and noun.pronoun is None and said[noun.one]:
            cost += 50  # "this film" could then mean the film of the clause
    return cost + sum(_SENTENCE + 0.4 * max(0, n - _LONG) + 1.2 * max(0, _SHORT - n) for n in words.values())


def _words(piece: Piece) -> int:
    template = piece.template()
    values = 2 if piece.child or piece.anchor else sum(len(value.split()) for value in piece.values(template))
    return len(template.fill("").split()) + values
