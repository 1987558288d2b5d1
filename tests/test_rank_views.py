"""Two releases side by side as tables: per family with its programmes, per village, programme."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from history_run import HistoryRun, family, person
from tangga.engine import catalogue
from test_rank import HISTORY, NEW, OLD, ON, rank

NORTH, SOUTH = "1811012001", "1811012002"
DECILES: dict[str, tuple[str, int | None, int | None, str]] = {
    # family: village, decile before, decile now, programmes
    "F1": (NORTH, 4, 6, "pkh sembako"),
    "F2": (NORTH, 4, 5, "pkh"),
    "F3": (NORTH, 2, 2, "pkh"),
    "F4": (NORTH, 3, None, ""),
    "F5": (SOUTH, 6, 3, "pbi_jk"),
    "F6": (SOUTH, None, 1, ""),
    "F7": (SOUTH, None, None, ""),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> HistoryRun:
    made = HistoryRun(tmp_path_factory.mktemp("views"), ON)
    ranks = [
        rank(name, decile, release, on)
        for name, (_, before, now, _) in DECILES.items()
        for decile, release, on in ((before, "T4", OLD), (now, "T1", NEW))
    ]
    families = [family(name, village=village) for name, (village, *_) in DECILES.items()]
    families += [family("F8", village=SOUTH), family("F9", village=SOUTH)]
    families.append(family("F10", village=SOUTH))  # nobody is considered through it
    persons = [person(f"P{n}", f"F{n}") for n in range(1, 10)]
    ranks.append(rank("F9", 5, "T4", OLD))
    made.write(families=families, rankings=ranks, persons=persons)
    made.rank()
    determined = [
        {"family_id": name, "person_id": person, "programme": programme}
        for name, (*_, programmes) in DECILES.items()
        for programme in programmes.split()
        for person in (("P1", "P2") if programme == "pbi_jk" else (None,))
    ]
    made._write("plan", "determined", determined)
    return made


def table(run: HistoryRun, name: str) -> list[dict[str, Any]]:
    sql = catalogue.relation(run.ctx.run_dir, name)
    return duckdb.sql(sql).to_arrow_table().to_pylist()


def test_who_moved_with_village_and_programmes(run: HistoryRun) -> None:
    keys = ("family_id", "village", "steps", "change", "crossed", "programmes")
    assert [tuple(r[k] for k in keys) for r in table(run, "rank_changes")] == [
        ("F1", NORTH, 2, "rose", "out", "pkh, sembako"),
        ("F2", NORTH, 1, "rose", "out", "pkh"),
        ("F4", NORTH, None, "lost", None, None),
        ("F5", SOUTH, -3, "fell", "in", "pbi_jk"),
        ("F6", SOUTH, None, "gained", None, None),
        ("F9", SOUTH, None, "lost", None, None),
    ]


def test_by_village_and_programme(run: HistoryRun) -> None:
    keys = ("village", "programme", "families", "ranked", "unchanged", "rose", "fell", "rose_by",
            "fell_by", "crossed_out", "crossed_in", "lost", "gained")  # fmt: skip
    rows = table(run, "rank_changes_by_area")
    assert {(r["release_before"], r["release"]) for r in rows} == {("T4", "T1")}
    by, three = Decimal("1.50"), Decimal("3.00")
    assert [tuple(r[k] for k in keys) for r in rows] == [
        (NORTH, None, 4, 3, 1, 2, 0, by, None, 2, 0, 1, 0),
        (NORTH, "pkh", 3, 3, 1, 2, 0, by, None, 2, 0, 0, 0),
        (NORTH, "sembako", 1, 1, 0, 1, 0, Decimal("2.00"), None, 1, 0, 0, 0),
        (SOUTH, None, 4, 1, 0, 0, 1, None, three, 0, 1, 1, 1),
        (SOUTH, "pbi_jk", 1, 1, 0, 0, 1, None, three, 0, 1, 0, 0),
    ]


def test_families_without_a_rank_and_why(run: HistoryRun) -> None:
    keys = ("family_id", "village", "why", "release", "decile_last", "release_last")
    assert [tuple(r[k] for k in keys) for r in table(run, "unranked")] == [
        ("F4", NORTH, "not_ranked", "T1", 3, "T4"),
        ("F10", SOUTH, "not_programme", None, None, None),
        ("F7", SOUTH, "not_ranked", "T1", None, None),
        ("F8", SOUTH, "never", None, None, None),
        ("F9", SOUTH, "dropped", None, 5, "T4"),
    ]


def test_the_ranked_and_the_unranked_are_all_of_the_ranking(run: HistoryRun) -> None:
    """No active family is in neither, also one through which nobody is considered."""
    families = run.rows("ranking", "rank")
    ranked = [r["family_id"] for r in families if r["decile_official"] is not None]
    without = [r["family_id"] for r in table(run, "unranked")]
    assert sorted([*ranked, *without]) == sorted(r["family_id"] for r in families)


def test_without_decisions_and_without_villages_the_lists_are_there(tmp_path: Path) -> None:
    made = HistoryRun(tmp_path, ON)
    made.write(families=[family("F1"), family("F2")], rankings=HISTORY)
    made.rank()
    (one, two) = table(made, "rank_changes")
    assert (one["family_id"], one["programmes"], two["family_id"]) == ("F1", None, "F2")
    assert len(table(made, "rank_changes_by_area")) == 1
    assert table(made, "unranked") == []
