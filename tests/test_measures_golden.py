"""Poverty and inequality against published figures of laeken's synthetic EU-SILC.

Values: the vignette `laeken-standard` of the R package laeken 0.5.2 (A. Alfons, M. Templ), as it
ships with Debian's r-cran-laeken. Standard errors: the examples of the R package convey 0.2.5 (D.
Pessoa, A. Damico, G. Jacob), reference pages svygini, svyarpr, svyqsr, svyfgt and svylorenz; each
person there is a cluster (rb030), regions are strata (db040).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow.csv
import pytest

from public_data import EUSILC, public_file
from tangga.engine.measures import inequality, poverty
from tangga.engine.measures.design import Design

PRINTED = 1e-6
"""Relative: more than the printed digits of laeken round."""
# Region: (at-risk-of-poverty rate, quintile share ratio, Gini), in per cent but for the ratio.
REGIONS = {
    "Burgenland": (19.53984, 5.008486, 32.05489),
    "Carinthia": (13.08627, 3.562404, 25.49448),
    "Lower Austria": (13.84362, 3.824539, 25.93737),
    "Salzburg": (13.78734, 3.768393, 25.01652),
    "Styria": (14.37464, 3.464305, 23.71190),
    "Tyrol": (15.30819, 3.586046, 25.24881),
    "Upper Austria": (10.88977, 3.668289, 25.49202),
    "Vienna": (17.23468, 4.654743, 28.94944),
    "Vorarlberg": (16.53731, 4.366511, 28.74120),
}
# Share of people: (share of income, its standard error).
LORENZ = {
    0.05: (0.012201, 0.0003),
    0.10: (0.034270, 0.0005),
    0.15: (0.060176, 0.0006),
    0.20: (0.089371, 0.0007),
    0.25: (0.121588, 0.0008),
    0.30: (0.156320, 0.0009),
    0.35: (0.193344, 0.0010),
    0.40: (0.232591, 0.0010),
    0.45: (0.274359, 0.0011),
    0.50: (0.318651, 0.0012),
    0.55: (0.365497, 0.0013),
    0.60: (0.414892, 0.0014),
    0.65: (0.467307, 0.0014),
    0.70: (0.522865, 0.0015),
    0.75: (0.582081, 0.0016),
    0.80: (0.645068, 0.0016),
    0.85: (0.713133, 0.0016),
    0.90: (0.788237, 0.0016),
    0.95: (0.875173, 0.0014),
}


@lru_cache
def _columns() -> dict[str, np.ndarray]:
    table = pyarrow.csv.read_csv(public_file(EUSILC))
    names = ("eqIncome", "rb050", "db040", "rb030")
    return {name: table.column(name).to_numpy(zero_copy_only=False) for name in names}


@pytest.fixture
def income() -> np.ndarray:
    return _columns()["eqIncome"]


@pytest.fixture
def weight() -> np.ndarray:
    return _columns()["rb050"]


@pytest.fixture
def persons() -> Design:
    columns = _columns()
    return Design.of(len(columns["rb030"]), cluster=columns["rb030"], stratum=columns["db040"])


def test_the_file_is_the_one_that_the_vignette_describes(income: np.ndarray) -> None:
    assert len(income) == 14_827


def test_gini(income: np.ndarray, weight: np.ndarray) -> None:
    assert 100 * inequality.gini(income, weight) == pytest.approx(26.48962, rel=PRINTED)


def test_at_risk_of_poverty(income: np.ndarray, weight: np.ndarray) -> None:
    assert poverty.at_risk_threshold(income, weight) == pytest.approx(10859.24, rel=PRINTED)
    assert 100 * poverty.at_risk_rate(income, weight) == pytest.approx(14.44422, rel=PRINTED)


@pytest.mark.parametrize(
    ("of_median", "rate", "threshold"),
    [(0.4, 4.766885, 7239.491), (0.5, 7.988134, 9049.363), (0.7, 21.85638, 12669.11)],
)
def test_other_shares_of_the_median(
    income: np.ndarray, weight: np.ndarray, of_median: float, rate: float, threshold: float
) -> None:
    found = poverty.at_risk_threshold(income, weight, of_median=of_median)
    assert found == pytest.approx(threshold, rel=PRINTED)
    found = poverty.at_risk_rate(income, weight, of_median=of_median)
    assert 100 * found == pytest.approx(rate, rel=PRINTED)


@pytest.mark.parametrize(("share", "value"), [(0.2, 12212.60), (0.5, 18098.73), (0.8, 25997.65)])
def test_weighted_quantiles(
    income: np.ndarray, weight: np.ndarray, share: float, value: float
) -> None:
    found = poverty.weighted_quantile(income, weight, share)
    assert found == pytest.approx(value, rel=PRINTED)


def test_quintile_share_ratio(income: np.ndarray, weight: np.ndarray) -> None:
    found = inequality.quintile_share_ratio(income, weight)
    assert found == pytest.approx(3.970004, rel=PRINTED)


@pytest.mark.parametrize("region", REGIONS)
def test_regions(income: np.ndarray, weight: np.ndarray, region: str) -> None:
    rate, ratio, gini = REGIONS[region]
    inside = _columns()["db040"] == region
    y, w = income[inside], weight[inside]
    threshold = poverty.at_risk_threshold(income, weight)
    assert 100 * poverty.fgt(y, w, threshold) == pytest.approx(rate, rel=PRINTED)
    assert inequality.quintile_share_ratio(y, w) == pytest.approx(ratio, rel=PRINTED)
    assert 100 * inequality.gini(y, w) == pytest.approx(gini, rel=PRINTED)


@pytest.mark.parametrize(("alpha", "value", "error"), [(0, 0.11444, 0.0027), (1, 0.032085, 0.0011)])
def test_fgt_at_a_given_line(
    income: np.ndarray, weight: np.ndarray, persons: Design, alpha: int, value: float, error: float
) -> None:
    assert poverty.fgt(income, weight, 10_000, alpha) == pytest.approx(value, abs=5e-6)
    influence = poverty.fgt_influence(income, weight, 10_000, alpha)
    assert persons.error(influence, weight) == pytest.approx(error, abs=5e-5)


def test_error_of_the_gini(income: np.ndarray, weight: np.ndarray, persons: Design) -> None:
    influence = inequality.gini_influence(income, weight)
    assert persons.error(influence, weight) == pytest.approx(0.0019, abs=5e-5)


def test_error_of_the_rate(income: np.ndarray, weight: np.ndarray, persons: Design) -> None:
    influence = poverty.at_risk_influence(income, weight)
    assert persons.error(influence, weight) == pytest.approx(0.0028, abs=5e-5)


def test_error_of_the_share_ratio(income: np.ndarray, weight: np.ndarray, persons: Design) -> None:
    """convey takes the ends of its quantiles a little otherwise: 0.0426 there, 0.0425 here."""
    influence = inequality.quintile_share_ratio_influence(income, weight)
    assert persons.error(influence, weight) == pytest.approx(0.0426, rel=0.005)


@pytest.mark.parametrize("share", LORENZ)
def test_lorenz_curve_and_its_errors(
    income: np.ndarray, weight: np.ndarray, persons: Design, share: float
) -> None:
    value, error = LORENZ[share]
    assert inequality.lorenz(income, weight, [share])[0] == pytest.approx(value, abs=1e-6)
    influence = inequality.lorenz_influence(income, weight, share)
    assert persons.error(influence, weight) == pytest.approx(error, abs=5e-5)
