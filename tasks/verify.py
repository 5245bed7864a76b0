"""Rechecking a record: every certificate field, every quote, every count, the id and the question's leaks."""

from collections.abc import Mapping

from hcsp.certificate import Certificate, certify
from hcsp.constraints import constant_of
from hcsp.names import key
from hcsp.preset import PRESETS
from hcsp.tree import ResearchTree
from prompts.phrases import digest
from roles.drafts import Draft, Said
from roles.leakage import names_of
from roles.lengths import MOST_WORDS
from roles.sheets import sheet_of
from roles.writer import Wording
from tasks.assemble import candidate_counts
from tasks.audit import Audit, audit
from tasks.evidence import is_told
from tasks.needs import Grounds, Needs
from tasks.queries import retrieve
from tasks.record import TaskRecord, certificate_of, identify, tree_of
from tasks.trying import tried_before
from tasks.unaided import (
    NEEDS_THE_WORLD,
    compare,
    disagreements,
    is_symbolic,
    preset_of,
    quoted,
    said_again,
    thresholds,
    worded,
)
from worlds.model import Evidence, Fact
from worlds.world import World

Place = tuple[str, int, int]


async def differences(record: TaskRecord, world: World) -> list[str]:
    """What does not hold, one line a finding, the field first; empty when all of it holds.

    In another version of the world than the record's, only what `unaided` checks, and that it is another.
    """
    made_in = record.provenance["world"]
    if made_in["sha256"] != world.sha256:
        stale = f"the record was made in {made_in['name']} {made_in['version']}, this is {world.name} {world.version}"
        return unaided(record, stale)
    tree, found, unknown = tree_of(record), list[str](), list[str]()
    for name in ("name", "version"):
        found += compare(f"provenance.world.{name}", made_in[name], getattr(world, name))
    for part in (_numbers, _names, _words, _quotes):
        try:
            found += await part(record, tree, world)
        except KeyError as error:
            unknown.append(f"cannot be checked: {error.args[0]}")
    return found + ([*dict.fromkeys(unknown), *disagreements(record)] if unknown else [])


def unaided(record: TaskRecord, why: str) -> list[str]:
    """What can be said of a record whose world is not at hand, and `why` it is not; never empty."""
    return [f"provenance.world: {why}; not checked: {NEEDS_THE_WORLD}", *disagreements(record)]


