"""How a command ends: an exit code, and one line on standard error for what is wrong."""

import os
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

from langgraph.errors import GraphDrained

from roles.chat.port import ChatError

BROKEN, BAD_INPUT, STOPPED = 1, 2, 130


def ended(work: Callable[[], int], stopped: str = "") -> int:
    """What `work` returns, or the code of what stopped it; `stopped` is said when that was Ctrl-C."""
    try:
        return work()
    except BrokenPipeError:  # whoever read the output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STOPPED
    except (OSError, ValueError, ChatError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenProcessPool:
        print("error: a worker was killed, for lack of memory perhaps; the same command goes on", file=sys.stderr)
        return BROKEN
    except (KeyboardInterrupt, EOFError, GraphDrained):
        if stopped:
            print(stopped, file=sys.stderr)
        return STOPPED
