"""Restores a backup into an empty database and empty folders, and proves that it is the same."""

from __future__ import annotations

import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg

from tangga.errors import Conflict, UserError
from tangga.hashing import sha256
from tangga.web.backup.dump import pour
from tangga.web.backup.folder import DATABASE, FILES, WORKSPACE, Backup, check_files
from tangga.web.backup.tables import hashes_as_owner
from tangga.web.register.field_key import hold_backup_to
from tangga.web.secrets import of_the_service

OCCUPIED = """
SELECT n.nspname || '.' || c.relname FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
LIMIT 1
"""
PART = ".part"
"""Ends the name of a file that is not whole yet."""


@dataclass(frozen=True)
class Restored:
    """What was restored and found to be the same."""

    tables: int
    rows: int
    files: int


def restore(backup: Backup, owner_url: str, *, var: Path, workspace: Path | None) -> Restored:
    """Into the owner's empty database, the service's folder, and the workspace where one is named.

    The files first: a restore that is broken off there can be tried again, what it left is known
    to be of the backup. Raises UserError: a file of the backup is missing or changed,
    TANGGA_FIELD_KEY is not the key of the backup, the database or the workspace is not empty, the
    service's folder holds another file by a name of the backup; Conflict: what was restored is not
    what was backed up.
    """
    check_files(backup)
    hold_backup_to(of_the_service(), backup.manifest.get("field_key"))
    targets = [(FILES, var, "kept")]
    _require_no_other(var, backup.manifest["kept"])
    if workspace is not None and "workspace" in backup.manifest:
        targets.append((WORKSPACE, workspace, "workspace"))
        _require_empty(workspace, backup.manifest["workspace"])
    major = _require_fit_database(backup, owner_url)
    files = 0
    for archive, to, key in targets:
        files += unpack(backup.folder / archive, to, backup.manifest[key])
    tables = _restore_database(backup, owner_url, major)
    return Restored(len(tables), sum(int(t["rows"]) for t in tables.values()), files)


def _require_no_other(var: Path, told: dict[str, str]) -> None:
    """The service's folder may hold what the backup does not, and the very same files."""
    for name, expected in told.items():
        path = var / name
        if path.exists() and not _is_same(path, expected):
            todo = "Move TANGGA_VAR away and make it anew; what is there is never overwritten"
            raise UserError("is there and is not as it was backed up", file=path, todo=todo)


def _require_empty(folder: Path, told: dict[str, str]) -> None:
    """Nothing may be there but what an attempt that was broken off left of this backup."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        left = path.is_dir() or (name.endswith(PART) and name.removesuffix(PART) in told)
        if not left and not (name in told and _is_same(path, told[name])):
            raise UserError("is not empty", file=folder, todo="Name a new folder for the workspace")


def _is_same(path: Path, expected: str) -> bool:
    return path.is_file() and sha256(path) == expected


def _require_fit_database(backup: Backup, url: str) -> int:
    """Empty, and not older than the backup; returns its major version."""
    with psycopg.connect(url) as con:
        occupied = con.execute(OCCUPIED).fetchone()
        name, major = con.info.dbname, con.info.server_version // 10000
    if occupied is not None:
        todo = "Restore into a new one; what is there is never overwritten. "
        raise UserError(
            f"the database {name} is not empty: it holds {occupied[0]}",
            todo=f"{todo}Where a restore was broken off in it: {_anew(name)}",
        )
    if major < backup.manifest["postgresql"]:
        what = f"the backup is of PostgreSQL {backup.manifest['postgresql']}, the server is {major}"
        raise UserError(what, todo="Restore into a server of that version, or a newer one")
    return major


def _anew(database: str) -> str:
    """How the database gets empty again; the files that are restored may stay."""
    return (
        f"as a superuser DROP DATABASE {database}, make it again (deploy/README.md, section 3), "
        "and restore again"
    )


def _restore_database(backup: Backup, url: str, major: int) -> dict[str, dict[str, Any]]:
    """Its tables, found to be the same."""
    pour(backup.folder / DATABASE, url, major)
    try:
        with psycopg.connect(url, autocommit=True) as con:
            con.execute("ANALYZE")
        return _same_tables(backup, url)
    except psycopg.Error as error:
        what = f"the database was restored but not compared ({type(error).__name__})"
        raise UserError(what, todo=_anew(_name(url))) from error


def unpack(archive: Path, to: Path, told: dict[str, str]) -> int:
    """Each file as it was, for its owner's eyes only. Returns how many."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = os.umask(0o077)
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                _extract(tar, member, to)
    finally:
        os.umask(before)
    for name, expected in told.items():
        if not _is_same(to / name, expected):
            raise Conflict(f"{name} is not as it was backed up")
    return len(told)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> None:
    """Files and folders below `to`, nothing else; Conflict for a name that leads out of it.

    The filters of tarfile do this too, but not yet in the Python 3.11 of Debian 12.
    """
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise Conflict(f"{_named(tar)} holds a file that lies elsewhere")
    path = to / name
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    content = tar.extractfile(member) if member.isfile() else None
    if content is None:
        raise Conflict(f"{_named(tar)} holds what is neither a file nor a folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under its own name only when whole: what a full disk breaks off is no other file in the way.
    part = path.with_name(path.name + PART)
    with content, part.open("wb") as kept:
        shutil.copyfileobj(content, kept)
    os.utime(part, (member.mtime, member.mtime))
    part.replace(path)


def _named(tar: tarfile.TarFile) -> str:
    """The archive's name, for a message."""
    return Path(str(tar.name)).name


def _same_tables(backup: Backup, url: str) -> dict[str, dict[str, Any]]:
    told = backup.manifest["tables"]
    with psycopg.connect(url) as con:
        found = hashes_as_owner(con)
    differ = sorted(
        name for name in told.keys() | found.keys() if told.get(name) != found.get(name)
    )
    if differ:
        what = f"tables are not as they were backed up: {', '.join(differ[:10])}"
        raise Conflict(f"{what}. Do not use it: {_anew(_name(url))}, or take an older backup")
    return told


def _name(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url).get("dbname", ""))
