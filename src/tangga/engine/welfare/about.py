"""What a model learnt from and how well, as kept in its file and told on its card.

Plain words, numbers and lists; no day and no folder, so that the same survey and spec give the same
file. Notes are codes; the card puts them into sentences.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import tangga
from tangga.engine.welfare.columns import Floats, Numbers
from tangga.engine.welfare.correction import Decision
from tangga.engine.welfare.design_matrix import OWN_LEAST, Block, rounded
from tangga.engine.welfare.folds import OutOfFold
from tangga.engine.welfare.lines import Fitted, target
from tangga.engine.welfare.model import unusable
from tangga.engine.welfare.ols import covariance
from tangga.engine.welfare.spread import weighted_quantiles
from tangga.engine.welfare.survey import Survey
from tangga.hashing import sha256

FEW = 10
"""A word that fewer households have is worth a guess."""
RANGE = (0.05, 0.5, 0.95)


def about(fitted: Fitted, survey: Survey, judged: OutOfFold, decision: Decision) -> dict[str, Any]:
    """What `model.about` holds; every part is plain JSON."""
    spec = survey.spec
    packages = ("numpy", "scipy", *(("scikit-learn",) if decision.asked else ()))
    return {
        "outcome": {"column": spec.outcome, "kind": spec.kind, "per": "person", "log": spec.log},
        "line": spec.line,
        "speak_of": "people" if spec.people else "households",
        "survey": _survey(survey),
        "design": {
            "weight": spec.weight,
            "members": spec.members,
            "cluster": spec.cluster,
            "strata": list(spec.strata),
            "region": spec.region,
        },
        "spec_sha256": hashlib.sha256(spec.text.encode()).hexdigest(),
        "cutoff": spec.cutoff,
        **_fit(fitted, survey, judged),
        "correction": {"asked": decision.asked, "kept": decision.kept, **decision.figures},
        "coefficients": coefficients(fitted, survey),
        "missing": {b.feature.name: b.absent for b in fitted.design.blocks if b.absent},
        "ranges": _ranges(survey),
        "notes": notes(fitted),
        "programs": {"tangga": tangga.__version__, **{name: version(name) for name in packages}},
    }


def _survey(survey: Survey) -> dict[str, Any]:
    file = survey.file
    return {
        "file": file.name,
        "sha256": file_hash(file),
        "rows": survey.rows,
        "households": len(survey),
        "people": rounded(float(survey.people.sum())),
        "clusters": len(np.unique(survey.cluster)),
        "strata": len(np.unique(survey.stratum)),
        "left_out": [one.as_dict() for one in survey.left_out],
    }


def _fit(fitted: Fitted, survey: Survey, judged: OutOfFold) -> dict[str, Any]:
    """How much is explained: of the survey itself, and of clusters that were not seen."""
    y, known, weight = target(survey), judged.known, survey.weight
    squared = np.square(y - judged.score)[known]
    return {
        "folds": judged.folds,
        "scored": int(known.sum()),
        "r2": rounded(_r2(y, fitted.score, weight)),
        "r2_out_of_fold": rounded(_r2(y[known], judged.score[known], weight[known])),
        "error_out_of_fold": rounded(float(np.sqrt(np.average(squared, weights=weight[known])))),
    }


def _r2(y: Floats, score: Floats, weight: Floats) -> float:
    around = np.square(y - np.average(y, weights=weight))
    return 1.0 - float(weight @ np.square(y - score)) / (float(weight @ around) or 1.0)


def coefficients(fitted: Fitted, survey: Survey) -> list[dict[str, Any]]:
    """Each slope (word null: to one unit after the transform) and what each word is worth.

    In units; words against the average household. standard_error: by cluster (CR1), of the lines;
    null where it cannot be had. households: that have the word, or the number. held: its direction
    forbade the estimate, and it is 0 instead (of words in an order: some are worth the same). same:
    it says nothing that features before it do not.
    """
    found: list[dict[str, Any]] = []
    solution = fitted.solution
    spread = covariance(solution, fitted.design.matrix, fitted.error, survey.weight, survey.cluster)
    for block in fitted.design.blocks:
        own = solution.coefficients[block.own]
        error = None if spread is None else _errors(block, spread[block.own, block.own])
        held = bool(solution.held[block.own].any())
        same = not solution.kept[block.own].all()
        numeric = block.feature.numeric
        values = own / block.scale if numeric else block.effects_of_words @ own
        for place, (word, households) in enumerate(_named(block, len(survey))):
            one = {"feature": block.feature.name, "word": word, "households": households}
            one |= {"value": rounded(float(values[place])), "held": held, "same": same}
            one["standard_error"] = None if error is None else rounded(float(error[place]))
            found.append(one)
    return found


def _errors(block: Block, spread: Floats) -> Floats:
    if not block.feature.numeric:
        turned = block.effects_of_words
        spread = turned @ spread @ turned.T
    return np.sqrt(np.maximum(np.diag(spread), 0.0)) / block.scale


def _named(block: Block, households: int) -> list[tuple[str | None, int]]:
    if block.feature.numeric:
        return [(None, households - block.absent)]
    return list(zip(block.words, block.counts, strict=True))


def _ranges(survey: Survey) -> dict[str, list[float]]:
    """Of numbers: values below which 5, 50 and 95 % of households lie."""
    found = {}
    for feature in survey.spec.features:
        column = survey.table[feature.name]
        if isinstance(column, Numbers):
            known = ~unusable(feature, column.values)
            at = weighted_quantiles(column.values[known], survey.weight[known], np.array(RANGE))
            found[feature.name] = [rounded(float(value)) for value in at]
    return found


def notes(fitted: Fitted) -> list[dict[str, Any]]:
    """What its reader should know of a feature, as codes.

    constant: the survey shows one value, it is worth nothing. same: it says nothing beyond features
    before it. held: the estimate went against its direction, and is 0 instead (of words in an
    order: some are worth the same). few: words that few households have. own_as_average: too few
    lack it to learn what that is worth.
    """
    found: list[dict[str, Any]] = []
    solution = fitted.solution
    for block in fitted.design.blocks:
        name, own = block.feature.name, block.own
        kept, held = solution.kept[own], solution.held[own]
        if not np.any(fitted.design.matrix[:, own]):
            found.append({"feature": name, "finding": "constant"})
        elif not kept.all():
            found.append({"feature": name, "finding": "same", "columns": int((~kept).sum())})
        if held.any():
            found.append({"feature": name, "finding": "held", "columns": int(held.sum())})
        thin = [w for w, n in zip(block.words, block.counts, strict=True) if n < FEW]
        if thin:
            found.append({"feature": name, "finding": "few", "words": thin})
        if block.feature.missing == "own" and block.absent < OWN_LEAST:
            found.append({"feature": name, "finding": "own_as_average", "households": block.absent})
    return found


def file_hash(file: Path) -> str | None:
    """sha256 of a survey's file; None where there is none."""
    return sha256(file) if file.is_file() else None
