"""The engine's run of the village on a day says what the plain reading says: facts, moves, ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine.run import run_workspace
from tangga.rules.ladder import next_move, next_of_person, tracks
from tangga.rules.names import Facts
from tangga.rules.payee import proposed_payee, why_change
from tangga.rules.values import ends
from test_village_years import ends as due_ends
from village_reading import facts, today
from village_records import write_years
from village_years import CAST, FAMILIES, acts, home, living, members, running

DAYS = [
    date(2027, 7, 31),  # Rizky left school; Rosmiati is exempt; Yanto left the ladder
    date(2027, 12, 31),  # Bu Sari's place, at month 64
    date(2029, 4, 30),  # her second observation
    date(2029, 12, 31),  # after the flood
]
Row = dict[str, Any]


class Run:
    """One run, the ids of the register known as the keys of the village."""

    def __init__(self, folder: Path, on: date) -> None:
        self.on = on
        run_workspace(write_years(folder, on), full=True, until="plan")
        self.folder = next(p for p in (folder / "runs").iterdir() if (p / "plan").is_dir())
        sql = f"SELECT source, source_id, person_id, family_id FROM {self.table('crosswalk')}"
        rows = duckdb.sql(sql).fetchall()
        self.persons: dict[str, str] = {}
        self.families: dict[str, str] = {}
        for source in ("dtks", "regsosek", "dtsen"):  # the official one has the last word
            for id_, person, family in (row[1:] for row in rows if row[0] == source):
                key = id_.removeprefix(f"{source}-")
                self.persons = {p: k for p, k in self.persons.items() if k != key} | {person: key}
                if family is not None:
                    own = {f: k for f, k in self.families.items() if k != home(CAST[key])}
                    self.families = own | {family: home(CAST[key])}

    def table(self, name: str) -> str:
        """A table of the run as a relation."""
        (found,) = self.folder.glob(f"*/{name}")
        return f"read_parquet('{found}/*.parquet')"

    def rows(self, name: str) -> list[Row]:
        """Its rows, with `family` and `person` as the village knows them."""
        found = duckdb.sql(f"SELECT * FROM {self.table(name)}")
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        for row in rows:
            row["family"] = self.families.get(row.get("family_id"))
            row["person"] = self.persons.get(row.get("person_id"))
        return rows


@pytest.fixture(scope="module", params=DAYS, ids=str)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The village as known on each of these days, run."""
    return Run(tmp_path_factory.mktemp("years"), request.param)


def differing(row: Row, plain: Facts) -> list[str]:
    """Facts that the engine and the plain reading give differently."""
    found = []
    for name, value in plain.own.items():
        low, high = ends(value)
        wanted = {name: value, f"{name}_lo": low, f"{name}_hi": high}
        found += [
            c for c, v in wanted.items() if c in row and not c.endswith("_id") and row[c] != v
        ]
    return found


@pytest.mark.slow
def test_facts(run: Run) -> None:
    of_families = {row["family"]: row for row in run.rows("facts")}
    of_persons = {row["person"]: row for row in run.rows("person_facts")}
    for family in FAMILIES:
        if not living(family, run.on):
            assert family not in of_families  # of nobody nothing is decided
            continue
        plain = facts(family, run.on)
        assert not differing(of_families[family], plain), family
        for member in plain.members:
            assert not differing(of_persons[member.get("person_id")], member), member


@pytest.mark.slow
def test_due_moves(run: Run) -> None:
    found = {(row["family"], row["person"], row["track"]): row["move"] for row in run.rows("due")}
    wanted = {}
    for family in FAMILIES:
        plain = facts(family, run.on)
        step = next_move(today(run.on), plain)
        if step.due and plain.members:
            wanted[family, None, None] = step.due.move.id
        for number, member in enumerate(plain.members):
            for track in tracks(today(run.on)):
                own = next_of_person(today(run.on), plain, number, track)
                if own.due:
                    wanted[family, member.get("person_id"), track] = own.due.move.id
    assert found == wanted


@pytest.mark.slow
def test_ends_and_payees(run: Run) -> None:
    found = {(row["source_id"], row["due_exit"]) for row in run.rows("due_ends")}
    assert found == {end for family in FAMILIES for end in due_ends(family, run.on)}
    payees = {(row["family"], row["programme"]): row for row in run.rows("payees")}
    for family in FAMILIES:
        dead = [villager.key for villager in members(family) if acts(run.on, "death", villager.key)]
        plain = facts(family, run.on)
        proposed = proposed_payee(today(run.on), plain)
        for spell in running(family, run.on):
            if spell.component or not plain.members:
                continue
            row = payees.get((family, spell.programme))
            why = why_change(today(run.on), plain, spell.payee, dead)
            assert why == (row["why"] if row else None)
            assert row is None or run.persons.get(row["proposed_person_id"]) == proposed.person_id
