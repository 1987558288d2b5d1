"""Invented people, made once; workspaces cut from them; a batch held back to be added later."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tangga.engine.connection import connect, quoted
from tangga.engine.workspace import load_workspace

SOURCES = ("dtks", "regsosek", "p3ke")
BATCH = 10_000
NEW_FLAG = "added_later"
Held = dict[str, set[str]]
"""source -> source ids that are held back."""


@dataclass(frozen=True)
class Data:
    """folder: the generated workspace. base: its files without the batch. batch: one file a
    source with the rows held back. truth, truth_base: with and without the batch's records
    (those of the batch carry the flag `added_later`)."""

    folder: Path
    base: Path
    batch: Path
    truth: Path
    truth_base: Path


def prepare(cache: Path, people: int, seed: int, *, batch: int = BATCH) -> Data:
    """Generate and cut once; later calls with the same arguments find it done."""
    folder = cache / f"people-{people}-{seed}"
    data = Data(
        folder / "all",
        folder / "base",
        folder / "batch",
        folder / "truth.csv",
        folder / "truth-base.csv",
    )
    done = folder / "done"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _generate(data.folder, people, seed)
        held = _choose(data.folder / "truth.csv", batch)
        _cut_truth(data, held)
        for source in SOURCES:
            _cut_file(data, source, held.get(source, set()))
        done.write_text("")
    return data


def _generate(folder: Path, people: int, seed: int) -> None:
    from tangga.synthetic import generate

    folder.mkdir(parents=True)
    generate(people, seed, folder, sources=SOURCES)


def _choose(truth: Path, batch: int) -> Held:
    """Half of the batch: single records of people of whom another record stays. The other half:
    all records of people who are then not known at all. In the order of a hash."""
    with connect() as con:
        con.execute(f"""
            CREATE TABLE t AS
            SELECT source, source_id, entity_id, md5(entity_id) AS h,
                   md5(source || chr(31) || source_id) AS r,
                   count(*) OVER (PARTITION BY entity_id) AS n
            FROM read_csv('{quoted(truth)}', all_varchar = true)
            WHERE source IN {SOURCES}
        """)
        con.execute(f"""
            CREATE TABLE unknown AS
            SELECT source, source_id, entity_id FROM (
              SELECT *, sum(n) OVER (ORDER BY h, entity_id) AS upto
              FROM (SELECT DISTINCT entity_id, h, n FROM t)
            ) JOIN t USING (entity_id) WHERE upto <= {batch // 2}
        """)
        rows = con.execute(f"""
            SELECT source, source_id FROM unknown
            UNION ALL
            SELECT source, source_id FROM (
              SELECT source, source_id, r, entity_id,
                     row_number() OVER (PARTITION BY entity_id ORDER BY r) AS k
              FROM t WHERE n > 1 AND entity_id NOT IN (SELECT entity_id FROM unknown)
              ORDER BY k, r LIMIT {batch - batch // 2}
            )
        """).fetchall()
    held: Held = {}
    for source, source_id in rows:
        held.setdefault(source, set()).add(source_id)
    return held


def _cut_truth(data: Data, held: Held) -> None:
    with (
        (data.folder / "truth.csv").open(encoding="utf-8") as rows,
        data.truth.open("w", encoding="utf-8") as every,
        data.truth_base.open("w", encoding="utf-8") as base,
    ):
        header = next(rows)
        every.write(header)
        base.write(header)
        for row in rows:
            source, source_id, rest = row.split(",", 2)
            if source not in SOURCES:
                continue
            if source_id in held.get(source, ()):
                every.write(_flagged(source, source_id, rest))
            else:
                every.write(row)
                base.write(row)


def _flagged(source: str, source_id: str, rest: str) -> str:
    entity, family, flags = rest.rstrip("\n").split(",", 2)
    told = f"{flags.strip(chr(34))} {NEW_FLAG}".strip()
    return f'{source},{source_id},{entity},{family},"{told}"\n'


def _cut_file(data: Data, source: str, held: set[str]) -> None:
    """Split a source's file by the id, which is its first column; rows are single lines."""
    file = data.folder / "data" / f"{source}.csv"
    descriptor = load_workspace(data.folder).source(source)
    for folder in (data.base, data.batch):
        folder.mkdir(exist_ok=True)
    taken = 0
    with (
        file.open(encoding="utf-8", newline="") as rows,
        (data.base / file.name).open("w", encoding="utf-8", newline="") as base,
        (data.batch / f"{source}-later.csv").open("w", encoding="utf-8", newline="") as batch,
    ):
        header = next(rows)
        columns = re.split("[,;|\t]", header.strip().lstrip("\ufeff"))
        if descriptor.id[:1] != (columns[0],):
            raise RuntimeError(f"{file}: the first column is not the id")
        mark = header[len(columns[0]) + header.index(columns[0])]
        base.write(header)
        batch.write(header)
        for row in rows:
            late = row.partition(mark)[0].strip('"') in held
            (batch if late else base).write(row)
            taken += late
    if taken != len(held):
        raise RuntimeError(f"{file}: {taken} of {len(held)} rows were found to hold back")


def workspace(data: Data, target: Path) -> Path:
    """A fresh workspace over the base files (hard links; nothing is copied)."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "data").mkdir(parents=True)
    (target / "sources").mkdir()
    shutil.copy(data.folder / "tangga.toml", target)
    shutil.copytree(data.folder / "areas", target / "areas")
    for source in SOURCES:
        text = (data.folder / "sources" / f"{source}.toml").read_text(encoding="utf-8")
        text = text.replace(f"data/{source}.csv", f"data/{source}*.csv")
        (target / "sources" / f"{source}.toml").write_text(text, encoding="utf-8")
        os.link(data.base / f"{source}.csv", target / "data" / f"{source}.csv")
    return target


def add_batch(data: Data, target: Path) -> None:
    """Put the files of the batch beside those of the base."""
    for file in sorted(data.batch.glob("*.csv")):
        os.link(file, target / "data" / file.name)
