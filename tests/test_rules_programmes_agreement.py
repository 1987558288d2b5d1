"""Components and amounts: Python for one family and SQL for a country say the same of everybody.

Random programmes over plain answers, then the programmes of the Indonesian pack over random facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.registry import SQL_TYPES, load_pack
from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer, answered
from tangga.rules.components import Allotment, components_of, total
from tangga.rules.conditions import FAMILY, Is, facts_used
from tangga.rules.facts import FactBook
from tangga.rules.load import load_policy
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts, FactType, Names
from tangga.rules.on_date import OnDate
from tangga.rules.policy import (
    Benefit,
    Component,
    Dated,
    Period,
    Programme,
    ProgrammeRule,
    Requirement,
    Rule,
)
from tangga.rules.programmes import amount_of, verdict
from tangga.rules.programmes_sql import answer_column, benefits_sql, components_sql
from tangga.rules.to_sql import aggregates, text, to_sql
from tangga.rules.values import Value, ends, ranged

ON = date(2025, 11, 1)
POLICY = load_policy(load_pack("indonesia"))
NAMES = POLICY.facts.names

# --- tables of random families ------------------------------------------------------------------


class Country:
    """Random families, as Facts and as tables `person_facts` and `facts` with the same values."""

    def __init__(self, names: Names, families: Sequence[Facts]) -> None:
        self.names, self.families = names, families
        self.db = duckdb.connect(config={"threads": 1})
        self._table("facts", "", names.family, [([f"f{n}"], one.own) for n, one in self._each()])
        members = [
            ([f"f{n}", f"p{k}"], member.own)
            for n, one in self._each()
            for k, member in enumerate(one.members)
        ]
        self._table("person_facts", ", person_id VARCHAR", names.person, members)

    def _each(self) -> Iterator[tuple[int, Facts]]:
        yield from enumerate(self.families)

    def _table(self, name: str, id_: str, facts: Any, rows: Sequence[Any]) -> None:
        columns = "".join(
            f', "{fact}{end}" {SQL_TYPES[kind.type]}'
            for fact, kind in facts.items()
            for end in (("_lo", "_hi") if kind.ranged else ("",))
        )
        self.db.execute(f"CREATE TABLE {name} (family_id VARCHAR{id_}{columns})")
        cells = [
            [*ids, *(c for f, kind in facts.items() for c in _cells(own.get(f), kind))]
            for ids, own in rows
        ]
        if cells:
            blanks = ", ".join("?" * len(cells[0]))
            self.db.executemany(f"INSERT INTO {name} VALUES ({blanks})", cells)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.db.execute(sql).fetchall()

    def components(self, today: OnDate) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        rows = self.rows(components_sql(today, "person_facts", "facts"))
        found = {row[:3]: row[3:] for row in rows}
        assert len(found) == len(rows)
        return found


def _cells(value: Value, kind: FactType) -> tuple[Any, ...]:
    return ends(value) if kind.ranged else (value,)


def _of_python(today: OnDate, families: Sequence[Facts]) -> dict[tuple[str, str, str], Any]:
    return {
        (f"f{n}", f"p{row.member}", programme.id): (
            *(row.component, row.amount, row.counted, row.known),
        )
        for programme, version in today.programmes.values()
        if programme.unit == FAMILY_TABLE
        for n, family in enumerate(families)
        for row in components_of(version.says.benefit, family, today.day)
    }


# --- random programmes ----------------------------------------------------------------------------

LETTERS = "abcdef"
PLAIN = Names(
    person={**{one: FactType("boolean") for one in LETTERS}, "born": FactType("date", ranged=True)},
    family={"poor": FactType("boolean")},
)
DAYS = [None, *(date(2000, 1, 1) + timedelta(days=n) for n in range(3))]


@st.composite
def benefits(draw: st.DrawFn) -> Benefit:
    """Components that each rest on one answer, or on one of the family; limits that bind often."""
    components = tuple(
        Component(
            id=letter,
            labels={},
            amount_year=draw(st.sampled_from([100, 200, 200, 300])),
            who=Is(f"{FAMILY}poor" if letter == "f" else letter, True),
            priority=draw(st.integers(0, 3)),
            child=draw(st.booleans()),
            most=draw(st.sampled_from([None, None, 1, 2])),
        )
        for letter in LETTERS[: draw(st.integers(1, 6))]
    )
    return Benefit(
        components=components,
        most_members=draw(st.sampled_from([None, 1, 2, 4])),
        most_children=draw(st.sampled_from([None, 1, 3])),
        choose=draw(st.sampled_from(["priority", "amount"])),
        ties=draw(st.sampled_from(["", "born"])),
    )


def plain_family(random: Random) -> Facts:
    own: dict[str, Value] = {"poor": random.choice([True, False, None])}
    unknown = random.choice([0.0, 0.1, 0.4])
    members = [
        Facts({**_answers(random, unknown), "born": _born(random)}, own)
        for _ in range(random.randint(0, 6))
    ]
    return Facts(own, None, tuple(members))


def _answers(random: Random, unknown: float) -> dict[str, Value]:
    return {
        letter: None if random.random() < unknown else random.random() < 0.3 for letter in LETTERS
    }


def _born(random: Random) -> Value:
    low, high = random.choice(DAYS), random.choice(DAYS)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return ranged(low, high)


def less_known(facts: Facts, random: Random) -> Facts:
    """The same family, of which some answers are no longer known."""

    def less(own: Any) -> dict[str, Value]:
        return {k: None if k != "born" and random.random() < 0.3 else v for k, v in own.items()}

    own = less(facts.own)
    return Facts(own, None, tuple(Facts(less(member.own), own) for member in facts.members))


def a_day(benefit: Benefit, names: Names = PLAIN) -> OnDate:
    """A day on which there is one programme, with this benefit."""
    version = Dated(
        Period("1", date(2020, 1, 1), "a law", "a paper"),
        ProgrammeRule((Requirement("poor", {}, Is("poor", True)),), benefit),
    )
    programme = Programme("aid", {}, "family", "protection", "other", Rule("aid", {}, (version,)))
    book = replace(POLICY.facts, facts={})
    object.__setattr__(book, "names", names)
    return OnDate(ON, book, {"aid": (programme, version)}, (), (), (), {}, ())


PLAIN_FAMILIES = [plain_family(Random(n)) for n in range(100)]


@pytest.fixture(scope="module")
def plain_country() -> Country:
    return Country(PLAIN, PLAIN_FAMILIES)


@settings(max_examples=50, deadline=None)
@given(benefit=benefits())
def test_both_readings_of_components_agree(plain_country: Country, benefit: Benefit) -> None:
    today = a_day(benefit)
    assert plain_country.components(today) == _of_python(today, PLAIN_FAMILIES)


@settings(max_examples=100, deadline=None)
@given(benefit=benefits(), seed=st.integers(0, 10**6))
def test_an_erased_fact_never_adds_a_rupiah(benefit: Benefit, seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        family = plain_family(random)
        less = less_known(family, random)
        before, after = (components_of(benefit, one, ON) for one in (family, less))
        assert total(after) <= total(before)


@settings(max_examples=100, deadline=None)
@given(benefit=benefits(), seed=st.integers(0, 10**6))
def test_where_all_is_known_the_places_are_filled_one_after_the_other(
    benefit: Benefit, seed: int
) -> None:
    """The limits as an officer would apply them, with a pencil."""
    random = Random(seed)
    for _ in range(10):
        family = _all_known(plain_family(random))
        rows = components_of(benefit, family, ON)
        assert {row.member for row in rows if row.counted} == set(_with_a_pencil(benefit, rows))
        assert all(row.known and row.component for row in rows)


def _all_known(facts: Facts) -> Facts:
    own = {name: bool(value) for name, value in facts.own.items()}
    members = [
        {name: v if name == "born" else bool(v) for name, v in member.own.items()}
        for member in facts.members
    ]
    return Facts(own, None, tuple(Facts(member, own) for member in members))


def _with_a_pencil(benefit: Benefit, rows: Sequence[Allotment]) -> Iterator[int]:
    order = sorted(benefit.components, key=lambda one: (one.priority, one.id))
    if benefit.choose == "amount":
        order.sort(key=lambda one: -one.amount_year)
    members = benefit.most_members
    children = benefit.most_children
    for component in order:
        taken = [row.member for row in rows if row.component == component.id]
        most = [component.most, members, children if component.child else None]
        places = min([len(taken), *(one for one in most if one is not None)])
        yield from _first(taken, places, rows, benefit)
        members = None if members is None else members - places
        if component.child and children is not None:
            children -= places


def _first(
    taken: Sequence[int], places: int, rows: Sequence[Allotment], benefit: Benefit
) -> Sequence[int]:
    """Who of equals comes first is another test's matter: here only how many."""
    counted = [row.member for row in rows if row.counted and row.member in taken]
    return counted if len(counted) == places else [-1]


