"""Building a world: entities, facts and pages become a directory of flat, mapped files."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from worlds import canonical
from worlds.manifest import FORMAT, MANIFEST
from worlds.model import Fact, Rendered, WorldInput
from worlds.relations import with_inverses
from worlds.writing.entities import write_entities
from worlds.writing.facts import Facts, fact_lines, write_facts
from worlds.writing.numbering import Numbering
from worlds.writing.pages import write_pages


def build(
    data: WorldInput,
    pages: Iterable[Rendered],
    out: Path,
    origin: Mapping[str, object] | None = None,
    possible: Iterable[Fact] = (),
) -> None:
    """Write the world to the new directory `out`, which appears whole or not at all.

    `possible` are facts that may hold beside those of `data`: they stand in the upper ends of candidate sets alone.
    `origin` goes into the manifest: inputs with their hashes, seed, layout. Raises `FileExistsError` when `out` exists
    and `ValueError` when a fact names an unknown entity or relation or has an object of another kind than its relation,
    when a literal does not parse, an id or page stands twice, or a page states what is not among the facts.
    """
    with appearing_whole(out) as draft:
        spill = draft / "spill"
        spill.mkdir()
        relations, digest = with_inverses(data.relations), canonical.Digest()
        ids, types = write_entities(data.entities, draft, spill, digest)
        numbering = Numbering(ids, relations)
        facts = write_facts(data.facts, possible, list(relations.values()), numbering, draft)
        digest.add(canonical.FACTS, fact_lines(facts.closed, numbering, facts.literals))
        count = write_pages(pages, facts, numbering, draft, spill, digest)
        digest.add(canonical.RELATIONS, map(canonical.relation_line, relations.values()))
        if len(facts.possible):
            digest.add(canonical.POSSIBLE, fact_lines(facts.possible, numbering, facts.literals))
        shutil.rmtree(spill)
        manifest = {
            "format": FORMAT,
            "name": data.name,
            "version": str(digest)[:12],
            "sha256": str(digest),
            "counts": _counts(len(ids), facts, count),
            "relations": [r.model_dump(mode="json") for r in relations.values()],
            "types": types,
            "units": facts.units,
            "origin": dict(origin or {}),
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")


def _counts(entities: int, facts: Facts, pages: int) -> dict[str, int]:
    counts = {"entities": entities, "facts": len(facts.closed), "stated": len(facts.stated), "pages": pages}
    return counts | ({"possible": len(facts.possible)} if len(facts.possible) else {})


@contextmanager
def appearing_whole(out: Path) -> Iterator[Path]:
    """A temporary directory beside `out` that takes its name when the block ends well, else vanishes."""
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another --out or remove it")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
