"""What can be chosen about an export."""

from pathlib import Path

from pydantic import Field

from hcsp.frozen import Frozen

INSTRUCTION = "Search as often as you need, then give the answer alone between <answer> and </answer>."


class Options(Frozen):
    """The choices of all formats; each format looks at its own."""

    instruction: str = Field(default=INSTRUCTION, description="what follows the question in a prompt")
    license: str | None = Field(default=None, description="licence identifier on the dataset card")
    drafts: Path | None = Field(default=None, description="file of drafts that were sent back")
    world: str | None = Field(default=None, description="atlas, or the directory of the world of the tasks")
    distractors: int = Field(default=30, ge=0, description="pages a task adds that do not matter")
    trajectories: Path | None = Field(default=None, description="file of trajectories to teach from instead")
