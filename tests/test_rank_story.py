"""A new release: real files of the village, through the whole engine, by two releases and a replay.

In the second release nine cards are named in other ways than in the first: by card, by the number
of a child, by the base's own id of the family.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from tangga.cli.app import app
from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace
from village import BERKAS, BUKO, CARDS, CAST, DECILES, SIMPANG, write_village

pytestmark = pytest.mark.slow

FIRST, SECOND = ("2026-T1", date(2026, 1, 23)), ("2026-T2", date(2026, 4, 20))
BEFORE, AFTER = date(2026, 1, 31), date(2026, 4, 30)
DESCRIPTOR = """
kind = "rankings"
files = ["peringkat*.csv"]
as_of = { column = "tanggal" }
trust = 60
id = "id"

[columns]
kk = "kk"
nik = "nik"
family_source_id = "keluarga"
decile = "desil"
release = "rilis"
released_on = "tanggal"
"""
HEADER = ("id", "kk", "nik", "keluarga", "desil", "rilis", "tanggal")
OLD = {**DECILES, "herman": "4"}
NEW: dict[str, tuple[str, str, str, str]] = {
    # card: the row's kk, nik, family of the base, decile
    "jumadi": (CARDS["jumadi"][0], "", "", "2"),
    "sari": ("", "", "sari", "2"),
    "karto": (CARDS["karto"][0], "", "", "Non-Desil"),
    "herman": ("", CAST["bagas"].nik, "", "6"),
    "rosmiati": ("", "", "rosmiati", "0"),
    "sudana": (CARDS["sudana"][0], "", "", "Desil 4"),
    "siregar": (CARDS["siregar"][0], "", "", ""),
    "stranger": ("1811051203150099", "", "", "3"),
}
"""yanto is no longer in the release; a card that nobody has is in it."""
CHANGED = ("sari", "karto", "herman", "rosmiati", "yanto")


def write_release(folder: Path, number: int, release: tuple[str, date], rows: Any) -> None:
    name, day = release
    with (folder / f"peringkat_{number}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((f"{n}", *row, name, day.isoformat()) for n, row in enumerate(rows, 1))


def decided(folder: Path) -> dict[str, list[tuple]]:
    run = last_complete(folder)
    return {
        name: duckdb.sql(f"SELECT * FROM ({relation(run, name)}) ORDER BY ALL").fetchall()
        for name in ("decisions", "moves", "waiting", "ranking", "signals", "visits_asked")
    }


def table(folder: Path, name: str, where: str = "TRUE") -> list[dict[str, Any]]:
    sql = f"SELECT * FROM ({relation(last_complete(folder), name)}) WHERE {where}"
    return duckdb.sql(sql).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_village(tmp_path_factory.mktemp("release"))
    (made / "peringkat.csv").unlink()
    (made / "sources" / "peringkat.toml").write_text(DESCRIPTOR)
    rows = [(CARDS[card][0], "", "", decile) for card, decile in OLD.items()]
    write_release(made, 1, FIRST, rows)
    return made


@pytest.fixture(scope="module")
def last_quarter(folder: Path) -> dict[str, list[tuple]]:
    """What was decided before the second release came, and then the second release."""
    run_workspace(folder, as_of=BEFORE, until="plan")
    before = decided(folder)
    write_release(folder, 2, SECOND, NEW.values())
    run_workspace(folder, as_of=AFTER, until="plan")
    return before


@pytest.fixture(scope="module")
def families(folder: Path, last_quarter: dict[str, list[tuple]]) -> dict[str, str]:
    """card -> family_id, by the head's record in the base."""
    found = table(folder, "crosswalk", "source = 'dtsen'")
    by_record = {row["source_id"]: row["family_id"] for row in found}
    return {card: by_record[f"dtsen-{card}"] for card in CHANGED}


def test_changed_deciles_are_those_of_the_files_by_name_and_village(
    folder: Path, families: dict[str, str]
) -> None:
    names = {family: card for card, family in families.items()}
    found = {
        names[r["family_id"]]: (r["village"], r["decile_before"], r["decile"], r["change"],
                                r["crossed"], r["state"])
        for r in table(folder, "rank_changes")
    }  # fmt: skip
    assert found == {
        "sari": (SIMPANG, 1, 2, "rose", None, "ranked"),
        "karto": (SIMPANG, 2, None, "lost", None, "not_ranked"),
        "herman": (BERKAS, 4, 6, "rose", "out", "ranked"),
        "rosmiati": (BERKAS, 2, None, "lost", None, "unreadable"),
        "yanto": (SIMPANG, 6, None, "lost", None, "not_listed"),
    }
    assert {r["release"] for r in table(folder, "rank_changes")} == {"2026-T2"}


def test_a_recipient_who_rose_is_visited_and_not_stopped(
    folder: Path, families: dict[str, str]
) -> None:
    herman = f"family_id = '{families['herman']}'"
    (visit,) = table(folder, "visits_asked", herman)
    assert visit["deadline"] is not None
    assert [r["signal"] for r in table(folder, "signals", f"{herman} AND person_id IS NULL")] == [
        "decile_rose"
    ]
    (row,) = table(folder, "decisions", f"{herman} AND programme = 'pkh'")
    assert (row["verdict"], row["determination"]) == ("does_not_fit", "determined")
    assert all(r["open"] for r in table(folder, "spells", herman))
    for stop in ("due_ends", "exits", "cap_ends"):
        assert table(folder, stop, herman) == [], stop
    assert {r["move"] for r in table(folder, "moves", herman)} == {None}


