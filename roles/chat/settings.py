"""The settings of chat models. Flags are read from here."""

from pydantic import Field

from hcsp.frozen import Frozen

NONE = "none"
"""In place of a model's name: no model plays the role, whatever `model` says."""
_BY_NAME = ("planner", "browser")
"""Roles that code plays unless a model is named for them: where a world has facts, code is cheap and exact."""
_OTHER = f"model of the {{}}, where it is another than --model; {NONE} for no model"
_ALONE = "model of the {}; without one code plays it, whatever --model says"


class ChatSettings(Frozen):
    """Which models play the roles, how they are asked, and what they may cost."""

    model: str | None = Field(
        default=None,
        min_length=3,
        description="model of Writer, Judge and Solver as PROVIDER:NAME, such as openai:gpt-4.1-mini",
    )
    planner_model: str | None = Field(default=None, min_length=3, description=_ALONE.format("Planner"))
    browser_model: str | None = Field(default=None, min_length=3, description=_ALONE.format("Browser"))
    writer_model: str | None = Field(default=None, min_length=3, description=_OTHER.format("Writer"))
    judge_model: str | None = Field(default=None, min_length=3, description=_OTHER.format("Judge"))
    solver_model: str | None = Field(default=None, min_length=3, description=_OTHER.format("Solver"))
    base_url: str | None = Field(
        default=None,
        min_length=1,
        description="address of an OpenAI-compatible server, such as http://localhost:8000/v1",
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
    tokens_per_minute: float | None = Field(default=None, gt=0, description="most tokens sent in a minute, by estimate")
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
        """The model that is asked where a role needs one; `None` when there is none."""
        chosen: str | None = getattr(self, f"{role}_model", None) or self.model
        return None if chosen == NONE else chosen

    def player_of(self, role: str) -> str | None:
        """The model that plays a role of the graph; `None` where code does, or nobody."""
        named = getattr(self, f"{role}_model", None)
        return self.model_of(role) if named or role not in _BY_NAME else None

    def check_named(self) -> None:
        """Raises `ValueError` where something is said of calls and no model is named: it would be heard by nobody."""
        about = {name for name in ChatSettings.model_fields if not name.endswith("model")}
        told = sorted(name for name in about if getattr(self, name) != ChatSettings.model_fields[name].default)
        if told and not self.asks:
            raise ValueError(f"--{told[0].replace('_', '-')} is about models, and none is named: give --model")

    @property
    def asks(self) -> bool:
        """Whether any model is named."""
        return any(self.model_of(role) for role in ROLES)


ROLES = ("planner", "browser", "writer", "judge", "solver")
DECIDING = frozenset({"model", *(f"{role}_model" for role in ROLES), "temperature", "max_tokens"})
"""Settings that decide what is replied; all others only how and how fast it is asked, and what that may cost."""
