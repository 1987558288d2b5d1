"""Fitting: agrees with other hands, keeps directions, loses nobody, and is the same twice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from public_data import CENSUS, SAMPLE, public_file
from tangga.engine.welfare.about import coefficients
from tangga.engine.welfare.columns import NONE, Codes, Numbers, Table, codes_of
from tangga.engine.welfare.design_matrix import OWN_LEAST
from tangga.engine.welfare.fit import chosen_of, fit_mean, fit_model
from tangga.engine.welfare.folds import out_of_fold
from tangga.engine.welfare.lines import fit_lines, target
from tangga.engine.welfare.model import POINTS, SUREST, Model
from tangga.engine.welfare.ols import solve
from tangga.engine.welfare.spec import SHARES, Feature
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.welfare.spread import STEPS, quantile_table, weighted_quantiles
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.survey_file import read_survey
from test_welfare_spec import SPECS
from welfare_tables import ROOF, SIZE, SPEC, invented, survey_of

WORTH = {"thatch": -0.4, "tin": 0.0, "tile": 0.3}


def with_features(survey: Survey, columns: dict[str, object], *features: Feature) -> Survey:
    """The survey with these features instead of its own."""
    spec = replace(survey.spec, features=features)
    return replace(survey, spec=spec, table=Table(columns, len(survey)))


# -- lines ------------------------------------------------------------------------------------


def test_lines_and_their_errors_are_those_of_statsmodels() -> None:
    import statsmodels.api as sm

    survey = invented(300, 25)
    fitted = fit_lines(survey)
    size = np.log1p(survey.table["size"].values)
    roofs = np.array(survey.table["roof"].as_words())
    others = [roofs == word for word in ("thatch", "tile")]
    design = np.column_stack([np.ones(len(survey)), size, *others]).astype(float)
    expected = sm.WLS(target(survey), design, weights=survey.weight).fit(
        cov_type="cluster", cov_kwds={"groups": survey.cluster}
    )
    found = {(c["feature"], c["word"]): c for c in coefficients(fitted, survey)}
    slope = found["size", None]
    assert slope["value"] == pytest.approx(expected.params[1], abs=1e-8)
    assert slope["standard_error"] == pytest.approx(expected.bse[1], abs=1e-8)
    assert fitted.solution.r2 == pytest.approx(expected.rsquared, abs=1e-8)
    assert np.allclose(fitted.score, expected.fittedvalues, atol=1e-8)
    # A word against the average household, as a contrast of the others' dummies.
    shares = np.array([survey.weight[of].sum() for of in others]) / survey.weight.sum()
    for place, word in enumerate(("thatch", "tile")):
        contrast = np.concatenate([[0, 0], np.eye(2)[place] - shares])
        of_word = found["roof", word]
        assert of_word["value"] == pytest.approx(contrast @ expected.params, abs=1e-8)
        error = float(np.sqrt(contrast @ expected.cov_params() @ contrast))
        assert of_word["standard_error"] == pytest.approx(error, abs=1e-8)


def test_points_add_up_to_the_lines() -> None:
    survey = invented()
    fitted = fit_lines(survey)
    scored = fitted.model.score(survey.table)
    assert np.abs(scored.score / POINTS - fitted.score).max() < 3e-6
    average = np.average(target(survey), weights=survey.weight)
    centred = sum(effect.centre for effect in fitted.model.effects) + fitted.model.intercept
    assert centred / POINTS == pytest.approx(average, abs=3e-6)


def test_the_truth_is_found() -> None:
    effects = {e.feature.name: e for e in fit_mean(invented(6000, 300)).effects}
    assert effects["size"].slope / POINTS == pytest.approx(-0.5, abs=0.03)
    levels = effects["roof"].levels
    assert (levels["tile"] - levels["thatch"]) / POINTS == pytest.approx(0.7, abs=0.05)


def test_an_estimate_against_its_direction_is_held_at_nothing_and_told() -> None:
    survey = invented()
    wrong = replace(SIZE, monotone=1)
    survey = with_features(survey, dict(survey.table.columns), wrong, ROOF)
    model = fit_model(survey)
    assert model.effects[0].slope == 0
    assert {"feature": "size", "finding": "held", "columns": 1} in model.about["notes"]
    alone = fit_mean(with_features(survey, {"roof": survey.table["roof"]}, ROOF))
    assert model.effects[1].levels == alone.effects[0].levels


def test_words_in_an_order_rise_or_are_worth_the_same() -> None:
    survey = invented(1000, 50)
    ordered = Feature(
        "roof", "roof", "roof", "categorical", order=("tile", "thatch", "tin"), monotone=1
    )
    survey = with_features(survey, dict(survey.table.columns), SIZE, ordered)
    model = fit_model(survey)
    levels = [model.effects[1].levels[word] for word in ordered.order]
    assert levels == sorted(levels)
    assert levels[0] == levels[1] < levels[2]  # thatch is worse than tile: the two are pooled
    assert {"feature": "roof", "finding": "held", "columns": 1} in model.about["notes"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4))
def test_held_coefficients_are_the_best_that_keep_their_directions(
    seed: int, signs: list[int]
) -> None:
    from scipy.optimize import nnls

    random = np.random.default_rng(seed)
    x, weight = random.normal(size=(60, 4)), random.uniform(0.5, 3, 60)
    x[:, 3] += x[:, 0]
    x -= np.average(x, axis=0, weights=weight)
    y = x @ random.normal(size=4) + random.normal(size=60)
    y -= np.average(y, weights=weight)
    found = solve(x, y, weight, np.array(signs)).coefficients
    assert not (found * signs < 0).any()
    # A coefficient of either sign is a positive one of the column less one of its opposite.
    root = np.sqrt(weight)[:, None]
    both = [x[:, [n]] * s for n, sign in enumerate(signs) for s in ([sign] if sign else [1, -1])]
    _, least = nnls(np.hstack(both) * root, y * root[:, 0])
    assert np.linalg.norm((y - x @ found) * root[:, 0]) == pytest.approx(least, abs=1e-8)


def test_features_that_say_the_same_or_nothing_are_told_and_worth_nothing() -> None:
    survey = invented()
    size = survey.table["size"].values
    columns = {
        **survey.table.columns,
        "again": Numbers(np.log1p(size) * 3 + 2),
        "ones": Numbers(np.ones(len(survey))),
        "same": Codes(survey.table["roof"].codes, ["a", "b", "c"]),
    }
    more = (
        Feature("again", "again", "again", "numeric"),
        Feature("ones", "ones", "ones", "numeric"),
        Feature("same", "same", "same", "categorical"),
    )
    model = fit_model(with_features(survey, columns, SIZE, ROOF, *more))
    assert [effect.slope for effect in model.effects[2:4]] == [0, 0]
    assert set(model.effects[4].levels.values()) == {0}
    told = {(note["feature"], note["finding"]) for note in model.about["notes"]}
    assert {("again", "same"), ("ones", "constant"), ("same", "same")} <= told
    plain = fit_mean(survey)
    assert model.effects[:2] == plain.effects


# -- what is missing --------------------------------------------------------------------------


def lacking(share: float, missing: str, seed: int = 2) -> tuple[Survey, np.ndarray]:
    """A survey in which some households, poorer ones by 0.2, have no roof recorded."""
    survey = invented(2000, 100, seed)
    absent = np.random.default_rng(seed).random(len(survey)) < share
    codes = np.where(absent, NONE, survey.table["roof"].codes)
    columns = {"size": survey.table["size"], "roof": Codes(codes, survey.table["roof"].words)}
    survey = replace(survey, outcome=survey.outcome * np.where(absent, np.exp(-0.2), 1.0))
    return with_features(survey, columns, SIZE, replace(ROOF, missing=missing)), absent


def test_what_missing_is_worth_can_be_learnt() -> None:
    survey, absent = lacking(0.2, "own")
    model = fit_model(survey)
    roof = model.effects[1]
    assert roof.missing is not None
    # The households without a roof are those of all roofs, and 0.2 poorer.
    assert (roof.missing - roof.centre) / POINTS == pytest.approx(-0.2, abs=0.05)
    assert roof.doubt == 0.0
    scored = model.score(survey.table)
    error = target(survey) - scored.score / POINTS
    assert abs(np.average(error[absent], weights=survey.weight[absent])) < 1e-5


def test_too_few_without_an_answer_are_taken_as_average_and_told() -> None:
    survey, absent = lacking(0.005, "own")
    assert 0 < absent.sum() < OWN_LEAST
    model = fit_model(survey)
    assert (model.effects[1].missing, model.effects[1].doubt > 0) == (0, True)
    note = {"feature": "roof", "finding": "own_as_average", "households": int(absent.sum())}
    assert note in model.about["notes"]


def test_average_means_the_average_household_and_less_certainty() -> None:
    survey, absent = lacking(0.2, "average")
    model = fit_model(survey)
    roof = model.effects[1]
    known = ~absent
    worth = roof.points(survey.table["roof"])[0][known] / POINTS
    weight = survey.weight[known]
    assert np.average(worth, weights=weight) * POINTS == pytest.approx(roof.missing, abs=1)
    assert roof.doubt == pytest.approx(np.average(np.square(worth), weights=weight), rel=1e-4)
    # What is not recorded bends no other effect: the households that lack it have an indicator.
    assert model.effects[0].slope / POINTS == pytest.approx(-0.5, abs=0.05)
    one = survey.table.take(np.flatnonzero(absent)[:1])
    same = Table({**one.columns, "roof": codes_of(["tin"])}, 1)
    assert model.score(one).sigma[0] > model.score(same).sigma[0]


BLANK = st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=1, max_size=12)


@pytest.mark.parametrize("policy", ["unknown", "own", "average"])
@settings(max_examples=30, deadline=None)
@given(blank=BLANK, unseen=st.booleans())
def test_nobody_is_dropped_or_ranked_poorest_for_lack_of_data(
    policy: str, blank: list[list[bool]], unseen: bool
) -> None:
    model = _models()[policy]
    n = len(blank)
    size = np.array([np.nan if row[0] else 4.0 for row in blank])
    words = ["tin", "slate"]  # the survey never had slate
    codes = np.array([(1 if unseen else NONE) if row[1] else 0 for row in blank])
    scored = model.score(Table({"size": Numbers(size), "roof": Codes(codes, words)}, n))
    lacks = np.array(blank).any(axis=1)
    assert len(scored.score) == len(scored.known) == len(scored.sigma) == n
    chance = model.chance_within(scored, 0.2)
    if policy == "unknown":
        # No score is no score: not the lowest, and no chance either.
        assert np.array_equal(scored.known, ~lacks)
        assert np.array_equal(np.isnan(chance), lacks)
        return
    assert scored.known.all()
    # Never poorer than the poorest that the answer could have been.
    least = np.array([4.0, *range(1, 9)])
    every = Table(
        {
            "size": Numbers(np.repeat(least, 3)),
            "roof": Codes(np.tile(np.arange(3), 9), ["thatch", "tile", "tin"]),
        },
        27,
    )
    assert scored.score.min() > model.score(every).score.min()
    counted = {"size": int(sum(row[0] for row in blank)), "roof": int(sum(r[1] for r in blank))}
    assert sum(scored.missing.values()) + sum(scored.unseen.values()) == sum(counted.values())
    if unseen and counted["roof"]:
        assert scored.unseen == {"roof": counted["roof"]}


@cache
def _models() -> dict[str, Model]:
    found = {}
    for policy in ("unknown", "own", "average"):
        survey, _ = lacking(0.1, policy)
        features = (replace(SIZE, missing=policy), survey.spec.features[1])
        found[policy] = fit_model(with_features(survey, dict(survey.table.columns), *features))
    return found


def test_a_number_that_cannot_be_transformed_is_missing() -> None:
    survey = invented()
    model = fit_mean(survey)
    values = np.array([3.0, -1.0, np.inf, -5.0, np.nan, 1e300])
    scored = model.score(Table({"size": Numbers(values), "roof": codes_of(["tin"] * 6)}, 6))
    assert scored.known.tolist() == [True, False, False, False, False, True]
    assert (scored.missing["size"], scored.unseen["size"]) == (1, 3)
    # Beyond the largest household of the survey nothing is extrapolated.
    largest = model.score(Table({"size": Numbers(np.array([8.0])), "roof": codes_of(["tin"])}, 1))
    assert scored.score[5] == largest.score[0]


# -- spread and chances -----------------------------------------------------------------------


def test_quantiles_of_weights_are_those_of_repeated_rows() -> None:
    random = np.random.default_rng(1)
    values, times = random.normal(size=500), random.integers(1, 5, 500)
    at = np.linspace(0.01, 0.99, 50)
    plain = weighted_quantiles(np.repeat(values, times), np.ones(times.sum()), at)
    assert np.abs(weighted_quantiles(values, times.astype(float), at) - plain).max() < 0.05


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_a_quantile_table_rises_and_its_tails_are_open(errors: list[float]) -> None:
    table = np.array(quantile_table(np.array(errors), np.ones(len(errors))))
    assert len(table) == STEPS
    assert (np.diff(table) > 0).all()
    assert table[0] < min(errors) <= max(errors) < table[-1]


def test_chances_are_never_certain_and_fall_with_the_score() -> None:
    survey = invented()
    model = replace(
        fit_model(survey), spread=replace(fit_model(survey).spread, effects=(), per_score=0)
    )
    size = np.array([1.0, 2, 4, 8])
    scored = model.score(Table({"size": Numbers(size), "roof": codes_of(["tin"] * 4)}, 4))
    lines = np.linspace(-50, 50, 101)
    chances = np.array([model.chance_below(scored, line) for line in lines])
    assert chances.min() == SUREST and chances.max() == 1 - SUREST
    assert (np.diff(chances, axis=0) >= 0).all()
    assert (np.diff(chances, axis=1) >= 0).all()  # the larger, the poorer


def test_the_spread_is_found_where_it_depends_on_a_feature() -> None:
    random = np.random.default_rng(5)
    n = 4000
    size = random.integers(1, 9, n).astype(float)
    sigma = 0.2 * np.exp(0.1 * size)
    table = Table({"size": Numbers(size), "roof": codes_of(["tin", "tile"] * (n // 2))}, n)
    survey = survey_of(np.exp(8 - 0.1 * size + sigma * random.normal(size=n)), table=table)
    survey = replace(survey, spec=replace(SPEC, spread=("size",)))
    model = fit_model(survey)
    found = model.score(survey.table).sigma
    scale = float(np.std((target(survey) - model.score(survey.table).score / POINTS) / found))
    assert np.abs(found * scale / sigma - 1).max() < 0.15
    standard = np.interp([0.05, 0.5, 0.95], np.linspace(0, 1, STEPS), np.array(model.quantiles))
    assert standard == pytest.approx([-1.645, 0, 1.645], abs=0.12)


def _calibration(model, survey: Survey, share: float) -> list[tuple[float, float]]:
    """(mean chance, share of people actually within) in fifths of chance."""
    chance = model.chance_within(model.score(survey.table), share)
    known = ~np.isnan(chance)
    poor, people = target(survey) < model.cuts[share], survey.people
    fifth = np.searchsorted(np.quantile(chance[known], [0.2, 0.4, 0.6, 0.8]), chance)
    return [
        tuple(np.average(v[of], weights=people[of]) for v in (chance, poor))
        for of in (known & (fifth == n) for n in range(5))
    ]


def test_chances_hold_on_households_that_were_never_seen() -> None:
    model = fit_model(invented(2000, 100, seed=1))
    unseen = invented(20_000, 1000, seed=9)
    for share in SHARES:
        for chance, actual in _calibration(model, unseen, share):
            assert chance == pytest.approx(actual, abs=0.04)


def test_learnt_on_a_sample_and_judged_on_the_census() -> None:
    spec = read_spec(SPECS / "world-bank.toml")
    model = fit_model(read_survey(public_file(SAMPLE), spec))
    census = read_survey(public_file(CENSUS), spec, census=True)
    scored, y = model.score(census.table), target(census)
    assert scored.known.all()
    assert 1 - np.var(y - scored.score / POINTS) / np.var(y) > 0.65
    for share in SHARES:
        for chance, actual in _calibration(model, census, share):
            assert chance == pytest.approx(actual, abs=0.06)


# -- cut-offs ---------------------------------------------------------------------------------


def test_a_calibrated_cutoff_chooses_the_share_that_was_asked_for() -> None:
    def surveyed(households: int, seed: int) -> Survey:
        survey = invented(households, households // 20, seed, cutoff="calibrated")
        # Few families may share a chance, or no cut-off can choose so exactly.
        size = survey.table["size"].values + np.random.default_rng(seed).random(households)
        columns = {"size": Numbers(size), "roof": survey.table["roof"]}
        return with_features(survey, columns, SIZE, ROOF)

    model = fit_model(surveyed(2000, 1))
    assert set(model.chosen) == set(SHARES)
    assert fit_model(invented()).chosen == {}
    unseen = surveyed(20_000, 9)
    for share in SHARES:
        chance = model.chance_within(model.score(unseen.table), share)
        chosen = np.average(chance >= model.chosen[share], weights=unseen.people)
        assert chosen == pytest.approx(share, abs=0.03)


def test_chosen_by_hand() -> None:
    chances = {0.5: np.array([0.9, np.nan, 0.2, 0.6])}
    assert chosen_of(chances, np.array([1.0, 1.0, 1.0, 1.0])) == {0.5: 0.6}
    assert chosen_of(chances, np.array([3.0, 1.0, 1.0, 1.0])) == {0.5: 0.9}
    assert chosen_of(chances, np.array([1.0, 9.0, 1.0, 1.0])) == {0.5: 0.2}


# -- the same twice ---------------------------------------------------------------------------


def test_the_order_of_households_changes_nothing() -> None:
    survey = invented(600)
    order = np.random.default_rng(3).permutation(len(survey))
    one, two = fit_model(survey), fit_model(survey.take(order))
    assert replace(one, about={}) == replace(two, about={})


def test_cross_validation_is_less_kind_than_the_survey_itself() -> None:
    about = fit_model(invented()).about
    assert about["r2_out_of_fold"] < about["r2"]
    assert about["survey"]["clusters"] == 40 and about["folds"] == 5


def test_people_and_households_are_told_apart() -> None:
    people, households = fit_mean(invented()), fit_mean(invented(people=False))
    assert people.effects == households.effects
    assert people.cuts[0.2] < households.cuts[0.2]  # the poor live in large households


def test_out_of_fold_can_be_fitted_with_a_word_that_one_cluster_has() -> None:
    survey = invented()
    codes = np.where(survey.cluster == 3, 3, survey.table["roof"].codes)
    words = [*survey.table["roof"].words, "zinc"]
    columns = {**survey.table.columns, "roof": Codes(codes, words)}
    for missing, known in (("unknown", False), ("average", True)):
        one = with_features(survey, columns, SIZE, replace(ROOF, missing=missing))
        judged = out_of_fold(one, fit_mean)
        assert judged.known[one.cluster == 3].all() == known
        assert fit_model(one).score(one.table).known.all()
