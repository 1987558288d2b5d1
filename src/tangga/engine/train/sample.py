"""What is learnt from: a sample of key rows that is the same whenever it is cut again."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tangga.engine.link.keys import keys_sql
from tangga.engine.link.model import Model

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
    con.execute(f"CREATE TABLE keyed AS SELECT * FROM ({keyed}) AS k ORDER BY rid")
    con.execute("""
        CREATE TABLE counted AS
        SELECT num, count(*) AS n, min(rid) AS first FROM keyed WHERE num IS NOT NULL GROUP BY num
    """)
    con.execute(f"""
        CREATE TABLE alike AS
        SELECT k.* EXCLUDE (num), CASE WHEN c.n <= {model.cluster} THEN k.num END AS num
        FROM keyed AS k LEFT JOIN counted AS c ON k.num = c.num ORDER BY rid
    """)
    con.execute("""
        CREATE TABLE strangers AS
        SELECT k.* FROM keyed AS k LEFT JOIN counted AS c ON k.num = c.num
        WHERE k.num IS NULL OR k.rid = c.first ORDER BY rid
    """)
    pairs = f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM counted WHERE n <= {model.cluster}"
    return Sample(
        records=_one(con, "SELECT count(*) FROM alike"),
        of=of,
        pairs=_one(con, pairs),
        strangers=_one(con, "SELECT count(*) FROM strangers"),
    )


# Whose frequency a rarity of `sides` speaks of, counted on `strangers`.
_COUNTED = {
    "nb": "names.n",
    "fb": "firsts.n",
    "pb": "CASE WHEN s.sk = s.t1 THEN firsts.n ELSE names.n END",
}


def coincidences(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """By rarity: how likely another stranger shares what a stranger has, on average."""
    sums = ", ".join(f"sum({counted} - 1)::HUGEINT" for counted in _COUNTED.values())
    *found, known = con.execute(f"""
        WITH names AS (SELECT sk, count(*) AS n FROM strangers GROUP BY sk),
        firsts AS (SELECT t1, count(*) AS n FROM strangers GROUP BY t1)
        SELECT {sums}, count(*) FROM strangers AS s
        JOIN names ON s.sk = names.sk JOIN firsts ON s.t1 = firsts.t1
    """).fetchall()[0]
    others = max(known * (known - 1), 1)
    return {rarity: (n or 0) / others for rarity, n in zip(_COUNTED, found, strict=True)}


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])
