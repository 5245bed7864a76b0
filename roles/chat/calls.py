"""The call store: one SQLite file that is both the cache of replies and the ledger of calls.

A row is written before a call goes out and completed when its answer is here, so that whatever ends the process, a
reply that reached the file is never asked for again, and a call without one is known to be in doubt.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from roles.chat.answer import Answer
from roles.chat.budget import Budget
from roles.chat.ledger import Summary, Usage
from roles.chat.sessions import alive

End = Literal["answered", "failed", "unsent", "in_doubt"]
VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS calls (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, session TEXT NOT NULL, run TEXT NOT NULL, item TEXT NOT NULL,
    role TEXT NOT NULL, prompt TEXT NOT NULL, model TEXT NOT NULL, at REAL NOT NULL, state TEXT NOT NULL,
    input_tokens INTEGER, output_tokens INTEGER, seconds REAL, cost REAL, why TEXT NOT NULL DEFAULT '', reply TEXT);
CREATE INDEX IF NOT EXISTS calls_by_key ON calls (key) WHERE state IN ('answered', 'open');
CREATE INDEX IF NOT EXISTS calls_by_item ON calls (item);
CREATE INDEX IF NOT EXISTS calls_under_way ON calls (session) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, calls INTEGER NOT NULL, cost REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forms (address TEXT, model TEXT, form TEXT NOT NULL, PRIMARY KEY (address, model));
"""

_SUMS = """
SELECT role, total(state IN ('answered', 'failed')), total(state = 'answered'), total(state = 'failed'),
    total(state = 'in_doubt'), total(state = 'open'), total(state = 'unsent'), total(state = 'hit'),
    total(input_tokens), total(output_tokens), total(seconds),
    total(CASE WHEN state != 'hit' THEN cost END), total(state = 'answered' AND cost IS NULL)
FROM calls WHERE (:run IS NULL OR run = :run) AND (:item IS NULL OR item = :item) GROUP BY role ORDER BY role
"""

_USED = """
SELECT count(*), CAST(total(input_tokens) AS INTEGER), CAST(total(output_tokens) AS INTEGER), round(total(cost), 9)
FROM calls WHERE state = 'answered' AND key IN
    (SELECT key FROM calls WHERE item = :item AND state IN ('answered', 'hit') AND rowid > :since)
"""


@dataclass(frozen=True)
class Label:
    """What a row says of its call: who asked with which prompt, for which run and item, which model."""

    role: str
    prompt: str
    model: str
    run: str = ""
    item: str = ""


