"""An office's own service for the fault harness: its PostgreSQL as an office has it, every promise
of durability kept (the other tests run theirs without)."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from fault_runs import Ground, tangga
from psycopg import sql

from tangga.web.backup.tables import HASH, SAME_TEXT, hashes
from tangga.web.database.postgres import Server
from tangga.web.database.shared import in_use

OFFICE = Path(__file__).with_name("fault_office.py")
PATIENCE = 120.0
KEYS = {
    "TANGGA_SECRET_KEY": "of-the-faults-" + "x" * 40,  # pragma: allowlist secret
    "TANGGA_FIELD_KEY": base64.b64encode(bytes(range(1, 33))).decode(),
}
MOVING = ("django_session", "procrastinate_", "register_releases", "audit_seals")
"""What a load or the passing of time changes by itself."""


@dataclass
class Office:
    """folder: holds `var` (with PostgreSQL) and `workspace`. server: its PostgreSQL."""

    folder: Path
    server: Server
    environment: dict[str, str] = field(repr=False)

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def web(self, *arguments: str | Path, **how: Any) -> subprocess.CompletedProcess[str]:
        """`tangga web ...` to its end."""
        return tangga("web", *arguments, **how, **self.environment)

    def starting(self, *arguments: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """`tangga web ...` beside us, what it says in a file."""
        command = [sys.executable, "-m", "tangga", "web", *map(str, arguments)]
        with log.open("wb") as out:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self._all(),
                start_new_session=True,
            )  # fmt: skip

    def inside(self, *arguments: str, before: tuple[str, ...] = ()) -> Any:
        """What `fault_office.py` prints."""
        command = [*before, sys.executable, str(OFFICE), *arguments]
        ran = subprocess.run(
            command, capture_output=True, text=True, env=self.with_database(), check=False
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def with_database(self) -> dict[str, str]:
        """The environment of a process that is told where the database is."""
        return {**self._all(), "DATABASE_URL": self.server.url("tangga", "tangga_owner")}

    def _all(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, **self.environment, "NO_COLOR": "1", "COLUMNS": "400"}

    def connect(self) -> psycopg.Connection[Any]:
        """As the superuser: no policy hides a row."""
        return psycopg.connect(self.server.url("tangga"), autocommit=True)

    def in_force(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """The number of the release in force, its tables, and all that was ever acknowledged."""
        with self.connect() as con:
            row = con.execute("SELECT number FROM register_current").fetchone()
            assert row is not None
            return int(row[0]), release_tables(con, int(row[0])), _acknowledged(con)

    def states(self) -> dict[int, str]:
        """Every release of the ledger."""
        with self.connect() as con:
            return dict(con.execute("SELECT number, state FROM register_releases").fetchall())

    def alone(self) -> None:
        """Wait until the server has seen that killed clients are gone."""
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'tangga' AND backend_type = "
            "'client backend' AND pid <> pg_backend_pid()"
        )
        with self.connect() as con:
            until(lambda: con.execute(asked).fetchone() == (0,), "killed clients are still there")


def release_tables(con: psycopg.Connection[Any], number: int) -> dict[str, str]:
    """Every table of a release: rows, and a hash in which their order does not count. What is
    sealed is left out: it is sealed with another nonce each time."""
    con.execute(SAME_TEXT)
    columns: dict[str, list[str]] = {}
    query = """
        SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s
        AND NOT (data_type = 'bytea' AND column_name !~ '_index$') ORDER BY 1, ordinal_position
    """
    for table, column in con.execute(query, [f"r_{number}"]).fetchall():
        columns.setdefault(table, []).append(column)
    found = {}
    for table, names in columns.items():
        rows = sql.SQL("(SELECT {} FROM {})").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(f"r_{number}", table)
        )
        row = con.execute(sql.SQL(HASH).format(rows)).fetchone()  # type: ignore[arg-type]
        found[table] = "-".join(map(str, row or ()))
    return found


def _acknowledged(con: psycopg.Connection[Any]) -> dict[str, Any]:
    with con.transaction():
        found = hashes(con)
    return {
        name: said for name, said in found.items()
        if name.startswith("public.") and not name.removeprefix("public.").startswith(MOVING)
        and name != "public.audit_events"
    }  # fmt: skip


def until(what: Callable[[], Any], said: str, seconds: float = PATIENCE) -> None:
    """Wait for something to be so; a database that is away is waited for."""
    limit = time.monotonic() + seconds
    while True:
        with suppress(psycopg.OperationalError, OSError):
            if what():
                return
        assert time.monotonic() < limit, said
        time.sleep(0.05)


def kill_postgres(server: Server) -> None:
    """-9 to the postmaster; its children see it and go."""
    number = int((server.data / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(number, signal.SIGKILL)
    if server.process is not None:
        server.process.wait(30)  # ours to bury: until then its number is taken


class Loads:
    """Loads that die at a moment: a process that has everything imported makes a child a load."""

    def __init__(self, office: Office) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(OFFICE), "loads"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=office.with_database(),
        )  # fmt: skip

    def load(self, folder: Path, moment: str) -> tuple[int, float, int]:
        """(how it ended, seconds, steps that it reported)."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{folder}\t{moment}\n")
        self.process.stdin.flush()
        status, seconds, steps = json.loads(self.process.stdout.readline())
        return int(status), float(seconds), int(steps)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


@contextmanager
def open_office(folder: Path, ground: Ground) -> Iterator[Office]:
    """The service with the ground's release in force, as `tangga web serve` would run it."""
    ground.copy(folder / "workspace")
    var = folder / "var"
    environment = {
        **KEYS,
        "TANGGA_VAR": str(var),
        "TANGGA_WORKSPACE": str(folder / "workspace"),
        "TANGGA_INSECURE_HTTP": "yes",
        "TANGGA_HOSTS": "localhost,127.0.0.1",
        "TANGGA_DEMO": "yes",
        "DATABASE_URL": "",
    }
    with in_use(var.resolve() / "postgres") as server:
        office = Office(folder, server, environment)
        loaded = office.web("load", office.workspace, "--approve")
        assert loaded.returncode == 0, loaded.stderr
        yield office
