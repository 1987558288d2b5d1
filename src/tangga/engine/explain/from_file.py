"""Why a model says what it says of one family of a file, and where it stands among the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tangga.engine.explain.ranked_data import RankExplanation
from tangga.engine.explain.scored import Standing, explain_row
from tangga.engine.welfare.apply import Applied, Asked, Progress, apply_model
from tangga.engine.welfare.columns import Table
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.places import places_of
from tangga.engine.welfare.table_file import features_of, find_table
from tangga.errors import UserError

ROWS = 1 << 16


def explain_family(
    model: Model, path: Path, family: str, asked: Asked, *, progress: Progress | None = None
) -> RankExplanation:
    """One family of a CSV or Parquet file; all others are scored too, to tell its decile.

    family: its id in the column that `asked` names, or else its row, from 1. Raises UserError where
    no family is called so, or several are, and as `apply_model` does.
    """
    applied = apply_model(model, path, asked, progress=progress)
    row = _row(applied, family, path)
    standing = None
    if applied.known[row]:
        places = places_of(applied.score, applied.known, applied.weight)
        local = None if applied.local is None else int(applied.local[row]) or None
        decile, raw = int(applied.decile[row]), int(applied.raw[row])
        standing = Standing(places, int(applied.weight[row]), decile, raw, local)
    return explain_row(model, _one(model, path, row), 0, standing=standing)


def _row(applied: Applied, family: str, path: Path) -> int:
    if applied.ids is None:
        if not (family.isdecimal() and 1 <= int(family) <= len(applied)):
            todo = f"Name a row from 1 to {len(applied)}, or the column of ids with --id"
            raise UserError("no such row", file=path, value=family, todo=todo)
        return int(family) - 1
    ids = applied.ids
    if pa.types.is_dictionary(ids.type):
        ids = ids.cast(ids.type.value_type)
    same = pc.equal(ids.cast(pa.large_string()), family)
    rows = np.flatnonzero(np.array(pc.fill_null(same, False).to_numpy(), dtype=bool))
    if len(rows) != 1:
        what = f"{len(rows) or 'no'} families have this id"
        raise UserError(what, file=path, todo="Name one that stands once in the column of --id")
    return int(rows[0])


def _one(model: Model, path: Path, row: int) -> Table:
    """The answers of one row, as the model reads them."""
    columns = [feature.column for feature in model.features]
    first = 0
    for piece in find_table(path).pieces(columns, ROWS):
        if row < first + piece.num_rows:
            return features_of(piece.slice(row - first, 1), model.features, path, row)
        first += piece.num_rows
    raise UserError("the file became shorter while it was read", file=path)
