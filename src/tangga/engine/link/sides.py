"""Sides: the distinct ways in which a group appears, with how rare its name and date are."""

from __future__ import annotations

from tangga.engine.link.keys import FIXED, key_column
from tangga.engine.link.model import Model


def variants_sql(keys: str, groups: str, model: Model, condition: str) -> str:
    """One row per group and distinct key row: `vid` (its smallest rid), `gid`, the keys,
    `records` of the group, `proved` (records whose number proves itself),
    `registered` (those of them from the civil registry)."""
    columns = [*FIXED, *(key_column(key) for key in model.keys)]
    listed = ", ".join(columns)
    return f"""
WITH g AS (
  SELECT k.*, j.gid FROM (SELECT * FROM {keys} WHERE {condition}) AS k
  JOIN {groups} AS j ON k.rid = j.rid
),
sized AS (
  SELECT gid, CAST(count(*) AS INTEGER) AS records,
         CAST(count(*) FILTER (WHERE proof) AS INTEGER) AS proved,
         CAST(count(*) FILTER (WHERE proof AND civil) AS INTEGER) AS registered
  FROM g GROUP BY gid
),
v AS (SELECT gid, min(rid) AS vid, {listed} FROM g GROUP BY gid, {listed})
SELECT v.*, sized.records, sized.proved, sized.registered,
       sized.records = 1 OR sized.proved = 0 AS unsure
FROM v JOIN sized ON v.gid = sized.gid
"""


def frequency_sql(variants: str, column: str) -> str:
    """How many groups' variants carry each value of a column, where more than one does."""
    return (
        f"SELECT {column} AS value, count(*) AS n FROM {variants} "
        f"WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1"
    )


def tokens_sql(variants: str) -> str:
    """How many variants' names hold each word, in any place, where more than one does."""
    return (
        "SELECT value, CAST(sum(c) AS BIGINT) AS n FROM ("
        "SELECT unnest(list_distinct(string_split(sk, ' '))) AS value, c FROM ("
        f"SELECT sk, count(*) AS c FROM {variants} WHERE sk IS NOT NULL GROUP BY sk) AS named"
        ") AS word GROUP BY value HAVING sum(c) > 1"
    )


def sides_sql(
    variants: str, names: str, firsts: str, dates: str, model: Model, total: int, condition: str
) -> str:
    """Variants with their rarity in hundredths of a bit: `nb` (name), `fb` (first token),
    `pb` (as a part of a longer name), `db` (birth date), each log2(total / frequency) under the model's limit."""
    return f"""
SELECT v.*, {_bits("tn.n", total, model.name_bits)} AS nb,
       {_bits("tf.n", total, model.name_bits)} AS fb,
       CASE WHEN v.sk = v.t1 THEN {_bits("tf.n", total, model.name_bits)}
            ELSE {_bits("tn.n", total, model.name_bits)} END AS pb,
       {_bits("td.n", total, model.date_bits)} AS db
FROM {variants} AS v
LEFT JOIN {names} AS tn ON v.sk = tn.value
LEFT JOIN {firsts} AS tf ON v.t1 = tf.value
LEFT JOIN {dates} AS td ON v.bd = td.value
WHERE {condition}
"""


def _bits(count: str, total: int, limit: float) -> str:
    rarity = f"log2({max(total, 2)} / coalesce({count}, 1))"
    return f"CAST(round(100 * least({limit}, {rarity})) AS INTEGER)"
