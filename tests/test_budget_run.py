"""Budgets and payments on real files: the village, and a payment file with all that goes wrong."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from tangga.cli import screen
from tangga.cli.app import app
from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace
from village import CAST, write_village


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed does not depend on the terminal in which the tests run."""
    monkeypatch.setattr(screen.out, "width", 160)


EXTRA = [
    # id, whose NIK, programme, amount, state
    ("twice", "sari", "sembako", "600000", "TERSALUR"),
    ("units", "sari", "sembako", "600", "TERSALUR"),
    ("words", "sari", "sembako", "enam ratus ribu", "TERSALUR"),
    ("empty", "rosmiati", "sembako", "", "TERSALUR"),
    ("failed", "rosmiati", "sembako", "600000", "GAGAL"),
    ("none", "yanto", "sembako", "600000", "TERSALUR"),
    ("nobody", "", "sembako", "600000", "TERSALUR"),
    ("cancelled", "rosmiati", "sembako", "600000", "BATAL"),
    ("no_state", "sari", "sembako", "600000", ""),
    ("refund", "sari", "sembako", "-600000", "TERSALUR"),
    ("later", "sari", "sembako", "600000", "TERSALUR", "2026-02-10"),
    ("far_later", "sari", "sembako", "600000", "TERSALUR", "2027-03-01"),
    ("no_day", "sari", "sembako", "600000", "TERSALUR", "2025-02-31"),
    ("kind", "sari", "apa ini", "600000", "TERSALUR"),
]
STRANGER = "1811050101700009"
BUDGET = """year,level,area,programme,focus,source,measure,document,amount
2025,provinsi,17,,,APBN,pagu,,447000000000
2025,kabupaten/kota,17.71,,,APBN,disalurkan,,58000000000
2025,regency,1771,sembako,,APBN,pagu,,9000000
2025,regency,1771,sembako,,APBN,disalurkan,,4500000
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village, a second payment file with the fourth quarter, and a budget."""
    folder = write_village(tmp_path_factory.mktemp("money"))
    with (folder / "penyaluran.csv").open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    with (folder / "susulan.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        for id_, who, programme, amount, state, *day in EXTRA:
            nik, name = (CAST[who].nik, CAST[who].name) if who else (STRANGER, "SIAPA")
            quarter = ("2025-10-01", "2025-12-31", *(day or ["2025-12-20"]))
            writer.writerow((id_, nik, name, programme, *quarter, amount, state))
    descriptor = (folder / "sources/penyaluran.toml").read_text(encoding="utf-8")
    more = descriptor.replace("penyaluran.csv", "susulan.csv")
    (folder / "sources/susulan.toml").write_text(more, encoding="utf-8")
    (folder / "budgets").mkdir()
    (folder / "budgets/2025.csv").write_text(BUDGET, encoding="utf-8")
    run_workspace(folder, until="plan")
    return folder


def ask(folder: Path, table: str, what: str = "*", where: str = "TRUE") -> list[tuple[Any, ...]]:
    rows = relation(last_complete(folder), table)
    with duckdb.connect() as con:
        found: list[tuple[Any, ...]] = con.sql(
            f"SELECT {what} FROM ({rows}) WHERE {where} ORDER BY ALL"
        ).fetchall()
    return found


def states(folder: Path, file: str) -> dict[str, tuple[str, int | None]]:
    found = ask(folder, "reconciliation", "source_id, state, matched", f"file = '{file}'")
    return {id_: (state, matched) for id_, state, matched in found}


def test_the_villages_own_payments(folder: Path) -> None:
    found = states(folder, "penyaluran.csv")
    assert found["bayar-sari-1"] == ("matched", 600_000)
    assert found["bayar-tukinem-4"] == ("dead", 0), "a lone elder: overpaid"
    assert found["bayar-tukinem-2"] == ("matched", 600_000)
    assert found["bayar-tukinem-3"] == ("overpaid", 400_000), "she died in August"
    over = ask(folder, "payments_after_death", "source_id, amount")
    assert ("bayar-tukinem-4", 600_000) in over


def test_every_row_of_the_messy_file_says_what_it_is(folder: Path) -> None:
    found = states(folder, "susulan.csv")
    twice = {("matched", 600_000), ("twice", 0)}
    both = {found["twice"], states(folder, "penyaluran.csv")["bayar-sari-4"]}
    assert both == twice
    assert found["units"] == ("other_units", 0)
    assert found["words"] == ("unreadable", None)
    assert found["empty"] == ("no_amount", None)
    assert found["failed"] == ("failed", 0)
    assert found["none"] == ("not_enrolled", 0)
    assert found["nobody"] == ("nobody", 0)
    assert "kind" not in found or found["kind"][0] in ("quarantined", "no_programme")


def test_what_could_not_be_read_is_not_what_is_empty(folder: Path) -> None:
    """A state that is no code, a day that lies ahead, less than nothing: no payment."""
    found = states(folder, "susulan.csv")
    assert found["cancelled"] == ("other_status", 0)
    assert {found["later"], found["far_later"]} == {("later", 0)}, "these days lie ahead"
    assert found["refund"] == ("negative", 0)
    assert found["no_state"][0] in ("matched", "twice"), "an empty state counts as paid"
    assert found["no_day"][0] in ("matched", "twice"), "no day of the calendar says nothing"
    rows = ask(folder, "reconciliation", "state, paid, amount, matched + unmatched",
               "state IN ('other_status', 'later', 'negative')")  # fmt: skip
    assert {state for state, *_ in rows} == {"other_status", "later", "negative"}
    assert all(not paid and amount == sum_ for _, paid, amount, sum_ in rows)
    text = " ".join(said(folder).split())
    assert "negative: a correction or refund" in text


def test_what_is_owed_is_whole_rupiah(folder: Path) -> None:
    kinds = ask(folder, "owed", "DISTINCT typeof(amount)")
    assert kinds == [("BIGINT",)]


def test_rows_and_rupiah_of_each_file_agree_with_the_file(folder: Path) -> None:
    rows = ask(folder, "files", "file, rows_in", "source IN ('penyaluran', 'susulan')")
    found = ask(folder, "reconciliation", "file, amount, matched, unmatched")
    assert dict(rows) == Counter(file for file, *_ in found)
    sums: Counter[str] = Counter()
    for file, amount, matched, unmatched in found:
        assert (amount is None) == (matched is None) == (unmatched is None)
        sums[file] += (matched or 0) + (unmatched or 0)
    for name in dict(rows):
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            written = [row["rupiah"] for row in csv.DictReader(lines) if row["id"] != "kind"]
        whole = sum(int(text) for text in written if text.removeprefix("-").isdigit())
        lacks = ask(folder, "reconciliation", "sum(amount)",
                    f"file = '{name}' AND coalesce(source_id, 'kind') <> 'kind'")[0][0]  # fmt: skip
        assert lacks == whole


def said(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["budget", str(folder), "--year", "2025", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_never_sums_447_and_58_billion(folder: Path) -> None:
    text = " ".join(said(folder).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "447 000 000 000" in text
    assert "505 000 000 000" not in text
    assert "gagal salur / failed" in text
    found = json.loads(said(folder, "--area", "17", "--json"))
    lines = {(r["measure"], r["programme"], r["focus"]): r for r in found["lines"]}
    assert lines["allocated", None, None]["amount"] == 447_000_000_000
    assert lines["disbursed", None, None]["amount"] is None
    assert lines["disbursed", None, None]["children_amount"] == 58_000_000_000
    assert found["files"] == [], "a file is of all areas"


def test_an_area_shows_its_own_families(folder: Path) -> None:
    city = json.loads(said(folder, "--area", "17.71", "--json"))
    (food,) = [row for row in city["absorption"] if row["fund_source"] == "apbn"]
    assert (food["allocated"], food["disbursed"], food["absorbed"]) == (9_000_000, 4_500_000, 50.0)
    assert "twice" not in {row["state"] for row in city["states"]}, "that was in Mesuji"
    whole = json.loads(said(folder, "--json"))
    for row in [*whole["files"], *whole["states"]]:
        assert row["amount"] == row["matched"] + row["unmatched"]


def test_mistakes_end_with_a_message(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["budget", str(folder), "--area", "99"])
    assert done.exit_code != 0
    wrong = tmp_path / "wrong"
    write_village(wrong, ("dtsen",))
    (wrong / "budgets").mkdir()
    (wrong / "budgets/2025.csv").write_text(BUDGET.replace("447000000000", "-1"))
    done = CliRunner().invoke(app, ["run", str(wrong)])
    assert done.exit_code != 0
    assert not (wrong / "runs" / "CURRENT").exists(), "nothing half-written"
