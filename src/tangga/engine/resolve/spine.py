"""The spine: of each record that is in force, the integers that the later steps read.

Wide rows are read twice only: here, and when the values that won are fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.resolve.survivorship import FALLBACK, Rules, order_of


def rank_column(rule: str) -> str:
    """The column of the spine that ranks a person's records by a rule, from 1."""
    return f"rank_{rule}"


def spine_sql(
    records: str, clusters: str, ids: str, rules: Rules, used: list[str], has: set[str], as_of: str, relation: str, cut: str
) -> str:
    """One row per record in force: `rid, pid, source, base, civil, as_of, trust`, `card` and
    `home` (nodes of families), `relation` (a number, 0 unknown), `slot` (a person's records in order: base, then most
    recent, most trusted, key) and a rank per rule that orders them otherwise.

    used: names of those rules. has: the columns of `records`. as_of: the
    day of a record that states none. relation: SQL of that number over `r`. cut: the part, over `c.cluster`.
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
         {relation} AS relation
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


def cards_sql(records: str) -> str:
    """One row per family card in use: `node, kk`."""
    return f"SELECT {card_node('kk')} AS node, kk FROM {records} WHERE latest AND kk IS NOT NULL GROUP BY kk"


def relation_number(codes: Sequence[str], column: str) -> str:
    """SQL of a relation's place in the pack's list, from 1; 0 where it is none of them."""
    cases = " ".join(f"WHEN '{code}' THEN {i}" for i, code in enumerate(codes[:127], 1))
    return f"CASE {column} {cases} ELSE 0 END" if cases else "0"


def relation_text(codes: Sequence[str], number: str) -> str:
    """SQL of the relation behind its number; null for 0."""
    cases = " ".join(f"WHEN {i} THEN '{code}'" for i, code in enumerate(codes[:127], 1))
    return f"CASE {number} {cases} END" if cases else "NULL::VARCHAR"