class Calls:
    """The store at a path, to be used in one thread. Raises `sqlite3.Error` when the file does not play along."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        _patiently(self._db, "PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        with self.transaction():
            if (version := self._db.execute("PRAGMA user_version").fetchone()[0]) not in (0, VERSION):
                raise sqlite3.DatabaseError(f"its version is {version}, not {VERSION}")
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={VERSION}")
            self.settle()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is committed, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def settle(self) -> None:
        """Marks the calls of processes that are gone as in doubt."""
        open_ = self._db.execute("SELECT DISTINCT session FROM calls WHERE state = 'open'").fetchall()
        for (session,) in open_:
            if not alive(self.path, session):
                self._db.execute(
                    "UPDATE calls SET state = 'in_doubt', why = 'its process ended'"
                    " WHERE session = ? AND state = 'open'",
                    (session,),
                )

    def reply(self, key: str) -> tuple[str, Answer] | None:
        """The call that a key's answer came with, and the answer; `None` when it has none."""
        found = self._db.execute("SELECT id, reply FROM calls WHERE key = ? AND state = 'answered'", (key,)).fetchone()
        return (found[0], Answer.model_validate_json(found[1])) if found else None

    def under_way(self, key: str) -> bool:
        """Whether a process that still runs is asking just this."""
        asking = "SELECT 1 FROM calls WHERE key = ? AND state = 'open'"
        if not self._db.execute(asking, (key,)).fetchone():
            return False
        self.settle()
        return bool(self._db.execute(asking, (key,)).fetchone())

    def inherit(self, path: Path) -> None:
        """Takes over the replies of another store that this one lacks."""
        Calls(path).close()
        self._db.execute("ATTACH ? AS other", (str(path),))
        with self.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO calls SELECT * FROM other.calls AS o WHERE o.state = 'answered'"
                " AND NOT EXISTS (SELECT 1 FROM calls WHERE key = o.key AND state = 'answered')"
            )
        self._db.execute("DETACH other")

    def hit(self, id_: str, key: str, label: Label) -> None:
        """Notes that a reply came from the store."""
        self._insert(id_, key, "", label, "hit", None)

    def intend(self, id_: str, key: str, session: str, label: Label, budget: Budget, cost: float | None) -> None:
        """Notes a call that goes out next; `cost` is an estimate and stands until the answer is here.

        Raises `ChatError` when the run may make no more calls.
        """
        spent = self._db.execute("SELECT calls, cost FROM runs WHERE run = ?", (label.run,)).fetchone() or (0, 0.0)
        budget.check(spent[0], spent[1], cost or 0.0)
        self._db.execute("INSERT OR IGNORE INTO runs VALUES (?, 0, 0)", (label.run,))
        self._add(label.run, 1, cost or 0.0)
        self._insert(id_, key, session, label, "open", cost)

    def end(
        self, id_: str, end: End, seconds: float, why: str = "", answer: Answer | None = None, cost: float | None = None
    ) -> None:
        """Notes how a call ended. One in doubt keeps its estimated cost; one never sent does not count."""
        run, guess = self._db.execute("SELECT run, cost FROM calls WHERE id = ?", (id_,)).fetchone()
        cost = guess if end == "in_doubt" else cost
        self._add(run, -1 if end == "unsent" else 0, (cost or 0.0) - (guess or 0.0))
        tokens = (answer.input_tokens, answer.output_tokens) if answer else (None, None)
        reply = answer.model_dump_json() if answer else None
        self._db.execute(
            "UPDATE calls SET state = ?, input_tokens = ?, output_tokens = ?, seconds = ?, cost = ?, why = ?, reply = ?"
            " WHERE id = ?",
            (end, *tokens, seconds, cost, why, reply, id_),
        )

    def unsent(self, id_: str, key: str, label: Label, why: str) -> None:
        """Notes that a call did not leave, whether or not its row is there."""
        if self._db.execute("SELECT 1 FROM calls WHERE id = ?", (id_,)).fetchone():
            self.end(id_, "unsent", 0.0, why)
        else:
            self._insert(id_, key, "", label, "unsent", None)
            self.note(id_, why)

    def note(self, id_: str, why: str) -> None:
        """Notes why an answer was not taken."""
        self._db.execute("UPDATE calls SET why = ? WHERE id = ?", (why, id_))

    def form(self, address: str, model: str) -> str | None:
        """The form of request that is known to work with a model."""
        found = self._db.execute("SELECT form FROM forms WHERE address = ? AND model = ?", (address, model)).fetchone()
        return str(found[0]) if found else None

    def set_form(self, address: str, model: str, form: str) -> None:
        """Remembers that form."""
        self._db.execute("INSERT OR REPLACE INTO forms VALUES (?, ?, ?)", (address, model, form))

    def summary(self, run: str | None = None, item: str | None = None) -> Summary:
        """The ledger of everything, of a run or of an item."""
        self.settle()
        chosen = {"run": run, "item": item}
        roles = {row[0]: _usage(row[1:]) for row in self._db.execute(_SUMS, chosen)}
        reasons = self._db.execute(
            "SELECT why, count(*) FROM calls WHERE why != '' AND (:run IS NULL OR run = :run)"
            " AND (:item IS NULL OR item = :item) GROUP BY why ORDER BY count(*) DESC, why",
            chosen,
        )
        return Summary(total=_total(list(roles.values())), roles=roles, why=dict(reasons))

    def last(self) -> int:
        """The number of the newest row, 0 when there is none."""
        return int(self._db.execute("SELECT coalesce(max(rowid), 0) FROM calls").fetchone()[0])

    def used(self, item: str, since: int = 0) -> Usage:
        """The replies that an item rests on, each once, whether they were asked for or taken from the store.

        Equal for equal runs: what failed, was asked twice or is in doubt is in the summary and not here. Of an item
        that begins afresh after the row `since`, what it used before that is not counted.
        """
        found = self._db.execute(_USED, {"item": item, "since": since}).fetchone()
        return Usage(**dict(zip(("calls", "input_tokens", "output_tokens", "cost_usd"), found, strict=True)))

    def rows(self) -> list[dict[str, Any]]:
        """The ledger's rows, oldest first, without the replies."""
        columns = "id, key, run, item, role, prompt, model, at, state, input_tokens, output_tokens, seconds, cost, why"
        found = self._db.execute(f"SELECT {columns} FROM calls ORDER BY rowid")
        return [dict(zip(columns.split(", "), row, strict=True)) for row in found]

    def _add(self, run: str, calls: int, cost: float) -> None:
        self._db.execute("UPDATE runs SET calls = calls + ?, cost = cost + ? WHERE run = ?", (calls, cost, run))

    def _insert(self, id_: str, key: str, session: str, label: Label, state: str, cost: float | None) -> None:
        names = (label.run, label.item, label.role, label.prompt, label.model)
        self._db.execute(
            "INSERT INTO calls (id, key, session, run, item, role, prompt, model, at, state, cost)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, key, session, *names, time.time(), state, cost),
        )


def _busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@retry(retry=retry_if_exception(_busy), stop=stop_after_delay(60), wait=wait_fixed(0.02), reraise=True)
def _patiently(database: sqlite3.Connection, statement: str) -> None:
    """For what does not heed the connection's timeout while another process opens the same new file."""
    database.execute(statement)


def _usage(sums: Sequence[float]) -> Usage:
    names = list(Usage.model_fields)
    return Usage(**{n: v if n in ("seconds", "cost_usd") else int(v) for n, v in zip(names, sums, strict=True)})


def _total(parts: Sequence[Usage]) -> Usage:
    return Usage(**{name: sum(getattr(p, name) for p in parts) for name in Usage.model_fields})
