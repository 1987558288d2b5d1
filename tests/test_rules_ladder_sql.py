"""The ladder in two readings: for one family in Python, for a country on DuckDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladder_cases import ON, today
from random_ladder import World, tables
from tangga.rules.answer import answered
from tangga.rules.conditions import AnyOf, Known, Not
from tangga.rules.exits_sql import due_ends_sql, graduations_sql
from tangga.rules.ladder import Step, next_move, next_of_person, starts_from, tracks
from tangga.rules.ladder_sql import (
    column,
    family_due_sql,
    family_signals_sql,
    member_counts_sql,
    person_due_sql,
    person_signals_sql,
    rank_indications_sql,
)
from tangga.rules.names import Facts
from tangga.rules.payee import barred, proposed_payee, why_change
from tangga.rules.payee_sql import after_death_sql, barred_sql, payees_sql
from tangga.rules.policy import Dated, MoveRule, Requirement
from tangga.rules.signals import rank_indications, shown

CAP, NO_CAP = today(cap=True), today()
WORLD = World(CAP)
FAMILIES = [WORLD.family(Random(number), number) for number in range(600)]
Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def country() -> Connection:
    """Six hundred random families."""
    connection = tables(WORLD, FAMILIES)
    connection.execute(f"CREATE TABLE members AS {member_counts_sql(CAP, 'person_facts')}")
    return connection


def rows(
    connection: Connection, sql: str, *keys: str
) -> dict[tuple[object, ...], dict[str, object]]:
    """Key -> row."""
    found = connection.sql(sql)
    listed = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    keyed = {tuple(row[key] for key in keys): row for row in listed}
    assert len(keyed) == len(listed)
    return keyed


def compare(step: Step, row: dict[str, object]) -> None:
    """The due move, the one listed, and every requirement of every move from this rung."""
    assert row["rung"] == step.rung
    assert row["move"] == (step.due.move.id if step.due else None)
    assert row["listed"] == (step.listed[0].move.id if step.listed else None)
    for standing in step.standings:
        assert starts_from(standing.move, step.rung)
        for reason in standing.reasons:
            truth = row[column(standing.move.id, reason.requirement.id)]
            assert answered(truth) is reason.answer, (reason, row)  # type: ignore[arg-type]


@pytest.mark.parametrize("rules", [CAP, NO_CAP], ids=["in_force", "announced"])
def test_families(country: Connection, rules: object) -> None:
    found = rows(country, family_due_sql(rules, "facts", "members"), "family_id")  # type: ignore[arg-type]
    steps = {one.get("family_id"): next_move(rules, one) for one in FAMILIES}  # type: ignore[arg-type]
    assert len(found) == len(FAMILIES)
    for id_, step in steps.items():
        compare(step, found[id_,])
    due = {step.due.move.id for step in steps.values() if step.due}
    assert {"review_fall", "empower", "watch"} <= due  # the comparison is of something
    assert ("decide_at_cap" in due) == (rules is CAP)


@pytest.mark.parametrize("track", tracks(CAP))
def test_persons(country: Connection, track: str) -> None:
    sql = person_due_sql(CAP, track, "facts", "person_facts")
    found = rows(country, sql, "person_id", "family_id")
    due = 0
    for one in FAMILIES:
        for n, member in enumerate(one.members):
            step = next_of_person(CAP, one, n, track)
            compare(step, found[member.get("person_id"), member.get("family_id")])
            due += step.due is not None
    assert due > 10


def test_signals(country: Connection) -> None:
    sql = family_signals_sql(CAP, "facts", "members")
    found = rows(country, sql, "family_id", "signal")
    expected = {
        (one.get("family_id"), s.signal.id): (s.acts, s.signal.reason)
        for one in FAMILIES
        for s in shown(CAP, one, "family")
    }
    assert {key: (row["acts"], row["reason"]) for key, row in found.items()} == expected
    assert len({signal for _, signal in expected}) >= 5
    of_persons = rows(country, person_signals_sql(CAP, "person_facts"), "person_id", "signal")
    expected = {
        (member.get("person_id"), s.signal.id): (s.acts, s.signal.reason)
        for one in FAMILIES
        for member in one.members
        for s in shown(CAP, member, "person")
    }
    assert {key: (row["acts"], row["reason"]) for key, row in of_persons.items()} == expected


def test_indications_of_a_wrong_rank(country: Connection) -> None:
    sql = rank_indications_sql(CAP, "facts", "members")
    found = rows(country, sql, "family_id", "indication")
    expected = {
        (one.get("family_id"), s.signal.id): (s.acts, s.signal.points_to)
        for one in FAMILIES
        for s in rank_indications(CAP, one)
    }
    assert {key: (row["acts"], row["points_to"]) for key, row in found.items()} == expected
    assert len({indication for _, indication in expected}) >= 4
    none = rank_indications_sql(replace(CAP, signals=()), "facts", "members")
    assert rows(country, none, "family_id") == {}


def test_payees(country: Connection) -> None:
    random = Random(7)
    spells, victims, dead = [], [], ["gone"]
    for one in FAMILIES:
        ids = [m.get("person_id") for m in one.members]
        payee = random.choice([*ids, "gone", "elsewhere", None])
        spells.append((one.get("family_id"), "pkh", payee))
        if ids and random.random() < 0.3:
            victims.append(random.choice(ids))
    make(country, "spells", "family_id VARCHAR, programme VARCHAR, payee_person_id VARCHAR", spells)
    cases = [(v, True, True) for v in victims] + [("f1-0", True, False), ("f2-0", None, True)]
    make(country, "cases", "person_id VARCHAR, violence BOOLEAN, against_payee BOOLEAN", cases)
    make(country, "dead", "person_id VARCHAR", [(d,) for d in dead])
    country.execute(f"CREATE OR REPLACE TABLE barred AS {barred_sql('cases', 'person_facts')}")
    sql = payees_sql(CAP, "spells", "facts", "person_facts", "barred", "dead")
    found = rows(country, sql, "family_id", "programme")
    for one, (_, _, payee) in zip(FAMILIES, spells, strict=True):
        ids = [str(m.get("person_id")) for m in one.members]
        out = barred(ids, [v for v in victims if v in ids])
        proposed = proposed_payee(CAP, one, out)
        why = why_change(CAP, one, payee, dead)  # type: ignore[arg-type]
        row = found.get((one.get("family_id"), "pkh"))
        if row is None:
            assert why is None, "only a payee who need not change is left out"
            continue
        assert (row["why"], row["proposed_person_id"], row["choice"], row["unsure"]) == (
            why,
            proposed.person_id,
            proposed.choice,
            proposed.unsure,
        ), one


def test_the_loosest_choice_may_read_the_family(country: Connection) -> None:
    """A condition on the family that all fulfil changes nobody's payee."""
    listed = [(one.get("family_id"), "pkh", None) for one in FAMILIES]
    make(country, "unpaid", "family_id VARCHAR, programme VARCHAR, payee_person_id VARCHAR", listed)
    make(country, "nobody", "person_id VARCHAR", [("gone",)])
    choice, rule = CAP.choices[-1]
    ranked = Known("family.decile")
    anybody = Requirement("anybody", {}, AnyOf((ranked, Not(ranked))))
    looser = Dated(rule.period, MoveRule((*rule.says.requires, anybody)))
    also = replace(CAP, choices=(*CAP.choices[:-1], (choice, looser)))
    relations = ("unpaid", "facts", "person_facts", "nobody", "nobody")
    one, other = (
        country.execute(f"SELECT * FROM ({payees_sql(day, *relations)}) ORDER BY ALL").fetchall()
        for day in (CAP, also)
    )
    assert one == other and len(one) > 100


