"""The very day on which an answer turns, within the month in which it does.

Sets say in which month. A condition turns on a day only where one of its comparisons with a day so
long ago does: on a birthday, so many days after a delivery, or when another version of a rule comes
into force. Those days are few; the one that lies in the month is the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.in_time import COMPARED, Reader, conditions_in
from tangga.rules.conditions import FAMILY, Ago, AtLeast, Condition, LessThan, facts_used, parts_of
from tangga.rules.facts import Key
from tangga.rules.names import PERSON_TABLE, Columns
from tangga.rules.to_sql import fact_ends, text

DAYS = "forecast_days"


@dataclass(frozen=True)
class Turn:
    """A fact of a person that is a day, and how long after it an answer turns.

    or_same: on the day after that, where the day itself still counts.
    """

    fact: str
    ago: Ago
    or_same: bool


def turns_of(reader: Reader, condition: Condition) -> frozenset[Turn]:
    """All turns of a condition on a person, through the facts that it rests on.

    Those of other members of the family are not among them: such a day is told by its month only.
    """
    found: set[Turn] = set()
    met: set[Key] = set()
    todo = [condition]
    while todo:
        one = todo.pop()
        found |= set(_own(one))
        for key in facts_used(one, PERSON_TABLE) - met:
            met.add(key)
            if key[0] == PERSON_TABLE and key in reader.moving:
                todo += conditions_in(reader.book.facts[key].derivation)
    return frozenset(found)


def _own(condition: Condition) -> Iterator[Turn]:
    for part in parts_of(condition):
        if not isinstance(part, COMPARED) or part.fact.startswith(FAMILY):
            continue
        if isinstance(part.bound, Ago):
            yield Turn(part.fact, part.bound, isinstance(part, LessThan | AtLeast))


def day_of(turn: Turn, columns: Columns, *, at_last: bool = False) -> str:
    """SQL: the first day on which the comparison says otherwise; NULL where the fact is no one day.
    at_last: that of the last day that the fact may be.

    The day so many months later, or the first of the next month where it has no such day: the leap
    day of `rules.days`.
    """
    ends = fact_ends(turn.fact, columns)
    fact = text(ends.high if at_last else ends.low)
    days = turn.ago.days + (1 if turn.or_same else 0)
    moved = f"CAST({fact} + {days} AS DATE)"
    later = f"CAST({moved} + INTERVAL '{turn.ago.years * 12 + turn.ago.months} months' AS DATE)"
    turned = f"({later} + CAST(day({later}) < day({moved}) AS INTEGER))"
    known = "TRUE" if ends.plain or at_last else f"{fact} = {text(ends.high)}"
    return f"CASE WHEN {known} THEN {turned} END"


def days_listed(
    turns: Iterable[Turn], fixed: Iterable[date], columns: Columns, *, at_last: bool = False
) -> str:
    """SQL: the list of all days on which a condition can turn for a person (`day_of`)."""
    ordered = sorted(turns, key=repr)
    days = [day_of(turn, columns, at_last=at_last) for turn in ordered]
    days += [f"DATE '{day}'" for day in sorted(set(fixed))]
    return f"CAST([{', '.join(days)}] AS DATE[])"


def within(days: str, month: str, extreme: str = "min") -> str:
    """SQL: the first (or last, `max`) of some days that lies in a month of the calendar.

    month: the alias of a row of `calendar_rows`; the days after its `before` up to its `day`.
    """
    kept = f"list_filter({days}, lambda x: x > {month}.before AND x <= {month}.day)"
    return f"list_{extreme}({kept})"


def calendar_rows(calendar: Calendar) -> str:
    """A relation: k, day k, the day before it in the calendar, and the first day of its month."""
    rows = ", ".join(
        f"({k}, DATE '{calendar.on(k)}', DATE '{calendar.on(k - 1)}', "
        f"DATE '{calendar.on(k).replace(day=1)}')"
        for k in range(calendar.months + 1)
    )
    return f"(SELECT * FROM (VALUES {rows}) AS t(k, day, before, month))"
