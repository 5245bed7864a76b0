"""How a page speaks of its entity, and the words that fill a template's slots."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from worlds.atlas import names
from worlds.atlas.choosing import Chosen
from worlds.atlas.plans import Plan, agreement
from worlds.model import Entity

_LIKELY = (0.6, 0.8)
"""How often a pronoun is used where it may be: of things, which have short names too, and of people."""


class Voice:
    """The names of a page's entity: in full first, later its short form or a pronoun, drawn by the page's seed.

    A pronoun is used only where it can mean nobody else: after a sentence whose subject is the entity and, for people,
    that names no other. No name comes twice in a row where there is another. People are called by their surname, or in
    full where `near`, the rest of the sentence, contains it.
    """

    def __init__(self, entity: Entity, plan: Plan, rng: Random) -> None:
        self.label = entity.label
        self.plan = plan
        self.rng = rng
        self.full = names.with_article(entity.label)
        self.plural = "book" not in entity.types and names.is_plural(entity.label)
        self.person = "human" in entity.types
        self.woman = names.is_woman(entity.label)
        self.short = names.surname(self.label) if self.person else self._short()
        self.near: Sequence[str] = ()
        self.last = self.full
        self.last_subject = False

    def noun(self) -> str:
        """The name or its short form, never a pronoun."""
        if self.person:
            self.last = self.label if names.contains(self.near, self.short) else self.short
        elif self.last == self.full or (self.last != self.short and self.rng.random() < 0.7):
            self.last = self.short
        else:
            self.last = self.full
        return self.last

    def any(self) -> str:
        """The name, its short form or, where it can only mean the entity, a pronoun."""
        likely = 1.0 if self.last == self.short == self.full else _LIKELY[self.person]
        if self.last_subject and self.rng.random() < likely:
            self.last = self.agreeing("it")
            return self.last
        return self.noun()

    def possessive(self, name: str) -> str:
        """`its` for a pronoun, else the name with its ending."""
        return self.agreeing("its") if name == self.agreeing("it") else names.possessive(name)

    def agreeing(self, word: str) -> str:
        """A verb or pronoun in the number of the entity, or in the gender of a person."""
        if self.person and word in agreement("person"):
            return agreement("person")[word][self.woman]
        return agreement("page")[word][self.plural]

    def _short(self) -> str:
        words = [*self.label.split(), *self.label.casefold().split()]
        fitting = (h for h in self.plan.heads if h in words or (" " in h and h in self.label))
        head = next(fitting, "")
        return f"the {head}" if head else self.plan.short or self.full


class Slots(dict[str, str]):
    """The words of a template, made when they are asked for."""

    def __init__(self, voice: Voice, chosen: Mapping[str, Chosen]) -> None:
        super().__init__()
        self.voice = voice
        self.chosen = chosen

    def __missing__(self, slot: str) -> str:
        name, _, form = slot.partition("_")
        if slot in agreement("page") or slot in agreement("person"):
            word = self.voice.agreeing(slot)
        elif slot in agreement("list"):
            word = agreement("list")[slot][self._many()]
        elif name in self.chosen or name == "o":
            word = _FORMS[form](self.chosen[name] if name in self.chosen else self._first())
        else:
            word = _ENTITY[slot](self.voice)
        self[slot] = word
        return word

    def _first(self) -> Chosen:
        return next(iter(self.chosen.values()))

    def _many(self) -> bool:
        named = tuple(self._first().facts)
        return len(named) > 1 or names.is_plural(named[0])


_ENTITY: Mapping[str, Callable[[Voice], str]] = {
    "e": Voice.any,
    "es": lambda voice: voice.possessive(voice.any()),
    "n": Voice.noun,
    "ns": lambda voice: voice.possessive(voice.noun()),
    "full": lambda voice: voice.full,
    "bare": lambda voice: voice.label,
    "bare_a": lambda voice: names.indefinite(voice.label),
    "plural": lambda voice: names.plural(voice.label),
    "kind_a": lambda voice: names.indefinite(voice.plan.noun),
}


def _articled(chosen: Chosen) -> str:
    if chosen.kind == "time":
        return names.listed([names.when(time) for time in chosen.facts])
    if chosen.kind == "quantity":
        return names.listed([names.quantity(amount) for amount in chosen.facts])
    return _bare(chosen) if chosen.kind == "string" else names.listed([names.with_article(n) for n in chosen.facts])


def _bare(chosen: Chosen) -> str:
    return names.listed(tuple(chosen.facts))


def _indefinite(chosen: Chosen) -> str:
    first, *rest = chosen.facts
    return names.listed([names.indefinite(first), *rest])


def _dates(chosen: Chosen) -> str:
    return names.listed([names.date(time) for time in chosen.facts])


def _places(chosen: Chosen) -> str:
    return names.listed([names.where(name) for name in chosen.facts])


_FORMS: Mapping[str, Callable[[Chosen], str]] = {
    "": _articled,
    "bare": _bare,
    "a": _indefinite,
    "date": _dates,
    "at": _places,
}