def test_a_pack_names_its_own_columns_of_violence(country: Connection) -> None:
    one = next(f for f in FAMILIES if len(f.members) > 1)
    ids = [str(m.get("person_id")) for m in one.members]
    make(country, "own", "person_id VARCHAR, hurt BOOLEAN, by_them BOOLEAN", [(ids[0], True, True)])
    found = country.execute(barred_sql("own", "person_facts", "hurt", "by_them")).fetchall()
    assert {row[0] for row in found} == barred(ids, [ids[0]]) == set(ids[1:])


def make(connection: Connection, name: str, columns: str, listed: list[tuple[object, ...]]) -> None:
    """A table of these rows."""
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", listed)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), unknown=st.sampled_from([0.0, 0.05, 0.4]))
def test_any_families(seed: int, unknown: float) -> None:
    world = World(CAP, unknown)
    families = [world.family(Random(seed + n), n) for n in range(40)]
    connection = tables(world, families)
    connection.execute(f"CREATE TABLE members AS {member_counts_sql(CAP, 'person_facts')}")
    found = rows(connection, family_due_sql(CAP, "facts", "members"), "family_id")
    for one in families:
        compare(next_move(CAP, one), found[one.get("family_id"),])
    connection.close()


def test_a_policy_without_moves_has_none_due(country: Connection) -> None:
    bare = replace(CAP, moves=(), signals=())
    found = rows(country, family_due_sql(bare, "facts", "members"), "family_id")
    assert {row["move"] for row in found.values()} == {None}
    assert not rows(country, family_signals_sql(bare, "facts", "members"), "family_id")
    assert country.sql(member_counts_sql(bare, "person_facts")).columns == ["family_id"]


