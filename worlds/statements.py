"""Pages rendered from facts: each fact is told on its subject's page, its object's, or both, drawn by a seed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement, WorldData

Sentences = Callable[[Entity, Sequence[Fact], Callable[[str], str], Random], list[tuple[str, list[Fact]]]]
"""Turns the facts that an entity's page tells into its sentences, each with the facts that it states."""

LAYOUTS = ("subject", "both", "random")


def render_pages(
    data: WorldData, sentences: Sentences, seed: int, layout: str = "random", url: str = "", separator: str = " "
) -> Iterator[Rendered]:
    """One page an entity, in order of ids. `url` is a prefix of the entity's id; the draw knows facts, no tree."""
    told = _told(data.facts, seed, layout)
    labels = {e.id: e.label for e in data.entities}
    for entity in sorted(data.entities, key=lambda e: e.id):
        rng = Random(f"{seed}:page:{entity.id}")
        parts = sentences(entity, told[entity.id], labels.__getitem__, rng)
        yield _assemble(entity, parts, labels, f"{url}{entity.id}" if url else "", separator)


def plain_sentences(relations: Mapping[str, Relation], descriptions: Mapping[str, str]) -> Sentences:
    """Sentences for any triples: `Niels Bohr – place of birth: Copenhagen.`"""

    def sentences(
        entity: Entity, facts: Sequence[Fact], label: Callable[[str], str], rng: Random
    ) -> list[tuple[str, list[Fact]]]:
        kinds = descriptions.get(entity.id) or ", ".join(entity.types) or "no further description"
        lines: list[tuple[str, list[Fact]]] = [(f"{entity.label}: {kinds}.", [])]
        for fact in facts:
            value = label(fact.object) if fact.kind == "entity" else fact.object
            lines.append((f"{label(fact.subject)} – {relations[fact.relation].label}: {value}.", [fact]))
        return lines

    return sentences


def _told(facts: Sequence[Fact], seed: int, layout: str) -> dict[str, list[Fact]]:
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(set(facts)):
        side = _side(fact, seed, layout)
        if side in ("subject", "both"):
            told[fact.subject].append(fact)
        if side in ("object", "both") and fact.object != fact.subject:
            told[fact.object].append(fact)
    return told


def _side(fact: Fact, seed: int, layout: str) -> str:
    if fact.kind != "entity" or fact.object == fact.subject:
        return "subject"
    if layout != "random":
        return layout
    return Random(f"{seed}:side:{fact.subject}:{fact.relation}:{fact.object}").choice(("subject", "object", "both"))


def _assemble(
    entity: Entity, parts: list[tuple[str, list[Fact]]], labels: Mapping[str, str], url: str, separator: str
) -> Rendered:
    statements: list[Statement] = []
    links: dict[str, None] = {}
    start = 0
    for sentence, facts in parts:
        end = start + len(sentence)
        statements += [Statement(fact, entity.id, start, end) for fact in facts]
        links.update(dict.fromkeys(e for f in facts for e in (f.subject, f.object) if e in labels and e != entity.id))
        start = end + len(separator)
    text = separator.join(sentence for sentence, _ in parts)
    return Rendered(Page(id=entity.id, title=entity.label, url=url, text=text, links=tuple(links)), tuple(statements))
