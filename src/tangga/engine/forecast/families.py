"""One row a family: when it reaches the cap, is exempt, loses its last component; or not known.

A month is told by the first day of it, NULL where that does not happen within the calendar. Where
something that decides is not known, there are two months: the first in which it may be so, and the
first in which it is sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.clock import CAPS, MONTHS
from tangga.engine.forecast.components import ENDS, FITS
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import MAYBE, YES, Over
from tangga.engine.forecast.moving import PEOPLE, unions
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import CONCERNED, SUPPORT
from tangga.engine.forecast.turning import calendar_rows, days_listed, turns_of, within
from tangga.rules.conditions import Condition, Count, Is, facts_used
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.to_sql import alias

if TYPE_CHECKING:
    from tangga.engine.forecast.exact import Questions

FAMILIES = "outlook_families"
CLIMBS_IN = Count(Is("must_climb", True), 1)
"""Some adult must climb."""
ABLE_IN = Count(Is("able", True), 1)
"""Some adult is able."""
NOBODY = (("exempt", CLIMBS_IN), ("no_able", ABLE_IN))
KINDS = ("climbs", "exempt", "not_known")


def write_families(run: Finished, asked: Questions) -> None:
    """Make the table `outlook_families`, one row a family concerned."""
    columns = Columns(asked.reader.book.names, FAMILY_TABLE, own="d", members="d")
    run.make("family_sets", _sets(run, asked))
    due = {move.id: _all(asked, columns, [one.condition for one in rule.says.requires])
           for move, rule in asked.under_cap}  # fmt: skip
    run.make("family_turns", _turns(asked, columns, due))
    run.make("exempt_days", _days(asked, "must_climb"))
    run.make("last_components", _last_components(asked.calendar))
    run.make(FAMILIES, _dated(asked, list(due)))
    run.drop("family_sets", "family_turns", "exempt_days", "last_components")


def _known(asked: Questions, conditions: list[Condition]) -> list[Condition]:
    """Those whose facts the policy has."""
    facts = asked.reader.book.facts
    return [
        one
        for one in conditions
        if all(key in facts for key in facts_used(one, FAMILY_TABLE))
    ]  # fmt: skip


def _sets(run: Finished, asked: Questions) -> str:
    """Every family concerned with its facts of the day, and what moves beside them."""
    counts = _known(asked, [CLIMBS_IN, ABLE_IN])
    members = unions(asked.reader, [*asked.conditions(), *counts], "m")
    caps = [f"{MONTHS}_{n}{end}" for n in sorted(asked.thresholds) for end in (YES, MAYBE)]
    none, every = asked.calendar.none, asked.calendar.every
    return statement(
        "family_sets",
        facts=run.scan("plan", "facts"),
        concerned=CONCERNED,
        people=PEOPLE,
        support=SUPPORT,
        caps=CAPS,
        members=members,
        clock="".join(f', coalesce(k."{name}", {none}) AS "{name}"' for name in caps),
        sets="".join(
            f", CASE WHEN f.{fact} IS NULL THEN {none} ELSE coalesce(s.{name}, {none}) END "
            f'AS "{fact}{YES}", CASE WHEN f.{fact} IS NULL THEN {every} '
            f'ELSE coalesce(s.{name}, {none}) END AS "{fact}{MAYBE}"'
            for fact, name in (("support_open", "support"), ("clock_bound_open", "bound"))
        ),
    )


def _all(asked: Questions, columns: Columns, conditions: list[Condition]) -> Over:
    reads = [asked.reader.read(one, columns) for one in conditions]
    yes, maybe = (" & ".join(f"({getattr(r, e)})" for r in reads) for e in ("yes", "maybe"))
    return Over(yes or asked.calendar.every, maybe or asked.calendar.every)


def _turns(asked: Questions, columns: Columns, due: dict[str, Over]) -> str:
    """The first month of each thing, as a number of the calendar: `NAME` sure, `NAME_maybe`."""
    calendar = asked.calendar
    bound = Over(f'd."clock_bound_open{YES}"', f'd."clock_bound_open{MAYBE}"')
    listed = [f"{_kind(asked)} AS kind"]
    for n in sorted(asked.thresholds):
        at = f'd."{MONTHS}_{n}'
        over = Over(f'{at}{YES}" & {bound.yes}', f'{at}{MAYBE}" & {bound.maybe}')
        listed += _first(calendar, f"reaches_{n}", over)
    for move, over in due.items():
        listed += _first(calendar, f"due_{move}", over)
    for name, count in NOBODY:
        listed += _ceases(asked, name, count)
    shown = "d.family_id, d.village, d.rung, d.months_protected"
    return f"SELECT {shown}, {', '.join(listed)} FROM family_sets AS d"


def _first(calendar: Calendar, name: str, over: Over) -> list[str]:
    return [
        f'{calendar.first(f"({over.yes})")} AS "{name}"',
        f'{calendar.first(f"({over.maybe})")} AS "{name}_maybe"',
    ]


def _members(asked: Questions, count: Count) -> Over:
    """The months in which some member is so; not known without such a fact."""
    if not _known(asked, [count]):
        return asked.reader.unknown
    name = alias(count)
    return Over(f'coalesce(d."{name}{YES}", 0)', f'coalesce(d."{name}{MAYBE}", 0)')


def _ceases(asked: Questions, name: str, count: Count) -> list[str]:
    """From which month on there is nobody any more: surely (`NAME`), and at the earliest."""
    over, calendar = _members(asked, count), asked.calendar
    surely = calendar.first(f"({calendar.without(calendar.every, over.maybe)})")
    earliest = calendar.first(f"({calendar.without(calendar.every, over.yes)})")
    return [
        f'CASE WHEN ({over.maybe}) & 1 = 1 THEN {surely} END AS "{name}"',
        f'CASE WHEN ({over.maybe}) & 1 = 1 THEN {earliest} END AS "{name}_maybe"',
    ]


def _kind(asked: Questions) -> str:
    """Whether somebody must climb on the day: the kind of a family, of KINDS."""
    over = _members(asked, CLIMBS_IN)
    climbs, exempt, not_known = KINDS
    return (
        f"CASE WHEN ({over.yes}) & 1 = 1 THEN '{climbs}' "
        f"WHEN ({over.maybe}) & 1 = 0 THEN '{exempt}' ELSE '{not_known}' END"
    )


def _days(asked: Questions, fact: str) -> str:
    """The last day, within its month, on which somebody of a family ceases to be so; NULL where of
    somebody who ceases then it cannot be told by their own dates."""
    columns = Columns(asked.reader.book.names, PERSON_TABLE, own="d", family="f")
    condition = Is(fact, True)
    if (PERSON_TABLE, fact) not in asked.reader.book.facts:
        return statement("no_days")
    days = days_listed(turns_of(asked.reader, condition), [], columns)
    return statement(
        "exempt_days",
        people=PEOPLE,
        maybe=asked.reader.read(condition, columns).maybe,
        days=days,
        on_day=within("e.days", "c", "max"),
        calendar=calendar_rows(asked.calendar),
    )


def _last_components(calendar: Calendar) -> str:
    every = calendar.every
    return statement(
        "last_components",
        fits=FITS,
        ends=ENDS,
        surely=calendar.first(calendar.without(every, "yes")),
        at_last=calendar.first(calendar.without(every, "maybe")),
    )


def _dated(asked: Questions, moves: list[str]) -> str:
    """Numbers of the calendar as months."""
    names = [f"reaches_{n}" for n in sorted(asked.thresholds)] + [f"due_{move}" for move in moves]
    cap = asked.run.today.cap
    at = {} if cap is None else {
        "reaches_cap": f"reaches_{int(cap.says['months'])}",
        "planning_from": f"reaches_{int(cap.says['planning_from'])}",
    }  # fmt: skip
    at |= {f"{move}_due": f"due_{move}" for move in moves}
    listed = "".join(
        f', t."{column}" AS "{name}_k", m_{n}.month AS "{name}", '
        f'CASE WHEN t."{column}_maybe" IS DISTINCT FROM t."{column}" THEN e_{n}.month END '
        f'AS "{name}_earliest"'
        for n, (name, column) in enumerate(at.items())
    )
    rows = calendar_rows(asked.calendar)
    joins = "".join(
        f' LEFT JOIN {rows} AS m_{n} ON t."{column}" = m_{n}.k'
        f' LEFT JOIN {rows} AS e_{n} ON t."{column}_maybe" = e_{n}.k'
        for n, column in enumerate(at.values())
    )
    assert names
    return statement(
        "outlook_families", turns="family_turns", listed=listed, joins=joins, rows=rows
    )
