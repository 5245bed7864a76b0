"""A page as prose: an opening that says what the entity is, then its facts in natural order, grouped into sentences.

The first sentence names the entity. The other end of every fact stands with its full label in the sentence that
carries the fact; the entity itself may be a short form or a pronoun there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from random import Random
from typing import NamedTuple

from worlds.atlas.choosing import Chosen, Untold
from worlds.atlas.names import types
from worlds.atlas.plans import Clause, plan_of
from worlds.atlas.speaking import Slots, Voice
from worlds.model import Entity, Fact

LONGEST = 8
"""The most names that one list holds."""

_CROWDED = 7
_ABOUT_ENTITY = re.compile(r"([A-Z][^.]*, )?\{(e|es|n|ns|full)\}")

Sentence = tuple[str, list[Fact]]


class Predicate(NamedTuple):
    """What a sentence says of the page's entity, the facts in it, and how many names it lists."""

    text: str
    facts: list[Fact]
    size: int


def sentences(entity: Entity, facts: Sequence[Fact], label: Callable[[str], str], rng: Random) -> list[Sentence]:
    """The sentences of a page, each with the facts that it states; every fact is stated by exactly one.

    Raises `KeyError` for an entity without a plan and for a relation without a clause.
    """
    return list(_Writer(entity, facts, label, rng).page())


class _Writer:
    def __init__(self, entity: Entity, facts: Sequence[Fact], label: Callable[[str], str], rng: Random) -> None:
        self.rng = rng
        self.plan = plan_of(entity.types)
        self.untold = Untold(entity, facts, label)
        self.voice = Voice(entity, self.plan, rng)
        self.page_of = entity.id
        self.start = ""

    def page(self) -> Iterator[Sentence]:
        yield self._opening()
        for block in self.plan.blocks:
            yield from self._block(block)
        if self.untold.left():
            raise KeyError(f"no clause of sentences.toml says {self.untold.left()} on the page of {self.page_of!r}")

    def _opening(self) -> Sentence:
        parts = [part for clauses in (self.plan.aside, self.plan.open) for part in self._first(clauses)]
        facts = [fact for part in parts for fact in part.facts]
        self._spoke(True, facts)
        text = " ".join([self.voice.full, *(part.text for part in parts)])
        return _finished(text), facts

    def _first(self, clauses: Sequence[Clause]) -> list[Predicate]:
        for clause in clauses:
            chosen = self.untold.take(clause, LONGEST)
            if chosen is not None:
                return [self._predicate(self.rng.choice(clause.says), chosen)]
        return []

    def _block(self, block: Sequence[Clause]) -> Iterator[Sentence]:
        waiting: list[Predicate] = []
        for clause in block:
            for template, part in self._parts(clause):
                if not template.endswith("."):
                    waiting.append(self._predicate(template, part))
                    continue
                yield from self._joined(waiting)
                waiting = []
                yield self._sentence(template, part)
        yield from self._joined(waiting)

    def _parts(self, clause: Clause) -> Iterator[tuple[str, dict[str, Chosen]]]:
        """The wordings of a clause, each with at most `LONGEST` names where it makes a list."""
        one_list = len(clause.same or clause.tells[:1]) == len(clause.tells)
        chosen = self.untold.take(clause, None if one_list else _CROWDED)
        if chosen is None:
            return
        total = max(len(c.facts) for c in chosen.values())
        parts = ceil(total / LONGEST) if one_list else 1
        shift = self.rng.randrange(len(clause.more)) if clause.more else 0
        for n in range(parts):
            further = clause.more[(n + shift) % len(clause.more)] if clause.more and n else ""
            part = {key: c.cut(n * total // parts, (n + 1) * total // parts) for key, c in chosen.items()}
            yield further or self._wording(clause.says, total), part if parts > 1 else chosen

    def _wording(self, says: Sequence[str], size: int) -> str:
        """One of the wordings: if possible none that starts as the last sentence, with a long list or as if of many."""
        shunned = [self.start]
        shunned += ["{o}"] if self.voice.person and size > 4 else []
        shunned += ["Among"] if size == 1 else []
        fresh = [template for template in says if template.split(" ", 1)[0] not in shunned]
        return self.rng.choice(fresh or says)

    def _predicate(self, template: str, chosen: dict[str, Chosen]) -> Predicate:
        self.voice.near = [name for c in chosen.values() for name in c.facts]
        text = template.format_map(Slots(self.voice, chosen))
        size = max((len(c.facts) for c in chosen.values()), default=0)
        return Predicate(text, [fact for c in chosen.values() for fact in c.all()], size)

    def _sentence(self, template: str, chosen: dict[str, Chosen]) -> Sentence:
        said = self._predicate(template, chosen)
        self._spoke(_ABOUT_ENTITY.match(template) is not None, said.facts)
        self.start = template.split(" ", 1)[0]
        return _finished(said.text), said.facts

    def _joined(self, waiting: Sequence[Predicate]) -> Iterator[Sentence]:
        """The predicates in sentences of one to three, as long as they are short and the seed lets them join."""
        group: list[Predicate] = []
        for predicate in waiting:
            full = len(group) == 3 or sum(p.size for p in (*group, predicate)) > _CROWDED
            if group and (full or self.rng.random() < 0.15):
                yield self._coordinated(group)
                group = []
            group.append(predicate)
        if group:
            yield self._coordinated(group)

    def _coordinated(self, group: Sequence[Predicate]) -> Sentence:
        self.voice.near = [p.text for p in group]
        subject = self.voice.any()
        facts = [fact for p in group for fact in p.facts]
        self._spoke(True, facts)
        self.start = ""
        *first, last = (p.text for p in group)
        comma = "," * (len(first) > 1 or any(" and " in text or "," in text for text in first))
        text = f"{', '.join(first)}{comma} and {last}" if first else last
        return _finished(f"{subject} {text}"), facts

    def _spoke(self, about_entity: bool, facts: Sequence[Fact]) -> None:
        """After a sentence that states these facts: whether a pronoun can only mean the page's entity."""
        ends = {end for fact in facts for end in (fact.subject, fact.object)} - {self.page_of}
        others = self.voice.person and any("human" in types().get(end, ()) for end in ends)
        self.voice.last_subject = about_entity and not others


def _finished(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
