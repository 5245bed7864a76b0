"""From a prompt file to a request."""

from asyncio import gather
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import TypeVar
from zlib import crc32

from pydantic import BaseModel

from prompts.render import fenced, render
from roles.chat.port import Message, Request
from worlds.model import Page

Reply = TypeVar("Reply", bound=BaseModel)
Result = TypeVar("Result")


def request(
    role: str, prompt: str, schema: type[Reply], data: Mapping[str, str], *, sample: int = 0, **said: str
) -> Request[Reply]:
    """A call of a role with a prompt filled in; raises `PromptError` when a variable is missing or not in it."""
    system, user = render(prompt, data, **said)
    messages = (Message(role="system", content=system), Message(role="user", content=user))
    return Request(role=role, prompt=prompt, messages=messages, schema=schema, sample=sample)


async def together(calls: Iterable[Awaitable[Result]]) -> list[Result]:
    """The results in order; where one fails the others, which are paid for, are waited for before it raises."""
    results = await gather(*calls, return_exceptions=True)
    done: list[Result] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done


def sample_of(seed: str) -> int:
    """The sample index of a seed, so that another seed is another call."""
    return crc32(seed.encode())


def shown(pages: Sequence[Page], longest: int) -> str:
    """Pages with their numbers from 1 on, each cut to `longest` characters, in fences of their own."""
    return "\n\n".join(fenced(f"page {n}", f"{p.title}\n\n{p.text[:longest]}") for n, p in enumerate(pages, start=1))
