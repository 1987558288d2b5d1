"""What is left out of open tables cannot be worked out: brute force on tiny ones, and attacks."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Set
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.publish import intervals
from tangga.engine.publish.aggregate import Numbers
from tangga.engine.publish.cells import TOTAL, Cells, Row, Shape, gather
from tangga.engine.publish.intervals import ranges, system_of
from tangga.engine.publish.open_tables import ROUNDS, Limits, until_proven
from tangga.engine.publish.prove import PACKAGE, Changed, Proof, Unprovable, prove
from tangga.engine.publish.suppress import suppress

K = 3
WIDTH = 3.0
LEVELS = {"country": 0, "province": 1, "village": 2}
PLACES = ("11", "12", "21")
VALUES = ("a", "b")


def parent(area: str) -> str | None:
    return area[:-1] if area else None


def table(inner: dict[tuple[str, str], int], name: str = "t") -> tuple[Shape, list[Row]]:
    """A table by area and one dimension with every margin, from its inner numbers."""
    rows: dict[tuple[str, str], int] = {}
    for (place, value), n in inner.items():
        for area in (place, place[:1], ""):
            for at in (value, TOTAL):
                rows[area, at] = rows.get((area, at), 0) + n
    shape = Shape(name, (), (name,), ("families",))
    return shape, [(area, (), (at,), (n,)) for (area, at), n in rows.items()]


def hide(*tables: tuple[Shape, list[Row]]) -> tuple[Cells, set[int]]:
    cells = gather(tables, parent, {})
    values = np.array(cells.values, dtype=float)
    n = len(values)
    families = values.copy()
    if n:  # not so few in all that nothing is told
        families[values.argmax()] = 100
    done = suppress(cells, families, K, np.full(n, WIDTH), np.ones(n))
    return cells, done.hidden


inner_tables = st.fixed_dictionaries(
    {(place, value): st.integers(0, 6) for place in PLACES for value in VALUES}
)


def consistent(cells: Cells, hidden: set[int], most: int) -> dict[int, set[int]]:
    """By trying everything: the values of each hidden cell over all tables of whole numbers that
    agree with what is published. The inner cells decide the rest; what is 0 is published."""
    keys = list(cells.index)
    if not hidden:
        return {}
    inner = [i for i, k in enumerate(keys) if len(k[1]) == 2 and k[2]]
    free = [at for at, i in enumerate(inner) if i in hidden]
    grid = np.array(list(itertools.product(range(1, most + 1), repeat=len(free))), dtype=int)
    tried = np.tile([cells.values[i] for i in inner], (len(grid), 1))
    tried[:, free] = grid.reshape(len(grid), len(free))
    sums = np.array([[_within(keys[i], key) for i in inner] for key in keys], dtype=int)
    whole = tried @ sums.T
    open_ = [j for j in range(len(keys)) if j not in hidden]
    agree = whole[(whole[:, open_] == [cells.values[j] for j in open_]).all(axis=1)]
    return {j: set(agree[:, j].tolist()) for j in hidden}


def _within(one: tuple, other: tuple) -> bool:
    return one[1].startswith(other[1]) and set(other[2]) <= set(one[2])


@settings(max_examples=40, deadline=None)
@given(inner_tables)
def test_no_hidden_number_is_determined(inner: dict[tuple[str, str], int]) -> None:
    cells, hidden = hide(table(inner))
    small = {i for i, n in enumerate(cells.values) if n is not None and n < K}
    assert small <= hidden
    inside = [i for i, k in enumerate(cells.index) if len(k[1]) == 2 and k[2] and i in hidden]
    if len(inside) > 5:
        return  # too many to try
    for values in consistent(cells, hidden, 12).values():
        assert max(values) - min(values) >= WIDTH


@settings(max_examples=40, deadline=None)
@given(inner_tables, st.data())
def test_the_ranges_are_those_of_trying_everything(
    inner: dict[tuple[str, str], int], data: st.DataObject
) -> None:
    """Whatever is hidden, well or badly: exactly what is published decides."""
    cells = gather([table(inner)], parent, {})
    inside = [i for i, k in enumerate(cells.index) if len(k[1]) == 2 and k[2]]
    others = [i for i in range(len(cells.values)) if i not in inside and i != 0]
    some = st.lists(st.sampled_from(inside or [0]), max_size=3, unique=True)
    more = st.lists(st.sampled_from(others or [0]), max_size=2, unique=True)
    hidden = (set(data.draw(some)) | set(data.draw(more))) if cells.values else set()
    if not hidden:
        return
    truly = consistent(cells, hidden, 14)
    system = system_of(cells, sorted(hidden), np.ones(len(cells.values)))
    found = ranges(system, np.full(len(hidden), 1e9))
    for cell, low, high in zip(sorted(hidden), found.low, found.high, strict=True):
        assert low == min(truly[cell])
        assert min(high, 14) == min(max(truly[cell]), 14)


def test_one_hidden_number_in_a_row_is_found_out() -> None:
    """The attack: a row total and all but one of its parts."""
    cells = gather(
        [table({("11", "a"): 2, ("11", "b"): 9, ("12", "a"): 8, ("12", "b"): 7})], parent, {}
    )
    hidden = [cells.index["families", "11", (("t", "a"),)]]
    found = ranges(system_of(cells, hidden, np.ones(len(cells.values))), np.full(1, WIDTH))
    assert found.width[0] == 0


def test_a_difference_of_two_tables_is_found_out() -> None:
    """Tables that share the total of an area: one hides it, the other tells it."""
    inner = {("11", "a"): 2, ("11", "b"): 0, ("12", "a"): 8, ("12", "b"): 7}
    other = {("11", "x"): 2, ("11", "y"): 0, ("12", "x"): 9, ("12", "y"): 6}
    cells, hidden = hide(table(inner), table(other, "u"))
    for key in (("11", (("t", "a"),)), ("11", ()), ("11", (("u", "x"),))):
        assert cells.index["families", *key] in hidden


def test_small_numbers_that_add_up_to_little_are_not_told_by_their_sum() -> None:
    """Two numbers left out of a row, with 2 left for both: each is 1."""
    cells, hidden = hide(table({("11", "a"): 1, ("11", "b"): 1, ("12", "a"): 90, ("12", "b"): 60}))
    assert cells.index["families", "11", ()] in hidden


def test_a_part_is_never_more_than_the_wider_count() -> None:
    """At most as many families as people: 4 people say that there are 1 to 4 families."""
    shape = Shape("t", (), (), ("families", "people"))
    cells = gather([(shape, [("11", (), (), (4, 4))])], parent, {"families": "people"})
    hidden = [cells.index["families", "11", ()]]
    found = ranges(system_of(cells, hidden, np.ones(2)), np.full(1, 5.0))
    assert (found.low[0], found.high[0]) == (1, 4)


def cube(inner: dict[tuple[str, str, str], int]) -> tuple[Shape, list[Row]]:
    """Villages of one district by two dimensions, with every margin."""
    rows: dict[tuple[str, tuple[str, ...]], int] = {}
    for (place, *values), n in inner.items():
        for area in (place, place[:1]):
            for at in itertools.product(*((value, TOTAL) for value in values)):
                rows[area, at] = rows.get((area, at), 0) + n
    shape = Shape("t", (), ("x", "y"), ("families",))
    return shape, [(area, (), at, (n,)) for (area, at), n in rows.items()]


def three_ways(seed: int, values: str = "abcde") -> tuple[Cells, list[int]]:
    """Small numbers by village, x and y, all of them left out and all of their sums told."""
    chance = np.random.default_rng(seed)
    each = itertools.product("12345", values, values)
    inner = {(f"1{place}", x, y): int(chance.choice([1, 1, 1, 1, 2, 3, 4])) for place, x, y in each}
    cells = gather([cube(inner)], parent, {})
    inside = [i for i, key in enumerate(cells.index) if len(key[1]) == 2 and len(key[2]) == 2]
    return cells, inside


def shown(cells: Cells, hidden: list[int]) -> set[int]:
    """The cells of which two solutions are found that are wide enough apart."""
    system = system_of(cells, hidden, np.ones(len(cells.values)))
    found = ranges(system, np.full(len(hidden), WIDTH))
    return {hidden[at] for at in np.flatnonzero(found.width >= WIDTH)}


def test_solutions_are_sought_in_whole_numbers_where_linear_corners_are_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three dimensions: the corners of linear programmes alone would say that a cell is told."""
    cells, hidden = three_ways(31)
    found = shown(cells, hidden)
    monkeypatch.setattr(intervals._Block, "_in_whole_numbers", lambda *_: None)
    assert shown(cells, hidden) < found


