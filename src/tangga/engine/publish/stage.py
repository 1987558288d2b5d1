"""The stage `publish`: what may be seen, by whom. Written by a full run only.

`release/` is for the web and holds persons; `open/` holds numbers by area and nobody. Both appear
whole, by a rename, when all that they say of themselves has been read back and found true.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tangga
from tangga.engine.catalogue import Run
from tangga.engine.context import Context
from tangga.engine.publish.check import check_release, read_release
from tangga.engine.publish.counted import STAGE
from tangga.engine.publish.open_tables import write_open
from tangga.engine.publish.prove import PACKAGE
from tangga.engine.publish.release import MANIFEST, Writer, write_manifest, write_tables
from tangga.engine.resolve.attach import attached_name
from tangga.engine.runner import Steps
from tangga.errors import UserError
from tangga.hashing import sha256

RELEASE, OPEN = "release", "open"
FORM = 1
"""The edition of this layout: a reader of another one must not guess."""


def run(ctx: Context) -> dict[str, int]:
    """Write the release and the open tables; returns rows by table of the release.

    Unprovable, and nothing is published, where a small number could be worked out.
    """
    home = ctx.run_dir / STAGE
    home.mkdir(mode=0o700, exist_ok=True)
    with Steps(ctx, STAGE) as steps:
        with _appearing(home / OPEN) as folder:
            proof = write_open(steps, ctx.workspace.today, folder)
        ctx.progress(f"{STAGE}: {OPEN}", 1, 1)
        with _appearing(home / RELEASE) as folder:
            said = _release(ctx, steps, folder, proof)
            ctx.progress(f"{STAGE}: manifest", 1, 1)
            check_release(folder, ctx.workspace.pack_areas, steps.con)
    ctx.progress(STAGE, 1, 1)
    return {name: table["rows"] for name, table in said["tables"].items()}


@contextmanager
def _appearing(final: Path) -> Iterator[Path]:
    """A folder to write into, which takes its name when the block has ended well and has files."""
    unfinished = final.parent / f".{final.name}.{os.getpid()}.tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        yield unfinished
        if unfinished.is_dir():
            shutil.rmtree(final, ignore_errors=True)
            unfinished.rename(final)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _release(ctx: Context, steps: Steps, folder: Path, proof: dict[str, Any]) -> dict[str, Any]:
    folder.mkdir(mode=0o700)
    workspace = ctx.workspace

    def told(table: str) -> None:
        ctx.progress(f"{STAGE}: {table}", 1, 1)

    writer = Writer(Run(ctx.run_dir), workspace.today, workspace.pack, steps.con, told)
    written = write_tables(writer, folder)
    consumed, applied = corrections(steps)
    consumed = sorted({*consumed, *acknowledged(steps)})
    package = ctx.run_dir / STAGE / OPEN / PACKAGE
    said: dict[str, Any] = {
        "form": FORM,
        "workspace": workspace.name,
        "run": ctx.run_dir.name,
        "as_of": workspace.as_of.isoformat(),
        "program": tangga.__version__,
        "pack": {"name": workspace.pack.name, "sha256": workspace.pack.hash()},
        "policy": {"sha256": workspace.rulebook.hash()},
        "areas": sorted({area.edition for area in workspace.pack_areas.by_code.values()}),
        "previous": _previous(ctx.run_dir),
        "tables": written,
        "facts": {
            f"{of}/{name}": f.privacy for (of, name), f in workspace.today.facts.facts.items()
        },
        "corrections": {"consumed": consumed, "applied": applied},
        "open": proof | ({"sha256": sha256(package)} if package.is_file() else {}),
    }
    hashes = "".join(table["sha256"] for table in written.values())
    said["release"] = f"{said['as_of']}-{said['run']}-{_short(hashes)}"
    write_manifest(folder, said)
    return said


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:12]


def corrections(steps: Steps) -> tuple[list[str], list[str]]:
    """The ids of all corrections of somebody in the register, and of those that decide a value."""
    run = Run(steps.ctx.run_dir)
    if not run.has("resolve", "corrections"):
        return [], []
    if "correction_id" not in run.columns("resolve", "corrections"):
        return [], []
    taken = (
        f"(SELECT * FROM {run.scan('resolve', 'corrections')} WHERE correction_id IS NOT NULL "
        "AND coalesce(person_id, family_id) IS NOT NULL)"
    )
    won = f"SELECT source, source_id FROM {run.scan('resolve', 'applied_corrections')}"
    ids = "SELECT DISTINCT correction_id FROM"
    return (
        [row[0] for row in steps.fetch(f"{ids} {taken} ORDER BY 1")],
        [
            row[0]
            for row in steps.fetch(
                f"{ids} {taken} SEMI JOIN ({won}) USING (source, source_id) ORDER BY 1"
            )
        ],
    )


WRITTEN = ("as_of", "determined_on")
"""Dates on which something was written down: what a row says stands without them."""


def acknowledged(steps: Steps) -> list[str]:
    """The ids of rows that somebody waits for (`acknowledged` in a descriptor), and of which the
    register has the person or family. A row with a date after the day of the run is not among them:
    that date was not taken in, so nothing counts the row before a later run. Support that was
    determined or recorded after that day (WRITTEN) is listed all the same."""
    run, found = Run(steps.ctx.run_dir), []
    early = (
        f"SELECT source, source_id FROM {run.scan('standardise', 'problems')} "
        f"WHERE field NOT IN {WRITTEN} "
        f"AND try_cast(value AS DATE) > DATE '{steps.ctx.workspace.as_of}'"
    )
    kinds: dict[str, list[str]] = {}
    for source in steps.ctx.workspace.sources:
        if source.acknowledged and source.files:
            kinds.setdefault(attached_name(source.kind), []).append(f"'{source.name}'")
    for table, names in sorted(kinds.items()):
        if run.has("resolve", table):
            rows = steps.fetch(
                f"SELECT source_id FROM {run.scan('resolve', table)} "
                f"WHERE latest AND source IN ({', '.join(sorted(names))}) "
                "AND coalesce(person_id, family_id) IS NOT NULL "
                f"AND (source, source_id) NOT IN ({early})"
            )
            found += [row[0] for row in rows]
    return found


def _previous(run: Path) -> str | None:
    """The newest release of an earlier run."""
    earlier = sorted(f for f in run.parent.iterdir() if f.name.isdigit() and f.name < run.name)
    for folder in reversed(earlier):
        if (folder / STAGE / RELEASE / MANIFEST).is_file():
            return str(read_release(folder / STAGE / RELEASE)["release"])
    return None


def published(run: Path) -> dict[str, Any]:
    """What a run's manifest says of its release: id, folder, tables, and the proof; {} if none."""
    folder = run / STAGE / RELEASE
    try:
        said = read_release(folder)
    except UserError:
        return {}
    return {
        "release": said["release"],
        "folder": f"{STAGE}/{RELEASE}",
        "tables": len(said["tables"]),
        "bytes": sum(table["bytes"] for table in said["tables"].values()),
        "open": said["open"],
    }
