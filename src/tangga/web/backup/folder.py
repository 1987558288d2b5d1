"""A backup is a folder; this reads its manifest and finds the newest.

    BACKUPS/2026-01-31T020000Z/
        manifest.json    when, by which programs, hashes of the files and of every table
        database.dump    pg_dump's custom format
        workspace.tar    settings, rulings, plans; of the run in force what the next one reads
        files.tar        what was uploaded to the service, and what it keeps beside the database

A folder whose name ends in `.part` was not finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.texts import both

MANIFEST, DATABASE, WORKSPACE, FILES = (
    "manifest.json",
    "database.dump",
    "workspace.tar",
    "files.tar",
)
VERSION = 1
SEAL = "sha256"
"""In the manifest: the hash of all the rest of it."""
NAME = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """One finished backup. manifest: see write.py."""

    folder: Path
    made: datetime
    manifest: dict[str, Any]


def seal_of(manifest: Mapping[str, Any]) -> str:
    """The hash of a manifest but for its seal, however it is written down."""
    rest = {name: value for name, value in manifest.items() if name != SEAL}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def newest(backups: Path) -> Backup | None:
    """The last finished one, None where there is none."""
    found = all_of(backups)
    return found[-1] if found else None


def all_of(backups: Path) -> list[Backup]:
    """Finished backups, oldest first; one that cannot be read counts for none."""
    if not backups.is_dir():
        return []
    found = []
    for folder in sorted(backups.iterdir()):
        if folder.suffix != ".part" and (folder / MANIFEST).is_file():
            with suppress(UserError):
                found.append(read(folder))
    return found


def read(folder: Path) -> Backup:
    """The manifest of a backup; UserError where this is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version, made = manifest["version"], datetime.fromisoformat(manifest["made"])
        # Backups of earlier versions have none.
        if SEAL in manifest and manifest[SEAL] != seal_of(manifest):
            raise ValueError
    except FileNotFoundError:
        raise UserError(f"is no backup: {MANIFEST} is missing", file=folder) from None
    except (ValueError, KeyError, TypeError):
        raise _other("web_backup.damaged_manifest", folder / MANIFEST) from None
    if version != VERSION:
        raise UserError(f"is a backup of version {version}", file=folder, todo=f"Need {VERSION}")
    return Backup(folder, made, manifest)


def check_files(backup: Backup) -> None:
    """UserError for a file that is missing or is not what was written."""
    for name, told in backup.manifest["files"].items():
        path = backup.folder / name
        if not path.is_file():
            raise _other("web_backup.missing_file", path)
        if sha256(path) != told["sha256"]:
            raise _other("web_backup.damaged_file", path)


def _other(key: str, file: Path) -> UserError:
    """A backup that cannot be used, and what to use in its place."""
    todo = both("web_backup.take_another", between=" / ")
    return UserError(both(key, between=" / "), file=file, todo=todo)
