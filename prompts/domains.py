"""What questions are about: a domain for each relation."""

import tomllib
from functools import cache
from importlib.resources import files

OTHER = "other"
"""The domain of relations that have none of their own."""


@cache
def domains() -> dict[str, str]:
    """The domain of each relation, by id, in order of precedence."""
    table = tomllib.loads(files("prompts").joinpath("domains.toml").read_text("utf-8"))
    return {relation: domain for domain, relations in table.items() for relation in relations}
