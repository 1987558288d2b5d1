"""The ladder: which move is due for whom, why, why not, and what is asked."""

from __future__ import annotations

from datetime import date

import pytest

from ladder_cases import ON, due, family, listed, policy, today
from tangga.rules.answer import NO, NOT_KNOWN, YES
from tangga.rules.conditions import AtLeast, parts_of
from tangga.rules.ladder import next_move, next_of_person, tracks
from tangga.rules.names import Facts
from tangga.rules.programmes import Ask
from tangga.rules.values import Range, Value

SUPPORTED: dict[str, Value] = {
    "rung": "protection",
    "support_open": True,
    "clock_bound_open": True,
    "open_cases": 0,
    "seekers": 0,
    "has_place": False,
}
ABLE: dict[str, Value] = {"must_climb": True, "held_by_rehabilitation": False}


def supported(months: int | None, adults: Value = 1, **own: Value) -> Facts:
    """A family on protection for so many months, with so many who must climb."""
    said = SUPPORTED | {"months_protected": months, "must_climb_adults": adults}
    members = (ABLE,) * adults if isinstance(adults, int) else ()
    return family(members, **(said | own))


@pytest.mark.parametrize(
    ("months", "own", "move"),
    [
        (47, {}, None),
        (48, {}, "plan_empowerment"),
        (59, {}, "plan_empowerment"),
        (60, {}, "decide_at_cap"),
        (75, {}, "decide_at_cap"),
        (None, {}, None),
        (60, {"has_place": True}, "move_at_cap"),
        (60, {"has_place": None}, "decide_at_cap"),
        # voluntary: before the cap, and where somebody wants to
        (12, {"has_place": True, "seekers": 1}, "empower"),
        (12, {"has_place": None, "seekers": 1}, None),
        (12, {"has_place": True, "seekers": Range(0, 1)}, None),
        # extended by a named official; the day it ends a new decision is due
        (64, {"extended_until": date(2027, 9, 1)}, "plan_empowerment"),
        (64, {"extended_until": ON}, "decide_at_cap"),
        (64, {"extended_until": date(2027, 9, 1), "has_place": True}, "move_at_cap"),
        # nothing that the clock can end: there is nothing to decide about
        (64, {"clock_bound_open": False}, None),
        (64, {"clock_bound_open": None}, None),
    ],
)
def test_the_cap(months: int | None, own: dict[str, Value], move: str | None) -> None:
    assert due(supported(months, **own), cap=True) == move


@pytest.mark.parametrize("adults", [0, None, Range(0, 1)])
@pytest.mark.parametrize("months", [48, 60, 120])
def test_the_exempt_have_no_cap(months: int, adults: Value) -> None:
    # nobody who must climb, or nobody knows: protection continues
    assert due(supported(months, adults, has_place=True), cap=True) is None
    # and never barred: on request they go up like anybody
    assert due(supported(months, adults, has_place=True, seekers=1), cap=True) == "empower"


def test_under_an_announced_cap_the_moves_are_listed_only() -> None:
    step = next_move(today(), supported(61, has_place=True))
    assert step.due is None
    assert listed(step) == ["move_at_cap", "decide_at_cap", "plan_empowerment"]
    assert step.asks == ()
    # before the overlay's date the cap is announced there too
    assert due(supported(61), cap=True, on=date(2026, 6, 30)) is None
    assert due(supported(61), cap=True, on=date(2026, 7, 1)) == "decide_at_cap"


HELD: dict[str, Value] = {"held_by_rehabilitation": True}


@pytest.mark.parametrize(
    ("members", "move"),
    [
        # the only able adult is held (in rehabilitation, or the full-time carer of somebody in
        # it): a decision is due, and no move
        ([ABLE | HELD], "decide_at_cap"),
        # somebody else is: only they are held
        ([ABLE, {"must_climb": False} | HELD], "move_at_cap"),
        ([ABLE, ABLE | HELD], "move_at_cap"),
        # not known whether they are held: no move on it
        ([ABLE | {"held_by_rehabilitation": None}], "decide_at_cap"),
    ],
)
def test_rehabilitation_holds_back(members: list[dict[str, Value]], move: str) -> None:
    own = SUPPORTED | {"months_protected": 60, "must_climb_adults": 1, "has_place": True}
    assert due(family(tuple(members), **own), cap=True) == move


