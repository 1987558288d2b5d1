"""Who cares for whom, who is lacking, who is visited again; the same in any number of parts."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from history_run import Row
from tangga.cli import screen
from tangga.cli.targets import targets as say_targets
from tangga.engine.current import last_complete
from tangga.engine.manifest import Manifest
from tangga.engine.run import run_workspace
from tangga.engine.targets.below import with_below
from tangga.engine.targets.revisits import told_sql
from tangga.engine.targets.said import say_targets as note_targets
from tangga.errors import UserError
from targets_run import ON, TargetsRun, event, families, move, visit, worker
from village import write_village


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed does not depend on the terminal in which the tests run."""
    monkeypatch.setattr(screen.out, "width", 160)


WEST, EAST, FAR = "1811052001", "1811052002", "1811042001"
MAY = date(2026, 5, 10)


@pytest.fixture
def run(tmp_path: Path) -> TargetsRun:
    """A run without records yet."""
    return TargetsRun(tmp_path)


def loads(run: TargetsRun) -> dict[object, tuple[object, ...]]:
    return {
        row["worker"]: (row["recorded"], row["proposed"], row["over"])
        for row in run.rows("worker_load")
    }


# --- assignments ------------------------------------------------------------------------------


def test_recorded_ones_stand_and_the_rest_is_balanced(run: TargetsRun) -> None:
    west, east = families(10, WEST), families(4, EAST)
    visits = [visit(one["family_id"], "A", MAY) for one in west[:6]]
    visits += [
        visit(west[6]["family_id"], "A", MAY),
        visit(west[6]["family_id"], "B", MAY + timedelta(9)),  # the last one
        visit(west[7]["family_id"], "B", MAY),
        visit(west[7]["family_id"], "A", MAY + timedelta(9), purpose="revisit"),
        visit(east[0]["family_id"], "C", MAY),  # posted elsewhere
        visit(east[1]["family_id"], "gone", MAY),
    ]
    workers = [
        worker("A", "181105"),
        worker("B", WEST),
        worker("C", "181104"),
        worker("gone", "181105", active_to=MAY),
        worker("T", "181105", "tksk"),
    ]
    idle = families(3, FAR, rung=None)
    run.records(families=[*west, *east, *idle], visits=visits, workers=workers)
    run.measure()
    # Two families of the west and four of the east have nobody: B, who has two, takes those of the
    # west; only A is posted to the east.
    assert loads(run) == {
        "A": (6, 4, 0), "B": (2, 2, 0), "C": (0, 0, 0), "T": (None, None, None),
    }  # fmt: skip
    assert {row["family_id"] for row in run.rows("assignments")} == {
        one["family_id"] for one in (*west, *east)
    }


def test_over_the_limit_nobody_is_proposed_and_the_gap_is_told(run: TargetsRun) -> None:
    run.records(families=families(650, WEST), workers=[worker("A", "181105"), worker("B", WEST)])
    run.measure()
    assert loads(run) == {"A": (0, 300, 0), "B": (0, 300, 0)}
    gaps = {r["area"]: r for r in run.rows("worker_gaps") if r["pilar"] == "pkh_companion"}
    (here,) = (gaps[area] for area in (WEST,))
    assert (here["what"], here["without_worker"], here["needed"]) == ("too_many", 50, 1)
    assert gaps["18"]["workers"] == 2


def test_areas_without_a_worker_and_workers_over_the_limit_by_their_own_list(
    run: TargetsRun,
) -> None:
    run.records(
        families=[*families(2, WEST), *families(301, FAR)],
        workers=[worker("A", WEST, caseload=450), worker("T", "181105", "tksk")],
    )
    run.measure()
    assert loads(run)["A"] == (0, 0, 150)  # who has 450 is proposed nobody
    gaps = {(r["area"], r["pilar"]): r for r in run.rows("worker_gaps")}
    far = gaps[FAR, "pkh_companion"]
    assert (far["what"], far["families"], far["without_worker"], far["needed"]) == (
        *("no_worker", 301, 301, 2),
    )
    assert gaps[WEST, "pkh_companion"]["over"] == 150
    assert gaps["181104", "tksk"]["what"] == "no_worker"
    assert ("181105", "tksk") not in gaps


