"""What the reader of MediaWiki pages knows by name, from `wikitext.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def book() -> Mapping[str, Mapping[str, Any]]:
    """The tables of the file as they stand there."""
    return tomllib.loads(files(__package__).joinpath("wikitext.toml").read_text("utf-8"))


@cache
def words(table: str, key: str) -> frozenset[str]:
    """One list of the file, as a set."""
    return frozenset(book()[table][key])
