"""Sides: the distinct ways in which a group appears, with how rare its name and date are."""

from __future__ import annotations

from tangga.engine.link.keys import FIXED, base_columns, derived, key_column, place_column
from tangga.engine.link.model import Model

# Of a side: its group's number is confirmed, by two records or by the civil registry.
CONFIRMED = "proof AND doubted = 0 AND (proved >= 2 OR registered >= 1)"
_GROUPED = ("sk", "bd", "yr", "num", "proof")


def variants_sql(keys: str, groups: str, model: Model) -> str:
    """One row per group and distinct way of appearing: `vid` (its smallest rid), `gid`,
    `records` of the group, `proved` (records whose number proves itself),
    `registered` (those of them from the civil registry), `doubted` (records of the civil registry
    that call the number a double), `unsure`."""
    listed = ", ".join([*_GROUPED, *(f"b_{name}" for name in base_columns(model))])
    return f"""
WITH g AS (
  SELECT k.rid, k.civil, k.doubted, k.proof, j.gid, hash({listed}) AS look
  FROM {keys} AS k JOIN {groups} AS j ON k.rid = j.rid
),
sized AS (
  SELECT gid, CAST(count(*) AS INTEGER) AS records,
         CAST(count(*) FILTER (WHERE proof) AS INTEGER) AS proved,
         CAST(count(*) FILTER (WHERE proof AND civil) AS INTEGER) AS registered,
         CAST(count(*) FILTER (WHERE doubted) AS INTEGER) AS doubted
  FROM g GROUP BY gid
),
v AS (SELECT gid, min(rid) AS vid FROM g GROUP BY gid, look)
SELECT v.gid, v.vid, {listed}, sized.records, sized.proved, sized.registered, sized.doubted,
       sized.records = 1 OR sized.proved = 0 OR sized.doubted > 0 AS unsure
FROM {keys} AS k JOIN v ON v.vid = k.rid JOIN sized ON v.gid = sized.gid
"""


def frequency_sql(variants: str, column: str) -> str:
    """How many groups' variants carry each value of a column."""
    return (
        f"SELECT {column} AS value, count(*) AS n FROM {variants} "
        f"WHERE {column} IS NOT NULL GROUP BY {column}"
    )


def tokens_sql(name_counts: str) -> str:
    """How many variants' names hold each word, in any place."""
    return (
        "SELECT value, CAST(sum(n) AS BIGINT) AS n FROM ("
        f"SELECT unnest(list_distinct(string_split(value, ' '))) AS value, n FROM {name_counts}"
        ") AS word GROUP BY value"
    )


def forms_sql(name_counts: str, token_counts: str, model: Model, total: int) -> str:
    """One row per distinct skeleton `sk`: `st`, `t1`, `squeezed`, `ab` (a word of it may be an
    initial), and in hundredths of a bit how
    rare it is: `nb` (the name), `fb` (its first word), `pb` (as a part of a longer name)."""
    whole, first = (_bits(f"{t}.n", total, model.name_bits) for t in ("c", "w"))
    return f"""
WITH c AS (
  SELECT value AS sk, n, split_part(value, ' ', 1) AS t1,
         CASE WHEN contains(value, ' ')
              THEN array_to_string(list_sort(string_split(value, ' ')), ' ')
              ELSE value END AS st,
         replace(value, ' ', '') AS squeezed
  FROM {name_counts}
)
SELECT c.sk, c.st, c.t1, c.squeezed, regexp_matches(c.sk, '(^| ).{{1,2}}( |$)') AS ab,
       {whole} AS nb, {first} AS fb,
       CASE WHEN c.sk = c.t1 THEN {first} ELSE {whole} END AS pb
FROM c JOIN {token_counts} AS w ON c.t1 = w.value
"""


def places_sql(variants: str, model: Model) -> str:
    """How many groups' variants are in each place: `key`, `value`, `n`."""
    each = [
        f"SELECT '{name}' AS key, {derived(model.keys[name])} AS value FROM {variants} AS v"
        for name in model.places()
    ]
    rows = " UNION ALL ".join(each) or "SELECT '' AS key, '' AS value WHERE FALSE"
    return (
        f"SELECT key, value, count(*) AS n FROM ({rows}) AS place WHERE value IS NOT NULL "
        "GROUP BY key, value"
    )


def sides_sql(variants: str, forms: str, dates: str, places: str, model: Model, total: int) -> str:
    """Variants with the fixed columns, the keys, the rarity of the name (`nb, fb, pb`), of the
    birth date (`db`) and of places (`p_*`): log2(total / frequency), hundredths of a bit, under
    the model's limits."""
    held = model.places()
    fixed = {"st": "f.st", "t1": "f.t1", "md": "month(v.bd) * 100 + day(v.bd)"}
    parts = [f"{fixed.get(column, f'v.{column}')} AS {column}" for column in FIXED]
    keys = {key_column(key, model): key for key in model.keys.values()}
    parts += [f"{derived(key)} AS {name}" for name, key in keys.items() if name not in FIXED]
    parts += [f"{_bits(f'{place_column(k)}.n', total, 99)} AS {place_column(k)}" for k in held]
    joins = "".join(
        f" LEFT JOIN (SELECT value, n FROM {places} WHERE key = '{k}') AS {place_column(k)}"
        f" ON {derived(model.keys[k])} = {place_column(k)}.value"
        for k in held
    )
    return f"""
SELECT v.vid, v.gid, {", ".join(parts)}, v.records, v.proved, v.registered, v.doubted, v.unsure,
       f.ab, f.nb, f.fb, f.pb, {_bits("d.n", total, model.date_bits)} AS db
FROM {variants} AS v
LEFT JOIN {forms} AS f ON v.sk = f.sk
LEFT JOIN {dates} AS d ON v.bd = d.value{joins}
ORDER BY v.vid
"""


def _bits(count: str, total: int, limit: float) -> str:
    rarity = f"log2({max(total, 2)} / coalesce({count}, 1))"
    return f"CAST(round(100 * least({limit}, {rarity})) AS INTEGER)"
