"""What the Chat port costs beside a bare client, in one run against one server. Prints JSON lines.

python benchmarks/calls.py [--calls 640] [--concurrency 64] [--latency 0.2] [--rounds 5]
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NotRequired

import openai
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel
from typing_extensions import TypedDict

from graph.checkpoint import checkpoints
from roles.chat.forms import response_format
from roles.chat.opening import open_chat
from roles.chat.port import Message, Request
from roles.chat.settings import ChatSettings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from chat_server import ChatServer, Said

RATE, CPU_MS = 0.9, 6.0
PAGE = "The bridge was opened by the engineer whose brother had drawn the first plan of the harbour. " * 40
REPLY = json.dumps({"action": "expand", "options": list(range(40)), "reason": PAGE[:600]})

One = Callable[[int], Awaitable[object]]


class Choice(BaseModel):
    """What the calls ask for."""

    action: str
    options: list[int]
    reason: str


def main() -> None:
    """One line for each client, and one that compares; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=640)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=5, help="how often each client has its turn; medians count")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.serve:
        serve(parsed.latency)
        return
    os.environ |= {"OPENAI_API_KEY": "none", "LANGSMITH_TRACING": "false"}
    command = [sys.executable, __file__, "--serve", "--latency", str(parsed.latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdin
        found = asyncio.run(measured(server.stdout.readline().strip(), parsed))
        server.stdin.close()
    sys.exit(0 if report(found, parsed) else 1)


def serve(latency: float) -> None:
    """A server until standard input ends."""
    with ChatServer(lambda _: Said(REPLY), latency) as server:
        print(server.url, flush=True)
        sys.stdin.read()


async def measured(url: str, parsed: argparse.Namespace) -> dict[str, list[tuple[float, float]]]:
    """For each client calls a second and milliseconds of CPU a call, a pair a round, in turn within every round."""
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(parsed.rounds):
            for name, client in CLIENTS.items():
                print(f"round {number + 1}: {name}", file=sys.stderr)
                pair = await client(url, parsed, Path(folder) / f"{number}.sqlite")
                found.setdefault(name, []).append(pair)
    return found


def messages(number: int) -> list[dict[str, str]]:
    """A short instruction and a page."""
    return [{"role": "system", "content": "Choose."}, {"role": "user", "content": f"{number}: {PAGE}"}]


async def timed(one: One, parsed: argparse.Namespace) -> tuple[float, float]:
    """As many calls as asked for, so many of them at once, after a few that are not timed."""
    free = asyncio.Semaphore(parsed.concurrency)

    async def go(number: int) -> None:
        async with free:
            await one(number)

    await asyncio.gather(*(go(-1 - n) for n in range(parsed.concurrency)))
    return await clocked((go(n) for n in range(parsed.calls)), parsed.calls)


async def clocked(work: Iterable[Awaitable[object]], calls: int) -> tuple[float, float]:
    """Calls a second and milliseconds of CPU a call of what makes so many calls together."""
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*work)
    taken, spent = time.perf_counter() - begun, time.process_time() - cpu
    return calls / taken, 1000 * spent / calls


async def bare(url: str, parsed: argparse.Namespace, store: Path) -> tuple[float, float]:
    """AsyncOpenAI as it comes, its reply parsed as the schema."""
    shape: Any = response_format("json_schema", Choice)
    async with openai.AsyncOpenAI(base_url=url, max_retries=0) as client:

        async def one(number: int) -> None:
            said: Any = messages(number)
            reply = await client.chat.completions.create(model="x", messages=said, response_format=shape)
            Choice.model_validate_json(reply.choices[0].message.content or "")

        return await timed(one, parsed)


async def port(url: str, parsed: argparse.Namespace, store: Path) -> tuple[float, float]:
    """The port with cache, ledger and limits."""
    settings = ChatSettings(model="openai:gpt-4.1-mini", base_url=url, concurrency=parsed.concurrency, max_cost=1000)
    async with open_chat(settings, store) as chat:

        async def one(number: int) -> None:
            said = tuple(Message.model_validate(m) for m in messages(number))
            await chat.ask(Request("planner", "choose_action", said, Choice))

        found = await timed(one, parsed)
        total = (await chat.summary()).total
        assert (total.answered, total.hits, total.in_doubt) == (parsed.calls + parsed.concurrency, 0, 0)
        return found


class Run(TypedDict):
    """The state of a run that asks once in every step: for the numbers that are left."""

    left: list[int]
    reply: NotRequired[dict[str, Any]]


async def runs(url: str, parsed: argparse.Namespace, store: Path) -> tuple[float, float]:
    """The port in a graph: as many runs at once as calls may be, a call a step, a checkpoint of each step in SQLite."""
    settings = ChatSettings(model="openai:gpt-4.1-mini", base_url=url, concurrency=parsed.concurrency, max_cost=1000)
    async with open_chat(settings, store) as chat, checkpoints(store.with_suffix(".jsonl")) as saver:

        async def ask(state: Run) -> dict[str, Any]:
            number, *left = state["left"]
            said = tuple(Message.model_validate(m) for m in messages(number))
            reply = await chat.ask(Request("planner", "choose_action", said, Choice))
            return {"left": left, "reply": reply.model_dump()}

        looped = StateGraph(Run).add_node("ask", ask).add_edge(START, "ask")
        looped.add_conditional_edges("ask", lambda state: "ask" if state["left"] else END, ["ask", END])
        compiled = looped.compile(checkpointer=saver)

        async def run(numbers: list[int]) -> None:
            thread: Any = {"configurable": {"thread_id": str(numbers[0])}, "recursion_limit": 10_000}
            await compiled.ainvoke({"left": numbers}, thread, durability="sync")

        await asyncio.gather(*(run([-1 - n]) for n in range(parsed.concurrency)))
        each = [list(range(n, parsed.calls, parsed.concurrency)) for n in range(min(parsed.calls, parsed.concurrency))]
        found = await clocked(map(run, each), parsed.calls)
        kept = [c async for c in saver.alist({"configurable": {"thread_id": "0"}})]
        assert len(kept) == len(each[0]) + 2, "a checkpoint of the input, of the start and of every step"
        assert (await chat.summary()).total.answered == parsed.calls + parsed.concurrency
        return found


async def langchain(url: str, parsed: argparse.Namespace, store: Path) -> tuple[float, float]:
    """ChatOpenAI of LangChain alone, for comparison: no cache, ledger or limits."""
    model = ChatOpenAI(model="x", base_url=url, max_retries=0, use_responses_api=False)
    shape = response_format("json_schema", Choice)

    async def one(number: int) -> None:
        said = [(m["role"], m["content"]) for m in messages(number)]
        reply = await model.ainvoke(said, response_format=shape)
        Choice.model_validate_json(str(reply.content))

    return await timed(one, parsed)


CLIENTS = {"bare": bare, "port": port, "graph": runs, "langchain": langchain}


def report(found: dict[str, list[tuple[float, float]]], parsed: argparse.Namespace) -> bool:
    """Prints the figures; whether the targets are met."""
    for name, pairs in found.items():
        rates, cpu = [p[0] for p in pairs], [p[1] for p in pairs]
        print(json.dumps({"client": name, "calls_s": _figures(rates), "cpu_ms": _figures(cpu)}))
    told: dict[str, float] = {}
    for name in ("port", "graph"):
        rate = statistics.median(p[0] / b[0] for p, b in zip(found[name], found["bare"], strict=True))
        spent = statistics.median(p[1] for p in found[name])
        told |= {f"{name}_rate_to_bare": round(rate, 3), f"{name}_cpu_ms": round(spent, 2)}
    told |= {"target_rate": RATE, "target_cpu_ms": CPU_MS}
    setting = {"calls": parsed.calls, "concurrency": parsed.concurrency, "latency_s": parsed.latency}
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    versions = {name: version(name) for name in ("openai", "langchain-openai", "httpx2", "pydantic")}
    print(json.dumps(told | setting | machine | versions))
    return all(value >= RATE if name.endswith("bare") else value <= CPU_MS for name, value in told.items())


def _figures(values: list[float]) -> dict[str, float]:
    kinds = {"median": statistics.median, "least": min, "most": max}
    return {kind: round(figure(values), 2) for kind, figure in kinds.items()}


if __name__ == "__main__":
    main()
