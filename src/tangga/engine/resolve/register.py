"""The families of the register: their head, their place, and what sources say of their home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tangga.engine.resolve import ids
from tangga.engine.resolve.family_facts import FAMILIES, VISITS, rows_said
from tangga.engine.resolve.survivorship import Rules, order_of
from tangga.engine.runner import Steps

FROM_HEAD = ("kk", "village", "address", "hamlet", "rt", "rw", "place_kind", "place_name")
"""What a family takes from its head where no source of families says it."""


def facts(steps: Steps, rules: Rules, columns: list[str], kinds: Mapping[str, list[str]]) -> None:
    """Write `family_believed`: `unit`, each column and the `won_` record behind it.

    columns: of the family that sources carry. kinds: the kinds received, with their columns. A
    visit after the run's day is not seen.
    """
    of = rules.of_family(columns)
    used = sorted(set(of.values()))
    ranks = ", ".join(
        f"row_number() OVER (PARTITION BY f.unit ORDER BY {order_of(rules.rules[rule])}) "
        f"AS rank_{rule}"
        for rule in used
    )
    values = "".join(
        f", arg_min({c}, rank_{rule}) FILTER (WHERE {c} IS NOT NULL) AS {c}"
        f", arg_min(rid, rank_{rule}) FILTER (WHERE {c} IS NOT NULL) AS won_{c}"
        for c, rule in of.items()
    )
    listed = "".join(f", r.{c}" for c in columns)
    steps.whole(
        "family_believed",
        f"""
WITH r AS (
  SELECT *, coalesce(role = 'base', FALSE) AS base, FALSE AS civil
  FROM ({_said(steps, columns, kinds)}) WHERE latest
),
ranked AS (
  SELECT f.unit, r.rid{listed}, {ranks}
  FROM r JOIN (SELECT rid AS ref, unit FROM {steps.scan("family_refs")}) AS f ON r.rid = f.ref
  WHERE f.unit IS NOT NULL
)
SELECT unit{values} FROM ranked GROUP BY unit ORDER BY unit""",
    )


def _said(steps: Steps, columns: list[str], kinds: Mapping[str, list[str]]) -> str:
    relations = {k: steps.ctx.scan("standardise", k) for k in (FAMILIES, VISITS) if k in kinds}
    if "on_date" in kinds.get(VISITS, ()):
        day = steps.ctx.workspace.as_of.isoformat()
        seen = f"SELECT * FROM {relations[VISITS]} WHERE coalesce(on_date <= DATE '{day}', TRUE)"
        relations[VISITS] = f"({seen})"
    return rows_said(relations, kinds, columns)


def families_sql(
    steps: Steps, own: Sequence[str], from_head: Sequence[str], corrected: tuple[str, list[str]]
) -> str:
    """One row per family: ids, status, period, head, the base's id, and what is believed.

    own: columns of `family_believed`, empty without it. from_head: columns taken from the head
    where those are silent. corrected: relation and fields of accepted corrections.
    """
    relation, fields = corrected
    columns = list(dict.fromkeys([*from_head, *own, *fields]))
    values = "".join(f", {_value(c, own, from_head, fields)} AS {c}" for c in columns)
    joins = f" LEFT JOIN {steps.scan('family_believed')} AS o ON h.unit = o.unit" if own else ""
    joins += f" LEFT JOIN {relation} AS k ON i.id = k.id" if fields else ""
    count = "" if "member_count" in columns else ", members AS member_count"
    listed = "".join(f", {c}" for c in columns)
    return f"""
SELECT {ids.shown(ids.FAMILY, "fid")} AS family_id, status, valid_from, valid_to,
       {ids.shown(ids.PERSON, "head")} AS head_person_id, base_source, base_family_id{count}{listed}
FROM (
  SELECT i.id AS fid, CASE WHEN h.ended THEN 'ended' ELSE 'active' END AS status,
         h.first_seen AS valid_from, CASE WHEN h.ended THEN h.last_death END AS valid_to, h.head,
         h.members, s.base_source, s.base_family_id{values}
  FROM {steps.scan("family_heads")} AS h JOIN {steps.scan("family_ids")} AS i ON h.unit = i.grp
  LEFT JOIN {steps.scan("base_families")} AS s ON h.unit = s.unit
  LEFT JOIN {steps.scan("believed")} AS b ON h.head = b.pid{joins}
  ORDER BY i.id
)"""


def _value(column: str, own: Sequence[str], from_head: Sequence[str], fields: list[str]) -> str:
    said = [f"o.{column}"] if column in own else []
    said += [f"b.{column}"] if column in from_head else []
    plain = f"coalesce({', '.join(said)})" if said else "NULL"
    if column not in fields:
        return plain
    return f"CASE WHEN k.has_{column} THEN k.{column} ELSE {plain} END"
