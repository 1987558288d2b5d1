"""`tangga web export`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.cli.web_service import migrate, service
from tangga.engine.lock import locked
from tangga.texts import both

BUSY = "a run is reading the sources of this workspace"


def export(folder: Path) -> None:
    """Write what the service decided into a workspace, as sources of the next full run."""
    with service():
        migrate()
        from tangga.web.overlay.commands import export

        if (folder / "runs").is_dir():
            with locked(folder / "runs", BUSY):
                counts = export(folder)
        else:
            counts = export(folder)
    for kind, rows in sorted(counts.items()):
        screen.out.print(f"  {kind:<14}{rows:>9,}")
    screen.out.print(both("web_serve.exported", folder=str(folder)))
