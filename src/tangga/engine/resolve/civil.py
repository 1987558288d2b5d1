"""The civil registry beside the register: who is matched, who died, who has no papers.

These are lists. A match ends nothing and changes nobody's status; an event does.
"""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.resolve import ids
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps

COMPARED = ("nik", "name", "sex", "birth_date")
SILENT = ("active",)
"""States of the registry that are no news."""


def match(steps: Steps, has: list[str]) -> None:
    """Write `civil_matches`, `deaths` and `death_review`, where a civil registry is there."""
    if "status" not in has or not steps.fetch(
        f"SELECT 1 FROM {steps.scan('spine')} WHERE civil LIMIT 1"
    ):
        return
    records = steps.ctx.scan("standardise", "records")
    statuses = f"(SELECT rid, status FROM {records} WHERE kind = 'civil_registry')"
    steps.parts(
        "registry_records",
        lambda part: statement(
            "registry_records",
            spine=steps.scan("spine"),
            statuses=statuses,
            active="coalesce(r.status, 'active') = 'active'",
            part=part.cut("s.pid"),
        ),
        scratch=True,
    )
    compared = [c for c in COMPARED if c in has]
    steps.whole("civil_matches", _matches_sql(steps, compared, has))
    _deaths(steps, compared, has)


def _side(steps: Steps, columns: list[str], has: list[str], kind: str) -> str:
    """Records with what is compared; the name as its clean form."""
    records, names = (steps.ctx.scan("standardise", t) for t in ("records", "names"))
    taken = ", ".join("n.name_clean AS name" if c == "name" else f"r.{c}" for c in columns)
    also = "".join(f", r.{c}" for c in ("death_date", "moved_to") if c in has)
    return (
        f"(SELECT r.rid, r.source, r.source_id, r.status{also}{', ' if taken else ''}{taken} "
        f"FROM {records} AS r LEFT JOIN {names} AS n ON r.name = n.name WHERE {kind})"
    )


def _matches_sql(steps: Steps, compared: list[str], has: list[str]) -> str:
    """One row per person: how the civil registry knows them."""
    registry = _side(steps, compared, has, "r.kind = 'civil_registry'")
    other = _side(steps, compared, has, "r.kind <> 'civil_registry'")
    fields = ", ".join(f"CASE WHEN c.{f} <> o.{f} THEN '{f}' END" for f in compared)
    also = "".join(f", c.{c}" for c in ("death_date", "moved_to") if c in has)
    return f"""
SELECT {ids.shown(ids.PERSON, "pid")} AS person_id, state, registry_status,
       CAST(to_json(differences) AS VARCHAR) AS differences, source,
       source_id{also.replace("c.", "")}
FROM (
  SELECT p.pid, c.source, c.source_id, c.status AS registry_status{also},
         list_filter([{fields}], lambda f: f IS NOT NULL) AS differences,
         CASE WHEN c.rid IS NULL THEN 'not_found'
              WHEN c.status IS NOT NULL AND c.status <> 'active' THEN c.status
              WHEN o.rid IS NULL THEN 'only_in_registry'
              WHEN len(differences) > 0 THEN 'matched_with_differences' ELSE 'matched' END AS state
  FROM {steps.scan("registry_records")} AS p
  LEFT JOIN {registry} AS c ON p.registry = c.rid LEFT JOIN {other} AS o ON p.other = o.rid
  ORDER BY p.pid
)"""


def _deaths(steps: Steps, compared: list[str], has: list[str]) -> None:
    records = steps.ctx.scan("standardise", "records")
    links = steps.ctx.table("link", "links")
    no_links = "(SELECT 0::BIGINT AS left_rid, 0::BIGINT AS right_rid, '' AS decision LIMIT 0)"
    steps.whole(
        "death_links",
        statement(
            "death_links",
            dead=f"(SELECT rid FROM {records} WHERE status = 'dead' AND latest)",
            spine=steps.scan("spine"),
            links=tables.scan(links) if tables.exists(links) else no_links,
        ),
        scratch=True,
    )
    steps.whole("deaths", _deaths_sql(steps, compared, has, "exact"))
    steps.whole("death_review", _deaths_sql(steps, compared, has, "possible"))


def _deaths_sql(steps: Steps, compared: list[str], has: list[str], wanted: str) -> str:
    """One row per person and dead record of the registry. Exact: the number agrees, and name or
    birth date with it; all else is possible only."""
    registry = _side(steps, compared, has, "r.kind = 'civil_registry' AND r.status = 'dead'")
    other = _side(steps, compared, has, "r.kind <> 'civil_registry'")
    same = {f: f"bool_or(l.linked AND c.{f} = o.{f})" for f in compared if f != "nik"}
    number = "c.nik = o.nik" if "nik" in compared else "FALSE"
    agree = {
        f: f"coalesce(bool_or(l.linked AND {number} AND c.{f} = o.{f}), FALSE)"
        for f in ("name", "birth_date")
        if f in same
    }
    exact = " OR ".join(agree.values()) or "FALSE"
    date = "max(c.death_date)" if "death_date" in has else "NULL::DATE"
    return f"""
SELECT {ids.shown(ids.PERSON, "pid")} AS person_id, {ids.shown(ids.FAMILY, "fid")} AS family_id,
       evidence, linked, source, source_id, death_date
FROM (
  SELECT l.pid, f.id AS fid, c.source, c.source_id, {date} AS death_date,
         bool_or(l.linked) AS linked,
         CASE WHEN {exact} THEN 'exact' ELSE 'possible' END AS evidence
  FROM {steps.scan("death_links")} AS l JOIN {registry} AS c ON l.registry = c.rid
  JOIN {other} AS o ON l.other = o.rid
  LEFT JOIN {steps.scan("kin")} AS k ON l.pid = k.pid
  LEFT JOIN {steps.scan("family_ids")} AS f ON k.unit = f.grp
  GROUP BY l.pid, f.id, c.source, c.source_id
)
WHERE evidence = '{wanted}' ORDER BY pid, source, source_id
"""


def without_papers_sql(steps: Steps, has: list[str]) -> str:
    """One row per person for the civil registry's office: no number, or not recorded there."""
    number = "b.nik" if "nik" in has else "NULL"
    village = "b.village" if "village" in has else "NULL::VARCHAR"
    known = "civil_matches" in steps.rows
    state = "m.state" if known else "NULL"
    joins = (
        f" LEFT JOIN {steps.scan('civil_matches')} AS m "
        f"ON {ids.shown(ids.PERSON, 'b.pid')} = m.person_id"
        if known
        else ""
    )
    return f"""
SELECT village, {ids.shown(ids.PERSON, "pid")} AS person_id,
       {ids.shown(ids.FAMILY, "fid")} AS family_id, reason
FROM (
  SELECT {village} AS village, b.pid, f.id AS fid,
         CASE WHEN {state} = 'not_recorded' THEN 'not_recorded'
              WHEN {number} IS NULL THEN 'no_number' END AS reason
  FROM {steps.scan("believed")} AS b{joins}
  LEFT JOIN {steps.scan("kin")} AS k ON b.pid = k.pid
  LEFT JOIN {steps.scan("family_ids")} AS f ON k.unit = f.grp
  WHERE reason IS NOT NULL ORDER BY village NULLS LAST, b.pid
)"""
