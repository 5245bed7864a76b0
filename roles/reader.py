"""Reads about things and holds them against clues, each once; remembers what was found, and where it stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hcsp.names import key, occurs
from roles.asking import together
from roles.browser import Claim, Place
from roles.chat.port import Chat
from roles.claimed import other_bearers, read, sentence
from roles.goals import Goal
from roles.judge import UNKNOWN, Judge, Judgement, Verdict
from roles.library import Library
from worlds.model import Entity, Fact, Relation

MOST_ASKED = 8
"""Clues that one call of the Judge holds a thing against."""


class Reader:
    """What models found about things by their names. A thing is read once, and judged once by a clue."""

    def __init__(self, library: Library, chat: Chat, judge: Judge, relations: Mapping[str, Relation]) -> None:
        self.library, self.relations = library, relations
        self._chat, self._judge = chat, judge
        self._spellings: dict[str, str] = {}
        self._claims: dict[str, tuple[Claim, ...]] = {}
        self._places: dict[Fact, set[Place]] = defaultdict(set)
        self._judged: dict[str, dict[Goal, Judgement]] = defaultdict(dict)
        self._parted: dict[tuple[str, str], bool] = {}

    def spelled(self, name: str) -> str:
        """A name as it was written when it was first seen: one thing has one spelling."""
        return self._spellings.setdefault(key(name), name)

    def seen(self, name: str) -> str | None:
        """The thing of that name, if it was seen; `None` otherwise."""
        return self._spellings.get(key(name))

    @property
    def empty(self) -> bool:
        """Whether nothing was seen yet."""
        return not self._spellings

    async def read(self, things: Iterable[str]) -> None:
        """Read about things that were not read about yet, together; what is found is entered in the order given."""
        new = [name for name in dict.fromkeys(things) if name not in self._claims]
        found = await together(self._read(name) for name in new)
        for name, claims in zip(new, found, strict=True):
            self._claims[name] = tuple(sorted(Claim(self._resolved(c.fact, name), c.places) for c in claims))
            for fact, places in self._claims[name]:
                self._places[fact].update(places)

    def facts(self, thing: str) -> tuple[Fact, ...]:
        """What was read about a thing, sorted; nothing where it was not read about."""
        return tuple(dict.fromkeys(claim.fact for claim in self._claims.get(thing, ())))

    def confirmed(self, thing: str) -> list[Fact]:
        """What the Judge said yes to of a thing, sorted."""
        return sorted(goal.fact(thing) for goal, j in self._judged[thing].items() if j.verdict == "yes")

    def places(self, fact: Fact) -> list[Place]:
        """Where a fact stands, by page address."""
        return sorted(self._places.get(fact, ()))

    async def judge(self, thing: str, goals: Sequence[Goal]) -> None:
        """Hold a thing against those of some goals that nothing is known about yet."""
        new = [g for g in goals if g not in self._judged[thing] and await self.known(thing, g) == "unknown"]
        pages = (await self.library.about(thing)).pages
        for at in range(0, len(new), MOST_ASKED):
            part = new[at : at + MOST_ASKED]
            held = [goal.held(self.relations) for goal in part]
            found = await self._judge.judge(Entity(id=thing, label=thing), held, pages)
            for goal, judgement in zip(part, found, strict=True):
                self._enter(thing, goal, judgement, {page.id: page.text for page in pages})

    async def verdict(self, thing: str, goal: Goal) -> Verdict:
        """Whether a thing meets a goal: by what was read, else by what was judged."""
        known = await self.known(thing, goal)
        judged = self._judged[thing].get(goal)
        return judged.verdict if known == "unknown" and judged is not None else known

    async def known(self, thing: str, goal: Goal) -> Verdict:
        """Whether a thing meets a goal by what was read: yes by a fact, no by a functional relation's other value."""
        fact = goal.fact(thing)
        if fact in self.facts(thing) or fact in self.facts(goal.constant):
            return "yes"
        relation = self.relations.get(goal.relation)
        values = [f.object for f in self.facts(fact.subject) if (f.subject, f.relation) == fact[:2]]
        if relation is None or not relation.functional or not values:
            return "unknown"
        return "no" if all([await self._apart(value, fact.object) for value in values]) else "unknown"

    async def namesakes(self, thing: str) -> tuple[str, ...]:
        """Titles and addresses of pages about something else that is called the same."""
        about = await self.library.about(thing)
        others = other_bearers(thing, self._claims.get(thing, ()), about.pages, self.relations)
        return (*about.namesakes, *others)

    async def _apart(self, value: str, other: str) -> bool:
        """Whether two things are surely neither one nor part of each other, as Brooklyn is of New York.

        Neither name holds the other, and what is titled by the second has pages, none of which names the first.
        """
        pair = (value, other)
        if pair not in self._parted:
            titled = [page for page in (await self.library.about(other)).pages if page.title == other]
            named = occurs(value, other) or occurs(other, value) or any(occurs(value, page.text) for page in titled)
            self._parted[pair] = bool(titled) and not named
        return self._parted[pair]

    async def _read(self, thing: str) -> list[Claim]:
        about = await self.library.about(thing)
        if not about.pages:
            return []
        return await read(self._chat, Entity(id=thing, label=thing), self.relations, about.pages)

    def _resolved(self, fact: Fact, thing: str) -> Fact:
        if fact.kind != "entity":
            return fact
        subject, target = (end if end == thing else self.spelled(end) for end in (fact.subject, fact.object))
        return fact._replace(subject=subject, object=target)

    def _enter(self, thing: str, goal: Goal, judgement: Judgement, texts: Mapping[str, str]) -> None:
        itself = judgement.verdict == "yes" and goal.constant == thing  # its name in the quote is not the clue's
        self._judged[thing][goal] = judgement = UNKNOWN if itself else judgement
        place = judgement.place
        if judgement.verdict == "yes" and place is not None:
            start, end = sentence(texts[place.page], place.start, place.end)
            self._places[goal.fact(thing)].add(Place(place.page, start, end))
