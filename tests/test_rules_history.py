"""The past of one family and one person: each fact from the records of acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from history_run import today
from tangga.rules.clock_settings import Clock
from tangga.rules.history import (
    Assessment,
    Case,
    Event,
    FamilyRecords,
    History,
    PersonHistory,
    PersonRecords,
    Rank,
    Spell,
    Visit,
    family_history,
    person_history,
)

ON = date(2026, 1, 31)
CLOCK = Clock.of(today(ON).clock.says)
BOTH = frozenset({"pkh", "sembako"})


def past(**given: object) -> History:
    return family_history(FamilyRecords(**{"listed": BOTH, **given}), CLOCK, ON)  # type: ignore[arg-type]


def move(day: date, rung: str, **given: str) -> Event:
    return Event("rung_move", day, rung=rung, **given)  # type: ignore[arg-type]


RUNNING = Spell("pkh", date(2024, 5, 1), status="active")


def test_nothing_is_known_and_nothing_happened() -> None:
    found = family_history(FamilyRecords(), CLOCK, ON)
    assert found == History(support_open=None, clock_bound_open=None)
    assert person_history(PersonRecords(), CLOCK, ON) == PersonHistory()


def test_facts_go_by_the_names_that_conditions_use() -> None:
    facts = past(rank=Rank(3, "T1", ON, "ranked", 4), spells=(RUNNING,)).facts()
    assert (facts["decile"], facts["decile_before"]) == (3, 4)
    assert (facts["receives_pkh"], facts["receives_sembako"]) == (True, False)
    assert "receives" not in facts and "receives_pena" not in facts
    mine = person_history(PersonRecords(listed=BOTH, receives=frozenset({"pkh"})), CLOCK, ON)
    assert mine.facts()["receives_pkh"] is True


SPELLS = {
    "runs": (RUNNING, True),
    "ended on the day": (replace(RUNNING, valid_to=ON), False),
    "ends tomorrow": (replace(RUNNING, valid_to=date(2026, 2, 1)), True),
    "begins tomorrow": (replace(RUNNING, valid_from=date(2026, 2, 1)), False),
    "nobody knows since when": (replace(RUNNING, valid_from=None), True),
    "without a state": (replace(RUNNING, status=None), True),
    "suspended is still on the list": (replace(RUNNING, status="suspended"), True),
    "ended, nobody knows when": (replace(RUNNING, status="ended"), False),
    "of a programme that does not count": (replace(RUNNING, programme="pip"), False),
}


@pytest.mark.parametrize("name", SPELLS)
def test_whether_support_is_open(name: str) -> None:
    spell, expected = SPELLS[name]
    assert past(spells=(spell,)).support_open is expected


def test_support_is_not_known_where_a_list_is_missing() -> None:
    assert past(listed=frozenset({"pkh"})).support_open is None
    assert past(listed=frozenset({"pkh"}), spells=(RUNNING,)).support_open is True
    assert past(receives=frozenset({"sembako"})).support_open is True


def test_what_no_clock_ends() -> None:
    elder = replace(RUNNING, component="elderly")
    unbound = frozenset({("pkh", "elderly")})
    found = past(spells=(elder,), unbound=unbound)
    assert (found.support_open, found.clock_bound_open) == (True, False)
    assert past(spells=(elder, RUNNING), unbound=unbound).clock_bound_open is True


MARCH, JUNE, LATER = date(2025, 3, 1), date(2025, 6, 1), date(2026, 2, 1)
MOVES: dict[str, tuple[tuple[Event, ...], tuple[object, ...]]] = {
    "none recorded: protection while support runs": ((), ("protection", date(2024, 5, 1), None)),
    "the last": (
        (move(MARCH, "protection"), move(JUNE, "empowerment")), ("empowerment", JUNE, None),
    ),
    "not a person's track": (
        (move(MARCH, "protection"), move(JUNE, "empowerment", track="empowerment")),
        ("protection", MARCH, None),
    ),
    "not one to come": ((move(MARCH, "watch"), move(LATER, "empowerment")), ("watch", MARCH, None)),
    "graduated": ((move(MARCH, "graduated"),), ("graduated", MARCH, MARCH)),
    "graduated, and fell": (
        (move(MARCH, "graduated"), move(JUNE, "protection")), ("protection", JUNE, MARCH),
    ),
    "off the ladder": (
        (move(MARCH, "watch"), Event("rung_left", JUNE)), (None, JUNE, None),
    ),
    "a move to nowhere is none": (
        (move(MARCH, "watch"), Event("rung_move", JUNE)), ("watch", MARCH, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_the_rung(name: str) -> None:
    events, expected = MOVES[name]
    found = past(spells=(RUNNING,), events=events)
    assert (found.rung, found.rung_since, found.graduated_on) == expected


def test_no_rung_where_nothing_runs() -> None:
    assert (past().rung, past().rung_since) == (None, None)


def shock(day: date, kind: str | None = "flood") -> Event:
    return Event("shock", day, shock=kind)


SHOCKS: dict[str, tuple[FamilyRecords, tuple[str | None, date | None]]] = {
    "open": (FamilyRecords(events=(shock(JUNE),)), ("flood", JUNE)),
    "of no kind": (FamilyRecords(events=(shock(JUNE, None),)), ("other", JUNE)),
    "the latest": (FamilyRecords(events=(shock(MARCH), shock(JUNE, "fire"))), ("fire", JUNE)),
    "seen on a visit": (FamilyRecords(visits=(Visit(JUNE, shock="price"),)), ("price", JUNE)),
    "too long ago": (FamilyRecords(events=(shock(date(2025, 1, 30)),)), (None, None)),
    "just within": (
        FamilyRecords(events=(shock(date(2025, 1, 31)),)), ("flood", date(2025, 1, 31)),
    ),
    "returned home": (
        FamilyRecords(events=(shock(MARCH), Event("returned", JUNE))), (None, None),
    ),
    "again after the return": (
        FamilyRecords(events=(shock(MARCH), Event("returned", MARCH), shock(JUNE))),
        ("flood", JUNE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOCKS)
def test_an_open_shock(name: str) -> None:
    records, expected = SHOCKS[name]
    found = family_history(records, CLOCK, ON)
    assert (found.shock, found.shock_on) == expected


def test_an_extension_needs_a_name_and_a_document_and_has_an_end() -> None:
    proper = Event("extension", MARCH, until=JUNE, by="Kepala Dinas", document="SK-1")
    assert past(events=(proper,)).extended_until == JUNE
    for missing in ("until", "by", "document"):
        assert past(events=(replace(proper, **{missing: None}),)).extended_until is None  # type: ignore[arg-type]
    long = replace(proper, until=date(2027, 1, 1))
    assert past(events=(proper, long)).extended_until == date(2025, 9, 1)


def seen(
    day: date, income: int | None, worker: str | None = "w1", result: str = "complete"
) -> Visit:
    return Visit(day, result, worker, income)


LINE = 1_000_000
ENOUGH, SHORT = 2_400_000, 2_399_999
"""Of two members, at 1.2 times the line."""
OBSERVED: dict[str, tuple[tuple[Visit, ...], tuple[object, ...]]] = {
    "none": ((), (None, None, 0, 0)),
    "one": ((seen(MARCH, ENOUGH),), (MARCH, MARCH, 0, 1)),
    "two by two": (
        (seen(MARCH, ENOUGH), seen(date(2025, 9, 1), ENOUGH, "w2")),
        (MARCH, date(2025, 9, 1), 6, 2),
    ),
    "two by one": ((seen(MARCH, ENOUGH), seen(JUNE, ENOUGH)), (MARCH, JUNE, 3, 1)),
    "nobody wrote who saw it": ((seen(MARCH, ENOUGH, None),), (MARCH, MARCH, 0, 0)),
    "just below": ((seen(MARCH, SHORT),), (None, None, 0, 0)),
    "one below begins anew": (
        (seen(MARCH, ENOUGH), seen(date(2025, 4, 1), SHORT), seen(JUNE, ENOUGH)),
        (JUNE, JUNE, 0, 1),
    ),
    "the last is below": ((seen(MARCH, ENOUGH), seen(JUNE, SHORT)), (None, None, 0, 0)),
    "a visit that tells no income breaks nothing": (
        (seen(MARCH, ENOUGH), seen(date(2025, 4, 1), None), seen(JUNE, ENOUGH)),
        (MARCH, JUNE, 3, 1),
    ),
    "an incomplete visit is none": (
        (seen(MARCH, ENOUGH, result="incomplete"),), (None, None, 0, 0),
    ),
    "not yet": ((seen(LATER, ENOUGH),), (None, None, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", OBSERVED)
def test_observations_above_the_buffer(name: str) -> None:
    visits, expected = OBSERVED[name]
    found = past(visits=visits, members=2, line=lambda day: LINE)
    assert (
        found.above_first,
        found.above_last,
        found.above_months,
        found.above_observers,
    ) == expected


def test_nothing_is_above_a_line_that_is_not_known_nor_for_nobody() -> None:
    visits = (seen(MARCH, ENOUGH),)
    assert past(visits=visits, members=2).above_first is None
    assert past(visits=visits, members=0, line=lambda day: LINE).above_first is None


def test_statement_and_minutes_since_the_rung() -> None:
    def said(day: date, what: str | None, document: str | None = None) -> Visit:
        return Visit(day, "complete", statement=what, document=document)

    old = said(MARCH, "yes", "BA-1")
    assert (past(visits=(old,)).statement, past(visits=(old,)).minutes) == ("yes", True)
    fell = move(date(2025, 4, 1), "protection")
    again = past(visits=(old,), events=(fell,))
    assert (again.statement, again.minutes) == (None, False)
    now = past(visits=(old, said(JUNE, "no"), said(JUNE, "not_known", "BA-2")), events=(fell,))
    assert (now.statement, now.minutes, now.visited_on) == ("no", True, JUNE)
    assert past(visits=(said(JUNE, "yes"),)).minutes is False


def test_the_last_exit() -> None:
    ended = replace(RUNNING, valid_to=JUNE, exit="natural")
    assert past(spells=(ended,)).last_exit == "natural"
    assert past(spells=(replace(ended, valid_to=LATER),)).last_exit is None
    moved = move(date(2025, 7, 1), "graduated", exit="independent")
    assert past(spells=(ended,), events=(moved,)).last_exit == "independent"
    undated = replace(ended, valid_to=None, exit="moved", status="ended")
    assert past(spells=(undated, ended)).last_exit == "natural"


def test_a_suspension_is_open_until_closed() -> None:
    case = Case("suspension", MARCH)
    assert past(suspensions=(case,)).suspension_open is True
    assert past(suspensions=(replace(case, closed=JUNE),)).suspension_open is False
    assert past(suspensions=(replace(case, closed=LATER),)).suspension_open is True
    assert past(suspensions=(replace(case, opened=LATER),)).suspension_open is False
    assert past(suspensions=(replace(case, kind="child"),)).suspension_open is False


def test_rehabilitation_of_a_person() -> None:
    def of(*cases: Case, seen: tuple[Assessment, ...] = ()) -> tuple[object, ...]:
        found = person_history(PersonRecords(cases=cases, assessments=seen), CLOCK, ON)
        return found.case_open, found.case_reviewed_on, found.case_closed_on

    case = Case("disability", MARCH, state="in_service")
    review = Assessment("rehabilitation", date(2025, 8, 1))
    assert of(case) == (True, MARCH, None)
    assert of(replace(case, reviewed=JUNE)) == (True, JUNE, None)
    assert of(replace(case, reviewed=LATER)) == (True, MARCH, None)
    assert of(case, seen=(review,)) == (True, date(2025, 8, 1), None)
    assert of(replace(case, closed=JUNE), seen=(review,)) == (False, None, JUNE)
    assert of(replace(case, state="finished", as_of=JUNE)) == (False, None, JUNE)
    assert of(replace(case, state="finished")) == (False, None, MARCH)
    assert of(replace(case, opened=LATER)) == (False, None, None)
    assert of(replace(case, kind="suspension")) == (False, None, None)


def test_assessments_of_a_person() -> None:
    def of(*seen: Assessment) -> PersonHistory:
        return person_history(PersonRecords(assessments=seen), CLOCK, ON)

    job = Assessment("empowerment", MARCH, "job")
    house = Assessment("other", JUNE, "basic_living")
    assert (of(job, house).need_assessed, of(job, house).need_assessed_on) == ("basic_living", JUNE)
    severe = Assessment("disability", MARCH, grade="severe")
    assert (of(severe).assessed_disabled, of(severe).assessed_grade) == (True, "severe")
    assert of(severe, Assessment("disability", JUNE)).assessed_disabled is False
    assert of(Assessment("disability", JUNE, finding="physical")).assessed_disabled is True
    assert of(replace(severe, on_date=LATER)).assessed_disabled is False


CLAIMS = [
    ((), None, False),
    ((MARCH,), None, True),
    ((MARCH,), JUNE, False),
    ((MARCH, JUNE), JUNE, True),
    ((LATER,), None, False),
]


@pytest.mark.parametrize(("claims", "visited", "expected"), CLAIMS)
def test_a_claim_holds_until_a_visit(
    claims: tuple[date, ...], visited: date | None, expected: bool
) -> None:
    found = person_history(PersonRecords(claims=claims, group_member=True), CLOCK, ON, visited)
    assert (found.exempt_claimed, found.group_member) == (expected, True)
