"""What a batch was ordered to make, and what follows from it: roots, lanes, admission, manifest."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import Field

from graph.batching.lanes import ALL, Lane, Plan, deal
from graph.context import Context
from graph.quota import share_in
from hcsp.frozen import Frozen
from hcsp.nouns import ANYTHING, noun_of
from hcsp.tree import seedling
from tasks.admission import Admission, Everything, Rules
from tasks.cells import Dimension
from tasks.hygiene.contamination import Contamination
from tasks.hygiene.duplicates import THRESHOLD, NearDuplicates
from tasks.mix import Mix
from tasks.runs import Manifest
from worlds.world import World

NAMED = 5
"""How many names that denote nobody are told of at once."""


class DatasetSettings(Frozen):
    """What the dataset is to be like as a whole."""

    per_answer: int = Field(default=2, ge=1, description="most tasks with one answer")
    per_diffusion: int = Field(
        default=1, ge=1, le=20, description="most questions made of what one root grows into, each rooted elsewhere"
    )
    similarity: float = Field(
        default=THRESHOLD, gt=0, le=1, description="Jaccard similarity from which a task is a near-duplicate"
    )
    relation_share: float | None = Field(
        default=None, gt=0, le=1, description="largest share of one relation (default 0.2, more in a world of few)"
    )
    lanes: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="rows of candidates, the most processes of use (default by --count, to 16; to 64 with models)",
    )


LANES, ROW, WAITING = 16, 16, 64
"""Most lanes, and tasks that make one more worth while: a lane has to learn which relations it has enough of; and most
lanes where many candidates are made side by side, since each waits for a model."""


class Order(Frozen):
    """A batch as it was asked for; `shard` is `(i, n)`, from 1 on, `entities` a file of names."""

    settings: Context
    dataset: DatasetSettings
    count: int
    mix: dict[Dimension, dict[str, float]]
    benchmarks: tuple[Path, ...] = ()
    entities: Path | None = None
    shard: tuple[int, int] | None = None

    @property
    def lanes(self) -> int:
        """Rows of candidates, two of them at least; more where candidates are waited for and not computed."""
        most, row = (WAITING, 2) if self.settings.waits else (LANES, ROW)
        return self.dataset.lanes or max(2, min(most, self.count // row))


class Prepared:
    """An order, in the world that it is for."""

    def __init__(self, order: Order, world: World, roots: Sequence[str], relations: int, kinds: dict[str, str]) -> None:
        self.order, self.world, self.roots = order, world, roots
        self.mix = Mix(order.mix)
        self._published = Contamination.read(order.benchmarks)
        dataset = order.dataset
        share = dataset.relation_share or share_in(relations)
        self._rules = Rules(per_answer=dataset.per_answer, relation_share=share, similarity=dataset.similarity)
        self._plan = Plan(
            settings=order.settings,
            mix=self.mix,
            lanes=order.lanes,
            questions=dataset.per_diffusion,
            passes=dataset.per_answer,
            share=share,
            kinds=kinds,
        )

    @property
    def bound(self) -> int | None:
        """The most tasks that the roots can come to; unknown where further roots are found on the way."""
        dataset = self.order.dataset
        return len(self.roots) * dataset.per_answer if dataset.per_diffusion == 1 else None

    @property
    def manifest(self) -> Manifest:
        """What is written into the run directory."""
        order, world = self.order, self.world
        return Manifest(
            graph_version=version("taproot"),
            world={"name": world.name, "version": world.version, "sha256": world.sha256},
            settings=order.settings.deciding,
            count=order.count,
            lanes=order.lanes,
            per_diffusion=order.dataset.per_diffusion,
            mix={str(dimension): shares for dimension, shares in order.mix.items()},
            rules=self._rules.model_dump(mode="json") | {"benchmarks": self._published.files},
            entities=self._listed(),
            shard=order.shard,
        )

    def _listed(self) -> dict[str, Any] | None:
        if self.order.entities is None:
            return None
        return {"number": len(self.roots), "sha256": sha256("\n".join(self.roots).encode()).hexdigest()}

    def lanes(self) -> list[Lane]:
        """The lanes that are to be made: all, or those of the shard."""
        i, n = self.order.shard or (1, 1)
        return deal(self.roots, self._plan)[i - 1 :: n]

    def admission(self) -> Admission:
        """Decides what the dataset takes; a shard takes everything until it has its share and some more."""
        order = self.order
        if order.shard:
            part = part_of(order.count, order.shard[1])
            return Everything(part, {}, self._rules, NearDuplicates(), self._published)
        repeats = NearDuplicates(order.dataset.similarity)
        return Admission(order.count, self.mix.targets(order.count), self._rules, repeats, self._published)


def part_of(count: int, shards: int) -> int:
    """Tasks that a shard makes: its share, and some more for those that a merge has no place for."""
    share = count / shards
    return int(share + 3 * share**0.5) + 1


async def prepare(order: Order, world: World) -> Prepared:
    """Finds the roots. Raises `ValueError` when there are none, or a name on the list denotes nobody or several."""
    known = await world.relations()
    if unknown := {*order.settings.avoid, *order.settings.scarce} - set(known):
        raise ValueError(f"{world.name} has no relation {min(unknown)!r}; python -m worlds info lists them by id")
    if order.entities:
        roots = await _listed(order.entities, world)
    else:
        roots = await world.sample(ALL, str(order.settings.seed))
    if not roots:
        raise ValueError(f"{world.name} has no entity that could be an answer: none has enough facts of its own")
    kinds = await _kinds(roots, world) if "type" in order.mix else {}
    if missing := set(order.mix.get("type", {})) - set(kinds.values()):
        common = ", ".join(sorted(set(kinds.values())))
        raise ValueError(f"--mix type={min(missing)}: no root of {world.name} is one; there are {common}")
    return Prepared(order, world, roots, len(known), kinds)


async def _kinds(roots: Sequence[str], world: World) -> dict[str, str]:
    """The answer type of each root."""
    source = await world.frame(seedling(roots[0], ANYTHING))
    return {root: noun_of((await world.entity(root)).types, source) for root in roots}


def names_in(path: Path) -> list[tuple[int, str]]:
    """The names in a file, one a line, with their line numbers; raises `ValueError` when there are none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"--entities {path}: not UTF-8 text; expected a name or id a line") from None
    found = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise ValueError(f"--entities {path}: empty; expected a name or id a line")
    return found


async def _listed(path: Path, world: World) -> list[str]:
    """The ids of the names in a file, once each."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    for number, name in names_in(path):
        denoted = await world.resolve(name)
        if len(denoted) == 1:
            found[denoted[0].id] = None
        elif denoted:
            wrong.append(f"line {number} {name!r} (one of {', '.join(e.id for e in denoted[:NAMED])}?)")
        else:
            close = await world.suggest(name, 1) if len(wrong) < NAMED else ()
            wrong.append(f"line {number} {name!r} ({f'{close[0]}?' if close else 'nobody'})")
    if wrong:
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise ValueError(f"--entities {path}: each has to denote one entity: {'; '.join(wrong[:NAMED])}{more}")
    return list(found)
