"""The ledger of what stands since when: against a plain model, the same day twice, and replays."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.context import Context
from tangga.engine.plan.standing import read_ledger, waiting_since, write_standing
from tangga.engine.plan.waiting import NO_ONE
from tangga.engine.runner import Steps

Thing = tuple[str, str]
Row = tuple[str, str, date, date | None]
START = date(2026, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


class Ledger:
    """Runs one after the other in a folder, each on the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.last, self.runs = folder, None, 0
        self.merged: dict[str, str] = {}

    def run(self, on: date, stands: Iterable[Thing]) -> dict[Thing, date]:
        """What stands on that day -> since when; who waits stands in `waits`."""
        self.runs += 1
        folder = self.folder / f"{self.runs:05d}"
        shutil.rmtree(folder, ignore_errors=True)
        ctx = Context(SimpleNamespace(as_of=on), folder, previous=self.last, threads=1)  # type: ignore[arg-type]
        self._lineage(folder)
        things = sorted(set(stands))
        values = ", ".join(
            f"('{what}', '{subject}')" for what, subject in things if not _waits(what)
        )
        rows = [f"SELECT * FROM (VALUES {values}) AS t(what, subject)"] if values else []
        with Steps(ctx, "plan") as steps:
            ledger = read_ledger(steps)
            waits = " UNION ALL ".join([NO_ONE, *(_wait(*one) for one in things if _waits(one[0]))])
            steps.whole("waits", waiting_since(waits, ledger))
            found = steps.fetch(
                f"SELECT what, subject, since FROM {write_standing(steps, ledger, rows)} UNION ALL "
                "SELECT 'waiting/' || programme, coalesce(person_id, family_id), since "
                f"FROM {steps.scan('waits')}"
            )
        self.last = folder
        return {(what, subject): since for what, subject, since in found}

    def _lineage(self, folder: Path) -> None:
        rows = "".join(
            f" UNION ALL SELECT 'merge', '{old}', '{new}'" for old, new in self.merged.items()
        )
        sql = f"SELECT '' AS kind, '' AS old_id, '' AS new_id WHERE FALSE{rows}"
        with connect(threads=1) as con:
            tables.write(con, sql, folder / "resolve" / "lineage")

    def rows(self) -> list[Row]:
        assert self.last is not None
        with connect(threads=1) as con:
            found = con.execute(f"FROM {tables.scan(self.last / 'plan' / 'standing')}").fetchall()
        return sorted((tuple(row) for row in found), key=str)  # type: ignore[misc]


def _waits(what: str) -> bool:
    return what.startswith("waiting/")


def _wait(what: str, subject: str) -> str:
    """Persons' ids begin with P, families' with F."""
    family, person = ("'F0'", f"'{subject}'") if subject[0] == "P" else (f"'{subject}'", "NULL")
    return f"SELECT '{what[8:]}', {family}, {person}, 'ranked'"


A, B = ("waiting/x", "F1"), ("due/y", "F2")


def test_since_is_the_first_day_and_ends_when_it_no_longer_stands(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.run(day(0), [A]) == {A: day(0)}
    assert ledger.run(day(9), [A, B]) == {A: day(0), B: day(9)}
    assert ledger.run(day(20), [B]) == {B: day(9)}
    assert ledger.run(day(30), [A, B]) == {A: day(30), B: day(9)}
    assert ledger.rows() == [(*B, day(9), None), (*A, day(0), day(20))], "A waits: in `waits`"


def test_an_earlier_day_finds_what_covered_it_and_writes_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.run(day(0), [A])
    ledger.run(day(20), [])
    ledger.run(day(30), [A])
    before = ledger.rows()
    assert ledger.run(day(10), [A, B]) == {A: day(0), B: day(10)}
    assert ledger.run(day(25), [A]) == {A: day(25)}
    assert ledger.rows() == sorted([*before, (*A, day(30), None)], key=str)
    assert ledger.run(day(40), [A]) == {A: day(30)}, "the replays did not end what stands"


C, P = ("waiting/x", "F3"), ("waiting/x", "P1")


def test_the_first_day_of_who_waits_is_written_down_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.run(day(0), [A, P]) == {A: day(0), P: day(0)}
    assert ledger.rows() == []
    assert ledger.run(day(5), [C, P]) == {C: day(5), P: day(0)}
    assert ledger.rows() == [(*A, day(0), day(5))]


def test_a_replay_keeps_who_still_waits_and_the_run_after_it_goes_on(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.run(day(0), [A, P])
    ledger.run(day(10), [A, C])
    assert ledger.run(day(3), [A, P, C]) == {A: day(0), P: day(0), C: day(3)}
    kept = [(*A, day(0), None), (*P, day(0), day(10)), (*C, day(10), None)]
    assert ledger.rows() == sorted(kept, key=str)
    assert ledger.run(day(4), [P]) == {P: day(0)}, "a replay after a replay"
    assert ledger.rows() == sorted(kept, key=str)
    assert ledger.run(day(10), [A, C, P]) == {A: day(0), C: day(10), P: day(0)}, "that day again"
    assert ledger.run(day(20), [C]) == {C: day(10)}
    gone = [(*A, day(0), day(20)), (*P, day(0), day(20))]
    assert ledger.rows() == sorted(gone, key=str)


def test_a_merged_id_waits_on_under_its_new_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.run(day(0), [("waiting/x", "F1")])
    ledger.run(day(5), [("waiting/x", "F1"), ("waiting/x", "F2")])
    ledger.merged = {"F1": "F2"}
    assert ledger.run(day(9), [("waiting/x", "F2")]) == {("waiting/x", "F2"): day(0)}


THINGS = [A, B, ("waiting/x", "F2")]
RUNS = st.lists(
    st.tuples(st.integers(0, 3), st.sets(st.sampled_from(THINGS))), min_size=1, max_size=6
)


@settings(max_examples=12, deadline=None)
@given(runs=RUNS)
def test_as_a_plain_model_says(tmp_path_factory, runs) -> None:  # type: ignore[no-untyped-def]
    """Days that never go back; of a day that ran several times only the last run counts."""
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    seen: dict[date, set[Thing]] = {}
    on = START
    for forward, stands in runs:
        on += timedelta(days=forward)
        seen[on] = stands
        expected = {thing: _since(seen, on, thing) for thing in stands}
        assert ledger.run(on, stands) == expected
        once = ledger.rows()
        assert ledger.run(on, stands) == expected
        assert ledger.rows() == once, "the same day twice changes nothing"


def _since(seen: dict[date, set[Thing]], on: date, thing: Thing) -> date:
    first = on
    for earlier in sorted(seen, reverse=True):
        if thing not in seen[earlier]:
            break
        first = earlier
    return first
