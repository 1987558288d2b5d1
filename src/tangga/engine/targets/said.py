"""What a run says of its targets."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.engine.targets.doubts import OFF_DUTY, OTHER_AREA, OTHER_PILAR, UNKNOWN

TABLE = ("plan", "targets")
MOST = 20
WORDS = {
    UNKNOWN: "the worker is not in the list of workers: not counted",
    OFF_DUTY: "the worker is not on duty: not counted",
    OTHER_PILAR: "the worker is of another pilar than the measure: not counted",
    OTHER_AREA: "the area is not the worker's: it counts where the worker is posted",
}


def say_targets(ctx: Context, manifest: Manifest) -> None:
    """Notes of targets that do not go with the list of workers, by file and line."""
    if not tables.exists(ctx.table(*TABLE)):
        return
    with ctx.connect() as con:
        found = con.execute(
            f"SELECT file, line, doubt FROM {ctx.scan(*TABLE)} WHERE doubt IS NOT NULL ORDER BY ALL"
        ).fetchall()
    manifest.notes += [f"{file}, line {line}: {WORDS[doubt]}" for file, line, doubt in found[:MOST]]
    if len(found) > MOST:
        manifest.notes.append(f"and {len(found) - MOST} more targets of workers (tangga targets)")
