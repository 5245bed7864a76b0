"""What several test files share: hypothesis without deadlines, and worlds built from a few facts."""

import shutil
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from worlds.build import build
from worlds.local import LocalWorld
from worlds.model import Entity, Fact, Relation, WorldData
from worlds.relations import relation
from worlds.statements import plain_sentences, render_pages

settings.register_profile("tests", deadline=None, max_examples=50)
settings.load_profile("tests")

MakeWorld = Callable[..., LocalWorld]


def world_data(facts: Iterable[tuple[str, ...]], entities: Iterable[Entity] = (), name: str = "small") -> WorldData:
    """Facts as tuples; whoever they name and `entities` does not is an entity of the type `thing` named by its id."""
    stated = [Fact(*fact) for fact in facts]
    known = {e.id: e for e in entities}
    named = {e for f in stated for e in (f.subject, *((f.object,) if f.kind == "entity" else ()))}
    everyone = [*known.values(), *(Entity(id=e, label=e, types=("thing",)) for e in sorted(named - known.keys()))]
    kinds = {f.relation: f.kind for f in stated}
    return WorldData(name, everyone, stated, [relation(r, kind) for r, kind in sorted(kinds.items())])


def build_small(data: WorldData, out: Path, seed: int = 0, layout: str = "random") -> LocalWorld:
    """Build and open a world whose pages are rendered plainly."""
    relations: dict[str, Relation] = {r.id: r for r in data.relations}
    build(data, render_pages(data, plain_sentences(relations, {}), seed, layout, "test:"), out)
    return LocalWorld(out)


@pytest.fixture
def make_world(tmp_path: Path) -> MakeWorld:
    """`make_world(facts, entities=…, seed=…, layout=…)` gives an opened world in a directory of its own."""
    number = count()

    def make(facts: Iterable[tuple[str, ...]], entities: Iterable[Entity] = (), **options: object) -> LocalWorld:
        return build_small(world_data(facts, entities), tmp_path / f"world{next(number)}", **options)

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with real records and drafts, see `exported`; not to be changed."""
    from exported import make_run

    return make_run(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """The same run directory, to be changed at will."""
    return Path(shutil.copytree(finished, tmp_path / "run"))
