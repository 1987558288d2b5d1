"""Official deciles: whose release stands, and that null stays null."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from history_run import HistoryRun, Row, family

ON = date(2026, 1, 31)
OLD, NEW = date(2025, 10, 1), date(2026, 1, 23)


def rank(
    family_id: str, decile: int | None, release: str | None, as_of: date, **given: object
) -> Row:
    return {"family_id": family_id, "decile": decile, "release": release, "as_of": as_of, **given}


CASES: dict[str, tuple[list[Row], tuple[object, ...]]] = {
    "in no list": ([], (None, None, None, None, None)),
    "one release": ([rank("F1", 3, "T1", NEW)], (3, "T1", NEW, "ranked", None)),
    "in the release without a decile": (
        [rank("F1", None, "T1", NEW)], (None, "T1", NEW, "not_ranked", None),
    ),
    "two releases": (
        [rank("F1", 4, "T4", OLD), rank("F1", 6, "T1", NEW)], (6, "T1", NEW, "ranked", 4),
    ),
    "unranked since": (
        [rank("F1", 4, "T4", OLD), rank("F1", None, "T1", NEW)],
        (None, "T1", NEW, "not_ranked", 4),
    ),
    "ranked since": (
        [rank("F1", None, "T4", OLD), rank("F1", 2, "T1", NEW)], (2, "T1", NEW, "ranked", None),
    ),
    "the date of release decides, not that of the file": (
        [rank("F1", 4, "B", NEW, released_on=date(2025, 7, 1)),
         rank("F1", 6, "A", OLD, released_on=date(2025, 9, 1))],
        (6, "A", date(2025, 9, 1), "ranked", 4),
    ),
    "released after the day: not seen": (
        [rank("F1", 4, "T4", OLD), rank("F1", 6, "T1", date(2026, 2, 1))],
        (4, "T4", OLD, "ranked", None),
    ),
    "two ranks in one release": (
        [rank("F1", 4, "T1", NEW), rank("F1", 5, "T1", NEW)], (None, "T1", NEW, None, None),
    ),
    "a rank and none in one release": (
        [rank("F1", 4, "T1", NEW), rank("F1", None, "T1", NEW)], (None, "T1", NEW, None, None),
    ),
    "twice the same": (
        [rank("F1", 4, "T1", NEW), rank("F1", 4, "T1", NEW)], (4, "T1", NEW, "ranked", None),
    ),
    "two ranks in the release before": (
        [rank("F1", 4, "T4", OLD), rank("F1", 5, "T4", OLD), rank("F1", 6, "T1", NEW)],
        (6, "T1", NEW, "ranked", None),
    ),
    "a row of the release corrected": (
        [rank("F1", 4, "T1", OLD, source_id="x", latest=False, released_on=OLD),
         rank("F1", 5, "T1", NEW, source_id="x", released_on=OLD)],
        (5, "T1", OLD, "ranked", None),
    ),
    "an earlier release under one id": (
        [rank("F1", 4, "T4", OLD, source_id="x", latest=False),
         rank("F1", 5, "T1", NEW, source_id="x")],
        (5, "T1", NEW, "ranked", 4),
    ),
    "no longer on the list": (
        [rank("F1", 4, "T4", OLD), rank("F2", 6, "T1", NEW)], (None, None, None, None, 4),
    ),
    "a list of another area is newer": (
        [rank("F1", 4, "T4", OLD, source="bengkulu"), rank("F2", 6, "T1", NEW, source="mesuji")],
        (4, "T4", OLD, "ranked", None),
    ),
    "without a name of the release": (
        [rank("F1", 4, None, OLD), rank("F1", 6, None, NEW)], (6, None, NEW, "ranked", 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_rank_of_a_family(name: str, tmp_path: Path) -> None:
    rows, expected = CASES[name]
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1"), family("F2")], rankings=rows)
    run.rank()
    found = run.one("ranking", "F1", "rank")
    keys = ("decile_official", "decile_release", "decile_on", "rank_state", "decile_before")
    assert tuple(found[key] for key in keys) == expected
    assert found["decile_used"] == ("official" if expected[0] else None)
    assert found["decile"] is None and found["score"] is None


def test_two_ranks_go_to_review(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    rows = [rank("F1", 4, "T1", NEW), rank("F1", None, "T1", NEW), rank("F2", 4, "T1", NEW)]
    run.write(families=[family("F1"), family("F2")], rankings=rows)
    assert run.rank() == {"ranking": 2, "rank_review": 1}
    (found,) = run.rows("rank_review", "rank")
    assert (found["family_id"], found["lowest"], found["highest"]) == ("F1", 0, 4)


def test_nothing_received_and_families_that_ended(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1"), family("F2", status="ended")])
    assert run.rank() == {"ranking": 1, "rank_review": 0}
    assert [row["family_id"] for row in run.rows("ranking", "rank")] == ["F1"]


def test_rows_that_found_no_family_count_for_nobody(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1")], rankings=[rank("F1", 3, "T1", NEW), {"decile": 4}])
    run.rank()
    assert run.one("ranking", "F1", "rank")["decile_official"] == 3
