"""A run made by hand for tests of history: tables as the stage `resolve` leaves them.

    run = HistoryRun(tmp_path, ON)
    run.write(enrolments=[{"family_id": "F1", ...}], persons=[...])
    run.history()
    run.rows("person_clock")

A table that is not given was not received, and a column that no row has no source carries.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import rank, tables
from tangga.engine.context import Context
from tangga.engine.plan.cohorts import write_cohorts
from tangga.engine.plan.family_clock import family_past, write_family_clock
from tangga.engine.plan.history import write_history
from tangga.engine.runner import Steps
from tangga.engine.workspace import load_workspace
from tangga.registry import load_pack
from tangga.rules.clock import Claimant
from tangga.rules.load import load_policy
from tangga.rules.on_date import OnDate, Policy
from tangga.rules.policy import Dated, Period, Settings

Row = Mapping[str, object]
WORKSPACE = 'name = "Uji"\npack = "{pack}"\nas_of = 2026-01-31\n'
SOURCE = 'kind = "people"\nfiles = ["x.csv"]\nas_of = 2026-01-01\n[columns]\nname = "nama"\n'
TYPES = {
    "family_id": pa.string(),
    "person_id": pa.string(),
    "kk": pa.string(),
    "valid_from": pa.date32(),
    "valid_to": pa.date32(),
    "status": pa.string(),
    "birth_date": pa.date32(),
    "period_start": pa.date32(),
    "period_end": pa.date32(),
    "closed": pa.date32(),
    "village": pa.string(),
    "decile": pa.int32(),
    "release": pa.string(),
}
ALWAYS: dict[str, list[Row]] = {
    "persons": [{"person_id": "-", "family_id": None, "status": "active", "valid_from": None}],
    "families": [{"family_id": "-", "status": "ended", "head_person_id": None, "village": None}],
    "memberships": [
        {
            "person_id": "-",
            "family_id": "-",
            "kk": None,
            "kind": "card",
            "programme": False,
            "relation": None,
            "valid_from": None,
            "valid_to": None,
        }
    ],
}
OWN = {"source": "hand", "latest": True, "as_of": date(2026, 1, 1)}


@cache
def rulebook(pack: Path | str) -> Policy:
    """The policy of a pack, read once: a run by hand reads it again and again."""
    return load_policy(load_pack(pack))


@cache
def today(on: date, cap: date | None = None) -> OnDate:
    """The shipped policy on a day; cap: in force from that day on."""
    found = rulebook("indonesia").on(on)
    if cap is None:
        return found
    period = Period("test", cap, "for the test", "here")
    version = Dated(period, Settings({"months": 60, "planning_from": 48}))
    return replace(found, settings={**found.settings, "cap": version})


class HistoryRun:
    """One run, whose tables of `resolve` are written by the test."""

    types = TYPES

    def __init__(
        self,
        folder: Path,
        on: date,
        parts: int = 1,
        *,
        pack: Path | str = "indonesia",
        more: str = "",
        run: str = "00001",
    ) -> None:
        """more: further lines of tangga.toml."""
        self.folder, self.on = folder, on
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        (folder / "tangga.toml").write_text(WORKSPACE.format(pack=pack) + more)
        (folder / "sources" / "x.toml").write_text(SOURCE)
        (folder / "x.csv").write_text("nama\nANI\n")
        workspace = load_workspace(folder, as_of=on)
        workspace.__dict__["rulebook"] = rulebook(pack)
        self.ctx = Context(workspace, folder / "runs" / run, threads=1, parts=parts)

    def take(self, folder: Path, run: str, on: date) -> None:
        """Instead of tables by hand, those of a finished run."""
        self.folder, self.on = folder, on
        self.ctx = Context(load_workspace(folder, as_of=on), folder / "runs" / run, threads=1)

    def write(self, **given: Iterable[Row]) -> None:
        """Replace all tables; rows get source, source_id, rid, latest and as_of."""
        shutil.rmtree(self.ctx.run_dir, ignore_errors=True)
        records = given.pop("records", [{"birth_date": None}])
        spine = given.pop("spine", [{"rid": 0, "pid": 0}])
        for name, always in ALWAYS.items():
            given[name] = [*always, *given.get(name, [])]
        for name, rows in given.items():
            self._write("resolve", name, list(rows))
        self._write("resolve", "spine", list(spine))
        self._write("standardise", "records", list(records))

    def _write(self, stage: str, name: str, rows: list[Row]) -> None:
        if not rows:
            return
        own = [
            {**OWN, "rid": n, "source_id": f"{name}-{n}", **row} for n, row in enumerate(rows, 1)
        ]
        columns = list(dict.fromkeys(column for row in own for column in row))
        arrays = {c: pa.array([row.get(c) for row in own], self.types.get(c)) for c in columns}
        folder = self.ctx.table(stage, name)
        folder.mkdir(parents=True)
        pq.write_table(pa.table(arrays), tables.part_file(folder, 0))

    def rank(self) -> dict[str, int]:
        """Run the stage `rank`."""
        return rank.run(self.ctx)

    def history(self, policy: OnDate | None = None, facts: str | None = None) -> None:
        """Run the steps of history; facts: SELECT of person_facts (default: nobody is exempt)."""
        policy = policy or today(self.on)
        self.rank()
        facts = facts or (
            "SELECT person_id, family_id, FALSE AS exempt, TRUE AS able, NULL::DATE AS born_hi "
            f"FROM {self.ctx.scan('resolve', 'persons')}"
        )
        with Steps(self.ctx, "plan") as steps:
            write_history(steps, policy, self.on)
            write_family_clock(steps, policy, f"({facts})")
            write_cohorts(steps, policy, self.on)
            self.past = steps.fetch(f"SELECT * FROM {family_past(steps)} ORDER BY family_id")

    def history_of(self, members: Iterable[tuple[str, Claimant]]) -> None:
        """Only the family's count, from months that the test states; as (family, member)."""
        listed = list(members)
        with Steps(self.ctx, "plan") as steps:
            clock = ", ".join(
                f"('{m.person}', {m.months}, {m.since_start}, {m.unsure})" for _, m in listed
            )
            names = "person_id, months_counted, months_counted_since_start, months_unsure"
            none = "('-', 0, 0, 0)"
            steps.whole("person_clock", f"SELECT * FROM (VALUES {clock or none}) AS t({names})")
            facts = ", ".join(
                f"('{m.person}', '{f}', {_sql(m.exempt)}, {_sql(m.able)}, {_sql(m.born)}::DATE)"
                for f, m in listed
            )
            names = "person_id, family_id, exempt, able, born_hi"
            none = "('-', '-', FALSE, FALSE, NULL::DATE)"
            relation = f"(SELECT * FROM (VALUES {facts or none}) AS t({names}))"
            write_family_clock(steps, today(self.on), relation)

    def rows(self, table: str, stage: str = "plan") -> list[dict[str, object]]:
        """All rows of a table, in order of all columns."""
        with self.ctx.connect() as con:
            found = con.execute(f"SELECT * FROM {self.ctx.scan(stage, table)} ORDER BY ALL")
            return [
                dict(zip([d[0] for d in found.description], row, strict=True))
                for row in found.fetchall()
            ]

    def one(self, table: str, key: str, stage: str = "plan") -> dict[str, object]:
        """The row of a family or person."""
        column = "family_id" if key.startswith("F") else "person_id"
        (row,) = [r for r in self.rows(table, stage) if r[column] == key]
        return row


def _sql(value: object) -> str:
    return "NULL" if value is None else f"'{value}'"


def person(id_: str, family: str | None = None, **given: object) -> Row:
    """A living person, seen since 2020."""
    plain = {"status": "active", "valid_from": date(2020, 1, 1), "birth_date": date(1990, 1, 1)}
    return {"person_id": id_, "family_id": family, **plain, **given}


def family(id_: str, **given: object) -> Row:
    """An active family in Kota Bengkulu."""
    plain = {"status": "active", "head_person_id": None, "village": "1771031001"}
    return {"family_id": id_, **plain, **given}


def stay(
    person_id: str, family_id: str, since: date, to: date | None = None, **given: object
) -> Row:
    """A membership."""
    plain = {"kind": "found", "programme": to is None, "relation": None, "kk": None}
    return {"person_id": person_id, "family_id": family_id, "valid_from": since, "valid_to": to,
            **plain, **given}  # fmt: skip
