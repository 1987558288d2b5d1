"""`tangga web backup` and `tangga web restore`."""

from __future__ import annotations

import os
from pathlib import Path

from tangga.cli import screen
from tangga.cli.web_service import backups_folder, service
from tangga.errors import UserError
from tangga.texts import both


def backup(*, to: Path | None, keep: int, sources: bool) -> None:
    """Write a backup, and say loudly what it is not worth without the field key."""
    from tangga.web.backup.files import Places
    from tangga.web.backup.write import write

    with service(django=False) as running:
        env = running.env
        workspace = Path(env.workspace).resolve() if env.workspace else None
        if workspace is not None and not workspace.is_dir():
            raise UserError("TANGGA_WORKSPACE is no folder", file=workspace)
        url = os.environ.get("TANGGA_BACKUP_URL") or running.superuser_url or running.url
        places = Places(url, env.var.resolve(), workspace, sources)
        done = write(places, to or backups_folder(env), keep=keep)
    size = sum(part["bytes"] for part in done.manifest["files"].values())
    tables = done.manifest["tables"]
    counts = {"tables": len(tables), "rows": sum(t["rows"] for t in tables.values())}
    screen.out.print(
        both("web_backup.done", folder=done.folder, mb=max(1, size // 2**20), **counts),
        soft_wrap=True,
    )
    if workspace is None:
        screen.out.print(both("web_backup.no_workspace"), style="yellow", soft_wrap=True)
    screen.out.print(both("web_backup.key"), style="bold yellow", soft_wrap=True)


def restore(folder: Path, *, workspace: Path | None) -> None:
    """Restore a backup into an empty database, and prove that nothing differs."""
    from tangga.web.backup.folder import read
    from tangga.web.backup.restore import restore

    backup = read(folder)
    with service(django=False) as running:
        to = workspace or (Path(running.env.workspace) if running.env.workspace else None)
        done = restore(backup, running.url, var=running.env.var, workspace=to)
    counts = {"tables": done.tables, "rows": done.rows, "files": done.files}
    screen.out.print(both("web_backup.restored", **counts), soft_wrap=True)
    if "workspace" in backup.manifest and to is None:
        screen.out.print(both("web_backup.left_workspace"), style="yellow", soft_wrap=True)
    screen.out.print(both("web_backup.key"), style="bold yellow", soft_wrap=True)
