"""What an earlier `apply` wrote of the same families: the decile each held, and its answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tangga.engine.welfare.answers import Hashes, as_text
from tangga.engine.welfare.columns import Mask
from tangga.engine.welfare.deciles import Deciles
from tangga.engine.welfare.table_file import find_table, numbers
from tangga.errors import UserError

NEEDED = ("id", "decile", "answers")
AGAIN = "Give the CSV or Parquet file that an earlier apply wrote, with --id"


def read_before(path: Path, ids: pa.ChunkedArray, answers: Hashes) -> tuple[Deciles, Mask]:
    """(the decile that each family held, 0 for none; whether its answers are those of then).

    ids, answers: of the families of now. Raises UserError where the file is none of `apply`, or
    names a family twice.
    """
    file = find_table(path)
    for name in file.absent(NEEDED):
        raise UserError(f"no column {name!r}", file=path, todo=AGAIN)
    table = file.read(NEEDED)
    known = _text(table.column("id"))
    if pc.count_distinct(known).as_py() < len(known) - known.null_count:
        raise UserError("an id stands twice, so nobody can say which decile was held", file=path)
    at = pc.index_in(_text(ids), value_set=known, skip_nulls=True)
    then = _text(table.column("answers")).take(at)
    same = pc.fill_null(pc.equal(then, as_text(answers).cast(pa.large_string())), False)
    place = pc.fill_null(at, len(known)).to_numpy()
    decile = np.append(_deciles(table.column("decile"), path), np.int8(0))
    return decile[place], same.to_numpy(zero_copy_only=False)


def _text(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return pa.concat_arrays([*column.cast(pa.large_string()).chunks, _NOTHING])


_NOTHING = pa.array([], pa.large_string())


def _deciles(column: pa.ChunkedArray, path: Path) -> Deciles:
    values = np.nan_to_num(numbers(column, "decile", path).values)
    if ((values < 0) | (values > 10) | (values != np.rint(values))).any():
        raise UserError("a decile is a whole number from 1 to 10", file=path, column="decile")
    return values.astype(np.int8)
