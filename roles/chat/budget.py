"""What a run may spend."""

from dataclasses import dataclass

from roles.chat.port import ChatError


@dataclass(frozen=True)
class Budget:
    """Most calls and most US dollars of a run; `None` for no limit."""

    max_calls: int | None = None
    max_cost: float | None = None

    def check(self, calls: int, cost: float, more: float) -> None:
        """Raises `ChatError` when one more call, which may cost `more`, would go over it."""
        on = "raise it and run again: every reply that came is kept"
        if self.max_calls is not None and calls >= self.max_calls:
            raise ChatError(f"the budget of {self.max_calls:,} calls is used up (--max-calls); {on}")
        if self.max_cost is not None and cost + more > self.max_cost:
            raise ChatError(
                f"${cost:.4f} of the budget of ${self.max_cost:g} is spent, and the next call may cost ${more:.4f}"
                f" (--max-cost); {on}"
            )
