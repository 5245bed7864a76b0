"""Which facts a page tells together, in which order and in which words: the clauses of the TOML files, parsed."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from worlds.atlas.names import book


class Clause(NamedTuple):
    """Wordings for the facts of some relations, `-P19` being `P19` told from the object's side.

    `kind` is a type that the other ends must have, `of` one of the page's entity; the relations of `same`
    hold of the same other ends. `more` words what is too long for one sentence.
    """

    tells: tuple[str, ...]
    says: tuple[str, ...]
    more: tuple[str, ...]
    kind: str
    of: str
    unless: str
    same: tuple[str, ...]


class Plan(NamedTuple):
    """What a page consists of, for one kind of entity: `noun` and the `short` forms that replace its name."""

    noun: str
    short: str
    heads: tuple[str, ...]
    aside: tuple[Clause, ...]
    open: tuple[Clause, ...]
    blocks: tuple[tuple[Clause, ...], ...]


@cache
def plan_of(types: tuple[str, ...]) -> Plan:
    """The plan for an entity of these types; raises `KeyError` when none of them has one."""
    kinds: Mapping[str, Any] = _pages()["kind"]
    noun = next((kind for kind in kinds if kind in types), None)
    if noun is None:
        raise KeyError(f"no plan of pages.toml fits an entity of types {types!r}; add a [kind] for one of them")
    kind, plan = kinds[noun], _pages()["plan"][kinds[noun]["plan"]]
    blocks = tuple(_block(name) for name in (*plan["blocks"], "general"))
    short, heads = kind.get("short", ""), tuple(kind.get("heads", ()))
    return Plan(noun, short, heads, _clauses(plan.get("aside", ())), _clauses(plan["open"]), blocks)


@cache
def agreement(of: str) -> Mapping[str, Sequence[str]]:
    """The words, one and many, that agree with the `page`'s entity or with the `list` of names."""
    words: Mapping[str, Sequence[str]] = _pages()["agree"][of]
    return words


@cache
def _pages() -> Mapping[str, Any]:
    return book("pages.toml")


@cache
def _sentences() -> Mapping[str, Any]:
    blocks: Mapping[str, Any] = book("sentences.toml")["block"]
    return blocks


@cache
def _block(name: str) -> tuple[Clause, ...]:
    return _clauses(_sentences()[name])


def _clauses(rows: Sequence[Mapping[str, Any]]) -> tuple[Clause, ...]:
    return tuple(_clause(row) for row in rows)


def _clause(row: Mapping[str, Any]) -> Clause:
    texts = {name: row.get(name, "") for name in ("kind", "of", "unless")}
    tells, same = tuple(row["tells"].split()), row.get("same", "")
    shared = tells if same == "all" else tuple(same.split())
    return Clause(tells, tuple(row["says"]), tuple(row.get("more", ())), same=shared, **texts)