# --- ends and graduations -----------------------------------------------------------------------


def test_due_ends() -> None:
    connection = duckdb.connect(config={"threads": 1})
    spell = "family_id VARCHAR, person_id VARCHAR, programme VARCHAR, component VARCHAR"
    spells = [
        ("karto", "karto", "pkh", "elderly"),
        ("karto", "rizky", "pkh", "upper_secondary"),
        ("karto", None, "pkh", None),
        ("karto", "karto", "sembako", None),
        ("jumadi", "jumadi", "pkh", None),  # nobody fits any component
        ("herman", "rosmi", "pkh", "lower_secondary"),  # died; others live
        ("herman", "rosmi", "pkh", None),
        ("tukinem", "tukinem", "sembako", None),  # lone, died
        ("vanished", "nobody", "pkh", None),  # no member at all, and nobody known to be dead
        ("left", "away", "pkh", "primary"),  # its person is no member of any family
        ("blurred", "blur", "pkh", "elderly"),
        ("erased", "elder", "pkh", "elderly"),  # nobody knows when they were born
        ("perhaps", "ill", "pkh", "disability"),  # surely an elder, perhaps disabled, too
    ]
    make(connection, "spells", spell, spells)
    make(connection, "components", f"{spell}, known BOOLEAN", [
        ("karto", "karto", "pkh", "elderly", True),
        ("herman", "citra", "pkh", "primary", True),
        ("blurred", "blur", "pkh", "elderly", True),
        ("erased", "elder", "pkh", None, False),
        ("perhaps", "ill", "pkh", "elderly", False),
    ])  # fmt: skip
    living = [("karto", "karto"), ("rizky", "karto"), ("jumadi", "jumadi"), ("citra", "herman"),
              ("blur", "blurred"), ("elder", "erased"), ("ill", "perhaps")]  # fmt: skip
    make(connection, "person_facts", "person_id VARCHAR, family_id VARCHAR", living)
    persons = [(*row, "active") for row in living]
    persons += [("rosmi", "herman", "dead"), ("tukinem", "tukinem", "dead")]
    make(connection, "persons", "person_id VARCHAR, family_id VARCHAR, status VARCHAR", persons)
    sql = due_ends_sql(NO_CAP, "spells", "components", "person_facts", "persons")
    found = connection.sql(sql)
    assert found.columns == ["family_id", "person_id", "programme", "component", "due_exit"]
    assert set(found.fetchall()) == {
        ("karto", "rizky", "pkh", "upper_secondary", "natural"),
        ("jumadi", "jumadi", "pkh", None, "natural"),
        ("herman", "rosmi", "pkh", "lower_secondary", "natural"),
        ("tukinem", "tukinem", "sembako", None, "all_died"),
    }


def test_a_programme_without_a_rule_on_the_day_ends_nothing() -> None:
    from dataclasses import replace

    connection = duckdb.connect(config={"threads": 1})
    spell = "family_id VARCHAR, person_id VARCHAR, programme VARCHAR, component VARCHAR"
    make(connection, "spells", spell, [("a", "p", "pkh", "elderly"), ("a", None, "pkh", None)])
    make(connection, "components", f"{spell}, known BOOLEAN", [("z", "z", "z", "z", True)])
    make(connection, "person_facts", "person_id VARCHAR, family_id VARCHAR", [("p", "a")])
    make(connection, "persons", "person_id VARCHAR, family_id VARCHAR, status VARCHAR",
         [("p", "a", "active")])  # fmt: skip
    bare = replace(NO_CAP, programmes={})
    sql = due_ends_sql(bare, "spells", "components", "person_facts", "persons")
    assert connection.sql(sql).fetchall() == []


