"""Whether a survey can teach what a spec asks for; if not, why, and what to do."""

from __future__ import annotations

import numpy as np

from tangga.engine.welfare.columns import NONE, Codes, Numbers
from tangga.engine.welfare.design_matrix import grouped
from tangga.engine.welfare.folds import OutOfFold
from tangga.engine.welfare.lines import target
from tangga.engine.welfare.model import unusable
from tangga.engine.welfare.spec import Feature
from tangga.engine.welfare.spec_file import line_of_column
from tangga.engine.welfare.survey import Survey
from tangga.errors import BadPack, UserError

MOST_WORDS, LEAST_EACH = 30, 5
"""A category of more words than the first, shared by fewer households each than the second, is a
name or a number."""


def check_survey(survey: Survey) -> None:
    """UserError where nothing can be learnt; BadPack for features that can teach nothing."""
    for feature in survey.spec.features:
        _check_feature(survey, feature)
    if len(survey) < 2 or float(np.ptp(target(survey))) <= 0.0:
        what = f"all {len(survey)} households have the same outcome: nothing can be learnt from it"
        raise UserError(what, file=survey.file, todo="Check the column that [outcome] names")
    _check_enough(survey)


def _check_enough(survey: Survey) -> None:
    columns = sum(_columns(survey, feature) for feature in survey.spec.features)
    if len(survey) <= 2 * columns:
        raise UserError(
            f"{len(survey)} households are too few for {columns} effects",
            file=survey.file,
            todo="Name fewer features in the spec, or put words together with `groups`",
        )


def _columns(survey: Survey, feature: Feature) -> int:
    column = survey.table[feature.name]
    return 1 if isinstance(column, Numbers) else max(len(grouped(feature, column)[1]) - 1, 0)


def _check_feature(survey: Survey, feature: Feature) -> None:
    column = survey.table[feature.name]
    if isinstance(column, Numbers):
        absent = unusable(feature, column.values)
        if not absent.all():
            return
        if not column.missing.all():
            what = f"no number from which {feature.transform} can be taken"
            raise _wrong(survey, feature, what, "Change its transform (log1p allows 0)")
    elif _words(survey, feature, column):
        return
    todo = "It can teach nothing: leave it out of the spec, or mend its column"
    raise _wrong(survey, feature, f"missing for all {len(survey)} households", todo)


def _words(survey: Survey, feature: Feature, column: Codes) -> bool:
    """Whether a category has any word; BadPack where it has too many or one outside its order."""
    codes, words = grouped(feature, column)
    if len(words) > max(MOST_WORDS, len(survey) // LEAST_EACH):
        todo = "A name or number teaches nothing: leave it out, or put its words together (groups)"
        raise _wrong(survey, feature, f"has {len(words)} different words", todo)
    outside = np.flatnonzero((codes == NONE) & ~column.missing)
    if feature.order and len(outside):
        what = f"{len(outside)} households have a word that is not in its order, the first on row "
        what += str(int(survey.lines[outside[0]]))
        raise _wrong(survey, feature, what, "Add it to `order`, or put it to another by `groups`")
    return bool((codes != NONE).any())


def _wrong(survey: Survey, feature: Feature, what: str, todo: str) -> BadPack:
    _, line = line_of_column(survey.spec, feature.column)
    what = f"feature {feature.name} (column {feature.column!r}): {what}"
    return BadPack(what, file=survey.spec.file, line=line, todo=todo)


def check_scored(survey: Survey, judged: OutOfFold) -> None:
    """UserError where too few households have all that a score needs."""
    known = int(judged.known.sum())
    if known >= max(2, len(survey) // 10):
        return
    lacking = {
        feature.name: int(_absent(survey, feature))
        for feature in survey.spec.features
        if feature.missing == "unknown"
    }
    most = ", ".join(
        f"{name} ({rows})" for name, rows in sorted(lacking.items(), key=lambda i: -i[1])[:5]
    )
    raise UserError(
        f"only {known} of {len(survey)} households have all features that a score needs; "
        f"missing most often: {most}",
        file=survey.file,
        todo='Say missing = "average" or missing = "own" for such features, or leave them out',
    )


def _absent(survey: Survey, feature: Feature) -> int:
    column = survey.table[feature.name]
    if isinstance(column, Numbers):
        return int(unusable(feature, column.values).sum())
    return int((grouped(feature, column)[0] == NONE).sum())
