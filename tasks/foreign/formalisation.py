"""The formalisations of WebShaper (arXiv 2507.15061): triples over variables `V@…` and constants `C@…`.

`?` stands for what is asked. Several relations of one subject may share a triple, joined by ` & ` on both sides.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from hcsp.names import key
from tasks.foreign.draft import LONGEST, Claim, Draft, Left, Vertex, short

ASKED = "?"
_NAMING = frozenset(("has name", "name", "has title", "title", "is", "is named", "is called", "has label", "label"))
_VARIABLE = re.compile(r"V@\s*(\w[\w .'-]*)", re.ASCII)


class _Term(NamedTuple):
    """An end of a triple: a variable by its name, or a constant."""

    variable: str | None
    constant: str


class _Triple(NamedTuple):
    subject: _Term
    words: str
    object: _Term

    @property
    def text(self) -> str:
        return " ".join(t.variable or t.constant if isinstance(t, _Term) else t for t in self)

    @property
    def variables(self) -> list[str]:
        return [t.variable for t in (self.subject, self.object) if t.variable is not None]


def read_formalisation(item: Mapping[str, Any], where: str) -> Draft:
    """The draft of one object; malformed triples become findings. Raises `ValueError` when there is no list of them."""
    rows = item.get("formalization", item.get("formalisation"))
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{where}: 'formalization' is no list of triples")
    triples, left = _triples(rows)
    answer = str(item.get("answer") or "")[:LONGEST]
    root, asks, kept = _asked(triples, answer)
    claims, idle = _claims(kept)
    named = dict.fromkeys(v for triple in kept.values() for v in triple.variables)
    vertices = [
        Vertex(id=v, name=answer or None if v == root and not asks else None) for v in named | {root: None} if v
    ]
    if root is None:
        left.append(Left(part="?", what="", why="no triple says what is asked for"))
    return Draft(
        name=f"{where}, {short(str(item['id']), 40)}" if "id" in item else where,
        form="formalisation",
        question=str(item.get("question") or ""),
        answer=answer,
        root=root,
        vertices=tuple(vertices),
        claims=tuple(claims),
        asks=asks,
        left=tuple(left),
        idle=tuple(idle),
    )


def _triples(rows: Sequence[object]) -> tuple[dict[str, _Triple], list[Left]]:
    """The triples by the id of their claim."""
    found: dict[str, _Triple] = {}
    left: list[Left] = []
    for row in rows:
        for triple in _split(row):
            number = f"c{len(found) + len(left) + 1}"
            if isinstance(triple, str):
                left.append(Left(part=number, what=short(repr(row)), why=triple))
            else:
                found[number] = triple
    return found, left


def _split(row: object) -> Iterator[_Triple | str]:
    """The triples that a row stands for, or why it stands for none."""
    if not isinstance(row, list) or not all(isinstance(part, str) for part in row):
        yield "is no list of texts"
    elif len(row) != 3:
        yield f"has {len(row)} parts; expected subject, relation, object"
    elif any(len(part) > LONGEST for part in row):
        yield "is too long to be a triple"
    else:
        words, objects = row[1].split(" & "), row[2].split(" & ")
        if len(words) != len(objects):
            words, objects = [row[1]], [row[2]]
        for relation, far in zip(words, objects, strict=True):
            yield _Triple(_term(row[0]), _plain(relation), _term(far))


def _term(text: str) -> _Term:
    text = text.strip()
    if text.startswith(ASKED):
        return _Term(text, "")
    if match := _VARIABLE.fullmatch(text):
        return _Term(match[1].strip(), "")
    return _Term(None, _plain(text.removeprefix("C@")))


def _plain(text: str) -> str:
    """Words as they are read: `has_Name` and `%20` are ways to write spaces."""
    return " ".join(unquote(text).replace("_", " ").split())


def _asked(triples: Mapping[str, _Triple], answer: str) -> tuple[str | None, str, dict[str, _Triple]]:
    """The root, what is asked of it where that is no entity, and the triples that are claims."""
    asking = [t for t in triples.values() if any(v.startswith(ASKED) for v in t.variables)]
    others = {n: t for n, t in triples.items() if t not in asking}
    for triple in asking:
        near = next((v for v in triple.variables if not v.startswith(ASKED)), None)
        if near is not None and key(triple.words) in _NAMING:
            return near, "", others
        if near is not None and len(asking) == 1 and _is_value(answer):
            return near, triple.words, others
    if asking:
        return next(v for v in asking[0].variables if v.startswith(ASKED)), "", dict(triples)
    return next((v for t in triples.values() for v in t.variables if v == "X"), None), "", others


def _is_value(answer: str) -> bool:
    """Whether an answer is a number, a date or a measure and no name: none begins like a name."""
    return bool(re.match(r"\s*[-+$€£~]?\d", answer)) or not answer


def _claims(triples: Mapping[str, _Triple]) -> tuple[list[Claim], list[Left]]:
    claims: list[Claim] = []
    idle: list[Left] = []
    for number, (subject, words, far) in triples.items():
        text = triples[number].text
        if subject.variable is None and far.variable is None:
            idle.append(Left(part=number, what=short(text), why="speaks of constants alone"))
        elif subject.variable is None:
            claims.append(_claim(number, str(far.variable), text, words, constant=subject.constant, turned=True))
        elif far.variable is None:
            claims.append(_claim(number, subject.variable, text, words, constant=far.constant))
        else:
            claims.append(_claim(number, subject.variable, text, words, target=far.variable))
    return claims, idle


def _claim(number: str, vertex: str, text: str, words: str, **far: Any) -> Claim:
    return Claim(id=number, vertex=vertex, text=text, before=words, **far)
