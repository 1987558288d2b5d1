"""Which months of support each person has collected: `spells` and `person_clock`.

The plain reading is `rules/clock.py`; who collects a month is decision 0012. Months are bits
(`months.py`), so a country is a few unions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tangga.engine.plan.months import Span, month
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.registry import SQL_TYPES
from tangga.rules.clock_settings import Clock
from tangga.rules.conditions import Condition, facts_used
from tangga.rules.days import month_of
from tangga.rules.names import PERSON_TABLE, Columns, Names
from tangga.rules.to_sql import text, to_sql

ENROLMENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "status": "VARCHAR",
    "valid_from": "DATE",
    "valid_to": "DATE",
    "determined_on": "DATE",
    "document": "VARCHAR",
    "exit": "VARCHAR",
    "reason": "VARCHAR",
    "payee": "VARCHAR",
    "kk": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "latest": "BOOLEAN",
}
PAYMENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "status": "VARCHAR",
    "period_start": "DATE",
    "period_end": "DATE",
    "paid_on": "DATE",
    "kk": "VARCHAR",
    "latest": "BOOLEAN",
}
MEMBERSHIP = {
    "person_id": "VARCHAR",
    "family_id": "VARCHAR",
    "kk": "VARCHAR",
    "valid_from": "DATE",
    "valid_to": "DATE",
}
EVENT = {
    "family_id": "VARCHAR",
    "event": "VARCHAR",
    "on_date": "DATE",
    "shock": "VARCHAR",
    "latest": "BOOLEAN",
}
CASE = {
    "person_id": "VARCHAR",
    "kind": "VARCHAR",
    "opened": "DATE",
    "closed": "DATE",
    "state": "VARCHAR",
    "as_of": "DATE",
    "latest": "BOOLEAN",
}
SHOCK = "shock"


@dataclass(frozen=True)
class Day:
    """The day of the decision and how the clock counts on it."""

    on: date
    clock: Clock
    names: Names

    @property
    def now(self) -> int:
        """The month of the day."""
        return month_of(self.on)


def codes(words: tuple[str, ...]) -> str:
    """Codes as a list in SQL; one that nothing equals where there are none."""
    return ", ".join(f"'{word}'" for word in words) or "NULL"


def write_spells(steps: Steps, day: Day) -> str:
    """Write `spells`; returns it as a relation."""
    column = day.clock.payee_number_column
    wanted = {**ENROLMENT, **({column: "VARCHAR"} if column else {})}
    number = column or "NULL::VARCHAR"
    rows = f"(SELECT *, {number} AS payee_number FROM {received(steps, 'enrolments', wanted)})"
    persons = received(steps, "persons", {"person_id": "VARCHAR", "nik": "VARCHAR"})
    payees = (
        f"(SELECT nik AS number, min(person_id) AS person_id FROM {persons} "
        f"SEMI JOIN {rows} AS e ON nik = e.payee_number GROUP BY nik HAVING count(*) = 1)"
    )
    sql = statement(
        "spells",
        enrolments=rows,
        payees=payees,
        running=codes(day.clock.enrolment_open),
        counted=codes(day.clock.enrolment_counts),
        on=day.on,
    )
    steps.whole("spells", sql)
    return steps.scan("spells")


def write_person_clock(steps: Steps, day: Day, spells: str) -> str:
    """Write `person_clock` from the spells; returns it as a relation."""
    grants = f"({_grants(steps, day, spells)})"
    found = steps.fetch(f"SELECT min(first) FROM {grants}")[0][0]
    span = Span.of(day.now if found is None else found, day.now)
    _units(steps, span, grants)
    _owned(steps, day, span)
    persons = _of_age(steps, day)
    _stays(steps, day, span)
    _families(steps, span, persons)
    _reached(steps, day, span, persons)
    _clock(steps, day, span, persons)
    steps.drop("units", "spoilt", "disasters", "owned", "of_age", "strangers", "elsewhere")
    steps.drop("stays", "family_months", "reached", "case_months")
    return steps.scan("person_clock")


def _grants(steps: Steps, day: Day, spells: str) -> str:
    clock = day.clock
    return statement(
        "grants",
        spells=spells,
        payments=received(steps, "payments", PAYMENT),
        programmes=codes(clock.programmes),
        failed=codes(clock.payment_fails),
        paid=codes(clock.payment_counts),
        spell_first=month("valid_from"),
        spell_past=f"coalesce({month('(valid_to - 1)')} + 1, {day.now + 1})",
        payment_first=month("coalesce(period_start, period_end)"),
        payment_last=month("coalesce(period_end, period_start)"),
        now=day.now,
        on=day.on,
    )


def _units(steps: Steps, span: Span, grants: str) -> None:
    """`units`: months enrolled, paid and failed of each family, person and programme."""
    ranges = span.range_bits("first", "past")
    bits = ", ".join(
        span.listed([f"coalesce(bit_or({b}) FILTER (WHERE what = {n}), 0)" for b in ranges], stem)
        for n, stem in enumerate(("enrolled", "paid", "failed"))
    )
    steps.whole("units", statement("units", grants=grants, bits=bits), scratch=True)
    each = zip(span.names("failed"), span.names("paid"), strict=True)
    spoilt = span.listed([f"bit_or({f}) & ~bit_or({p})" for f, p in each], "spoilt")
    sql = statement("spoilt", units=steps.scan("units"), any_failed=span.any("failed"), bits=spoilt)
    steps.whole("spoilt", sql, scratch=True)


def _owned(steps: Steps, day: Day, span: Span) -> None:
    """`owned`: months of support, all programmes together, without those of a disaster."""
    clock = day.clock
    events = received(steps, "events", EVENT, where=f"latest AND on_date <= DATE '{day.on}'")
    struck = (
        f"(SELECT * FROM {events} WHERE event = '{SHOCK}' AND shock IN ({codes(clock.disasters)}) "
        "AND family_id IS NOT NULL)"
    )
    steps.whole(
        "disasters",
        statement(
            "disasters",
            events=struck,
            ends=f"(SELECT * FROM {events} WHERE event IN ({codes(clock.shock_ends)}))",
            struck=month("s.on_date"),
            back=month("r.on_date"),
            most=clock.disaster_months,
            now=day.now,
            bits=span.union_of_ranges("first", "past", "struck"),
        ),
        scratch=True,
    )
    bits = [
        f"bit_or(((u.enrolled_{n} & ~coalesce(s.spoilt_{n}, 0)) | u.paid_{n}) "
        f"& ~coalesce(d.struck_{n}, 0))"
        for n in range(span.words)
    ]
    scans = {name: steps.scan(name) for name in ("units", "spoilt", "disasters")}
    steps.whole("owned", statement("owned", bits=span.listed(bits), **scans), scratch=True)


def _of_age(steps: Steps, day: Day) -> str:
    """`of_age`: of everybody, the months in which they can collect."""
    columns = Columns(day.names, PERSON_TABLE)
    wanted = {"person_id": "VARCHAR", "status": "VARCHAR", "valid_from": "DATE"}
    wanted |= {"birth_date": "DATE", "birth_year": "BIGINT", "birth_month": "BIGINT"}
    wanted |= columns_of(day.names, day.clock.at_school)
    first = "make_date(birth_year, coalesce(birth_month, 1), 1)"
    last = "last_day(make_date(birth_year, coalesce(birth_month, 12), 1))"
    low, high = day.clock.age_from, day.clock.age_to
    sql = statement(
        "of_age",
        persons=received(steps, "persons", wanted),
        at_school=text(to_sql(day.clock.at_school, columns, day.on)),
        earliest=f"coalesce(birth_date, {first})",
        latest=f"coalesce(birth_date, {last})",
        sure_first=_month_of_age("latest", low),
        sure_past=_month_of_age("earliest", high),
        possible_first=f"coalesce({_month_of_age('earliest', low)}, 0)",
        possible_past=f"coalesce({_month_of_age('latest', high)}, {day.now + 1})",
    )
    steps.whole("of_age", sql, scratch=True)
    return steps.scan("of_age")


def _month_of_age(born: str, years: int) -> str:
    """The first month on whose first day somebody has reached an age."""
    return f"({month(born)} + {years * 12} + (day({born}) > 1)::INTEGER)"


def _stays(steps: Steps, day: Day, span: Span) -> None:
    """`stays`: when each person was in each family, all readings together."""
    over = span.range_bits(month("valid_from"), f"{month('(valid_to - 1)')} + 1")
    closed = [f"bit_or(CASE WHEN valid_to IS NOT NULL THEN {bits} END)" for bits in over]
    since = span.range_bits(month("open_since"), str(day.now + 1))
    bits = [f"coalesce(closed_{n}, 0) | ({bits})" for n, bits in enumerate(since)]
    _step(
        steps,
        "stays",
        memberships=received(steps, "memberships", MEMBERSHIP),
        closed=span.listed(closed, "closed"),
        bits=span.listed(bits),
    )


def _there(span: Span) -> list[str]:
    """The months of a stay `s` of a person `p`, as bits.

    Whoever stood there when the register first saw them is taken to have stood there before.
    """
    before = span.before_bits(month("s.since"))
    return [
        f"(s.months_{n} | CASE WHEN s.since = p.first_seen THEN {bits} ELSE 0 END)"
        for n, bits in enumerate(before)
    ]


def _families(steps: Steps, span: Span, persons: str) -> None:
    """`family_months`, by way of where the persons named were at the time."""
    _step(
        steps,
        "strangers",
        owned=steps.scan("owned"),
        stays=steps.scan("stays"),
        persons=persons,
        there=span.listed(_there(span)),
    )
    _step(
        steps,
        "elsewhere",
        strangers=steps.scan("strangers"),
        stays=steps.scan("stays"),
        persons=persons,
        inside=span.listed(_there(span), "inside"),
        bits=span.listed([f"w.months_{n} & ~coalesce(i.inside_{n}, 0)" for n in span.each]),
    )
    _step(
        steps,
        "family_months",
        owned=steps.scan("owned"),
        elsewhere=steps.scan("elsewhere"),
        away=span.union(stem="away"),
        stayed=span.listed([f"o.months_{n} & ~coalesce(a.away_{n}, 0)" for n in span.each]),
        brought=span.listed([f"o.months_{n} & e.months_{n}" for n in span.each]),
        bits=span.union(),
    )


def _reached(steps: Steps, day: Day, span: Span, persons: str) -> None:
    """`reached`: everybody's months of support, whatever their age."""
    adults = (
        f"(SELECT * FROM {persons} WHERE alive AND NOT at_school AND possible_first <= {day.now})"
    )
    there = _there(span)
    _step(
        steps,
        "reached",
        owned=steps.scan("owned"),
        family_months=steps.scan("family_months"),
        stays=steps.scan("stays"),
        persons=adults,
        words=", ".join(span.names()),
        met=span.listed([f"u.months_{n} & {there[n]}" for n in span.each]),
        by_card=_by_card(steps, day, span, adults),
        bits=span.union(),
    )


