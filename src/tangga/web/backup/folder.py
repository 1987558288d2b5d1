"""A backup is a folder; this reads its manifest and finds the newest.

    BACKUPS/2026-01-31T020000Z/
        manifest.json    when, by which programs, hashes of the files and of every table
        database.dump    pg_dump's custom format
        workspace.tar    settings, rulings, plans; of the run in force what the next one reads
        files.tar        what was uploaded to the service, and what it keeps beside the database

A folder whose name ends in `.part` was not finished.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tangga.errors import UserError
from tangga.hashing import sha256

MANIFEST, DATABASE, WORKSPACE, FILES = (
    "manifest.json",
    "database.dump",
    "workspace.tar",
    "files.tar",
)
VERSION = 1
NAME = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """One finished backup. manifest: see write.py."""

    folder: Path
    made: datetime
    manifest: dict[str, Any]


def newest(backups: Path) -> Backup | None:
    """The last finished one, None where there is none."""
    found = all_of(backups)
    return found[-1] if found else None


def all_of(backups: Path) -> list[Backup]:
    """Finished backups, oldest first."""
    if not backups.is_dir():
        return []
    folders = sorted(backups.iterdir())
    return [read(f) for f in folders if f.suffix != ".part" and (f / MANIFEST).is_file()]


def read(folder: Path) -> Backup:
    """The manifest of a backup; UserError where this is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version, made = manifest["version"], datetime.fromisoformat(manifest["made"])
    except FileNotFoundError:
        raise UserError(f"is no backup: {MANIFEST} is missing", file=folder) from None
    except (ValueError, KeyError, TypeError):
        raise UserError("cannot be read as a backup", file=folder / MANIFEST) from None
    if version != VERSION:
        raise UserError(f"is a backup of version {version}", file=folder, todo=f"Need {VERSION}")
    return Backup(folder, made, manifest)


def check_files(backup: Backup) -> None:
    """UserError for a file that is missing or is not what was written."""
    for name, told in backup.manifest["files"].items():
        path = backup.folder / name
        if not path.is_file():
            raise UserError("is missing from the backup", file=path)
        if sha256(path) != told["sha256"]:
            raise UserError("is not what was backed up: its hash differs", file=path)
