"""Whether a corpus fits: articles stay in memory until their world is written, and a machine has only so much."""

import os
from pathlib import Path

OFTEN = 1000
"""After how many documents it is looked again."""
STILL = 3
"""What is yet to come takes so many times the memory that reading took: names, facts and sentences (measured)."""
_GROUP = Path("/sys/fs/cgroup")


class Room:
    """Watches the memory that reading takes from now on."""

    def __init__(self) -> None:
        self._before = held()

    def check(self, documents: int) -> None:
        """Raise `ValueError` when what the documents read so far will need is more than there is."""
        if documents % OFTEN:
            return
        left, taken = available(), held() - self._before
        if left is not None and STILL * taken > left:
            raise ValueError(
                f"the first {documents:,} documents take {taken / 1e9:.1f} GB of memory, their world about "
                f"{STILL * taken / 1e9:.1f} GB more, and {left / 1e9:.1f} GB are left; "
                "build from a part of the input, or on a machine with more memory"
            )


def held() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def available() -> int | None:
    """Bytes of memory that may still be taken, by the machine's and by the control group's account."""
    found = [n for n in (_machine(), _group()) if n is not None]
    return min(found) if found else None


def _machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)


def _group() -> int | None:
    try:
        most, used = ((_GROUP / name).read_text("ascii").strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return None
    return int(most) - int(used) if most.isdecimal() else None
