"""What the forecast owes for the months of a payment period is what the run owes, to the rupiah."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from history_run import rulebook
from tangga.engine.connection import connect
from tangga.engine.forecast.exact import Outlook, look_ahead
from tangga.engine.forecast.finished import Finished, finished
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.rules.days import month_of
from tangga.rules.money import for_months
from tangga.rules.rates import due_by_month, in_months
from tangga.synthetic import generate

Holder = tuple[str, str | None, str]
DAYS = (date(2026, 7, 15), pytest.param(date(2026, 1, 31), marks=pytest.mark.slow))
"""In the first month of a quarter, so that the run owes nothing for months before its own; one is
the last day of its month, one is not."""
NEXT_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 invented people, read once."""
    folder = tmp_path_factory.mktemp("owed")
    generate(2000, 1, folder)
    run_workspace(folder, until="rank")
    return folder


@dataclass(frozen=True)
class Sides:
    """Of a payment period, rupiah by holder: told by the run; worked out by the forecast; of months
    after a component's end; of support that had ended by the day. unknown: holders of whom the run
    does not know an amount."""

    outlook: Outlook
    past: int
    told: Counter[Holder]
    ahead: Counter[Holder]
    ended: Counter[Holder]
    over: Counter[Holder]
    unknown: set[Holder]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def sides(request: pytest.FixtureRequest, folder: Path) -> Sides:
    run_workspace(folder, until="plan", as_of=request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Finished, "drop", lambda *_: None)
        outlook = look_ahead(finished(load_workspace(folder), connect(threads=1)), 12)
    return _sides(outlook)


def _sides(outlook: Outlook) -> Sides:
    run, now = outlook.run, outlook.calendar.now
    found = Sides(outlook, 3, Counter(), Counter(), Counter(), Counter(), set())
    ends = _ends(outlook)
    open_now = set(
        run.rows(
            "SELECT family_id, CASE WHEN component IS NOT NULL THEN person_id END, programme, "
            f"coalesce(component, '') FROM {run.scan('plan', 'spells')} WHERE open"
        )
    )
    period = f"DATE '{run.day}' BETWEEN period_start AND period_end"
    for *who, component, amount in run.rows(
        "SELECT family_id, person_id, programme, component, amount "
        f"FROM {run.scan('plan', 'owed')} WHERE {period}"
    ):
        holder = (who[0], who[1], who[2])
        if amount is None:
            found.unknown.add(holder)
            continue
        found.told[holder] += amount
        if (*holder, component) not in open_now:
            found.over[holder] += amount
        elif (holder[1], holder[2], component) in ends:
            first = max(now, month_of(ends[holder[1], holder[2], component] - NEXT_DAY) + 1)
            due = due_by_month(rulebook("indonesia"), holder[2], component, first, now + found.past)
            found.ended[holder] += sum(one or 0 for one in due.values())
    for *who, first, past, amount in run.rows(
        "SELECT family_id, person_id, programme, first, past, amount FROM outlook_owed"
    ):
        months = [(now + k) % 12 + 1 for k in range(first, min(past, found.past))]
        found.ahead[who[0], who[1], who[2]] += sum(for_months(amount, m, m) for m in months)
    return found


def _ends(outlook: Outlook) -> dict[tuple[str | None, str, str], date]:
    """(person, programme, component) -> the day on which it ends, within the period."""
    return {
        (person, programme, component): ends_on
        for person, programme, component, ends_on in outlook.run.rows(
            "SELECT person_id, programme, component, ends_on FROM component_ends "
            "WHERE ends_on IS NOT NULL AND at_last <= 4"
        )
        if month_of(ends_on - NEXT_DAY) + 1 < outlook.calendar.now + 3
    }


def test_family_by_family_the_two_agree_but_for_components_that_end_inside(sides: Sides) -> None:
    """Forecast + months after a component's end + support that had ended by the day = the run's."""
    known = (sides.told.keys() | sides.ahead.keys()) - sides.unknown
    assert len(known) > 150
    differing = {
        who: (sides.told[who], sides.ahead[who], sides.ended[who], sides.over[who])
        for who in known
        if sides.told[who] != sides.ahead[who] + sides.ended[who] + sides.over[who]
    }
    assert differing == {}


