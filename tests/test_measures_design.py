"""How sure a figure is: against other programs, against differences, against drawing again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from public_data import SAMPLE, public_file
from tangga.engine.measures import inequality, poverty, targeting
from tangga.engine.measures.design import Design, Estimate, estimate, ratio
from tangga.errors import UserError

EXACT = 1e-9
LINE = 3000.0

# (value, standard error, low, high) by the Python package svy 0.35.0 (Taylor linearisation, with
# replacement), on its World Bank sample: strata geo1 x urbrur, clusters ea, weight hhweight x
# hhsize, line 3000. Worked out once with svy, which is not needed here.
SVY_MEAN = (3198.9556976305616, 192.98351608992274, 2802.272399134915, 3595.6389961262084)
SVY_POOR = (0.5948492918189988, 0.043493472001794035, 0.5032728043455, 0.6802686162886504)
SVY_GAP = (0.22759760747523974, 0.029691345243152176)
SVY_GAP_SQUARED = (0.11017518930139558, 0.01885595090487387)
SVY_FOOD = (0.2994640448623482, 0.013457481953426257, 0.2718017945370753, 0.32712629518762104)
# Share of the poor by residence, intervals symmetric: svy's `mean(..., by=...)`.
SVY_GROUPS = {
    "Rural": (0.8414301377097926, 0.04805771624694544, 0.7356558174223709, 0.9472044579972143),
    "Urban": (0.4688140685191449, 0.06144770954815984, 0.33784137592703056, 0.5997867611112593),
}
# Strata geo2 instead, 9 of 19 with one cluster: svy's rule "center".
SVY_LONELY = (3198.9556976305616, 278.3969422931282, 2601.8536418432395, 3796.0577534178838)


@pytest.fixture
def sample() -> dict[str, np.ndarray]:
    table = pq.read_table(public_file(SAMPLE))
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    columns["w"] = columns["hhweight"] * columns["hhsize"]
    columns["y"] = columns["pc_exp"]
    columns["one"] = np.ones(len(table))
    return columns


def _design(sample: dict[str, np.ndarray]) -> Design:
    stratum = sample["geo1"] + sample["urbrur"]
    return Design.of(len(stratum), cluster=sample["ea"], stratum=stratum)


def _same(found: Estimate | None, wanted: tuple[float, ...]) -> None:
    assert found is not None
    all_of_it = (found.value, found.error, found.low, found.high)[: len(wanted)]
    assert all_of_it == pytest.approx(wanted, rel=EXACT)


def test_the_mean_and_a_ratio_as_svy_has_them(sample: dict[str, np.ndarray]) -> None:
    design = _design(sample)
    assert (design.clusters, design.strata, design.lonely, design.freedom()) == (33, 7, 0, 26)
    _same(ratio(sample["y"], sample["one"], sample["w"], design), SVY_MEAN)
    _same(ratio(sample["tot_food"], sample["tot_exp"], sample["w"], design), SVY_FOOD)


def test_poverty_as_svy_has_it(sample: dict[str, np.ndarray]) -> None:
    design, y, w = _design(sample), sample["y"], sample["w"]
    for alpha, wanted in enumerate((SVY_POOR, SVY_GAP, SVY_GAP_SQUARED)):
        influence = poverty.fgt_influence(y, w, LINE, alpha)
        value = poverty.fgt(y, w, LINE, alpha)
        _same(estimate(value, influence, w, design, share=True), wanted)


@pytest.mark.parametrize("group", SVY_GROUPS)
def test_groups_as_svy_has_them(sample: dict[str, np.ndarray], group: str) -> None:
    inside = sample["urbrur"] == group
    poor = (sample["y"] < LINE).astype(float)
    found = ratio(poor, sample["one"], sample["w"], _design(sample), within=inside)
    _same(found, SVY_GROUPS[group])


def test_strata_with_one_cluster_as_svy_has_them(sample: dict[str, np.ndarray]) -> None:
    design = Design.of(len(sample["y"]), cluster=sample["ea"], stratum=sample["geo2"])
    assert (design.strata, design.lonely) == (19, 9)
    _same(ratio(sample["y"], sample["one"], sample["w"], design), SVY_LONELY)


def test_the_mean_as_statsmodels_has_it(sample: dict[str, np.ndarray]) -> None:
    """Weighted least squares on a constant with errors by cluster: one stratum, no correction for
    few clusters there."""
    from statsmodels.api import WLS

    fitted = WLS(sample["y"], sample["one"], weights=sample["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": sample["ea"], "use_correction": False}
    )
    design = Design.of(len(sample["y"]), cluster=sample["ea"])
    found = ratio(sample["y"], sample["one"], sample["w"], design)
    assert found is not None and found.error is not None
    few = design.clusters / (design.clusters - 1)
    assert found.value == pytest.approx(fitted.params[0], rel=EXACT)
    assert found.error == pytest.approx(fitted.bse[0] * np.sqrt(few), rel=EXACT)


def test_a_ratio_as_statsmodels_has_it(sample: dict[str, np.ndarray]) -> None:
    """A ratio is the mean of shares, each weighed by what it is a share of."""
    from statsmodels.api import WLS

    shares, weight = sample["tot_food"] / sample["tot_exp"], sample["w"] * sample["tot_exp"]
    fitted = WLS(shares, sample["one"], weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": sample["ea"], "use_correction": False}
    )
    design = Design.of(len(shares), cluster=sample["ea"])
    found = ratio(sample["tot_food"], sample["tot_exp"], sample["w"], design)
    few = np.sqrt(design.clusters / (design.clusters - 1))
    _same(found, (fitted.params[0], fitted.bse[0] * few))


Measure = Callable[[np.ndarray, np.ndarray], float]
Influence = Callable[[np.ndarray, np.ndarray], np.ndarray]
SMOOTH: dict[str, tuple[Measure, Influence]] = {
    "p1": (lambda y, w: poverty.fgt(y, w, 50, 1), lambda y, w: poverty.fgt_influence(y, w, 50, 1)),
    "gini": (inequality.gini, inequality.gini_influence),
    "lorenz": (
        lambda y, w: float(inequality.lorenz(y, w, [0.37])[0]),
        lambda y, w: inequality.lorenz_influence(y, w, 0.37),
    ),
    "concentration": (
        lambda y, w: targeting.concentration(np.abs(60 - y), y, w),
        lambda y, w: targeting.concentration_influence(np.abs(60 - y), y, w),
    ),
}


@pytest.mark.parametrize("name", SMOOTH)
@given(
    y=st.lists(st.integers(1, 120), min_size=4, max_size=15),
    seed=st.integers(0, 99),
)
def test_influence_is_what_a_little_more_weight_changes(name: str, y: list[int], seed: int) -> None:
    measure, influence = SMOOTH[name]
    values = np.array(y, dtype=float)
    w = 1 + np.random.default_rng(seed).random(len(y))
    found = influence(values, w)
    little = 1e-6
    for place in range(len(y)):
        more, less = w.copy(), w.copy()
        more[place] += little
        less[place] -= little
        slope = (measure(values, more) - measure(values, less)) / (2 * little)
        assert found[place] == pytest.approx(slope, abs=1e-6)
    # As all weights grow alike nothing changes.
    assert np.sum(found * w) == pytest.approx(0, abs=1e-9)


def test_errors_are_those_of_drawing_again() -> None:
    """Clusters drawn again and again from a known population: what the figures vary by is what
    each single sample says of itself."""
    random = np.random.default_rng(5)
    villages, size, drawn, times = 400, 12, 60, 300
    level = random.normal(0, 0.4, villages)
    population = np.exp(4 + level[:, None] + random.normal(0, 0.5, (villages, size)))
    benefit = (random.random(population.shape) < 1 / (1 + population / 50)).astype(float)
    line = np.median(population) * 0.7
    found: dict[str, list[tuple[float, float]]] = {}
    cluster = np.repeat(np.arange(drawn), size)
    design = Design.of(drawn * size, cluster=cluster)
    for _ in range(times):
        chosen = random.integers(0, villages, drawn)
        y, b, w = population[chosen].ravel(), benefit[chosen].ravel(), np.ones(drawn * size)
        fifth = inequality.quantile_share_influences(y, w)[0]
        each = {
            "p0": (poverty.fgt(y, w, line), poverty.fgt_influence(y, w, line)),
            "p2": (poverty.fgt(y, w, line, 2), poverty.fgt_influence(y, w, line, 2)),
            "gini": (inequality.gini(y, w), inequality.gini_influence(y, w)),
            "fifth": (inequality.quantile_shares(y, w)[0], fifth),
            "rate": (poverty.at_risk_rate(y, w), poverty.at_risk_influence(y, w)),
            "concentration": (
                targeting.concentration(b, y, w),
                targeting.concentration_influence(b, y, w),
            ),
        }
        for name, (value, influence) in each.items():
            found.setdefault(name, []).append((value, design.error(influence, w)))
    for name, pairs in found.items():
        values, errors = np.array(pairs).T
        # 300 repeats know a spread to about 4 %; the rest is what few clusters leave open.
        assert np.mean(errors) == pytest.approx(np.std(values), rel=0.15), name


def test_the_unit_of_weights_changes_no_error() -> None:
    y, w = np.random.default_rng(3).random((2, 50)) + 0.1
    design = Design.of(50)
    for influence in (poverty.at_risk_influence, inequality.gini_influence):
        error = design.error(influence(y, w), w)
        assert design.error(influence(y, 1000 * w), 1000 * w) == pytest.approx(error, rel=EXACT)


def test_the_order_of_rows_and_names_of_clusters_do_not_matter(
    sample: dict[str, np.ndarray],
) -> None:
    found = ratio(sample["y"], sample["one"], sample["w"], _design(sample))
    order = np.random.default_rng(1).permutation(len(sample["y"]))
    mixed = {name: column[order] for name, column in sample.items()}
    mixed["ea"] = 7_000_000 - mixed["ea"]
    again = ratio(mixed["y"], mixed["one"], mixed["w"], _design(mixed))
    assert found is not None and again is not None
    _same(again, (found.value, found.error or 0.0))


def test_the_same_number_in_two_strata_is_two_clusters() -> None:
    design = Design.of(4, cluster=[1, 2, 1, 2], stratum=["a", "a", "b", "b"])
    assert (design.clusters, design.strata) == (4, 2)


def test_one_cluster_cannot_tell() -> None:
    design = Design.of(3, cluster=[1, 1, 1])
    found = ratio(np.arange(3.0), np.ones(3), np.ones(3), design)
    assert found == Estimate(1.0, None, None, None, 3)
    with pytest.raises(UserError, match="one cluster only"):
        design.error(np.ones(3), np.ones(3))


def test_a_group_in_one_cluster_cannot_tell_either() -> None:
    design = Design.of(4, cluster=[1, 1, 2, 2])
    inside = np.array([True, True, False, False])
    found = ratio(np.arange(4.0), np.ones(4), np.ones(4), design, within=inside)
    assert found == Estimate(0.5, None, None, None, 2)


def test_a_share_of_nobody_has_no_error_that_the_survey_could_tell() -> None:
    design = Design.of(3)
    found = ratio(np.zeros(3), np.ones(3), np.ones(3), design, share=True)
    assert found == Estimate(0.0, None, None, None, 3)
    assert ratio(np.zeros(3), np.zeros(3), np.ones(3), design) is None


def test_a_share_stays_within_its_bounds() -> None:
    design = Design.of(40)
    hit = np.zeros(40)
    hit[0] = 1
    found = ratio(hit, np.ones(40), np.ones(40), design, share=True)
    assert found is not None and found.low is not None and found.high is not None
    assert 0 < found.low < 0.025 < found.high < 1


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(UserError, match="2 numbers of a cluster for 3 households"):
        Design.of(3, cluster=[1, 2])
