"""History for a country: the same as for one family, as the plain readings in `rules` say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from history_run import HistoryRun, Row, family, person, stay, today
from tangga.engine.plan.cohorts import Places, decided_by, places_by_round, read_places
from tangga.engine.plan.months import Span
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.rules.clock import (
    NONE,
    Adult,
    Claimant,
    Grant,
    Months,
    Stay,
    case_months,
    collected,
    counted,
    disaster_months,
    family_count,
)
from tangga.rules.clock_settings import Clock
from tangga.rules.days import month_of
from tangga.rules.history import (
    Assessment,
    Case,
    Event,
    FamilyRecords,
    PersonRecords,
    Spell,
    Visit,
    family_history,
    person_history,
)
from tangga.rules.values import ranged
from village import write_village

ON = date(2026, 1, 31)
SEEN = date(2020, 1, 1)
# A run a case: shrinking would take minutes.
QUICK = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}
PID = 1 << 51
"""The highest bit of the integer behind an id is always set."""
CLOCK = Clock.of(today(ON).clock.says)


@pytest.fixture
def run(tmp_path: Path) -> HistoryRun:
    return HistoryRun(tmp_path, ON)


def spell(family_id: str | None, person_id: str | None, since: date, **given: object) -> Row:
    return {"family_id": family_id, "person_id": person_id, "programme": "pkh", "valid_from": since,
            "status": "active", **given}  # fmt: skip


def payment(family_id: str, person_id: str | None, first: date, last: date, **given: object) -> Row:
    return {"family_id": family_id, "person_id": person_id, "programme": "pkh",
            "period_start": first, "period_end": last, "status": "paid", **given}  # fmt: skip


def months_counted(run: HistoryRun) -> dict[str, int]:
    return {r["person_id"]: r["months_counted"] for r in run.rows("person_clock")}  # type: ignore[misc]


# --- the village -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> HistoryRun:
    """The village after a run, with its history."""
    folder = write_village(tmp_path_factory.mktemp("village"))
    manifest = run_workspace(folder, full=True, until="plan")
    found = HistoryRun.__new__(HistoryRun)
    found.take(folder, manifest.run, ON)
    found.history()
    return found


def of_villager(village: HistoryRun, key: str, table: str, column: str) -> dict[str, object]:
    """The row of the person (or of their family) behind a record of the official release."""
    (mine,) = [r for r in village.rows("crosswalk", "resolve") if r["source_id"] == f"dtsen-{key}"]
    return village.one(table, str(mine[column]))


def test_bu_saris_clock_shows_41_months(village: HistoryRun) -> None:
    """On her parents' card, on a card of her own, in Mesuji: one clock."""
    sari = of_villager(village, "sari", "person_clock", "person_id")
    assert (sari["months_counted"], sari["months_unsure"]) == (41, 0)
    assert of_villager(village, "sari", "family_clock", "family_id")["months_protected"] == 41
    past = of_villager(village, "sari", "family_history", "family_id")
    assert (past["rung"], past["support_open"]) == ("protection", True)
    assert past["supported_since"] == date(2022, 9, 1)
    assert past["receives_sembako"] is True and past["receives_pkh"] is False
    assert "receives_pena" not in past, "no list came: not known"


def test_her_parents_and_brother_have_collected_nothing(village: HistoryRun) -> None:
    for key in ("jumadi", "rosmala", "anton"):
        assert of_villager(village, key, "person_history", "person_id")["months_counted"] == 0


def test_a_widower_carries_the_months_of_his_family(village: HistoryRun) -> None:
    """Rosmiati died in November 2025; the programme's list still has her."""
    herman = of_villager(village, "herman", "person_clock", "person_id")
    assert herman["months_counted"] == 61


def test_a_shock_without_a_kind_and_a_decile(village: HistoryRun) -> None:
    yanto = of_villager(village, "yanto", "family_history", "family_id")
    assert (yanto["shock"], yanto["shock_on"]) == ("other", date(2025, 10, 6))
    assert (yanto["decile"], yanto["rank_state"], yanto["rung"]) == (6, "ranked", None)
    siregar = of_villager(village, "togar", "family_history", "family_id")
    assert (siregar["decile"], siregar["rank_state"]) == (None, "not_ranked")


