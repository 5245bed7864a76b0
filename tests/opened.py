"""Openers for tests."""

from collections.abc import Awaitable, Callable
from typing import Any


def always(role: Any) -> Callable[..., Awaitable[Any]]:
    """Opens the same role whatever the settings are."""

    async def opener(*settings: object) -> Any:
        return role

    return opener
