"""TRL's own trainers, each one step with a tiny model of random weights: on kept trajectories, and with our rewards."""

from pathlib import Path
from typing import Any

import pytest
from chat_tokens import chat_tokenizer
from graded import Graded, graded
from test_trajectories import SOLVER

from graph import export
from tasks.files import append
from tasks.rewards import trl as for_trl

pytestmark = [pytest.mark.trl, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def tasks(finished: Path) -> list[Graded]:
    return graded(finished)


@pytest.fixture(scope="module")
def tokenizer(tasks: list[Graded]) -> Any:
    return chat_tokenizer(tasks)


def tiny(tokenizer: Any) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    ends = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id}
    return LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=4096, **sizes, **ends))


def settings(out: Path) -> dict[str, Any]:
    return {"output_dir": str(out), "max_steps": 1, "use_cpu": True, "report_to": [], "logging_steps": 1, "bf16": False}


def rows(finished: Path, out: Path, *flags: str) -> Any:
    from datasets import Dataset

    assert export.main([str(finished), "--out", str(out), *flags]) == 0
    return Dataset.from_json(str(out / "train.jsonl"), cache_dir=str(out / "cache"))


def test_a_step_of_finetuning_on_kept_trajectories(
    finished: Path, tmp_path: Path, tasks: list[Graded], tokenizer: Any
) -> None:
    from trl import SFTConfig, SFTTrainer

    file = tmp_path / "trajectories.jsonl"
    for task in tasks:
        append(file, task.episodes["teacher"].trajectory(SOLVER, {}, 5).model_dump(mode="json"))
    data = rows(finished, tmp_path / "sft", "--format", "sft", "--trajectories", str(file))
    config = SFTConfig(**settings(tmp_path / "out"), assistant_only_loss=True, max_length=4096)
    trainer = SFTTrainer(model=tiny(tokenizer), args=config, train_dataset=data, processing_class=tokenizer)
    said = {"".join(f"{turn.said}<|end|>" for turn in task.episodes["teacher"].turns) for task in tasks}
    learnt = [labels[labels != -100] for batch in trainer.get_train_dataloader() for labels in batch["labels"]]
    assert {tokenizer.decode(ids) for ids in learnt} == said
    trainer.train()
    assert trainer.state.global_step == 1


def test_a_step_of_grpo_with_our_rewards(finished: Path, tmp_path: Path, tokenizer: Any) -> None:
    from trl import GRPOConfig, GRPOTrainer

    data = rows(finished, tmp_path / "trl", "--format", "trl")
    config = GRPOConfig(
        **settings(tmp_path / "out"), per_device_train_batch_size=2, num_generations=2, max_completion_length=8
    )
    functions = [for_trl.compound, for_trl.outcome, for_trl.evidence, for_trl.not_repeated]
    trainer = GRPOTrainer(
        model=tiny(tokenizer), reward_funcs=functions, args=config, train_dataset=data, processing_class=tokenizer
    )
    trainer.train()
    [logged, *_] = trainer.state.log_history
    assert trainer.state.global_step == 1
    assert logged["rewards/compound/mean"] == 0.0
    assert logged["rewards/repeated/mean"] == 1.0
