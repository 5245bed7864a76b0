"""What to try when a check fails: the cheapest change to the tree or its wording that addresses it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from hcsp.certificate import Certificate, low
from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, ToEntity, child_of, constant_of
from hcsp.names import occurs
from hcsp.preset import Failure
from hcsp.retrieval import Retrieved
from hcsp.tree import ResearchTree
from roles.planner import Repair
from tasks.attempts import CLOSED_BOOK, FROM_PAGES
from tasks.finding import Finding

Kind = Literal["reword", "fuzz", "restore", "move", "deepen", "cut"]

COST: Mapping[Kind, int] = {"reword": 0, "fuzz": 1, "restore": 2, "move": 3, "deepen": 4, "cut": 5}
"""From another wording, by one clue and one vertex's clues, to pages that are read and variables that come or go."""


def repairs(
    missed: Sequence[Failure],
    findings: Sequence[Finding],
    certificate: Certificate,
    tree: ResearchTree,
    sizes: Mapping[str, int] | None = None,
    retrieved: Retrieved | None = None,
) -> list[Repair]:
    """What to try, the best first; empty when nothing failed or nothing can be done (a root too well known).

    First what comes first for any failed check, among these what most of them ask for, then what is cheapest; after
    these the second choices, and so on. `sizes` holds `|T_v ∩ S(c)|` per clue and `retrieved` what the retriever
    brought: without them the choice among clues is coarser.
    """
    clinic = _Clinic(certificate, tree, sizes or {}, retrieved)
    asked = [(clinic.mend_tree(failure), str(failure)) for failure in missed]
    asked += [(clinic.mend_question(finding), str(finding)) for finding in findings]
    turn: dict[_Option, int] = {}
    why: dict[_Option, str] = {}
    support: Counter[_Option] = Counter()
    for options, reason in asked:
        for n, option in enumerate(dict.fromkeys(options)):
            turn[option] = min(n, turn.get(option, n))
            why.setdefault(option, reason)
            support[option] += 1
    order = sorted(turn, key=lambda o: (turn[o], -support[o], COST[o.kind]))
    return [Repair(kind=o.kind, vertex=o.vertex, clue=o.clue, why=why[o]) for o in order]


class _Option(NamedTuple):
    kind: Kind
    vertex: str = ""
    clue: str | None = None


