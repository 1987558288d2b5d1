"""How long one family takes in plain Python, from its rows to all that is decided about it.

    python -m bench.one_by_one WORKSPACE FILE.json

Reads a sample of families from a run that has decided (their rows in the register, and what is
known of their past), and times for each: facts, every programme with its amounts, the move of the
family, and the tracks of its members. What Python says is compared with what the run stored.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb

from tangga.engine import tables
from tangga.engine.plan.decisions import answer_column
from tangga.engine.plan.facts import book_of
from tangga.engine.workspace import load_workspace
from tangga.rules.facts_reading import reading
from tangga.rules.ladder import next_move, next_of_person, tracks
from tangga.rules.names import FAMILY_TABLE, Facts
from tangga.rules.on_date import OnDate
from tangga.rules.programmes import amount_of, verdict

SAMPLE = 2_000
FIRST = 200  # families by which caches are warm
_TRUTH = {"yes": True, "no": False, "not_known": None}
Rows = list[dict[str, Any]]


def decided_run(workspace: Path) -> Path:
    """The latest run in which the stage `plan` ended."""
    runs = sorted(f for f in (workspace / "runs").iterdir() if (f / "plan" / "facts").is_dir())
    return runs[-1]


def rows_of(con: duckdb.DuckDBPyConnection, folder: Path, where: str) -> Rows:
    """The rows of a table as dicts."""
    found = con.execute(f"SELECT * FROM {tables.scan(folder)} WHERE {where}")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def families(run: Path) -> dict[str, dict[str, Rows]]:
    """Family -> its rows by table, for a sample that is the same every time."""
    with duckdb.connect() as con:
        ids = f"SELECT family_id FROM {tables.scan(run / 'plan' / 'facts')}"
        con.execute(
            f"CREATE TABLE sample AS {ids} ORDER BY md5(family_id) LIMIT {SAMPLE}"
        ).fetchall()
        among = "family_id IN (FROM sample)"
        found: dict[str, dict[str, Rows]] = {}
        for stage, table in (
            ("resolve", "families"),
            ("resolve", "persons"),
            ("plan", "family_history"),
            ("plan", "family_clock"),
            ("plan", "person_history"),
            ("plan", "verdicts"),
        ):
            for row in rows_of(con, run / stage / table, among):
                found.setdefault(row["family_id"], {}).setdefault(table, []).append(row)
        return found


def decide(today: OnDate, book: Any, rows: dict[str, Rows]) -> tuple[Facts, dict[str, Any]]:
    """Everything about one family: answers by requirement, amounts, the move, the tracks."""
    past = {one["person_id"]: one for one in rows.get("person_history", [])}
    clock = rows.get("family_clock") or [{"months_protected": 0, "months_since_start": 0}]
    members = sorted(rows.get("persons", []), key=lambda one: str(one["person_id"]))
    history = {**rows["family_history"][0], **clock[0]}
    facts = reading(book, today.day).family(
        rows["families"][0], members, history, [past.get(m["person_id"], {}) for m in members]
    )
    said: dict[str, Any] = {}
    for programme, version in today.programmes.values():
        of_family = programme.unit == FAMILY_TABLE
        for subject in (facts,) if of_family else facts.members:
            for reason in verdict(version.says, subject, today.day).all:
                if of_family:
                    said[answer_column(programme.id, reason.requirement)] = reason.answer
            amount_of(version.says, subject, today.day)
    next_move(today, facts)
    for number in range(len(facts.members)):
        for track in tracks(today):
            next_of_person(today, facts, number, track)
    return facts, said


def main() -> None:
    """Measure and write."""
    workspace, out = Path(sys.argv[1]), Path(sys.argv[2])
    today = load_workspace(workspace).today
    book = book_of(today)
    sample = families(decided_run(workspace))
    took, members, differ = [], 0, 0
    for number, rows in enumerate(sample.values()):
        began = time.perf_counter()
        facts, said = decide(today, book, rows)
        if number >= FIRST:
            took.append((time.perf_counter() - began) * 1000)
            members += len(facts.members)
        stored = rows["verdicts"][0]
        differ += any(stored[name] is not _TRUTH[a.value] for name, a in said.items())
    found = {
        "families": len(took),
        "members": round(members / len(took), 2),
        "median_ms": round(median(took), 3),
        "p99_ms": round(quantiles(took, n=100)[-1], 3),
        "differ": differ,
    }
    out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
