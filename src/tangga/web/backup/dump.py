"""Calls PostgreSQL's own programs that dump and restore."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from tangga.errors import UserError
from tangga.web.backup.tables import FORGOTTEN, hashes
from tangga.web.database import binaries
from tangga.web.database.binaries import Binaries


def dump(url: str, to: Path) -> dict[str, Any]:
    """Dump and hash one and the same state of the database."""
    with psycopg.connect(url) as con:
        con.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _require_all_rows(con)
        fitting = programs(con.info.server_version // 10000)
        snapshot = con.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        command = [fitting["pg_dump"], "--format=custom", f"--snapshot={snapshot[0]}"]
        command += ["--no-owner", "--no-comments", f"--file={to}"]
        command += [f"--exclude-table-data={name}" for name in FORGOTTEN]
        call(command, url)
        to.chmod(0o600)
        tables = hashes(con)
        return {"postgresql": con.info.server_version // 10000, "tables": tables}


def _require_all_rows(con: psycopg.Connection[Any]) -> None:
    """A role that policies bind would write a backup without the rows that it does not see."""
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    row = con.execute(query).fetchone()
    if not row or not row[0]:
        todo = "Set TANGGA_BACKUP_URL to a role with BYPASSRLS (deploy/README.md says how)"
        raise UserError(f"the role {con.info.user} does not see all rows", todo=todo)


def programs(server: int) -> Binaries:
    """pg_dump reads servers of its own version and older ones."""
    fitting = [one for one in binaries.installed() if one.major >= server]
    if not fitting:
        todo = f"Install postgresql-client-{server}"
        raise UserError(f"no pg_dump for PostgreSQL {server} on this machine", todo=todo)
    return min(fitting, key=lambda one: one.major)


def call(command: list[str], url: str) -> None:
    """With the URL in the environment: a command line can be read by everybody on the machine."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    done = subprocess.run(
        [*command, "--dbname="],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env={**environment, **libpq(url)},
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[0]
        raise UserError(f"{Path(command[0]).name} failed: {said}")


def libpq(url: str) -> dict[str, str]:
    """A URL as the environment of libpq's programs."""
    variables = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    given = psycopg.conninfo.conninfo_to_dict(url)
    return {variables[k]: str(v) for k, v in given.items() if k in variables and v is not None}
