"""Stops that were undone with what is owed, payments after a death, and barred payees."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from history_run import HistoryRun, person, today
from tangga.engine import show
from tangga.engine.plan.arrears import write_arrears
from tangga.engine.plan.payee import write_payees
from tangga.engine.run import run_workspace
from tangga.engine.runner import Steps
from village import CAST
from village_records import write_years

ON = date(2026, 1, 31)
BENEFITS = (
    "SELECT 'F1' AS family_id, NULL::VARCHAR AS person_id, 'pkh' AS programme, 3000000 AS amount"
)
STOP = {"family_id": "F1", "person_id": "P1", "programme": "sembako", "status": "removed",
        "component": None, "valid_from": date(2023, 1, 1), "valid_to": date(2025, 8, 1),
        "exit": "not_eligible", "reason": None}  # fmt: skip
RESTORED = {"family_id": "F1", "person_id": "P1", "event": "restored", "on_date": date(2025, 12, 1)}
AGAIN = STOP | {"status": "active", "valid_from": date(2026, 1, 1), "valid_to": None, "exit": None}


def paid(first: date, last: date, **more: object) -> dict[str, object]:
    return {"family_id": "F1", "person_id": "P1", "programme": "sembako", "status": "paid",
            "period_start": first, "period_end": last, "paid_on": last, **more}  # fmt: skip


def owed(folder: Path, **given: Any) -> list[tuple[object, ...]]:
    """(why, restored on, missed, amount) of each row of `arrears`."""
    run = HistoryRun(folder, ON)
    run.write(**given)
    with Steps(run.ctx, "plan") as steps:
        steps.whole("benefits", BENEFITS)
        write_arrears(steps, today(ON))
    columns = ("why", "restored_on", "missed", "amount")
    return [tuple(row[c] for c in columns) for row in run.rows("arrears")]


def test_restored_by_an_event(tmp_path: Path) -> None:
    missed = "2025-08, 2025-09, 2025-10, 2025-11"
    assert owed(tmp_path, enrolments=[STOP], events=[RESTORED]) == [
        ("restored", date(2025, 12, 1), missed, 800_000)
    ]


def test_months_that_were_paid_meanwhile_are_not_owed(tmp_path: Path) -> None:
    payments = [
        paid(date(2025, 7, 1), date(2025, 9, 30)),
        paid(date(2025, 10, 1), date(2025, 10, 31), status="failed"),
        paid(date(2025, 11, 1), date(2025, 11, 30), programme="pkh"),
    ]
    found = owed(tmp_path, enrolments=[STOP], events=[RESTORED], payments=payments)
    assert found == [("restored", date(2025, 12, 1), "2025-10, 2025-11", 400_000)]
    payments = [paid(date(2025, 8, 1), date(2025, 12, 31))]
    assert owed(tmp_path, enrolments=[STOP], events=[RESTORED], payments=payments) == []


def test_owed_until_it_runs_again(tmp_path: Path) -> None:
    (row,) = owed(tmp_path, enrolments=[STOP, AGAIN], events=[RESTORED])
    assert row[:2] == ("restored", date(2026, 1, 1)) and row[3] == 1_000_000
    (row,) = owed(tmp_path, enrolments=[STOP, AGAIN])
    assert row[:2] == ("reopened", date(2026, 1, 1)) and row[3] == 1_000_000


def test_a_source_that_takes_its_own_word_back(tmp_path: Path) -> None:
    same = {"source": "daftar", "source_id": "e-1"}
    old = STOP | same | {"latest": False}
    new = AGAIN | same | {"valid_from": STOP["valid_from"], "as_of": date(2025, 11, 1)}
    (row,) = owed(tmp_path, enrolments=[old, new])
    assert row == ("reopened", date(2025, 11, 1), "2025-08, 2025-09, 2025-10", 600_000)
    # a word that was only corrected is no stop
    assert owed(tmp_path, enrolments=[old, STOP | same]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"exit": "natural"},
        {"exit": "independent"},
        {"exit": "to_empowerment"},
        {"exit": None, "reason": "refused"},
        {"valid_to": date(2026, 3, 1)},
        {"status": "proposed"},
        {"valid_to": date(2025, 12, 15)},  # stopped after the event
    ],
)
def test_what_is_no_wrong_stop(tmp_path: Path, change: dict[str, object]) -> None:
    assert owed(tmp_path, enrolments=[STOP | change], events=[RESTORED]) == []


def test_an_end_without_a_reason_is_a_stop_only_by_an_event(tmp_path: Path) -> None:
    bare = STOP | {"exit": None}
    assert len(owed(tmp_path, enrolments=[bare, AGAIN], events=[RESTORED])) == 1
    assert owed(tmp_path, enrolments=[bare, AGAIN]) == []


def test_support_that_is_stopped_and_not_restored_owes_nothing(tmp_path: Path) -> None:
    assert owed(tmp_path, enrolments=[STOP]) == []
    later = RESTORED | {"on_date": date(2026, 2, 10)}
    assert owed(tmp_path, enrolments=[STOP], events=[later]) == []


def test_amounts_by_component(tmp_path: Path) -> None:
    whole = STOP | {"programme": "pkh"}
    elder = whole | {"component": "elderly"}
    (row,) = owed(tmp_path, enrolments=[whole], events=[RESTORED])
    assert row[3] == 1_000_000, "what the rule gives the family a year, for four months"
    (row,) = owed(tmp_path, enrolments=[whole, elder], events=[RESTORED])
    assert row[3] == 800_000, "once, by the component that the list names"
    unknown = whole | {"component": "basic"}
    assert [row[3] for row in owed(tmp_path, enrolments=[unknown], events=[RESTORED])] == [None]
    other = whole | {"family_id": "F2"}
    event = RESTORED | {"family_id": "F2"}
    assert [row[3] for row in owed(tmp_path, enrolments=[other], events=[event])] == [None]
    no_rule = STOP | {"programme": "other"}
    assert [row[3] for row in owed(tmp_path, enrolments=[no_rule], events=[RESTORED])] == [None]
    # of another member's restoration a component does not speak
    event = RESTORED | {"person_id": "P2"}
    assert owed(tmp_path, enrolments=[elder], events=[event]) == []


# --- payees and deaths ------------------------------------------------------------------------


def lists(folder: Path, **given: Any) -> HistoryRun:
    """A run with `payees` and `payments_after_death`; the family's spell of PKH runs."""
    run = HistoryRun(folder, ON)
    run.write(**given)
    with Steps(run.ctx, "plan") as steps:
        steps.whole("facts", FACTS)
        steps.whole("person_facts", MEMBERS)
        steps.whole("spells", SPELLS)
        write_payees(steps, today(ON))
    return run


