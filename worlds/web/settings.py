"""How a live world behaves towards the servers that it asks; every setting may come from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path
from pydantic import Field

from hcsp.frozen import Frozen

S = TypeVar("S", bound="WebSettings")
PREFIX = "TAPROOT_"
"""A setting `contact` is read from the variable `TAPROOT_CONTACT`."""


class WebSettings(Frozen):
    """Polite by default."""

    contact: str = Field(default="", description="an address or URL for the servers' operators, sent as user agent")
    cache: Path = Field(
        default_factory=lambda: user_cache_path("taproot") / "web", description="where replies and pages are kept"
    )
    max_age: float = Field(default=30 * 86400, ge=0, description="seconds after which a kept reply is asked for again")
    concurrency: int = Field(default=4, ge=1, le=5, description="most requests at a time to one server")
    timeout: float = Field(default=65, gt=0, description="seconds to wait for a reply")
    attempts: int = Field(default=6, ge=1, description="how often a request is tried in all")
    patience: float = Field(default=120, ge=0, description="longest wait in seconds that a server may ask for")
    backoff: float = Field(default=1, ge=0, description="seconds before the second attempt; doubled each time")
    maxlag: int = Field(default=5, ge=0, description="replication lag in seconds beyond which MediaWiki may refuse")

    @property
    def agent(self) -> str:
        """The user agent, as the operators ask for it: what it is, and whom to write to."""
        return f"taproot/0.1 ({self.contact or 'no contact set'}) python-httpx"


def from_environment(kind: type[S], environment: Mapping[str, str] | None = None) -> S:
    """The settings with what the environment says; raises `ValueError` naming a variable that does not fit."""
    given = os.environ if environment is None else environment
    found = {name: given[PREFIX + name.upper()] for name in kind.model_fields if given.get(PREFIX + name.upper())}
    for name, value in found.items():
        try:
            kind.model_validate({name: value})
        except ValueError:
            said = kind.model_fields[name].description
            raise ValueError(f"{PREFIX}{name.upper()} is {value!r}; expected {said}") from None
    return kind.model_validate(found)
