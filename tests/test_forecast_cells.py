"""Families in cells: nobody is lost, and what a cell draws is its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from tangga.engine.forecast.cells import (
    NEVER,
    Cells,
    Month,
    Step,
    bands,
    binomial,
    futures,
    monthly,
    stream,
)

RUNGS, KINDS = ("protection", "empowerment", "graduated"), ("climbs", "exempt")
MONTHS, DRAWS = 24, 60


def cells(*rows: tuple[str, int, int, int, int], arrive: int | None = None) -> Cells:
    """Of (area, rung, kind, band, families); arrive: the month in which a tenth reach the cap."""
    areas = tuple(dict.fromkeys(row[0] for row in rows))
    columns = [np.array([row[n] for row in rows], np.int64) for n in range(1, 5)]
    arrives = np.zeros((len(rows), MONTHS + 1), np.int64)
    if arrive is not None:
        arrives[:, arrive] = columns[3] // 10
    area = np.array([areas.index(row[0]) for row in rows], np.int64)
    rung, kind, band, families = columns
    return Cells(areas, RUNGS, KINDS, area, rung, kind, band, families, arrives)


ROWS = [
    ("1811010001", 0, 0, 1, 400),
    ("1811010001", 0, 1, NEVER, 90),
    ("1811010001", 1, 0, 0, 30),
    ("1811010002", 0, 0, 2, 7),
]


def rate(yearly: float) -> np.ndarray:
    return monthly(np.full((1, 1), yearly))


STEPS = [
    Step("climb", "protection", "empowerment", rate(0.3)),
    Step("graduate", "empowerment", "graduated", rate(0.6), ends_support=True),
    Step("directly", "protection", "graduated", rate(0.1), ends_support=True),
    Step("fall", "graduated", "protection", rate(0.2), starts_support=True),
    Step("dies_out", "protection", None, rate(0.05), ends_support=True),
]


def drawn(some: Cells, steps: list[Step] = STEPS, seed: int = 1) -> list[Month]:
    return list(futures(some, steps, months=MONTHS, draws=DRAWS, seed=seed))


def test_nobody_is_lost() -> None:
    some = cells(*ROWS)
    gone = np.zeros((len(some), DRAWS), np.int64)
    for month in drawn(some):
        gone += month.flows["dies_out"]
        assert (month.here >= 0).all()
        assert (month.here.sum(axis=1) + gone == some.families[:, None]).all()


def test_the_rungs_change_by_the_steps_taken() -> None:
    some = cells(*ROWS)
    before = np.zeros((len(some), 3, DRAWS), np.int64)
    before[np.arange(len(some)), some.rung] = some.families[:, None]
    for month in drawn(some):
        flows = month.flows
        protection = flows["fall"] - flows["climb"] - flows["directly"] - flows["dies_out"]
        assert (month.here[:, 0] == before[:, 0] + protection).all()
        assert (month.here[:, 1] == before[:, 1] + flows["climb"] - flows["graduate"]).all()
        before = month.here


def test_a_cell_draws_the_same_whatever_cells_there_are_beside_it() -> None:
    all_of, alone = drawn(cells(*ROWS)), drawn(cells(ROWS[0], ROWS[3]))
    for one, other in zip(all_of, alone, strict=True):
        assert (one.here[[0, 3]] == other.here).all()
        assert (one.flows["climb"][[0, 3]] == other.flows["climb"]).all()


def test_one_seed_one_future_another_seed_another() -> None:
    one, same, other = (drawn(cells(*ROWS), seed=seed)[-1].here for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_of_those_who_reach_the_cap_nobody_arrives_who_has_left() -> None:
    some = cells(*ROWS, arrive=12)
    for month in drawn(some):
        assert (month.arrived <= some.arrive[:, month.index][:, None]).all()
        assert (month.arrived <= month.stayed).all()
        assert (month.arrived.any()) == (month.index == 12)
    still = replace(some, arrive=some.arrive)
    sure = next(m for m in drawn(still, STEPS[1:2]) if m.index == 12)
    assert (sure.arrived[[0, 1, 3]] == still.arrive[[0, 1, 3], 12][:, None]).all()


def test_on_average_as_many_take_a_step_as_its_rate_says() -> None:
    some = cells(("1", 0, 0, NEVER, 10_000))
    (first, *_) = futures(some, STEPS[:1], months=1, draws=400, seed=3)
    expected = 10_000 * float(rate(0.3).item())
    assert abs(first.flows["climb"].mean() - expected) < 4 * np.sqrt(expected / 400)


@settings(max_examples=200, deadline=None)
@given(n=st.integers(0, 400), p=st.floats(0, 1), chance=st.floats(1e-6, 1 - 1e-6))
def test_a_binomial_number_is_the_quantile(n: int, p: float, chance: float) -> None:
    own = np.full((1, 1), chance, np.float32)
    found = int(binomial(np.full((1, 1), n, np.int32), np.full((1, 1), p), own)[0, 0])
    near = 0.01 if n * p * (1 - p) > 40 else 1e-7
    low, high = (binom.ppf(min(max(own[0, 0] + d, 0), 1), n, p) for d in (-near, near))
    more = near == 0.01
    assert max(low, 0) - more <= found <= high + more


@given(n=st.integers(0, 60), chance=st.floats(0, 1), low=st.floats(0, 1), more=st.floats(0, 1))
def test_a_higher_rate_never_gives_fewer(n: int, chance: float, low: float, more: float) -> None:
    own, many = np.full((1, 1), chance, np.float32), np.full((1, 1), n, np.int32)
    one, two = (
        binomial(many, np.full((1, 1), p), own)[0, 0] for p in (low, low + (1 - low) * more)
    )
    assert 0 <= one <= two <= n


def test_a_band_is_of_numbers_that_were_drawn() -> None:
    low, middle, high = bands(np.array([[5, 1, 4, 2, 3, 9]]), 10, 90)
    assert (low[0], middle[0], high[0]) == (1, 3, 5)


def test_sums_by_area() -> None:
    assert cells(*ROWS).by_area(np.array([1, 2, 3, 4])).tolist() == [6, 4]


def test_a_stream_is_of_its_name_and_seed() -> None:
    one = stream(1, "a").random(4)
    assert (one == stream(1, "a").random(4)).all()
    assert (one != stream(1, "b").random(4)).any()
    assert (one != stream(2, "a").random(4)).any()


def test_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Step("wrong", "protection", None, np.full((1, 1), 1.5))
    with pytest.raises(ValueError, match="fewer than no families"):
        cells(("1", 0, 0, 0, -1))
    with pytest.raises(KeyError):
        drawn(cells(*ROWS), [Step("x", "nowhere", None, rate(0.1))])
