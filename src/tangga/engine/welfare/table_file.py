"""Reads columns of a CSV or Parquet file: as numbers, or as codes of words.

What a file leaves blank is missing. What stands in a column of numbers and is none is an error
that names column and line, never the value: it may be somebody's.
"""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tangga.engine.connection import connect, quoted
from tangga.engine.ingest.probe import find_format
from tangga.engine.welfare.columns import NONE, Codes, Column, Floats, Mask, Numbers, Table
from tangga.engine.welfare.spec import Feature
from tangga.errors import BrokenFile, UserError
from tangga.registry.mistakes import nearest

DELIMITERS = (",", ";", "\t", "|")
NO_NUMBER = ("", "NA", "NaN", "nan", "NULL", "null", ".")
NO_WORD = ("", "NA")
"""What programs write where there is nothing: R, pandas, databases, Stata."""
NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
COMMA = r"^[+-]?\d[\d.]*,\d+$"
THOUSANDS = r"^[+-]?\d{1,3}(([.]\d{3}){2,}|(,\d{3}){2,}|([ ']\d{3})+|[.]\d{3},\d+|,\d{3}[.]\d+)"
"""1.250.000, 1,250,000, 1 250 000 or 1.250,50: how a number with signs between thousands begins."""
WRITE = "Write a number in each cell, and leave it blank where nothing is known"
OF_FEATURE = "Leave a cell blank where nothing is known, or declare the feature categorical"
TRUTH = {"true": "1", "false": "0"}
HEAD = 1 << 20


@dataclass(frozen=True)
class TableFile:
    """A file that holds a table: its columns' names, in order."""

    path: Path
    names: tuple[str, ...]
    delimiter: str | None

    def absent(self, columns: Iterable[str]) -> list[str]:
        """Those of the columns that it lacks."""
        return [column for column in columns if column not in self.names]

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Some columns, each once, rows in the order of the file. Raises BrokenFile."""
        columns = list(dict.fromkeys(columns))
        if self.delimiter is None:
            return self._read_parquet(columns)
        return self._read_text(columns)

    def _read_parquet(self, columns: list[str]) -> pa.Table:
        try:
            with pq.ParquetFile(self.path) as file:
                schema = file.schema_arrow
            # Words as a list of words and places in it: read so, they are never spelt out.
            words = [name for name in columns if _is_text(schema.field(name).type)]
            with pq.ParquetFile(self.path, read_dictionary=words) as file:
                return file.read(columns)
        except (pa.ArrowException, OSError) as error:
            raise _broken(self.path, error) from None

    def _read_text(self, columns: list[str]) -> pa.Table:
        try:
            with connect() as con:
                return con.sql(self._select(columns)).to_arrow_table().rename_columns(columns)
        except duckdb.Error as error:
            raise _broken(self.path, error) from None

    def _select(self, columns: Sequence[str]) -> str:
        # By place: DuckDB takes names that differ in capitals only for one.
        names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.names)))
        listed = ", ".join(f"c{self.names.index(name)}" for name in columns)
        source = (
            f"read_csv('{quoted(self.path)}', auto_detect = false, header = true, "
            f"delim = '{self.delimiter}', quote = '\"', escape = '\"', columns = {{{names}}})"
        )
        return f"SELECT {listed} FROM {source}"

    @property
    def rows(self) -> int | None:
        """How many there are, where the file says so itself."""
        return pq.read_metadata(self.path).num_rows if self.delimiter is None else None

    def pieces(
        self, columns: Sequence[str], rows: int, *, coded: Collection[str] = ()
    ) -> Iterator[pa.Table]:
        """The same as `read`, so many rows after so many, for files that memory may not hold.

        coded: columns of few different words, better read as places in a list of them.
        """
        columns = list(dict.fromkeys(columns))
        try:
            if self.delimiter is None:
                with pq.ParquetFile(self.path) as file:
                    schema = file.schema_arrow
                words = [name for name in coded if _is_text(schema.field(name).type)]
                with pq.ParquetFile(self.path, read_dictionary=words) as file:
                    for batch in file.iter_batches(rows, columns=columns):
                        yield pa.Table.from_batches([batch]).select(columns)
            else:
                with connect() as con:
                    for batch in con.sql(self._select(columns)).to_arrow_reader(rows):
                        yield pa.Table.from_batches([batch]).rename_columns(columns)
        except (pa.ArrowException, OSError, duckdb.Error) as error:
            raise _broken(self.path, error) from None


def find_table(path: Path) -> TableFile:
    """What a file holds. Raises UserError where it is no table of text and no Parquet."""
    if not path.is_file():
        raise UserError("this file does not exist", file=path)
    kind = "csv" if path.suffix.lower() == ".gz" else find_format(path, path.name, None)
    if kind == "xlsx":
        todo = "Save the sheet as CSV in UTF-8, or as Parquet"
        raise BrokenFile("this is a workbook", file=path, todo=todo)
    if kind == "parquet":
        try:
            return TableFile(path, tuple(pq.read_schema(path).names), None)
        except (pa.ArrowException, OSError) as error:
            raise _broken(path, error) from None
    delimiter, names = _heading(path)
    return TableFile(path, names, delimiter)


def counted(path: Path) -> tuple[str, int]:
    """How households of a file are pointed out, and the number of the first: by `line` in a file of
    text, after the heading (one line a household), by `record` in what has no lines."""
    if not path.is_file():
        return "record", 1
    with path.open("rb") as file:
        return ("record", 1) if file.read(4) == b"PAR1" else ("line", 2)


def places(path: Path, records: Iterable[int]) -> str:
    """`line 3, 4` or `record 2, 3`, of records counted from 1."""
    word, first = counted(path)
    return f"{word} {', '.join(str(record - 1 + first) for record in records)}"


def _heading(path: Path) -> tuple[str, tuple[str, ...]]:
    """(delimiter, names): the sign that cuts the first line into most columns."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            line = file.readline(HEAD)
    except (UnicodeDecodeError, OSError) as error:
        todo = "Save it as CSV in UTF-8, or as Parquet"
        raise BrokenFile(
            f"not text in UTF-8 ({type(error).__name__})", file=path, todo=todo
        ) from None
    if not line.strip():
        raise BrokenFile("empty file, or no heading on its first line", file=path)
    cut = {sign: _cells(line.strip("\r\n"), sign) for sign in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda sign: len(cut[sign]))
    names = tuple(cut[delimiter])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BrokenFile(f"the heading names {twice[0]!r} twice", file=path, line=1)
    return delimiter, names