FACTS = "SELECT 'F1' AS family_id, 0 AS children_lo, 0 AS children_hi"
MEMBERS = """
    SELECT *, 'F1' AS family_id, TRUE AS adult, 'present' AS absence, 'other' AS relation,
           'nobody' AS carer_of, born_lo AS born_hi
    FROM (VALUES ('P1', 'female', DATE '1960-01-01'),
                 ('P2', 'male', DATE '1985-01-01')) AS t(person_id, sex, born_lo)"""
SPELLS = "SELECT 'F1' AS family_id, 'pkh' AS programme, 'P9' AS payee_person_id, TRUE AS open"
VIOLENCE = {"person_id": "P2", "kind": "social_harm", "opened": date(2025, 5, 1), "violence": True,
            "against_payee": True}  # fmt: skip


@pytest.mark.parametrize(
    ("cases", "proposed"),
    [
        ([], "P1"),
        ([VIOLENCE], "P2"),  # all but the one who suffered
        ([VIOLENCE | {"closed": date(2025, 9, 1)}], "P2"),
        ([VIOLENCE | {"against_payee": False}], "P1"),
        ([VIOLENCE | {"violence": None}], "P1"),
        ([VIOLENCE | {"opened": date(2026, 2, 1)}], "P1"),
        ([VIOLENCE | {"latest": False}], "P1"),
    ],
)
def test_recorded_violence_bars_a_payee(
    tmp_path: Path, cases: list[dict[str, object]], proposed: str
) -> None:
    run = lists(tmp_path, cases=cases)
    (row,) = run.rows("payees")
    assert (row["why"], row["proposed_person_id"]) == ("left", proposed)


def dead(id_: str, died: date | None, **more: object) -> dict[str, object]:
    return {**person(id_, "F1", status="dead"), "death_date": died, "nik": None, **more}


