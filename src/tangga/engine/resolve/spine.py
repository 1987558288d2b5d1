"""The spine: of each record that is in force, the integers that the later steps read.

Wide rows are read twice only: here, and when the values that won are fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tangga.engine.resolve.survivorship import FALLBACK, Rules, order_of


def rank_column(rule: str) -> str:
    """The column of the spine that ranks a person's records by a rule, from 1."""
    return f"rank_{rule}"


@dataclass(frozen=True)
class Sources:
    """What the spine is made from: relations, and SQL fragments that depend on the pack.

    has: the columns of `records`. as_of: the day of a record that states none. relation: SQL of
    the number of a record's relation to the head, over `r`.
    """

    records: str
    clusters: str
    ids: str
    has: frozenset[str]
    as_of: str
    relation: str


def in_force_sql(sources: Sources, columns: Sequence[str] = (), names: str | None = None) -> str:
    """One row per record in force, of whom it speaks (`pid`), and what the spine says of it
    (`in_*`). columns: what else of the record. names: with these, also its `name_clean`."""
    card = card_node("r.kk") if "kk" in sources.has else "NULL::BIGINT"
    also = "".join(f", r.{column}" for column in columns)
    if names is not None:
        also += ", n.name_clean"
    return f"""
SELECT r.rid, i.id AS pid, r.source, r.source_id, coalesce(r.role = 'base', FALSE) AS in_base,
       r.kind = 'civil_registry' AS in_civil, coalesce(r.as_of, DATE '{sources.as_of}') AS in_as_of,
       r.trust AS in_trust, {card} AS in_card,
       {home_node("r.source", "r.source_family_id")} AS in_home,
       {sources.relation} AS in_relation{also}
FROM {sources.records} AS r JOIN {sources.clusters} AS c ON r.rid = c.rid
JOIN {sources.ids} AS i ON c.cluster = i.grp
{f"LEFT JOIN {names} AS n ON r.name = n.name" if names is not None else ""}
WHERE r.latest
"""


def spine_sql(in_force: str, rules: Rules, used: list[str]) -> str:
    """One row per record in force: `rid, pid, source, base, civil, as_of, trust`, `card` and
    `home` (nodes of families), `relation` (a number, 0 unknown), `slot` (a person's records in
    order: base, then most recent, most trusted, key) and a rank per rule that orders otherwise.

    in_force: see `in_force_sql`, of a part. used: names of those rules.
    """
    orders = {"slot": FALLBACK, **{rank_column(rule): rules.rules[rule] for rule in used}}
    ranks = "".join(
        f", CAST(row_number() OVER (PARTITION BY pid ORDER BY {order_of(criteria)}) AS USMALLINT) "
        f"AS {name}"
        for name, criteria in orders.items()
    )
    own = ("base", "civil", "as_of", "trust", "card", "home", "relation")
    return f"""
WITH r AS (
  SELECT rid, pid, source, {", ".join(f"in_{column} AS {column}" for column in own)}
  FROM {in_force}
)
SELECT *{ranks} FROM r ORDER BY pid, slot
"""


def card_node(kk: str) -> str:
    """SQL of the node of a family card: a number that can be read back is its own node, which is
    cheaper than a hash; anything else is hashed. (DuckDB's own `hash` is no choice: of 300,000
    invented card numbers, thousands fell together.)"""
    number = f"TRY_CAST({kk} AS BIGINT)"
    hashed = f"CAST(md5_number_lower('kk' || chr(31) || {kk}) >> 1 AS BIGINT)"
    return f"CASE WHEN {kk} = CAST({number} AS VARCHAR) THEN {number} ELSE {hashed} END"


def home_node(source: str, family: str) -> str:
    """SQL of the node of a source's own family id; null without one."""
    return f"CAST(md5_number_lower({source} || chr(31) || {family}) >> 1 AS BIGINT)"


def relation_number(codes: Sequence[str], column: str) -> str:
    """SQL of a relation's place in the pack's list, from 1; 0 where it is none of them."""
    cases = " ".join(f"WHEN '{code}' THEN {i}" for i, code in enumerate(codes[:127], 1))
    return f"CASE {column} {cases} ELSE 0 END" if cases else "0"


def relation_text(codes: Sequence[str], number: str) -> str:
    """SQL of the relation behind its number; null for 0."""
    cases = " ".join(f"WHEN {i} THEN '{code}'" for i, code in enumerate(codes[:127], 1))
    return f"CASE {number} {cases} END" if cases else "NULL::VARCHAR"