def test_an_earlier_day_sees_no_later_record(village: HistoryRun, tmp_path: Path) -> None:
    before = HistoryRun.__new__(HistoryRun)
    before.take(village.folder, village.ctx.run_dir.name, date(2025, 9, 30))
    before.history()
    assert of_villager(before, "sari", "person_clock", "person_id")["months_counted"] == 37
    yanto = of_villager(before, "yanto", "family_history", "family_id")
    assert (yanto["shock"], yanto["decile"]) == (None, None)
    village.history()


# --- by hand -----------------------------------------------------------------------------------


def test_nothing_received_at_all(run: HistoryRun) -> None:
    run.write(persons=[person("P1", "F1")], families=[family("F1")])
    run.history()
    past = run.one("family_history", "F1")
    assert (past["support_open"], past["rung"], past["decile"]) == (None, None, None)
    assert (past["minutes"], past["suspension_open"], past["above_months"]) == (False, False, 0)
    mine = run.one("person_history", "P1")
    assert (mine["months_counted"], mine["case_open"], mine["exempt_claimed"]) == (0, False, False)
    for table in ("spells", "exits", "person_clock", "cohorts"):
        assert run.rows(table) == []


def test_a_list_of_one_programme_only(run: HistoryRun) -> None:
    """Whoever is on it receives; of the others it is not known whether they receive the other."""
    run.write(
        persons=[person("P1", "F1"), person("P2", "F2")],
        families=[family("F1"), family("F2")],
        enrolments=[spell("F1", "P1", date(2025, 1, 1))],
    )
    run.history()
    assert run.one("family_history", "F1")["support_open"] is True
    assert run.one("family_history", "F2")["support_open"] is None
    assert run.one("family_history", "F2")["receives_pkh"] is False
    assert run.one("person_history", "P1")["receives_pkh"] is True


def test_recent_payments_alone_say_who_receives(run: HistoryRun) -> None:
    run.write(
        families=[family("F1"), family("F2")],
        payments=[
            payment("F1", None, date(2025, 10, 1), date(2025, 12, 31)),
            payment("F2", None, date(2024, 10, 1), date(2024, 12, 31)),
            payment("F2", None, date(2025, 10, 1), date(2025, 12, 31), status="failed"),
            payment("F2", None, date(2023, 1, 1), date(2023, 3, 31), programme="bst"),
        ],
    )
    run.history()
    assert run.one("family_history", "F1")["receives_pkh"] is True
    assert run.one("family_history", "F2")["receives_pkh"] is False
    assert "receives_bst" not in run.one("family_history", "F1")


def test_components_that_no_clock_ends(run: HistoryRun) -> None:
    """An elder's component alone is support, but not bound by the clock."""
    run.write(
        families=[family("F1"), family("F2")],
        enrolments=[
            spell("F1", None, date(2025, 1, 1), component="elderly"),
            spell("F2", None, date(2025, 1, 1), component="primary"),
            spell("F2", None, date(2025, 1, 1), component="elderly"),
            spell("F9", None, date(2025, 1, 1), programme="sembako"),
        ],
    )
    run.history()
    free = {
        c.id
        for _, version in [today(ON).programmes["pkh"]]
        for c in version.says.benefit.components
        if not c.ends_by_clock
    }
    assert "elderly" in free
    assert run.one("family_history", "F1")["clock_bound_open"] is False
    assert run.one("family_history", "F1")["support_open"] is True
    assert run.one("family_history", "F2")["clock_bound_open"] is True


def test_the_payee_is_found_by_number_or_is_the_one_named(run: HistoryRun) -> None:
    run.write(
        persons=[person("P1", "F1", nik="1"), person("P2", "F1", nik="2"), person("P3", nik="3"),
                 person("P4", nik="3")],
        families=[family("F1")],
        enrolments=[
            spell("F1", "P1", date(2025, 1, 1), payee_nik="2", source_id="a"),
            spell("F1", "P1", date(2025, 1, 1), source_id="b"),
            spell("F1", "P1", date(2025, 1, 1), payee="SITI", source_id="c"),
            spell("F1", "P1", date(2025, 1, 1), payee_nik="3", source_id="d"),
        ],
    )  # fmt: skip
    run.history()
    found = {r["source_id"]: r["payee_person_id"] for r in run.rows("spells")}
    assert found == {"a": "P2", "b": "P1", "c": None, "d": None}


