"""How many entities can root a question of each preset, told from a sample."""

from pathlib import Path

import pytest

from graph.rootable import main
from tasks.trajectories.intervals import share


@pytest.mark.parametrize(
    ("accepted", "tried", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)]
)
def test_the_interval_is_wilsons(accepted: int, tried: int, low: float, high: float) -> None:
    found = share(accepted, tried)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.slow
def test_each_preset_is_tried_and_told_alike_twice(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for _ in range(2):
        assert main(["--sample", "2"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "entities of atlas may be a root" in said[0]
    told = [line.partition(":") for line in said[0].splitlines() if " of 2 accepted" in line]
    assert [preset for preset, _, _ in told] == ["easy", "medium", "hard"]


def test_no_sample_counts_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample", "0"]) == 0
    assert capsys.readouterr().out.count("\n") <= 2


@pytest.mark.parametrize(
    ("given", "says"),
    [(["--world", "nowhere"], "nowhere"), (["--world", "wikidata"], "at hand"), (["--sample", "-1"], "-1")],
)
def test_bad_input_is_one_line(given: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
