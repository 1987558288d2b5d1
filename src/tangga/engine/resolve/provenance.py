"""Provenance in its long form: one row per value that any record says, and whether it won.

Stored is only which record won: `won.won_*`, its place among the person's records (`slot`
of the spine), and `family_believed.won_*`, its `rid`. The long form is made when somebody asks,
for one person, one area or a condition; of a whole nation it is long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from tangga.engine.resolve import ids
from tangga.engine.resolve.believed import won_column
from tangga.engine.resolve.family_facts import FAMILIES, VISITS, rows_said
from tangga.errors import UserError

CORRECTION, SUPERSEDED = "correction", "superseded"
BY_BASE = "CASE WHEN t.v.won AND t.role = 'base' THEN 'base' ELSE u.rule END AS rule"
SHAPE = "person_id, family_id, field, value, source, source_id, as_of, rule, won"


class Run(Protocol):
    """A finished run: `tangga.engine.catalogue.Run`."""

    def scan(self, stage: str, table: str) -> str: ...

    def columns(self, stage: str, table: str) -> list[str]: ...


def provenance_view(
    run: Run,
    person_id: str | Sequence[str] | None = None,
    *,
    family_id: str | None = None,
    fields: Collection[str] | None = None,
    superseded: bool = True,
) -> str:
    """SELECT of `person_id, family_id, field, value, source, source_id, as_of, rule, won`.

    person_id, family_id: only this person's (or these persons') or this family's values, found
    without reading the rest. fields: of persons only these columns; None: all. superseded: also
    what a source said of a person before. `rule`: by which values of this column are chosen, or
    base, correction, superseded.
    """
    people = (person_id,) if isinstance(person_id, str) else person_id
    selects = [_corrections(run, people, family_id)]
    columns = [c for c in _columns(run, "won") if fields is None or c in fields]
    if family_id is None and columns:
        selects.append(_persons(run, people, columns))
        selects += [_superseded(run, people, columns)] if superseded else []
    if people is None and _has(run, "family_believed"):
        selects.append(_families(run, family_id))
    return f"SELECT {SHAPE} FROM ({' UNION ALL '.join(selects)})"


def _has(run: Run, table: str) -> bool:
    try:
        run.scan("resolve", table)
    except UserError:
        return False
    return True


def _columns(run: Run, table: str) -> list[str]:
    won = (c for c in run.columns("resolve", table) if c.startswith("won_"))
    return [c.removeprefix("won_") for c in won]


def _literal(shown: str) -> int:
    """The integer behind an id of a person or family; UserError where it is none."""
    try:
        return int(shown.removeprefix(ids.PERSON).removeprefix(ids.FAMILY), 16)
    except ValueError:
        raise UserError("not the id of a person or family", value=shown) from None


def _spine(run: Run, people: Sequence[str] | None) -> str:
    only = "" if people is None else f" WHERE {_one_of('pid', map(_literal, people))}"
    return f"(SELECT rid, pid, slot FROM {run.scan('resolve', 'spine')}{only})"


def _one_of(column: str, values: Iterable[object]) -> str:
    """A column has one of some values; of none, it never has."""
    # DuckDB looks for a single value before it reads the other columns, not for a list of one.
    return " OR ".join(f"{column} = {value}" for value in values) or "FALSE"


def _said(columns: list[str], won: str) -> str:
    """`unnest` of a list of (field, value, won) of one row `r` with what is believed as `b`."""
    said = ", ".join(
        f"{{'field': '{c}', 'value': CAST(r.{c} AS VARCHAR), 'won': {won.format(won_column(c))}}}"
        for c in columns
    )
    return f"unnest([{said}]) AS v"


def _rules(run: Run, entity: str) -> str:
    return (
        f"(SELECT field, rule FROM {run.scan('resolve', 'survivorship')} WHERE entity = '{entity}')"
    )


def _persons(run: Run, people: Sequence[str] | None, columns: list[str]) -> str:
    return f"""
