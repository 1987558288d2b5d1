"""The clerks' queue: pairs that a person must judge, those first on which most depends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

SHOWN = ("name", "birth_date", "nik", "kk", "sex", "village", "address")
"""What a clerk sees of both records, as far as this run's records carry it."""
RULING = ("ruling", "by", "at", "reason")
"""Empty columns to fill in: an exported queue is a file of rulings."""
SUPPORT = ("enrolments", "payments")
OTHERS = "coalesce(p.person_id <> q.person_id, FALSE)"
"""Two persons. Said plainly, DuckDB may join everybody with everybody else by it, and look at the
pairs only then."""


class Run(Protocol):
    """A finished run: `tangga.engine.catalogue.Run`."""

    def scan(self, stage: str, table: str) -> str: ...

    def columns(self, stage: str, table: str) -> list[str]: ...

    def has(self, stage: str, table: str) -> bool: ...


def queue_view(run: Run, links: str) -> str:
    """One row per pair in review whose records are two persons now: `stake`, the columns of
    `links`, both records' `SHOWN` and persons, and `RULING`, empty.

    links: the contract's view with `left_rid, right_rid`. stake: enrolments and payments of both
    persons, and members of their families. Equal stakes: who is nearest to the link threshold.
    """
    carried = run.columns("standardise", "records")
    shown = [column for column in SHOWN if column in carried]
    values = "".join(f", a.{c} AS left_{c}, b.{c} AS right_{c}" for c in shown)
    empty = "".join(f", '' AS \"{column}\"" for column in RULING)
    records = run.scan("standardise", "records")
    limit = f"(SELECT link FROM {run.scan('link', 'thresholds')})"
    return f"""
WITH {_asked(run, links)}
SELECT coalesce(x.rows, 0) + coalesce(y.rows, 0) + {_members()} AS stake,
       k.left_source, k.left_id, k.right_source, k.right_id{values}, k.weight, k.why{empty},
       k.decision, k.step, k.reasons, k.left_person_id, k.right_person_id
FROM asked AS k
JOIN {_of(records, "left_rid")} AS a ON k.left_rid = a.rid
JOIN {_of(records, "right_rid")} AS b ON k.right_rid = b.rid
LEFT JOIN support AS x ON k.left_person_id = x.person_id
LEFT JOIN support AS y ON k.right_person_id = y.person_id
LEFT JOIN kin AS f ON k.left_family_id = f.family_id
LEFT JOIN kin AS g ON k.right_family_id = g.family_id
ORDER BY stake DESC, k.weight IS NULL DESC, abs(100 * k.weight - {limit}),
         k.left_source, k.left_id, k.right_source, k.right_id
"""


def _members() -> str:
    """Members of both families; somebody in no family counts once, one family not twice."""
    return (
        "coalesce(f.member_count, 1) + CASE WHEN k.left_family_id = k.right_family_id THEN 0 "
        "ELSE coalesce(g.member_count, 1) END"
    )


def _of(records: str, end: str) -> str:
    return f"(SELECT * FROM {records} WHERE rid IN (SELECT {end} FROM asked))"


def _asked(run: Run, links: str) -> str:
    crosswalk = run.scan("resolve", "crosswalk")
    rows = [run.scan("resolve", table) for table in SUPPORT if run.has("resolve", table)]
    return f"""asked AS (
  SELECT k.*, p.person_id AS left_person_id, q.person_id AS right_person_id,
         p.family_id AS left_family_id, q.family_id AS right_family_id
  FROM (SELECT * FROM ({links}) WHERE decision = 'review') AS k
  JOIN {crosswalk} AS p ON k.left_rid = p.rid JOIN {crosswalk} AS q ON k.right_rid = q.rid
  WHERE {OTHERS}
),
people AS (
  SELECT left_person_id AS person_id FROM asked UNION SELECT right_person_id FROM asked
),
support AS (
  SELECT s.person_id, count(*) AS rows FROM ({_support(rows)}) AS s
  SEMI JOIN people AS w ON s.person_id = w.person_id GROUP BY s.person_id
),
kin AS (SELECT family_id, member_count FROM {run.scan("resolve", "families")})"""


def _support(rows: Sequence[str]) -> str:
    each = [f"SELECT person_id FROM {row} WHERE latest AND person_id IS NOT NULL" for row in rows]
    return " UNION ALL ".join(each) or "SELECT '' AS person_id WHERE FALSE"
