"""Tables of a release that no stage holds in that form, each a SELECT over a finished run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tangga.engine.catalogue import Run, relation
from tangga.engine.link.queue import SHOWN
from tangga.engine.plan.asked import visits_sql
from tangga.engine.plan.decisions import decisions_sql, kept_view, moves_sql, render
from tangga.engine.publish.counted import REHABILITATION
from tangga.engine.resolve import ids
from tangga.engine.resolve.family_facts import FAMILIES, VISITS, rows_said
from tangga.errors import UserError
from tangga.registry.model import Column
from tangga.registry.privacy import sight
from tangga.rules.conditions import facts_used
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Requirement

CASE = "case"
WORD = r"[^\s\x0b\x1c-\x1f\x{85}\pZ]+"
"""A word as Python parts them."""
LAST_ORDER = re.compile(r" ORDER BY [^()]*$")
"""The order of a kept view: a release has an order of its own."""


def told_openly(today: OnDate) -> Callable[[Requirement, str], bool]:
    """Whether a requirement rests on nothing that only the case team may know."""

    def told(requirement: Requirement, subject: str) -> bool:
        used = facts_used(requirement.condition, subject)
        return all(today.facts.facts[fact].privacy != CASE for fact in used)

    return told


def rests_on_cases(today: OnDate) -> tuple[frozenset[str], frozenset[str]]:
    """Programmes, and moves, with a requirement that only the case team may know."""
    told = told_openly(today)
    programmes = {
        name
        for name, (one, version) in today.programmes.items()
        if not all(told(each, one.unit) for each in version.says.requires)
    }
    moves = {
        one.id
        for one, version in today.moves
        if not all(told(each, one.subject) for each in version.says.requires)
    }
    return frozenset(programmes), frozenset(moves)


def decisions(run: Run, today: OnDate) -> str:
    """The decisions, without the reasons that rest on a case."""
    kept_view(run, "decisions")  # UserError where this run decided nothing
    return _openly(render(decisions_sql(today, told_openly(today)), run.scan))


def moves(run: Run, today: OnDate) -> str:
    """The moves, without the reasons that rest on a case."""
    kept_view(run, "moves")  # UserError where this run decided nothing
    return _openly(render(moves_sql(today, told_openly(today)), run.scan))


def _openly(sql: str) -> str:
    """A reason that quotes the rung of rehabilitation quotes nothing."""
    shown = f"replace(reasons, '\"{REHABILITATION}\"', 'null') AS reasons"
    return f"SELECT * REPLACE ({shown}) FROM ({_unordered(sql)})"


def whole(name: str) -> Callable[[Run, OnDate], str]:
    """A kept view of the plan with all of its reasons: for the case team."""
    return lambda run, _today: _unordered(kept_view(run, name))


def _unordered(sql: str) -> str:
    return LAST_ORDER.sub("", sql.strip())


def visits_asked(run: Run, today: OnDate) -> str:
    """The visits, without the questions about what only the case team may know."""
    kept_view(run, "visits_asked")  # UserError where this run decided nothing
    hidden = {name for (_, name), fact in today.facts.facts.items() if fact.privacy == CASE}
    return _unordered(render(visits_sql(today, hidden), run.scan))


def crosswalk(run: Run, _today: OnDate) -> str:
    """Each source record with its person and family, and its place among the person's records."""
    return (
        "SELECT c.source, c.source_id, c.person_id, c.family_id, s.slot, s.as_of "
        f"FROM {run.scan('resolve', 'crosswalk')} AS c "
        f"JOIN (SELECT rid, slot, as_of FROM {run.scan('resolve', 'spine')}) AS s USING (rid)"
    )


def records(run: Run, _today: OnDate) -> str:
    """What each record of a person says, as far as a clerk sees it."""
    there = [name for name in SHOWN if name in run.columns("standardise", "records")]
    said = "".join(f", r.{name}" for name in there)
    return (
        f"SELECT c.source, c.source_id, c.person_id{said} "
        f"FROM {run.scan('resolve', 'crosswalk')} AS c "
        f"JOIN (SELECT rid, {', '.join(there)} FROM {run.scan('standardise', 'records')}) AS r "
        "USING (rid)"
    )


def provenance_persons(run: Run, _today: OnDate) -> str:
    """For each person and column the `slot` (of `crosswalk`) of the record that is believed."""
    shown = ids.shown(ids.PERSON, "pid")
    return f"SELECT {shown} AS person_id, * EXCLUDE (pid) FROM {run.scan('resolve', 'won')}"


def provenance_families(run: Run, _today: OnDate) -> str:
    """For each family and column the `record` (of `family_records`) that is believed."""
    won = [c for c in run.columns("resolve", "family_believed") if c.startswith("won_")]
    listed = "".join(f", b.{name}" for name in won)
    return (
        f"SELECT {ids.shown(ids.FAMILY, 'i.id')} AS family_id{listed} "
        f"FROM {run.scan('resolve', 'family_believed')} AS b "
        f"JOIN {run.scan('resolve', 'family_ids')} AS i ON i.grp = b.unit"
    )


def family_records(run: Run, _today: OnDate) -> str:
    """Each record about a family as a whole."""
    each = [
        "SELECT rid AS record, family_id, source, source_id, as_of "
        f"FROM {run.scan('resolve', name)} WHERE latest AND family_id IS NOT NULL"
        for name in ("family_facts", "visits")
        if run.has("resolve", name)
    ]
    if not each:
        raise UserError("no records of families")
    return " UNION ALL ".join(each)


