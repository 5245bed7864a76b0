"""What a world is made of: entities, facts, relations and pages. Ids are strings everywhere."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

from hcsp.frozen import Frozen

Kind = Literal["entity", "time", "quantity", "string"]


class Fact(NamedTuple):
    """One statement `(subject, relation, object)`.

    `object` is an entity id, or for the literal kinds the literal as exported: a time is ISO 8601 cut to its
    precision (`1885`, `1885-10`, `1885-10-07`), a quantity is a decimal number, then optionally a space and a unit.
    """

    subject: str
    relation: str
    object: str
    kind: Kind = "entity"


class Entity(Frozen):
    """A member of the world. `types` holds all of its types, broader ones included."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


class Relation(Frozen):
    """A relation and its flags (design 1.2); `inverse_of` is another relation's id."""

    id: str
    label: str
    kind: Kind = "entity"
    symmetric: bool = False
    inverse_of: str | None = None
    transitive: bool = False
    functional: bool = False
    complete: bool = False
    time_varying: bool = False


class Page(Frozen):
    """A page of text. `links` are entity ids in order of appearance."""

    id: str
    title: str
    url: str
    text: str
    links: tuple[str, ...] = ()


class Evidence(Frozen):
    """A verbatim quote: `text[start:end]` of the page, counted in code points."""

    page: str
    title: str
    url: str
    start: int
    end: int
    quote: str
    page_sha256: str


class Statement(NamedTuple):
    """A fact as it stands on a page: the sentence that says it is `text[start:end]`."""

    fact: Fact
    page: str
    start: int
    end: int


class Hit(NamedTuple):
    """One search result: a page and its BM25 score."""

    page: str
    score: float


class WorldInput(Protocol):
    """All that a builder needs, each gone through once: entities, facts before closure, and the relations they use."""

    @property
    def name(self) -> str: ...
    @property
    def entities(self) -> Iterable[Entity]: ...
    @property
    def facts(self) -> Iterable[Fact]: ...
    @property
    def relations(self) -> Iterable[Relation]: ...


class WorldData(NamedTuple):
    """A `WorldInput` in memory."""

    name: str
    entities: Sequence[Entity]
    facts: Sequence[Fact]
    relations: Sequence[Relation]


class Rendered(NamedTuple):
    """A page and all that it states."""

    page: Page
    statements: tuple[Statement, ...]
