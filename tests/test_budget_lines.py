"""Budget files are read strictly; accepted plan lines become budget lines."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from budget_run import areas, money, paid, spell
from history_run import HistoryRun, today
from tangga.engine.budget.lines import write_budget_lines
from tangga.engine.budget.stage import write_lines
from tangga.engine.budget.view import shown
from tangga.engine.plan.rows import relation_of
from tangga.engine.runner import Steps
from tangga.errors import UserError

ON = date(2026, 1, 31)
HEADER = "year,level,area,programme,focus,source,measure,document,amount"
TEXTS = dict.fromkeys(("line", "area", "programme", "focus", "fund_source", "state"), "VARCHAR")
PLAN = {**TEXTS, "year": "INTEGER", "cost": "BIGINT"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> HistoryRun:
    run = HistoryRun(tmp_path_factory.mktemp("lines"), ON)
    run.ctx.workspace.__dict__["pack_areas"] = areas()
    return run


@pytest.fixture
def run(made: HistoryRun) -> HistoryRun:
    """The same run for each test, without files and tables."""
    shutil.rmtree(made.folder / "budgets", ignore_errors=True)
    made.write()
    return made


def budget(run: HistoryRun, *rows: str, header: str = HEADER, name: str = "2026.csv") -> Path:
    file = run.folder / "budgets" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def lines(run: HistoryRun, *planned: tuple[Any, ...]) -> list[dict[str, object]]:
    with Steps(run.ctx, "plan") as steps:
        if planned:
            steps.whole("plan_lines", f"SELECT * FROM {relation_of(PLAN, planned)}")
        write_lines(steps, today(ON))
    return run.rows("budget_lines")


def test_words_are_read_as_codes_and_the_focus_follows_the_programme(run: HistoryRun) -> None:
    budget(
        run,
        "2026,provinsi,17,,,APBN,Pagu,,447000000000",
        "2026,Kabupaten/kota,17.71,PKH,,apbn,disalurkan,SP2D 12,58000000000",
    )
    budget(run, "2026,country,,,Perlindungan,APBN,allocated,,77000000000000", name="negara.csv")
    first, second, third = sorted(lines(run), key=lambda row: str(row["area"]))
    assert (first["level"], first["area"], first["focus"]) == ("country", "", "protection")
    assert (second["measure"], second["amount"]) == ("allocated", 447_000_000_000)
    assert (second["fund_source"], second["file"], second["line"]) == (
        "apbn", "budgets/2026.csv", 2,
    )  # fmt: skip
    assert (third["area"], third["programme"], third["focus"]) == ("1771", "pkh", "protection")
    assert third["document"] == "SP2D 12"


WRONG = [
    ("2026,province,1771,,,apbn,allocated,,1", ["line 2", "level is province", "1771", "regency"]),
    ("2026,regency,,,,apbn,allocated,,1", ["line 2", "no area is of the level country"]),
    ("2026,province,17,pkh,empowerment,apbn,allocated,,1", ["line 2", "focus protection"]),
    ("2026,province,17,,,apbn,allocated,,-5", ["line 2", "amount", "is negative"]),
    ("2026,province,17,,,apbn,allocated,,1.500.000", ["amount", "Write 1500000"]),
    ("2026,province,17,,,apbn,allocated,,1500.5", ["amount", "no whole number"]),
    ("2026,province,17,,,apbn,allocated,,", ["line 2", "amount", "is empty"]),
    ("2026,province,17,,,apbn,allocated,,447000000000000000", ["line 2", "more than"]),
    ("2026,province,99,,,apbn,allocated,,1", ["line 2", "area", "no area of the pack"]),
    ("2026,province,17,,,apbn,alocated,,1", ["measure", "Did you mean 'allocated'"]),
    ("2026,province,17,pkhh,,apbn,allocated,,1", ["programme", "Did you mean 'pkh'"]),
    ("2026,province,17,,,,allocated,,1", ["source", "is empty"]),
    ("26,province,17,,,apbn,allocated,,1", ["year", "is no year"]),
]


@pytest.mark.parametrize(("row", "said"), WRONG)
def test_a_mistake_is_told_with_its_place(run: HistoryRun, row: str, said: list[str]) -> None:
    file = budget(run, row)
    with pytest.raises(UserError) as raised:
        lines(run)
    for word in [file.name, *said]:
        assert word in str(raised.value)
    assert not run.ctx.table("plan", "budget_lines").exists(), "nothing half-written"


def test_the_same_money_twice_is_refused_and_two_documents_are_not(run: HistoryRun) -> None:
    one = "2026,province,17,pkh,,apbn,allocated,{},5"
    budget(run, one.format("DIPA 1"), one.format("DIPA 2"))
    assert sum(row["amount"] for row in lines(run)) == 10  # type: ignore[misc]
    budget(run, one.format("DIPA 1"), name="b.csv")
    with pytest.raises(UserError, match=r"b\.csv, line 2.*2026\.csv, line 2"):
        lines(run)


NEWER = HEADER + ",replaces"


def test_a_revision_takes_the_place_of_the_older_paper(run: HistoryRun) -> None:
    one = "2026,province,17,pkh,,apbn,allocated,{},{},{}"
    rows = [one.format("DIPA", 5, ""), one.format("Revisi 1", 7, "dipa"),
            one.format("Revisi 2", 6, "Revisi 1")]  # fmt: skip
    budget(run, *rows, header=NEWER)
    budget(run, "2026,province,18,pkh,,apbn,allocated,DIPA,9", name="b.csv")
    found = {(row["area"], row["document"]): row for row in lines(run)}
    assert {key: row["replaced_by"] for key, row in found.items()} == {
        ("17", "DIPA"): "Revisi 1", ("17", "Revisi 1"): "Revisi 2", ("17", "Revisi 2"): None,
        ("18", "DIPA"): None,
    }  # fmt: skip
    assert found["17", "DIPA"]["amount"] == 5, "it stays in the table"
    rows_of_tree = {r["area"]: r for r in run.rows("budget_tree") if r["programme"] == "pkh"}
    assert (rows_of_tree["17"]["amount"], rows_of_tree["17"]["documents"]) == (6, 1)
    assert rows_of_tree["18"]["amount"] == 9, "the paper of another area is another"


REPLACING = [
    (["DIPA,5,", "Revisi,7,DIPPA"], ["line 3", "'DIPPA'", "no line of the same money"]),
    (["DIPA,5,", ",7,DIPA", "Revisi,7,DIPA"], ["line 4", "'DIPA'", "line 3"]),
    (["DIPA,5,DIPA"], ["line 2", "in turn"]),
    (["A,5,B", "B,7,A"], ["line 2", "line 3", "in turn"]),
]


@pytest.mark.parametrize(("rows", "said"), REPLACING)
def test_a_wrong_replacement_is_a_mistake(
    run: HistoryRun, rows: list[str], said: list[str]
) -> None:
    budget(run, *(f"2026,province,17,pkh,,apbn,allocated,{row}" for row in rows), header=NEWER)
    with pytest.raises(UserError) as raised:
        lines(run)
    for word in said:
        assert word in str(raised.value)


def test_the_paper_of_other_money_is_not_replaced(run: HistoryRun) -> None:
    row = "2026,province,17,{},,apbn,allocated,{},5,{}"
    budget(run, row.format("pkh", "DIPA", ""), row.format("kube", "Revisi", "DIPA"), header=NEWER)
    with pytest.raises(UserError, match="no line of the same money"):
        lines(run)


def test_foci_are_told_by_source_of_funds_and_a_small_line_hides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "budgets").mkdir(parents=True)
    rows = ["2026,regency,1811,kube,,apbd_regency,allocated,,8000000",
            "2026,regency,1811,pena,,apbn,allocated,,15000000",
            "2026,regency,1811,,empowerment,apbd_regency,allocated,DPA,5000000"]  # fmt: skip
    (folder / "budgets/2026.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    run = money(folder, enrolments=[spell("F1")])
    found = {
        r["fund_source"]: (r["allocated"], r["allocated_known"])
        for r in run.rows("foci")
        if (r["year"], r["area"], r["focus"]) == (2026, "1811", "empowerment")
    }
    assert found == {
        None: (None, None), "apbn": (None, 15_000_000), "apbd_regency": (5_000_000, 8_000_000),
    }  # fmt: skip
    assert all(
        23_000_000 not in r.values() for t in ("foci", "budget_tree") for r in run.rows(t)
    ), "sources never meet"


def test_all_mistakes_are_told_together(run: HistoryRun) -> None:
    budget(run, WRONG[0][0], WRONG[2][0])
    with pytest.raises(UserError) as raised:
        lines(run)
    assert "line 2" in str(raised.value)
    assert "line 3" in str(raised.value)


def test_an_accepted_plan_line_is_a_budget_line(run: HistoryRun) -> None:
    planned = [
        ("a", "1811", "kube", None, "apbd_regency", "accepted", 2026, 400),
        ("b", "1811", None, "empowerment", "apbn", "done", 2026, 30),
        ("c", "1811", "kube", None, "apbn", "proposed", 2026, 7),
        ("d", "1811", "kube", None, "apbn", "accepted", 2026, None),
    ]
    found = {row["plan_line"]: row for row in lines(run, *planned)}
    assert set(found) == {"a", "b"}
    assert (found["a"]["measure"], found["a"]["amount"]) == ("allocated", 400)
    assert (found["a"]["level"], found["a"]["focus"]) == ("regency", "empowerment")
    (row,) = [
        r for r in run.rows("budget_tree") if r["programme"] == "kube" and r["area"] == "1811"
    ]
    assert (row["amount"], row["plan_amount"]) == (None, 400), "nobody wrote that there is so much"


def test_without_files_and_plan_there_is_no_line(run: HistoryRun) -> None:
    assert lines(run) == []
    with Steps(run.ctx, "plan") as steps:
        assert write_budget_lines(steps, "allocated") == []


def test_budget_and_payments_stand_side_by_side(tmp_path: Path) -> None:
    """Absorption is of budget lines alone; what was paid stands beside it."""
    folder = tmp_path / "run"
    file = folder / "budgets" / "2025.csv"
    file.parent.mkdir(parents=True)
    rows = ["2025,regency,1771,sembako,,apbn,allocated,,10000000",
            "2025,regency,1771,sembako,,apbn,disbursed,,6000000",
            "2025,regency,1771,sembako,,apbd_regency,allocated,,999"]  # fmt: skip
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    determined = [{"family_id": f, "programme": "sembako"} for f in ("F1", "F2")]
    run = money(
        folder,
        enrolments=[spell("F1"), spell("F2")],
        payments=[paid("F1"), paid("F1", 2), paid(None)],
        given={"determined": determined},
    )
    found = {(r["year"], r["area"], r["fund_source"]): r for r in run.rows("absorption")}
    budgeted = {source: (found[2025, "1771", source]["allocated"],
                         found[2025, "1771", source]["disbursed"],
                         found[2025, "1771", source]["absorbed"])
                for source in ("apbn", "apbd_regency")}  # fmt: skip
    assert budgeted == {"apbn": (10_000_000, 6_000_000, 60.0), "apbd_regency": (999, None, None)}
    city = found[2025, "1771", None]
    assert (city["allocated"], city["owed"]) == (None, 4_800_000), "of payments no source is known"
    assert (city["paid"], city["matched"]) == (1_200_000, 1_200_000)
    assert city["unpaid"] == 1_200_000, "of the second family, in the quarters that files speak of"
    whole = found[2025, "", None]
    assert (whole["allocated"], whole["paid"]) == (None, 1_800_000), "to nobody known: in all only"
    people = {r["focus"]: (r["families"], r["persons"]) for r in run.rows("foci")
              if (r["year"], r["area"], r["fund_source"]) == (2026, "17", None)}  # fmt: skip
    assert people["protection"] == (2, 2)
    assert people["rehabilitation"] == (None, None), "no list was received"


def test_small_numbers_of_people_in_rehabilitation_are_not_shown() -> None:
    says = today(ON).settings["budget"].says
    row = {"focus": "rehabilitation", "families": 4, "persons": 7, "owed": 5, "paid": 6}
    small = shown(row, says)
    assert small["hidden"] is True
    assert {small[one] for one in ("families", "persons", "owed", "paid")} == {None}
    for other in ({"focus": "protection"}, {"families": 5}, {"families": 0, "persons": 0}):
        assert shown({**row, **other}, says) == {**row, **other, "hidden": False}
