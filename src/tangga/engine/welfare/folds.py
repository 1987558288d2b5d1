"""Cross-validation by cluster: every household is scored by a model that never saw its village.

Households of one cluster resemble each other. A model that has seen a household's neighbours looks
better than it will be in a village that no survey visited; so a cluster is never split.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats, Ints, Mask
from tangga.engine.welfare.model import POINTS, Model
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError

Fit = Callable[[Survey], Model]


@dataclass(frozen=True)
class OutOfFold:
    """What models that had not seen a household's cluster say of it, one entry a household.

    score: in units of what is modelled; NaN where not known. sigma: standard deviation of what the
    model does not know, in units; NaN where not known. fold: from 0. models: one a fold, learnt
    from all the other folds.
    """

    score: Floats
    sigma: Floats
    fold: Ints
    models: tuple[Model, ...]

    @property
    def known(self) -> Mask:
        """Households that have a score."""
        return ~np.isnan(self.score)

    @property
    def folds(self) -> int:
        """How many folds there are: fewer than asked for where there are fewer clusters."""
        return len(self.models)


def folds_of(survey: Survey, k: int, seed: int) -> Ints:
    """The fold of each household, from 0: whole clusters, strata spread over all folds.

    The clusters of a stratum are shuffled and dealt out k at a time, the heaviest of each round to
    the fold that is lightest so far: so no two folds differ by more than the heaviest cluster
    (weights of whom the figures speak of), and each stratum's clusters are spread as evenly as
    they can be. It depends on seed, clusters and weights, not on the order of rows. With fewer
    clusters than k there are as many folds as clusters. One cluster: UserError.
    """
    clusters, of_row = np.unique(survey.cluster, return_inverse=True)
    if len(clusters) < 2:
        raise _one_cluster(survey)
    k = min(max(k, 2), len(clusters))
    weight = _weights(survey.people, of_row, len(clusters))
    stratum = np.full(len(clusters), np.iinfo(np.int64).max)
    np.minimum.at(stratum, of_row, survey.stratum)
    fold, load, held = np.empty(len(clusters), dtype=np.int64), np.zeros(k), np.zeros(k)
    for round_ in _rounds(stratum, k, np.random.default_rng(seed)):
        heaviest_first = round_[np.argsort(-weight[round_], kind="stable")]
        # Of folds alike in weight (clusters may weigh nothing) the one with fewer clusters.
        lightest_first = np.lexsort((held, load))[: len(round_)]
        fold[heaviest_first] = lightest_first
        load[lightest_first] += weight[heaviest_first]
        held[lightest_first] += 1
    return fold[of_row]


def _weights(people: Floats, of_row: Ints, clusters: int) -> Floats:
    # Sorted first: a sum of floats depends on its order, and the order of rows must not matter.
    order = np.lexsort((people, of_row))
    return np.bincount(of_row[order], weights=people[order], minlength=clusters)


def _rounds(stratum: Ints, k: int, random: np.random.Generator) -> list[Ints]:
    """Clusters (their places) in rounds of at most k, no round across two strata."""
    rounds = []
    for one in random.permutation(np.unique(stratum)):
        members = random.permutation(np.flatnonzero(stratum == one))
        rounds += [members[start : start + k] for start in range(0, len(members), k)]
    return rounds


def out_of_fold(survey: Survey, fit: Fit, *, k: int | None = None) -> OutOfFold:
    """Fits once a fold on all other folds and scores the fold left out.

    k: folds (None: the spec's). `fit` makes a model of some of the survey's households. Raises what
    `folds_of` and `fit` raise.
    """
    spec = survey.spec
    fold = folds_of(survey, spec.folds if k is None else k, spec.seed)
    score, sigma = np.full(len(survey), np.nan), np.full(len(survey), np.nan)
    models = []
    for one in range(int(fold.max()) + 1):
        inside = fold == one
        model = fit(survey.take(~inside))
        scored = model.score(survey.table.take(inside))
        score[inside] = np.where(scored.known, scored.score / POINTS, np.nan)
        sigma[inside] = scored.sigma
        models.append(model)
    return OutOfFold(score, sigma, fold, tuple(models))


def _one_cluster(survey: Survey) -> UserError:
    column = survey.spec.cluster
    where = f"the column {column}" if column is not None else "it"
    return UserError(
        f"the survey has only one cluster ({where} holds one value), so nothing can be judged on "
        "places that a model has not seen",
        file=survey.file,
        todo="Name a column with more clusters (villages, census blocks) as `cluster` of [survey] "
        "in the spec, or leave `cluster` out if households were drawn one by one",
    )
