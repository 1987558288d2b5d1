"""What must hold of every measure, whatever the numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.measures import inequality, poverty, targeting
from tangga.engine.measures.transfer import fast_gini

LINE = 50.0
NEAR = 1e-9
values = st.floats(0.5, 200.0).map(lambda x: round(x, 2))
weights = st.floats(0.1, 20.0).map(lambda x: round(x, 1))
households = st.lists(st.tuples(values, weights), min_size=3, max_size=30)

MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "p0": lambda y, w: poverty.fgt(y, w, LINE, 0),
    "p1": lambda y, w: poverty.fgt(y, w, LINE, 1),
    "p2": lambda y, w: poverty.fgt(y, w, LINE, 2),
    "median": poverty.median,
    "rate": poverty.at_risk_rate,
    "gini": inequality.gini,
    "poorest fifth": lambda y, w: float(inequality.quantile_shares(y, w)[0]),
    "share ratio": inequality.quintile_share_ratio,
    "concentration": lambda y, w: targeting.concentration(np.sqrt(y), y, w),
}
FREE_OF_UNITS = ("rate", "gini", "poorest fifth", "share ratio")


def _arrays(rows: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    y, w = np.array(rows, dtype=float).T
    return y, w


@pytest.mark.parametrize("name", MEASURES)
@given(rows=st.lists(st.tuples(values, st.integers(1, 4)), min_size=3, max_size=12))
def test_a_weight_is_as_many_alike(name: str, rows: list[tuple[float, int]]) -> None:
    y, w = _arrays(rows)
    repeated = np.repeat(y, w.astype(int))
    found = MEASURES[name](repeated, np.ones(len(repeated)))
    assert MEASURES[name](y, w) == pytest.approx(found, rel=NEAR, abs=NEAR)


@pytest.mark.parametrize("name", MEASURES)
@given(rows=households, seed=st.integers(0, 99), times=st.sampled_from([0.5, 2.0, 1024.0]))
def test_neither_order_nor_the_unit_of_weights_matters(
    name: str, rows: list[tuple[float, float]], seed: int, times: float
) -> None:
    y, w = _arrays(rows)
    order = np.random.default_rng(seed).permutation(len(y))
    found = MEASURES[name](y[order], w[order] * times)
    assert MEASURES[name](y, w) == pytest.approx(found, rel=NEAR, abs=NEAR)


@pytest.mark.parametrize("name", FREE_OF_UNITS)
@given(rows=households, times=st.sampled_from([0.25, 2.0, 4096.0]))
def test_the_unit_of_money_does_not_matter(
    name: str, rows: list[tuple[float, float]], times: float
) -> None:
    y, w = _arrays(rows)
    assert MEASURES[name](y * times, w) == pytest.approx(MEASURES[name](y, w), rel=NEAR, abs=NEAR)


@given(rows=households)
def test_p0_at_least_p1_at_least_p2(rows: list[tuple[float, float]]) -> None:
    found = poverty.poverty(*_arrays(rows), LINE)
    assert 1 >= found.p0 >= found.p1 - NEAR >= found.p2 - 2 * NEAR >= -3 * NEAR
    alone = [poverty.fgt(*_arrays(rows), LINE, alpha) for alpha in (0, 1, 2)]
    assert [found.p0, found.p1, found.p2] == pytest.approx(alone, rel=NEAR, abs=NEAR)


@pytest.mark.parametrize("alpha", [0, 1, 2])
@given(rows=households, data=st.data())
def test_poverty_of_all_is_that_of_the_groups_weighed(
    alpha: int, rows: list[tuple[float, float]], data: st.DataObject
) -> None:
    y, w = _arrays(rows)
    cut = data.draw(st.integers(1, len(rows) - 1))
    parts = (slice(None, cut), slice(cut, None))
    found = [(w[part].sum(), poverty.fgt(y[part], w[part], LINE, alpha)) for part in parts]
    together = sum(size * value for size, value in found) / w.sum()
    assert poverty.fgt(y, w, LINE, alpha) == pytest.approx(together, rel=NEAR, abs=NEAR)


@given(rows=st.lists(values, min_size=2, max_size=20, unique=True), share=st.floats(0.1, 0.9))
def test_a_gift_from_richer_to_poorer_makes_less_unequal(rows: list[float], share: float) -> None:
    """Pigou and Dalton: and less severe poverty, where the poorer one is poor."""
    y = np.sort(np.array(rows))
    w = np.ones(len(y))
    given_away = share * (y[-1] - y[0]) / 2
    after = y.copy()
    after[0] += given_away
    after[-1] -= given_away
    assert inequality.gini(after, w) < inequality.gini(y, w) + NEAR
    line = y[-1] + 1
    assert poverty.fgt(after, w, line, 2) < poverty.fgt(y, w, line, 2) + NEAR


@given(rows=households)
def test_the_gini_is_within_its_bounds(rows: list[tuple[float, float]]) -> None:
    y, w = _arrays(rows)
    assert -NEAR <= inequality.gini(y, w) < 1
    assert inequality.gini(np.full(len(y), 7.0), w) == pytest.approx(0, abs=NEAR)


@given(rows=households)
def test_the_gini_is_that_of_all_pairs(rows: list[tuple[float, float]]) -> None:
    """Half the mean difference of two people, over the mean: the plain definition."""
    y, w = _arrays(rows)
    pairs = np.abs(y[:, None] - y[None, :]) * w[:, None] * w[None, :]
    plain = pairs.sum() / (2 * w.sum() * (w * y).sum())
    assert inequality.gini(y, w) == pytest.approx(plain, rel=NEAR, abs=NEAR)


@given(rows=households)
def test_the_lorenz_curve_bends_upwards_to_1(rows: list[tuple[float, float]]) -> None:
    y, w = _arrays(rows)
    curve = inequality.lorenz(y, w, np.linspace(0, 1, 11))
    assert curve[0] == 0 and curve[-1] == pytest.approx(1)
    assert np.all(np.diff(curve, 2) >= -NEAR)
    assert inequality.quantile_shares(y, w, 10).sum() == pytest.approx(1)


@given(rows=households)
def test_what_is_shared_as_the_outcome_is_concentrated_like_it(
    rows: list[tuple[float, float]],
) -> None:
    y, w = _arrays(rows)
    found = targeting.concentration(3 * y, y, w)
    assert found == pytest.approx(inequality.gini(y, w), rel=NEAR, abs=NEAR)
    assert targeting.concentration(np.ones(len(y)), y, w) == pytest.approx(0, abs=NEAR)
    assert targeting.cgh(np.ones(len(y)), y, w, 0.4) == pytest.approx(1)


@given(rows=households)
def test_classes_hold_everybody_once(rows: list[tuple[float, float]]) -> None:
    y, w = _arrays(rows)
    found = poverty.class_weights(y, w, LINE, (1.0, 1.5, 3.5))
    assert found.sum() == pytest.approx(w.sum())
    assert found[0] / w.sum() == pytest.approx(poverty.fgt(y, w, LINE, 0), abs=NEAR)


def test_who_stands_on_a_cut_is_in_the_class_above() -> None:
    found = poverty.class_weights([50.0, 75.0, 49.99], [1.0, 1.0, 1.0], LINE, (1.0, 1.5))
    assert list(found) == [1, 1, 1]


@given(rows=households)
def test_fifths_are_about_as_large_and_ties_stay_together(rows: list[tuple[float, float]]) -> None:
    y, w = _arrays(rows)
    part = targeting.parts_of(y, w, 5)
    assert set(part) <= set(range(5))
    order = np.argsort(y, kind="stable")
    assert np.all(np.diff(part[order]) >= 0)
    assert all(len(set(part[y == value])) == 1 for value in y)


@pytest.mark.parametrize("most", [7, 255])
def test_the_fast_gini_is_the_gini(most: int) -> None:
    """Of as many households as make it worth its while."""
    random = np.random.default_rng(most)
    y = np.exp(random.normal(14, 0.7, 120_000))
    y[:5000] = 0.0
    y[5000:9000] = 1e6
    w = random.integers(0, most + 1, len(y)).astype(float)
    assert fast_gini(y, w) == pytest.approx(inequality.gini(y, w), rel=1e-12)
    assert fast_gini(y, w + 0.5) == inequality.gini(y, w + 0.5)