# --- the Indonesian programmes ------------------------------------------------------------------

DAYS_OF_RULES = [date(year, 11, 1) for year in (2021, 2022, 2024, 2025)]


def programmes_on(day: date) -> OnDate:
    """The programmes of a day, whether or not there was a ladder then."""
    found = {id_: (one, one.rule.on(day)) for id_, one in POLICY.programmes.items()}
    there = {id_: (one, version) for id_, (one, version) in found.items() if version is not None}
    return OnDate(day, POLICY.facts, there, (), (), (), {}, ())


def _used(today: OnDate) -> Names:
    """The facts that the programmes of a day read."""
    used: set[tuple[str, str]] = set()
    for programme, version in today.programmes.values():
        benefit = version.says.benefit
        for requirement in version.says.requires:
            used |= facts_used(requirement.condition, programme.unit)
        for component in benefit.components:
            used |= facts_used(component.who, PERSON_TABLE) | {(PERSON_TABLE, benefit.ties)}
    return Names(
        {n: kind for n, kind in sorted(NAMES.person.items()) if (PERSON_TABLE, n) in used},
        {n: kind for n, kind in sorted(NAMES.family.items()) if (FAMILY_TABLE, n) in used},
    )


def random_family(names: Names, random: Random, day: date) -> Facts:
    """Facts of these names, most of them known."""
    unknown = random.choice([0.0, 0.1, 0.3])
    own = _random_facts(names.family, random, day, unknown)
    members = [
        Facts(_random_facts(names.person, random, day, unknown), own)
        for _ in range(random.choice([0, 1, 2, 3, 4, 5, 6, 7]))
    ]
    return Facts(own, None, tuple(members))


