"""Records changed by hand, a function a kind: nothing else is made to fit, and verifying names the fields.

Each changes a row and returns how the findings have to begin, or `None` where this record has no place for it.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from planted_clues import NEW
from planted_world import Case, Row

Tamper = Callable[[Row, Case, Random], tuple[str, ...] | None]
Path = tuple[str | int, ...]


def second_answer(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A clue is gone."""
    gone = rng.choice(case.tree.clues).id
    row["constraints"] = [c for c in row["constraints"] if c["id"] != gone]
    return ("id: ", "root: ", "certificate.unique: ", "certificate.necessary: ")


def _another(row: Row, case: Case, rng: Random, **changes: Any) -> tuple[str, ...]:
    """A clue stands twice, the second time changed."""
    old = rng.choice(case.tree.clues).id
    copied = deepcopy(next(c for c in row["constraints"] if c["id"] == old))
    row["constraints"].append({**copied, "id": NEW, **changes})
    return ("id: ", "root: ", "certificate.necessary: ")


def redundant_clue(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A clue stands twice."""
    return (*_another(row, case, rng), "certificate.necessary_locally: ", f"preset medium: necessary at {NEW}: ")


def telling_clue(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A clue stands twice, said to leave one candidate."""
    return (*_another(row, case, rng, candidates=1), f"constraints.{NEW}.candidates: ")


def rare_noun(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A variable is called by a type of nobody."""
    vertex = rng.choice(list(case.tree.entities))
    noun = next(c for c in row["constraints"] if (c["kind"], c["vertex"]) == ("type", vertex))
    noun["type"] = "keeper of nothing"
    return ("id: ", f"constraints.{noun['id']}.candidates: ", "audit.rare_nouns: ")


def inner_name(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """The label of an inner entity is written into the question."""
    step = rng.choice([s for s in row["steps"] if s["vertex"] != case.tree.root])
    return _written(row, rng, step["answer"])


def answers_alias(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A name of the answer is written into the question."""
    return _written(row, rng, rng.choice([row["answer"], *row["answer_aliases"]]))


def _written(row: Row, rng: Random, name: str) -> tuple[str, ...]:
    words = row["question"].split()
    words.insert(rng.randrange(1, len(words)), name)
    row["question"] = " ".join(words)
    return ("question: ", "audit.leaks: ")


def altered_quote(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A quote has a word more."""
    field, said = rng.choice(list(_quotes(row)))
    said["quote"] += " indeed"
    return (f"{field}.evidence.quote: ",)


def changed_page(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A quote is said to be of another text of its page."""
    field, said = rng.choice(list(_quotes(row)))
    said.update(page_sha256="0" * 64, quote=said["quote"][::-1])
    return (f"{field}.evidence.quote: ", f"{field}.evidence.page_sha256: ")


def wrong_number(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """Any number of certificate, audit, constraints or preset is another one."""
    group = rng.choice([found for found in _numbers(row) if found])
    *path, last = rng.choice(group)
    part: Any = row
    for step in path:
        part = part[step]
    part[last] = (not part[last]) if isinstance(part[last], bool) else part[last] + rng.choice((-1, 1, 7))
    return (_field(row, [*path, last]),)


def dropped_sub_question(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """A sub-question is gone from the steps, the ladder or the tree."""
    part = rng.choice(("steps", "ladder", "root"))
    if part == "root":
        row["root"]["children"] = [c for c in row["root"]["children"] if c["entity"] is None]
        return ("record: Value error, ",)
    del row[part][rng.randrange(len(row[part]))]
    return (f"{part}: ",)


def one_page(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """All quotes are said to stand on one page."""
    chosen = rng.choice([e for c in row["constraints"] for e in c["evidence"]])
    about = {name: chosen[name] for name in ("page", "title", "url", "page_sha256")}
    moved = [(c["id"], e) for c in row["constraints"] for e in c["evidence"] if e["page"] != chosen["page"]]
    for _, said in moved:
        said.update(about)
    return tuple(f"constraints.{c}.evidence.quote: " for c, _ in moved)


def cheaper_route(row: Row, case: Case, rng: Random) -> tuple[str, ...]:
    """The route is shorter than the one there is."""
    certificate = row["certificate"]
    del certificate["route"][rng.randrange(len(certificate["route"]))]
    certificate["search_floor"] = len(certificate["route"])
    return ("certificate.search_floor: ", "certificate.route: ")


def second_reading(row: Row, case: Case, rng: Random) -> tuple[str, ...] | None:
    """A clause loses the word that says whom it is about."""
    ends = [word for word in (" who ", " that ", " whose ", " and ") if word in row["question"]]
    if not ends:
        return None
    row["question"] = row["question"].replace(rng.choice(ends), " ", 1)
    return ("question: ", "audit.")


TAMPERED: dict[str, Tamper] = {
    "a second answer": second_answer,
    "a redundant clue": redundant_clue,
    "a clue that alone gives the answer": telling_clue,
    "a rare noun": rare_noun,
    "an inner name": inner_name,
    "an alias of the answer": answers_alias,
    "an altered quote": altered_quote,
    "a changed page": changed_page,
    "a wrong number": wrong_number,
    "a dropped sub-question": dropped_sub_question,
    "clues moved to one page": one_page,
    "a cheaper route": cheaper_route,
    "a second reading": second_reading,
}


def _quotes(row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every quote with the field that a finding names."""
    yield from ((f"constraints.{c['id']}", e) for c in row["constraints"] for e in c["evidence"])
    yield from ((f"certificate.rivals.{r['entity']}", e) for r in row["certificate"]["rivals"] for e in r["evidence"])


def _numbers(row: Row) -> Iterator[list[Path]]:
    """The ways to all numbers that have to be right, by what they are about."""
    certificate, preset = row["certificate"], row["provenance"]["preset"]
    for name in certificate:
        yield [("certificate", name, *path) for path in _leaves(certificate[name])]
    yield [("certificate", name) for name, value in certificate.items() if isinstance(value, int)]
    yield [("audit", *path) for path in _leaves(row["audit"])]
    yield [("constraints", *path) for path in _leaves(row["constraints"]) if path[-1] == "candidates"]
    yield [("constraints", *path) for path in _leaves(row["constraints"])]
    yield [("provenance", "preset", *path) for path in _leaves(preset)]


def _leaves(part: Any) -> Iterator[Path]:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in items:
        if isinstance(value, int | float):
            yield (name,)
        yield from ((name, *path) for path in _leaves(value))


def _field(row: Row, path: list[str | int]) -> str:
    """How a finding about a number begins: constraints and rivals by their ids, the rest by the field's name."""
    first, second, *rest = path
    if first == "constraints":
        constraint = row["constraints"][second]
        if rest == ["candidates"]:
            return f"constraints.{constraint['id']}.candidates: "
        return f"constraints.{constraint['id']}.evidence" if rest[0] == "evidence" else "id: "
    if (first, second) == ("certificate", "rivals"):
        return f"certificate.rivals.{row['certificate']['rivals'][rest[0]]['entity']}.evidence"
    return f"provenance.preset.{rest[0]}: " if first == "provenance" else f"{first}.{second}: "