def test_what_has_not_come_yet_is_not_seen(run: HistoryRun) -> None:
    later = date(2026, 3, 1)
    run.write(
        persons=[person("P1", "F1")],
        families=[family("F1")],
        enrolments=[
            spell("F1", "P1", later),
            spell(
                "F1", "P1", date(2025, 12, 1), valid_to=later, exit="natural", determined_on=later
            ),
        ],
        payments=[payment("F1", "P1", date(2025, 1, 1), date(2025, 3, 31), paid_on=later)],
        events=[{"family_id": "F1", "event": "rung_move", "on_date": later, "rung": "watch"}],
        visits=[{"family_id": "F1", "on_date": later, "result": "complete"}],
        cases=[{"family_id": "F1", "person_id": "P1", "kind": "child", "opened": later}],
        assessments=[{"person_id": "P1", "kind": "empowerment", "on_date": later, "need": "job"}],
        groups=[{"person_id": "P1", "kind": "kube", "joined_on": later}],
    )
    run.history()
    past, mine = run.one("family_history", "F1"), run.one("person_history", "P1")
    assert (past["rung"], past["visited_on"], past["last_exit"]) == ("protection", None, None)
    assert (mine["case_open"], mine["need_assessed"], mine["group_member"]) == (False, None, False)
    assert mine["months_counted"] == 2
    (only,) = run.rows("spells")
    assert (only["open"], only["exit"], only["determined_on"]) == (True, None, None)


def test_who_claims_to_be_exempt_is_so_until_a_visit(run: HistoryRun) -> None:
    old, flagged = {"birth_date": date(1960, 1, 1)}, {"disability_flag": True}
    claims = [old, flagged, old, old, {}]
    visits = [("F2", date(2025, 6, 1)), ("F3", date(2025, 8, 1))]
    run.write(
        persons=[
            person(f"P{PID + n:X}", f"F{n}", birth_date=date(1960 if n == 4 else 1990, 1, 1))
            for n in range(1, 6)
        ],
        families=[family(f"F{n}") for n in range(1, 6)],
        records=[
            {"rid": n, "as_of": date(2025, 7, 1), "birth_date": date(1990, 1, 1), **claim}
            for n, claim in enumerate(claims, 1)
        ],
        spine=[{"rid": n, "pid": PID + n} for n in range(1, 6)],
        visits=[{"family_id": f, "on_date": on, "result": "complete"} for f, on in visits],
    )
    run.history()
    found = {r["family_id"]: r["exempt_claimed"] for r in run.rows("person_history")}
    # F3 was visited since; F4 is believed to be 60; F5 claims nothing.
    assert found == {"F1": True, "F2": True, "F3": False, "F4": False, "F5": False}


def test_members_of_a_family_and_who_leads_it(run: HistoryRun) -> None:
    """Head by the register, spouse by relation; an exempt head's months are not the family's."""
    people = ["P1", "P2", "P3"]
    run.write(
        persons=[person(p, "F1") for p in people],
        families=[family("F1", head_person_id="P1")],
        memberships=[
            stay("P1", "F1", SEEN),
            stay("P2", "F1", date(2024, 7, 1), relation="spouse"),
            stay("P3", "F2", SEEN, date(2022, 1, 1)),
            stay("P3", "F1", date(2022, 1, 1)),
        ],
        enrolments=[
            spell("F1", "P1", date(2024, 1, 1), valid_to=date(2025, 1, 1)),
            spell("F2", "P3", date(2020, 2, 1), valid_to=date(2021, 1, 1)),
        ],
    )
    persons = run.ctx.scan("resolve", "persons")
    cases = (["-"], 12), (["P1"], 6), (["P1", "P2"], 23), (people, None)
    for exempt, expected in cases:
        facts = (
            "SELECT person_id, family_id, TRUE AS able, NULL::DATE AS born_hi, person_id IN "
            f"({', '.join(repr(p) for p in exempt)}) AS exempt FROM {persons}"
        )
        run.history(facts=facts)
        found = {r["family_id"]: r["months_protected"] for r in run.rows("family_clock")}
        assert found.get("F1") == expected


# --- both readings of the clock agree ----------------------------------------------------------

