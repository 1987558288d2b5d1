"""Reads a Parquet file into a part: every value as the text it would have in a table."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine.connection import quoted
from tangga.engine.descriptor import Descriptor
from tangga.engine.ingest.header import Header, make_header
from tangga.engine.ingest.part import PartWriter
from tangga.errors import BrokenFile
from tangga.texts import both

ROWS = 120_000
EXACT = 9_007_199_254_740_992
"""Whole numbers up to here are exact in a double (2 ** 53)."""


TOO_LITTLE_MEMORY = (duckdb.OutOfMemoryException, pa.ArrowMemoryError)
"""Says nothing of the file: whoever fetched it again would get the same answer."""


BLOCK = re.compile(r"allocate block of (\d+) bytes")
LARGEST_PAGE = 2**31 - 1
"""Sizes of pages are 32-bit numbers (parquet.thrift, PageHeader)."""


def find_parquet(path: Path, name: str, source: Descriptor) -> tuple[Header, int]:
    """(header, rows as the file's own footer counts them). Raises BrokenFile."""
    try:
        with pq.ParquetFile(path) as file:
            names, rows = file.schema_arrow.names, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _damaged(name, error) from None
    return make_header(names, 1, source, name), rows


def read_parquet(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    header: Header,
    rows: int,
    part: PartWriter,
) -> None:
    """All rows to `part`; `_line` is the number of the row. rows: as the footer counts them.

    Raises BrokenFile, and as they come what says that memory is short.
    """
    places = [f"c{place}" for place in range(len(header.names))]
    # binary_as_string: some writers leave out that their bytes are text.
    table = (
        f"read_parquet('{quoted(path)}', file_row_number = true, binary_as_string = true, "
        "hive_partitioning = false)"
    )
    alias = f"AS t({', '.join([*places, 'row_number'])})"
    try:
        kinds = [row[1] for row in con.execute(f"DESCRIBE FROM {table} {alias}").fetchall()]
        shown = [_as_text(place, kind) for place, kind in zip(places, kinds, strict=False)]
        query = f"SELECT row_number + 1 AS line, {', '.join(shown)} FROM {table} {alias}"
        for batch in con.sql(query).to_arrow_reader(ROWS):
            columns = [pa.chunked_array([c.cast(pa.string())]) for c in batch.columns[1:]]
            part.write(columns, batch.column(0).to_numpy())
    except TOO_LITTLE_MEMORY as error:
        if _more_than_a_page(error):
            raise _damaged(name, error) from None
        raise
    except (duckdb.Error, pa.ArrowException) as error:
        raise _damaged(name, error) from None
    if part.rows != rows:
        raise _damaged(name, f"its footer counts {rows} rows, {part.rows} can be read")


def _more_than_a_page(error: BaseException) -> bool:
    """Whether more was asked for at once than the format can say of a page: the size is damaged."""
    asked = BLOCK.search(str(error))
    return asked is not None and int(asked[1]) > LARGEST_PAGE


def _as_text(place: str, kind: str) -> str:
    """A column as text. A whole number kept as a double (a NIK read by pandas beside missing
    values) is shown in full, and not-a-number is no value."""
    if kind not in ("DOUBLE", "FLOAT"):
        return f"CAST({place} AS VARCHAR) AS {place}"
    whole = f"{place} = trunc({place}) AND abs({place}) <= {EXACT}"
    return (
        f"CASE WHEN isnan({place}) THEN NULL WHEN {whole} THEN CAST(CAST({place} AS BIGINT) "
        f"AS VARCHAR) ELSE CAST({place} AS VARCHAR) END AS {place}"
    )


def _damaged(name: str, error: BaseException | str) -> BrokenFile:
    what = str(error).splitlines()[0]
    said = both("machine.not_parquet", between=" / ", what=what)
    return BrokenFile(said, file=name, todo=both("machine.not_parquet_todo", between=" / "))
