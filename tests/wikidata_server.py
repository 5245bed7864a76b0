"""A server on loopback that answers as Wikidata, its SPARQL endpoint and Wikipedia do, from facts of one's own.

The facts lie in pyoxigraph; what the MediaWiki calls give comes from the same data. `faults` says what goes wrong with
the next requests, in order.
"""

import gzip
import json
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from hcsp.names import key, words
from worlds.model import Entity, Fact, Page, WorldData
from worlds.wikidata.queries import ENTITY
from worlds.wikidata.settings import WikidataSettings
from worlds.wikidata.shipped import classes

WDT, P = "http://www.wikidata.org/prop/direct/", "http://www.wikidata.org/prop/"
PSV, WB = "http://www.wikidata.org/prop/statement/value/", "http://wikiba.se/ontology#"
LABEL, ALIAS = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#altLabel"
ABOUT, PART_OF = "http://schema.org/about", "http://schema.org/isPartOf"
XSD, TYPE = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SITE = "https://en.wikipedia.org/"
PRECISION = {4: 9, 7: 10, 10: 11}
UNITS = 9_000_000
"""Units get item numbers from here on."""


class Fault(NamedTuple):
    """What goes wrong with one request."""

    kind: Literal["status", "truncated", "slow", "maxlag", "gone", "timeout", "html"]
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.0


LAG = {"error": {"code": "maxlag", "info": "Waiting for a server: 7 seconds lagged", "lag": 7}}
FAILING: dict[str, Callable[[Fault], tuple[int, bytes]]] = {
    "status": lambda fault: (fault.status, b"no"),
    "timeout": lambda _: (500, b"java.util.concurrent.TimeoutException"),
    "html": lambda _: (200, b"<html>maintenance</html>"),
    "maxlag": lambda _: (200, json.dumps(LAG).encode()),
}
"""What a failing request is answered with."""


