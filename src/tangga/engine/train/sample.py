"""What is learnt from: a sample of records that is the same whenever it is cut again."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tangga.engine.link.keys import key_column, keys_sql, place_column
from tangga.engine.link.model import Model
from tangga.engine.link.sides import (
    forms_sql,
    frequency_sql,
    places_sql,
    sides_sql,
    tokens_sql,
    variants_sql,
)

BUCKETS = 1048576


@dataclass(frozen=True)
class Sample:
    """Sizes of the tables `alike` and `strangers` of a connection.

    records: rows of `alike`, whole groups of equal numbers. of: records in force altogether.
    pairs: how many pairs of equal number `alike` holds. strangers: rows, one a number.
    """

    records: int
    of: int
    pairs: int
    strangers: int


def cut_sample(
    con: duckdb.DuckDBPyConnection,
    records: str,
    names: str,
    model: Model,
    columns: set[str],
    *,
    size: int,
    seed: int,
) -> Sample:
    """Make `alike` and `strangers` from about `size` records.

    Which records are taken follows from md5 of seed and number, so that records of one number
    stay together and neither order nor threads matter. A number on more records than one person
    may have is nobody's (`limits.cluster`): in `alike` it is null.
    """
    number = model.number.column
    of = _one(con, f"SELECT count(*) FROM {records} WHERE latest")
    key = f"coalesce(r.{number}, CAST(r.rid AS VARCHAR))"
    bucket = f"md5_number_lower('{int(seed)}' || chr(31) || {key}) % {BUCKETS}"
    condition = f"{bucket} < {max(1, round(BUCKETS * min(1.0, size / max(of, 1))))}"
    keyed = keys_sql(records, names, model, columns, "FALSE", condition)
    con.execute(f"CREATE TABLE keyed AS SELECT * FROM ({keyed}) AS k")
    _sides(con, model)
    con.execute("""
        CREATE TABLE counted AS
        SELECT num, count(*) AS n, min(vid) AS first FROM seen WHERE num IS NOT NULL GROUP BY num
    """)
    con.execute(f"""
        CREATE TABLE alike AS
        SELECT s.* EXCLUDE (num), CASE WHEN c.n <= {model.cluster} THEN s.num END AS num
        FROM seen AS s LEFT JOIN counted AS c ON s.num = c.num ORDER BY vid
    """)
    con.execute("""
        CREATE TABLE strangers AS
        SELECT s.* FROM seen AS s LEFT JOIN counted AS c ON s.num = c.num
        WHERE s.num IS NULL OR s.vid = c.first ORDER BY vid
    """)
    pairs = f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM counted WHERE n <= {model.cluster}"
    return Sample(
        records=_one(con, "SELECT count(*) FROM alike"),
        of=of,
        pairs=_one(con, pairs),
        strangers=_one(con, "SELECT count(*) FROM strangers"),
    )


def _sides(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Every record as a side of its own, with all that levels compare: the table `seen`."""
    alone = "(SELECT rid, rid AS gid FROM keyed)"
    _make(con, "variants", variants_sql("keyed", alone, model))
    _make(con, "names", frequency_sql("variants", "sk"))
    _make(con, "words", tokens_sql("names"))
    _make(con, "dates", frequency_sql("variants", "bd"))
    _make(con, "places", places_sql("variants", model))
    total = _one(con, "SELECT count(*) FROM variants")
    _make(con, "forms", forms_sql("names", "words", model, total))
    sides = sides_sql("variants", "forms", "dates", "places", model, total)
    _make(con, "seen", f"SELECT * FROM ({sides}) AS s ORDER BY vid")


def _make(con: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    con.execute(f"CREATE TABLE {table} AS {query}")


def coincidences(con: duckdb.DuckDBPyConnection, model: Model) -> dict[str, float]:
    """By rarity, a column of `sides`: how likely another stranger shares what a stranger has."""
    counted = {"nb": "a.n", "fb": "w.n", "pb": "CASE WHEN s.sk = s.t1 THEN w.n ELSE a.n END"}
    sums = ", ".join(f"sum({n} - 1)::HUGEINT" for n in counted.values())
    *found, known = con.execute(f"""
        WITH a AS ({frequency_sql("strangers", "sk")}), w AS ({tokens_sql("a")})
        SELECT {sums}, count(*) FROM strangers AS s
        JOIN a ON s.sk = a.value JOIN w ON s.t1 = w.value
    """).fetchall()[0]
    others = max(known * (known - 1), 1)
    shared = {rarity: (n or 0) / others for rarity, n in zip(counted, found, strict=True)}
    return shared | {place_column(key): _shared(con, model, key) for key in model.places()}


def _shared(con: duckdb.DuckDBPyConnection, model: Model, key: str) -> float:
    values = frequency_sql("strangers", key_column(model.keys[key], model))
    same, known = con.execute(
        f"SELECT coalesce(sum(n * (n - 1)), 0)::HUGEINT, coalesce(sum(n), 0)::HUGEINT "
        f"FROM ({values}) AS v"
    ).fetchall()[0]
    return same / (known * (known - 1)) if known > 1 else 0.0


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])
