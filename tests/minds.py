"""Minds that know the world: right replies to every prompt of a run, and wrong ones drawn by a seed."""

import re
from random import Random
from typing import Any

from scripted_chat import data_of, lines_of, pages_of

from roles.chat.port import Request
from worlds.model import Fact
from worlds.world import World


class Scripted:
    """Right replies, and of several the first; `answer` is what it finds on the pages of a question."""

    def __init__(self, world: World, answer: str = "") -> None:
        self.world, self.answer = world, answer

    async def __call__(self, request: Request[Any], reason: str) -> Any:
        if request.prompt == "write_question" and reason:
            return worded(lines_of(request, "clauses"))
        return await getattr(self, request.prompt)(request)

    async def choose_action(self, request: Request[Any]) -> Any:
        return {"option": 1, "reason": "it leads on"}

    async def extract_claims(self, request: Request[Any]) -> Any:
        entity = data_of(request, "entity").partition(", also called ")[0]
        about = (await self.world.resolve(entity))[0]
        relations = {label: n for n, label in enumerate(lines_of(request, "relations"), start=1)}
        claims = []
        for fact in await self.world.facts(about.id):
            for n, (title, text) in enumerate(pages_of(request), start=1):
                claims += [claim | {"page": n} for claim in await self._claims(fact, title, text, relations)]
        return {"claims": claims}

    async def _claims(self, fact: Fact, title: str, text: str, relations: dict[str, int]) -> list[dict[str, Any]]:
        label = (await self.world.relations())[fact.relation].label
        number = relations.get(label if fact.kind == "entity" else f"{label} (a {fact.kind})")
        ends = [(await self.world.entity(e)).label for e in (fact.subject, fact.object)[: 1 + (fact.kind == "entity")]]
        steps = await self.world.steps(fact)
        if number is None or len(steps) > 1:
            return []
        said = {"relation": number, "subject": ends[0], "object": ends[1] if len(ends) > 1 else fact.object}
        places = [s for s in await self.world.stated(steps[0]) if (await self.world.page(s.page)).title == title]
        return [said | {"quote": text[s.start : s.end]} for s in places if s.end <= len(text)]

    async def write_question(self, request: Request[Any]) -> Any:
        return concise(lines_of(request, "clauses"))

    async def answer_closed_book(self, request: Request[Any]) -> Any:
        return {"answer": "nobody knows"}

    async def answer_from_pages(self, request: Request[Any]) -> Any:
        return {"answers": [self.answer]}

    async def choose_constraints(self, request: Request[Any]) -> Any:
        return {"clues": [1]}


class Rambling(Scripted):
    """Legal and illegal proposals, true and untrue claims, wordings that leave out and add."""

    def __init__(self, world: World, seed: str, answer: str = "") -> None:
        super().__init__(world, answer)
        self._rng = Random(seed)

    async def choose_action(self, request: Request[Any]) -> Any:
        return {"option": self._rng.randint(-1, len(lines_of(request, "options")) + 1), "reason": "why not"}

    async def extract_claims(self, request: Request[Any]) -> Any:
        right = (await super().extract_claims(request))["claims"]
        return {"claims": [self._spoilt(claim) for claim in right]}

    def _spoilt(self, claim: dict[str, Any]) -> dict[str, Any]:
        spoil = self._rng.randrange(12)
        other = {0: {"object": "Atlantis"}, 1: {"relation": self._rng.randint(1, 9)}, 2: {"quote": "He was a spy."}}
        turned = {"subject": claim["object"], "object": claim["subject"]}
        return claim | (turned if spoil == 3 else other.get(spoil, {}))

    async def write_question(self, request: Request[Any]) -> Any:
        right = await super().write_question(request)
        spoil = self._rng.randrange(4)
        if spoil == 0:
            return right | {"spans": right["spans"][1:]}
        return right | ({"question": f"As Einstein said in 1905, {right['question']}"} if spoil == 1 else {})


_NTH = ("first", "second", "third", "fourth", "fifth", "sixth")
_NOUN = re.compile(r"(\w), noun: (.+)")


def worded(clauses: list[str]) -> dict[str, Any]:
    """A plain question that says every entry of a list, a sentence each, and which words say which."""
    nouns = _nouns(clauses)
    called = {v: f"{_NTH[n]} {noun}" for n, (v, noun) in enumerate(nouns.items())}
    text = "".join(f"There is a {name}. " for name in called.values())
    spans = [{"entry": n, "span": f"a {called[v]}"} for n, v in _noun_entries(clauses)]
    for n, vertex, told in _told(clauses, called):
        spans.append({"entry": n, "span": f"This {called[vertex]} {told}"})
        text += f"This {called[vertex]} {told}. "
    return {"question": f"{text}What is the name of this {next(iter(called.values()))}?", "spans": spans}


def concise(clauses: list[str]) -> dict[str, Any]:
    """A sentence for each variable, children before parents; ordinals only where a noun is shared."""
    nouns = _nouns(clauses)
    shared = {noun for noun in nouns.values() if list(nouns.values()).count(noun) > 1}
    called = {v: f"{_NTH[n]} {noun}" if noun in shared else noun for n, (v, noun) in enumerate(nouns.items())}
    told: dict[str, list[str]] = {v: [] for v in nouns}
    spans = [{"entry": n, "span": called[v]} for n, v in _noun_entries(clauses)]
    for n, vertex, said in _told(clauses, called):
        spans.append({"entry": n, "span": said})
        told[vertex].append(said)
    root, *inner = nouns
    sentences = [f"A {called[v]} {' and '.join(told[v])}. " for v in reversed(inner) if told[v]]
    return {"question": f"{''.join(sentences)}Which {called[root]} {' and '.join(told[root])}?", "spans": spans}


def _nouns(clauses: list[str]) -> dict[str, str]:
    """The noun of each variable, the root's first."""
    return {match[1]: match[2] for line in clauses if (match := _NOUN.fullmatch(line))}


def _noun_entries(clauses: list[str]) -> list[tuple[int, str]]:
    return [(n, match[1]) for n, line in enumerate(clauses, start=1) if (match := _NOUN.fullmatch(line))]


def _told(clauses: list[str], called: dict[str, str]) -> list[tuple[int, str, str]]:
    """Number, variable and verb phrase of every other entry, its far end by what it is called."""
    found = []
    for n, line in enumerate(clauses, start=1):
        if not _NOUN.fullmatch(line):
            ends, _, told = line.partition(": ")
            vertex, _, other = ends.partition(" and ")
            told = told.partition(" (keep: ")[0].removeprefix(f"{vertex} ")
            if other:
                told = re.sub(rf"\b(?:an? |the )?{other}(?!\w)", f"this {called[other]}", told)
            found.append((n, vertex, told))
    return found
