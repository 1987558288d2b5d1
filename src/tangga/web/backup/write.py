"""Writes a backup: whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tangga import __version__
from tangga.hashing import sha256
from tangga.web.backup import folder as names
from tangga.web.backup.dump import dump
from tangga.web.backup.files import Places, of_service, of_workspace, pack, run_in_force
from tangga.web.backup.folder import DATABASE, FILES, MANIFEST, WORKSPACE, Backup, all_of
from tangga.web.backup.tables import FORGOTTEN
from tangga.web.secrets import of_the_service


def write(places: Places, backups: Path, *, keep: int = 0) -> Backup:
    """A new backup in the folder; the oldest beyond `keep` go (0: none goes).

    Raises UserError: the role is bound by policies, pg_dump is missing, too old or fails.
    """
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = _free(backups, datetime.now(UTC))
    new = backups / f"{made.strftime(names.NAME)}.part"
    new.mkdir(mode=0o700)
    try:
        manifest = {"version": names.VERSION, "made": made.isoformat(), "program": __version__}
        manifest["without"] = ["TANGGA_FIELD_KEY", "TANGGA_SECRET_KEY", *FORGOTTEN]
        manifest["field_key"] = of_the_service().now.fingerprint
        manifest |= dump(places.url, new / DATABASE)
        if places.workspace is not None:
            manifest["workspace"] = pack(new / WORKSPACE, of_workspace(places))
            manifest["run"] = run_in_force(places.workspace)
        manifest["kept"] = pack(new / FILES, of_service(places))
        manifest["files"] = {
            path.name: {"sha256": sha256(path), "bytes": path.stat().st_size}
            for path in sorted(new.iterdir())
        }
        _write_manifest(new / MANIFEST, {**manifest, names.SEAL: names.seal_of(manifest)})
        done = new.with_suffix("")
        new.rename(done)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    if keep:
        # Not by name alone: where the clock was set back, the new one is named before the others.
        others = [one for one in all_of(backups) if one.folder != done]
        for old in others[: max(0, len(others) - keep + 1)]:
            shutil.rmtree(old.folder)
    return names.read(done)


def _free(backups: Path, made: datetime) -> datetime:
    """This second, or the next that no other backup is named after."""
    while any((backups / f"{made.strftime(names.NAME)}{end}").exists() for end in ("", ".part")):
        made += timedelta(seconds=1)
    return made


def _write_manifest(to: Path, manifest: dict[str, Any]) -> None:
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(manifest, file, indent=1, sort_keys=True, ensure_ascii=False)
