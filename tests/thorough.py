"""How often the longest tests repeat themselves: `THOROUGH=1` asks for as many times as were once needed to be sure."""

import os


def times(usual: int, thorough: int) -> int:
    """The number of repetitions."""
    return thorough if os.environ.get("THOROUGH") else usual
