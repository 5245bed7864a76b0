"""What a record can be held to without its world: what it says of itself, and whether that agrees."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from hcsp.certificate import Certificate, low
from hcsp.constraints import TypeConstraint, child_of
from hcsp.names import occurring
from hcsp.preset import PRESETS, Preset
from hcsp.tree import ResearchTree
from prompts.phrases import digest
from roles.lengths import MOST_WORDS
from roles.styles import GRAMMAR
from roles.symbolic_writer import render
from roles.writer import Wording
from tasks.audit import Audit
from tasks.judging import judge
from tasks.record import TaskRecord, certificate_of, identify, nested, tree_of
from worlds.model import Evidence

NEEDS_THE_WORLD = "candidate sets, certificate and audit recomputed, quotes on their pages, names, aliases"
"""What stays open without it."""


def disagreements(record: TaskRecord) -> list[str]:
    """Where a record contradicts itself or misses the preset by its own numbers, one line a finding.

    Checked are the id over the version that it names, the tree as nested, the words by the labels that it has, answer
    and type, the lengths of its quotes, the names that it hides, its counts against each other, and its preset.
    """
    tree, labels = tree_of(record), dict(_labels(record.root))
    found = compare("id", record.id, identify(record.provenance["world"]["version"], tree), "its constraints give")
    found += compare("answer", record.answer, labels[tree.root], "its root is")
    found += compare("answer_type", record.answer_type, tree.noun(tree.root).type, "its noun is")
    found += _words(record, tree, labels)
    found += _leaks(record, tree, labels)
    found += _counts(record, tree, certificate_of(record))
    found += _quotes(record)
    return found + thresholds(record, certificate_of(record), Audit.model_validate(record.audit), tree)


def compare(field: str, said: Any, real: Any, source: str = "the world says") -> list[str]:
    """A line when a field of the record is not what `source` makes of it."""
    return [] if said == real else [f"{field}: the record says {said!r}, {source} {real!r}"]


def preset_of(record: TaskRecord) -> Preset:
    """The preset that the record was accepted by."""
    return Preset.model_validate(record.provenance["preset"])


def thresholds(record: TaskRecord, certificate: Certificate, audit: Audit, tree: ResearchTree) -> list[str]:
    """What keeps the record from the preset that it names, and what it has changed of that preset."""
    named, sizes = preset_of(record), {"levels", "variables"}  # these follow --levels and --vertices
    shipped = PRESETS[named.name].model_dump(exclude=sizes)
    found: list[str] = []
    for field, said in named.model_dump(exclude=sizes).items():
        found += compare(f"provenance.preset.{field}", said, shipped[field], "the preset has")
    missed, findings = judge(certificate, audit, named, tree, record.provenance["settings"]["max_popularity"])
    return found + [f"preset {named.name}: {reason}" for reason in (*missed, *findings)]


def is_symbolic(record: TaskRecord) -> bool:
    """Whether the grammar worded the question, so that it can be worded again; else a model did."""
    return bool(record.provenance["roles"]["writer"] == "symbolic")


def said_again(
    provenance: Mapping[str, Any], tree: ResearchTree, labels: Mapping[str, str], relations: Mapping[str, str]
) -> Wording:
    """What the symbolic Writer says of a tree with a record's seed, style and preset; `labels` names the entities."""
    style, most = GRAMMAR[provenance["settings"]["style"]], MOST_WORDS[provenance["preset"]["name"]]
    return render(tree, labels, relations, provenance["wording_seed"], style, most)


def worded(record: TaskRecord, tree: ResearchTree, said: Wording, named: Mapping[str, str], source: str) -> list[str]:
    """Where the record's words are not those that the Writer gives its tree; `named` labels the variables."""
    questions = {s.vertex: s.question for s in said.steps} | {tree.root: said.question}
    found = compare("question", record.question, said.question, source)
    found += compare("steps", list(record.steps), [s.model_dump(mode="json") for s in said.steps], source)
    found += compare("ladder", list(record.ladder), [r.model_dump(mode="json") for r in said.ladder], source)
    found += compare("root", record.root, nested(tree, tree.root, named, questions, said.claims), source)
    for c in record.constraints:
        found += compare(f"constraints.{c['id']}.claim", c["claim"], said.claims[c["id"]], source)
        found += compare(f"constraints.{c['id']}.surface", c["surface"], said.surfaces[c["id"]], source)
    return found


