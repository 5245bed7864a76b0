"""The settings of chat models. Flags are read from here."""

from pydantic import Field

from hcsp.frozen import Frozen

_ROLE = "model of the {}, where it is another one"


class ChatSettings(Frozen):
    """Which models play the roles, how they are asked, and what they may cost."""

    model: str | None = Field(default=None, description="the model as PROVIDER:NAME, such as openai:gpt-4.1-mini")
    planner_model: str | None = Field(default=None, description=_ROLE.format("Planner"))
    browser_model: str | None = Field(default=None, description=_ROLE.format("Browser"))
    writer_model: str | None = Field(default=None, description=_ROLE.format("Writer"))
    judge_model: str | None = Field(default=None, description=_ROLE.format("Judge"))
    solver_model: str | None = Field(default=None, description=_ROLE.format("Solver"))
    base_url: str | None = Field(
        default=None, description="address of an OpenAI-compatible server, such as http://localhost:8000/v1"
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="sampling temperature, where the model's own is not wanted"
    )
    max_tokens: int | None = Field(default=None, ge=1, description="most tokens of one reply")
    stream: bool = Field(default=False, description="have replies streamed, for servers that cut silent connections")
    concurrency: int = Field(
        default=16, ge=1, le=1000, description="most calls under way; fewer while the server answers 429"
    )
    requests_per_minute: float | None = Field(default=None, gt=0, description="most calls begun in a minute")
    tokens_per_minute: float | None = Field(default=None, gt=0, description="most tokens in a minute, both ways")
    timeout: float = Field(default=120, gt=0, description="seconds after which a call is given up and made again")
    retries: int = Field(default=5, ge=0, le=100, description="how often a call that failed in passing is made again")
    backoff: float = Field(
        default=0.5, ge=0, le=60, description="seconds before the first of them, doubled each time, 30 at most"
    )
    retry_minutes: float = Field(
        default=10, gt=0, description="minutes after which a call is given up that the server keeps putting off"
    )
    max_calls: int | None = Field(default=None, ge=0, description="most calls of the run, all roles together")
    max_cost: float | None = Field(default=None, ge=0, description="most US dollars that the run's calls may cost")
    input_price: float | None = Field(
        default=None, ge=0, description="US dollars for a million tokens sent, where the price table lacks the model"
    )
    output_price: float | None = Field(default=None, ge=0, description="the same for tokens that come back")

    def model_of(self, role: str) -> str | None:
        """The model that plays a role; `None` when none does."""
        chosen: str | None = getattr(self, f"{role}_model", None)
        return chosen or self.model
