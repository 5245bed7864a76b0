"""From a prompt file to a request."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from zlib import crc32

from pydantic import BaseModel

from prompts.render import fenced, render
from roles.chat.port import Message, Request
from worlds.model import Page

Reply = TypeVar("Reply", bound=BaseModel)


def request(
    role: str, prompt: str, schema: type[Reply], data: Mapping[str, str], *, sample: int = 0, **said: str
) -> Request[Reply]:
    """A call of a role with a prompt filled in; raises `PromptError` when a variable is missing or not in it."""
    system, user = render(prompt, data, **said)
    messages = (Message(role="system", content=system), Message(role="user", content=user))
    return Request(role=role, prompt=prompt, messages=messages, schema=schema, sample=sample)


def sample_of(seed: str) -> int:
    """The sample index of a seed, so that another seed is another call."""
    return crc32(seed.encode())


def shown(pages: Sequence[Page], longest: int) -> str:
    """Pages with their numbers from 1 on, each cut to `longest` characters, in fences of their own."""
    return "\n\n".join(fenced(f"page {n}", f"{p.title}\n\n{p.text[:longest]}") for n, p in enumerate(pages, start=1))