def _labels(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if node.get("entity") is not None:
        yield str(node["id"]), str(node["entity"])
    for child in node["children"]:
        yield from _labels(child)


def _words(record: TaskRecord, tree: ResearchTree, labels: Mapping[str, str]) -> list[str]:
    """The words anew, unless that takes another phrase book or relations' labels, which only the world has."""
    book = record.provenance["prompts"]["phrases"]
    if book != digest():
        return [f"provenance.prompts.phrases: {book!r} is another phrase book, so that the words were not checked"]
    if not is_symbolic(record):
        return ["question: worded by a model, and what it is checked by only the world has; the words were not checked"]
    entities = {e: labels[v] for v, e in tree.entities.items()}
    used = {c.relation for c in tree.constraints if not isinstance(c, TypeConstraint)}
    said, other = (
        said_again(record.provenance, tree, entities, dict.fromkeys(used, label)) for label in ("one", "another")
    )
    if said != other:
        return ["question: worded with relations' labels that only the world has; the words were not checked"]
    return worded(record, tree, said, labels, "its tree gives")


def _leaks(record: TaskRecord, tree: ResearchTree, labels: Mapping[str, str]) -> list[str]:
    hidden = {**{v: (label,) for v, label in labels.items()}, tree.root: (record.answer, *record.answer_aliases)}
    return [
        f"question: {name!r}, a name of {vertex}, stands in it"
        for vertex, names in hidden.items()
        for name in occurring(dict.fromkeys(names), record.question)
    ]


def _counts(record: TaskRecord, tree: ResearchTree, certificate: Certificate) -> list[str]:
    """The certificate against the candidates of each constraint, which it holds again."""
    least = {c["id"]: c["candidates"] for c in record.constraints}
    sizes = [n if isinstance(n, int) else n["low"] for n in (least[c.id] for c in tree.clues)]
    found = compare("certificate.selectivity", low(certificate.selectivity), min(sizes, default=0), "its clues give")
    edges = {v: n if isinstance(n, int) else n.model_dump() for v, n in certificate.edges.items()}
    found += compare("certificate.edges", edges, {child_of(e): least[e.id] for e in tree.edges}, "its constraints give")
    clues = {c.id for c in tree.clues}
    for field in ("necessary", "necessary_locally"):
        found += compare(f"certificate.{field}", set(getattr(certificate, field)), clues, "its clues are")
    return found + compare("certificate.hierarchy", set(certificate.hierarchy), set(tree.inner), "its variables are")


def _quotes(record: TaskRecord) -> list[str]:
    """The length of each quote, and whether all quotes of a page speak of the same page."""
    pages: dict[str, tuple[str, str, str]] = {}
    found: list[str] = []
    for field, said in quoted(record):
        if said.end - said.start != len(said.quote):
            found.append(
                f"{field}.evidence.quote: {len(said.quote)} code points, not the {said.end - said.start} of its place"
            )
        about = (said.title, said.url, said.page_sha256)
        if pages.setdefault(said.page, about) != about:
            found.append(f"{field}.evidence: not the {said.page!r} of an earlier quote")
    return found


def quoted(record: TaskRecord) -> Iterable[tuple[str, Evidence]]:
    """Every quote with the field that it stands in."""
    clues = ((f"constraints.{c['id']}", c["evidence"]) for c in record.constraints)
    rivals = ((f"certificate.rivals.{r['entity']}", r["evidence"]) for r in record.certificate["rivals"])
    return ((field, Evidence.model_validate(e)) for field, said in chain(clues, rivals) for e in said)
