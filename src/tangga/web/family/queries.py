"""What the family pages ask of the database: one statement a page.

Each part is a sub-select that answers JSON; row-level security holds in every one of them. A part
whose table the release lacks is left out, and rows that only the case team may read are added for
the case team alone (their tables answer nobody else).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tangga.web.database.prepared import value
from tangga.web.database.rows import rows
from tangga.web.family.classes import classes

LAST_PAYMENTS = 4
CASE = "_case"


@dataclass(frozen=True)
class Part:
    """A part of a page. table: of the release, without which there is no part; select: SQL of one
    JSON value; with_case: whether NAME_case holds further rows of it for the case team."""

    table: str
    select: str
    with_case: bool = False


def _all_of(table: str, order: str = "", with_case: bool = False) -> Part:
    ordered = f" ORDER BY {order}" if order else ""
    return Part(
        table,
        f"SELECT json_agg(json_strip_nulls(row_to_json(t)){ordered}) "
        "FROM {table} AS t WHERE t.family_id = %(id)s",
        with_case,
    )


def _row_of(table: str) -> Part:
    return Part(
        table,
        "SELECT json_strip_nulls(row_to_json(t)) FROM {table} AS t WHERE t.family_id = %(id)s "
        "LIMIT 1",
    )


FAMILY = _row_of("families")
PEOPLE = _all_of("persons", "t.birth_date NULLS LAST, t.birth_year NULLS LAST, t.person_id")
RUNG = _all_of("moves", "t.person_id NULLS FIRST, t.move", with_case=True)
SPELLS = _all_of("spells", "t.open DESC, t.valid_from DESC, t.programme", with_case=True)
CLOCK = _row_of("family_clock")
ELSEWHERE = Part(
    "memberships",
    """SELECT json_agg(json_strip_nulls(row_to_json(o))) FROM (
    SELECT m.person_id, min(m.relation) AS relation, array_agg(DISTINCT m.kind) AS kinds,
           p.name, p.birth_date, p.birth_year, p.family_id, p.status
    FROM memberships AS m LEFT JOIN persons AS p ON p.person_id = m.person_id
    WHERE m.family_id = %(id)s AND m.valid_to IS NULL AND NOT coalesce(m.programme, false)
      AND p.family_id IS DISTINCT FROM m.family_id
    GROUP BY m.person_id, p.name, p.birth_date, p.birth_year, p.family_id, p.status
    ORDER BY m.person_id) AS o""",
)
PAYMENTS = Part(
    "payments",
    f"""SELECT json_build_object('all', max(n), 'last',
        json_agg(json_strip_nulls(row_to_json(o)) ORDER BY place)) FROM (
    SELECT t.*, count(*) OVER () AS n,
           row_number() OVER (ORDER BY period_end DESC NULLS LAST, programme, source_id) AS place
    FROM payments AS t WHERE t.family_id = %(id)s) AS o WHERE place <= {LAST_PAYMENTS}""",
)
WORKERS = Part(
    "assignments",
    """SELECT json_agg(json_build_object('pilar', a.pilar, 'worker', a.worker, 'how', a.how))
    FROM assignments AS a WHERE a.family_id = %(id)s""",
)
LAST_VISIT = Part(
    "visits",
    """SELECT json_strip_nulls(row_to_json(t)) FROM visits AS t WHERE t.family_id = %(id)s
    ORDER BY t.on_date DESC NULLS LAST, t.source_id LIMIT 1""",
)

IN_SERVICE = Part(
    "in_service",
    "SELECT json_agg(json_build_object('person_id', s)) FROM in_service(%(id)s) AS s",
)
"""A function: whose case is open, and nothing else of it, for one family that the viewer sees."""

PAGE: Mapping[str, Part] = {
    "family": FAMILY,
    "people": PEOPLE,
    "elsewhere": ELSEWHERE,
    "clock": CLOCK,
    "near_cap": _row_of("near_cap"),
    "cohort": _row_of("cohorts"),
    "queue": _all_of("cap_queue"),
    "rank": _row_of("ranking"),
    "change": _row_of("rank_changes"),
    "indications": _all_of("rank_indications", "t.indication"),
    "decisions": _all_of("decisions", with_case=True),
    "moves": RUNG,
    "waiting": _all_of("waiting", with_case=True),
    "visit": _row_of("visits_asked"),
    "last_visit": LAST_VISIT,
    "spells": SPELLS,
    "payees": _all_of("payees", "t.programme"),
    "payments": PAYMENTS,
    "unpaid": _all_of("unpaid", "t.period_start"),
    "after_death": _all_of("payments_after_death", "t.period_start"),
    "mismatches": _all_of("mismatches", "t.programme"),
    "signals": _all_of("signals", "t.signal"),
    "notices": _all_of("notices", "t.date DESC"),
    "objections": _all_of("objections", "t.lodged_on DESC"),
    "graduations": _all_of("graduations", "t.graduated_on DESC"),
    "workers": WORKERS,
    "in_service": IN_SERVICE,
}
FOR_THE_CASE_TEAM: Mapping[str, Part] = {
    "cases": _all_of("cases", "t.opened DESC"),
    "assessments": _all_of("assessments", "t.on_date DESC"),
}
SHEET: Mapping[str, Part] = {
    name: PAGE[name]
    for name in (
        *("family", "people", "clock", "near_cap", "rank", "decisions", "moves", "waiting"),
        *("spells", "visit", "workers"),
    )
}
HISTORY: Mapping[str, Part] = {
    "family": FAMILY,
    "people": PEOPLE,
    "events": _all_of("events", "t.on_date DESC NULLS LAST", with_case=True),
    "visits": _all_of("visits", "t.on_date DESC NULLS LAST"),
    "spells": SPELLS,
    "payments": _all_of("payments", "t.period_end DESC NULLS LAST, t.programme"),
    "change": PAGE["change"],
    "moves": RUNG,
    "notices": PAGE["notices"],
    "objections": PAGE["objections"],
    "graduations": PAGE["graduations"],
    "corrections": _all_of("corrections"),
    "memberships": _all_of("memberships", "t.valid_from DESC NULLS LAST"),
    "lineage": Part(
        "lineage",
        """SELECT json_agg(row_to_json(t)) FROM lineage AS t
        WHERE t.new_id = %(id)s OR t.old_id = %(id)s""",
    ),
    "differences": _all_of("changes"),
}
SOURCES: Mapping[str, Part] = {
    "family": FAMILY,
    "people": PEOPLE,
    "won_family": _row_of("provenance_families"),
    "family_records": _all_of("family_records", "t.as_of DESC NULLS LAST"),
    "won": Part(
        "provenance_persons",
        """SELECT json_agg(json_strip_nulls(row_to_json(t))) FROM provenance_persons AS t
        JOIN persons AS p ON p.person_id = t.person_id WHERE p.family_id = %(id)s""",
    ),
    "crosswalk": _all_of("crosswalk", "t.person_id, t.slot, t.source, t.source_id"),
    "records": Part(
        "records",
        """SELECT json_agg(json_strip_nulls(row_to_json(t)) ORDER BY t.source, t.source_id)
        FROM records AS t
        JOIN persons AS p ON p.person_id = t.person_id WHERE p.family_id = %(id)s""",
    ),
    "links": Part(
        "links",
        """SELECT json_agg(row_to_json(o)) FROM (
        SELECT DISTINCT l.left_source, l.left_id, l.right_source, l.right_id, l.step, l.decision,
               l.weight, l.reasons, l.why
        FROM persons AS p JOIN records AS r ON r.person_id = p.person_id
        JOIN links AS l ON (l.left_source = r.source AND l.left_id = r.source_id)
                        OR (l.right_source = r.source AND l.right_id = r.source_id)
        WHERE p.family_id = %(id)s
        ORDER BY 1, 2, 3, 4) AS o""",
    ),
}
PERSON = "SELECT family_id FROM persons WHERE person_id = %s"
SUCCESSORS = """
SELECT l.new_id, l.kind, f.family_id IS NOT NULL AS here
FROM lineage AS l LEFT JOIN families AS f ON f.family_id = l.new_id
WHERE l.old_id = %s ORDER BY l.run DESC, l.new_id
"""


def read(parts: Mapping[str, Part], number: int, family_id: str, case: bool) -> dict[str, Any]:
    """Every part of a page in one round trip; None for a part without rows or without a table."""
    said = json.loads(value(_statement(tuple(parts.items()), number, case), {"id": family_id}))
    return {name: _with_case(said, name, part) for name, part in parts.items()}


def _with_case(said: Mapping[str, Any], name: str, part: Part) -> Any:
    """A part with the rows that only the case team may read: they stand in a table of their own."""
    if not part.with_case:
        return said.get(name)
    return [*(said.get(name) or ()), *(said.get(name + CASE) or ())]


@lru_cache(maxsize=64)
def _statement(parts: tuple[tuple[str, Part], ...], number: int, case: bool) -> str:
    held = classes(number)
    selects = [
        f"'{name}', ({part.select.replace('{table}', part.table)})"
        for name, part in _tables(parts, case)
        if held.says_something(part.table)
    ]
    return f"SELECT json_build_object({', '.join(selects)})::text AS page"


def _tables(parts: tuple[tuple[str, Part], ...], case: bool) -> Iterator[tuple[str, Part]]:
    for name, part in parts:
        yield name, part
        if case and part.with_case:
            yield name + CASE, replace(part, table=part.table + CASE)


def successors(family_id: str) -> list[dict[str, Any]]:
    """The families that one became."""
    return rows(SUCCESSORS, [family_id])
