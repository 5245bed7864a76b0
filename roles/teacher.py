"""The symbolic teacher: it knows the tree, and may only ask what anybody could who holds what it holds.

It asks the certificate's route as far as the names in it are known, all that can be asked at once in one turn. Where
there is no route it searches by itself: of the queries of the tree's language (design 1.3) it asks those that name most
of the pages that it wants and tell most of what is still to be found, without knowing what that will bring. It answers
when the pages that it holds state every clue and edge.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from hcsp.names import key
from roles.lesson import Allowed, Lesson, Told
from roles.solver import Move, Sight, Stuck
from roles.thoughts import Thoughts
from worlds.model import Page

ReadPage = Callable[[str], Awaitable[Page]]


class Teacher:
    """Implements `Solver`.

    Args:
        lesson: what it knows.
        read: gives a page by its id.
        bridges: where there is no route, whether it may leave the tree's language for the title of a page that states
            what is missing, alone or with the clause, once a page that is held has that title.
    """

    def __init__(self, lesson: Lesson, read: ReadPage, bridges: bool = False) -> None:
        self._lesson, self._read, self._bridges = lesson, read, bridges and not lesson.route
        self._texts: dict[str, str] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._keys = {h.entity: [f" {key(name)} " for name in h.names] for h in lesson.variables.values()}

    async def move(self, sight: Sight) -> Move:
        """The next turn; raises `Stuck` when nothing is left that it may ask."""
        texts = [await self._text(page) for page in sight.held]
        seen = frozenset[str]().union(*map(self._names_in, sight.held))
        missing = [told for told in self._lesson.facts if told.pages.isdisjoint(sight.held)]
        thoughts = Thoughts(self._lesson, seen, frozenset(told.clause for told in missing), sight.said)
        if not missing:
            return Move(thoughts.done(), answer=self._lesson.answer)
        more = await self._bridging(missing, texts) if self._bridges else []
        queries = self._next(sight, seen, missing, more)
        if not queries:
            what = "; ".join(dict.fromkeys(self._lesson.clauses[told.clause].text for told in missing))
            raise Stuck(f"all that may be asked was asked, and no page that came states: {what}")
        return Move(thoughts.before(queries), queries=[query.text for query in queries])

    def _next(
        self, sight: Sight, seen: frozenset[str], missing: Sequence[Told], more: Sequence[Allowed]
    ) -> list[Allowed]:
        asked = set(sight.asked)
        able = [q for q in (*self._lesson.queries, *more) if q.text not in asked and (q.name is None or q.name in seen)]
        most = min(sight.left, sight.at_once) or 1  # with none left it asks, and is told so
        route = [q for text in self._lesson.route for q in able if q.text == text]
        return route[:most] or list(_hopeful(able, missing, frozenset(sight.held)))[:most]

    async def _bridging(self, missing: Iterable[Told], texts: Sequence[str]) -> list[Allowed]:
        """The titles of pages that state what is missing, as far as they stand on pages that are held."""
        found: dict[str, Allowed] = {}
        for told in missing:
            for page in sorted(told.pages):
                title = (await self._read(page)).title
                if any(f" {key(title)} " in text for text in texts):
                    clause = self._lesson.clauses[told.clause].text
                    for text in (title, f"{title} {clause}"):
                        held = (told.clause,) if text != title else ()
                        found.setdefault(text, Allowed(text=text, name=None, clauses=held, about=(page,)))
        return list(found.values())

    def _names_in(self, page: str) -> frozenset[str]:
        """The hidden entities that a page names, which was read before."""
        if page not in self._named:
            text = self._texts[page]
            self._named[page] = frozenset(e for e, keys in self._keys.items() if any(k in text for k in keys))
        return self._named[page]

    async def _text(self, page: str) -> str:
        """A page as names are looked for in it."""
        if page not in self._texts:
            found = await self._read(page)
            self._texts[page] = f" {key(f'{found.title} {found.text}')} "
        return self._texts[page]


def _hopeful(able: Iterable[Allowed], missing: Sequence[Told], held: frozenset[str]) -> Iterable[Allowed]:
    """The best query for what is missing, then the best for what that does not speak of, and so on."""
    left, rest = list(missing), list(able)
    while left and rest:
        best = max(rest, key=lambda query: _hope(query, left, held))
        yield best
        after = [told for told in left if told.clause not in best.clauses and told.pages.isdisjoint(best.about)]
        if len(after) == len(left):
            return
        left = after


def _hope(query: Allowed, missing: Sequence[Told], held: frozenset[str]) -> tuple[int, int, int]:
    """What a query promises: facts on the pages of whom it names, missing clauses, and few others beside these."""
    sought = set(query.about) - held
    near = sum(not told.pages.isdisjoint(sought) for told in missing)
    clauses = sum(clause in query.clauses for clause in {told.clause for told in missing})
    return 2 * near + clauses, near, -len(query.clauses)
