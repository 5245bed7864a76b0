"""verl's own dataset and reward managers over our export and our rewards, as its trainers put them together."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from chat_tokens import chat_tokenizer
from graded import Graded, graded

from graph import export
from tasks.rewards import verl as for_verl
from tasks.rewards.parts import PARTS
from tasks.trajectories.transcript import transcript

pytestmark = [pytest.mark.verl, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def tasks(finished: Path) -> list[Graded]:
    return graded(finished)


@pytest.fixture(scope="module")
def tokenizer(tasks: list[Graded]) -> Any:
    return chat_tokenizer(tasks)


@pytest.fixture(scope="module")
def config() -> Any:
    """What `python -m verl.trainer.main_ppo` makes of the flags that docs/trajectories.md gives."""
    import verl.trainer
    from hydra import compose, initialize_config_dir
    from verl.experimental.reward_loop import migrate_legacy_reward_impl

    flags = [f"custom_reward_function.path={for_verl.__file__}", "custom_reward_function.name=compute_score"]
    with initialize_config_dir(str(Path(verl.trainer.__file__).parent / "config"), version_base=None):
        return migrate_legacy_reward_impl(compose("ppo_trainer", overrides=flags))


def batch(finished: Path, out: Path, tokenizer: Any, config: Any, responses: list[str], turns: list[int]) -> Any:
    """The first rows of our export as verl reads them, each with a response and what its agent loop counts."""
    import numpy as np
    import torch
    from verl import DataProto
    from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn

    assert export.main([str(finished), "--out", str(out), "--format", "verl"]) == 0
    rows = RLHFDataset(str(out / "train.parquet"), tokenizer, config.data)
    data = DataProto.from_single_dict(collate_fn([rows[0]] * len(responses)))
    said = tokenizer(responses, padding=True, padding_side="right", return_tensors="pt")
    asked = tokenizer(["?"] * len(responses), return_tensors="pt")
    data.batch["prompts"], data.batch["responses"] = asked.input_ids, said.input_ids
    data.batch["attention_mask"] = torch.cat([asked.attention_mask, said.attention_mask], dim=1)
    data.non_tensor_batch["__num_turns__"] = np.array(turns, dtype=np.int32)
    return data


def rewarded(data: Any, tokenizer: Any, config: Any) -> list[dict[str, Any]]:
    """What the reward manager of today gives for each row."""
    from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
    from verl.trainer.ppo.reward import get_custom_reward_fn

    async def run() -> list[dict[str, Any]]:
        manager = NaiveRewardManager(config, tokenizer, get_custom_reward_fn(config))
        return [await manager.run_single(data[n : n + 1]) for n in range(len(data))]

    return asyncio.run(run())


def counted(task: Graded, policy: str) -> int:
    """The prompt, the turns of the model, and those of its tools."""
    turns = task.episodes[policy].turns
    return 1 + len(turns) + sum(turn.answer is None for turn in turns)


def test_both_reward_managers_of_verl_give_our_score(
    finished: Path, tmp_path: Path, tasks: list[Graded], tokenizer: Any, config: Any
) -> None:
    from verl.trainer.ppo.reward import get_custom_reward_fn
    from verl.workers.reward_manager.naive import NaiveRewardManager as Earlier

    task = tasks[0]
    policies = list(task.episodes)
    said = [transcript(task.episodes[policy].turns) for policy in policies]
    data = batch(finished, tmp_path / "verl", tokenizer, config, said, [counted(task, p) for p in policies])
    found = rewarded(data, tokenizer, config)
    expected = [task.scores[policy]["combined"] for policy in policies]
    assert [each["reward_score"] for each in found] == pytest.approx(expected)
    assert list(found[0]["reward_extra_info"]) == ["score", *PARTS]
    together = Earlier(tokenizer, 0, get_custom_reward_fn(config))(data, return_dict=True)
    assert together["reward_tensor"].sum(dim=1).tolist() == pytest.approx(expected)
    assert together["reward_extra_info"]["score"] == pytest.approx(expected)


def test_a_block_that_verls_agent_loop_did_not_bring_is_worth_nothing(
    finished: Path, tmp_path: Path, tasks: list[Graded], tokenizer: Any, config: Any
) -> None:
    said = [transcript(tasks[0].episodes["teacher"].turns)]
    data = batch(finished, tmp_path / "verl", tokenizer, config, said, [2])
    (found,) = rewarded(data, tokenizer, config)
    assert found["reward_extra_info"]["evidence"] == found["reward_extra_info"]["outcome"] == 0.0
