"""A PostgreSQL server of a test's own, on loopback, in a temporary directory."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PASSWORD = "pass word/of:owner"


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again."""

    programs: Path
    folder: Path
    port: int

    def url(self, password: str = "pass%20word%2Fof%3Aowner", database: str = "postgres") -> str:
        return f"postgresql://owner:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self.folder / "data")

    def run(self, program: str, *given: str | Path) -> None:
        """Runs one of the server's programs, which refuse to run as root."""
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*user, str(self.programs / program), *map(str, given)]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)


@contextmanager
def running() -> Iterator[Server]:
    """Skips where no server is installed."""
    with TemporaryDirectory(prefix="pg", dir="/tmp") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(_programs(), Path(folder), free.getsockname()[1])
        free.close()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        secret = Path(folder) / "secret"
        secret.write_text(f"{PASSWORD}\n")
        secret.chmod(0o644)
        data = server.folder / "data"
        server.run("initdb", "-D", data, "-U", "owner", "--auth=scram-sha-256", "-E", "UTF8", f"--pwfile={secret}")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _programs() -> Path:
    found = [*map(Path, filter(None, [shutil.which("pg_ctl")])), *Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")]
    if not found:
        pytest.skip("no PostgreSQL server is installed: no pg_ctl on the path or in /usr/lib/postgresql")
    return found[-1].parent