def _cells(line: str, delimiter: str) -> list[str]:
    import csv

    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _broken(path: Path, error: BaseException) -> BrokenFile:
    """What is wrong with a file. Nothing that its reader quotes of the rows is passed on."""
    said = str(error)
    if line := re.search(r"CSV Error on Line: (\d+)", said):
        what = "not as many cells here as in the heading, or a quote that does not close"
        return BrokenFile(
            what, file=path, line=int(line[1]), todo="Mend the line, or fetch it again"
        )
    if not isinstance(error, duckdb.Error):
        return BrokenFile("not a whole Parquet file", file=path, todo="Fetch it again")
    what = re.sub(r'"[^"]*"', "...", said.splitlines()[0])
    return BrokenFile(f"cannot be read ({what})", file=path, todo="Save it as CSV in UTF-8")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def numbers(
    column: pa.ChunkedArray,
    name: str,
    file: Path,
    first: int = 0,
    not_known: Sequence[str] = (),
    todo: str = WRITE,
) -> Numbers:
    """A column of numbers; blank is NaN, as is what is not finite. Raises UserError for words.

    first: rows of the file before these, to name a row by. not_known: what else is as good as
    blank. todo: what to do about a cell that is none, where its signs do not tell.
    """
    values = _values(column, name, file, first, not_known, todo)
    codes = [float(word) for word in not_known if re.fullmatch(NUMBER, word)]
    values[~np.isfinite(values) | np.isin(values, codes)] = np.nan
    return Numbers(values)