days = st.dates(date(2021, 1, 1), date(2026, 4, 1))
people = st.sampled_from(["P1", "P2", "P3"])
homes = st.sampled_from(["F1", "F2", "F3"])
cards = st.sampled_from(["K1", "K2"])
births = st.sampled_from(
    [
        {"birth_date": None}, {"birth_date": date(1990, 5, 5)}, {"birth_date": date(2004, 2, 29)},
        {"birth_date": None, "birth_year": 2005}, {"birth_date": date(1964, 3, 2)},
        {"birth_date": None, "birth_year": 1963, "birth_month": 7},
    ]
)  # fmt: skip


def _until(draw: st.DrawFn, since: date | None) -> date | None:
    most = st.none() | st.integers(1, 1200).map(lambda n: (since or SEEN) + timedelta(n))
    return draw(most)


@st.composite
def enrolment_rows(draw: st.DrawFn) -> Row:
    since = draw(st.none() | days)
    return {
        "family_id": draw(st.none() | homes),
        "person_id": draw(st.none() | people),
        "kk": draw(st.none() | cards),
        "programme": draw(st.sampled_from(["pkh", "sembako", "pip"])),
        "status": draw(st.sampled_from([None, "active", "ended", "waiting", "suspended"])),
        "valid_from": since,
        "valid_to": _until(draw, since),
    }


@st.composite
def payment_rows(draw: st.DrawFn) -> Row:
    first = draw(days)
    ends = draw(st.sampled_from([(0, 89), (0, None), (None, 0), (0, 400)]))
    start, end = (None if n is None else first + timedelta(n) for n in ends)
    return {
        "family_id": draw(st.none() | homes),
        "person_id": draw(st.none() | people),
        "kk": draw(st.none() | cards),
        "programme": draw(st.sampled_from(["pkh", "sembako", "pip"])),
        "status": draw(st.sampled_from([None, "paid", "failed", "pending"])),
        "period_start": start,
        "period_end": end,
        "paid_on": draw(st.none() | days),
    }


@st.composite
def membership_rows(draw: st.DrawFn) -> Row:
    since = draw(st.sampled_from([SEEN]) | days)
    return stay(draw(people), draw(homes), since, _until(draw, since), kk=draw(st.none() | cards))


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[Row]]:
    """A few families, their people, and what lists say of them."""
    rehabilitation = st.fixed_dictionaries(
        {
            "person_id": people,
            "kind": st.sampled_from(["child", "suspension"]),
            "opened": days,
            "closed": st.none() | days,
            "state": st.sampled_from([None, "in_service", "finished"]),
        }
    )
    events = st.fixed_dictionaries(
        {
            "family_id": homes,
            "event": st.sampled_from(["shock", "returned", "restored"]),
            "on_date": days,
            "shock": st.sampled_from([None, "flood", "job_loss"]),
        }
    )
    return {
        "persons": [
            person(
                p, "F1", **draw(births), school_status=draw(st.sampled_from([None, "attending"]))
            )
            for p in ("P1", "P2", "P3")
        ],
        "memberships": draw(st.lists(membership_rows(), max_size=6)),
        "enrolments": draw(st.lists(enrolment_rows(), max_size=4)),
        "payments": draw(st.lists(payment_rows(), max_size=4)),
        "cases": [c for c in draw(st.lists(rehabilitation, max_size=2)) if _in_order(c)],
        "events": draw(st.lists(events, max_size=3)),
    }


def _in_order(case: Row) -> bool:
    return case["closed"] is None or case["closed"] >= case["opened"]  # type: ignore[operator]


def _grants(world: dict[str, list[Row]]) -> list[Grant]:
    found = [
        Grant(
            r["family_id"], r["person_id"], r["programme"], r["valid_from"],
            r["valid_to"] - timedelta(1) if r["valid_to"] else None, r["status"],
            card=r["kk"] if r["person_id"] is None else None,
        )
        for r in world["enrolments"]
        if r["valid_from"] is None or r["valid_from"] <= ON
    ]  # fmt: skip
    return found + [
        Grant(
            r["family_id"], r["person_id"], r["programme"], r["period_start"], r["period_end"],
            r["status"], paid=True, card=r["kk"] if r["person_id"] is None else None,
        )
        for r in world["payments"]
        if r["paid_on"] is None or r["paid_on"] <= ON
    ]  # fmt: skip


