"""What tokens cost: a dated table by model name."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

_VERSION = re.compile(r"([-@:](\d{4}|\d{6,8}|\d{4}-\d\d-\d\d|latest|preview|preview-\d\d-\d{2,4}))?")


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    sent: float
    received: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars of a call, discounts for cached input left out: an upper figure."""
        return (self.sent * input_tokens + self.received * output_tokens) / 1e6


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(files("roles.chat").joinpath("prices.toml").read_text("utf-8"))


def dated() -> str:
    """The month that the table is of."""
    return str(_file()["dated"])


def price_of(model: str) -> Price | None:
    """The price of a model, its provider left out; `None` when the table has neither it nor what it is a version of."""
    name, table = model.rpartition("/")[2], _file()["prices"]
    fitting = [p for p in table if name.startswith(p) and _VERSION.fullmatch(name[len(p) :])]
    return Price(*table[max(fitting, key=len)]) if fitting else None
