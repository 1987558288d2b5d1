"""Ids that stay, whatever is added, removed, re-ordered, merged or split."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.resolve import ids
from tangga.engine.runner import Steps

ROUND = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Ledger:
    """Runs of one register of persons: only ids, no values."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runs = folder, itertools.count(1)
        self.last: Path | None = None

    def run(self, groups: list[set[int]]) -> dict[int, str]:
        """Give ids to groups of record keys; returns key -> id."""
        folder = self.folder / f"{next(self.runs):05d}"
        rows = [(rid, min(group)) for group in groups for rid in group]
        _write(folder / "link" / "clusters", rows)
        context = Context(SimpleNamespace(), folder, previous=self.last, threads=1)
        clusters = context.scan("link", "clusters")
        groups_of = f"(SELECT cluster AS grp, cluster AS key FROM {clusters} WHERE rid = cluster)"
        with Steps(context, "resolve") as steps:
            entity = ids.Entity(
                letter=ids.PERSON,
                word="person",
                groups=groups_of,
                records=f"(SELECT rid, cluster AS grp FROM {clusters})",
                before=f"(SELECT rid, pid AS id FROM {ids.previous(steps, 'spine')})"
                if self.last
                else None,
            )
            ids.give_ids(steps, entity)
            steps.whole(
                "spine",
                f"SELECT c.rid, i.id AS pid FROM {clusters} AS c "
                f"JOIN {steps.scan('person_ids')} AS i ON c.cluster = i.grp",
            )
            steps.whole("ledger", ids.ledger_sql(steps, [entity]))
            steps.whole("lineage", ids.lineage_sql(steps, [entity]))
        self.last = folder
        shown = ids.shown(ids.PERSON, "pid")
        return dict(self.rows("spine", f"rid, {shown}"))

    def rows(self, table: str, columns: str = "*") -> list[tuple]:
        """Rows of a table of the last run."""
        scan = tables.scan(self.last / "resolve" / table)
        return duckdb.sql(f"SELECT {columns} FROM {scan}").fetchall()

    def lineage(self) -> list[tuple[str, str, str | None]]:
        """(kind, old, new) of every change ever."""
        return sorted(self.rows("lineage", "kind, old_id, new_id"), key=str)


def _write(folder: Path, rows: list[tuple[int, int]]) -> None:
    folder.mkdir(parents=True)
    table = pa.table(
        {
            "rid": pa.array([rid for rid, _ in rows], pa.int64()),
            "cluster": pa.array([cluster for _, cluster in rows], pa.int64()),
        }
    )
    pq.write_table(table, tables.part_file(folder, 0))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


KEYS = [n * 7_919_000_000_000_001 + 4_096 for n in range(1, 13)]


@st.composite
def partitions(draw: st.DrawFn) -> list[set[int]]:
    """Some of the keys, in groups."""
    labels = draw(st.lists(st.integers(0, 5), min_size=len(KEYS), max_size=len(KEYS)))
    groups: dict[int, set[int]] = {}
    for record, label in zip(KEYS, labels, strict=True):
        if label:  # group 0: the record is absent
            groups.setdefault(label, set()).add(record)
    return list(groups.values()) or [{KEYS[0]}]


def test_the_same_input_gives_the_same_ids(ledger: Ledger) -> None:
    groups = [{KEYS[0], KEYS[1]}, {KEYS[2]}]
    first = ledger.run(groups)
    assert ledger.run(groups) == first
    assert ledger.run(list(reversed(groups))) == first
    assert ledger.lineage() == []


def test_an_id_is_a_letter_and_thirteen_signs(ledger: Ledger) -> None:
    (shown,) = set(ledger.run([{KEYS[0]}]).values())
    assert len(shown) == 14 and shown[0] == "P" and int(shown[1:], 16) >= 1 << 51


def test_a_merge_keeps_the_id_of_the_majority(ledger: Ledger) -> None:
    before = ledger.run([{KEYS[0]}, {KEYS[1], KEYS[2]}])
    after = ledger.run([{KEYS[0], KEYS[1], KEYS[2]}])
    assert set(after.values()) == {before[KEYS[1]]}
    assert ledger.lineage() == [("merge", before[KEYS[0]], before[KEYS[1]])]