def _stays(world: dict[str, list[Row]]) -> list[Stay]:
    return [
        Stay(
            m["person_id"], m["family_id"], None if m["valid_from"] == SEEN else m["valid_from"],
            m["valid_to"], m["kk"],
        )
        for m in world["memberships"]
    ]  # fmt: skip


def _disasters(world: dict[str, list[Row]]) -> dict[str, Months]:
    found: dict[str, Months] = defaultdict(frozenset)
    events = [e for e in world["events"] if e["on_date"] <= ON]
    for struck in events:
        if struck["event"] == "shock" and struck["shock"] == "flood":
            back = min(
                (
                    e["on_date"]
                    for e in events
                    if e["event"] in CLOCK.shock_ends
                    and e["family_id"] == struck["family_id"]
                    and e["on_date"] >= struck["on_date"]
                ),
                default=None,
            )
            found[struck["family_id"]] |= disaster_months(struck["on_date"], back, CLOCK, ON)
    return found


def _adult(row: Row, world: dict[str, list[Row]]) -> Adult:
    year, month = row.get("birth_year"), row.get("birth_month")
    born = row["birth_date"]
    if born is None and year:
        low = date(year, month or 1, 1)
        high = date(year + (not month or month == 12), month % 12 + 1 if month else 1, 1)
        born = ranged(low, high - timedelta(1))
    months = NONE
    for case in world["cases"]:
        if (
            case["person_id"] == row["person_id"]
            and case["kind"] == "child"
            and case["opened"] <= ON
        ):
            closed = case["closed"]
            if closed is None and case["state"] == "finished":
                closed = max(case["opened"], date(2026, 1, 1))
            months |= case_months(case["opened"], closed, ON)
    return Adult(born, row["school_status"] == "attending", months)


def plain_clock(world: dict[str, list[Row]]) -> dict[str, tuple[int, int, int]]:
    """Person -> months that count, that count since the start, and that are unsure."""
    reached = collected(_grants(world), _stays(world), CLOCK, ON, _disasters(world))
    found = {}
    for row in world["persons"]:
        months = counted(reached.get(row["person_id"], NONE), _adult(row, world), CLOCK)
        if months.sure or months.unsure:
            since = months.since(CLOCK.starts_on)
            found[row["person_id"]] = (len(months.sure), since, len(months.unsure))
    return found


def ident(id_: object, world: int) -> str:
    """An id as the register writes it: a letter and 13 hexadecimal signs."""
    return f"{str(id_)[0]}8{world:06X}{int(str(id_)[1:]):06X}"


def several(worlds_: list[dict[str, list[Row]]]) -> dict[str, list[Row]]:
    """Many worlds as one register: every id bears the number of its world."""
    joined: dict[str, list[Row]] = defaultdict(list)
    for n, world in enumerate(worlds_):
        for table, rows in world.items():
            for row in rows:
                ids = {k: ident(row[k], n) for k in ("family_id", "person_id", "kk") if row.get(k)}
                joined[table].append({**row, **ids})
    return joined


def engine_clock(run: HistoryRun) -> dict[str, tuple[object, ...]]:
    return {
        str(r["person_id"]): (
            r["months_counted"], r["months_counted_since_start"], r["months_unsure"]
        )
        for r in run.rows("person_clock")
    }  # fmt: skip


@settings(max_examples=12, **QUICK)
@given(st.lists(worlds(), min_size=8, max_size=12))
def test_the_engine_counts_as_the_plain_reading(
    tmp_path_factory: pytest.TempPathFactory, many: list[dict[str, list[Row]]]
) -> None:
    run = HistoryRun(tmp_path_factory.mktemp("agree"), ON)
    run.write(**several(many))
    run.history()
    expected = {
        ident(person_id, n): found
        for n, world in enumerate(many)
        for person_id, found in plain_clock(world).items()
    }
    assert engine_clock(run) == expected


