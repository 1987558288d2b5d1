"""A model's word on every family: score, chances, how likely it falls; and deciles, if it ranks.

Families are read a few hundred thousand at a time, in the order in which `model_facts` holds them;
nothing of a result depends on how they were cut. What no model can say is null: a family that
lacks an answer has no score, no chance and no decile; it stays in the table, and is counted by
what it lacks (`model_gaps`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.plan.rows import relation_of
from tangga.engine.rank.before import FACTS, STAGE
from tangga.engine.rank.features import table_of
from tangga.engine.rank.model import Applied
from tangga.engine.runner import Steps
from tangga.engine.welfare.columns import Floats, Ints, Mask
from tangga.engine.welfare.model import Model, Scored
from tangga.engine.welfare.spec import POOR, POOREST, SHARES
from tangga.engine.welfare.vulnerability import vulnerability

SCORES, GAPS = "scores", "model_gaps"
ROWS = 1 << 18
"""Families scored at a time."""
MILLION = 1_000_000
"""Chances are stored in millionths, whole."""
CHANCES = ("probability", "probability_poorest", "poor_now", "poor_within_year", "falls")


def _batches(kind: type) -> Callable[[], list[np.ndarray]]:
    """A list of arrays that begins with an empty one: a register may hold no family."""
    return lambda: [np.zeros(0, dtype=kind)]


@dataclass
class Kept:
    """What ranking needs of each family, in the order of `model_facts`: only where a model ranks.

    area: places in `areas`; -1: in none known. decile: held by the run before, 0 for none.
    """

    score: list[Ints] = field(default_factory=_batches(np.int64))
    known: list[Mask] = field(default_factory=_batches(np.bool_))
    people: list[Ints] = field(default_factory=_batches(np.int64))
    area: list[Ints] = field(default_factory=_batches(np.int64))
    decile: list[npt.NDArray[np.int8]] = field(default_factory=_batches(np.int8))
    unchanged: list[Mask] = field(default_factory=_batches(np.bool_))
    chances: dict[float, list[Floats]] = field(
        default_factory=lambda: {share: _batches(np.float64)() for share in SHARES}
    )
    areas: dict[str, int] = field(default_factory=dict)

    def add(self, rows: pa.Table, scored: Scored, chances: Mapping[str, Floats]) -> None:
        """The families of a batch, behind those before."""
        self.score.append(scored.score)
        self.known.append(scored.known)
        self.people.append(rows.column("_people").to_numpy().astype(np.int64))
        self.area.append(_places(rows.column("_area"), self.areas))
        decile = rows.column("_decile").fill_null(0).to_numpy()
        self.decile.append(decile.astype(np.int8))
        self.unchanged.append(rows.column("_unchanged").to_numpy().astype(bool))
        for share, name in ((POOREST, "probability_poorest"), (POOR, "probability")):
            self.chances[share].append(chances[name])


def parts_of(table: Path) -> list[Path]:
    """The files of a table of this run, in order."""
    return sorted(table.glob("part-*.parquet"))


def write_scores(steps: Steps, of: Applied) -> Kept | None:
    """Write `scores` and `model_gaps`; gives back what ranking needs, where the model ranks."""
    kept = Kept() if of.ranks else None
    gaps: dict[str, list[int]] = {name: [0, 0] for name in _names(of.model)}
    rows = known = 0
    for part, file in enumerate(parts_of(steps.table(FACTS))):
        pieces = []
        for batch in batches(file, of.model):
            pieces.append(_scored(of, batch, gaps, kept))
        found = pa.concat_tables(pieces) if pieces else _nobody()
        write_part(found, steps.table(SCORES), part)
        rows += found.num_rows
        known += found.num_rows - found.column("score").null_count
        steps.ctx.progress(f"{STAGE}: {SCORES}", part + 1, steps.ctx.parts)
    steps.rows[SCORES] = rows
    _write_gaps(steps, of, gaps, rows)
    return kept


def batches(file: Path, model: Model) -> Iterator[pa.Table]:
    """Rows of one part of `model_facts`, words as places in a list of words."""
    words = [f.name for f in model.features if not f.numeric] + ["_area"]
    with pq.ParquetFile(file, read_dictionary=words) as parquet:
        for batch in parquet.iter_batches(ROWS):
            yield pa.Table.from_batches([batch])


def _scored(of: Applied, rows: pa.Table, gaps: dict[str, list[int]], kept: Kept | None) -> pa.Table:
    scored = of.model.score(table_of(of.model, rows))
    for name, lacking in scored.missing.items():
        gaps[name][0] += lacking
        gaps[name][1] += scored.unseen.get(name, 0)
    chances = _chances(of.model, scored, rows)
    if kept is not None:
        kept.add(rows, scored, chances)
    score = pa.array(scored.score, mask=~scored.known)
    return pa.table(
        {
            "family_id": rows.column("family_id"),
            "score": score,
            **{name: _millionths(chance) for name, chance in chances.items()},
        }
    )


def _chances(model: Model, scored: Scored, rows: pa.Table) -> dict[str, Floats]:
    line = np.array(rows.column("_line").cast(pa.float64()).to_numpy(), dtype=np.float64)
    if model.log:
        line = np.log(line, out=np.full(len(line), np.nan), where=line > 0)
    shocked = rows.column("_shock").to_numpy().astype(bool)
    falls = vulnerability(model, scored, line, shocked)
    found = {
        "probability": model.chance_within(scored, POOR),
        "probability_poorest": model.chance_within(scored, POOREST),
        "poor_now": falls.poor_now,
        "poor_within_year": falls.poor_within_year,
        "falls": falls.falls,
    }
    # As they are stored, so that whatever rests on a chance rests on the one that is shown.
    return {name: np.rint(chance * MILLION) / MILLION for name, chance in found.items()}


def _millionths(chance: Floats) -> pa.Array:
    known = ~np.isnan(chance)
    whole = np.rint(np.where(known, chance, 0) * MILLION).astype(np.int32)
    return pa.array(whole, mask=~known)


def _nobody() -> pa.Table:
    columns = {name: pa.array([], pa.int32()) for name in CHANCES}
    return pa.table(
        {"family_id": pa.array([], pa.string()), "score": pa.array([], pa.int64()), **columns}
    )


def _places(column: pa.ChunkedArray, areas: dict[str, int]) -> Ints:
    """The number of each family's area, as they come; -1 where it is not known."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], column.type)
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    number = [areas.setdefault(code, len(areas)) for code in whole.dictionary.to_pylist()]
    codes = whole.indices.fill_null(-1).to_numpy()
    return np.array([*number, -1], dtype=np.int64)[codes]


def _names(model: Model) -> list[str]:
    return [feature.name for feature in model.features]


def _write_gaps(steps: Steps, of: Applied, gaps: Mapping[str, list[int]], rows: int) -> None:
    """One row a feature: of how many families it is not known, or a word that no survey had."""
    columns = {
        "feature": "VARCHAR",
        "fact": "VARCHAR",
        "families": "BIGINT",
        "missing": "BIGINT",
        "unseen": "BIGINT",
        "then": "VARCHAR",
    }
    without = {e.feature.name: e.feature.missing for e in of.model.effects}
    listed = [
        (feature.name, feature.fact, rows, *gaps[feature.name], without[feature.name])
        for feature in of.model.features
    ]
    steps.whole(GAPS, f"SELECT * FROM {relation_of(columns, listed)}")


def write_part(rows: pa.Table, table: Path, part: int) -> None:
    """Write one part of a table, in this order of rows; harmless to repeat."""
    table.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = tables.part_file(table, part)
    unfinished = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    pq.write_table(rows, unfinished)
    unfinished.replace(final)