SELECT {ids.shown(ids.PERSON, "t.pid")} AS person_id, NULL::VARCHAR AS family_id,
       t.v.field AS field, t.v.value AS value, t.source, t.source_id, t.as_of, {BY_BASE},
       t.v.won AND c.field IS NULL AS won
FROM (
  SELECT s.pid, r.role, r.source, r.source_id, r.as_of,
         {_said(columns, "coalesce(b.{} = s.slot, FALSE)")}
  FROM {run.scan("standardise", "records")} AS r JOIN {_spine(run, people)} AS s ON r.rid = s.rid
  JOIN {run.scan("resolve", "won")} AS b ON s.pid = b.pid
) AS t JOIN {_rules(run, "person")} AS u ON t.v.field = u.field
LEFT JOIN {run.scan("resolve", "applied_corrections")} AS c
  ON c.person_id = {ids.shown(ids.PERSON, "t.pid")} AND c.field = t.v.field
WHERE t.v.value IS NOT NULL"""


def _superseded(run: Run, people: Sequence[str] | None, columns: list[str]) -> str:
    """Earlier rows of a source's id: what it said before."""
    records = run.scan("standardise", "records")
    return f"""
SELECT {ids.shown(ids.PERSON, "t.pid")}, NULL, t.v.field, t.v.value, t.source, t.source_id, t.as_of,
       '{SUPERSEDED}', FALSE
FROM (
  SELECT s.pid, r.source, r.source_id, r.as_of, {_said(columns, "FALSE")}
  FROM {records} AS r JOIN {records} AS n ON r.source = n.source AND r.source_id = n.source_id
  JOIN {_spine(run, people)} AS s ON n.rid = s.rid
  WHERE NOT r.latest AND n.latest
) AS t WHERE t.v.value IS NOT NULL"""


def _corrections(run: Run, people: Sequence[str] | None, family_id: str | None) -> str:
    shown = (f"'{ids.PERSON}{_literal(one):X}'" for one in people or ())
    only = "" if people is None else f" WHERE {_one_of('person_id', shown)}"
    if family_id:
        only = f" WHERE family_id = '{ids.FAMILY}{_literal(family_id):X}'"
    return f"""
SELECT person_id, family_id, field, value, source, source_id, as_of,
       '{CORRECTION}' AS rule, TRUE AS won
FROM {run.scan("resolve", "applied_corrections")}{only}"""


def _said_of_families(run: Run, columns: list[str]) -> str:
    """Rows of sources of families and of visits, as far as this run has them."""
    tables = {FAMILIES: "family_facts", VISITS: VISITS}
    there = {kind: table for kind, table in tables.items() if _has(run, table)}
    relations = {kind: run.scan("resolve", table) for kind, table in there.items()}
    found = {kind: run.columns("resolve", table) for kind, table in there.items()}
    return rows_said(relations, found, columns)


def _families(run: Run, family_id: str | None) -> str:
    only = ""
    if family_id:
        only = f" AND r.family_id = '{family_id}' AND i.id = {_literal(family_id)}"
    columns = _columns(run, "family_believed")
    return f"""
SELECT NULL, t.family_id, t.v.field, t.v.value, t.source, t.source_id, t.as_of, {BY_BASE},
       t.v.won AND c.field IS NULL
FROM (
  SELECT r.family_id, r.role, r.source, r.source_id, r.as_of,
         {_said(columns, "coalesce(b.{} = r.rid, FALSE)")}
  FROM ({_said_of_families(run, columns)}) AS r
  JOIN {run.scan("resolve", "family_ids")} AS i ON r.family_id = {ids.shown(ids.FAMILY, "i.id")}
  JOIN {run.scan("resolve", "family_believed")} AS b ON i.grp = b.unit
  WHERE r.latest{only}
) AS t JOIN {_rules(run, "family")} AS u ON t.v.field = u.field
LEFT JOIN {run.scan("resolve", "applied_corrections")} AS c
  ON c.family_id = t.family_id AND c.field = t.v.field
WHERE t.v.value IS NOT NULL"""