@settings(max_examples=3, **QUICK)
@given(st.lists(worlds(), min_size=8, max_size=12))
def test_parts_and_doubled_rows_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, many: list[dict[str, list[Row]]]
) -> None:
    world = several(many)
    whole = HistoryRun(tmp_path_factory.mktemp("whole"), ON)
    whole.write(**world)
    whole.history()
    cut = HistoryRun(tmp_path_factory.mktemp("cut"), ON, parts=3)
    doubled = {name: [*reversed(rows), *rows] for name, rows in world.items()}
    cut.write(**{**doubled, "persons": world["persons"]})
    cut.history()
    for table in ("person_clock", "person_history", "family_history", "family_clock"):
        assert cut.rows(table) == whole.rows(table)


claimants = st.builds(
    Claimant,
    months=st.integers(0, 90),
    unsure=st.integers(0, 5),
    since_start=st.integers(0, 9),
    leads=st.booleans(),
    exempt=st.sampled_from([True, False, None]),
    able=st.sampled_from([True, False, None]),
    born=st.none() | st.dates(date(1950, 1, 1), date(2000, 1, 1)),
)


@settings(max_examples=5, **QUICK)
@given(st.lists(st.lists(claimants, max_size=4), min_size=30, max_size=40))
def test_the_familys_count_agrees(
    tmp_path_factory: pytest.TempPathFactory, many: list[list[Claimant]]
) -> None:
    members = [
        (f"F{n}", replace(m, person=f"P{n}-{k}"))
        for n, group in enumerate(many)
        for k, m in enumerate(group)
    ]
    run = HistoryRun(tmp_path_factory.mktemp("count"), ON)
    run.write(
        persons=[person(m.person, f) for f, m in members],
        memberships=[
            stay(m.person, f, SEEN, relation="head" if m.leads else "child") for f, m in members
        ],
    )
    run.history_of(members)
    found = {r["family_id"]: r["months_protected"] for r in run.rows("family_clock")}
    both = {
        r["family_id"]: (r["months_since_start"], r["months_unsure"])
        for r in run.rows("family_clock")
    }
    for n, group in enumerate(many):
        expected = family_count(m for f, m in members if f == f"F{n}")
        assert found.get(f"F{n}", 0) == expected.months_protected, group
        if f"F{n}" in both:
            assert both[f"F{n}"] == (expected.months_since_start, expected.months_unsure)


# --- both readings of the records of acts agree ------------------------------------------------

rungs = st.sampled_from([None, "protection", "empowerment", "graduated"])
recent = st.dates(date(2024, 6, 1), date(2026, 3, 1))
yes_no = st.sampled_from([None, "yes", "no", "not_known"])


def rows_of(**columns: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=4)


acts = st.fixed_dictionaries(
    {
        "events": rows_of(
            event=st.sampled_from(
                ["rung_move", "rung_left", "shock", "returned", "extension", "split"]
            ),
            on_date=recent,
            shock=st.sampled_from([None, "flood", "job_loss"]),
            track=st.sampled_from([None, None, "empowerment"]),
            rung=rungs,
            exit=st.sampled_from([None, None, "independent"]),
            until=st.none() | recent,
            by=st.sampled_from([None, "Kadis"]),
            document=st.sampled_from([None, "SK-1"]),
        ),
        "visits": rows_of(
            on_date=recent,
            result=st.sampled_from([None, "complete", "refused"]),
            worker=st.sampled_from([None, "w1", "w2"]),
            income_month=st.none() | st.sampled_from([700_000, 854_403, 854_404, 3_000_000]),
            shock=st.sampled_from([None, None, "illness"]),
            statement=yes_no,
            document=st.sampled_from([None, "BA-1"]),
        ),
        "cases": rows_of(
            kind=st.sampled_from(["child", "suspension"]),
            opened=recent,
            closed=st.none() | recent,
            state=st.sampled_from([None, "in_service", "finished"]),
            review_on=st.none() | recent,
        ),
        "assessments": rows_of(
            kind=st.sampled_from(["rehabilitation", "disability", "empowerment"]),
            on_date=recent,
            need=st.sampled_from([None, "job", "none"]),
            grade=st.sampled_from([None, "severe"]),
            disability_kind=st.sampled_from([None, None, "physical"]),
        ),
        "enrolments": rows_of(
            programme=st.sampled_from(["pkh", "sembako"]),
            component=st.sampled_from([None, "elderly", "primary"]),
            status=st.sampled_from([None, "active", "ended"]),
            valid_from=st.none() | recent,
            valid_to=st.none() | recent,
            exit=st.sampled_from([None, "natural", "moved"]),
        ),
    }
)


