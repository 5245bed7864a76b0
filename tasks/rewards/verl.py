"""The combined reward as verl's trainers take it.

    python -m verl.trainer.main_ppo … custom_reward_function.path=tasks/rewards/verl.py \
        custom_reward_function.name=compute_score

verl calls it with the fields of a row and the decoded response, in which the search results stand between the turns
(https://verl.readthedocs.io/en/latest/preparation/reward_function.html). `score` of the result is what is trained on,
the rest is logged. The agent loop has to stop at `</search>` (`tasks.rewards.rows`). The rows of
`python -m graph.export --format verl` hold all that is needed.
"""

from collections.abc import Mapping
from typing import Any

from tasks.rewards.combine import combined, parts
from tasks.rewards.parts import PARTS
from tasks.rewards.rows import COLUMN, read_sheet, turns_of_transcript


def compute_score(
    data_source: str, solution_str: str, ground_truth: Any, extra_info: Mapping[str, Any] | None = None, **ignored: Any
) -> dict[str, float]:
    """The combined reward under `score`, and each part by its name; 0 for a part that could not be computed.

    Raises `ValueError` when the row does not hold a reward sheet.
    """
    row = extra_info or {}
    sheet, turns = row.get(COLUMN), row.get("num_turns")
    if not isinstance(sheet, str):
        raise ValueError(
            f"extra_info of a row of {data_source!r} has no {COLUMN!r}; make it with graph.export --format verl"
        )
    blocks = None if turns is None else max(0, (int(turns) - 2) // 2)  # it counts the prompt, and both sides
    found = parts(turns_of_transcript(solution_str, blocks), read_sheet(sheet))
    return {"score": combined(found)} | {name: found.get(name, 0.0) for name in PARTS}