def test_a_plan_holds_for_a_year() -> None:
    own = SUPPORTED | {"months_protected": 50, "must_climb_adults": 1}
    planned = family((ABLE | {"need_assessed_on": date(2026, 8, 31)},), **own)
    assert due(planned, cap=True) is None
    assert due(planned, cap=True, on=date(2027, 9, 1)) == "plan_empowerment"


READY: dict[str, Value] = {
    "rung": "empowerment",
    "rung_since": date(2025, 1, 10),
    "above_first": date(2026, 9, 1),
    "above_last": date(2027, 5, 1),
    "above_months": 8,
    "above_observers": 2,
    "income_since": date(2026, 1, 1),
    "shock_on": None,
    "open_cases": 0,
    "statement": "yes",
    "minutes": True,
    "visited_on": date(2027, 5, 1),
    "decile": 2,
    "decile_before": 2,
    "income_per_head": 900_000,
    "poverty_line": 700_000,
}


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({}, None),
        ({"statement": "no"}, None),  # a recorded refusal, with the right to object
        ({"above_months": 5}, "observations"),
        ({"above_first": None, "above_months": None}, "observations"),
        ({"above_observers": 1}, "other_observer"),
        ({"income_since": date(2027, 3, 1)}, "income_source"),
        ({"shock_on": date(2027, 6, 1), "visited_on": date(2027, 7, 1)}, "no_shock"),
        ({"open_cases": 1}, "no_case"),
        ({"statement": None}, "statement"),
        ({"statement": "not_known"}, "statement"),
        ({"minutes": False}, "minutes"),
    ],
)
def test_graduation(change: dict[str, Value], lacks: str | None) -> None:
    step = next_move(today(), family(**(READY | change)))
    standing = next(s for s in step.standings if s.move.id == "graduate")
    assert [r.requirement.id for r in standing.because(NO)][:1] == ([lacks] if lacks else [])
    assert (step.due is standing) == (lacks is None)
    assert standing.move.adverse


def test_a_decile_alone_never_graduates() -> None:
    for decile in range(1, 11):
        bare = {"rung": "empowerment", "decile": decile, "open_cases": 0, "minutes": False}
        assert due(family(**bare)) is None
        assert due(family(**(bare | {"rung": "protection", "support_open": True}))) is None


def test_what_is_not_known_of_a_graduation_is_asked() -> None:
    step = next_move(today(), family(**(READY | {"income_since": None, "minutes": None})))
    assert step.due is None
    assert step.asks == (Ask("income_since"), Ask("minutes"))
    # what is known to fail anyway asks nothing
    assert (
        next_move(today(), family(**(READY | {"minutes": False, "income_since": None}))).asks == ()
    )


GRADUATED: dict[str, Value] = {
    "rung": "graduated",
    "rung_since": date(2026, 5, 1),
    "shock_on": None,
    "visited_on": date(2026, 4, 1),
    "decile": 3,
    "decile_before": 3,
    "decile_on": date(2027, 6, 30),
    "income_per_head": 900_000,
    "poverty_line": 700_000,
}
FLOOD = {"shock_on": date(2027, 7, 1)}
SEEN = {"visited_on": date(2027, 7, 20)}
POOR = {"income_per_head": 500_000}