class Mirror:
    """The data that the server answers from."""

    def __init__(self, data: WorldData, pages: Mapping[str, Page]) -> None:
        self.entities = {e.id: e for e in data.entities}
        self.pages = pages
        self.by_title = {page.title: item for item, page in pages.items()}
        self.facts: dict[str, list[Fact]] = {}
        for fact in data.facts:
            self.facts.setdefault(fact.subject, []).append(fact)
        units = sorted({u for f in data.facts if f.kind == "quantity" and (u := f.object.partition(" ")[2])})
        self.units = {unit: f"Q{UNITS + n}" for n, unit in enumerate(units)}
        self.kinds = {name: item for item, name in classes().items()}
        self._names = sorted((key(n), len(e.label), e.id) for e in data.entities for n in (e.label, *e.aliases))
        self._found: dict[str, set[str]] = {}
        for item, page in pages.items():
            for word in set(words(page.text)):
                self._found.setdefault(word, set()).add(item)
        self.store = ox.Store()
        self.store.bulk_extend(self._quads())

    def types(self, entity: Entity) -> list[str]:
        return [self.kinds[t] for t in entity.types if t in self.kinds]

    def _quads(self) -> Iterator[ox.Quad]:
        for entity in self.entities.values():
            item = _item(entity.id)
            yield _quad(item, LABEL, ox.Literal(entity.label, language="en"))
            for alias in entity.aliases:
                yield _quad(item, ALIAS, ox.Literal(alias, language="en"))
            for kind in self.types(entity):
                yield _quad(item, f"{WDT}P31", _item(kind))
            if entity.id in self.pages:
                article = ox.NamedNode(f"{SITE}wiki/{entity.id}")
                yield _quad(article, ABOUT, item)
                yield _quad(article, PART_OF, ox.NamedNode(SITE))
        number = 0
        for facts in self.facts.values():
            for fact in facts:
                number += 1
                yield from self._fact(fact, number)

    def _fact(self, fact: Fact, number: int) -> Iterator[ox.Quad]:
        subject, direct = _item(fact.subject), f"{WDT}{fact.relation}"
        if fact.kind == "entity":
            yield _quad(subject, direct, _item(fact.object))
            return
        if fact.kind == "string":
            yield _quad(subject, direct, ox.Literal(fact.object))
            return
        statement, value = ox.NamedNode(f"urn:statement:{number}"), ox.NamedNode(f"urn:value:{number}")
        yield _quad(subject, f"{P}{fact.relation}", statement)
        yield _quad(statement, TYPE, ox.NamedNode(f"{WB}BestRank"))
        yield _quad(statement, f"{PSV}{fact.relation}", value)
        if fact.kind == "time":
            yield _quad(value, f"{WB}timeValue", _typed(_rdf_time(fact.object), "dateTime"))
            yield _quad(value, f"{WB}timePrecision", _typed(str(_precision(fact.object)), "integer"))
            return
        amount, _, unit = fact.object.partition(" ")
        yield _quad(value, f"{WB}quantityAmount", _typed(amount, "decimal"))
        yield _quad(value, f"{WB}quantityUnit", _item(self.units[unit] if unit else "Q199"))

    def item(self, identifier: str) -> dict[str, Any]:
        """An item as `wbgetentities` gives it."""
        unit = next((name for name, item in self.units.items() if item == identifier), None)
        if unit is not None:
            return {"id": identifier, "labels": {"en": {"language": "en", "value": unit}}}
        if identifier not in self.entities:
            return {"id": identifier, "missing": ""}
        entity = self.entities[identifier]
        claims: dict[str, list[Any]] = {}
        for kind in self.types(entity):
            claims.setdefault("P31", []).append(_statement({"id": kind}))
        for fact in self.facts.get(identifier, ()):
            claims.setdefault(fact.relation, []).append(_statement(self._value(fact)))
        found: dict[str, Any] = {"id": identifier, "labels": {"en": {"language": "en", "value": entity.label}}}
        found |= {"aliases": {"en": [{"language": "en", "value": a} for a in entity.aliases]}, "claims": claims}
        if identifier in self.pages:
            found["sitelinks"] = {"enwiki": {"site": "enwiki", "title": self.pages[identifier].title}}
        return found

    def _value(self, fact: Fact) -> object:
        if fact.kind == "entity":
            return {"id": fact.object}
        if fact.kind == "string":
            return fact.object
        if fact.kind == "time":
            sign = "" if fact.object.startswith("-") else "+"
            padded = fact.object + "-00" * (11 - _precision(fact.object))
            return {"time": f"{sign}{padded}T00:00:00Z", "precision": _precision(fact.object)}
        amount, _, unit = fact.object.partition(" ")
        return {"amount": amount, "unit": f"{ENTITY}{self.units[unit]}" if unit else "1"}

    def called(self, name: str) -> list[dict[str, str]]:
        """Items whose label or alias begins with the name."""
        begun, found = key(name), set[tuple[int, str]]()
        for called, length, item in self._names[bisect_left(self._names, (begun,)) :]:
            if not called.startswith(begun):
                break
            found.add((length, item))
        return [{"id": item, "label": self.entities[item].label} for _, item in sorted(found)]

    def search(self, query: str) -> list[str]:
        """Items on whose page all words stand, or any where the query says so, those with most of them first."""
        having = [[self._found.get(word, set()) for word in words(part)] for part in query.split(" OR ")]
        score = Counter(item for part in having if part for item in set.intersection(*part))
        return sorted(score, key=lambda item: (-score[item], item))