@settings(max_examples=10, **QUICK)
@given(st.lists(acts, min_size=10, max_size=15), st.sets(st.sampled_from(["pkh", "sembako"])))
def test_records_of_acts_agree(
    tmp_path_factory: pytest.TempPathFactory,
    many: list[dict[str, list[Row]]],
    listed: set[str],
) -> None:
    run = HistoryRun(tmp_path_factory.mktemp("acts"), ON)
    tables: dict[str, list[Row]] = {
        "persons": [person(f"P{n}", f"F{n}") for n in range(len(many))],
        "families": [family(f"F{n}") for n in range(len(many))],
        "enrolments": [spell("F-", None, date(2020, 1, 1), programme=p) for p in listed],
    }
    for n, world in enumerate(many):
        for name, rows in world.items():
            own = {"family_id": f"F{n}", "person_id": f"P{n}"}
            ordered = sorted(rows, key=lambda r: r.get("on_date") or date.min)
            tables[name] = [*tables.get(name, []), *({**own, **row} for row in ordered)]
    tables["enrolments"] = [r for r in tables["enrolments"] if r["programme"] in listed]
    run.write(**tables)
    run.history()
    for n, world in enumerate(many):
        family_row, person_row = plain_acts(world, frozenset(listed))
        found = run.one("family_history", f"F{n}")
        known = found.keys() & family_row.keys()
        if not one_last_exit(world):
            known -= {"last_exit"}
        assert {k: found[k] for k in known} == {k: family_row[k] for k in known}
        mine = run.one("person_history", f"P{n}")
        assert {k: mine[k] for k in ACTS_OF_PERSON} == {k: person_row[k] for k in ACTS_OF_PERSON}


ACTS_OF_PERSON = (
    "case_open",
    "case_reviewed_on",
    "case_closed_on",
    "need_assessed",
    "need_assessed_on",
    "assessed_disabled",
    "assessed_grade",
    "group_member",
)


def one_last_exit(world: dict[str, list[Row]]) -> bool:
    """Whether no two ends were recorded on one day: which of those is the last is not said."""
    days_ = [r["valid_to"] for r in world["enrolments"] if r["exit"]]
    days_ += [r["on_date"] for r in world["events"] if r["exit"]]
    return len(set(days_)) == len(days_)


def plain_acts(
    world: dict[str, list[Row]], listed: frozenset[str]
) -> tuple[dict[str, object], dict[str, object]]:
    """The history facts of one family and person by the plain reading."""

    def in_order(name: str) -> list[Row]:
        return sorted(world[name], key=lambda r: r["on_date"])  # type: ignore[return-value, arg-type]

    cases = tuple(
        Case(r["kind"], r["opened"], r["closed"], r["state"], r["review_on"], date(2026, 1, 1))
        for r in world["cases"]
    )
    spells = tuple(
        Spell(
            r["programme"], r["valid_from"], r["valid_to"], r["status"], r["exit"], r["component"]
        )
        for r in world["enrolments"]
        if r["programme"] in listed and (r["valid_from"] is None or r["valid_from"] <= ON)
    )
    (line,) = {
        f.derivation.lines for k, f in today(ON).facts.facts.items() if k[1] == "poverty_line"
    }
    of_family = FamilyRecords(
        spells=spells,
        events=tuple(Event(**row) for row in in_order("events")),
        visits=tuple(
            Visit(**{k: v for k, v in r.items() if k != "income_month"}, income=r["income_month"])
            for r in in_order("visits")
        ),
        suspensions=cases,
        listed=listed,
        unbound=frozenset(UNBOUND),
        members=1,
        line=lambda day: line.at("1771031001", day),
    )
    of_person = PersonRecords(
        cases=cases,
        assessments=tuple(
            Assessment(r["kind"], r["on_date"], r["need"], r["grade"], r["disability_kind"])
            for r in in_order("assessments")
        ),
    )
    past = family_history(of_family, CLOCK, ON)
    return past.facts(), person_history(of_person, CLOCK, ON, past.visited_on).facts()


UNBOUND = {
    (id_, component.id)
    for id_, (_, version) in today(ON).programmes.items()
    for component in version.says.benefit.components
    if not component.ends_by_clock
}


