"""The table `names`: every distinct name received, its canonical words and how they sound.

The work is done once per distinct word (few), and put together by position with arrays: no
pattern is tried on every name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.standardise.name_rules import NameRules, Word, plain_words, read_word

BATCH = 131_072
SCHEMA = pa.schema([("name", pa.string()), ("name_clean", pa.string()), ("skeleton", pa.string())])


@dataclass
class Words:
    """Every word met so far with its readings."""

    rules: NameRules
    known: dict[str, Word] = field(default_factory=dict)

    def of(self, received: str) -> Word:
        """The readings of one word."""
        word = self.known.get(received)
        if word is None:
            word = self.known[received] = read_word(received, self.rules)
        return word

    def sounds(self, words: Sequence[str]) -> str:
        """How canonical words sound, with blanks between."""
        return " ".join(map(self.rules.skeleton, words))


def write_names(
    con: duckdb.DuckDBPyConnection, scans: list[str], rules: NameRules, table: Path
) -> int:
    """Write one row per distinct name of these tables, in order of name; returns their number."""
    table.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = tables.part_file(table, 0)
    unfinished = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    words, rows = Words(rules), 0
    with pq.ParquetWriter(unfinished, SCHEMA, compression="snappy") as writer:
        for names in _distinct(con, scans):
            writer.write_table(clean_names(names, words))
            rows += len(names)
    unfinished.replace(final)
    return rows


def _distinct(con: duckdb.DuckDBPyConnection, scans: list[str]) -> Iterator[pa.Array]:
    if not scans:
        return
    union = " UNION ALL ".join(f"SELECT name FROM {scan}" for scan in scans)
    query = f"SELECT DISTINCT name FROM ({union}) WHERE name IS NOT NULL ORDER BY name"
    for batch in con.sql(query).to_arrow_reader(BATCH):
        if batch.num_rows:
            yield batch.column(0)


def clean_names(names: pa.Array, words: Words) -> pa.Table:
    """`name, name_clean, skeleton` of an array of names."""
    split = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(names))
    start = np.asarray(split.offsets)
    received = split.values.slice(start[0], start[-1] - start[0]).dictionary_encode()
    start = start - start[0]
    readings = [words.of(word) for word in received.dictionary.to_pylist()]
    code = np.asarray(received.indices, dtype=np.int64)
    form = _forms(code, start, readings)
    at = form * len(readings) + code
    clean = _together([" ".join(w) for w in _all_forms(readings)], at, start)
    sound = _together([words.sounds(w) for w in _all_forms(readings)], at, start)
    return _with_titles_only(pa.table([names, clean, sound], schema=SCHEMA), words)


def _forms(code: np.ndarray, start: np.ndarray, readings: list[Word]) -> np.ndarray:
    """Which reading each word takes: 0 head, 1 later, 2 alone."""
    stops = ~np.array([word.leads for word in readings], dtype=bool)[code]
    stopped = np.concatenate([[0], np.cumsum(stops)])
    lengths = np.diff(start)
    first = np.repeat(stopped[start[:-1]], lengths)
    form = (stopped[:-1] > first).astype(np.int64)
    form[np.repeat(lengths == 1, lengths)] = 2
    return form


def _all_forms(readings: list[Word]) -> Iterator[tuple[str, ...]]:
    for form in ("head", "later", "alone"):
        for word in readings:
            yield getattr(word, form)


def _together(values: list[str], at: np.ndarray, start: np.ndarray) -> pa.Array:
    """The values at these places, those of one name joined by blanks; empty ones left out."""
    there = np.array([bool(value) for value in values], dtype=bool)[at]
    offsets = np.concatenate([[0], np.cumsum(there)])[start].astype(np.int32)
    kept = pa.array(values, pa.string()).take(pa.array(at[there]))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), kept), " ")


def _with_titles_only(table: pa.Table, words: Words) -> pa.Table:
    """Names that are nothing but titles keep them; one without a letter is NULL."""
    empty = np.flatnonzero(np.asarray(pc.equal(table["name_clean"], "")))
    if not len(empty):
        return table
    clean, sound = table["name_clean"].to_pylist(), table["skeleton"].to_pylist()
    for row in empty:
        plain = plain_words(table["name"][int(row)].as_py())
        clean[row], sound[row] = " ".join(plain) or None, words.sounds(plain) or None
    return pa.table([table["name"], pa.array(clean), pa.array(sound)], schema=SCHEMA)