@pytest.mark.parametrize(
    ("rung", "change", "move"),
    [
        ("graduated", {}, None),
        ("graduated", FLOOD, "review_fall"),
        ("graduated", FLOOD | {"visited_on": None}, "review_fall"),
        ("graduated", FLOOD | POOR, "review_fall"),  # nobody has looked since the flood
        ("graduated", FLOOD | SEEN | POOR, "return_to_protection"),
        ("graduated", FLOOD | SEEN, "return_to_watch"),
        ("graduated", FLOOD | SEEN | {"income_per_head": None}, None),
        ("graduated", {"decile_before": 6}, "review_fall"),
        ("graduated", {"decile_before": 6} | SEEN, "return_to_protection"),
        ("graduated", {"decile_before": None}, None),
        ("graduated", POOR, None),  # seen before it graduated: that was the old finding
        ("graduated", POOR | SEEN, "return_to_protection"),
        ("empowerment", FLOOD, "review_fall"),
        ("empowerment", FLOOD | SEEN | POOR, "return_to_protection"),
        ("empowerment", FLOOD | SEEN, None),
        ("watch", FLOOD | SEEN | POOR, "return_to_protection"),
        ("watch", {"rung_since": date(2026, 8, 31)}, "review_watch"),
        ("watch", {"rung_since": date(2026, 9, 1)}, None),
    ],
)
def test_falls(rung: str, change: dict[str, Value], move: str | None) -> None:
    assert due(family(**(GRADUATED | {"rung": rung} | change))) == move


TURUN_KELAS: dict[str, Value] = {
    "rung": None,
    "support_open": False,
    "decile": 6,
    "shock_on": date(2027, 6, 6),
    "children_at_risk": 1,
    "months_protected": 0,
}


@pytest.mark.parametrize(
    ("change", "move"),
    [
        ({}, "watch"),
        ({"decile": 5}, "watch"),
        ({"shock_on": None}, "watch"),
        ({"children_at_risk": 0}, "watch"),
        ({"shock_on": None, "children_at_risk": 0}, None),
        ({"shock_on": None, "children_at_risk": Range(0, 2)}, None),
        ({"decile": 4}, None),
        ({"decile": 7}, None),
        ({"decile": None}, None),
        ({"support_open": True}, None),
    ],
)
def test_watch(change: dict[str, Value], move: str | None) -> None:
    assert due(family(**(TURUN_KELAS | change))) == move


def test_from_watch_to_empowerment_without_protection() -> None:
    own = TURUN_KELAS | {"rung": "watch", "seekers": 1, "has_place": True}
    assert due(family(**own)) == "empower_from_watch"


PERSON: dict[str, Value] = {
    "case_open": False,
    "needs_rehabilitation": False,
    "seeks_empowerment": False,
    "need_assessed": None,
    "need_assessed_on": None,
    "case_reviewed_on": None,
    "group_member": False,
    "held_by_rehabilitation": False,
}
OPEN: dict[str, Value] = {"case_open": True, "case_reviewed_on": date(2027, 8, 1)}
NEED: dict[str, Value] = {
    "needs_rehabilitation": True,
    "need_assessed": "psychosocial",
    "need_assessed_on": date(2027, 7, 1),
}
WISH: dict[str, Value] = {"seeks_empowerment": True}


@pytest.mark.parametrize(
    ("change", "rehabilitation", "empowerment"),
    [
        ({}, None, None),
        (NEED, "rehabilitate", None),
        (OPEN, None, None),
        (OPEN | {"case_reviewed_on": date(2027, 6, 2)}, "review_rehabilitation", None),
        (OPEN | {"case_reviewed_on": date(2027, 6, 3)}, None, None),
        (OPEN | {"case_reviewed_on": date(2027, 5, 19)}, "lapse_rehabilitation", None),
        (OPEN | {"case_reviewed_on": date(2027, 5, 20)}, "review_rehabilitation", None),
        (
            OPEN | {"need_assessed": "none", "need_assessed_on": date(2027, 8, 2)},
            "close_rehabilitation",
            None,
        ),
        (
            OPEN | {"need_assessed": "none", "need_assessed_on": date(2027, 7, 2)},
            None,
            None,
        ),
        (WISH, None, "empower_person"),
        (WISH | HELD, None, None),
        (WISH | {"held_by_rehabilitation": None}, None, None),
        (WISH | {"group_member": True}, None, None),
    ],
)
@pytest.mark.parametrize("rung", [None, "protection", "watch"])
def test_tracks_of_a_person(
    change: dict[str, Value],
    rehabilitation: str | None,
    empowerment: str | None,
    rung: str | None,
) -> None:
    facts = family((PERSON | change,), rung=rung)
    assert tracks(today()) == ("rehabilitation", "empowerment")
    found = [next_of_person(today(), facts, 0, track) for track in tracks(today())]
    assert [s.due.move.id if s.due else None for s in found] == [rehabilitation, empowerment]
    assert {step.rung for step in found} == {rung}


