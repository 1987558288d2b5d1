"""What is set aside for whoever is served though the rule does not say what they get.

Of `answers`, whole rupiah a year:

    recorded_before, recorded_after   what the components of the enrolment give under either rule;
                                      NULL where it names none, or one without an amount
    most_before, most_after           where the amount is not known: what is recorded; where that is
                                      not known either, the most that the rule can give; else 0
    sets                              it rests on the most of a rule, and the two may differ

A family whose amount is not known costs something: with nothing set aside for it, a budget would be
kept on paper alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.plan.decisions import columns_of, quoted
from tangga.engine.simulate.opened import Opened
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Benefit
from tangga.rules.to_sql import text, to_sql

UNKNOWN = "amount_{side} IS NULL AND (receives OR after)"
MANY = 20
"""Members of a family of whom nobody is known, under a rule that does not limit how many count."""


def recorded_sql(opened: Opened, code: str, old: Benefit, new: Benefit) -> str:
    """family_id, recorded_before, recorded_after: of open support of a programme by component, a
    component of a person counted once."""
    listed = ", ".join(
        f"CASE WHEN count(*) = count({name}) THEN sum({name})::BIGINT END AS recorded_{side}"
        for side, name in (("before", "b"), ("after", "a"))
    )
    return (
        f"SELECT family_id, {listed} FROM (SELECT DISTINCT family_id, person_id, component, "
        f"{_by_name(old)} AS b, {_by_name(new)} AS a FROM {opened.before('spells')} "
        f"WHERE open AND component IS NOT NULL AND programme = {quoted(code)}) GROUP BY family_id"
    )


def _by_name(benefit: Benefit) -> str:
    cases = " ".join(f"WHEN {quoted(p.id)} THEN {p.amount_year}" for p in benefit.components)
    return f"CASE component {cases} END" if cases else "NULL::BIGINT"


def write_most(opened: Opened, programmes: Sequence[str], before: OnDate, after: OnDate) -> None:
    """Fill `most_before`, `most_after` and `sets` of `answers`: few rows lack an amount."""
    con = opened.steps.con
    for side in ("before", "after"):
        con.execute(
            f"UPDATE answers SET most_{side} = recorded_{side} "
            f"WHERE {UNKNOWN.format(side=side)} AND recorded_{side} IS NOT NULL"
        )
    con.execute(
        "UPDATE answers SET sets = TRUE WHERE "
        + " OR ".join(f"({_by_rule(side)})" for side in ("before", "after"))
    )
    for code in programmes:
        _write_most(opened, code, before, "before")
        _write_most(opened, code, after, "after")
    # Who gets the same before and after by the same rule has no difference, whatever it is.
    con.execute(
        "UPDATE answers SET sets = FALSE WHERE sets AND most_before = most_after "
        f"AND programme IN ({', '.join(map(quoted, _alike(programmes, before, after))) or 'NULL'})"
    )


def _alike(programmes: Sequence[str], before: OnDate, after: OnDate) -> list[str]:
    benefits = [
        {code: p.says.benefit for code, (_, p) in today.programmes.items()}
        for today in (before, after)
    ]
    return [code for code in programmes if benefits[0].get(code) == benefits[1].get(code)]


def _by_rule(side: str) -> str:
    return f"{UNKNOWN.format(side=side)} AND recorded_{side} IS NULL"


def _write_most(opened: Opened, code: str, today: OnDate, side: str) -> None:
    """The most that the rule of a programme can give each family of which nothing else is known."""
    if code not in today.programmes:
        return
    benefit = today.programmes[code][1].says.benefit
    if not benefit.components:
        return
    ours = f"programme = {quoted(code)} AND {_by_rule(side)}"
    con = opened.steps.con
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _most AS "
        + _most(opened, today, benefit, f"(SELECT family_id FROM answers WHERE {ours})", side)
    )
    con.execute(
        f"UPDATE answers SET most_{side} = coalesce((SELECT most FROM _most "
        f"WHERE _most.family_id = answers.family_id), {ceiling(benefit)}) WHERE {ours}"
    )


def _most(opened: Opened, today: OnDate, benefit: Benefit, asked: str, side: str) -> str:
    """family_id, most: of each member the highest that may fit, of as many members as may count.
    What a family can get within limits on children or on one component is never more."""
    columns = columns_of(today, True)
    amounts = ", ".join(
        f"CASE WHEN ({text(to_sql(one.who, columns, today.day))}) IS NOT FALSE "
        f"THEN {one.amount_year} ELSE 0 END"
        for one in benefit.components
    )
    which = opened.before if side == "before" else opened.after
    counted = f"[1:{benefit.most_members}]" if benefit.most_members is not None else ""
    return (
        f"SELECT family_id, list_sum((list(best ORDER BY best DESC)){counted})::BIGINT AS most "
        f"FROM (SELECT p.family_id, greatest({amounts}, 0) AS best "
        f"FROM {which('person_facts')} AS p JOIN {which('facts')} AS f "
        f"ON f.family_id = p.family_id WHERE p.family_id IN {asked}) GROUP BY family_id"
    )


def ceiling(benefit: Benefit) -> int:
    """The most that a rule gives any family: its highest components within its limits."""
    left, children, total = benefit.most_members, benefit.most_children, 0
    left = MANY if left is None else left
    children = left if children is None else children
    for one in sorted(benefit.components, key=lambda part: -part.amount_year):
        room = min(left, children if one.child else left)
        taken = room if one.most is None else min(one.most, room)
        total, left = total + taken * one.amount_year, left - taken
        children -= taken if one.child else 0
    return total