@settings(max_examples=12, deadline=None)
@given(inner_tables, st.sets(st.integers(0, 30), max_size=6))
def test_among_neighbours_no_more_is_shown_than_there_is(
    inner: dict[tuple[str, str], int], some: set[int]
) -> None:
    cells = gather([table(inner)], parent, {})
    inside = [i for i, k in enumerate(cells.index) if len(k[1]) == 2 and k[2]]
    hidden = set(inside[:3]) | {i for i in some if 0 < i < len(cells.values)} - set(inside[3:])
    truly = consistent(cells, hidden, 14)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intervals, "TOGETHER", 1)
        patched.setattr(intervals, "PATCH", 3)
        patched.setattr(intervals, "NEIGHBOURS", (2, 6))
        system = system_of(cells, sorted(hidden), np.ones(len(cells.values)))
        found = ranges(system, np.full(len(hidden), WIDTH))
    for cell, low, high in zip(sorted(hidden), found.low, found.high, strict=True):
        assert low > high or {low, min(high, max(truly[cell]))} <= truly[cell]


def test_among_neighbours_as_much_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, hidden = three_ways(7, "abc")
    whole = shown(cells, hidden)
    monkeypatch.setattr(intervals, "TOGETHER", 10)
    monkeypatch.setattr(intervals, "PATCH", 20)
    monkeypatch.setattr(intervals, "NEIGHBOURS", (30, 45))
    assert whole
    assert shown(cells, hidden) == whole


