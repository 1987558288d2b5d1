"""What is achieved follows from records: each kind of measure on a few of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from history_run import Row, person
from targets_run import TargetsRun, event, families, move, visit, worker

A, B, C, D, E = (one["family_id"] for one in families(5))
PKH, TKSK, TAGANA, PIONEER, REHAB = "P1", "T1", "G1", "L1", "R1"
WORKERS = [
    worker(PKH, "181105"),
    worker("P2", "181105"),
    worker(TKSK, "181105", "tksk"),
    worker(TAGANA, "1811", "tagana"),
    worker(PIONEER, "1811", "peace_pioneer"),
    worker(REHAB, "1811", "rehabilitation_companion"),
]
MAY = date(2026, 5, 10)


@pytest.fixture
def run(tmp_path: Path) -> TargetsRun:
    """A run without records yet."""
    return TargetsRun(tmp_path)


def measured(run: TargetsRun, *targets: str, **given: list[Row]) -> TargetsRun:
    run.targets(*targets)
    run.records(families=families(5), workers=WORKERS, **given)
    run.measure()
    return run


# --- graduation -------------------------------------------------------------------------------


def test_only_a_move_that_says_mandiri_counts(run: TargetsRun) -> None:
    spells = [
        {"family_id": E, "programme": "pkh", "exit": "independent", "valid_to": MAY,
         "source": "s", "source_id": "1"},
        {"family_id": E, "programme": "pkh", "exit": "natural", "valid_to": MAY,
         "source": "s", "source_id": "2"},
    ]  # fmt: skip
    moves = [
        move(A, MAY, "graduated", "independent"),
        move(B, MAY, "graduated", "natural"),
        move(C, MAY, "graduated"),  # how is not said
        move(D, MAY, "empowerment", "to_empowerment"),
        move(E, date(2026, 7, 1), "graduated", "independent"),  # after the day
    ]
    targets = ("2026,,,,,graduations,10,,", "2026,,,,,graduations,10,,independent;natural")
    measured(run, *targets, events=moves, spells=spells)
    found = run.pace("graduations", pilar="pkh_companion")
    assert (found["achieved"], found["unknown"]) == (1, 1)
    told = run.pace("graduations", pilar="pkh_companion", exits="independent natural")
    assert told["achieved"] == 3


def test_records_of_one_graduation_are_one(run: TargetsRun) -> None:
    moves = [
        move(A, date(2026, 1, 10), "graduated", "independent"),
        move(A, date(2026, 2, 10), "graduated", "independent"),
    ]
    measured(run, events=moves)
    assert run.pace("graduations", pilar="pkh_companion")["achieved"] == 1
    (month,) = (r for r in run.rows("achievement") if r["level"] == "village" and r["achieved"])
    assert (month["measure"], month["month"]) == ("graduations", 1)


def test_graduated_and_still_standing_stand_side_by_side(run: TargetsRun) -> None:
    last = date(2025, 3, 1)
    moves = [
        move(A, last, "graduated", "independent"),
        move(B, last, "graduated", "independent"),
        move(B, date(2025, 9, 1), "protection"),
        move(C, MAY, "graduated", "independent"),
    ]
    measured(run, "2026,,,,,lasting,80,,", events=moves)
    before = run.pace("graduations", pilar="pkh_companion", year=2025)
    assert [before[c] for c in ("achieved", "lasted", "fell", "too_early")] == [2, 1, 1, 0]
    now = run.pace("graduations", pilar="pkh_companion")
    assert [now[c] for c in ("achieved", "lasted", "fell", "too_early")] == [1, 0, 0, 1]
    lasting = run.pace("lasting", pilar="pkh_companion")  # what came due this year
    assert (lasting["achieved"], lasting["of"]) == (1, 2)


def test_a_graduation_is_that_of_the_companion_and_others_contributed(run: TargetsRun) -> None:
    visits = [
        visit(A, PKH, date(2025, 6, 1)),
        visit(A, "P2", date(2026, 4, 1), purpose="graduation"),  # an observation by another
        visit(A, TKSK, date(2025, 8, 1), purpose="verification"),
        visit(A, TAGANA, date(2020, 8, 1)),  # too long ago
    ]
    moves = [
        move(A, MAY, "graduated", "independent"),
        move(B, MAY, "graduated", "independent", by="P2"),
    ]
    measured(run, events=moves, visits=visits)
    mine = {"level": "worker", "pilar": "pkh_companion"}
    assert run.pace("graduations", worker=PKH, **mine)["achieved"] == 1
    assert run.pace("graduations", worker="P2", **mine)["achieved"] == 1
    assert run.pace("contribution", worker="P2", **mine)["achieved"] == 1
    whole = {one["pilar"]: one["achieved"] for one in run.rows("pace")
             if one["measure"] == "contribution" and one["level"] == "country"}  # fmt: skip
    assert whole == {"": 1, "pkh_companion": 1, "tksk": 1}  # one graduation, two who helped


def test_a_graduation_of_a_programme(run: TargetsRun) -> None:
    spells = [
        {"family_id": A, "programme": "pkh", "valid_from": date(2022, 1, 1), "source": "s"},
        {"family_id": B, "programme": "pkh", "valid_from": date(2019, 1, 1),
         "valid_to": date(2021, 1, 1), "source": "s"},
    ]  # fmt: skip
    moves = [move(id_, MAY, "graduated", "independent") for id_ in (A, B)]
    measured(run, "2026,,,,pkh,graduations,5,,", events=moves, spells=spells)
    assert run.pace("graduations", pilar="pkh_companion", programme="pkh")["achieved"] == 1
    assert run.pace("graduations", pilar="pkh_companion")["achieved"] == 2


# --- visits -----------------------------------------------------------------------------------


def test_visits_kept_and_on_schedule(run: TargetsRun) -> None:
    visits = [
        visit(A, PKH, MAY),
        visit(B, PKH, MAY + timedelta(7), planned_on=MAY),
        visit(C, PKH, MAY + timedelta(8), planned_on=MAY),
        visit(D, PKH, None, planned_on=MAY),
        visit(E, PKH, MAY, result="no_respondent"),
        visit(E, PKH, None, planned_on=run.on - timedelta(3)),  # there is still time
        visit(E, PKH, None, planned_on=run.on + timedelta(30)),
        visit(E, PKH, MAY, planned_on=None),  # not planned
        visit(A, "nobody on the list", MAY),
        visit(A, TKSK, MAY),
    ]
    measured(run, "2026,,,,,visits_kept,80,,", visits=visits)
    kept = run.pace("visits_kept", pilar="pkh_companion")
    assert (kept["achieved"], kept["of"], kept["expected"], kept["state"]) == (3, 5, 4, "behind")
    timely = run.pace("on_schedule", pilar="pkh_companion")
    assert (timely["achieved"], timely["of"]) == (2, 5)
    assert run.pace("on_schedule", pilar="tksk")["achieved"] == 1
    assert run.pace("on_schedule", pilar="")["of"] == 7  # that of nobody on the list too


def test_verified_and_found_outside_the_base(run: TargetsRun) -> None:
    run.targets()
    outside = [{**one, "base_source": None} for one in families(1, "1811052002")]
    (new,) = outside
    visits = [
        visit(new["family_id"], TKSK, MAY, purpose="verification"),
        visit(new["family_id"], TKSK, MAY + timedelta(9), purpose="verification"),
        visit(A, TKSK, MAY, purpose="verification"),
        visit(B, TKSK, MAY, purpose="verification", result="incomplete"),
    ]
    run.records(families=[*families(5), *outside], workers=WORKERS, visits=visits)
    run.measure()
    assert run.pace("verified", pilar="tksk")["achieved"] == 3
    assert run.pace("found_outside", pilar="tksk")["achieved"] == 1


# --- events -----------------------------------------------------------------------------------


def test_disasters_within_72_hours_and_reports_by_the_cut_off(run: TargetsRun) -> None:
    def flood(family_id: object, late: int | None, **given: object) -> Row:
        recorded = None if late is None else MAY + timedelta(late)
        return event(
            family_id, MAY, "shock", shock="flood", by=TAGANA, recorded_on=recorded, **given
        )

    events = [
        flood(A, 3),
        flood(A, 40, person_id="the same family again"),
        flood(B, 4),
        flood(C, None),
        flood(D, 26),  # 5 June, the cut-off
        event(E, MAY, "shock", shock="job_loss", by=TAGANA, recorded_on=MAY),
    ]
    measured(run, "2026,,,,,disasters_in_time,50,,", events=events)
    found = run.pace("disasters_in_time", pilar="tagana")
    assert [found[c] for c in ("achieved", "of", "unknown", "state")] == [1, 4, 1, "not_known"]
    assert run.pace("affected_families", pilar="tagana")["achieved"] == 4
    reports = run.pace("reports_in_time", pilar="tagana")
    assert [reports[c] for c in ("achieved", "of", "unknown")] == [4, 6, 1]


def test_warnings_are_followed_up_and_papers_are_of_people(run: TargetsRun) -> None:
    late = run.on - timedelta(3)
    events = [
        event(A, MAY, "displaced"),
        event(B, MAY, "shock", shock="conflict"),
        event(C, MAY, "shock", shock="flood"),
        event(D, late, "displaced"),  # there is still time
        event(E, MAY, "nik_recorded", person_id="P-1"),
        event(E, MAY, "nik_recorded", person_id="P-2"),
    ]
    measured(run, events=events, visits=[visit(A, PKH, MAY + timedelta(14))])
    found = run.pace("warnings_followed", pilar="peace_pioneer")
    assert (found["achieved"], found["of"]) == (1, 2)
    assert run.pace("papers", pilar="peace_pioneer")["achieved"] == 2
    assert run.pace("displaced_recorded", pilar="peace_pioneer")["achieved"] == 2


def test_disaster_aid_received(run: TargetsRun) -> None:
    payments = [
        {"family_id": A, "programme": "disaster_aid", "status": status, "paid_on": MAY}
        for status in ("paid", "failed", "pending", "spent")
    ]
    measured(run, payments=payments, events=[event(A, MAY, "displaced")])
    found = run.pace("aid_received", pilar="tagana")
    assert [found[c] for c in ("achieved", "of", "unknown")] == [2, 4, 1]


# --- cases ------------------------------------------------------------------------------------


def case(id_: object, family_id: object, opened: date, **given: object) -> Row:
    return {"person_id": id_, "family_id": family_id, "kind": "disability", "opened": opened,
            "closed": None, "state": "in_service", "by": REHAB, **given}  # fmt: skip


def test_cases_assessed_ended_and_into_empowerment(run: TargetsRun) -> None:
    start, end = date(2025, 11, 1), date(2025, 12, 1)
    cases = [
        case("a", A, start, closed=end, state="finished"),
        case("b", B, start, closed=end, state="returned"),
        case("c", C, start, closed=end, state="finished"),
        case("d", D, run.on - timedelta(5)),  # there is still time
        case("e", E, start, kind="suspension"),
    ]

    def assessment(id_: str, family_id: object, days: int, kind: str = "rehabilitation") -> Row:
        on = start + timedelta(days)
        return {"person_id": id_, "family_id": family_id, "kind": kind, "on_date": on, "by": REHAB}

    assessments = [
        assessment("a", A, 14),
        assessment("b", B, 15),
        assessment("c", C, 0, "graduation"),
    ]
    moves = [
        move(A, MAY, "empowerment"),
        move(C, MAY, "empowerment", track="rehabilitation", person_id="another"),
    ]
    persons = [person("a", A), person("b", B), person("c", C)]
    measured(run, cases=cases, assessments=assessments, events=moves, persons=persons)
    year = {"pilar": "rehabilitation_companion", "year": 2025}
    found = run.pace("assessed_in_time", **year)
    assert (found["achieved"], found["of"]) == (1, 3)
    assert [run.pace("goals_met", **year)[c] for c in ("achieved", "of")] == [2, 3]
    assert [run.pace("into_empowerment", **year)[c] for c in ("achieved", "of")] == [1, 2]
    hidden = [row for row in run.rows("pace") if row["measure"] == "assessed_in_time"]
    assert all(row["hidden"] for row in hidden if row["of"])


# --- not known --------------------------------------------------------------------------------


def test_what_was_not_received_is_not_known_and_no_zero(run: TargetsRun) -> None:
    run.targets("2026,1811,,,,visits_kept,80,,", "2026,1811,,,,graduations,5,,")
    run.records(families=families(5))
    run.measure()
    for measure in ("visits_kept", "graduations"):
        row = run.pace(measure, level="regency", area="1811")
        assert (row["achieved"], row["state"]) == (None, "not_known")
    assert run.rows("assignments") == []
    assert run.rows("worker_gaps") == []


def test_a_place_that_the_register_does_not_know_is_not_known(run: TargetsRun) -> None:
    measured(run, "2026,17,,,,graduations,5,equal,", events=[move(A, MAY, "empowerment")])
    row = run.pace("graduations", level="regency", area="1701")
    assert (row["target"], row["achieved"], row["state"]) == (1, None, "not_known")


@pytest.mark.parametrize(
    ("target", "done", "state", "behind"),
    [
        # 30 June is day 181 of 365: of 10 there should be 4 by now.
        (10, 4, "on_course", 0),
        (10, 3, "behind", 1),
        (10, 5, "ahead", -1),
        (4, 5, "reached", -4),
        (0, 0, "reached", 0),
    ],
)
def test_the_pace_of_a_number(
    run: TargetsRun, target: int, done: int, state: str, behind: int
) -> None:
    moves = [move(one["family_id"], MAY, "graduated", "independent") for one in families(done)]
    moves.append(move(A, date(2020, 1, 1), "empowerment"))
    rows = (f"2026,,,,,graduations,{target},,", f"2027,,,,,graduations,{target},,")
    measured(run, *rows, events=moves)
    found = run.pace("graduations", pilar="pkh_companion")
    assert (found["state"], found["behind"]) == (state, behind)
    later = run.pace("graduations", pilar="pkh_companion", year=2027)
    assert (later["state"], later["achieved"]) == ("not_begun", None)