class Server:
    """Serves a mirror. `asked` holds what was asked for, in order; `faults` what goes wrong with the next requests."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror, self.asked = mirror, list[str]()
        self.faults: list[Fault] = []
        self.always: Fault | None = None
        self.busy = self.busiest = 0
        self.agents: set[str] = set()
        self.lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"owner": self}))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def settings(self, cache: Path, **more: Any) -> WikidataSettings:
        """Settings that ask this server and wait for nothing."""
        api = f"{self.url}/w/api.php"
        own: dict[str, Any] = {"wikidata": api, "wikipedia": api, "sparql": f"{self.url}/sparql", "cache": cache}
        return WikidataSettings(**(own | {"backoff": 0.01, "contact": "tests@example.org"} | more))

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """The server, answering."""
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()

    def next_fault(self) -> Fault | None:
        with self.lock:
            return self.faults.pop(0) if self.faults else self.always

    def answer(self, path: str, asked: Mapping[str, str]) -> object:
        """The reply to a request, as JSON or text."""
        if path == "/sparql":
            found = self.mirror.store.query(asked["query"])
            return json.loads(found.serialize(format=ox.QueryResultsFormat.JSON))  # type: ignore[union-attr]
        if asked["action"] == "wbsearchentities":
            return {"search": self.mirror.called(asked["search"])[: int(asked["limit"])]}
        if asked["action"] == "wbgetentities":
            ids = asked["ids"].split("|")
            if len(ids) > 50:
                return {"error": {"code": "toomanyvalues", "info": "Too many values supplied"}}
            return {"entities": {item: self.mirror.item(item) for item in ids}}
        return {"query": {"pages": list(self._pages(asked))}}

    def _pages(self, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        mirror = self.mirror
        if asked.get("generator") == "search":
            for rank, item in enumerate(mirror.search(asked["gsrsearch"])[: int(asked["gsrlimit"])], start=1):
                yield {"title": mirror.pages[item].title, "index": rank, "pageprops": {"wikibase_item": item}}
            return
        item = mirror.by_title.get(asked["titles"])
        if item is None:
            yield {"title": asked["titles"], "missing": True}
        else:
            page = mirror.pages[item]
            yield {"title": page.title, "extract": page.text, "fullurl": f"{SITE}wiki/{item}"}


class _Handler(BaseHTTPRequestHandler):
    """One connection; `owner` is set by the server that it belongs to."""

    owner: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        self._reply(split.path, split.query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._reply(urlsplit(self.path).path, body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the tests look at `asked`."""

    def _reply(self, path: str, query: str) -> None:
        asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        with self.owner.lock:
            self.owner.asked.append(asked.get("query") or query)
            self.owner.agents.add(self.headers["User-Agent"])
            self.owner.busy += 1
            self.owner.busiest = max(self.owner.busiest, self.owner.busy)
        try:
            self._answer(self.owner.next_fault(), path, asked)
        finally:
            with self.owner.lock:
                self.owner.busy -= 1

    def _answer(self, fault: Fault | None, path: str, asked: Mapping[str, str]) -> None:
        if fault is not None and fault.kind == "timeout" and path != "/sparql" and fault != self.owner.always:
            self.owner.faults.insert(0, fault)  # only queries are given up on
            fault = None
        kind = fault.kind if fault else ""
        if fault is not None and kind in FAILING:
            self._send(*FAILING[kind](fault), fault.retry_after)
        elif kind == "gone":
            self.close_connection = True
        else:
            time.sleep(fault.seconds if fault else 0)
            self._send(200, json.dumps(self.owner.answer(path, asked)).encode(), None, cut=kind == "truncated")

    def _send(self, status: int, body: bytes, retry_after: str | None, *, cut: bool = False) -> None:
        if not cut:
            body = gzip.compress(body, 1)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if cut:
            self.close_connection = True
        else:
            self.send_header("Content-Encoding", "gzip")
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)


def numbered(data: WorldData, first: int = 1_000_000) -> WorldData:
    """The same world with item ids in place of its own, in their order."""
    ids = {e.id: f"Q{first + n}" for n, e in enumerate(sorted(data.entities, key=lambda e: e.id))}
    entities = [e.model_copy(update={"id": ids[e.id]}) for e in data.entities]
    facts = [Fact(ids[s], r, ids[o] if kind == "entity" else o, kind) for s, r, o, kind in data.facts]
    return WorldData(data.name, entities, facts, data.relations)


def _statement(value: object) -> dict[str, Any]:
    return {"rank": "normal", "mainsnak": {"snaktype": "value", "datavalue": {"value": value}}}


def _item(identifier: str) -> ox.NamedNode:
    return ox.NamedNode(f"{ENTITY}{identifier}")


def _quad(subject: ox.NamedNode, predicate: str, target: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(subject, ox.NamedNode(predicate), target)


def _typed(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}"))


def _precision(time: str) -> int:
    return PRECISION[len(time.lstrip("-"))]


def _rdf_time(time: str) -> str:
    """With the year 0 that RDF has and items have not."""
    before = time.startswith("-")
    year, *rest = time.lstrip("-").split("-")
    shifted = f"-{int(year) - 1:04d}" if before and int(year) > 1 else f"{int(year) - before:04d}"
    return "-".join([shifted, *rest, *["01"] * (2 - len(rest))]) + "T00:00:00Z"


def pages_of(rendered: Iterable[Any]) -> dict[str, Page]:
    """Rendered pages by the item that they are about; no two have one title."""
    pages = [r.page for r in rendered]
    called = Counter(page.title for page in pages)
    twins = {p.id: p.model_copy(update={"title": f"{p.title} ({p.id})"}) for p in pages if called[p.title] > 1}
    return {page.id: twins.get(page.id, page) for page in pages}
