"""How far figures can be trusted: resampling, paired gains, stability."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.welfare.bootstrap import (
    Estimate,
    estimate,
    intervals,
    lonely,
    resampled,
    tells,
)
from tangga.engine.welfare.columns import Numbers, Table
from tangga.engine.welfare.fit import fit_mean
from tangga.engine.welfare.gain import gain
from tangga.engine.welfare.held import middles
from tangga.engine.welfare.model import POINTS, Effect, Model, Spread
from tangga.engine.welfare.stability import stability
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError
from welfare_tables import SPEC, invented, survey_of


@given(
    cluster=st.lists(st.integers(0, 12), min_size=1, max_size=40),
    strata=st.integers(1, 4),
    seed=st.integers(0, 5),
)
@settings(deadline=None)
def test_each_resample_is_of_whole_clusters_and_stands_for_as_many(
    cluster: list[int], strata: int, seed: int
) -> None:
    clusters = np.array(cluster)
    stratum = clusters % strata
    found = list(resampled(clusters, stratum, 5, seed))
    if len(set(cluster)) < 2:
        assert found == []
        return
    assert len(found) == 5
    for factor in found:
        by_cluster = {c: set(factor[clusters == c]) for c in set(cluster)}
        assert all(len(values) == 1 for values in by_cluster.values())
        assert sum(min(v) for v in by_cluster.values()) == pytest.approx(len(by_cluster))
    backwards = next(resampled(clusters[::-1], stratum[::-1], 5, seed))
    assert np.array_equal(backwards, found[0][::-1])


def test_strata_are_resampled_apart_and_lonely_ones_together() -> None:
    cluster = np.arange(8)
    stratum = np.array([0, 0, 0, 1, 1, 1, 2, 3])
    assert lonely(cluster, stratum) == 2
    for factor in resampled(cluster, stratum, 20, 1):
        assert factor[:3].sum() == pytest.approx(3)
        assert factor[3:6].sum() == pytest.approx(3)
        assert sorted(factor[6:]) == [0, 2]
    one = list(resampled(np.arange(4), np.array([0, 0, 0, 9]), 20, 1))
    assert {round(float(f.sum()), 9) for f in one} == {4.0}
    assert any(f[3] == 0 for f in one)


def test_the_spread_of_resamples_is_the_standard_error() -> None:
    survey = invented(600, 60)
    y, w = np.log(survey.outcome), survey.weight
    means = [
        float(w * factor @ y / (w * factor).sum())
        for factor in resampled(survey.cluster, survey.stratum, 800, 1)
    ]
    known = gain(y, 0 * y, w, survey.cluster, survey.stratum)
    assert np.std(means) == pytest.approx(known.standard_error, rel=0.1)


def test_intervals_leave_out_what_is_not_defined() -> None:
    weight = np.ones(4)
    factors = [np.full(4, f) for f in np.linspace(0, 1, 101)]

    def measure(w: np.ndarray) -> dict[str, float]:
        total = float(w.sum())
        return {"sum": total, "never": float("nan"), "seldom": total if total > 3 else np.nan}

    found = intervals(measure, weight, iter(factors))
    assert found["sum"] == Estimate(4.0, pytest.approx(0.1), 4.0)  # it holds its value
    assert found["never"] == Estimate(None)
    assert found["seldom"] == Estimate(4.0)
    assert intervals(measure, weight, iter(()))["sum"] == Estimate(4.0)


@given(st.floats(-5, 5), st.lists(st.floats(-5, 5), min_size=1))
def test_an_interval_holds_its_value(value: float, repeats: list[float]) -> None:
    found = estimate(value, np.array(repeats))
    assert found.low is not None and found.high is not None
    assert found.low <= value <= found.high


@pytest.mark.parametrize(
    ("strata", "told"),
    [([0] * 4, False), ([0] * 5, True), ([0, 0, 1, 1, 2, 2], False), ([0] * 5 + [1], True)],
)
def test_a_range_needs_clusters_beyond_one_a_stratum(strata: list[int], told: bool) -> None:
    assert tells(np.arange(len(strata)), np.array(strata)) == told
    assert not tells(np.array([], dtype=int), np.array([], dtype=int))


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_a_gain_is_what_statsmodels_says(seed: int) -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(seed)
    cluster = random.integers(0, 9, 60)
    before, after = random.normal(size=(2, 60)) ** 2
    weight = random.uniform(1, 5, 60)
    ours = gain(before, after, weight, cluster)
    theirs = sm.WLS(before - after, np.ones(60), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": cluster}
    )
    assert ours.mean == pytest.approx(theirs.params[0])
    assert ours.standard_error == pytest.approx(theirs.bse[0])
    assert gain(after, before, weight, cluster).mean == pytest.approx(-ours.mean)


def test_a_gain_beyond_noise() -> None:
    cluster = np.repeat(np.arange(10), 5)
    noise = np.random.default_rng(1).normal(0, 0.01, 50)
    better = gain(np.ones(50), 0.5 + noise, np.ones(50), cluster)
    assert better.beyond(2.0)
    assert better.before == 1
    assert not gain(np.ones(50), np.ones(50), np.ones(50), cluster).beyond()
    alone = gain(np.ones(50), np.zeros(50), np.ones(50), np.zeros(50))
    assert np.isnan(alone.standard_error) and not alone.beyond()
    assert alone.as_dict()["standard_error"] is None
    nobody = gain(np.ones(3), np.ones(3), np.zeros(3), np.arange(3))
    assert nobody.clusters == 0 and not nobody.beyond()


def test_missing_predictions_are_left_out_of_both() -> None:
    before, after = np.array([1.0, np.nan, 4]), np.array([0.0, 0, np.nan])
    assert gain(before, after, np.ones(3), np.arange(3)).mean == 1


def _constant(survey: Survey) -> Model:
    """Knows the size of households beforehand, and learns nothing from the survey."""
    size = Effect(survey.spec.feature("size"), slope=-POINTS)
    spread = Spread(np.log(0.09), 0.0, (), 0.3, 0.3)
    return Model("", True, "", 0, (size,), spread, (-2.0, 2.0), {0.2: 0.0, 0.4: 0.0}, {}, 0.1, 0.6)


def test_a_model_that_does_not_change_moves_nobody() -> None:
    found = stability(invented(), _constant, refits=5)
    assert found is not None and found.refits == 5
    for figures in (found.against, found.between, found.held, found.held_between):
        assert {e.value for e in figures.values()} == {0.0}


def test_holding_keeps_families_where_they_are() -> None:
    survey = invented(300, 20)
    found = stability(survey, fit_mean, refits=20)
    assert found is not None
    again = stability(survey, fit_mean, refits=20)
    assert again == found
    for figure in ("moved_one", "crossed_4_5"):
        moved, held = found.against[figure].value, found.held[figure].value
        assert moved is not None and held is not None
        assert 0 <= held < moved / 2
    elsewhere = stability(survey, fit_mean, applied_to=invented(100, 10, seed=2), refits=4)
    assert elsewhere is not None and elsewhere.refits == 4


def test_refits_that_fail_are_counted() -> None:
    tries = iter(range(100))

    def fails_at_times(survey: Survey) -> Model:
        if next(tries) % 3 == 2:
            raise UserError("no roof in this sample")
        return _constant(survey)

    found = stability(invented(), fails_at_times, refits=9)
    assert found is not None and (found.refits, found.failed) == (6, 3)
    one = survey_of(np.arange(1.0, 9), cluster=0, spec=replace(SPEC, repeats=3))
    assert stability(one, _constant) is None


@given(
    chances=st.lists(st.one_of(st.integers(0, 20), st.none()), max_size=30),
    share=st.sampled_from([0.2, 0.4]),
    data=st.data(),
)
def test_the_middle_is_the_chance_from_which_on_a_share_is_chosen(
    chances: list[int | None], share: float, data: st.DataObject
) -> None:
    chance = np.array([np.nan if c is None else c / 20 for c in chances])
    weights = data.draw(st.lists(st.integers(0, 5), min_size=len(chances), max_size=len(chances)))
    weight = np.array(weights, dtype=np.int64)
    middle = middles({share: chance}, weight)[share]
    total = weight[~np.isnan(chance)].sum()
    if total == 0:
        assert middle == 0.5
        return
    assert weight[chance >= middle].sum() >= share * total - 1e-9
    assert weight[chance > middle].sum() < share * total
    order = np.array(data.draw(st.permutations(range(len(chances)))), dtype=int)
    assert middles({share: chance[order]}, weight[order])[share] == middle


def test_held_deciles_do_not_bleed() -> None:
    """However often a model is estimated again, the poorest four deciles hold their 40 %."""
    survey, random = invented(600, 12), np.random.default_rng(1)
    members, luck = survey.members * random.uniform(0.7, 1.4, 600), random.normal(0, 0.3, 12)
    table = Table({"size": Numbers(members), "roof": survey.table["roof"]}, 600)
    outcome = survey.outcome * np.exp(luck[survey.cluster])
    found = stability(replace(survey, table=table, outcome=outcome), fit_mean, refits=40)
    assert found is not None
    # With margins counted from one half it is 0.382, and 0.94 keep their decile.
    assert found.in_a_row["poorest_four"] == pytest.approx(0.4, abs=0.005)
    assert found.in_a_row["kept"] > 0.99
    low, high = found.chances_add_up.low, found.chances_add_up.high
    assert low is not None and high is not None and low < 0.38 < 0.42 < high
    assert found.chance_moved.value == pytest.approx(0.04, abs=0.02)
