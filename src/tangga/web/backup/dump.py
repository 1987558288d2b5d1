"""Calls PostgreSQL's own programs that dump and restore."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from tangga.errors import UserError
from tangga.texts import both
from tangga.web.backup.tables import FORGOTTEN, hashes
from tangga.web.database import binaries
from tangga.web.database.binaries import Binaries

LAST_SEAL = "SELECT number, hash FROM public.audit_seals ORDER BY number DESC LIMIT 1"
"""Kept with the backup, it proves that the trail of that day was not made anew since."""

NOTHING_LEFT = "Nothing of it is in the database: mend what it says, and restore again"
PART_LEFT = "A part may be in the database: drop it, make it again, and restore again"


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
        seal = con.execute(LAST_SEAL).fetchone()
        return {
            "postgresql": con.info.server_version // 10000,
            "last_seal": None if seal is None else {"number": seal[0], "hash": seal[1]},
            "tables": hashes(con),
        }


def _require_all_rows(con: psycopg.Connection[Any]) -> None:
    """A role that policies bind would write a backup without the rows that it does not see."""
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    row = con.execute(query).fetchone()
    if not row or not row[0]:
        todo = "Set TANGGA_BACKUP_URL to a role with BYPASSRLS (deploy/README.md says how)"
        raise UserError(f"the role {con.info.user} does not see all rows", todo=todo)


def programs(server: int, archive: Path | None = None) -> Binaries:
    """Those of the server's version, or the next: pg_dump reads its own version and older ones.

    archive: that also read this one. Never simply the newest: what its pg_restore says, an older
    server may not know. UserError where there are none.
    """
    fitting = sorted(
        (one for one in binaries.installed() if one.major >= server), key=lambda one: one.major
    )
    if archive is not None:
        fitting = [one for one in fitting if _reads(one, archive)]
    if not fitting:
        what = "pg_dump" if archive is None else f"pg_restore that reads {archive.name}"
        todo = f"Install postgresql-client-{server}"
        raise UserError(f"no {what} for PostgreSQL {server} on this machine", todo=todo)
    return fitting[0]


def _reads(fitting: Binaries, archive: Path) -> bool:
    """Whether its pg_restore knows the form of an archive: a newer pg_dump may write another."""
    listed = [fitting["pg_restore"], "--list", str(archive)]
    return subprocess.run(listed, capture_output=True, check=False).returncode == 0


def call(command: list[str], url: str) -> None:
    """With the URL in the environment: a command line can be read by everybody on the machine."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(url),
        check=False,
    )
    _require_success(command, done.returncode, done.stderr)


def pour(archive: Path, url: str, major: int) -> None:
    """Restore an archive in one transaction; the UserError says whether anything of it is there."""
    fitting = programs(major, archive)
    read = [fitting["pg_restore"], "--no-owner", "--exit-on-error", "--file=-", str(archive)]
    # In a session that knows the settings of pg_trgm: functions of ours are made with one of them.
    write = [fitting["psql"], "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    write += ["-c", "SELECT public.show_limit()", "-f", "-"]
    with subprocess.Popen(
        read, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reading:
        done = subprocess.run(
            write,
            stdin=reading.stdout,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=_environment(url),
            check=False,
        )
    _require_success(write, done.returncode, done.stderr, todo=NOTHING_LEFT)
    _require_success(read, reading.returncode, "", todo=PART_LEFT)


def _environment(url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **libpq(url), "LC_ALL": "C"}


def _require_success(command: list[str], code: int, said: str, *, todo: str | None = None) -> None:
    """The first line only: what follows may hold values."""
    if code != 0:
        first = (said.strip().splitlines() or ["it gave no reason"])[0]
        if os.strerror(errno.ENOSPC) in said:
            todo = both("web_backup.full", between=" / ")
        raise UserError(f"{Path(command[0]).name} failed: {first}", todo=todo)


def libpq(url: str) -> dict[str, str]:
    """A URL as the environment of libpq's programs."""
    variables = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",  # pragma: allowlist secret
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    given = psycopg.conninfo.conninfo_to_dict(url)
    return {variables[k]: str(v) for k, v in given.items() if k in variables and v is not None}
