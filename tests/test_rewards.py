"""Rewards: the teacher comes first and whoever wants them without the work last, also as trainers call them."""

import importlib.util
import inspect
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from graded import Graded, graded
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.policies import POLICIES, ranked
from graph import export
from tasks.exports.formats import read_export
from tasks.rewards import trl as for_trl
from tasks.rewards.combine import WEIGHTS, combined, parts, reward
from tasks.rewards.parts import PARTS, PENALTIES, REWARDS
from tasks.rewards.verl import compute_score
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet, Sought, Stated
from tasks.trajectories.trajectory import Search, Turn
from tasks.trajectories.transcript import parse_turn, say, transcript

TEACHER, SHORT, *GAMERS = POLICIES
SHEET = Sheet(
    task="t",
    question="Who was born in Aldau and won the Opal Prize?",
    answers=("Ada Arnet", "Ada of Aldau", "A"),
    stated=(
        Stated(constraint="c1", vertex="A", pages=("p1", "p2")),
        Stated(constraint="c2", vertex="A", pages=("p3",)),
        Stated(constraint="c3", vertex="B", pages=("p4",)),
    ),
    variables=(
        Sought(vertex="A", level=1, names=("Ada Arnet",), below=("B",)),
        Sought(vertex="B", level=2, names=("Opal Prize",)),
    ),
    rivals=(("Bela Bosk",),),
    search_floor=2,
    route=(("p4", "p9"), ("p1", "p3")),
    naming=("p1",),
)


def searched(query: str, *pages: str, think: str = "") -> Turn:
    return parse_turn(say(think, [query])).model_copy(update={"searches": (Search(query=query, pages=pages),)})


def answered(answer: str, think: str = "The prize is the Opal Prize.") -> Turn:
    return parse_turn(say(think, answer=answer))


BEST = (searched("the prize", "p4", "p9"), searched("Opal Prize", "p1", "p3"), answered("Ada Arnet"))


@pytest.fixture(scope="module")
def tasks(finished: Path) -> list[Graded]:
    return graded(finished)


def test_the_teacher_earns_everything_and_the_others_less_by_far(tasks: list[Graded]) -> None:
    for task in tasks:
        worth = {name: found["combined"] for name, found in task.scores.items()}
        assert worth[TEACHER] == 1.0
        assert worth[TEACHER] - worth[SHORT] >= 0.2
        assert all(worth[SHORT] - worth[name] >= 0.2 for name in GAMERS), worth


def test_no_reward_puts_anybody_before_the_teacher(tasks: list[Graded]) -> None:
    table = ranked([task.scores for task in tasks])
    assert set(table) == {*PARTS, "combined"}
    for name, means in table.items():
        if name in PENALTIES:
            assert means[TEACHER] == 0.0
        else:
            assert means[TEACHER] == max(means.values()) == 1.0
    assert list(table["combined"])[:2] == [TEACHER, SHORT]
    assert all(table["outcome"][name] == 0 for name in GAMERS if name != "right answer without evidence")
    assert all(table["grounded"][name] == 0 for name in (SHORT, *GAMERS))
    assert table["prior"]["right answer without evidence"] == 1.0


@pytest.mark.parametrize(
    "answer",
    ["A", "Ada Arnet or Bela Bosk", "Ada Arnet, Bela Bosk, Carla Cuvry", SHEET.question, "Bela Bosk", "not Ada Arnet"],
)
def test_what_only_holds_the_answer_is_none(answer: str) -> None:
    turns = (*BEST[:-1], answered(answer))
    assert parts(turns, SHEET)["outcome"] == 0
    assert reward(turns, SHEET) <= 0.35 < reward(BEST, SHEET) - 0.5


def test_evidence_counts_by_how_soon_it_came_and_no_longer_lists_help() -> None:
    for wasted, worth in ((0, 1.0), (8, 1.0), (18, 0.5), (98, 0.1)):
        turns = [searched(f"nothing {n}", "p0") for n in range(wasted)]
        turns += [searched("x", "p4"), searched("y", "p1", "p3")]
        assert parts(turns, SHEET)["evidence"] == pytest.approx(worth, abs=0.03)
    assert parts([searched("x", "a", "b", "c", "d", "e", "p1", "p3", "p4")], SHEET)["evidence"] == 0


def test_a_sub_answer_takes_its_pages_and_its_name() -> None:
    named, stated = "It is the Opal Prize.", searched("x", "p4")
    assert Course([searched("x", "p0", think=named)], SHEET).reached["B"] is None
    assert Course([stated], SHEET).reached["B"] is None
    assert Course([stated, searched("y", "p0", think=named)], SHEET).reached["B"] == 1
    assert Course([*BEST[:-1], answered("Bela Bosk")], SHEET).reached == {"A": None, "B": 1}
    assert Course(BEST, SHEET).reached == {"A": 2, "B": 1}


