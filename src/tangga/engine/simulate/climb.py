"""The ladder under a scenario: due moves, who is at the cap, and who is aimed at to graduate."""

from __future__ import annotations

from tangga.engine.plan.decisions import columns_of, quoted
from tangga.engine.plan.lists import START
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.opened import Opened
from tangga.rules.conditions import Condition, facts_used
from tangga.rules.facts_sql import columns_of as columns_of_fact
from tangga.rules.ladder_sql import family_due_sql
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import aggregates, text, to_sql

PILAR, GRADUABLE = "pilar", "graduable"
Pair = tuple[int | None, int | None]
NO_MOVES = (
    "SELECT NULL::VARCHAR AS move, NULL::BIGINT AS before, NULL::BIGINT AS after, "
    "NULL::BIGINT AS comes, NULL::BIGINT AS goes LIMIT 0"
)


def moves_sql(opened: Opened, affected: Affected, after: OnDate) -> str:
    """One row a move of families that is due under either policy; key: move. before, after: how
    many families; comes, goes: for how many it is due under one of the two only."""
    if not affected.ladder or not after.moves:
        return NO_MOVES
    facts = opened.after("facts")
    made = family_due_sql(after, facts, facts)
    was = opened.before("ladder")
    return (
        f"WITH b AS (SELECT family_id, move FROM {was} WHERE move IS NOT NULL), "
        f"a AS (SELECT family_id, move FROM ({made}) WHERE move IS NOT NULL) "
        "SELECT coalesce(b.move, a.move) AS move, count(b.move) AS before, count(a.move) AS after, "
        "count(*) FILTER (WHERE b.move IS NULL) AS comes, "
        "count(*) FILTER (WHERE a.move IS NULL) AS goes "
        "FROM b FULL JOIN a ON a.family_id = b.family_id AND a.move = b.move "
        "GROUP BY coalesce(b.move, a.move) ORDER BY move"
    )


def at_cap(opened: Opened, before: OnDate, after: OnDate) -> Pair:
    """Families whose support a clock ends, with as many months as the cap allows; None without a
    cap. Announced or in force: whether a move rests on it stands in `moves`."""
    found = []
    for today, facts in ((before, opened.before("facts")), (after, opened.after("facts"))):
        found.append(None if today.cap is None else _past(opened, today, facts))
    return found[0], found[1]


def _past(opened: Opened, today: OnDate, facts: str) -> int:
    assert today.cap is not None  # the caller asked
    months = int(today.cap.says["months"])
    ((many,),) = opened.steps.con.execute(
        f"SELECT count(*) FROM {facts} WHERE clock_bound_open AND months_protected >= {months}"
    ).fetchall()
    return int(many)


def graduable(opened: Opened, before: OnDate, after: OnDate) -> tuple[Pair, Pair]:
    """Families that a target for graduation rests on, and those of whom it is not known.

    A family that newly gets support which the clock counts is taken to stand on protection, one
    that loses the last of it to stand there no more. None where the policy names no condition, or
    the run lacks a fact of it.
    """
    nothing: Pair = (None, None)
    pilar = after.settings.get(PILAR)
    if pilar is None or not _told(opened, after, pilar.says[GRADUABLE]):
        return nothing, nothing
    condition = pilar.says[GRADUABLE]
    is_so = text(to_sql(condition, columns_of(after, False), after.day))
    as_it_is = f"SELECT * FROM {opened.before('facts')}"
    changed = with_rung(opened, after)
    found = [
        opened.steps.con.execute(
            f"SELECT count(*) FILTER (WHERE {is_so}), count(*) FILTER (WHERE ({is_so}) IS NULL) "
            f"FROM ({facts}) AS f"
        ).fetchall()[0]
        for facts in (as_it_is, changed)
    ]
    return (found[0][0], found[1][0]), (found[0][1], found[1][1])


def _told(opened: Opened, today: OnDate, condition: Condition) -> bool:
    there = opened.columns("facts")
    needed = {
        column
        for entity, name in facts_used(condition, FAMILY_TABLE)
        if entity == FAMILY_TABLE
        for column in columns_of_fact(today.facts.facts[entity, name])
    }
    counts = Columns(today.facts.names, PERSON_TABLE, own="p")
    return needed | set(aggregates([condition], counts, today.day)) <= there


def with_rung(opened: Opened, after: OnDate) -> str:
    """The facts of families with the rung that follows from what they get under the scenario."""
    counted = ", ".join(quoted(code) for code in after.clock.says["programmes"]) or "NULL"
    determined = opened.before("determined")
    return (
        f"WITH now AS (SELECT family_id, bool_or(served) AS served, bool_or(receives) AS received "
        f"FROM served WHERE programme IN ({counted}) GROUP BY family_id), "
        f"beside AS (SELECT DISTINCT family_id FROM {determined} WHERE programme IN ({counted}) "
        "AND programme NOT IN (SELECT DISTINCT programme FROM served)) "
        "SELECT f.* REPLACE (CASE "
        f"WHEN f.rung IS NULL AND n.served THEN '{START}' "
        f"WHEN f.rung = '{START}' AND n.received AND NOT n.served AND b.family_id IS NULL "
        "THEN NULL "
        f"ELSE f.rung END AS rung) FROM {opened.after('facts')} AS f "
        "LEFT JOIN now AS n ON n.family_id = f.family_id "
        "LEFT JOIN beside AS b ON b.family_id = f.family_id"
    )