class _Clinic:
    """Finds for each failed check the clues and variables that it comes from."""

    def __init__(
        self, certificate: Certificate, tree: ResearchTree, sizes: Mapping[str, int], retrieved: Retrieved | None
    ) -> None:
        self._tree = tree
        self._sizes = sizes
        self._needed = {c: low(n) for c, n in certificate.necessary.items()}
        self._pages = _pages(retrieved)
        self._reached = {page for found in retrieved.results for page in found} if retrieved else set[str]()
        self._clues = {c.id: c for c in tree.clues}
        self._mending: Mapping[str, Callable[[str], Iterator[_Option]]] = {
            "unique": lambda _: self._restored(),
            "necessary": self._needless,
            "hierarchy": self._skipped,
            "selectivity": lambda _: self._generic(self._clues),
            "edges": lambda vertex: iter([_Option("cut", vertex)]),
            "rivals": self._alone,
            "dispersion": lambda _: self._crowded(),
            "dependency": lambda _: self._shallow(),
            "search_floor": self._near,
            "unretrievable": self._unreached,
        }

    def mend_tree(self, failure: Failure) -> Iterator[_Option]:
        """What mends a number that the certificate misses."""
        mend = self._mending.get(failure.check)
        return self._restored() if mend is None else mend(failure.at)

    def mend_question(self, finding: Finding) -> Iterator[_Option]:
        """What mends a check that the question fails; nothing makes an answer less known, or forgotten."""
        if finding.check == "answer_rank":
            yield from self._found(finding.clauses)
        if finding.check == "leaks":
            yield from self._told(finding)
        if finding.check not in ("popularity", CLOSED_BOOK, FROM_PAGES):
            yield _Option("reword")
            yield from (_Option("cut", child_of(e)) for e in self._tree.edges if e.id in finding.clauses)
        if finding.check == "too_long":
            yield from (_Option("cut", v) for v in self._tree.inner[::-1])
            yield from self._restored()

    def _found(self, clauses: tuple[str, ...]) -> Iterator[_Option]:
        """A clue that brings the answer's page is fuzzed, then moved; for the whole question one at the root is."""
        root = [c.id for c in self._tree.clues_of(self._tree.root)]
        suspects = [c for c in clauses if c in self._clues] if clauses else root
        yield from self._generic(suspects)
        yield from self._moved(suspects)

    def _told(self, finding: Finding) -> Iterator[_Option]:
        """A constant whose own name holds the hidden one is replaced."""
        constants = {c.id: constant_of(c) for c in self._tree.clues}
        holding = [c for c, constant in constants.items() if constant and occurs(finding.name, constant.label)]
        yield from self._moved(holding)

    def _restored(self) -> Iterator[_Option]:
        """Too few clues: chosen again from the leaves up, for a parent rests on its sub-questions."""
        yield from (_Option("restore", v) for v in self._tree.bottom_up())

    def _needless(self, clue: str) -> Iterator[_Option]:
        """The others identify the answer without this one: the strongest of them is made weaker."""
        others = [c for c in self._clues if c != clue]
        yield from list(self._generic(others))[:2]
        yield _Option("restore", self._vertex(clue))

    def _skipped(self, vertex: str) -> Iterator[_Option]:
        """Too little is left without a sub-question: the clues outside it say too much, or it is one too many."""
        inside = set(self._tree.below(vertex))
        yield from list(self._generic([c for c in self._clues if self._vertex(c) not in inside]))[:2]
        yield _Option("cut", vertex)

    def _alone(self, _: str) -> Iterator[_Option]:
        yield from list(self._generic(self._clues))[:2]
        yield _Option("restore", self._tree.root)

    def _crowded(self) -> Iterator[_Option]:
        """Too few pages state it all: a clue leaves the page that states most of them, from its fullest variable."""
        on: Counter[str] = Counter(page for c in self._clues for page in self._pages.get(c, ()))
        fullest = min(on, key=lambda page: (-on[page], page)) if on else None
        there = [c for c in self._clues if fullest in self._pages.get(c, ())] if fullest else list(self._clues)
        yield from self._moved(sorted(there, key=lambda c: -len(self._tree.clues_of(self._vertex(c)))))
        yield from self._shallow()

    def _shallow(self) -> Iterator[_Option]:
        """A longer chain: the constants of the deepest variables become sub-questions."""
        for vertex in sorted(self._tree.entities, key=lambda v: (-self._depth(v), v)):
            leading = [c.id for c in self._tree.clues_of(vertex) if _leads_on(c)]
            yield from (_Option("deepen", vertex, clue) for clue in leading)
            yield _Option("deepen", vertex)

    def _near(self, _: str) -> Iterator[_Option]:
        """Too few retrievals: a rare constant brings its page at once, and a full page many clues."""
        generic, moved, deeper = list(self._generic(self._clues)), list(self._crowded()), list(self._shallow())
        yield from (*generic[:1], *moved[:1], *deeper[:1], *generic[1:], *moved[1:], *deeper[1:])

    def _unreached(self, _: str) -> Iterator[_Option]:
        """No query brings a page that states some clue: that clue is told from another page."""
        hidden = [c for c in self._clues if not self._reached & self._pages.get(c, frozenset())]
        yield from self._moved(hidden or list(self._clues))
        yield from (_Option("cut", v) for v in self._tree.inner[::-1])

    def _generic(self, clues: Sequence[str] | Mapping[str, Constraint]) -> Iterator[_Option]:
        """Those that can be made more generic, the most telling first: smallest set, then most answers without it."""
        able = [c for c in clues if _has_constant(self._clues[c])]
        telling = sorted(able, key=lambda c: (self._sizes.get(c, 0), -self._needed.get(c, 0)))
        yield from (_Option("fuzz", self._vertex(c), c) for c in telling)

    def _moved(self, clues: Sequence[str]) -> Iterator[_Option]:
        yield from (_Option("move", self._vertex(c), c) for c in clues)

    def _vertex(self, clue: str) -> str:
        return self._clues[clue].vertex

    def _depth(self, vertex: str) -> int:
        edge = self._tree.parent_edge(vertex)
        return 0 if edge is None else 1 + self._depth(edge.vertex)


def _pages(retrieved: Retrieved | None) -> dict[str, frozenset[str]]:
    """Per constraint the pages that state some of it."""
    found: dict[str, set[str]] = {}
    for page, said in (retrieved.says if retrieved else {}).items():
        for constraint, _ in said:
            found.setdefault(constraint, set()).add(page)
    return {constraint: frozenset(pages) for constraint, pages in found.items()}


def _has_constant(clue: Constraint) -> bool:
    return constant_of(clue) is not None or isinstance(clue, RangeConstraint)


def _leads_on(clue: Constraint) -> bool:
    return isinstance(clue, RelationConstraint) and isinstance(clue.target, ToEntity)
