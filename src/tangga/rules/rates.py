"""What each programme gives in each payment period, by the rule of each of its months.

    rates(policy, {("sembako", "")}, window)    # one row a programme, component and run of months

A payment period is a part of the calendar year: a quarter where the programme pays four times. A
programme that pays once a year pays the whole of it for the months of the year in which its rule
holds. Amounts are split by `rules.money` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from tangga.errors import UserError
from tangga.rules.days import Month, first_day
from tangga.rules.money import MONTHS, until
from tangga.rules.on_date import Policy
from tangga.rules.policy import IN_FORCE, Benefit

MOST_YEARS = 5
"""Years whose months are bits of one BIGINT."""

COLUMNS = {
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "period": "INTEGER",
    "period_past": "INTEGER",
    "first": "INTEGER",
    "past": "INTEGER",
    "mask": "BIGINT",
    "year": "INTEGER",
    "period_start": "DATE",
    "period_end": "DATE",
    "yearly": "BIGINT",
    "by_family": "BOOLEAN",
    "once": "BOOLEAN",
    "begun": "BOOLEAN",
    "alone": "BOOLEAN",
}


@dataclass(frozen=True)
class Window:
    """The calendar years whose months are reconciled; a month is a bit, January of the first is 0.

    on: the day of the run, which lies in the last year.
    """

    first: Month
    past: Month
    on: date

    @classmethod
    def of(cls, on: date, years_before: int) -> Window:
        """The year of a day and so many before it. UserError where they are too many."""
        if years_before >= MOST_YEARS:
            todo = f"Write at most {MOST_YEARS - 1} in policy/budget.toml"
            raise UserError("too many years to reconcile", value=str(years_before), todo=todo)
        return cls((on.year - years_before) * MONTHS, (on.year + 1) * MONTHS, on)

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.past - self.first

    @property
    def years(self) -> range:
        """Its calendar years."""
        return range(self.first // MONTHS, self.past // MONTHS)


@dataclass(frozen=True)
class Rate:
    """A run of months, within one payment period, of one rule.

    months: the first and the one past the last (`Month`); period likewise, of the whole period.
    amount_year: whole rupiah a year by the rule of these months, None where none says it.
    by_family: it is not the same for all: what the programme gives the family. once: it is paid
    whole to whoever is in support in any of these months.
    """

    programme: str
    component: str
    period: tuple[Month, Month]
    months: tuple[Month, Month]
    amount_year: int | None
    by_family: bool = False
    once: bool = False

    def due(self, month: Month) -> int | None:
        """Rupiah of one of these months; of a payment made once, its equal part of the months."""
        if self.amount_year is None:
            return None
        first, past = self.months if self.once else _year(month)
        parts = past - first
        after = until(self.amount_year, month - first + 1, parts)
        return after - until(self.amount_year, month - first, parts)


@dataclass(frozen=True)
class _Said:
    """What the rule of a month says: how often it pays, how much a year."""

    payments: int
    amount_year: int | None
    by_family: bool


def rates(policy: Policy, kinds: Iterable[tuple[str, str]], window: Window) -> list[Rate]:
    """Of each (programme, component) every run of months of the window, in order of time.

    component: "" for support that names none. A programme that gives in kind has none; one without
    any rule has amounts that are not known.
    """
    return [
        rate
        for programme, component in sorted(kinds)
        if not _in_kind(policy, programme)
        for year in window.years
        for rate in _of_year(policy, programme, component, year)
    ]


def due_by_month(
    policy: Policy, programme: str, component: str, first: Month, past: Month
) -> dict[Month, int | None]:
    """Rupiah that one spell of support is owed for each month from `first` to before `past`, by the
    rule of the month; None where no rule says it, or what it gives differs by family."""
    window = Window(first // MONTHS * MONTHS, ((past - 1) // MONTHS + 1) * MONTHS, date.max)
    found = rates(policy, [(programme, component)], window)
    months = {month: rate.due(month) for rate in found for month in range(*rate.months)}
    return {month: months.get(month) for month in range(first, past)}


def in_months(
    policy: Policy, kinds: Iterable[tuple[str, str]], first: Month, past: Month
) -> Iterator[tuple[str, str, Month, Month, int | None]]:
    """(programme, component, first, past, rupiah a year) of each run of months in which spells of a
    kind are owed the same, from `first` to before `past`; None: it is not known.

    Where it differs by family there is no row. A payment made once is in its months by equal parts
    (`Rate.due`), as so much a year.
    """
    window = Window(first // MONTHS * MONTHS, ((past - 1) // MONTHS + 1) * MONTHS, date.max)
    yearly: dict[tuple[str, str], list[tuple[Month, int | None]]] = {}
    for rate in rates(policy, kinds, window):
        months = range(max(rate.months[0], first), min(rate.months[1], past))
        if not rate.by_family:
            of_kind = yearly.setdefault((rate.programme, rate.component), [])
            of_kind += [(month, _a_year(rate, month)) for month in months]
    for kind, found in yearly.items():
        for (_, amount), run in groupby(enumerate(found), key=_unbroken):
            listed = [month for _, (month, _) in run]
            yield *kind, listed[0], listed[-1] + 1, amount


def _a_year(rate: Rate, month: Month) -> int | None:
    due = rate.due(month)
    return MONTHS * due if rate.once and due is not None else rate.amount_year


def _unbroken(at: tuple[int, tuple[Month, int | None]]) -> tuple[int, int | None]:
    """The same for months in a row with the same amount."""
    place, (month, amount) = at
    return month - place, amount


def rate_rows(found: Iterable[Rate], window: Window) -> Iterator[tuple[object, ...]]:
    """Rates as rows in the order of COLUMNS; months count from the first of the window."""
    for rate in found:
        period, months = (
            tuple(month - window.first for month in span) for span in (rate.period, rate.months)
        )
        yield (
            rate.programme,
            rate.component,
            *period,
            *months,
            (1 << months[1]) - (1 << months[0]),
            rate.period[0] // MONTHS,
            first_day(rate.period[0]),
            first_day(rate.period[1]) - timedelta(days=1),
            rate.amount_year,
            rate.by_family,
            rate.once,
            first_day(rate.period[0]) <= window.on,
            rate.months == rate.period,
        )


def _in_kind(policy: Policy, programme: str) -> bool:
    """Whether a programme gives no money by any of its versions."""
    known = policy.programmes.get(programme)
    benefits = [version.says.benefit for version in known.rule.versions] if known else []
    return bool(benefits) and not any(one.amount_year or one.components for one in benefits)


def _of_year(policy: Policy, programme: str, component: str, year: int) -> Iterator[Rate]:
    said = {month: _said(policy, programme, component, month) for month in range(*_year_of(year))}
    ruled = [month for month, one in said.items() if one is not None]
    payments = next((one.payments for one in said.values() if one is not None), 1)
    nothing = _Said(payments, None, by_family=False)
    of_month = {month: replace(one or nothing, payments=payments) for month, one in said.items()}
    if payments == 1 and ruled:
        months = (ruled[0], ruled[-1] + 1)
        last = of_month[ruled[-1]]
        yield Rate(programme, component, months, months, last.amount_year, last.by_family, True)
        return
    for period in _periods(year, payments):
        for one, run in groupby(range(*period), key=of_month.__getitem__):
            listed = list(run)
            months = (listed[0], listed[-1] + 1)
            yield Rate(programme, component, period, months, one.amount_year, one.by_family)


def _periods(year: int, payments: int) -> Iterator[tuple[Month, Month]]:
    """The payment periods of a year: equal parts of whole months, of a month at least."""
    parts = min(payments, MONTHS)
    first = year * MONTHS
    for part in range(parts):
        yield first + part * MONTHS // parts, first + (part + 1) * MONTHS // parts


def _said(policy: Policy, programme: str, component: str, month: Month) -> _Said | None:
    """What the rule of a month's first day says of a component; None without a rule in force."""
    known = policy.programmes.get(programme)
    version = known.rule.on(first_day(month)) if known is not None else None
    if version is None or version.period.status != IN_FORCE:
        return None
    benefit = version.says.benefit
    return _Said(benefit.payments, *_amount(benefit, component))


def _amount(benefit: Benefit, component: str) -> tuple[int | None, bool]:
    """(rupiah a year, whether it differs by family); in kind is no amount of money."""
    if not benefit.components:
        return benefit.amount_year or None, False
    if not component:
        return None, True
    return {one.id: one.amount_year for one in benefit.components}.get(component), False


def _year(month: Month) -> tuple[Month, Month]:
    return _year_of(month // MONTHS)


def _year_of(year: int) -> tuple[Month, Month]:
    return year * MONTHS, (year + 1) * MONTHS


def payment_periods(policy: Policy, programme: str, year: int) -> list[tuple[Month, Month]]:
    """The parts of a year in which a programme pays, each (first month, one past the last); none
    for a programme that gives in kind, or has no rule in that year."""
    if _in_kind(policy, programme):
        return []
    found = _of_year(policy, programme, "", year)
    ruled = [rate for rate in found if rate.by_family or rate.amount_year is not None]
    return list(dict.fromkeys(rate.period for rate in ruled))
