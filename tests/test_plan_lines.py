"""Lines of a plan: their versions, what may follow what, and decisions that never touch a row."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine import tables
from tangga.engine.area_tree import area_tree
from tangga.engine.check_office import check_office
from tangga.engine.connection import connect
from tangga.engine.plan_lines import write
from tangga.engine.plan_lines.decide import decide
from tangga.engine.plan_lines.gate import Villages, gate, needs_repair
from tangga.engine.plan_lines.read import PlanVersion, by_line, latest, read_plan_lines
from tangga.engine.plan_lines.write import COLUMNS, Proposal, append, write_proposals
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.rules.plan_lines import DECIDES, STEPS
from village import write_village

AT = date(2026, 1, 10)
BASE = {
    "line": "L-1",
    "version": 1,
    "year": 2026,
    "level": "regency",
    "area": "18.11",
    "action": "Bentuk 4 KUBE",
    "programme": "kube",
    "focus": "Pemberdayaan",
    "source": "APBD kab/kota",
    "cost": 80_000_000,
    "pilar": "pkh_companion",
    "measure": "graduations",
    "target": 40,
    "owner": "Dinas Sosial",
    "due": "2026-11-30",
    "state": "Diusulkan",
    "by": "Dinas Sosial",
    "at": AT,
    "reason": "",
    "rests_on": "Potensi desa: singkong",
    "repairs": "",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("lines")
    write_village(folder)
    return load_workspace(folder)


def row(**values: Any) -> dict[str, Any]:
    return {**BASE, **values}


def lay(workspace: Workspace, rows: Iterable[dict[str, Any]], name: str = "2026") -> Path:
    """Write rows as the only file of `plans/`."""
    workspace.plans.mkdir(exist_ok=True)
    for old in workspace.plans.glob("*.csv"):
        old.unlink()
    file = workspace.plans / f"{name}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


def read(workspace: Workspace, *rows: dict[str, Any]) -> list[PlanVersion]:
    lay(workspace, rows)
    return read_plan_lines(workspace, workspace.today)


def wrong(workspace: Workspace, *rows: dict[str, Any]) -> str:
    with pytest.raises(UserError) as error:
        read(workspace, *rows)
    return str(error.value)


# --- reading ----------------------------------------------------------------------------------


def test_words_are_read_as_codes(workspace: Workspace) -> None:
    (one,) = read(workspace, row(measure="Graduasi mandiri"))
    assert (one.area, one.focus, one.fund_source) == ("1811", "empowerment", "apbd_regency")
    assert (one.state, one.measure, one.cost, one.due) == (
        "proposed", "graduations", 80_000_000, date(2026, 11, 30),
    )  # fmt: skip
    assert (one.file, one.line_number) == (workspace.plans / "2026.csv", 2)


def test_without_a_file_there_is_no_line(workspace: Workspace) -> None:
    lay(workspace, []).unlink()
    assert read_plan_lines(workspace, workspace.today) == []


def test_columns_that_say_nothing_may_be_left_out(workspace: Workspace) -> None:
    lay(workspace, [])
    header = "line,version,year,level,area,action,state,by,at"
    text = f"{header}\nA,1,2026,country,,Rapat,proposed,x,2026-01-01\n"
    (workspace.plans / "2026.csv").write_text(text)
    (one,) = read_plan_lines(workspace)
    assert (one.area, one.level, one.cost, one.target, one.due) == ("", "country", None, None, None)


MISTAKES = {
    "cost column cost: is negative: '-1'": [row(cost=-1)],
    "target column target: is negative": [row(target=-4)],
    "nobody column by: is empty": [row(by="")],
    "no day column at: is empty": [row(at="")],
    "level the area 1811 is no area of the level province": [row(level="province")],
    "country the whole country is no area of the level regency": [row(area="")],
    "measure column measure: is not known: 'graduation'. Did you mean 'graduations'": [
        row(measure="graduation")
    ],
    "pilar tagana is not measured by graduations": [row(pilar="tagana")],
    "no measure a target without a measure": [row(measure="")],
    "no pilar a target without a pilar": [row(pilar="")],
    "due before due on 2026-01-09, before 2026-01-10, when it was proposed": [
        row(due="2026-01-09")
    ],
    "due year due in 2025, before its year 2026": [row(due="2025-12-31")],
    "first line L-1 begins as accepted": [row(state="accepted")],
    "no first line L-1 has no version 1": [row(version=2)],
    "gap line L-1 has no version 2": [row(), row(version=3, state="accepted")],
    "repeat line L-1 has version 2 twice": [
        row(),
        row(version=2, state="accepted"),
        row(version=2, state="rejected", reason="x"),
    ],
    "rejected without reason": [row(), row(version=2, state="rejected")],
    "changed without reason": [row(), row(version=2, state="changed", cost=1)],
    "cancelled without reason": [row(), row(version=2, state="cancelled")],
    "accepted without owner": [row(owner=""), row(version=2, state="accepted", owner="")],
    "accepted without due": [row(due=""), row(version=2, state="accepted", due="")],
    "accepted with a cost, but without focus or source": [
        row(source=""),
        row(version=2, state="accepted", source=""),
    ],
    "nothing differs": [row(), row(version=2, state="changed", reason="x")],
    "another cost without a reason": [row(), row(version=2, state="accepted", cost=1)],
    "another area than version 1": [row(), row(version=2, state="accepted", area="1771")],
    "another year than version 1": [row(), row(version=2, state="accepted", year=2025)],
    "of 2026-01-09, before version 1": [row(), row(version=2, state="accepted", at="2026-01-09")],
    "rejected, and another cost": [row(), row(version=2, state="rejected", reason="x", cost=1)],
    "is no id of a line": [row(line="a b")],
}


@pytest.mark.parametrize("said", MISTAKES)
def test_what_cannot_stand_is_told_with_its_line(workspace: Workspace, said: str) -> None:
    rows = MISTAKES[said]
    text = wrong(workspace, *rows)
    # A heading before the message tells cases apart; what is said ends the heading's sentence.
    assert any(said[n:] in text for n in (0, *(i + 1 for i, c in enumerate(said) if c == " ")))
    assert "2026.csv, line " in text


def test_all_mistakes_of_all_lines_are_told_together(workspace: Workspace) -> None:
    text = wrong(
        workspace,
        row(line="A", due="2025-12-31"),
        row(line="B"),
        row(line="B", version=2, state="rejected"),
        row(line="C", version=4),
    )
    assert len(text.splitlines()) == 4
    assert [f"line {n}" in text for n in (2, 4, 5)] == [True] * 3


def test_cells_and_lines_are_told_together_but_not_what_follows_from_a_cell(
    workspace: Workspace,
) -> None:
    """B's second version cannot be read: that it lacks one, or cannot end, is not said."""
    text = wrong(
        workspace,
        row(line="A", due="2025-12-31"),
        row(line="B"),
        row(line="B", version=2, state="accepted", cost=-1),
        row(line="B", version=3, state="done"),
        row(line="C", version=2),
    )
    assert len(text.splitlines()) == 4
    for said in ("line 2: line A", "line 4, column cost: is negative", "line 6: line C has no"):
        assert said in text
    hidden = wrong(workspace, row(version=2, owner="", state="accepted"), row(line="", version=1))
    assert "column line: is empty" in hidden
    assert "accepted without owner" in hidden
    assert "has no version 1" not in hidden, "it may be the row whose line is not known"
    two = row(line="B", version=1, cost=-1)
    steps = wrong(workspace, two, row(line="B", version=2), row(line="B", version=3, state="done"))
    assert "done cannot follow proposed" in steps, "two versions that were read"