def contradicted(run: Run, today: OnDate) -> str:
    """Each value that an accepted correction decides, and that a later record says otherwise."""
    run.scan("resolve", "applied_corrections")  # UserError where this run has none
    found = [_later_of_persons(run), *_later_of_families(run)]
    return f"SELECT DISTINCT * FROM ({' UNION ALL '.join(found)})"


LATER = """
SELECT c.person_id, c.family_id, c.field, a.correction_id, c.as_of AS corrected_on,
       r.source, r.source_id, r.as_of, {said} AS said
FROM {corrections} AS c
JOIN {rows} AS a ON c.source = a.source AND c.source_id = a.source_id AND a.latest
JOIN {records} AS r ON {same}
WHERE r.as_of > coalesce(c.as_of, CAST(a.accepted_at AS DATE)) AND {said} IS NOT NULL
  AND upper({said}) IS DISTINCT FROM upper(c.value)"""


def _later(run: Run, columns: list[str], records: str, same: str) -> str:
    rows, there = run.scan("resolve", "corrections"), run.columns("resolve", "corrections")
    for name, kind in (("correction_id", "VARCHAR"), ("accepted_at", "TIMESTAMP")):
        if name not in there:
            rows = f"(SELECT *, NULL::{kind} AS {name} FROM {rows})"
    values = ", ".join(f'CAST(r."{name}" AS VARCHAR)' for name in columns)
    names = ", ".join(f"'{name}'" for name in columns)
    said = f"list_extract([{values}], list_position([{names}], c.field))"
    corrections = run.scan("resolve", "applied_corrections")
    return LATER.format(corrections=corrections, rows=rows, records=records, same=same, said=said)


def _later_of_persons(run: Run) -> str:
    here = (c.removeprefix("won_") for c in run.columns("resolve", "won") if c.startswith("won_"))
    columns = sorted(set(here) & set(run.columns("standardise", "records")))
    person = ids.shown(ids.PERSON, "s.pid")
    corrected = (
        f"SELECT {ids.read_back('person_id')} FROM {run.scan('resolve', 'applied_corrections')} "
        "WHERE person_id IS NOT NULL"
    )
    spine = f"(SELECT rid, pid FROM {run.scan('resolve', 'spine')} WHERE pid IN ({corrected}))"
    records = (
        f"(SELECT t.*, {person} AS of_person FROM {run.scan('standardise', 'records')} AS t "
        f"JOIN {spine} AS s ON t.rid = s.rid WHERE t.latest)"
    )
    return _later(run, columns, records, "c.person_id = r.of_person")


def _later_of_families(run: Run) -> Iterator[str]:
    if not run.has("resolve", "family_believed"):
        return
    won = run.columns("resolve", "family_believed")
    columns = sorted(c.removeprefix("won_") for c in won if c.startswith("won_"))
    tables = {FAMILIES: "family_facts", VISITS: VISITS}
    there = {kind: table for kind, table in tables.items() if run.has("resolve", table)}
    relations = {kind: run.scan("resolve", table) for kind, table in there.items()}
    given = {kind: run.columns("resolve", table) for kind, table in there.items()}
    if relations and columns:
        records = f"({rows_said(relations, given, columns)})"
        yield _later(run, columns, records, "c.family_id = r.family_id AND r.latest")


def foci(run: Run, _today: OnDate) -> str:
    """Money by focus; of rehabilitation that of budgets only, which is nobody's."""
    hidden = ", ".join(
        f"CASE WHEN focus = '{REHABILITATION}' THEN NULL ELSE {name} END AS {name}"
        for name in ("owed", "paid", "families", "persons")
    )
    return f"SELECT * REPLACE ({hidden}) FROM {run.scan('plan', 'foci')}"


def named(name: str) -> Callable[[Run, OnDate], str]:
    """A table as `tangga show` gives it."""
    return lambda run, _today: relation(run.folder, name)


VIEWS: dict[str, Callable[[Run, OnDate], str]] = {
    "decisions": decisions,
    "moves": moves,
    "visits_asked": visits_asked,
    "crosswalk": crosswalk,
    "records": records,
    "provenance_persons": provenance_persons,
    "provenance_families": provenance_families,
    "family_records": family_records,
    "contradicted": contradicted,
    "foci": foci,
    "review_queue": named("review_queue"),
    "links": named("links"),
    "waiting": named("waiting"),
}


def masked(column: Column, value: str, audience: str) -> str | None:
    """SQL of a value as an audience may see it (as `registry.privacy.mask`); None: not at all."""
    seen = sight(column.privacy, audience)
    if seen != "masked":
        return value if seen == "full" else None
    match column.mask:
        case "last4":
            text = f"CAST({value} AS VARCHAR)"
            stars = f"repeat('*', length({text}) - 4) || right({text}, 4)"
            return (
                f"CASE WHEN length({text}) >= 8 THEN {stars} ELSE repeat('*', length({text})) END"
            )
        case "initials":
            words = f"regexp_extract_all(CAST({value} AS VARCHAR), '{WORD}')"
            return (
                f"nullif(array_to_string(list_transform({words}, "
                "lambda one: left(one, 1) || '***'), ' '), '')"
            )
        case "year":
            return f"lpad(CAST(year({value}) AS VARCHAR), 4, '0') || '-**-**'"
    return None
