"""Planted defects: each kind is refused by its own check, certified anew or not, and nothing else is alarmed at."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import planting
import pytest
from planted_world import TINY, Case, Draft, Row, accepted, certified, taken_apart
from tampering import TAMPERED
from tiny_world import build_tiny_world

from graph import verify
from worlds.opening import open_world

KINDS = tuple(planting.HONEST)
TRIES = 40
"""Cases that are looked at for each that a defect finds a place in."""


class Plot(NamedTuple):
    """Where defects are planted: records of one world, and that world taken apart."""

    cases: list[Case]
    world: Draft


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Plot:
    """Records of a small world."""
    cases = accepted(str(build_tiny_world(tmp_path_factory.mktemp("tiny"))), TINY, 3)
    assert len(cases) == 3
    return Plot(cases, asyncio.run(taken_apart(cases[0].world)))


@pytest.fixture(scope="module")
def atlas() -> Plot:
    """Records of the embedded world."""
    roots = asyncio.run(open_world("atlas").sample(120, "planted"))
    cases = accepted("atlas", roots, 14)
    assert len(cases) == 14
    return Plot(cases, asyncio.run(taken_apart(cases[0].world)))


class Verifier:
    """Runs the command on rows; what it finds of each comes back."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def __call__(self, rows: list[Row]) -> list[list[str]]:
        file = self._folder / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        code = verify.main([str(file)])
        found: list[list[str]] = [[] for _ in rows]
        *lines, last = self._capsys.readouterr().out.splitlines()
        number = 0
        for line in lines:
            if line.startswith("line "):
                number = int(line.removeprefix("line ").split(":")[0])
            else:
                assert line.startswith("  "), line
                found[number - 1].append(line.strip())
        wrong = sum(map(bool, found))
        assert (code, last) == (int(wrong > 0), f"{len(rows)} records, {wrong} with differences")
        return found


@pytest.fixture
def findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verifier:
    """What `graph.verify` prints of each row."""
    return Verifier(tmp_path, capsys)


def drawn(cases: list[Case], kind: str, how: str) -> Iterator[tuple[Case, Random]]:
    """Case after case, each time with another chance."""
    for n in range(TRIES * len(cases)):
        yield cases[n % len(cases)], Random(f"{kind}:{how}:{n}")


def tampered(plot: Plot, kind: str, number: int) -> tuple[list[Row], list[tuple[str, ...]]]:
    rows, named = [], []
    for case, rng in drawn(plot.cases, kind, "tampered"):
        row = case.row
        wanted = TAMPERED[kind](row, case, rng)
        if wanted is not None and len(rows) < number:
            rows.append(row)
            named.append(wanted)
    assert len(rows) == number
    return rows, named


def replanted(plot: Plot, kind: str, number: int, folder: Path) -> tuple[list[Row], list[tuple[str, ...]]]:
    """Defects with everything certified anew: all plants of a round share one world."""

    async def plant() -> tuple[list[Row], list[tuple[str, ...]]]:
        rows: list[Row] = []
        named: list[tuple[str, ...]] = []
        draws = drawn(plot.cases, kind, "replanted")
        while len(rows) < number:
            draft, planted = plot.world.copy(), []
            for case, rng in (next(draws) for _ in plot.cases):
                if (found := await planting.any_of(kind, case, draft, rng)) is not None:
                    planted.append((case, found))
            world = draft.build(folder / f"{kind} {len(rows)}")
            for case, p in planted[: number - len(rows)]:
                row = await certified(p.tree, world, case)
                p.after(row)
                rows.append(row)
                named.append((p.named,) if isinstance(p.named, str) else p.named)
        return rows, named

    return asyncio.run(plant())


def check(found: list[list[str]], named: list[tuple[str, ...]]) -> None:
    for findings, wanted in zip(found, named, strict=True):
        for beginning in wanted:
            assert any(finding.startswith(beginning) for finding in findings), (beginning, findings)


def check_honest(found: list[list[str]], named: list[tuple[str, ...]]) -> None:
    check(found, named)
    for findings in found:
        assert not [finding for finding in findings if "the record says" in finding]


def test_no_alarm_on_untouched_records(tiny: Plot, findings: Verifier) -> None:
    assert findings([case.row for case in tiny.cases]) == [[]] * len(tiny.cases)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tampered_record_is_named_field_by_field(tiny: Plot, findings: Verifier, kind: str) -> None:
    rows, named = tampered(tiny, kind, 6)
    check(findings(rows), named)


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_defect_certified_anew_is_refused_by_its_check(
    tiny: Plot, findings: Verifier, kind: str, tmp_path: Path
) -> None:
    rows, named = replanted(tiny, kind, 4, tmp_path)
    check_honest(findings(rows), named)


@pytest.mark.slow
def test_no_alarm_on_untouched_records_of_atlas(atlas: Plot, findings: Verifier) -> None:
    assert findings([case.row for case in atlas.cases]) == [[]] * len(atlas.cases)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_of_each_kind(atlas: Plot, findings: Verifier, kind: str, tmp_path: Path) -> None:
    rows, named = tampered(atlas, kind, 50)
    check(findings(rows), named)
    rows, named = replanted(atlas, kind, 50, tmp_path)
    check_honest(findings(rows), named)
