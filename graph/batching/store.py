"""A PostgreSQL database beside a run: the last state of each candidate's threads, and the ledger of every shard.

The run directory stays the truth. The database is written after it and caught up when the run goes on, and nothing of
what a run makes is read from it.
"""

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast
from urllib.parse import urlsplit

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from tasks.journal import Journal
from tasks.runs import Entry, Manifest

try:
    import psycopg
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.rows import dict_row
except ImportError:  # the extra is not installed
    psycopg = None
else:
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # of a lost connection it warns, and raises as well

WHOLE = "whole"
"""What stands for the shard of a run that is not divided."""
SETUP = 0x7461_7072_6F6F_7400
"""The advisory lock under which tables are made."""
PATIENCE = 10
"""Seconds to wait for a server that does not answer, unless the URL has a `connect_timeout`."""
TABLES = """
    CREATE TABLE IF NOT EXISTS taproot_runs (
        run text PRIMARY KEY, manifest jsonb NOT NULL, begun timestamptz NOT NULL DEFAULT now());
    CREATE TABLE IF NOT EXISTS taproot_ledger (
        run text NOT NULL REFERENCES taproot_runs, shard text NOT NULL, candidate bigint NOT NULL, entry jsonb NOT NULL,
        written timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, shard, candidate));
"""
RUN = "INSERT INTO taproot_runs (run, manifest) VALUES (%s, %s) ON CONFLICT DO NOTHING"
ENTRY = "INSERT INTO taproot_ledger (run, shard, candidate, entry) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"


def run_identity(manifest: Manifest) -> str:
    """One for all shards of a run: 16 hex digits of the SHA-256 of its manifest without the shard."""
    whole = manifest.model_copy(update={"shard": None})
    return hashlib.sha256(whole.model_dump_json().encode()).hexdigest()[:16]


class Store:
    """A connection that follows journals. `url` may leave out the password, which libpq then looks up."""

    def __init__(self, url: str) -> None:
        """Connects and makes what tables are missing.

        Raises `ValueError` when the URL is none or the extra is missing, `OSError` when the database does not serve.
        """
        arguments = _checked(url)
        with _told("nothing has been done"):
            self._connection = psycopg.connect(**arguments, autocommit=True, row_factory=dict_row)
            _set_up(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def follow(self, journal: Journal) -> None:
        """Adds what the journal holds and the database lacks; from now on each commit is added after it is on disk.

        Raises `OSError` when the database does not serve.
        """
        manifest = journal.run.manifest
        key = (run_identity(manifest), "/".join(map(str, manifest.shard)) if manifest.shard else WHOLE)
        with _told():
            whole = manifest.model_copy(update={"shard": None})
            self._connection.execute(RUN, (key[0], whole.model_dump_json()))
            query = "SELECT candidate FROM taproot_ledger WHERE run = %s AND shard = %s"
            known = {row["candidate"] for row in self._connection.execute(query, key)}
        self._add(key, [entry for entry in journal.entries if entry.index not in known])
        journal.mirror = lambda entries: self._add(key, entries)

    def _add(self, key: tuple[str, str], entries: Sequence[Entry]) -> None:
        with _told(), self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(ENTRY, [(*key, entry.index, entry.model_dump_json()) for entry in entries])


class LastStates(BaseCheckpointSaver[str]):
    """Keeps where each thread ended. It never gives a state back to a run: a candidate always begins afresh.

    Every method raises `OSError` when the database does not serve.
    """

    def __init__(self, inner: BaseCheckpointSaver[str]) -> None:
        super().__init__(serde=inner.serde)
        self._inner = inner

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connects in the running event loop; the tables have to be there."""
        with _told():
            connection = await psycopg.AsyncConnection.connect(**_checked(url), autocommit=True, row_factory=dict_row)
        return cls(AsyncPostgresSaver(connection))

    def get_next_version(self, current: str | None, channel: None) -> str:
        """As the database orders them."""
        return self._inner.get_next_version(current, channel)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Nothing, whatever an equal run has left there; that is removed."""
        with _told():
            await self._inner.adelete_thread(config["configurable"]["thread_id"])
        return None

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keeps a checkpoint."""
        with _told():
            return await self._inner.aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keeps what a step wrote."""
        with _told():
            await self._inner.aput_writes(config, writes, task_id, task_path)


@contextmanager
def _told(what_now: str = "nothing that was made is lost, the same command goes on") -> Iterator[None]:
    """Turns what the client raises into one line."""
    try:
        yield
    except psycopg.Error as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise OSError(f"the store cannot be used: {first}; {what_now}") from None


def _checked(url: str) -> dict[str, Any]:
    """What to connect with; raises `ValueError` that repeats nothing of the URL, for a password may be in it."""
    if psycopg is None:
        raise ValueError("--store needs a PostgreSQL client: pip install -e '.[postgres]'")
    form = "expected postgresql://USER@HOST:PORT/DATABASE"
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"--store: no PostgreSQL URL; {form}")
    try:
        misplaced = url.count("@") > urlsplit(url).netloc.count("@") or url.count("@") > 1
        found = cast(dict[str, Any], conninfo_to_dict(url))
    except (ValueError, psycopg.Error):
        misplaced, found = True, {}
    if misplaced:
        raise ValueError(f"--store: not readable; {form}, with @ : / ? # in a name or password percent-encoded")
    return {"connect_timeout": PATIENCE, **found}


def _set_up(connection: Any) -> None:
    """Makes the tables, one process at a time.

    It asks for the lock again and again instead of waiting inside the server: a statement that waits holds up the
    concurrent index builds of whoever has the lock.
    """
    while not connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (SETUP,)).fetchone()["got"]:
        time.sleep(0.1)
    try:
        connection.execute(TABLES)
        PostgresSaver(connection).setup()
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (SETUP,))
