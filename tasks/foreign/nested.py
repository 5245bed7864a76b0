"""The nested research trees of InfoSeek (arXiv 2509.00375): `{"root": {"id", "entity", "claims", "children"}}`.

A child without claims and children is a constant if it has an entity, else it only holds the place of a claim that
speaks of its parent alone. The published examples write a missing entity as the text "None"; a `root` that is itself
JSON text is read too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.foreign.draft import LONGEST, Claim, Draft, Left, Vertex, short

Node = Mapping[str, Any]
_NOBODY = frozenset(("", "none", "null", "n/a", "unknown"))


def read_nested(item: Node, where: str) -> Draft:
    """The draft of one object; what is wrong inside the tree becomes a finding. Raises `ValueError` without a tree."""
    root = _unwrapped(item.get("root", item), where)
    nodes = _Nodes(root)
    claims, left = _claims(nodes)
    name = f"{where}, {short(str(item['id']), 40)}" if "root" in item and "id" in item else where
    return Draft(
        name=name,
        form="research tree",
        question=_text(root.get("question")) or _text(item.get("question")),
        answer=_name(root) or _text(item.get("answer")),
        root=nodes.root,
        vertices=tuple(Vertex(id=v, name=_name(nodes.found[v])) for v in nodes.variables),
        claims=tuple(claims),
        left=(*nodes.left, *left),
    )


def _unwrapped(root: object, where: str) -> Node:
    if isinstance(root, str):
        try:
            root = json.loads(root)
        except (ValueError, RecursionError):
            raise ValueError(f"{where}: 'root' is text that holds no JSON") from None
        if isinstance(root, Mapping) and isinstance(root.get("root"), Mapping):
            root = root["root"]
    if not isinstance(root, Mapping) or not (_list(root, "claims") or _list(root, "children")):
        raise ValueError(f"{where}: 'root' is no tree; expected id, entity, claims and children")
    return root


class _Nodes:
    """The nodes of a tree by id, parents first; one whose id is missing or taken is named and left out."""

    def __init__(self, root: Node) -> None:
        self.found: dict[str, Node] = {}
        self.parent: dict[str, str] = {}
        self.left: list[Left] = []
        self.root = _id(root) or "A"
        todo: list[tuple[object, str | None]] = [(root, None)]
        while todo:
            node, parent = todo.pop()
            identifier = self._take(node, parent)
            if identifier is not None:
                assert isinstance(node, Mapping)
                todo += [(child, identifier) for child in reversed(_list(node, "children"))]

    def _take(self, node: object, parent: str | None) -> str | None:
        if not isinstance(node, Mapping):
            self.left.append(Left(part=f"a child of {parent}", what=short(repr(node), 40), why="is no JSON object"))
            return None
        identifier = self.root if parent is None else _id(node)
        if not identifier:
            what = short(_name(node) or "", 40)
            self.left.append(Left(part=f"a child of {parent}", what=what, why="has no id"))
            return None
        if identifier in self.found:
            what = short(_name(node) or "", 40)
            why = f"below {parent}, the id stands for another node already; it is left out with all below it"
            self.left.append(Left(part=identifier, what=what, why=why))
            return None
        self.found[identifier] = node
        if parent is not None:
            self.parent[identifier] = parent
        return identifier

    @property
    def variables(self) -> list[str]:
        """Those that have claims or children of their own, and the root."""
        return [
            v for v, node in self.found.items() if v == self.root or _list(node, "claims") or _list(node, "children")
        ]


def _claims(nodes: _Nodes) -> tuple[list[Claim], list[Left]]:
    claims: list[Claim] = []
    left: list[Left] = []
    variables = set(nodes.variables)
    tied: set[str] = set()
    for vertex in nodes.variables:
        for said in _list(nodes.found[vertex], "claims"):
            number = f"c{len(claims) + len(left) + 1}"
            text = _text(said.get("claim")) if isinstance(said, Mapping) else ""
            target = _text(said.get("target_id")) if isinstance(said, Mapping) else ""
            why = _unusable(text, target, nodes)
            if why:
                left.append(Left(part=number, what=short(text), why=why))
            else:
                tied.add(target)
                claims.append(_claim(number, vertex, text, target, nodes, variables))
    loose = [v for v in nodes.found if v != nodes.root and v not in tied]
    left += [Left(part=v, what=_name(nodes.found[v]) or "", why="no claim leads to it") for v in loose]
    return claims, left


def _unusable(text: str, target: str, nodes: _Nodes) -> str:
    if not text:
        return "has no words under 'claim'"
    if len(text) > LONGEST:
        return f"is {len(text):,} characters long; no claim is"
    return f"leads to {short(target, 40)!r}, which is no node" if target and target not in nodes.found else ""


def _claim(number: str, vertex: str, text: str, target: str, nodes: _Nodes, variables: set[str]) -> Claim:
    far = nodes.found.get(target, {})
    own = [vertex, _name(nodes.found[vertex]) or ""]
    name = _name(far)
    before, after, turned = _around(text, own, [target, name or ""])
    is_variable = target in variables and target != vertex
    return Claim(
        id=number,
        vertex=vertex,
        text=text,
        before=before,
        after=after,
        turned=turned,
        target=target if is_variable else None,
        constant=None if is_variable else name,
    )


def _around(text: str, own: Sequence[str], far: Sequence[str]) -> tuple[str, str, bool]:
    """The words before and after the far end, and whether it comes first and so is what they are told of."""
    text = text.strip().rstrip(".")
    mine = _mention(text, own)
    other = _mention(text, far, mine)
    if mine is None:
        return (_said(text), "", False) if other is None else (_said(text[: other[0]]), _said(text[other[1] :]), False)
    if other is None:
        return _said(f"{text[: mine[0]]} {text[mine[1] :]}"), "", False
    first, second = sorted((mine, other))
    lead = re.sub(r"\bof\s*$", "", text[: first[0]])  # "the teacher of A was B" is "A's teacher was B"
    before = f"{lead} {text[first[1] : second[0]]}"
    return _said(before), _said(text[second[1] :]), other < mine


def _mention(text: str, names: Sequence[str], but: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """Where one of the names first stands as a word of its own, outside `but`."""
    for name in filter(None, names):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if but is None or match.end() <= but[0] or match.start() >= but[1]:
                return match.span()
    return None


def _said(words: str) -> str:
    return re.sub(r"^\s*['’]s\b", "", words).strip(" ,;")


def _id(node: Node) -> str:
    found = node.get("id")
    return str(found).strip() if isinstance(found, str | int) and len(str(found)) <= 100 else ""


def _name(node: Node) -> str | None:
    name = _text(node.get("entity"))
    return None if name.casefold() in _NOBODY or len(name) > LONGEST else name


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _list(node: Node, key: str) -> Sequence[Any]:
    found = node.get(key)
    return found if isinstance(found, list) else []