# --- months as bits ----------------------------------------------------------------------------


@given(st.integers(24_000, 24_400), st.integers(0, 300), st.data())
@settings(max_examples=60, deadline=None)
def test_a_range_of_months_as_bits(oldest: int, past: int, data: st.DataObject) -> None:
    now = oldest + past
    span = Span.of(oldest, now)
    first = data.draw(st.integers(oldest - 70, now + 70))
    end = data.draw(st.integers(first, now + 80))
    since = data.draw(st.integers(oldest - 10, now + 10))
    words = ", ".join(
        f"{sql} AS months_{n}" for n, sql in enumerate(span.range_bits(str(first), str(end)))
    )
    sql = f"SELECT {span.count()}, {span.count_from(since)}, {span.any()} FROM (SELECT {words})"
    ((count, later, any_),) = duckdb.execute(sql).fetchall()
    held = range(span.base, span.base + 60 * span.words)
    months = [m for m in range(first, end) if m in held]
    assert (count, later) == (len(months), sum(m >= since for m in months))
    assert any_ == bool(months)
    assert month_of(ON) in range(24_000, 24_400)


def test_no_bound_is_no_month() -> None:
    span = Span.of(24_000, 24_100)
    for first, past in (("NULL::INTEGER", "24050"), ("24050", "NULL::INTEGER")):
        words = span.listed(span.range_bits(first, past))
        assert duckdb.execute(f"SELECT {span.count()} FROM (SELECT {words})").fetchall() == [(0,)]


# --- cohorts at go-live ------------------------------------------------------------------------


def test_the_longest_supported_are_decided_first(run: HistoryRun) -> None:
    starts = {"F1": 2012, "F2": 2010, "F3": 2015, "F4": 2021}
    (run.folder / "places").mkdir()
    (run.folder / "places" / "2025.csv").write_text(
        "year,area,programme,places\n2025,1771,pena,2\n2026,1771,pena,4\n2025,1771,pkh,99\n"
    )
    run.write(
        persons=[person(f"P{f}", f) for f in starts],
        families=[family(f, head_person_id=f"P{f}") for f in starts],
        memberships=[stay(f"P{f}", f, SEEN) for f in starts],
        enrolments=[spell(f, f"P{f}", date(year, 1, 1)) for f, year in starts.items()],
    )
    run.history()
    found = [(r["family_id"], r["cohort"], r["place"]) for r in run.rows("cohorts")]
    # Three rounds of 2025 share two places: none, one, two.
    assert sorted(found) == [("F1", 3, True), ("F2", 2, True), ("F3", 4, True)]


def test_who_finds_no_place_is_in_the_last_round(run: HistoryRun) -> None:
    run.write(
        persons=[person("P1", "F1")],
        families=[family("F1", head_person_id="P1")],
        enrolments=[spell("F1", "P1", date(2010, 1, 1))],
    )
    run.history()
    (only,) = run.rows("cohorts")
    last = decided_by(CLOCK)[-1]
    assert (only["cohort"], only["decide_by"], only["place"]) == (CLOCK.cohorts, last, False)


def test_places_are_shared_among_the_rounds_of_a_year() -> None:
    dates = [date(2025, 6, 1), date(2025, 12, 1), date(2026, 6, 1)]
    places = [Places(2025, "1771", "pena", 5), Places(2026, "1811", "kube", 7)]
    assert places_by_round(places, dates) == {
        ("1771", 1): 2, ("1771", 2): 5, ("1771", 3): 5, ("1811", 3): 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("year,area,programme\n2025,1811,kube\n", 1),
        ("year,area,programme,places\n2025,1811,kube,few\n", 2),
        ("year,area,programme,places\n2025,1899,kube,5\n", 2),
        ("year,area,programme,places\n2025,1811,kube,-5\n", 2),
        ("year,area,programme,places\n2025,1811,kubu,5\n", 2),
    ],
)
def test_places_that_cannot_be_read(tmp_path: Path, text: str, line: int) -> None:
    write_village(tmp_path)
    (tmp_path / "places").mkdir(exist_ok=True)
    (tmp_path / "places" / "p.csv").write_text(text)
    with pytest.raises(UserError) as error:
        read_places(load_workspace(tmp_path))
    assert error.value.line == line