def test_the_sums_of_each_programme_reconcile_to_the_rupiah(sides: Sides) -> None:
    """As somebody would add them up: months of the table by month, against the period's `owed`."""
    by_month = dict(
        sides.outlook.run.rows(
            "SELECT programme, sum(owed)::BIGINT FROM owed_by_month "
            f"WHERE k < {sides.past} GROUP BY programme"
        )
    )
    for name, ends in (("pkh", True), ("sembako", False)):
        told, ended, over = (
            sum(rupiah for who, rupiah in one.items() if who[2] == name)
            for one in (sides.told, sides.ended, sides.over)
        )
        open_ = sum(
            rupiah for who, rupiah in sides.ahead.items() if who[2] == name and who in sides.unknown
        )
        assert by_month[name] - open_ + ended + over == told
        assert (ended > 0) is ends, "there is something to reconcile"


def test_owed_of_components_that_the_rule_does_not_list_stands_apart(sides: Sides) -> None:
    """What is recorded of a person whom the rule of the day surely has in it is sure; no more."""
    run = sides.outlook.run
    surely = set(run.rows("SELECT person_id, programme, component FROM fits WHERE yes & 1 = 1"))
    named = run.rows(
        "SELECT DISTINCT person_id, programme, component FROM holders "
        "WHERE person_id IS NOT NULL AND component <> '' AND past > 0"
    )
    apart = {(person, programme) for person, programme, one in named} - {
        (person, programme) for person, programme, one in set(named) & surely
    }
    found = set(
        run.rows("SELECT person_id, programme FROM outlook_owed WHERE NOT listed AND first = 0")
    )
    assert found
    assert found <= {who[:2] for who in set(named) - surely}
    owing = set(run.rows("SELECT person_id, programme FROM outlook_owed WHERE first = 0"))
    assert apart & owing <= found
    ((owed, less, holders),) = run.rows(
        "SELECT sum(owed)::BIGINT, sum(not_listed)::BIGINT, sum(not_known)::BIGINT "
        "FROM owed_by_month WHERE k = 1"
    )
    assert 0 < less < owed
    # Of the next month: what ends with this one is in it no more.
    ahead = "NOT listed AND first <= 1 AND past > 1"
    still = set(run.rows(f"SELECT person_id, programme FROM outlook_owed WHERE {ahead}"))
    assert holders >= len(apart & still) > 0


def test_the_dead_are_owed_nothing_ahead(sides: Sides) -> None:
    """Of those of whose death anything tells, the component goes no further than the month."""
    dead = sides.outlook.run.rows(
        "SELECT count(*), count(*) FILTER (h.past > 1) FROM holders AS h "
        "JOIN forecast_dead AS d ON d.person_id = h.person_id"
    )
    assert dead[0][0] > 0
    assert dead[0][1] == 0


def test_more_components_than_the_rule_counts_are_owed_all_and_flagged(sides: Sides) -> None:
    """A determination stands until another undoes it; the run says of whom it is over the limit."""
    run = sides.outlook.run
    rows = run.rows(
        "SELECT family_id, bool_or(over_limit), count(DISTINCT person_id), count(*), "
        f"count(amount) FROM {run.scan('plan', 'owed')} WHERE programme = 'pkh' "
        f"AND DATE '{run.day}' BETWEEN period_start AND period_end GROUP BY family_id"
    )
    flagged = {family: (rows, known) for family, over, _, rows, known in rows if over}
    assert flagged
    assert all(count == known for count, known in flagged.values())
    assert {family for family, _, members, *_ in rows if members > 4} <= set(flagged)
    before = f"SELECT count(over_limit) FROM {run.scan('plan', 'owed')} WHERE period_end < "
    assert run.rows(before + f"DATE '{run.day}'") == [(0,)], "asked of the period of the day alone"


def test_a_payment_made_once_is_spread_over_the_months_of_its_rule() -> None:
    policy = rulebook("indonesia")
    first, past = 2025 * 12, 2027 * 12
    ((_, _, since, until, amount), (*_, unknown)) = [
        row
        for row in in_months(policy, [("blts_kesra", "")], first, past)
        if row[2] >= 2025 * 12 + 9
    ][:2]
    due = due_by_month(policy, "blts_kesra", "", since, until)
    assert {for_months(amount or 0, month % 12 + 1, month % 12 + 1) for month in due} == set(
        due.values()
    )
    assert sum(one or 0 for one in due.values()) == 900_000
    assert unknown is None, "after its rule nobody knows"
