"""Folds of cross-validation: whole clusters, balanced, the same whatever the order of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.welfare.folds import folds_of, out_of_fold
from tangga.engine.welfare.model import POINTS, Effect, Model, Spread
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError
from welfare_tables import SPEC, invented, survey_of


@given(
    clusters=st.lists(st.integers(0, 30), min_size=2, max_size=120),
    k=st.integers(2, 12),
    seed=st.integers(0, 9),
    data=st.data(),
)
@settings(deadline=None)
def test_whole_clusters_balanced_and_blind_to_the_order_of_rows(
    clusters: list[int], k: int, seed: int, data: st.DataObject
) -> None:
    n, cluster = len(clusters), np.array(clusters)
    weight = np.array(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), dtype=float)
    survey = survey_of(np.ones(n), cluster=cluster, weight=weight, stratum=cluster % 3)
    several = len(set(clusters)) > 1
    if not several:
        with pytest.raises(UserError):
            folds_of(survey, k, seed)
        return
    fold = folds_of(survey, k, seed)

    assert all(len(set(fold[cluster == c])) == 1 for c in set(clusters))
    assert set(fold) == set(range(min(k, len(set(clusters)))))
    loads = np.bincount(fold, weights=weight)
    heaviest = np.bincount(cluster, weights=weight).max()
    assert loads.max() - loads.min() <= heaviest + 1e-9

    order = np.array(data.draw(st.permutations(range(n))))
    assert np.array_equal(folds_of(survey.take(order), k, seed), fold[order])


def test_strata_are_spread_over_all_folds() -> None:
    cluster = np.repeat(np.arange(40), 3)
    survey = survey_of(np.ones(120), cluster=cluster, stratum=cluster // 10)
    fold = folds_of(survey, 5, 1)
    for stratum in range(4):
        assert np.bincount(fold[survey.stratum == stratum], minlength=5).tolist() == [6] * 5


def test_another_seed_makes_other_folds() -> None:
    survey = invented()
    assert not np.array_equal(folds_of(survey, 5, 1), folds_of(survey, 5, 2))


def test_one_cluster_says_what_to_do() -> None:
    survey = survey_of([1.0, 2.0, 3.0], cluster=7)
    with pytest.raises(UserError, match=r"only one cluster .*village.* Name a column"):
        folds_of(survey, 5, 1)
    with pytest.raises(UserError, match="drawn one by one"):
        folds_of(survey_of([1.0], spec=replace(SPEC, cluster=None)), 5, 1)


def _mean_of(survey: Survey) -> Model:
    """Everybody is the average of the households seen; who has no roof has no score."""
    mean = round(float(np.log(survey.outcome).mean()) * POINTS)
    roof = Effect(survey.spec.feature("roof"), levels={"tile": 0, "tin": 0})
    spread = Spread(0.0, 0.0, (), 0.5, 0.5)
    return Model("mean", True, "", mean, (roof,), spread, (-1.0, 1.0), {}, {}, 0.1, 0.6)


def test_each_household_is_scored_by_those_of_other_clusters() -> None:
    survey = invented(60, 12)
    found = out_of_fold(survey, _mean_of)
    assert found.folds == 5
    thatch = np.array([w == "thatch" for w in survey.table["roof"].as_words()])  # type: ignore[union-attr]
    assert np.array_equal(found.known, ~thatch)
    assert np.isnan(found.sigma[thatch]).all()
    for fold in range(5):
        others = np.log(survey.outcome[found.fold != fold]).mean()
        here = found.known & (found.fold == fold)
        assert found.score[here] == pytest.approx(others, abs=1e-6)


def test_fewer_clusters_than_folds_make_fewer_folds() -> None:
    survey = invented(60, 3)
    assert out_of_fold(survey, _mean_of, k=10).folds == 3
