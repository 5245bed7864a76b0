"""What calls came to: counts, tokens, seconds and dollars, for each role and in all."""

from collections.abc import Mapping

from hcsp.frozen import Frozen


class Usage(Frozen):
    """Sums over calls.

    `calls` counts requests with a known end, answered or failed; what a server saw is `calls` and `in_doubt` together.
    A call is in doubt when its process ended, or it was cancelled, before an answer was kept. `hits` are replies taken
    from the store and count as no calls. `unpriced` answers have no known price and are left out of `cost_usd`; the
    cost of a call in doubt, or lost on the way back, is an estimate. `under_way` calls are of processes that run.
    """

    calls: int = 0
    answered: int = 0
    failed: int = 0
    in_doubt: int = 0
    under_way: int = 0
    unsent: int = 0
    hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost_usd: float = 0.0
    unpriced: int = 0

    @property
    def known_cost(self) -> float | None:
        """The cost in US dollars, `None` where some of it is not known."""
        return None if self.unpriced else self.cost_usd


class Summary(Frozen):
    """The ledger in short: all calls, those of each role, and how often each reason of a failure occurred."""

    total: Usage
    roles: Mapping[str, Usage]
    why: Mapping[str, int]