def _random_facts(facts: Any, random: Random, day: date, unknown: float) -> dict[str, Value]:
    return {
        name: None if random.random() < unknown else _random_value(name, kind, random, day)
        for name, kind in facts.items()
    }


def _random_value(name: str, kind: FactType, random: Random, day: date) -> Value:
    if kind.type == "boolean":
        return random.random() < 0.35
    if kind.type == "date":
        years = random.choice([0, 3, 5, 6, 10, 17, 18, 21, 40, 45, 46, 59, 60, 70, 75, 80])
        born = day - timedelta(days=round(years * 365.25) + random.choice([-1, 0, 1, 100]))
        wide = kind.ranged and random.random() < 0.1
        return ranged(born, born + timedelta(days=400)) if wide else born
    if kind.codes:
        return random.choice(sorted(kind.codes))
    if kind.type in ("integer", "money"):
        return random.choice([0, 1, 2, 3, 4, 5, 6, 10, 750_000, 800_000])
    return random.choice(["1811", "1705"])


@pytest.mark.parametrize("day", DAYS_OF_RULES, ids=str)
def test_the_countrys_programmes_say_the_same_in_both_readings(day: date) -> None:
    today = programmes_on(day)
    names = _used(today)
    random = Random(day.toordinal())
    families = [random_family(names, random, day) for _ in range(150)]
    country = Country(names, families)
    assert country.components(today) == _of_python(today, families)
    _verdicts_agree(country, today)
    _amounts_agree(country, today)


def _verdicts_agree(country: Country, today: OnDate) -> None:
    asked = {
        unit: [
            (programme.id, version.says, one)
            for programme, version in today.programmes.values()
            if programme.unit == unit
            for one in version.says.requires
        ]
        for unit in (FAMILY_TABLE, PERSON_TABLE)
    }
    conditions = [one.condition for _, _, one in asked[FAMILY_TABLE]]
    of_person = Columns(country.names, PERSON_TABLE, "p", "f")
    made = aggregates(conditions, of_person, today.day)
    counts = "".join(f", {text(count)} AS {name}" for name, count in made.items())
    country.db.execute(
        f"CREATE TABLE counts AS SELECT p.family_id{counts} FROM person_facts p "
        "JOIN facts f USING (family_id) GROUP BY p.family_id"
    )
    _store(country, "verdicts", asked[FAMILY_TABLE], today.day)
    _store(country, "person_verdicts", asked[PERSON_TABLE], today.day)
    people = [(f"f{n}", f) for n, f in enumerate(country.families)]
    members = [(f"{n}/p{k}", m) for n, f in people for k, m in enumerate(f.members)]
    for table, unit, everybody in (
        ("verdicts", FAMILY_TABLE, people),
        ("person_verdicts", PERSON_TABLE, members),
    ):
        rows = {row[0]: row[3:] for row in country.rows(f"SELECT * FROM {table}")}
        for key, facts in everybody:
            for truth, (_, rule, one) in zip(rows[key], asked[unit], strict=True):
                found = verdict(rule, facts, today.day).answers[one.id]
                assert answered(truth) is found, (one.id, facts)


