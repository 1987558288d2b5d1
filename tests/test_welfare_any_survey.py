"""Whatever a survey looks like: a model with all its promises, or a sentence that says why not."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.welfare.columns import NONE, Codes, Column, Numbers, Table
from tangga.engine.welfare.fit import fit_model
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import read_model, write_model
from tangga.engine.welfare.spec import TRANSFORMS, Feature
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError
from welfare_tables import SPEC, survey_of

POLICIES = ["unknown", "own", "average"]


def any_feature(random: np.random.Generator, name: str, n: int) -> tuple[Feature, Column]:
    """A feature of any kind: rare words, one value for all, nearly all missing, any scale."""
    missing, policy = (
        random.random(n) < random.choice([0, 0.02, 0.3, 0.9]),
        POLICIES[random.integers(3)],
    )
    if random.random() < 0.5:
        scale = 10.0 ** random.integers(-6, 7)
        kinds = [
            random.poisson(2, n),
            random.normal(0, scale, n),
            np.full(n, 3),
            random.integers(0, 2, n),
        ]
        feature = Feature(
            *(name, name, name, "numeric", TRANSFORMS[random.integers(4)]),
            low=random.choice([None, None, 1.0]),
            monotone=int(random.integers(-1, 2)),
            missing=policy,
        )
        return feature, Numbers(np.where(missing, np.nan, kinds[random.integers(4)]).astype(float))
    words = tuple(f"w{k}" for k in range(random.integers(1, 8)))
    order = words if random.random() < 0.4 else ()
    monotone = int(random.choice([-1, 1])) if order else 0
    feature = Feature(
        name, name, name, "categorical", order=order, monotone=monotone, missing=policy
    )
    return feature, Codes(np.where(missing, NONE, random.integers(0, len(words), n)), words)


def any_survey(seed: int) -> Survey:
    random = np.random.default_rng(seed)
    n, places = int(random.integers(5, 200)), int(random.integers(2, 20))
    found = [any_feature(random, f"f{k}", n) for k in range(random.integers(1, 5))]
    features = tuple(feature for feature, _ in found)
    spec = replace(
        SPEC,
        features=features,
        log=bool(random.random() < 0.7),
        spread=tuple(f.name for f in features[: random.integers(len(features) + 1)]),
        cutoff=str(random.choice(["quota", "calibrated"])),
    )
    return survey_of(
        np.exp(random.normal(7, 0.5, n)),
        spec=spec,
        table=Table({feature.name: column for feature, column in found}, n),
        cluster=random.integers(0, places, n),
        weight=random.uniform(0.1, 100, n),
        members=random.integers(1, 9, n),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_model_with_all_its_promises_or_a_sentence(seed: int) -> None:
    survey = any_survey(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = fit_model(survey, correction=seed % 10 == 0)
        except UserError as wrong:
            assert wrong.todo
            return
        scored = model.score(survey.table)
        for share, cut in model.cuts.items():
            assert np.isfinite(cut)
            chance = model.chance_within(scored, share)
            assert ((chance > 0) & (chance < 1))[scored.known].all()
    assert (scored.sigma[scored.known] > 0).all()
    assert np.isfinite(scored.sigma[scored.known]).all()
    for row in np.flatnonzero(scored.known)[:3]:
        parts = model.contributions(survey.table, int(row))
        assert model.intercept + sum(part.points for part in parts) == scored.score[row]
    with TemporaryDirectory() as folder:
        assert read_model(write_model(model, Path(folder))) == model
    check_directions(model)


def check_directions(model: Model) -> None:
    grid = Numbers(np.concatenate([-np.geomspace(1e9, 1e-9, 200), np.geomspace(1e-9, 1e9, 200)]))
    for effect in model.effects:
        direction = effect.feature.monotone
        if effect.feature.numeric:
            points, absent = effect.points(grid)
            rises = np.diff(points[~absent])
        else:
            words = [word for word in effect.feature.order if word in effect.levels]
            rises = np.diff([effect.levels[word] for word in words])
        assert direction == 0 or (rises * direction >= 0).all()
