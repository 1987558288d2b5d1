"""Decisions seen from outside: columns that stay, reasons as data, sentences of explain."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tangga.engine import show
from tangga.engine.explain import Explanation, explain
from tangga.engine.run import run_workspace
from village_records import write_years

DAY = date(2027, 3, 31)
DECISIONS = ("family_id", "person_id", "programme", "verdict", "determination", "document",
             "determined_on", "amount", "reasons", "basis", "decided_on")  # fmt: skip
MOVES = ("family_id", "person_id", "track", "rung", "move", "reasons", "basis",
         "months_protected", "decided_on")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village in March 2027, with the cap in force."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    run_workspace(folder, until="plan")
    return folder


def rows(folder: Path, table: str, where: str | None = None) -> list[dict[str, Any]]:
    sheet = show.read(folder, table, where=where, limit=10_000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def test_columns_that_stay(folder: Path) -> None:
    assert show.read(folder, "decisions", limit=1).columns[: len(DECISIONS)] == DECISIONS
    assert show.read(folder, "moves", limit=1).columns[: len(MOVES)] == MOVES
    assert {row["decided_on"] for row in rows(folder, "decisions")} == {DAY}


def test_verdict_and_determination_stand_apart(folder: Path) -> None:
    found = {(r["verdict"], r["determination"]) for r in rows(folder, "decisions")}
    assert ("fits", "determined") in found
    assert ("fits", "waiting") in found
    assert ("not_known", "determined") in found, "what is not known ends nothing"
    assert not {("does_not_fit", "waiting"), ("not_known", "waiting"), ("fits", None)} & found


def test_every_reason_names_its_rule_fact_value_and_threshold(folder: Path) -> None:
    for row in rows(folder, "decisions"):
        answers = {"fits": "yes", "does_not_fit": "no", "not_known": "not_known"}
        for reason in json.loads(row["reasons"]):
            assert reason["rule"].startswith(f"{row['programme']}/")
            assert reason["answer"] == answers[row["verdict"]]
            assert reason["facts"]
            for fact in reason["facts"]:
                assert {"fact", "test", "value"} <= fact.keys()
                assert fact["test"] == "known" or "threshold" in fact


def test_nothing_paid_is_no_amount(folder: Path) -> None:
    fits = rows(folder, "decisions", "verdict = 'fits'")
    assert {row["amount"] for row in fits if row["programme"] == "pip"} == {None}
    assert {row["amount"] for row in fits if row["programme"] == "sembako"} == {2_400_000}
    assert all(row["amount"] != 0 for row in fits)


def test_what_to_ask_has_its_question_and_a_deadline_where_support_rests_on_it(
    folder: Path,
) -> None:
    visits = rows(folder, "visits_asked")
    assert {row["why"] for row in visits} <= {"running", "unranked", "next"}
    for row in visits:
        assert (row["deadline"] is None) == (row["why"] == "next")
        if row["deadline"] is not None:
            assert (row["deadline"] - row["since"]).days == 60
        questions = json.loads(row["questions"])
        assert len(questions) == row["many"]
        assert all(q["ask_id"] and q["ask_en"] for q in questions)


@pytest.fixture(scope="module")
def herman(folder: Path) -> Explanation:
    (row,) = rows(folder, "moves", "move = 'move_at_cap'")
    return explain(folder, row["family_id"])


def test_explain_says_rung_clock_and_what_is_due(herman: Explanation) -> None:
    assert herman.ladder is not None
    assert herman.ladder.rung == "protection"
    assert herman.ladder.months == 75
    (due,) = herman.ladder.due
    assert due.move == "move_at_cap"
    assert due.because
    text = herman.text(("en",))
    assert "75 months; the cap of 60 months is reached" in text
    assert "No letter was written yet: it cannot take effect." in text


def test_explain_says_when_five_years_are_reached(folder: Path) -> None:
    (row,) = rows(folder, "near_cap", "months_left = 5")
    text = explain(folder, row["family_id"]).text()
    assert "55 dari 60 bulan; mencapai 5 tahun pada Agustus 2027" in text
    assert "55 of 60 months; reaches 5 years in August 2027" in text


def test_explain_says_each_programme_in_a_line_and_why(herman: Explanation) -> None:
    text = herman.text(("en",)).splitlines()
    assert "  Family Hope Programme (PKH): fits the rule, determined" in text
    assert "      - Decile 1 to 4: met. Decile: 3 (asked: at most 4)" in text
    assert len({d.programme for d in herman.decisions}) > 10
    assert herman.gaps, "a programme without a rule on the day is said to have none"


def test_explain_of_a_person_speaks_of_that_person(folder: Path, herman: Explanation) -> None:
    person = next(d.person_id for d in herman.decisions if d.person_id)
    found = explain(folder, person)
    assert found.ladder is not None
    assert {d.person_id for d in found.decisions} == {None, person}
    json.dumps(found.as_dict())


def test_another_policy_gives_no_reasons(folder: Path, tmp_path: Path, herman: Explanation) -> None:
    clock = folder / "local" / "clock.toml"
    before = clock.read_text()
    clock.write_text(before + "\n# changed\n")
    try:
        found = explain(folder, herman.id)
    finally:
        clock.write_text(before)
    assert found.ladder is None
    assert any("policy has changed" in note.en for note in found.notes)
