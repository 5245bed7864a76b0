"""Rechecking a record: every certificate field, every quote, every count, the id and the question's leaks."""

from typing import Any

from hcsp.certificate import Certificate, certify
from hcsp.preset import PRESETS, Preset
from hcsp.tree import ResearchTree
from roles.symbolic_writer import render
from tasks.assemble import candidate_counts
from tasks.audit import Audit, audit
from tasks.judging import judge
from tasks.queries import retrieve
from tasks.record import TaskRecord, certificate_of, identify, nested, tree_of
from worlds.model import Evidence
from worlds.world import World


async def differences(record: TaskRecord, world: World) -> list[str]:
    """What does not hold, one line a finding, the field first; empty when all of it holds."""
    made_in = record.provenance["world"]
    if made_in["sha256"] != world.sha256:
        stale = f"the record was made in {made_in['name']} {made_in['version']}, this is {world.name} {world.version}"
        return [f"provenance.world: {stale}; nothing else was checked"]
    tree = tree_of(record)
    try:
        source = await world.frame(tree)
        found = _compare("id", record.id, identify(world.version, tree))
        counts = candidate_counts(tree, source)
        claimed = certificate_of(record)
        surfaces = {c["id"]: c["surface"] for c in record.constraints}
        retrieved = None if claimed.not_checked else await retrieve(world, tree, record.question, surfaces)
        computed = certify(tree, source, retrieved)
        attacked = await audit(world, tree, record.question, surfaces, _preset(record).name)
    except KeyError as error:
        return [f"constraints: {error.args[0]}"]
    for name, (said, real) in claimed.differences(computed).items():
        found += _compare(f"certificate.{name}", said, real)
    for name, (said, real) in Audit.model_validate(record.audit).differences(attacked).items():
        found += _compare(f"audit.{name}", said, real)
    found += _judged(record, computed, attacked, tree)
    for c in record.constraints:
        found += _compare(f"constraints.{c['id']}.candidates", c["candidates"], counts[c["id"]])
    found += await _answer(record, tree, world)
    found += await _words(record, tree, world)
    return found + await _quotes(record, tree, world)


def _judged(record: TaskRecord, computed: Certificate, attacked: Audit, tree: ResearchTree) -> list[str]:
    """What keeps the record from the preset that it names, and what it has changed of that preset."""
    named, sizes = _preset(record), {"levels", "variables"}  # these follow --levels and --vertices
    shipped = PRESETS[named.name].model_dump(exclude=sizes)
    found: list[str] = []
    for field, said in named.model_dump(exclude=sizes).items():
        found += _compare(f"provenance.preset.{field}", said, shipped[field])
    missed, findings = judge(computed, attacked, named, tree, record.provenance["settings"]["max_popularity"])
    return found + [f"preset {named.name}: {reason}" for reason in (*missed, *findings)]


def _preset(record: TaskRecord) -> Preset:
    return Preset.model_validate(record.provenance["preset"])


def _compare(field: str, said: Any, computed: Any) -> list[str]:
    return [] if said == computed else [f"{field}: the record says {said!r}, the world says {computed!r}"]


async def _answer(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    root = await world.entity(tree.entities[tree.root])
    found = _compare("answer", record.answer, root.label)
    found += _compare("answer_aliases", list(record.answer_aliases), list(root.aliases))
    found += _compare("answer_type", record.answer_type, tree.noun(tree.root).type)
    return found


async def _words(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    """What a symbolic Writer says of the tree with the record's seed, against what the record says."""
    labels = {e: (await world.entity(e)).label for e in tree.entities.values()}
    named = {v: labels[e] for v, e in tree.entities.items()}
    relations = {r.id: r.label for r in (await world.relations()).values()}
    said = render(tree, labels, relations, record.provenance["wording_seed"])
    questions = {s.vertex: s.question for s in said.steps} | {tree.root: said.question}
    found = _compare("question", record.question, said.question)
    found += _compare("steps", list(record.steps), [s.model_dump(mode="json") for s in said.steps])
    found += _compare("ladder", list(record.ladder), [r.model_dump(mode="json") for r in said.ladder])
    found += _compare("root", record.root, nested(tree, tree.root, named, questions, said.claims))
    for c in record.constraints:
        found += _compare(f"constraints.{c['id']}.claim", c["claim"], said.claims[c["id"]])
        found += _compare(f"constraints.{c['id']}.surface", c["surface"], said.surfaces[c["id"]])
    for rival in record.certificate["rivals"]:
        label = (await world.entity(rival["entity"])).label
        found += _compare(f"certificate.rivals.{rival['entity']}.label", rival["label"], label)
    return found


async def _quotes(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    nouns = {tree.noun(v.id).id for v in tree.variables}
    bare = [c["id"] for c in record.constraints if c["id"] not in nouns and not c["evidence"]]
    found = [f"constraints.{c}.evidence: no quote" for c in bare]
    places = [(f"constraints.{c['id']}", e) for c in record.constraints for e in c["evidence"]]
    places += [(f"certificate.rivals.{r['entity']}", e) for r in record.certificate["rivals"] for e in r["evidence"]]
    for field, said in places:
        found += await _quote(field, Evidence.model_validate(said), world)
    return found


async def _quote(field: str, said: Evidence, world: World) -> list[str]:
    try:
        stands = await world.quote(said.page, said.start, said.end)
    except KeyError as error:
        return [f"{field}.evidence: {error.args[0]}"]
    wrong = [name for name in Evidence.model_fields if getattr(said, name) != getattr(stands, name)]
    return [f"{field}.evidence.{name}: {getattr(said, name)!r}, not {getattr(stands, name)!r}" for name in wrong]