def test_filling_in_what_was_empty_needs_no_reason(workspace: Workspace) -> None:
    read(workspace, row(owner="", due=""), row(version=2, state="accepted"))


FOLLOWS = {
    ("proposed", "accepted"), ("proposed", "changed"), ("proposed", "rejected"),
    ("proposed", "cancelled"), ("changed", "accepted"), ("changed", "changed"),
    ("changed", "rejected"), ("changed", "cancelled"), ("accepted", "done"),
    ("accepted", "changed"), ("accepted", "cancelled"), ("rejected", "changed"),
}  # fmt: skip


@pytest.mark.parametrize("before", STEPS)
@pytest.mark.parametrize("after", STEPS)
def test_which_state_may_follow(workspace: Workspace, before: str, after: str) -> None:
    """Every pair; the first version leads to `before` by the shortest way."""
    way = {"proposed": [], "done": ["accepted", "done"]}.get(before, [before])
    rows, cost = [row()], 80_000_000
    for number, state in enumerate([*way, after], start=2):
        cost += state == "changed"
        rows.append(row(version=number, state=state, reason="x", cost=cost))
    if (before, after) in FOLLOWS:
        assert read(workspace, *rows)[-1].state == after
    else:
        assert f"{after} cannot follow {before}" in wrong(workspace, *rows)


def test_a_day_sees_the_versions_up_to_it(workspace: Workspace) -> None:
    versions = read(
        workspace,
        row(),
        row(version=2, state="accepted", at="2026-02-01"),
        row(line="L-2", at="2026-03-01"),
    )
    assert [(v.line, v.state) for v in latest(versions, date(2026, 1, 31))] == [("L-1", "proposed")]
    assert [(v.line, v.state) for v in latest(versions, date(2026, 2, 1))] == [("L-1", "accepted")]
    assert [v.line for v in latest(versions, date(2026, 3, 1))] == ["L-1", "L-2"]
    assert latest(versions, date(2026, 1, 9)) == []


