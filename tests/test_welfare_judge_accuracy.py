"""Figures of a ranking: known answers, what must hold always, and what others compute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.welfare.accuracy import (
    Ranks,
    auc,
    bpac,
    means,
    parts_of,
    r2,
    rank_correlation,
    targeting,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4)), min_size=2, max_size=40
)
"""Outcome, score and weight: many ties, some weights of zero."""


def _columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    outcome, score, weight = np.array(rows, dtype=float).T
    return outcome, score, weight


def _figures(outcome: np.ndarray, score: np.ndarray, weight: np.ndarray) -> list[float]:
    truth, ranks = Ranks.of(outcome), Ranks.of(score)
    poor, chosen = truth.within(weight, 0.4), ranks.within(weight, 0.4)
    errors = targeting(poor, chosen, weight)
    return [
        errors.exclusion,
        errors.inclusion,
        errors.total,
        errors.chosen,
        bpac(poor, chosen, weight),
        auc(poor, ranks, weight),
        r2(outcome, score, weight),
        rank_correlation(truth, ranks, weight),
    ]


def test_ten_people_of_whom_four_are_poor() -> None:
    outcome = np.arange(10.0)
    score = np.array([0, 1, 5, 6, 2, 3, 7, 8, 9, 10.0])  # two of the four seem better off
    weight = np.ones(10)
    poor = Ranks.of(outcome).within(weight, 0.4)
    chosen = Ranks.of(score).within(weight, 0.4)
    assert poor.tolist() == [1] * 4 + [0] * 6
    assert chosen.tolist() == [1, 1, 0, 0, 1, 1, 0, 0, 0, 0]
    errors = targeting(poor, chosen, weight)
    assert (errors.exclusion, errors.inclusion) == (0.5, 0.5)
    assert errors.total == pytest.approx(0.4)
    assert auc(poor, Ranks.of(score), weight) == pytest.approx((6 + 6 + 4 + 4) / 24)


def test_bpac_of_the_source() -> None:
    """100 poor: 60 of them chosen, and 20 others. Accuracy 60, undercoverage 40, leakage 20."""
    poor = np.repeat([1.0, 0.0], 100)
    chosen = np.concatenate([np.repeat([1.0, 0.0], [60, 40]), np.repeat([1.0, 0.0], [20, 80])])
    assert bpac(poor, chosen, np.ones(200)) == pytest.approx(0.60 - abs(0.40 - 0.20))
    assert bpac(poor, poor, np.ones(200)) == 1
    assert bpac(poor, 1 - poor, np.ones(200)) == 0
    assert bpac(poor, np.ones(200), np.ones(200)) == pytest.approx(1 - 1)
    assert np.isnan(bpac(0 * poor, chosen, np.ones(200)))


def test_a_line_through_tied_households_takes_the_same_part_of_each() -> None:
    ranks = Ranks.of(np.array([1.0, 2, 2, 3]))
    assert ranks.within(np.ones(4), 0.5).tolist() == [1, 0.5, 0.5, 0]
    assert ranks.within(np.array([1.0, 3, 0, 6]), 0.2).tolist() == pytest.approx(
        [1, 1 / 3, 1 / 3, 0]
    )


def test_who_is_not_known_is_never_chosen_and_never_dropped() -> None:
    outcome, score = np.arange(5.0), np.array([np.nan, 1, 2, 3, 4])
    weight = np.ones(5)
    chosen = Ranks.of(score).within(weight, 0.5)
    assert chosen.tolist() == [0, 1, 1, 0, 0]
    errors = targeting(Ranks.of(outcome).within(weight, 0.4), chosen, weight)
    assert errors.exclusion == 0.5
    assert r2(outcome, score, weight) == 1
    assert parts_of(Ranks.of(score), weight, 2).tolist() == [-1, 0, 0, 1, 1]


@given(rows=ROWS, share=st.sampled_from([0.0, 0.1, 0.2, 0.4, 1.0]), data=st.data())
@settings(deadline=None)
def test_a_share_is_that_share_whatever_the_order(
    rows: list[tuple[int, int, int]], share: float, data: st.DataObject
) -> None:
    outcome, _, weight = _columns(rows)
    part = Ranks.of(outcome).within(weight, share)
    assert float(part @ weight) == pytest.approx(share * weight.sum())
    assert ((part >= 0) & (part <= 1)).all()
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    assert np.array_equal(Ranks.of(outcome[order]).within(weight[order], share), part[order])
    poorer = outcome[:, None] < outcome[None, :]
    assert not (poorer & (part[:, None] < part[None, :])).any()


@given(rows=ROWS)
@settings(deadline=None)
def test_a_weight_of_three_is_three_households_of_one(rows: list[tuple[int, int, int]]) -> None:
    outcome, score, weight = _columns(rows)
    if weight.sum() == 0:
        assert np.isnan(_figures(outcome, score, weight)).all()
        return
    times = weight.astype(int)
    again = [np.repeat(column, times) for column in (outcome, score)]
    repeated = _figures(*again, np.ones(times.sum()))
    assert _figures(outcome, score, weight) == pytest.approx(repeated, nan_ok=True)


@given(rows=ROWS)
@settings(deadline=None)
def test_by_quota_as_many_are_missed_as_are_chosen_by_mistake(
    rows: list[tuple[int, int, int]],
) -> None:
    outcome, score, weight = _columns(rows)
    exclusion, inclusion, total, *_ = _figures(outcome, score, weight)
    assert exclusion == pytest.approx(inclusion, nan_ok=True)
    assert total == pytest.approx(2 * 0.4 * exclusion, nan_ok=True)


@given(rows=ROWS)
@settings(deadline=None)
def test_as_scikit_learn_and_scipy_have_it(rows: list[tuple[int, int, int]]) -> None:
    from scipy.stats import spearmanr
    from sklearn.metrics import r2_score, roc_auc_score

    outcome, score, weight = _columns(rows)
    poor = outcome < 3
    found = auc(poor * 1.0, Ranks.of(score), weight)
    if weight[poor].sum() > 0 and weight[~poor].sum() > 0:
        assert found == pytest.approx(roc_auc_score(poor, -score, sample_weight=weight))
    else:
        assert np.isnan(found)
    if len(set(outcome[weight > 0])) > 1:
        expected = r2_score(outcome, score, sample_weight=weight)
        assert r2(outcome, score, weight) == pytest.approx(expected)
    ones = np.ones(len(rows))
    found = rank_correlation(Ranks.of(outcome), Ranks.of(score), ones)
    if len(set(outcome)) > 1 and len(set(score)) > 1:
        assert found == pytest.approx(spearmanr(outcome, score).statistic)
    else:
        assert np.isnan(found)


def test_where_nothing_varies_nothing_is_said() -> None:
    outcome, weight = np.full(7, 0.1), np.ones(7)
    score = np.arange(7.0)
    assert np.isnan(r2(outcome, score, weight))
    assert np.isnan(rank_correlation(Ranks.of(outcome), Ranks.of(score), weight))
    poor = Ranks.of(outcome).within(weight, 0.4)
    assert auc(poor, Ranks.of(score), weight) == pytest.approx(0.5)
    assert targeting(poor, poor, weight).exclusion == pytest.approx(0.6)


def test_fifths_and_their_means() -> None:
    weight = np.array([1.0, 1, 2, 4, 2])
    fifths = parts_of(Ranks.of(np.array([0.1, 0.1, 0.3, 0.5, 0.9])), weight, 5)
    assert fifths.tolist() == [0, 0, 1, 3, 4]
    found = means(np.array([0.0, 1, 5, 7, 9]), fifths, 5, weight)
    assert found[[0, 1, 3, 4]].tolist() == [0.5, 5, 7, 9]
    assert np.isnan(found[2])