def _values(
    column: pa.ChunkedArray, name: str, file: Path, first: int, not_known: Sequence[str], todo: str
) -> Floats:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if _is_text(column.type) or pa.types.is_string_view(column.type):
        return _parsed(column, name, file, first, not_known, todo)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if not (pa.types.is_null(column.type) or _is_number(column.type)):
        what = f"holds {column.type}, where numbers are needed"
        raise UserError(what, file=file.name, column=name)
    return np.array(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _parsed(
    column: pa.ChunkedArray, name: str, file: Path, first: int, not_known: Sequence[str], todo: str
) -> Floats:
    text = pc.utf8_trim_whitespace(column)
    truth = pc.is_in(pc.utf8_lower(text), pa.array(list(TRUTH)))
    if pc.any(truth).as_py():
        said = pc.equal(pc.utf8_lower(text), "true")
        text = pc.if_else(truth, pc.if_else(said, TRUTH["true"], TRUTH["false"]), text)
    blank = pc.or_kleene(pc.is_null(text), pc.is_in(text, pa.array([*NO_NUMBER, *not_known])))
    readable = pc.fill_null(pc.match_substring_regex(text, NUMBER), False)
    wrong = np.flatnonzero(~(_mask(blank) | _mask(readable)))
    if len(wrong):
        todo = _mended(text.take(pa.array(wrong))) or todo
        raise _not_numbers(wrong, name, file, first, todo)
    found = pc.if_else(readable, text, None).cast(pa.float64())
    return np.array(found.to_numpy(), dtype=np.float64)


def _mask(column: pa.ChunkedArray) -> Mask:
    return np.array(column.to_numpy(), dtype=bool)


def _mended(wrong: pa.ChunkedArray) -> str | None:
    """What to do, where the signs of what is no number say what went wrong."""
    if pc.any(pc.match_substring_regex(wrong, THOUSANDS)).as_py():
        return (
            "Write numbers without signs between the thousands: 1250000.5, not 1.250.000,5; in the "
            "whole column, as 950.000 would be read as 950"
        )
    if pc.all(pc.match_substring_regex(wrong, COMMA)).as_py():
        return "Write numbers with a decimal point (1234.5), not with a comma"
    return None


def _not_numbers(wrong: np.ndarray, name: str, file: Path, first: int, todo: str) -> UserError:
    also = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
    what = f"{places(file, [first + int(wrong[0]) + 1])} of the file holds no number here{also}"
    return UserError(what, file=file.name, column=name, todo=todo)


def words(column: pa.ChunkedArray, not_known: Sequence[str] = ()) -> Codes:
    """A column of words, without blanks around them; numbers and booleans as words: 1, true.

    not_known: words that are as good as blank.
    """
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
    given = [_word(value) for value in whole.dictionary.to_pylist()]
    given = [None if word in not_known else word for word in given]
    listed = sorted({word for word in given if word is not None})
    place = {word: code for code, word in enumerate(listed)}
    codes = np.array([*(NONE if w is None else place[w] for w in given), NONE], dtype=np.int32)
    found = np.array(pc.fill_null(whole.indices.cast(pa.int32()), NONE).to_numpy())
    return Codes(codes[found], listed)


def _word(value: object) -> str | None:
    """A word; a whole number without a point however it is kept, as in the same table in text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            return None
        value = int(value) if value == int(value) else format(Decimal(str(value)).normalize(), "f")
    text = str(value).strip()
    return None if text in NO_WORD else text


def read_table(
    path: Path, features: Sequence[Feature], *, keep: Sequence[str] = ()
) -> tuple[Table, pa.Table]:
    """(the features by name, the kept columns as they are), rows in the order of the file.

    Raises UserError where a column is absent, a number is none, or the file cannot be read.
    """
    file = find_table(path)
    for feature in features:
        if feature.column not in file.names:
            raise UserError(
                f"no column {feature.column!r}, which the model reads as {feature.name}",
                file=path,
                todo=nearest(feature.column, file.names),
            )
    for column in file.absent(keep):
        raise UserError(f"no column {column!r}", file=path, todo=nearest(column, file.names))
    read = file.read([*(feature.column for feature in features), *keep])
    return features_of(read, features, path), read.select(list(keep))


def features_of(read: pa.Table, features: Sequence[Feature], path: Path, first: int = 0) -> Table:
    """Features from the columns of a file that was read; `first` rows of it stood before these."""
    columns: dict[str, Column] = {}
    read_as: Column
    for feature in features:
        column = read.column(feature.column)
        if feature.numeric:
            read_as = numbers(column, feature.column, path, first, feature.not_known, OF_FEATURE)
        else:
            read_as = words(column, feature.not_known)
        columns[feature.name] = read_as
    return Table(columns, read.num_rows)