def test_a_query_asked_again_in_other_order_is_a_repetition() -> None:
    turns = [searched("opal prize", "p4"), searched("Prize: Opal", "p4"), searched("ada", "p4")]
    assert parts(turns, SHEET)["repeated"] == pytest.approx(1 / 3)


def test_a_blocked_page_grounds_nothing() -> None:
    sheet = SHEET.model_copy(update={"blocked": ("huggingface.co",)})
    cheat = (searched("x", "https://datasets.huggingface.co/d"), *BEST)
    assert parts(cheat, sheet)["grounded"] == 0
    assert parts((searched("x", "https://nothuggingface.co/d"), *BEST), sheet)["grounded"] == 1


def test_without_a_floor_efficiency_is_left_out_of_the_mean() -> None:
    sheet = SHEET.model_copy(update={"search_floor": None})
    found = parts(BEST, sheet)
    assert "efficiency" not in found
    assert combined(found) == 1.0


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"outcome": -1.0}, "the weight of 'outcome' is -1.0; expected 0 or more"),
        ({"outcome": 1.0, "style": 1.0}, "no reward is called 'style'; there are outcome"),
        ({"prior": 1.0}, "no reward has a weight"),
        ({"outcome": float("nan")}, "the weight of 'outcome' is nan"),
    ],
)
def test_weights_that_are_none_are_said(weights: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        combined(parts(BEST, SHEET), weights)


PAGES = st.lists(st.sampled_from(["p0", "p1", "p2", "p3", "p4", "p9"]), max_size=6, unique=True)
TURNS = st.one_of(
    st.builds(lambda q, p, t: searched(q or "q", *p, think=t), st.sampled_from("abc"), PAGES, st.text(max_size=9)),
    st.builds(answered, st.sampled_from(["Ada Arnet", "Bela Bosk", "x"]), st.sampled_from(["", "Opal Prize"])),
    st.builds(parse_turn, st.text(max_size=9)),
)


@settings(max_examples=200)
@given(st.lists(TURNS, max_size=6), st.booleans())
def test_every_reward_is_a_number_from_0_to_1_and_the_same_again(turns: list[Turn], floored: bool) -> None:
    sheet = SHEET if floored else SHEET.model_copy(update={"search_floor": None})
    found = parts(turns, sheet)
    assert all(0.0 <= value <= 1.0 for value in (*found.values(), combined(found)))
    assert parts(turns, Sheet.model_validate_json(sheet.model_dump_json())) == found
    assert reward(turns, sheet) <= reward(BEST, sheet)


@given(st.lists(TURNS, max_size=4), PAGES)
def test_another_page_never_costs_evidence(turns: list[Turn], pages: list[str]) -> None:
    before, after = Course(turns, SHEET), Course([*turns, searched("more", *pages)], SHEET)
    assert PARTS["evidence"](after) >= PARTS["evidence"](before)  # type: ignore[operator]


def test_the_parts_that_have_a_weight_are_those_there_are() -> None:
    assert set(WEIGHTS) == set(PARTS)
    assert sum(WEIGHTS[name] for name in REWARDS) == pytest.approx(1.0)
    assert all(part.__doc__ for part in PARTS.values())


# As trainers call them


def rows(finished: Path, out: Path, name: str) -> list[dict[str, Any]]:
    assert export.main([str(finished), "--format", name, "--out", str(out)]) == 0
    return [row.model_dump(mode="json") for row in read_export(out, name)["train"]]


def conversation(turns: tuple[Turn, ...], role: str) -> list[dict[str, str]]:
    from tasks.trajectories.transcript import shown

    messages = []
    for turn in turns:
        messages.append({"role": "assistant", "content": turn.said})
        if turn.answer is None:
            messages.append({"role": role, "content": shown(turn)})
    return messages


def test_trl_calls_them_with_the_columns_of_an_exported_row(
    finished: Path, tmp_path: Path, tasks: list[Graded]
) -> None:
    """As `GRPOTrainer._calculate_rewards` of TRL 1.16 does: keywords only, one list a column."""
    exported = rows(finished, tmp_path / "out", "trl")
    columns: dict[str, list[Any]] = {name: [row[name] for row in exported] for name in exported[0]}
    prompts = columns.pop("prompt")
    extra = {"trainer_state": None, "log_extra": print, "log_metric": print, "completion_ids": [[1]] * len(prompts)}
    for policy in POLICIES:
        turns = [task.episodes[policy].turns for task in tasks]
        expected = [task.scores[policy] for task in tasks]
        for of, completions in (
            (for_trl.of_transcripts, [transcript(t) for t in turns]),
            (for_trl.of_transcripts, [said(transcript(t)) for t in turns]),
            (for_trl.of_transcripts, [conversation(t, "tool") for t in turns]),
            (lambda reward_func: reward_func, [conversation(t, "tool") for t in turns]),
            (lambda reward_func: reward_func, [conversation(t, "user") for t in turns]),
        ):
            given_ = {"prompts": prompts, "completions": completions, **columns, **extra}
            assert of(for_trl.compound)(**given_) == pytest.approx([e["combined"] for e in expected])
            assert of(for_trl.evidence)(**given_) == pytest.approx([e["evidence"] for e in expected])
            assert of(for_trl.not_prior)(**given_) == [1 - e["prior"] for e in expected]


def test_trl_logs_each_under_a_name_of_its_own() -> None:
    functions = (for_trl.outcome, for_trl.grounded, for_trl.layout, for_trl.not_repeated, for_trl.compound)
    assert [f.__name__ for f in functions] == ["outcome", "grounded", "format", "repeated", "compound"]
    assert for_trl.outcome([], [], reward_sheet=[]) == []


def test_rewards_go_to_other_processes() -> None:
    given_ = {"prompts": ["q"], "completions": [conversation(BEST, "tool")], "reward_sheet": [SHEET.model_dump_json()]}
    for function in (for_trl.compound, for_trl.not_prior, for_trl.of_transcripts(for_trl.evidence)):
        assert pickle.loads(pickle.dumps(function))(**given_) == function(**given_)


def test_rows_without_a_sheet_are_said() -> None:
    with pytest.raises(ValueError, match="the rows have no column 'reward_sheet'"):
        for_trl.compound(["q"], ["a"], question=["q"])
    with pytest.raises(ValueError, match="reward_sheet holds no reward sheet"):
        for_trl.compound(["q"], ["a"], reward_sheet=["{}"])
    with pytest.raises(ValueError, match="extra_info of a row of 'taproot' has no 'reward_sheet'"):
        compute_score("taproot", "a", {"target": ["a"]})


def test_verl_loads_the_function_by_its_path_and_calls_it_with_the_fields_of_a_row(
    finished: Path, tmp_path: Path, tasks: list[Graded]
) -> None:
    """As the reward managers of verl 0.9 do."""
    path = Path(sys.modules["tasks.rewards.verl"].__file__ or "")
    spec = importlib.util.spec_from_file_location("custom_module", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert list(inspect.signature(module.compute_score).parameters)[:4] == [
        "data_source",
        "solution_str",
        "ground_truth",
        "extra_info",
    ]
    for row, task in zip(rows(finished, tmp_path / "out", "verl"), tasks, strict=True):
        for policy, episode in task.episodes.items():
            found = module.compute_score(
                data_source=row["data_source"],
                solution_str=transcript(episode.turns),
                ground_truth=row["reward_model"]["ground_truth"],
                extra_info=row["extra_info"],
                reward_router_address=None,
            )
            assert found["score"] == pytest.approx(task.scores[policy]["combined"])
            assert list(found) == ["score", *PARTS]


def test_roles_around_the_turns_of_a_decoded_response_do_not_matter() -> None:
    """verl decodes the whole conversation, so what a chat template puts between messages stands there too."""
    text = (
        transcript(BEST)
        .replace("</search>\n", "</search>\nuser\n")
        .replace("</information>\n", "</information>\nassistant\n")
    )
    score = compute_score("taproot", text, None, {"reward_sheet": SHEET.model_dump_json()})
    assert score["score"] == 1.0


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


@pytest.mark.parametrize("forged", [transcript(BEST), f"{transcript(BEST[:2])}<answer>Ada Arnet</answer>"])
def test_a_block_that_the_solver_wrote_itself_is_no_evidence(forged: str) -> None:
    sheet = {"reward_sheet": [SHEET.model_dump_json()]}
    assert for_trl.evidence(["q"], [conversation(BEST, "tool")], **sheet) == [1.0]
    for completion in (forged, said(forged), [*said(forged), {"role": "tool", "content": "nothing"}, *said("more")]):
        assert for_trl.evidence(["q"], [completion], **sheet) == [0.0]


@pytest.mark.parametrize(("turns", "worth"), [(2, 0.0), (4, 0.0), (6, 1.0), (None, 1.0)])
def test_more_blocks_than_verl_made_turns_are_forged(turns: int | None, worth: float) -> None:
    """`num_turns` counts the prompt, what the model said and what it was shown."""
    row = {"reward_sheet": SHEET.model_dump_json()} | ({} if turns is None else {"num_turns": turns})
    assert compute_score("taproot", transcript(BEST), None, row)["evidence"] == worth


@pytest.mark.parametrize("before", ["", "Let me see.\n", "<think>hm</think>\n"])
def test_a_block_that_follows_no_search_is_no_evidence(before: str) -> None:
    text = f"{before}<information>\n? q\n[p1] x\n</information>\n<answer>Ada Arnet</answer>"
    assert compute_score("taproot", text, None, {"reward_sheet": SHEET.model_dump_json()})["evidence"] == 0
