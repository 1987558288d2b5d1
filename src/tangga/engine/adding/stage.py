"""A run of adding: the ordinary stages over what is new, then one register again."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from tangga.engine.adding import link
from tangga.engine.adding.batch import Batch, open_batch, read_batch, standardise_batch
from tangga.engine.adding.decide import added_bytes
from tangga.engine.adding.inputs import Changes, with_hashes
from tangga.engine.adding.merge import Merge
from tangga.engine.adding.rebuild import Rebuild, note
from tangga.engine.adding.resolve import resolve_batch
from tangga.engine.connection import quoted
from tangga.engine.context import Context
from tangga.engine.counts import Counts, count_sources
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.measure import Stopwatch
from tangga.engine.standardise.repairs import OURS

SMALL = 30_000_000
"""Bytes of new files that one thread does with: more of them would mostly wait for each other."""
SHOWN = 5
"""So many added files are named in the note."""


def inputs_of(ctx: Context) -> dict[str, dict[str, object]]:
    """File -> source, sha256 and bytes, as ingest wrote them down."""
    with ctx.connect() as con:
        found = con.execute(
            f"SELECT source, file, sha256, bytes FROM {ctx.scan('ingest', 'files')} ORDER BY ALL"
        ).fetchall()
    return {file: {"source": s, "sha256": sha, "bytes": size} for s, file, sha, size in found}


def unchanged(ctx: Context) -> Manifest:
    """The manifest in force, where there is nothing to add to it."""
    before = _before(ctx)
    before.mode, before.notes = "unchanged", []
    return before


def add(ctx: Context, manifest: Manifest, changes: Changes) -> None:
    """Make a run that holds what the run before holds and what is new; fills in the manifest.

    Raises Rebuild where the new rows are more than an addition; what was written is of no use
    then.
    """
    # So short a run leaves little garbage; looking for it costs more than it is worth.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _add(ctx, manifest, changes)
    finally:
        if collecting:
            gc.enable()


def _add(ctx: Context, manifest: Manifest, changes: Changes) -> None:
    before = _before(ctx)
    assert ctx.previous is not None
    ctx.run_dir.mkdir(mode=0o700)
    ctx = replace(ctx, threads=_threads(ctx, changes))
    batch = open_batch(ctx, changes, ctx.previous)
    merge = Merge(ctx, ctx.previous)
    with _measured(ctx, manifest, before, merge, "ingest"):
        read_batch(batch)
        _refuse_repairs(batch)
        _merge_ingest(batch, merge)
    with _measured(ctx, manifest, before, merge, "standardise"):
        standardise_batch(batch)
        _merge_standardise(batch, merge)
    manifest.sources = _sum(before.sources, count_sources(batch.ctx))
    with _measured(ctx, manifest, before, merge, "link"):
        for name in link.KEPT:
            merge.keep(f"link/{name}")
        link.link_batch(batch, merge)
    with _measured(ctx, manifest, before, merge, "resolve"):
        resolve_batch(batch, merge)
    manifest.inputs = inputs_of(ctx)
    read = {file: str(found["sha256"]) for file, found in manifest.inputs.items()}
    manifest.on_disk = with_hashes(changes.on_disk, read, ctx.workspace)
    manifest.adds = before.adds + 1
    manifest.added = before.added + added_bytes(ctx.workspace, changes)
    manifest.notes.append(_note(changes, before))
    shutil.rmtree(ctx.run_dir / ".add")


def _threads(ctx: Context, changes: Changes) -> int:
    new = sum(path.stat().st_size for files in changes.new.values() for path in files)
    tails = (
        growth.path.stat().st_size - growth.size for g in changes.grown.values() for growth in g
    )
    return 1 if new + sum(tails) <= SMALL else ctx.threads


def _before(ctx: Context) -> Manifest:
    found = read_manifest(ctx.previous) if ctx.previous else None
    if found is None:
        raise Rebuild("first")
    return found


@contextmanager
def _measured(
    ctx: Context, manifest: Manifest, before: Manifest, merge: Merge, stage: str
) -> Iterator[None]:
    ctx.progress(stage, 0, 1)
    watch = Stopwatch()
    yield
    rows = dict(before.stages[stage]["rows"])
    there = {t.name for t in (ctx.run_dir / stage).iterdir()}
    rows = {t: n + merge.rows.get(f"{stage}/{t}", 0) for t, n in rows.items() if t in there}
    manifest.stages[stage] = {**watch.stop().__dict__, "rows": rows}
    ctx.progress(stage, 1, 1)


def _refuse_repairs(batch: Batch) -> None:
    """Rows that came back repaired change what stands of the old ones."""
    for table in batch.tables("ingest"):
        for part in _parts(batch, "ingest", table):
            if any(name.casefold().startswith(OURS) for name in pq.read_schema(part).names):
                raise Rebuild("repairs")


def _merge_ingest(batch: Batch, merge: Merge) -> None:
    for table in sorted(t.name for t in (batch.before / "ingest").iterdir()):
        merge.keep(f"ingest/{table}")
    for table in batch.tables("ingest"):
        if table != "files":
            merge.append_files(f"ingest/{table}", _parts(batch, "ingest", table))
    with batch.ctx.connect() as con:
        merge.replace(con, "ingest/files", *_files_sql(batch))


def _files_sql(batch: Batch) -> tuple[str, str]:
    """(keys of files that grew, rows of all new and grown files): a grown one counts whole."""
    new, old = batch.new("ingest", "files"), batch.old("ingest", "files")
    whole = " ".join(f"WHEN '{quoted(g.name)}' THEN '{g.sha256}'" for g in batch.tails.values())
    size = " ".join(
        f"WHEN '{quoted(g.name)}' THEN {g.path.stat().st_size}" for g in batch.tails.values()
    )
    if not whole:
        return f"SELECT source, file FROM {new} WHERE FALSE", f"SELECT * FROM {new}"
    summed = ", ".join(
        f"n.{column} + coalesce(o.{column}, 0) AS {column}"
        for column in ("rows_in", "accepted", "quarantined")
    )
    rows = (
        f"SELECT n.* REPLACE (CASE n.file {whole} ELSE n.sha256 END AS sha256, "
        f"CASE n.file {size} ELSE n.bytes END AS bytes, {summed}) "
        f"FROM {new} AS n LEFT JOIN {old} AS o ON n.source = o.source AND n.file = o.file "
        "ORDER BY n.source, n.file"
    )
    return f"SELECT source, file FROM {new} SEMI JOIN {old} AS other USING (source, file)", rows


def _merge_standardise(batch: Batch, merge: Merge) -> None:
    for table in sorted(t.name for t in (batch.before / "standardise").iterdir()):
        merge.keep(f"standardise/{table}")
    for table in batch.tables("standardise"):
        if table != "names":
            merge.append_files(f"standardise/{table}", _parts(batch, "standardise", table))
    with batch.ctx.connect() as con:
        new, old = batch.new("standardise", "names"), batch.old("standardise", "names")
        unheard = f"SELECT * FROM {new} ANTI JOIN {old} AS other USING (name) ORDER BY name"
        merge.append(con, "standardise/names", unheard)


def _parts(batch: Batch, stage: str, table: str) -> list[Path]:
    return sorted(batch.ctx.table(stage, table).glob("part-*.parquet"))


def _sum(one: Counts, two: Counts) -> Counts:
    return {
        name: {key: n + two.get(name, {}).get(key, 0) for key, n in counts.items()}
        for name, counts in one.items()
    }


def _note(changes: Changes, before: Manifest) -> str:
    names = {path.name for files in changes.new.values() for path in files}
    names |= {growth.path.name for files in changes.grown.values() for growth in files}
    shown = ", ".join(sorted(names)[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    return note("added", "files", files=shown, before=before.run)