def test_graduable_families_and_what_targets_rest_on(run: TargetsRun) -> None:
    listed = [
        *families(3, WEST),
        *families(1, EAST, rung="empowerment"),
        *families(1, "1811052003", cases=1),
        *families(1, "1811052004", climbers=0),
        *families(1, "1811052005", climbers=None),
        *families(1, "1811052006", rung="graduated"),
    ]
    run.records(families=listed, workers=[worker("A", "1811")])
    run.measure()
    assert Counter(row["worker"] for row in run.rows("graduable")) == {"A": 4}
    (whole,) = (row for row in run.rows("target_basis") if row["level"] == "country")
    counted = [whole[c] for c in ("families", "in_care", "graduable", "graduable_not_known")]
    assert counted == [8, 7, 4, 1]


# --- revisits ---------------------------------------------------------------------------------


def test_five_in_a_hundred_are_visited_again_by_another(run: TargetsRun) -> None:
    listed = families(100, WEST)
    visits = [visit(one["family_id"], "A", MAY) for one in listed]
    visits += [visit(one["family_id"], "A", date(2026, 4, 3)) for one in listed[:7]]
    visits += [visit(listed[0]["family_id"], "A", date(2026, 7, 2))]  # after the day
    workers = [worker("A", "181105"), worker("B", "181105"), worker("T", "1811", "tksk"),
               worker("G", "1811", "tagana")]  # fmt: skip
    run.records(families=listed, visits=visits, workers=workers)
    run.measure()
    drawn = run.rows("revisits")
    assert Counter(row["month"] for row in drawn) == {"2026-05": 5, "2026-04": 1}
    assert {row["worker"] for row in drawn} <= {"B", "T"}  # never who was there, never Tagana
    again = [row["family_id"] for row in drawn if row["month"] == "2026-05"]
    more = [visit(id_, "B", MAY + timedelta(20), purpose="revisit") for id_ in again[:2]]
    more += [visit(again[2], "A", MAY + timedelta(20), purpose="revisit")]  # the same worker
    run.records(families=listed, visits=[*visits, *more], workers=workers)
    run.measure()
    found = {row["family_id"]: row["revisited_by"] for row in run.rows("revisits")
             if row["month"] == "2026-05"}  # fmt: skip
    assert set(found) == set(again), "the draw does not move"
    assert Counter(found.values()) == {"B": 2, None: 3}


def test_another_seed_draws_others_and_the_draw_is_no_habit(run: TargetsRun) -> None:
    """Over twelve months of the same two hundred families the draws differ."""
    listed = families(200, WEST)
    months = [date(2025, 7, 3), *(date(2026, n, 3) for n in range(1, 6))]
    visits = [visit(one["family_id"], "A", on) for one in listed for on in months]
    run.records(families=listed, visits=visits, workers=[worker("A", WEST), worker("B", WEST)])
    run.measure()
    by_month: dict[object, set[object]] = {}
    for row in run.rows("revisits"):
        by_month.setdefault(row["month"], set()).add(row["family_id"])
    assert {len(drawn) for drawn in by_month.values()} == {10}
    assert len(set.union(*by_month.values())) > 40


# --- the same in any number of parts ----------------------------------------------------------

TABLES = (
    *("target_basis", "graduable", "assignments", "worker_load", "worker_gaps", "revisits"),
    *("targets", "achievement", "pace"),
)


