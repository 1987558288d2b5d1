"""The days of a forecast, and sets of its months in SQL.

A set of months is one integer: bit 0 is the day of the run itself, bit k the same day k months
later. So what is true of a family through five years is one number, `and`, `or` and `not` of
conditions are those of bits, and a family is read once, not once a month. `plan/months.py` keeps
the past in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tangga.engine.plan.months import month
from tangga.rules.conditions import Ago
from tangga.rules.days import Month, month_of, months_before

NARROW = 61
"""So many months, with the day itself, fit into a BIGINT; more need a HUGEINT."""
LONGEST = 120
SHORTEST = 28
"""Every month has so many days: for an earlier one its length need not be asked."""


@dataclass(frozen=True)
class Calendar:
    """The day of the run and so many months after it.

    Day k is the day of the run k months later; the last of the month where that is shorter.
    ValueError for more months than a number holds.
    """

    day: date
    months: int

    def __post_init__(self) -> None:
        if not 1 <= self.months <= LONGEST:
            raise ValueError(f"{self.months} months; there can be 1 to {LONGEST}")

    def on(self, k: int) -> date:
        """The day k months after that of the run."""
        return months_before(self.day, -k)

    @property
    def days(self) -> list[date]:
        """Day 0 to the last."""
        return [self.on(k) for k in range(self.months + 1)]

    @property
    def now(self) -> Month:
        """The month of the run."""
        return month_of(self.day)

    @property
    def kind(self) -> str:
        """The SQL type of a set."""
        return "BIGINT" if self.months <= NARROW else "HUGEINT"

    @property
    def none(self) -> str:
        """The empty set."""
        return f"0::{self.kind}"

    @property
    def every(self) -> str:
        """The set of all months."""
        return f"{(1 << self.months + 1) - 1}::{self.kind}"

    def mask(self, first: int, past: int) -> str:
        """The set of the months from `first` to before `past`, both known."""
        return f"{(1 << max(past, first)) - (1 << first)}::{self.kind}"

    def before(self, count: str) -> str:
        """SQL: the first so many months; of a NULL none."""
        most = self.months + 1
        shift = f"least(greatest({count}, 0), {most})::INTEGER"
        return f"coalesce((1::{self.kind} << ({shift})) - 1, {self.none})"

    def since(self, count: str) -> str:
        """SQL: all months but the first so many; of a NULL all of them."""
        return self.without(self.every, self.before(count))

    def without(self, some: str, others: str) -> str:
        """SQL: the months of one set that are not in another."""
        return f"({some} & ~({others}))"

    def flags(self, truth: str, *, maybe: bool = False) -> str:
        """SQL: all months where a BOOLEAN is TRUE (maybe: not FALSE), else none."""
        test = f"({truth}) IS NOT FALSE" if maybe else truth
        return f"CASE WHEN {test} THEN {self.every} ELSE {self.none} END"

    def earlier(self, fact: str, ago: Ago, *, or_same: bool = False) -> str:
        """SQL: on how many of the days, the first ones, the day `ago` comes before a fact.

        That day moves on with the months, so those are the first so many. or_same: or is the same.
        fact: a DATE; of a NULL it is 0 (DuckDB's least and greatest pass over it): ask that first.
        """
        days = ago.days + (1 if or_same else 0)
        moved = f"CAST({fact} + {days} AS DATE)" if days else f"({fact})"
        back = ago.years * 12 + ago.months
        ahead = f"{moved} + INTERVAL '{back} months'" if back else moved
        short = f"day({moved}) > least({self.day.day}, day(last_day({ahead})))"
        sure = f"day({moved}) > {self.day.day}" if self.day.day < SHORTEST else "FALSE"
        later = f"CASE WHEN day({moved}) <= {SHORTEST} THEN {sure} ELSE {short} END"
        apart = f"{month(moved)} - {self.now - back}"
        return f"least(greatest({apart} + CAST({later} AS INTEGER), 0), {self.months + 1})"

    def passed(self, fact: str) -> str:
        """SQL: on how many of the days, the first ones, a fact lies in the future."""
        return self.earlier(fact, Ago())

    def first(self, some: str) -> str:
        """SQL: the first month of a set; NULL of an empty one."""
        lowest = f"({some} & -({some}))"
        return f"CASE WHEN {some} <> 0 THEN bit_count({lowest} - 1)::INTEGER END"

    def nth(self, some: str, n: str) -> str:
        """SQL: the n-th month of a set, n from 1; NULL where there are fewer.

        A set without a gap, as nearly all are, needs no list.
        """
        lowest = f"({some} & -({some}))"
        whole = f"({some} + {lowest}) & {some} = 0"
        within = f"bit_count({some} & ((1::{self.kind} << (k + 1)::INTEGER) - 1)) >= {n}"
        listed = f"list_filter(range({self.months + 1}), lambda k: {within})[1]::INTEGER"
        return (
            f"CASE WHEN bit_count({some}) < {n} OR {some} = 0 THEN NULL "
            f"WHEN {whole} THEN (bit_count({lowest} - 1) + {n} - 1)::INTEGER ELSE {listed} END"
        )