def numbers() -> list[Numbers]:
    inner = {(place, value): 20 for place in PLACES for value in VALUES}
    shape, rows = table(inner | {("11", "a"): 2})
    return [Numbers(shape, {}, rows, [n for *_, (n,) in rows], ())]


def test_what_the_proof_does_not_show_is_left_out_with_more() -> None:
    rounds: list[set[int]] = []

    def write(hidden: Set[int], cells: Cells) -> Proof:
        rounds.append(set(hidden))
        if len(rounds) < 3:
            error = Unprovable("told")
            error.told = [cells.keys_at(min(hidden))]
            raise error
        return Proof(1, len(cells.values), len(hidden), 0, None)

    limits = Limits(K, {"families": WIDTH})
    proof = until_proven(numbers(), parent, limits, write)
    assert rounds[0] < rounds[1] < rounds[2]
    assert proof.suppressed == len(rounds[2])


def test_what_is_never_proven_is_not_published() -> None:
    rounds = []

    def write(hidden: Set[int], cells: Cells) -> Proof:
        rounds.append(hidden)
        raise Unprovable("told")

    with pytest.raises(Unprovable):
        until_proven(numbers(), parent, Limits(K, {"families": WIDTH}), write)
    assert len(rounds) == ROUNDS


def test_two_tables_must_say_the_same() -> None:
    with pytest.raises(ValueError, match="in one table and"):
        gather([table({("11", "a"): 2}), table({("11", "x"): 3}, "u")], parent, {})


def test_nearly_nobody_is_told_nothing() -> None:
    cells = gather([table({("11", "a"): 9, ("12", "a"): 9})], parent, {})
    values = np.array(cells.values, dtype=float)
    done = suppress(cells, values, K, np.full(len(values), WIDTH), np.ones(len(values)))
    assert len(done.hidden) == len(values)


def published(folder: Path, told: dict[tuple[str, str], int | None]) -> Path:
    """A folder of one open table, `told` as it is."""
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["level", "area", "t", "families"])
        for (area, value), n in told.items():
            writer.writerow(["", area, value, "" if n is None else n])
    about = {"protected": True, "each": [], "by": ["t"], "measures": ["families"]}
    rules = {"levels": LEVELS, "smaller": {}, "units": {"families": 1}, "widths": {"families": 3}}
    package = {"resources": [{"name": "t", "path": "t.csv", "tangga": about}], "tangga": rules}
    (folder / PACKAGE).write_text(json.dumps(package), encoding="utf-8")
    return folder


def told(inner: dict[tuple[str, str], int]) -> dict[tuple[str, str], int | None]:
    _, rows = table(inner)
    return {(area, at): n for area, _, (at,), (n,) in rows}


def test_the_proof_reads_the_files_and_finds_the_planted_number(tmp_path: Path) -> None:
    numbers = told({("11", "a"): 2, ("11", "b"): 9, ("12", "a"): 8, ("12", "b"): 70})
    numbers["11", "a"] = None
    with pytest.raises(Unprovable, match="families of area 11, t=a") as raised:
        prove(published(tmp_path, numbers))
    assert "2" not in str(raised.value).replace("families of area 11", "")


def test_the_proof_holds_where_a_rectangle_is_left_out(tmp_path: Path) -> None:
    numbers = told({("11", "a"): 2, ("11", "b"): 9, ("12", "a"): 8, ("12", "b"): 70})
    for place in ("11", "12"):
        for value in VALUES:
            numbers[place, value] = None
    proof = prove(published(tmp_path, numbers))
    assert (proof.suppressed, proof.narrowest) == (4, pytest.approx(8 / 3, abs=1e-5))


def test_numbers_that_cannot_be_true_together_are_found(tmp_path: Path) -> None:
    numbers = told({("11", "a"): 2, ("11", "b"): 9, ("12", "a"): 8, ("12", "b"): 70})
    numbers |= {("11", "a"): None, ("11", "b"): None, ("11", TOTAL): 1}
    with pytest.raises(Changed, match="families of area 1 is not the sum of its parts"):
        prove(published(tmp_path, numbers))
    numbers |= {("1", TOTAL): None, ("", TOTAL): None}
    with pytest.raises(Changed):
        prove(published(tmp_path, numbers))