def test_payments_after_a_death(tmp_path: Path) -> None:
    died = date(2025, 8, 20)
    persons = [
        dead("P9", died, nik="1771030000000009"),
        dead("P8", None),
        dead("P7", None),
        {**person("P1", "F1"), "death_date": None, "nik": "1771030000000001"},
    ]
    quarter = (date(2025, 10, 1), date(2025, 12, 31))
    payments = [
        paid(date(2025, 7, 1), date(2025, 9, 30), person_id="P9", source_id="before"),
        paid(*quarter, person_id="P9", amount=600_000, source_id="own"),
        paid(*quarter, person_id="P1", payee_nik="1771030000000009", source_id="payee"),
        paid(*quarter, person_id="P9", payee_nik="1771030000000009", source_id="both"),
        paid(*quarter, person_id="P9", status="untouched", source_id="untouched"),
        paid(*quarter, person_id="P9", paid_on=date(2026, 2, 2), source_id="later"),
        paid(*quarter, person_id="P8", source_id="event"),
        paid(*quarter, person_id="P7", source_id="no day"),
    ]
    event = {"family_id": "F1", "person_id": "P8", "event": "death", "on_date": date(2025, 9, 2)}
    run = lists(tmp_path, persons=persons, payments=payments, events=[event])
    found = {row["source_id"]: row for row in run.rows("payments_after_death")}
    assert {id_: row["what"] for id_, row in found.items()} == {
        "own": "good_faith",
        "payee": "good_faith",
        "both": "good_faith",
        "untouched": "untouched",
        "event": "good_faith",
    }
    assert found["own"]["amount"] == 600_000
    assert found["payee"]["person_id"] == "P9", "who died"
    assert found["event"]["died_on"] == date(2025, 9, 2)


# --- a death in Kota Bengkulu, in the engine --------------------------------------------------


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The namesake was stopped from August as dead, restored in December; nothing was paid."""
    folder = write_years(tmp_path_factory.mktemp("village"), ON)
    rewrite(folder / "penyaluran.csv", drop=("bayar-rosmiati-3", "bayar-rosmiati-4"))
    ended = {"status": "removed", "valid_to": "2025-08-01", "exit": "not_eligible"}
    again = {"id": "rosmiati-2", "valid_from": "2025-12-01"}
    rewrite(folder / "kepesertaan.csv", of="rosmiati", change=ended, add=again)
    run_workspace(folder, until="plan")
    yield folder


def rewrite(
    file: Path,
    *,
    drop: tuple[str, ...] = (),
    of: str = "",
    change: dict[str, str] | None = None,
    add: dict[str, str] | None = None,
) -> None:
    """Rows of a source, some left out; of one, something changed, and a copy of it added."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["id"] not in drop]
    copies = [{**row, **(add or {})} for row in rows if row["id"] == of and add]
    rows = [{**row, **(change or {})} if row["id"] == of else row for row in rows]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *copies])


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    sheet = show.read(folder, table, limit=1000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def test_the_namesake_is_restored_with_arrears_to_the_rupiah(village: Path) -> None:
    (row,) = rows(village, "arrears")
    assert (row["programme"], row["stopped_on"], row["restored_on"], row["why"]) == (
        "sembako", date(2025, 8, 1), date(2025, 12, 1), "restored",
    )  # fmt: skip
    assert (row["months"], row["missed"]) == (4, "2025-08, 2025-09, 2025-10, 2025-11")
    assert row["amount"] == 800_000
    (spell,) = (s for s in rows(village, "spells") if s["source_id"] == "rosmiati-2")
    assert spell["open"] and spell["family_id"] == row["family_id"]


def test_the_lone_elder_stops_and_the_overpayment_is_listed(village: Path) -> None:
    (end,) = rows(village, "due_ends")
    assert (end["source_id"], end["due_exit"]) == ("tukinem", "all_died")
    (over,) = rows(village, "payments_after_death")
    assert (over["source_id"], over["amount"], over["what"]) == (
        "bayar-tukinem-4", 600_000, "to_recover",
    )  # fmt: skip
    assert over["died_on"] == date(2025, 8, 20)
    assert over["family_id"] == end["family_id"]
    assert CAST["tukinem"].family == "tukinem"
