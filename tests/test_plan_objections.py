"""An objection lodged in time holds a move back; acts that came too early are listed."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from history_run import HistoryRun, today
from tangga.engine import show
from tangga.engine.explain import explain
from tangga.engine.notices.register import Notice, append
from tangga.engine.plan.notice import write_notice_in_force
from tangga.engine.plan.statements import statement
from tangga.engine.run import run_workspace
from tangga.engine.runner import Steps
from village import CAST
from village_records import write_years

DAY = date(2027, 3, 31)
SOURCE = """
kind = "events"
files = ["keberatan.csv"]
as_of = 2027-06-30
trust = 80
id = "id"

[columns]
event = "event"
on_date = { column = "on_date", format = "%Y-%m-%d" }
nik = "nik"
name = "name"
objection_upheld = "upheld"
"""
LODGED, ANSWERED = "objection", "objection_decided"
WORDS = {True: "true", False: "false", None: ""}


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village when the Hermans are due to be moved on at the cap."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    run_workspace(folder, until="plan")
    return folder


@pytest.fixture
def folder(decided: Path, tmp_path: Path) -> Path:
    """They were told on 1 April; the move takes effect on the 15th."""
    copy = tmp_path / "village"
    shutil.copytree(decided, copy)
    (row,) = moves(copy)
    notice = Notice(
        "0001/2027", date(2027, 4, 1), row["family_id"], "", "move_at_cap", date(2027, 4, 15)
    )
    append(copy, [notice])
    return copy


def objected(folder: Path, *acts: tuple[str, str, bool | None]) -> None:
    """Write objections and answers of the Hermans: event, day in April 2027, upheld."""
    who = CAST["herman"]
    rows = [
        (f"kb-{n}", event, f"2027-04-{day}", who.nik, who.name, WORDS[upheld])
        for n, (event, day, upheld) in enumerate(acts)
    ]
    with (folder / "keberatan.csv").open("w", encoding="utf-8", newline="") as out:
        header = ("id", "event", "on_date", "nik", "name", "upheld")
        csv.writer(out, lineterminator="\n").writerows([header, *rows])
    (folder / "sources" / "keberatan.toml").write_text(SOURCE)


def rows(folder: Path, table: str, where: str | None = None) -> list[dict[str, Any]]:
    sheet = show.read(folder, table, where=where, limit=1000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def moves(folder: Path) -> list[dict[str, Any]]:
    return rows(folder, "moves", "move = 'move_at_cap'")


def move_on(folder: Path, day: date) -> tuple[str, date | None]:
    """What the run of a day says of the effect of the move."""
    run_workspace(folder, as_of=day, until="plan")
    (row,) = moves(folder)
    assert row["notice_on"] == date(2027, 4, 1)
    return row["effect"], row["takes_effect_on"]


def said(folder: Path) -> str:
    """What explain says of the letter, in English."""
    (row,) = moves(folder)
    ladder = explain(folder, row["family_id"]).ladder
    assert ladder is not None
    (due,) = (one for one in ladder.due if one.move == "move_at_cap")
    assert due.notice is not None
    return due.notice.en


def test_without_a_letter_nothing_takes_effect(decided: Path) -> None:
    (row,) = moves(decided)
    assert (row["effect"], row["takes_effect_on"]) == ("not_notified", None)
    others = rows(decided, "moves", "move IS NULL OR move NOT IN ('move_at_cap')")
    assert {other["effect"] for other in others if not other["move"]} == {None}


@pytest.mark.slow
def test_an_objection_holds_the_move_back_and_explain_says_so(folder: Path) -> None:
    objected(folder, (LODGED, "14", None), (ANSWERED, "18", False), (LODGED, "20", None))
    assert move_on(folder, date(2027, 4, 17)) == ("suspended", None)
    assert "Objection of 14 April 2027" in said(folder)
    assert move_on(folder, date(2027, 4, 25)) == ("in_effect", date(2027, 4, 18))
    assert "in effect since 18 April 2027" in said(folder)
    assert "objection of 20 April 2027 came after the effect" in said(folder)
    listed = rows(folder, "objections")
    assert [(row["number"], row["state"]) for row in listed] == [
        ("0001/2027", "in_time"),
        ("0001/2027", "late"),
    ]


# --- on small tables --------------------------------------------------------------------------


def act(event: str, day: int, upheld: bool | None = None, **more: object) -> dict[str, object]:
    """An event of the family F1 in April 2027."""
    return {"family_id": "F1", "person_id": "P1", "event": event, "on_date": date(2027, 4, day),
            "objection_upheld": upheld, "document": None, **more}  # fmt: skip


NOTICES = """SELECT '0001/2027' AS number, DATE '2027-04-01' AS date, 'F1' AS family_id,
    NULL::VARCHAR AS person_id, 'move_at_cap' AS move, DATE '2027-04-15' AS takes_effect_on"""
DUE = "SELECT 'F1' AS family_id, NULL::VARCHAR AS person_id, 'move_at_cap' AS move"
SINCE = "(SELECT 'due/move_at_cap' AS what, 'F1' AS subject, DATE '2027-03-31' AS since)"


def stands(folder: Path, day: int, *events: dict[str, object]) -> HistoryRun:
    """What the run of a day in April says of the letter of 1 April, in effect from the 15th."""
    run = HistoryRun(folder, date(2027, 4, day))
    run.write(events=events)
    with Steps(run.ctx, "plan") as steps:
        steps.whole("notices", NOTICES)
        steps.whole("due", DUE)
        write_notice_in_force(steps, today(run.on), SINCE)
    return run


@pytest.mark.parametrize(
    ("day", "events", "effect", "effective"),
    [
        (14, [], "notified", 15),
        (15, [], "in_effect", 15),
        (13, [act(LODGED, 14)], "notified", 15),  # not lodged yet
        (14, [act(LODGED, 14)], "suspended", None),
        (28, [act(LODGED, 14)], "suspended", None),  # no answer: support goes on
        (28, [act(LODGED, 14), act(ANSWERED, 18, False)], "in_effect", 18),
        (17, [act(LODGED, 14), act(ANSWERED, 18, False)], "suspended", None),
        (10, [act(LODGED, 3), act(ANSWERED, 4, False)], "notified", 15),
        (28, [act(LODGED, 10), act(ANSWERED, 12, True)], "upheld", None),
        (28, [act(LODGED, 10), act(ANSWERED, 12)], "suspended", None),  # says nothing
        (28, [act(LODGED, 15)], "in_effect", 15),  # too late
        (28, [act(LODGED, 10), act(LODGED, 17), act(ANSWERED, 19, False)], "in_effect", 19),
        (28, [act(LODGED, 10, person_id="P2")], "suspended", None),  # any member
        (28, [act(LODGED, 10, family_id="F2")], "in_effect", 15),
        (28, [act(LODGED, 10, latest=False)], "in_effect", 15),
        # an answer that names another document is not to this one
        (28, [act(LODGED, 10, document="K1"), act(ANSWERED, 12, False, document="K2")],
         "suspended", None),
        (28, [act(LODGED, 10, document="K1"), act(ANSWERED, 16, False, document="K1")],
         "in_effect", 16),
        # answered before the move was due: about something else
        (28, [act(LODGED, 1, on_date=date(2027, 2, 1)),
              act(ANSWERED, 1, True, on_date=date(2027, 2, 9))], "in_effect", 15),
    ],
)  # fmt: skip
def test_when_a_letter_has_effect(
    tmp_path: Path,
    day: int,
    events: list[dict[str, object]],
    effect: str,
    effective: int | None,
) -> None:
    (row,) = stands(tmp_path, day, *events).rows("notice_in_force")
    on = None if effective is None else date(2027, 4, effective)
    assert (row["effect"], row["takes_effect_on"]) == (effect, on)


def test_every_objection_is_listed_with_its_letter(tmp_path: Path) -> None:
    events = [
        act(LODGED, 1, on_date=date(2027, 3, 20), source_id="before"),
        act(LODGED, 10, source_id="in time"),
        act(LODGED, 17, source_id="while one waits"),
        act(ANSWERED, 19, False),
        act(LODGED, 19, source_id="late"),
        act(LODGED, 10, family_id="F2", source_id="of others"),
    ]
    found = stands(tmp_path, 28, *events).rows("objections")
    assert {row["source_id"]: (row["state"], row["number"]) for row in found} == {
        "before": ("no_letter", None),
        "in time": ("in_time", "0001/2027"),
        "while one waits": ("in_time", "0001/2027"),
        "late": ("late", "0001/2027"),
        "of others": ("no_letter", None),
    }


# --- acts that came too early -----------------------------------------------------------------


@pytest.mark.slow
def test_support_that_ended_while_an_objection_waited_is_early(folder: Path) -> None:
    objected(folder, (LODGED, "10", None))
    day = date(2027, 5, 31)
    fresh = write_years(folder.parent / "later", day)
    for file in fresh.glob("*.csv"):
        shutil.copy(file, folder / file.name)
    run_workspace(folder, as_of=day, until="plan")
    found = [
        (row["programme"], row["exit"], row["on_date"], row["objected_on"])
        for row in rows(folder, "early_moves")
    ]
    assert found == [("pkh", "to_empowerment", date(2027, 5, 1), date(2027, 4, 10))]


@pytest.mark.parametrize(
    ("letter", "listed"),
    [
        ("DATE '2027-04-01', DATE '2027-05-01'", False),
        ("DATE '2027-04-20', DATE '2027-05-04'", True),
        ("DATE '2027-05-02', DATE '2027-05-16'", True),  # told only afterwards
        (None, True),
    ],
)
def test_support_that_ended_before_its_letter_had_effect(
    tmp_path: Path, letter: str | None, listed: bool
) -> None:
    notices = NOTICES.replace("DATE '2027-04-01' AS date", "d AS date").replace(
        "DATE '2027-04-15' AS takes_effect_on", "e AS takes_effect_on"
    )
    steps_up = (
        "(SELECT 'protection' AS from_rung, 'empowerment' AS to_rung, 'move_at_cap' AS move, "
        "'to_empowerment' AS exit, DATE '2026-07-01' AS valid_from)"
    )
    spell = (
        "(SELECT 'F1' AS family_id, 'pkh' AS programme, x AS exit, DATE '2027-05-01' AS valid_to, "
        "'s' AS source, x AS source_id "
        "FROM (VALUES ('to_empowerment'), ('natural'), (NULL)) AS t(x))"
    )
    nobody = "SELECT 'F9' AS family_id, DATE '2027-01-01' AS lodged_on, NULL::DATE AS answered_on"
    events = (
        "(SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS event, NULL::DATE AS on_date, "
        "NULL::VARCHAR AS track, NULL::VARCHAR AS rung, NULL::VARCHAR AS exit, "
        "NULL::VARCHAR AS source, NULL::VARCHAR AS source_id)"
    )
    told = f"(VALUES ({letter or 'NULL::DATE, NULL::DATE'})) AS t(d, e) WHERE d IS NOT NULL"
    sql = statement(
        "early_moves",
        events=events,
        notices=f"({notices} FROM {told})",
        objected=f"({nobody}, FALSE AS upheld)",
        spells=spell,
        adverse=steps_up,
        other=f"(SELECT * FROM {steps_up} WHERE FALSE)",
        start="protection",
        day="DATE '2027-05-31'",
    )
    found = duckdb.sql(sql).fetchall()
    assert [row[8] for row in found] == ["to_empowerment"] * listed