def test_a_tie_goes_to_the_smallest_key(ledger: Ledger) -> None:
    before = ledger.run([{KEYS[1]}, {KEYS[0]}])
    assert set(ledger.run([{KEYS[0], KEYS[1]}]).values()) == {before[KEYS[0]]}


def test_a_split_keeps_the_id_with_the_majority(ledger: Ledger) -> None:
    before = ledger.run([{KEYS[0], KEYS[1], KEYS[2]}])
    after = ledger.run([{KEYS[0]}, {KEYS[1], KEYS[2]}])
    assert after[KEYS[1]] == before[KEYS[1]] != after[KEYS[0]]
    assert ledger.lineage() == [("split", before[KEYS[0]], after[KEYS[0]])]


def test_who_vanishes_is_retired_and_a_return_gets_a_number_never_issued(ledger: Ledger) -> None:
    first = ledger.run([{KEYS[0]}, {KEYS[1]}])
    ledger.run([{KEYS[1]}])
    assert ledger.lineage() == [("retirement", first[KEYS[0]], None)]
    again = ledger.run([{KEYS[0]}, {KEYS[1]}])
    assert again[KEYS[0]] != first[KEYS[0]] and again[KEYS[1]] == first[KEYS[1]]
    numbers = {(key, n) for key, n in ledger.rows("ledger", "key, n")}
    assert {(KEYS[0], 1), (KEYS[0], 2)} <= numbers


def test_two_keys_whose_hashes_fall_together_get_different_ids(ledger: Ledger) -> None:
    close = [KEYS[0], KEYS[0] + 1]  # the first try takes the upper bits of a key
    found = ledger.run([{close[0]}, {close[1]}])
    assert len(set(found.values())) == 2
    assert found[close[0]] == ledger.run([{close[0]}])[close[0]]


@ROUND
@given(runs=st.lists(partitions(), min_size=2, max_size=4))
def test_every_run_keeps_the_promises(runs: list[list[set[int]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger, before = Ledger(Path(folder)), {}
        issued: set[str] = set()
        for groups in runs:
            now = ledger.run(groups)
            _check_groups(groups, now)
            _check_majority(groups, before, now)
            fresh = set(now.values()) - set(before.values())
            assert not fresh & issued, "an id was issued twice"
            issued |= set(now.values())
            before = now
        _check_lineage(ledger, issued, set(before.values()))


def _check_groups(groups: list[set[int]], now: dict[int, str]) -> None:
    shown = [{now[record] for record in group} for group in groups]
    assert all(len(found) == 1 for found in shown)
    assert len(set.union(*shown)) == len(groups)


def _check_majority(groups: list[set[int]], before: dict[int, str], now: dict[int, str]) -> None:
    """An old id most of whose surviving records stay together, and alone, stays with them."""
    held = Counter((before[r], min(g)) for g in groups for r in g if r in before)
    for (old, group), records in held.items():
        rivals = [n for (o, g), n in held.items() if o == old and g != group]
        claims = [o for (o, g) in held if g == group]
        if all(records > n for n in rivals) and claims == [old]:
            assert now[group] == old


def _check_lineage(ledger: Ledger, issued: set[str], active: set[str]) -> None:
    """Every id that is gone was merged or retired, and the ledger holds all ids ever issued."""
    gone = {old for kind, old, _ in ledger.lineage() if kind in ("merge", "retirement")}
    assert issued - active == gone
    states = dict(ledger.rows("ledger", f"{ids.shown(ids.PERSON, 'id')}, state"))
    assert set(states) == issued
    assert {i for i, state in states.items() if state == "active"} == active


@ROUND
@given(groups=partitions(), seed=st.randoms(use_true_random=False))
def test_order_changes_nothing(groups: list[set[int]], seed) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        shuffled = list(groups)
        seed.shuffle(shuffled)
        assert Ledger(Path(one)).run(groups) == Ledger(Path(two)).run(shuffled)