def many(folder: Path, parts: int, threads: int, *, backwards: bool) -> TargetsRun:
    """A few hundred families with visits, moves, targets at several levels."""
    run = TargetsRun(folder, parts=parts, threads=threads)
    listed = [
        {**one, "family_id": f"F{(1 << 51) + n * 7919 + len(village):x}".upper()}
        for village in (WEST, EAST, FAR)
        for n, one in enumerate(families(60, village), start=int(village[-4:]) * 100)
    ]
    visits: list[Row] = []
    events: list[Row] = []
    for n, one in enumerate(listed):
        on = MAY - timedelta(n % 90)
        visits.append(visit(one["family_id"], "AB"[n % 2], on, planned_on=on - timedelta(n % 11)))
        if n % 9 == 0:
            events.append(move(one["family_id"], on, "graduated", "independent"))
        if n % 7 == 0:
            events.append(event(one["family_id"], on, "displaced", by="L"))
    workers = [worker("A", "181105"), worker("B", "1811"), worker("L", "1811", "peace_pioneer")]
    for rows in (listed, workers):
        rows.sort(key=lambda row: str(row), reverse=backwards)
    rows_of = ["2026,18,,,,graduations,37,,", "2026,181104,,,,graduations,9,,",
               "2026,,,A,,graduations,5,,", "2026,1811,,,,contribution,11,equal,",
               "2026,18,,,,on_schedule,75,,"]  # fmt: skip
    run.targets(*(reversed(rows_of) if backwards else rows_of))
    run.records(families=listed, visits=visits, events=events, workers=workers)
    run.measure()
    return run


def test_parts_threads_and_order_change_nothing(tmp_path: Path) -> None:
    first = many(tmp_path / "1", 1, 1, backwards=False)
    other = many(tmp_path / "17", 17, 2, backwards=True)
    for table in TABLES:
        left, right = first.rows(table), other.rows(table)
        for row in (*left, *right):
            row.pop("line", None)
        assert left == right, table
        assert left, table


# --- what is said -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village, run, with a target."""
    folder = tmp_path_factory.mktemp("village")
    write_village(folder)
    (folder / "targets").mkdir()
    (folder / "targets" / "2026.csv").write_text(
        "year,area,worker,measure,value,rule\n2026,1811,,graduations,4,eligible\n"
        "2026,181105,,graduations,9,\n2026,,PDP-9,graduations,3,\n2026,1811,,assessed_in_time,80,\n"
    )
    run_workspace(folder, until="plan")
    return folder