def test_a_count_that_is_not_known_asks_its_members() -> None:
    own = SUPPORTED | {"months_protected": 50, "must_climb_adults": 1}
    step = next_move(today(cap=True), family(({"must_climb": None} | PLANNED,), **own))
    standing = next(s for s in step.standings if s.move.id == "plan_empowerment")
    assert standing.answer is NOT_KNOWN
    assert Ask("must_climb", 0) in step.asks


PLANNED: dict[str, Value] = {"need_assessed_on": date(2027, 8, 1)}


def test_reasons_say_why() -> None:
    step = next_move(today(cap=True), supported(61))
    assert step.due is not None
    assert [r.requirement.id for r in step.due.because(YES)] == [
        "months",
        "support",
        "must_climb",
        "not_extended",
    ]
    (months, *_) = step.due.reasons[0].finding.because()
    assert (months.fact, months.value, months.bound) == ("months_protected", 61, 60)
    assert step.due.rule.period.basis


# --- the pack itself ----------------------------------------------------------------------------


def test_clock_and_ladder_say_one_cap() -> None:
    cap = today().cap
    assert cap is not None
    bounds = {
        move.id: {
            part.bound
            for r in rule.says.requires
            for part in parts_of(r.condition)
            if isinstance(part, AtLeast) and part.fact == "months_protected"
        }
        for move, rule in today().moves
        if move.under_cap
    }
    assert bounds == {
        "move_at_cap": {cap.says["months"]},
        "decide_at_cap": {cap.says["months"]},
        "plan_empowerment": {cap.says["planning_from"]},
    }


def test_only_a_move_under_the_cap_reads_the_months() -> None:
    for move, rule in today().moves:
        read = {
            getattr(part, "fact", "") for r in rule.says.requires for part in parts_of(r.condition)
        }
        assert move.under_cap == bool(read & {"months_protected", "months_counted"}), move.id


def test_what_the_family_moves_may_do() -> None:
    steps = {
        (rung, move.to)
        for move, _ in today().moves
        if move.subject == "family" and move.to
        for rung in move.from_rungs
    }
    assert steps == {
        ("none", "watch"),
        ("protection", "empowerment"),
        ("watch", "empowerment"),
        ("empowerment", "graduated"),
        # falls
        ("graduated", "watch"),
        ("graduated", "protection"),
        ("empowerment", "protection"),
        ("watch", "protection"),
    }
    # rehabilitation is a track of a person, and never the headline of a family
    assert {m.track for m, _ in today().moves if m.subject == "person"} == set(tracks(today()))


def test_every_move_says_what_to_do_and_no_move_makes_itself() -> None:
    for move in policy().moves.values():
        assert set(move.do) == set(move.labels) == {"id", "en"}
        assert not move.automatic


def test_classes_cover_deciles_once_and_say_no_poverty_rate() -> None:
    classes = today().classes.says["class"]
    deciles = [decile for one in classes for decile in one["deciles"]]
    assert deciles == [1, 2, 3, 4]
    assert not any("kemiskinan" in one["labels"]["id"].lower() for one in classes)
    assert not any("poverty" in one["labels"]["en"].lower() for one in classes)
