"""The stage beside a plain reading in Python: many families, several sources and releases.

The plain reading goes through the rows of one family after the other, and says of each release
what it holds, which one decides, and what changed since the one before.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from history_run import HistoryRun, family
from tangga.engine.rank.changes import sides_sql, usual_sides_sql
from test_rank import ON, rank

RELEASES = {
    "T2": date(2025, 4, 20), "T3": date(2025, 7, 20), "T4": date(2025, 10, 20),
    "T1": date(2026, 1, 20), "T5": date(2026, 4, 20),
}  # fmt: skip
SOURCES = {"north": ["T2", "T4", "T1"], "south": ["T3", "T4", "T5"], "all": ["T3"]}
VALUES = [None, None, 1, 3, 4, 5, 10, 0, 11]
ORDER = list(RELEASES)
State = tuple[int | None, str]


def invented(seed: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    pairs = [(source, release) for source, names in SOURCES.items() for release in names]
    return [
        {**rank(f"F{n}", dice.choice(VALUES), release, RELEASES[release]), "source": source}
        for n in range(80)
        for source, release in dice.sample(pairs, dice.randint(0, 5))
        for _ in range(dice.choice([1, 1, 1, 2]))
    ]


def in_force(source: str) -> str:
    """The newest release of a source that is not of a later day."""
    return max((r for r in SOURCES[source] if RELEASES[r] <= ON), key=ORDER.index)


def before(release: str) -> str | None:
    """The release before one in force, in the sources in which it is in force."""
    older = [
        r
        for source, names in SOURCES.items()
        if in_force(source) == release
        for r in names
        if ORDER.index(r) < ORDER.index(release)
    ]
    return max(older, key=ORDER.index) if older else None


def state(values: list[int | None]) -> State:
    """What the rows of one family in one release say together."""
    said = {value for value in values if value is None or 1 <= value <= 10}
    if not said:
        return None, "unreadable"
    if len(said - {None}) > 1:
        return None, "two_ranks"
    if len(said) > 1:
        return None, "ranked_and_not"
    (value,) = said
    return value, "not_ranked" if value is None else "ranked"


def plain(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """family -> its state by release, the release that decides, and the change since the last."""
    by: dict[str, dict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    deciding: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if RELEASES[row["release"]] <= ON:
            by[row["family_id"]][row["release"]].append(row["decile"])
            if row["release"] == in_force(row["source"]):
                deciding[row["family_id"]].add(row["release"])
    found = {}
    for name, releases in by.items():
        states = {release: state(values) for release, values in releases.items()}
        now = max(deciding[name], key=ORDER.index) if deciding[name] else None
        found[name] = {"states": states, "now": now, "change": change(states, now)}
    return found


def change(states: dict[str, State], now: str | None) -> tuple[int | None, int | None] | None:
    """(decile before, decile now) where they differ."""
    if now is None:  # by the newest pair that the family left
        left = [in_force(s) for s in SOURCES if before(in_force(s)) in states]
        now = max(left, key=ORDER.index) if left else None
    earlier = before(now) if now else None
    if now is None or earlier is None:
        return None
    both = (states.get(earlier, (None, ""))[0], states.get(now, (None, ""))[0])
    return both if both[0] != both[1] else None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("parts", [1, 3])
def test_the_stage_says_what_a_plain_reading_says(seed: int, parts: int, tmp_path: Path) -> None:
    rows = invented(seed)
    run = HistoryRun(tmp_path, ON, parts=parts)
    run.write(families=[family(f"F{n:x}") for n in range(80)], rankings=_hexadecimal(rows))
    run.rank()
    expected = plain(_hexadecimal(rows))
    ranking = {row["family_id"]: row for row in run.rows("ranking", "rank")}
    # Whatever rows say, or leave out: every family stands there once, nobody is dropped.
    assert set(ranking) == {f"F{n:x}" for n in range(80)}
    for name, row in ranking.items():
        known = expected.get(name, {"states": {}, "now": None})
        said = known["states"].get(known["now"], (None, None))
        assert (row["decile_official"], row["rank_state"]) == said
        assert row["decile_release"] == known["now"]
        earlier = [
            r
            for r in known["states"]
            if not known["now"] or ORDER.index(r) < ORDER.index(known["now"])
        ]
        last = known["states"][max(earlier, key=ORDER.index)][0] if earlier else None
        assert row["decile_before"] == last
    history = {(r["family_id"], r["release"]): r for r in run.rows("rank_history", "rank")}
    assert {key: (r["decile"], r["rank_state"]) for key, r in history.items()} == {
        (name, release): said
        for name, known in expected.items()
        for release, said in known["states"].items()
    }
    changes = {
        r["family_id"]: (r["decile_before"], r["decile"]) for r in run.rows("rank_changes", "rank")
    }
    assert changes == {n: known["change"] for n, known in expected.items() if known["change"]}
    _views_agree(run, changes, expected)


def _hexadecimal(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ids that can be cut into parts, as the register's can."""
    return [{**row, "family_id": f"F{int(row['family_id'][1:]):x}"} for row in rows]


def _views_agree(run: HistoryRun, changes: dict[str, Any], expected: dict[str, Any]) -> None:
    """What is compared later, from the tables of the run, is the same."""
    history, releases = (run.ctx.scan("rank", name) for name in ("rank_history", "releases"))
    decile = "CASE WHEN {0} BETWEEN 1 AND 10 THEN {0} END".format
    sql = (
        f"SELECT family_id, {decile('code_before')} AS b, {decile('code')} AS n FROM ({{}}) "
        "WHERE b IS DISTINCT FROM n"
    )
    usual = duckdb.sql(sql.format(usual_sides_sql(history, releases))).fetchall()
    assert {name: (b, n) for name, b, n in usual} == changes
    numbers = dict(duckdb.sql(f"SELECT DISTINCT release, number FROM {releases}").fetchall())
    pair = sides_sql(history, numbers["T2"], numbers["T4"])
    assert {name: (b, n) for name, b, n in duckdb.sql(sql.format(pair)).fetchall()} == {
        name: both
        for name, known in expected.items()
        if (both := tuple(known["states"].get(r, (None, ""))[0] for r in ("T2", "T4")))
        and both[0] != both[1]
    }
