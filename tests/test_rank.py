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
        [rank("F1", 4, "T1", NEW), rank("F1", 5, "T1", NEW)], (None, "T1", NEW, "two_ranks", None),
    ),
    "a rank and none in one release": (
        [rank("F1", 4, "T1", NEW), rank("F1", None, "T1", NEW)],
        (None, "T1", NEW, "ranked_and_not", None),
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
    "a newer list by somebody else decides nothing": (
        [rank("F1", 4, "T1", OLD, ranked_by="bps"), rank("F1", 2, "X", NEW, ranked_by="other")],
        (4, "T1", OLD, "ranked", None),
    ),
    "only a list by somebody else": (
        [rank("F1", 2, "X", NEW, ranked_by="other")], (None, None, None, None, None),
    ),
    "a list that does not say by whom": (
        [rank("F1", 2, "X", NEW, ranked_by=None), rank("F2", 2, "X", NEW, ranked_by="bps")],
        (2, "X", NEW, "ranked", None),
    ),
    "without a name of the release": (
        [rank("F1", 4, None, OLD), rank("F1", 6, None, NEW)], (6, "2026-01-23", NEW, "ranked", 4),
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


def test_the_rows_that_disagree_go_to_review_by_name(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    rows = [
        rank("F1", 4, "T1", NEW, source_id="a"), rank("F1", None, "T1", NEW, source_id="b"),
        rank("F2", 4, "T1", NEW, source_id="c"),
        # that the release before gave two is of no consequence any more
        rank("F2", 3, "T4", OLD, source_id="d"), rank("F2", 5, "T4", OLD, source_id="e"),
        # a family that ended has no rank to disagree about
        rank("F3", 1, "T1", NEW, source_id="f"), rank("F3", 2, "T1", NEW, source_id="g"),
        rank("F4", 2, "T1", NEW, source_id="h"), rank("F4", 3, "T1", NEW, source_id="i"),
        rank("F4", None, "T1", NEW, source_id="j"), rank("F5", 11, "T1", NEW, source_id="k"),
    ]  # fmt: skip
    families = [family(f"F{n}") for n in (1, 2, 4, 5)] + [family("F3", status="ended")]
    run.write(families=families, rankings=rows)
    run.rank()
    assert review(run) == [
        ("F1", "ranked_and_not", "a", 4), ("F1", "ranked_and_not", "b", None),
        ("F4", "two_ranks", "h", 2), ("F4", "two_ranks", "i", 3), ("F4", "two_ranks", "j", None),
        ("F5", "unreadable", "k", 11),
    ]  # fmt: skip
    rows = run.rows("rank_review", "rank")
    assert {row["source"] for row in rows} == {"hand"}
    # what is not known is never written as 0, which would be below the poorest
    spans = {row["family_id"]: (row["lowest"], row["highest"]) for row in rows}
    assert spans == {"F1": (4, 4), "F4": (2, 3), "F5": (None, None)}


def review(run: HistoryRun) -> list[tuple[object, ...]]:
    """(family, why, source_id, decile) of what is to be reviewed."""
    rows = run.rows("rank_review", "rank")
    return [(r["family_id"], r["why"], r["source_id"], r["decile"]) for r in rows]


@pytest.mark.parametrize("value", [0, 11, -3, None])
def test_what_is_no_decile_is_no_rank_and_not_none_either(
    value: int | None, tmp_path: Path
) -> None:
    """Out of bounds, or (without a value) a text that nobody can read."""
    run = HistoryRun(tmp_path, ON)
    bad = {"rank_state": "unreadable"} if value is None else {}
    run.write(
        families=[family("F1"), family("F2"), family("F3")],
        rankings=[
            rank("F1", value, "T1", NEW, source_id="a", **bad),
            rank("F2", value, "T1", NEW, source_id="b", **bad),
            rank("F2", 4, "T1", NEW, source_id="c"),
            rank("F3", value, "T1", NEW, source_id="d", **bad),
            rank("F3", None, "T1", NEW, source_id="e"),
        ],
    )
    run.rank()
    found = {
        key: (run.one("ranking", key, "rank")["decile_official"],
              run.one("ranking", key, "rank")["rank_state"])
        for key in ("F1", "F2", "F3")
    }  # fmt: skip
    assert found == {"F1": (None, "unreadable"), "F2": (4, "ranked"), "F3": (None, "not_ranked")}
    assert [row[:3] for row in review(run)] == [
        ("F1", "unreadable", "a"), ("F2", "unreadable", "b"), ("F3", "unreadable", "d"),
    ]  # fmt: skip


def test_nothing_received_and_families_that_ended(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1"), family("F2", status="ended")])
    assert not any(rows for name, rows in run.rank().items() if name != "ranking")
    assert [row["family_id"] for row in run.rows("ranking", "rank")] == ["F1"]


def test_rows_that_found_no_family_are_listed_and_count_for_nobody(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    rows = [
        rank("F1", 3, "T1", NEW, source_id="a"),
        {"decile": 4, "release": "T1", "source_id": "b", "attached_by": "not_found"},
        {"decile": 5, "release": "T1", "source_id": "c", "attached_by": "ambiguous", "kk": "18"},
        rank("F2", 6, "T1", NEW, source_id="d"),
        rank(None, 7, "T2", date(2026, 2, 1), source_id="later"),  # type: ignore[arg-type]
    ]
    run.write(families=[family("F1"), family("F2", status="ended")], rankings=rows)
    run.rank()
    assert run.one("ranking", "F1", "rank")["decile_official"] == 3
    listed = run.rows("ranks_without_family", "rank")
    assert [(r["source_id"], r["decile"], r["why"], r["kk"]) for r in listed] == [
        ("b", 4, "not_found", None), ("c", 5, "ambiguous", "18"), ("d", 6, "ended", None),
    ]  # fmt: skip


HISTORY = [
    rank("F1", 4, "T3", date(2025, 7, 1)), rank("F1", None, "T4", OLD), rank("F1", 6, "T1", NEW),
    rank("F2", 2, "T4", OLD), rank("F2", 3, "T4", OLD), rank("F2", 3, "T1", NEW),
    rank("F1", 9, "T2", date(2026, 4, 20)),
]  # fmt: skip


def test_history_stays_and_names_its_release(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1"), family("F2")], rankings=HISTORY)
    run.rank()
    found = [
        (r["family_id"], r["release"], r["released_on"], r["decile"], r["rank_state"], r["source"])
        for r in run.rows("rank_history", "rank")
    ]
    assert sorted(found, key=str) == [
        ("F1", "T1", NEW, 6, "ranked", "hand"),
        ("F1", "T3", date(2025, 7, 1), 4, "ranked", "hand"),
        ("F1", "T4", OLD, None, "not_ranked", "hand"),
        ("F2", "T1", NEW, 3, "ranked", "hand"),
        ("F2", "T4", OLD, None, "two_ranks", "hand"),
    ]
    releases = [(r["release"], r["state"], r["records"]) for r in run.rows("releases", "rank")]
    assert sorted(releases) == [
        ("T1", "in_force", 2), ("T2", "later", 1), ("T3", "earlier", 1), ("T4", "earlier", 3),
    ]  # fmt: skip


def test_a_row_without_any_date_is_of_its_release(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    undated = [{**row, "as_of": None} for row in (rank("F2", 5, "T2", ON), rank("F3", 7, None, ON))]
    rows = [rank("F1", 3, "T2", date(2026, 4, 1)), *undated]
    run.write(families=[family(f"F{n}") for n in (1, 2, 3)], rankings=rows)
    run.rank()
    found = {r["family_id"]: r["decile_official"] for r in run.rows("ranking", "rank")}
    assert found == {"F1": None, "F2": None, "F3": 7}


CHANGES: dict[str, tuple[list[Row], tuple[object, ...] | None]] = {
    "as it was": ([rank("F1", 4, "T4", OLD), rank("F1", 4, "T1", NEW)], None),
    "rose and left the poorest 40 %": (
        [rank("F1", 4, "T4", OLD), rank("F1", 6, "T1", NEW)],
        (4, 6, 2, "rose", "out", "ranked", "ranked"),
    ),
    "fell into them": (
        [rank("F1", 5, "T4", OLD), rank("F1", 4, "T1", NEW)],
        (5, 4, -1, "fell", "in", "ranked", "ranked"),
    ),
    "rose within": (
        [rank("F1", 1, "T4", OLD), rank("F1", 3, "T1", NEW)],
        (1, 3, 2, "rose", None, "ranked", "ranked"),
    ),
    "lost: there without one": (
        [rank("F1", 1, "T4", OLD), rank("F1", None, "T1", NEW)],
        (1, None, None, "lost", None, "ranked", "not_ranked"),
    ),
    "lost: no longer there": (
        [rank("F1", 1, "T4", OLD), rank("F2", 1, "T1", NEW)],
        (1, None, None, "lost", None, "ranked", "not_listed"),
    ),
    "lost: two": (
        [rank("F1", 1, "T4", OLD), rank("F1", 1, "T1", NEW), rank("F1", 2, "T1", NEW)],
        (1, None, None, "lost", None, "ranked", "two_ranks"),
    ),
    "lost: not readable": (
        [rank("F1", 1, "T4", OLD), rank("F1", 0, "T1", NEW)],
        (1, None, None, "lost", None, "ranked", "unreadable"),
    ),
    "gained": (
        [rank("F1", None, "T4", OLD), rank("F1", 3, "T1", NEW)],
        (None, 3, None, "gained", None, "not_ranked", "ranked"),
    ),
    "new on the list": (
        [rank("F2", 1, "T4", OLD), rank("F1", 3, "T1", NEW)],
        (None, 3, None, "gained", None, "not_listed", "ranked"),
    ),
    "no decile in either": (
        [rank("F1", None, "T4", OLD), rank("F1", 11, "T1", NEW)], None,
    ),
    "the one before is the release before, not the last that had the family": (
        [rank("F1", 2, "T3", date(2025, 7, 1)), rank("F2", 1, "T4", OLD), rank("F1", 3, "T1", NEW)],
        (None, 3, None, "gained", None, "not_listed", "ranked"),
    ),
    "one release only": ([rank("F1", 2, "T1", NEW)], None),
    "each source has releases of its own": (
        [rank("F1", 2, "B1", OLD, source="b"), rank("F1", 5, "B2", NEW, source="b"),
         rank("F2", 1, "M1", NEW, source="m")],
        (2, 5, 3, "rose", "out", "ranked", "ranked"),
    ),
    "left one source, stands in another": (
        [rank("F1", 2, "B1", OLD, source="b"), rank("F2", 5, "B2", ON, source="b"),
         rank("F1", 3, "M1", OLD, source="m"), rank("F1", 7, "M2", NEW, source="m")],
        (3, 7, 4, "rose", "out", "ranked", "ranked"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_since_the_release_before(name: str, tmp_path: Path) -> None:
    rows, expected = CHANGES[name]
    run = HistoryRun(tmp_path, ON)
    run.write(families=[family("F1"), family("F2")], rankings=rows)
    run.rank()
    keys = ("decile_before", "decile", "steps", "change", "crossed", "state_before", "state")
    found = [
        tuple(r[key] for key in keys)
        for r in run.rows("rank_changes", "rank")
        if r["family_id"] == "F1"
    ]
    assert found == ([expected] if expected else [])
