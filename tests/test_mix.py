"""The mix of a dataset: read from the command line, apportioned to whole tasks, and steered towards."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.mix import Mix, read_mix


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour=red:1", "expected one of preset, levels, shape, type, domain"),
        ("preset=easy", "'easy' is not value:weight"),
        ("preset=gentle:1", "expected some of easy, medium"),
        ("preset=easy:0", "needs a weight above 0"),
        ("preset=easy:nan", "needs a weight above 0"),
        ("preset=", "is not value:weight"),
        ("levels=1:1", "expected numbers from 2 to 6"),
    ],
)
def test_what_is_no_mix_is_told_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_mix([text])


def test_a_dimension_is_given_once() -> None:
    with pytest.raises(ValueError, match="once each"):
        read_mix(["preset=easy:1", "preset=medium:1"])


def test_shapes_hold_commas_of_their_own() -> None:
    assert read_mix(["shape=1(2,2):3,1(2):1"]) == {"shape": {"1(2,2)": 0.75, "1(2)": 0.25}}


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(1, 3000))
def test_targets_are_whole_and_come_to_the_count(weights: list[int], count: int) -> None:
    total = sum(weights)
    targets = Mix({"type": {str(n): w / total for n, w in enumerate(weights)}}).targets(count)["type"]
    assert sum(targets.values()) == count
    assert all(abs(targets[str(n)] - w / total * count) < 1 for n, w in enumerate(weights))


def test_what_lags_behind_is_drawn_more_often_and_nothing_is_given_up() -> None:
    mix, rng = Mix({"preset": {"easy": 0.5, "hard": 0.5}}), Random("mix")
    made = {"preset": Counter(easy=40)}
    drawn = Counter(mix.draw(made, rng)["preset"] for _ in range(400))
    assert drawn["hard"] > 3 * drawn["easy"] > 0


def test_levels_fit_the_preset_that_is_drawn() -> None:
    mix, rng = Mix({"preset": {"hard": 1.0}, "levels": {"2": 0.9, "3": 0.1}}), Random("mix")
    assert {mix.draw({}, rng)["levels"] for _ in range(50)} == {"3"}