def test_a_recipient_whose_decile_is_gone_is_visited_and_not_stopped(
    folder: Path, families: dict[str, str]
) -> None:
    """An unreadable decile is no decile: it is asked about, and ends nothing."""
    rosmiati = f"family_id = '{families['rosmiati']}'"
    (visit,) = table(folder, "visits_asked", rosmiati)
    assert visit["why"] == "running" and visit["deadline"] is not None
    (row,) = table(folder, "decisions", f"{rosmiati} AND programme = 'sembako'")
    assert (row["verdict"], row["determination"]) == ("not_known", "determined")
    assert table(folder, "due_ends", rosmiati) == []


def test_who_has_no_decile_has_none_and_every_row_is_somewhere(
    folder: Path, families: dict[str, str]
) -> None:
    why = {r["family_id"]: r["why"] for r in table(folder, "unranked")}
    assert why[families["karto"]] == "not_ranked"
    assert why[families["rosmiati"]] == "unreadable"
    assert why[families["yanto"]] == "dropped"
    ranks = {r["family_id"]: r["decile_official"] for r in table(folder, "ranking")}
    theirs = {r["family_id"] for r in table(folder, "persons") if r["status"] == "active"}
    assert {family for family, decile in ranks.items() if decile is None} == set(why)
    assert {f for f, reason in why.items() if reason != "not_programme"} == {
        family for family in theirs if family and ranks[family] is None
    }
    assert [(r["source_id"], r["why"]) for r in table(folder, "rank_review")] == [
        ("5", "unreadable")
    ]
    strangers = table(folder, "ranks_without_family", "release = '2026-T2'")
    assert [(r["kk"], r["why"]) for r in strangers] == [("1811051203150099", "not_found")]
    problems = table(folder, "problems", "source = 'peringkat'")
    assert [(p["source_id"], p["field"], p["problem"], p["value"]) for p in problems] == [
        ("5", "decile", "below_minimum", "0")
    ]


def test_last_quarters_decisions_replay_identically(
    folder: Path, last_quarter: dict[str, list[tuple]]
) -> None:
    """The second release lies there, and is of a later day."""
    run_workspace(folder, as_of=BEFORE, until="plan")
    assert decided(folder) == last_quarter
    states = {r["release"]: r["state"] for r in table(folder, "releases")}
    assert states == {"2026-T1": "in_force", "2026-T2": "later"}
    run_workspace(folder, as_of=AFTER, until="plan")  # the tests of the command look at the second


def test_a_release_that_was_taken_away_is_missed(folder: Path) -> None:
    """History is what the files say: without them nothing can be compared or replayed."""
    first = folder / "peringkat_1.csv"
    kept = first.rename(folder / "kept")
    manifest = run_workspace(folder, as_of=AFTER, until="plan")
    assert [n for n in manifest.notes if "peringkat 2026-T1" in n and "tidak lagi" in n]
    kept.rename(first)
    manifest = run_workspace(folder, as_of=AFTER, until="plan")
    assert not [n for n in manifest.notes if "tidak lagi diterima" in n]


def command(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["ranks", str(folder), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_counts_and_writes_the_list(
    folder: Path, last_quarter: dict[str, list[tuple]], tmp_path: Path
) -> None:
    said = " ".join(command(folder).split())
    assert "Compared: 2026-T1 with 2026-T2" in said
    assert "1 keluarga dengan desil yang tidak terbaca" in said
    (sums,) = re.findall(r"(\d+) active families in the register: (\d+) with a decile, (\d+)", said)
    assert int(sums[0]) == int(sums[1]) + int(sums[2]) > 0
    list_ = tmp_path / "berubah.csv"
    within = command(folder, "--area", "1811", "--to", str(list_))
    assert "181105" in within and "177" not in within  # kecamatan here, none of Bengkulu
    rows = list(csv.DictReader(list_.open(encoding="utf-8")))
    said_of = {
        r["Kepala keluarga"]: (r["Desa/kelurahan"], r["Desil lama"], r["Desil baru"],
                               r["Perubahan"], r["Keadaan baru"])
        for r in rows
    }  # fmt: skip
    assert said_of == {
        "SARI WULANDARI": ("Simpang Pematang", "1", "2", "naik", "Berperingkat"),
        "KARTO": ("Simpang Pematang", "2", "", "desil hilang", "Belum berperingkat (non-desil)"),
        "YANTO PRASETYO": ("Simpang Pematang", "6", "", "desil hilang", "Tidak ada dalam rilis"),
    }
    assert {r["Kode desa/kelurahan"] for r in rows} == {SIMPANG} != {BUKO}
    assert {r["Program yang berjalan"] for r in rows} == {"", "Program Sembako (BPNT)"}


def test_the_command_compares_any_two_the_other_way_round(
    folder: Path, last_quarter: dict[str, list[tuple]]
) -> None:
    said = " ".join(command(folder, "--before", "2026-T2", "--after", "2026-T1").split())
    assert "Compared: 2026-T2 with 2026-T1" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--before", "2025-T4"), "--before: no such release: '2025-T4'"),
        (("--after", "2026-T1"), "there are not two releases to compare"),
        (("--area", "11"), "no family of the register lives there"),
        (("--to", "list.doc"), "no such format of file"),
    ],
)
def test_what_cannot_be_compared_is_said(
    options: tuple[str, str], says: str, folder: Path, last_quarter: dict[str, list[tuple]]
) -> None:
    done = CliRunner().invoke(app, ["ranks", str(folder), *options])
    assert done.exit_code != 0 and says in f"{done.output}{done.exception}"