async def _numbers(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    """The id and every count, certificate field and audit field, and the preset by what they really are."""
    source, claimed = await world.frame(tree), certificate_of(record)
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    retrieved = await retrieve(world, tree, record.question, surfaces) if _retrieves(record) else None
    counts = candidate_counts(tree, source)
    computed = certify(tree, source, retrieved)
    searching, symbolic = _retrieves(record), is_symbolic(record)
    fresh = await audit(
        world, tree, record.question, surfaces, preset_of(record).name, symbolic=symbolic, searching=searching
    )
    attacked = await tried_before(fresh, Audit.model_validate(record.audit), world, tree)
    found = compare("id", record.id, identify(world.version, tree)) + _missing(record)
    for name, (said, real) in claimed.differences(computed).items():
        found += compare(f"certificate.{name}", said, real)
    for name, (said, real) in Audit.model_validate(record.audit).differences(attacked).items():
        found += compare(f"audit.{name}", said, real)
    for c in record.constraints:
        found += compare(f"constraints.{c['id']}.candidates", c["candidates"], counts[c["id"]])
    return found + thresholds(record, computed, attacked, tree)


def _missing(record: TaskRecord) -> list[str]:
    """Fields that a record has to have: what is left out would pass as if nothing had been found."""
    found = [f"certificate.{field}: missing" for field in Certificate.model_fields if field not in record.certificate]
    return found + [f"audit.{field}: missing" for field in Audit.model_fields if field not in record.audit]


def _retrieves(record: TaskRecord) -> bool:
    """Whether the record's settings ask for the way to the evidence."""
    return record.provenance["settings"]["retrieval"] or "search_floor" in PRESETS[preset_of(record).name].defined_by


async def _names(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    root = await world.entity(tree.entities[tree.root])
    found = compare("answer", record.answer, root.label)
    found += compare("answer_aliases", list(record.answer_aliases), list(root.aliases))
    found += compare("answer_type", record.answer_type, tree.noun(tree.root).type)
    for c in tree.clues:
        if (constant := constant_of(c)) is not None:
            known = await world.entity(constant.entity)
            if key(constant.label) not in map(key, names_of(known)):
                found += compare(f"constraints.{c.id}.label", constant.label, known.label)
    for rival in record.certificate["rivals"]:
        label = (await world.entity(rival["entity"])).label
        found += compare(f"certificate.rivals.{rival['entity']}.label", rival["label"], label)
    return found


async def _words(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    """What the Writer says of the tree with the record's seed, against what the record says."""
    labels = {e: (await world.entity(e)).label for e in tree.entities.values()}
    relations = {r.id: r.label for r in (await world.relations()).values()}
    if is_symbolic(record):
        said, found = said_again(record.provenance, tree, labels, relations), list[str]()
    else:
        said, found = await _free(record, tree, world, labels, relations)
    found += compare("provenance.prompts.phrases", record.provenance["prompts"]["phrases"], digest(), "this one is")
    return found + worded(record, tree, said, {v: labels[e] for v, e in tree.entities.items()}, "the Writer says")


async def _free(
    record: TaskRecord, tree: ResearchTree, world: World, labels: Mapping[str, str], relations: Mapping[str, str]
) -> tuple[Wording, list[str]]:
    """A model's wording cannot be made again, but every check that it passed can; all besides it is the grammar's."""
    manner, most = record.provenance["settings"]["style"], MOST_WORDS[preset_of(record).name]
    sheet = await sheet_of(tree, labels, world, relations, record.provenance["wording_seed"], manner, most)
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    spans = tuple(Said(entry=n, span=surfaces[e.constraint.id]) for n, e in enumerate(sheet.entries, start=1))
    draft = Draft(question=record.question, spans=spans)
    if why := sheet.refusal(draft):
        return sheet.wording, [f"question: no wording of the tree: {why}"]
    return sheet.worded(draft), []


async def _quotes(record: TaskRecord, tree: ResearchTree, world: World) -> list[str]:
    """Each quote against its page, and whether the quotes of a constraint and of a rival state what they should."""
    found = [line for field, said in quoted(record) for line in await _quote(field, said, world)]
    places: dict[str, set[Place]] = {}
    for field, said in quoted(record):
        places.setdefault(field, set()).add((said.page, said.start, said.end))
    grounds = Grounds(world)
    for c in tree.constraints:
        needs, field = await grounds.needs(c, tree.entities), f"constraints.{c.id}"
        if c in (*tree.clues, *tree.edges) and not needs:
            found.append(f"{field}.evidence: nothing in the world bears it out")
        found += await _states(field, places.get(field, set()), needs, world)
    for rival in record.certificate["rivals"]:
        met = [c for c in tree.constraints if c.id not in rival["fails"]]
        needed = [need for c in met for need in await grounds.needs(c, rival["witness"])]
        all_needs = [need for need in needed if await is_told(world, need)]
        field = f"certificate.rivals.{rival['entity']}"
        found += await _states(field, places.get(field, set()), tuple(all_needs), world)
    return found


async def _quote(field: str, said: Evidence, world: World) -> list[str]:
    try:
        stands = await world.quote(said.page, said.start, said.end)
    except KeyError as error:
        return [f"{field}.evidence: {error.args[0]}"]
    wrong = [name for name in Evidence.model_fields if getattr(said, name) != getattr(stands, name)]
    return [f"{field}.evidence.{name}: {getattr(said, name)!r}, not {getattr(stands, name)!r}" for name in wrong]


async def _states(field: str, quotes: set[Place], needs: Needs, world: World) -> list[str]:
    """The needs that no quote states, and the quotes that state none."""
    found: list[str] = []
    useful: set[Place] = set()
    for need in needs:
        ways = [await _stating(fact, world) for fact in need]
        useful.update(*(places for way in ways for places in way))
        if not any(all(places & quotes for places in way) for way in ways):
            found.append(f"{field}.evidence: no quote states {tuple(need[0])}")
    idle = sorted(quotes - useful)
    return found + [f"{field}.evidence: {page!r} {start} to {end} states nothing of it" for page, start, end in idle]


async def _stating(fact: Fact, world: World) -> list[set[Place]]:
    """Per step that a fact follows from, where it is stated; nowhere when it follows from nothing that is."""
    try:
        steps = await world.steps(fact)
    except KeyError:
        return [set()]
    return [{(s.page, s.start, s.end) for s in await world.stated(step)} for step in steps]
