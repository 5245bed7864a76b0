"""Prompts as files: rendered strictly, with the words of others set apart as data."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import count
from string import Template
from typing import NamedTuple

from hcsp.names import words

DIVIDER = "<!-- user -->"
"""The line of a prompt file that parts what the system says from what the user says."""
NAMES = (
    "choose_action",
    "extract_claims",
    "choose_constraints",
    "propose_rivals",
    "judge_rival",
    "write_question",
    "answer_closed_book",
    "answer_from_pages",
    "solve_question",
)
MANNERS = ("plain", "terse", "narrative", "conversational", "browsecomp")
"""How a question can be written: the value of `$manner` in `write_question`."""


class PromptError(ValueError):
    """A prompt file, or what it is to be rendered with, is not as it has to be."""


class Rendered(NamedTuple):
    """The two messages of a prompt."""

    system: str
    user: str


class Prompt(NamedTuple):
    """A prompt file: its two parts, and the sha256 of its bytes."""

    name: str
    system: Template
    user: Template
    sha256: str

    @classmethod
    def parse(cls, name: str, text: str) -> "Prompt":
        """Raises `PromptError` unless the text has one divider, no empty part and no stray `$`."""
        parts = re.split(rf"(?m)^{re.escape(DIVIDER)}$", text)
        if len(parts) != 2 or not all(part.strip() for part in parts):
            raise PromptError(f"prompt {name!r} needs two parts with one line {DIVIDER!r} between them")
        system, user = (Template(part.strip()) for part in parts)
        if not system.is_valid() or not user.is_valid():
            raise PromptError(f"prompt {name!r} has a '$' that begins no variable; write '$$' for a dollar sign")
        return cls(name, system, user, hashlib.sha256(text.encode()).hexdigest())

    @property
    def variables(self) -> frozenset[str]:
        """What has to be filled in."""
        return frozenset((*self.system.get_identifiers(), *self.user.get_identifiers()))

    def render(self, data: Mapping[str, str], **said: str) -> Rendered:
        """The prompt filled in: `said` as it is, `data` each in a fence of its own.

        Raises `PromptError` when a variable is missing, given twice or not in the prompt.
        """
        given = [*data, *said]
        if set(given) != self.variables or len(given) > len(self.variables):
            missing, unused = sorted(self.variables - set(given)), sorted(set(given) - self.variables)
            raise PromptError(f"prompt {self.name!r}: missing {missing}, not in the prompt {unused}, given {given}")
        values = {**said, **{name: fenced(name, text) for name, text in data.items()}}
        return Rendered(self.system.substitute(values), self.user.substitute(values))


@lru_cache(maxsize=1)
def prompt_book() -> Mapping[str, Prompt]:
    """Every prompt by name; read at once, so that no role waits for a file."""
    return {name: Prompt.parse(name, _read(f"{name}.md")) for name in NAMES}


@lru_cache(maxsize=1)
def manners() -> Mapping[str, str]:
    """How a question can be written, in words for the model."""
    return {name: _read(f"manners/{name}.md").strip() for name in MANNERS}


@lru_cache(maxsize=1)
def connectives() -> frozenset[str]:
    """The words that tie what a question says together and say nothing themselves, as names are compared."""
    return frozenset(words(_read("connectives.txt")))


@lru_cache(maxsize=2)
def sides(name: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The pairs of opposites of a word list, `opposites` or `comparing`; raises `PromptError` for any other line."""
    lines = [line for line in _read(f"{name}.txt").splitlines() if line and not line.startswith("#")]
    pairs = [tuple(frozenset(words(side)) for side in line.split("|")) for line in lines]
    if wrong := next((line for line, pair in zip(lines, pairs, strict=True) if len(pair) != 2), None):
        raise PromptError(f"{name}.txt needs two sides on a line, apart by '|', not {wrong!r}")
    return tuple((left, right) for left, right in pairs)


def load() -> None:
    """Read every file now, so that no role waits for one later."""
    prompt_book()
    manners()
    connectives()
    for name in ("opposites", "comparing"):
        sides(name)


def render(name: str, data: Mapping[str, str], **said: str) -> Rendered:
    """A prompt by name, filled in; see `Prompt.render`."""
    return prompt_book()[name].render(data, **said)


def digests() -> dict[str, str]:
    """sha256 of every prompt file by name, so that a record says what its models were told."""
    found = {name: prompt.sha256 for name, prompt in prompt_book().items()}
    return found | {f"manners/{m}": hashlib.sha256(_read(f"manners/{m}.md").encode()).hexdigest() for m in manners()}


def fenced(name: str, text: str) -> str:
    """Words of others between two lines that the words themselves cannot hold.

    The mark is made of the text, so equal texts give equal bytes.
    """
    marks = (hashlib.sha256(f"{n}:{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12] for n in count())
    mark = next(m for m in marks if m not in text)
    return f"<data {name} {mark}>\n{text}\n</data {name} {mark}>"


def numbered(lines: list[str]) -> str:
    """A list from 1 on, an entry a line whatever it holds."""
    return "\n".join(f"{n}. {' '.join(line.split())}" for n, line in enumerate(lines, start=1))


def _read(path: str) -> str:
    return files("prompts").joinpath(path).read_text(encoding="utf-8")
