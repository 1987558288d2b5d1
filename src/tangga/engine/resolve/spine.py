"""The spine: of each record that is in force, the integers that the later steps read.

Wide rows are read twice only: here, and when the values that won are fetched.
"""

from __future__ import annotations

from tangga.engine.resolve.survivorship import FALLBACK, Rules, order_of


def rank_column(rule: str) -> str:
    """The column of the spine that ranks a person's records by a rule, from 1."""
    return f"rank_{rule}"


def spine_sql(
    records: str, clusters: str, ids: str, rules: Rules, used: list[str], has: set[str], as_of: str, cut: str
) -> str:
    """One row per record in force: `rid, pid, source, base, civil, as_of, trust`, `card` and
    `home` (nodes of families), `relation`, `slot` (a person's records in order: base, then most
    recent, most trusted, key) and a rank per rule that orders them otherwise.

    used: names of those rules. has: the columns of `records`. as_of: the
    day of a record that states none. cut: the part, over `c.cluster`.
    """
    orders = {"slot": FALLBACK, **{rank_column(rule): rules.rules[rule] for rule in used}}
    ranks = "".join(
        f", CAST(row_number() OVER (PARTITION BY pid ORDER BY {order_of(criteria)}) AS USMALLINT) "
        f"AS {name}"
        for name, criteria in orders.items()
    )
    return f"""
WITH r AS (
  SELECT r.rid, i.id AS pid, r.source, coalesce(r.role = 'base', FALSE) AS base,
         r.kind = 'civil_registry' AS civil, coalesce(r.as_of, DATE '{as_of}') AS as_of, r.trust,
         {card_node("r.kk") if "kk" in has else "NULL::BIGINT"} AS card,
         {home_node("r.source", "r.source_family_id")} AS home,
         {"r.relation" if "relation" in has else "NULL::VARCHAR"} AS relation
  FROM {records} AS r JOIN {clusters} AS c ON r.rid = c.rid JOIN {ids} AS i ON c.cluster = i.grp
  WHERE r.latest AND {cut}
)
SELECT *{ranks} FROM r
"""


def card_node(kk: str) -> str:
    """The node of a family card. Nodes are never seen outside a run, so DuckDB's own hash, far
    cheaper than md5, will do."""
    return f"CASE WHEN {kk} IS NOT NULL THEN CAST(hash({kk}) >> 1 AS BIGINT) END"


def home_node(source: str, family: str) -> str:
    """The node of a source's own family id."""
    return f"CASE WHEN {family} IS NOT NULL THEN CAST(hash({source}, {family}) >> 1 AS BIGINT) END"
