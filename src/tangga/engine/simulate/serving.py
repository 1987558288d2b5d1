"""Who is served under a scenario: verdicts are not receipts, places and money end.

The table `served` of the connection: one row a programme and family (or person); its columns stand
in `sql/simulate/served.sql`. The order is that of the programme's waiting list with the official
decile before all else; who fits and has no decile is in a queue of its own, neither first nor last.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.waiting import AREA_DIGITS, ORDER
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.answers import named
from tangga.engine.simulate.opened import Opened
from tangga.engine.simulate.scenario import Budget, Coverage, Scenario
from tangga.engine.statements import template
from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import OnDate

SERVED, TIES = "served", "ties"
FIRST, LAST = "decile", "draw"
AS_TODAY = "place IS NULL AND fund IS NULL"
NEXT = "row_number() OVER (PARTITION BY as_today, area ORDER BY {keys})"
TURN = "row_number() OVER (PARTITION BY place ORDER BY {keys})"
SPENT = (
    "CASE WHEN has_place THEN sum(amount_after) OVER ("
    "PARTITION BY fund, has_place ORDER BY {keys} ROWS UNBOUNDED PRECEDING) END"
)
WAITING_SINCE = {"since": "asked"}


def write_served(
    opened: Opened, affected: Affected, scenario: Scenario, before: OnDate, after: OnDate
) -> None:
    """Make `served`, and `ties`: where the line was drawn between families that are alike."""
    served, ties = [], []
    for code in affected.programmes:
        served.append(_served(opened, scenario, code, before, after))
        ties.append(_ties(code, before, after))
    con = opened.steps.con
    none = f"SELECT * FROM {SERVED}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {SERVED} AS {_union(served) or _nobody()}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {TIES} AS {_union(ties) or none}")


def _union(selects: Sequence[str]) -> str:
    return " UNION ALL ".join(f"SELECT * FROM ({one})" for one in selects)


def _nobody() -> str:
    texts = ("programme", "family_id", "person_id", "village", "area", "fate")
    numbers = ("people", "severity", "place", "fund", "amount_before", "amount_after", "decile",
               "recorded_before", "recorded_after", "most_before", "most_after")  # fmt: skip
    flags = ("protected", "before", "after", "receives", "served", "sets")
    kinds = {"VARCHAR": texts, "BIGINT": numbers, "BOOLEAN": flags, "DATE": ("asked",)}
    listed = (f"NULL::{kind} AS {name}" for kind, names in kinds.items() for name in names)
    return f"SELECT {', '.join(listed)} LIMIT 0"


def order_of(today: OnDate, code: str) -> list[str]:
    """The keys of a programme's order: decile, its waiting order, and a public draw in the end."""
    rule = today.programmes[code][1].says if code in today.programmes else None
    waiting = rule.waiting if rule is not None else ()
    return list(dict.fromkeys((FIRST, *(key for key in waiting if key != LAST), LAST)))


def _keys(today: OnDate, code: str) -> str:
    columns = {key: ORDER[key].replace(key, WAITING_SINCE.get(key, key)) for key in ORDER}
    return ", ".join([*(columns[key] for key in order_of(today, code)), "family_id", "person_id"])


def _served(opened: Opened, scenario: Scenario, code: str, before: OnDate, after: OnDate) -> str:
    programme = named(code, before, after)
    places = [one for one in scenario.coverage if one.programme == code]
    funds = [one for one in scenario.budgets if one.programme == code]
    of_person = programme.unit == PERSON_TABLE
    digits = AREA_DIGITS[programme.area]
    candidates = template("simulate", "candidates").substitute(
        programme=code,
        area=f"left(k.village, {digits})" if digits else "''",
        place=_line(places),
        fund=_line(funds),
    )
    keys = _keys(after, code)
    whole = any(one.area == "" for one in (*places, *funds))  # then nothing is as today
    return template("simulate", "served").substitute(
        candidates=f"({candidates})",
        programme=code,
        day=after.day,
        year=after.day.year,
        subject="m.person_id" if of_person else "m.family_id",
        same="w.person_id = m.person_id" if of_person else "w.person_id IS NULL",
        waits=opened.before("waits"),
        keys=keys,
        next="NULL::BIGINT" if whole else NEXT.format(keys=keys),
        turn=TURN.format(keys=keys) if places else "NULL::BIGINT",
        spent=SPENT.format(keys=keys) if funds else "NULL::HUGEINT",
        place_lines=_place_lines(places),
        fund_lines=relation_of(
            {"fund": "INTEGER", "amount": "BIGINT"},
            [(n, one.amount) for n, one in enumerate(funds)],
        ),
    )


def _line(lines: Sequence[Coverage | Budget]) -> str:
    """The number of the line under which a family's area falls."""
    cases = " ".join(f"WHEN {_inside(one.area)} THEN {n}" for n, one in enumerate(lines))
    return f"CASE {cases} END" if cases else "NULL::INTEGER"


def _inside(area: str) -> str:
    return f"starts_with(k.village, {quoted(area)})" if area else "TRUE"


def _place_lines(lines: Sequence[Coverage]) -> str:
    columns = {"place": "INTEGER", "places": "BIGINT", "share": "DECIMAL(12, 6)"}
    rows = [
        (n, one.places, None if one.share is None else str(one.share))
        for n, one in enumerate(lines)
    ]
    return relation_of(columns, rows)


def _ties(code: str, before: OnDate, after: OnDate) -> str:
    """One row a line that was drawn between alike: how many there are, and how many were served."""
    alike = [WAITING_SINCE.get(key, key) for key in order_of(after, code) if key != LAST]
    level = named(code, before, after).area
    return (
        f"SELECT programme, {quoted(level)} AS level, CASE WHEN {AS_TODAY} THEN area END AS area, "
        "place, fund, decile, count(*) AS alike, count(*) FILTER (WHERE served) AS served\n"
        f"FROM {SERVED} WHERE programme = {quoted(code)} AND after AND decile IS NOT NULL "
        "AND fate IN ('stays', 'enters', 'no_place', 'no_money') "
        f"AND NOT (receives AND {AS_TODAY})\n"
        f"GROUP BY programme, CASE WHEN {AS_TODAY} THEN area END, place, fund, {', '.join(alike)}\n"
        "HAVING bool_or(served) AND NOT bool_and(served)"
    )
