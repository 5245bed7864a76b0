"""What the teacher is told of a task."""

from collections.abc import Iterable, Mapping

from hcsp.certificate import spoken_at
from hcsp.constraints import Constraint, TypeConstraint, constant_of
from hcsp.names import occurring
from hcsp.retrieval import Query
from hcsp.tree import ResearchTree, variables_of
from roles.lesson import Allowed, Clause, Hidden, Lesson, Told
from tasks.queries import language
from tasks.record import TaskRecord, tree_of
from tasks.trajectories.sheet import Sheet, Sought


def lesson_of(record: TaskRecord, sheet: Sheet) -> Lesson:
    """The lesson of a task, accepted or not, from its record and its reward sheet; it needs no world."""
    tree = tree_of(record)
    surfaces = {c["id"]: str(c["surface"]) for c in record.constraints}
    labels = _labels(tree, sheet)
    said = {c.id: c for c in tree.constraints if not isinstance(c, TypeConstraint)}
    claims = {c["id"]: str(c["claim"]) for c in record.constraints}
    clauses = {
        c: Clause(text=surfaces[c], claim=claims[c], vertex=x.vertex, at=spoken_at(tree, x), names=_names(tree, x))
        for c, x in said.items()
    }
    return Lesson(
        question=record.question,
        answer=record.answer,
        clauses=clauses,
        variables={v.vertex: _hidden(tree, v) for v in sheet.variables},
        facts=tuple(Told(clause=s.constraint, pages=frozenset(s.pages)) for s in sheet.stated),
        queries=tuple(_allowed(language(tree, record.question, surfaces, labels), clauses, labels)),
        route=tuple(hop["query"] for hop in record.certificate["route"]),
    )


def _labels(tree: ResearchTree, sheet: Sheet) -> dict[str, str]:
    """What the language calls every entity of the tree, variables first, constants by their ids."""
    hidden = {tree.entities[v.vertex]: v.names[0] for v in sheet.variables}
    constants = {found.entity: found.label for c in tree.clues if (found := constant_of(c))}
    return hidden | dict(sorted(constants.items()))


def _hidden(tree: ResearchTree, sought: Sought) -> Hidden:
    noun, entity = tree.noun(sought.vertex).type, tree.entities[sought.vertex]
    return Hidden(noun=noun, entity=entity, names=sought.names, below=sought.below)


def _names(tree: ResearchTree, constraint: Constraint) -> frozenset[str]:
    return frozenset(tree.entities[v] for v in variables_of(constraint))


def _allowed(queries: Iterable[Query], clauses: Mapping[str, Clause], labels: Mapping[str, str]) -> Iterable[Allowed]:
    """The queries with what they hold: a clause holds its words, and a name is about its entity."""
    entities = {label: entity for entity, label in labels.items()}
    for query in queries:
        held = tuple(c for c, clause in clauses.items() if clause.text in query.text)
        about = tuple(entities[label] for label in occurring(entities, query.text))
        yield Allowed(text=query.text, name=query.name, clauses=held, about=about)