def _store(country: Country, table: str, asked: Sequence[Any], day: date) -> None:
    """One row a family or person, by key, with a column for each requirement."""
    person = table == "person_verdicts"
    columns = (
        Columns(country.names, PERSON_TABLE, "p", "f")
        if person
        else Columns(country.names, FAMILY_TABLE, "f", members="n")
    )
    listed = ", ".join(
        f'{text(to_sql(one.condition, columns, day))} AS "{answer_column(programme, one.id)}"'
        for programme, _, one in asked
    )
    key = "p.family_id || '/' || p.person_id" if person else "f.family_id"
    id_ = "p.person_id" if person else "NULL::VARCHAR"
    tables = "person_facts p JOIN facts f" if person else "facts f LEFT JOIN counts n"
    country.db.execute(
        f"CREATE TABLE {table} AS SELECT {key} AS key, f.family_id, {id_} AS person_id, {listed} "
        f"FROM {tables} USING (family_id)"
    )


def _amounts_agree(country: Country, today: OnDate) -> None:
    country.db.execute(
        f"CREATE TABLE components AS {components_sql(today, 'person_facts', 'facts')}"
    )
    rows = country.rows(benefits_sql(today, "components", "verdicts", "person_verdicts"))
    found = {row[:3]: row[3] for row in rows}
    assert len(found) == len(rows)
    assert found == dict(_amounts_of_python(country, today))


def _amounts_of_python(country: Country, today: OnDate) -> Iterator[tuple[Any, int]]:
    for programme, version in today.programmes.values():
        rule = version.says
        for n, family in enumerate(country.families):
            people = (
                [(None, family)]
                if programme.unit == FAMILY_TABLE
                else [(f"p{k}", member) for k, member in enumerate(family.members)]
            )
            for person, facts in people:
                amount = amount_of(rule, facts, today.day)
                asked = rule.benefit.components or verdict(rule, facts, today.day).answer is not NO
                if amount and asked:
                    yield (f"f{n}", person, programme.id), amount


def _less(facts: Facts, book: FactBook, random: Random) -> Facts:
    """Some facts erased; not those whose absence itself says something (`otherwise`)."""

    def less(own: Any, entity: str) -> dict[str, Value]:
        kept = book.otherwise(entity)
        return {
            name: None if name not in kept and random.random() < 0.2 else value
            for name, value in own.items()
        }

    own = less(facts.own, FAMILY_TABLE)
    members = tuple(Facts(less(m.own, PERSON_TABLE), own) for m in facts.members)
    return Facts(own, None, members)


@pytest.mark.parametrize("day", DAYS_OF_RULES, ids=str)
def test_nobody_becomes_eligible_by_a_fact_that_is_erased(day: date) -> None:
    today = programmes_on(day)
    names, random = _used(today), Random(day.toordinal() + 1)
    allowed: dict[Answer, set[Answer]] = {
        YES: {YES, NO, NOT_KNOWN},
        NO: {NO, NOT_KNOWN},
        NOT_KNOWN: {NO, NOT_KNOWN},
    }
    for _ in range(80):
        family = random_family(names, random, day)
        less = _less(family, POLICY.facts, random)
        for programme, version in today.programmes.values():
            pairs = [(family, less)]
            if programme.unit == PERSON_TABLE:
                pairs = list(zip(family.members, less.members, strict=True))
            for before, after in pairs:
                found = verdict(version.says, after, day).answer
                known = verdict(version.says, before, day).answer
                assert found in allowed[known], (programme.id, before, after)
                assert amount_of(version.says, after, day) <= amount_of(version.says, before, day)