def test_the_office_reads_its_target_and_what_does_not_add_up(
    village: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_targets(village, year=None, area="18.11", worker=None, as_json=False)
    said = capsys.readouterr().out
    assert "1811 Kabupaten Mesuji" in said
    assert "the target is 4, the areas below have 9; 5 more" in said
    assert "No list of workers was received" in said
    assert "Belum ada target 2026 untuk: TKSK, Tagana, Pelopor Perdamaian" in said


def test_a_program_reads_the_same(village: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say_targets(village, year=2026, area="1811", worker=None, as_json=True)
    said = json.loads(capsys.readouterr().out)
    rows = {row["measure"]: row for row in said["pace"]}
    assert (rows["graduations"]["target"], rows["graduations"]["achieved"]) == (4, 0)
    assert rows["assessed_in_time"]["state"] == "not_known"  # no cases were received
    assert said["differences"][0]["difference"] == -5


def test_a_worker_reads_their_own_and_a_stranger_is_refused(
    village: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_targets(village, year=2026, area=None, worker="PDP-9", as_json=False)
    assert "Graduasi mandiri" in capsys.readouterr().out
    with pytest.raises(UserError, match="no such worker in this run: 'PDP-8'"):
        say_targets(village, year=2026, area=None, worker="PDP-8", as_json=False)
    with pytest.raises(UserError, match="is no area of the pack"):
        say_targets(village, year=2026, area="99", worker=None, as_json=False)


def test_a_mistake_in_a_target_leaves_the_run_of_before_in_force(village: Path) -> None:
    before = last_complete(village)
    wrong = village / "targets" / "wrong.csv"
    wrong.write_text("year,measure,value,achieved\n2026,graduations,1,1\n")
    with pytest.raises(UserError, match="unknown column: 'achieved'"):
        run_workspace(village)
    wrong.unlink()
    assert last_complete(village) == before


def test_shares_set_below_are_shown_where_the_area_has_none(
    village: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_targets(village, year=2026, area="18", worker=None, as_json=True)
    rows = {row["measure"]: row for row in json.loads(capsys.readouterr().out)["pace"]}
    below = rows["assessed_in_time"]["below"]
    assert below == {"areas": 1, "least": 80, "most": 80, "states": {"not_known": 1}}
    assert rows["graduations"]["below"] is None  # the sum of what is below
    say_targets(village, year=2026, area=None, worker=None, as_json=False)
    said = capsys.readouterr().out
    assert "80 %" in said and "pada 1 wilayah" in said
    say_targets(village, year=2026, area="1811", worker=None, as_json=False)
    assert "wilayah\n" not in capsys.readouterr().out.partition("Graduasi menurut")[0]


def pace(area: str, target: int, state: str) -> Row:
    keyed = {"pilar": "tksk", "measure": "on_schedule", "programme": "", "exits": ""}
    return {**keyed, "area": area, "target": target, "state": state}


def test_of_targets_below_the_widest_are_counted() -> None:
    inside = [pace("18", 70, "behind"), pace("1811", 90, "reached"), pace("1771", 80, "reached")]
    (row,) = with_below([pace("", 0, "no_target")], inside)
    states = {"behind": 1, "reached": 1}
    assert row["below"] == {"areas": 2, "least": 70, "most": 80, "states": states}
    assert with_below([], inside)[0]["below"] == row["below"]
    assert with_below([pace("", 5, "reached")], inside)[0]["below"] is None


def test_targets_in_doubt_are_noted_by_file_and_line(run: TargetsRun) -> None:
    workers = [worker("A", "181105"), worker("T", "1811", "tksk")]
    workers += [worker("gone", "181105", active_to=MAY)]
    run.targets(
        *(f"2026,,,{id_},,graduations,5,," for id_ in ("A", "T", "gone", "Z")),
        "2026,17,,A,,visits_kept,80,,",
        *(f"2026,,,Z{n},,graduations,5,," for n in range(20)),
    )
    run.records(families=families(3, WEST), workers=workers)
    run.measure()
    manifest = Manifest("00001", "t", str(ON), "full", "", {}, {})
    note_targets(run.ctx, manifest)
    told = [note.removeprefix("targets/targets.csv, ") for note in manifest.notes]
    for line, what in enumerate(
        ("is of another pilar", "is not on duty", "is not in the list", "area is not the worker's"),
        start=3,
    ):
        assert told[line - 3].startswith(f"line {line}: ")
        assert what in told[line - 3]
    assert len(told) == 21
    assert told[-1].startswith("and 4 more")


def test_who_is_asked_to_go_again_and_who_went_are_told_apart(
    run: TargetsRun,
) -> None:
    listed = families(100, WEST)
    visits = [visit(one["family_id"], "A", MAY) for one in listed]
    workers = [worker("A", "181105"), worker("B", "181105"), worker("T", "1811", "tksk")]
    run.records(families=listed, visits=visits, workers=workers)
    run.measure()
    drawn = run.rows("revisits")
    made = {one["family_id"]: "BT"[n % 2] for n, one in enumerate(drawn[:2])}
    again = [visit(id_, by, MAY + timedelta(9), purpose="revisit") for id_, by in made.items()]
    run.records(families=listed, visits=[*visits, *again], workers=workers)
    run.measure()
    rows = run.rows("revisits")
    for who in "BT":
        con = duckdb.connect()
        con.register("drawn", pa.Table.from_pylist(rows))
        found = con.execute(told_sql(f"'{who}'", 2026, ON).format("drawn")).to_arrow_table()
        (told,) = found.to_pylist()
        assert told["asked"] == sum(row["worker"] == who for row in rows)
        assert told["asked"] == told["own"] + told["others"] + told["late"] + told["open"]
        assert told["made"] == told["own"] + told["unasked"]
        measured = run.pace("revisits_done", level="worker", worker=who)
        assert (measured["achieved"], measured["of"]) == (told["made"], told["due"])