def test_check_tells_of_all_files_of_the_office_before_a_run(workspace: Workspace) -> None:
    lay(workspace, [row(cost=-1)])
    others = {"targets": "year,area\n", "budgets": "amount\n", "places": "x\n", "outcomes": "y\n"}
    for folder, text in others.items():
        (workspace.dir / folder).mkdir()
        (workspace.dir / folder / "a.csv").write_text(text)
    told = [str(error) for error in check_office(workspace)]
    for folder in others:
        (workspace.dir / folder / "a.csv").unlink()
    assert len(told) == 5
    assert [any(f"{name}/" in one for one in told) for name in (*others, "plans")] == [True] * 5
    lay(workspace, [row()])
    assert check_office(workspace) == []


# --- data first -------------------------------------------------------------------------------


def line(area: str, state: str = "accepted", repairs: str = "") -> PlanVersion:
    said = {**dict.fromkeys(COLUMNS, ""), "area": area, "state": state, "repairs": repairs}
    said["fund_source"] = said.pop("source")
    return PlanVersion(**{**said, "cost": None, "target": None, "due": None})  # type: ignore[arg-type]


READY = {"1811052010": True, "1811052011": False, "1811042001": None, "1771031001": True}


def test_a_village_that_is_not_ready_needs_a_repair(workspace: Workspace) -> None:
    tree = area_tree(workspace.pack_areas)
    found = gate(READY, [], tree)
    assert found["1811"] == Villages(3, 2, 2)
    assert found[""] == Villages(4, 2, 2)
    assert [needs_repair(line(area), found) for area in ("1811", "1771", "1811052010", "32")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert not needs_repair(line("1811", repairs="fresh"), found)
    assert not needs_repair(line("1811"), None)


@pytest.mark.parametrize(
    ("repair", "left"),
    [
        (line("18", repairs="fresh"), 0),
        (line("1811", repairs="matched"), 0),
        (line("181105", repairs="fresh"), 1),
        (line("1811052010", repairs="fresh"), 2),
        (line("1811", "done", repairs="fresh"), 2),
        (line("1811", "proposed", repairs="fresh"), 2),
        (line("1811"), 2),
    ],
)
def test_only_an_accepted_repair_of_the_place_or_above_covers(
    workspace: Workspace, repair: PlanVersion, left: int
) -> None:
    found = gate(READY, [repair], area_tree(workspace.pack_areas))
    assert found["1811"].without_repair == left
    assert needs_repair(line("1811"), found) == (left > 0)


# --- writing ----------------------------------------------------------------------------------


def test_proposals_are_read_back_as_written(workspace: Workspace) -> None:
    lay(workspace, []).unlink()
    said = Proposal(
        line="O-1", year=2026, level="regency", area="1811", action='KUBE "Maju", 10 KK',
        programme="kube", focus="empowerment", fund_source="apbn", cost=0, pilar="pkh_companion",
        measure="graduations", target=3, due=date(2026, 12, 1), rests_on="harga bayangan",
    )  # fmt: skip
    file = workspace.plans / "usulan.csv"
    both = [said, Proposal("O-2", 2026, "country", "", "x")]
    assert write_proposals(file, both, by="optimise", at=AT) == 2
    one, other = read_plan_lines(workspace, workspace.today)
    assert vars(said).items() <= vars(one).items()
    assert (one.state, one.version, one.by, one.at, one.cost) == ("proposed", 1, "optimise", AT, 0)
    assert (other.cost, other.target, other.due) == (None, None, None)
    with pytest.raises(UserError, match="is there already"):
        write_proposals(file, [said], by="x", at=AT)


def test_a_decision_is_one_more_row_and_nothing_else(workspace: Workspace) -> None:
    (one,) = read(workspace, row())
    file = append(workspace.plans, one)
    before = file.read_bytes()
    append(workspace.plans, one)
    assert file.name == "decided.csv"
    assert file.read_bytes() == before + before.splitlines(keepends=True)[1]
    file.write_bytes(before.rstrip(b"\n"))  # an editor took the last line's end away
    append(workspace.plans, one)
    assert file.read_bytes() == before + before.splitlines(keepends=True)[1]


def test_a_file_with_other_columns_is_left_alone(workspace: Workspace) -> None:
    (one,) = read(workspace, row())
    first = workspace.plans / "decided.csv"
    first.write_text("line;version\n")
    assert append(workspace.plans, one).name == "decided_2.csv"
    assert first.read_text() == "line;version\n"


def test_what_fails_leaves_the_file_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = read(workspace, row())
    file = append(workspace.plans, one)
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(write.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        append(workspace.plans, one)
    assert file.read_bytes() == before
    assert [f.name for f in workspace.plans.glob(".*.tmp")] == []


# --- deciding ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose last run found one village of Mesuji ready and one not."""
    folder = tmp_path_factory.mktemp("decided")
    write_village(folder)
    run = folder / "runs" / "00001"
    with connect() as con:
        rows = "(VALUES ('1811052010', 'village', TRUE), ('1811052011', 'village', FALSE))"
        sql = f"SELECT * FROM {rows} AS t(village, place, ready)"
        tables.write(con, sql, run / "plan" / "readiness")
    (run.parent / "CURRENT").write_text(run.name)
    return load_workspace(folder)


def say(workspace: Workspace, line: str = "L-1", **changes: Any) -> Any:
    said = {"state": "accepted", "by": "Bupati", "on": date(2026, 1, 20), **changes}
    rest = {name: said.pop(name) for name in list(said) if name not in ("state", "by", "on")}
    return decide(workspace, line, **said, changes=rest)


def test_the_city_rejects_with_a_reason(decided: Workspace) -> None:
    lay(decided, [row()])
    with pytest.raises(UserError, match="rejected without reason"):
        say(decided, state="rejected")
    assert not (decided.plans / "decided.csv").exists()
    done = say(decided, state="Ditolak", reason="Sudah dari CSR")
    assert (done.now.version, done.now.state, done.now.reason) == (2, "rejected", "Sudah dari CSR")
    assert read_plan_lines(decided)[-1].by == "Bupati"


def test_accepting_waits_for_the_repair_of_the_data(decided: Workspace) -> None:
    lay(decided, [row(), row(line="R-1", repairs="fresh", cost="", target="", measure="")])
    with pytest.raises(UserError, match="1 of 2 villages of Kabupaten Mesuji have data below"):
        say(decided)
    say(decided, "R-1")
    done = say(decided)
    assert done.villages == Villages(2, 1, 0)
    say(decided, "R-1", state="cancelled", reason="x")
    lay_more = row(line="L-2", at="2026-01-20")
    with (decided.plans / "more.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerow(lay_more)
    with pytest.raises(UserError, match="below the threshold"):
        say(decided, "L-2")


def test_where_no_family_lives_nothing_is_accepted(decided: Workspace) -> None:
    lay(decided, [row(area="1771")])
    with pytest.raises(UserError, match="no family of the register lives in Kota Bengkulu"):
        say(decided)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"line": "L-11"}, "no such line: 'L-11'. Did you mean 'L-1'"),
        ({"state": "proposed"}, "is nothing to decide"),
        ({"state": "accept"}, "Did you mean 'accepted'"),
        ({"state": "done"}, "done cannot follow proposed"),
        ({"by": " "}, "nobody is named"),
        ({"on": date(2026, 1, 1)}, "before version 1"),
        ({"state": "changed", "reason": "x"}, "nothing differs"),
        ({"state": "changed", "cost": "1.000", "reason": "x"}, "Write 1000"),
        ({"state": "changed", "cost": "-5", "reason": "x"}, "is negative"),
        ({"state": "changed", "due": "31-12-2026", "reason": "x"}, "is no day"),
        ({"state": "changed", "fund_source": "APBD", "reason": "x"}, "column source: is not known"),
        ({"cost": "5"}, "another cost without a reason"),
    ],
)
def test_an_impossible_step_writes_nothing(
    decided: Workspace, said: dict[str, Any], why: str
) -> None:
    lay(decided, [row()])
    with pytest.raises(UserError) as error:
        say(decided, **said)
    assert why in str(error.value)
    assert not (decided.plans / "decided.csv").exists()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(DECIDES), st.booleans(), st.integers(0, 3)), max_size=6))
def test_whatever_is_decided_no_older_row_changes(
    decided: Workspace, asked: list[tuple[str, bool, int]]
) -> None:
    """Any decisions: each is refused and changes nothing, or is one more row at the end."""
    lay(decided, [row(repairs="fresh")])
    file = decided.plans / "decided.csv"
    for state, with_reason, cost in asked:
        before = file.read_text() if file.exists() else ""
        changes = {"cost": cost} if state == "changed" else {}
        try:
            say(decided, state=state, reason="x" if with_reason else "", **changes)
        except UserError:
            assert (file.read_text() if file.exists() else "") == before
        else:
            assert file.read_text().startswith(before)
            assert len(file.read_text().splitlines()) == max(1, len(before.splitlines())) + 1
    (line,) = by_line(read_plan_lines(decided, decided.today)).values()
    assert [v.version for v in line] == list(range(1, len(line) + 1))
    pairs = {(one.state, two.state) for one, two in pairwise(line)}
    assert pairs <= FOLLOWS