def _by_card(steps: Steps, day: Day, span: Span, adults: str) -> str:
    """What reaches people by a card that names nobody; nothing where no row is of that kind."""
    if not steps.fetch(f"SELECT 1 FROM {steps.scan('owned')} WHERE card IS NOT NULL LIMIT 1"):
        return ""
    first = f"(CASE WHEN m.valid_from = p.first_seen THEN 0 ELSE {month('m.valid_from')} END)"
    past = f"coalesce({month('(m.valid_to - 1)')} + 1, {day.now + 1})"
    met = [f"u.months_{n} & {bits}" for n, bits in enumerate(span.range_bits(first, past))]
    return " UNION ALL " + statement(
        "reached_by_card",
        memberships=received(steps, "memberships", MEMBERSHIP),
        owned=steps.scan("owned"),
        persons=adults,
        met=span.listed(met),
        bits=span.union(),
    )


def _step(steps: Steps, name: str, **given: object) -> None:
    """Run a statement of this stage that only later steps read."""
    steps.whole(name, statement(name, **given), scratch=True)


def _clock(steps: Steps, day: Day, span: Span, persons: str) -> None:
    steps.whole("case_months", _case_months(steps, day, span), scratch=True)
    free = [f"r.months_{n} & ~coalesce(c.cases_{n}, 0)" for n in range(span.words)]
    aged = {
        stem: [
            f"{own} & coalesce({bits}, 0)"
            for own, bits in zip(
                free, span.range_bits(f"p.{stem}_first", f"p.{stem}_past"), strict=True
            )
        ]
        for stem in ("sure", "possible")
    }
    sql = statement(
        "person_clock",
        reached=steps.scan("reached"),
        persons=persons,
        cases=steps.scan("case_months"),
        sure=span.listed(aged["sure"], "sure"),
        possible=span.listed(aged["possible"], "possible"),
        sure_count=span.count("sure"),
        possible_count=span.count("possible"),
        since_count=span.count_from(month_of(day.clock.starts_on), "sure"),
        any_possible=span.any("possible"),
        base=f"{span.base}::INTEGER",
        words=span.listed(span.names("sure")),
    )
    steps.whole("person_clock", sql)


def _case_months(steps: Steps, day: Day, span: Span) -> str:
    kinds, over = codes(day.clock.rehabilitation), codes(day.clock.case_over)
    where = f"latest AND kind IN ({kinds}) AND opened <= DATE '{day.on}'"
    ended = f"coalesce(closed, CASE WHEN state IN ({over}) THEN greatest(as_of, opened) END)"
    return statement(
        "case_months",
        cases=f"(SELECT * FROM {received(steps, 'cases', CASE)} WHERE {where} "
        "AND person_id IS NOT NULL)",
        opened=month("opened"),
        closed=f"coalesce({month(ended)}, {day.now})",
        now=day.now,
        bits=span.union_of_ranges("first", "past", "cases"),
    )


def columns_of(names: Names, condition: Condition) -> dict[str, str]:
    """Column -> SQL type of what a condition on a person's record reads."""
    used = facts_used(condition, PERSON_TABLE)
    return {name: SQL_TYPES[names.person[name].type] for _, name in sorted(used)}