def test_graduations() -> None:
    connection = duckdb.connect(config={"threads": 1})
    columns = "family_id VARCHAR, event VARCHAR, on_date DATE, track VARCHAR, rung VARCHAR"
    make(connection, "events", columns, [
        ("stands", "rung_move", date(2026, 1, 1), None, "graduated"),
        ("early", "rung_move", date(2027, 1, 1), None, "graduated"),
        ("fell", "rung_move", date(2026, 1, 1), None, "graduated"),
        ("fell", "rung_move", date(2026, 6, 1), None, "protection"),
        ("late", "rung_move", date(2026, 1, 1), None, "graduated"),
        ("late", "rung_move", date(2027, 2, 1), None, "watch"),
        ("support", "rung_move", date(2026, 1, 1), None, "graduated"),
        ("person", "rung_move", date(2026, 1, 1), "empowerment", "graduated"),
        ("future", "rung_move", date(2027, 9, 1), None, "graduated"),
        ("other", "birth", date(2026, 1, 1), None, None),
        (None, "rung_move", date(2026, 1, 1), None, "graduated"),
    ])  # fmt: skip
    make(connection, "spells", "family_id VARCHAR, programme VARCHAR, valid_from DATE", [
        ("support", "pbi_jk", date(2026, 2, 1)),
        ("support", "pkh", date(2026, 8, 1)),
        ("stands", "pkh", date(2020, 1, 1)),
        ("stands", "pkh", date(2027, 9, 1)),
    ])  # fmt: skip
    found = rows(connection, graduations_sql(NO_CAP, "events", "spells"), "family_id")
    assert {key[0]: (row["state"], row["fell_on"]) for key, row in found.items()} == {
        "stands": ("stands", None),
        "early": ("too_early", None),
        "fell": ("fell", date(2026, 6, 1)),
        "late": ("stands", date(2027, 2, 1)),
        "support": ("fell", date(2026, 8, 1)),
    }
    assert date(2027, 8, 31) == ON


def test_payments_after_a_death() -> None:
    connection = duckdb.connect(config={"threads": 1})
    columns = (
        "person_id VARCHAR, family_id VARCHAR, period_start DATE, amount BIGINT, status VARCHAR"
    )
    make(connection, "payments", columns, [
        ("rosmi", "herman", date(2026, 1, 1), 600_000, "paid"),
        ("rosmi", "herman", date(2025, 10, 1), 600_000, "paid"),
        ("tukinem", "tukinem", date(2025, 10, 1), 600_000, "spent"),
        ("tukinem", "tukinem", date(2026, 1, 1), 600_000, "untouched"),
        ("tukinem", "tukinem", date(2026, 4, 1), 600_000, None),
        ("undated", "undated", date(2026, 4, 1), 600_000, "paid"),
        ("citra", "herman", date(2026, 4, 1), 600_000, "paid"),
    ])  # fmt: skip
    make(connection, "persons",
         "person_id VARCHAR, family_id VARCHAR, status VARCHAR, death_date DATE", [
        ("rosmi", "herman", "dead", date(2025, 11, 3)),
        ("tukinem", "tukinem", "dead", date(2025, 8, 20)),
        ("undated", "undated", "dead", None),
        ("citra", "herman", None, None),
    ])  # fmt: skip
    found = connection.sql(after_death_sql("payments", "persons"))
    listed = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert {(r["person_id"], r["period_start"], r["what"]) for r in listed} == {
        ("rosmi", date(2026, 1, 1), "good_faith"),
        ("tukinem", date(2025, 10, 1), "to_recover"),
        ("tukinem", date(2026, 1, 1), "untouched"),
        ("tukinem", date(2026, 4, 1), "untouched"),
    }


def test_facts_of_families_without_members_are_read(country: Connection) -> None:
    alone = [one for one in FAMILIES if not one.members]
    assert len(alone) > 50
    found = rows(country, family_due_sql(CAP, "facts", "members"), "family_id")
    for one in alone:
        compare(next_move(CAP, Facts(one.own)), found[one.get("family_id"),])
