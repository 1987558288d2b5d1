"""Whether a correction of the lines is worth having: only where unseen clusters say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.design_matrix import rounded
from tangga.engine.welfare.folds import OutOfFold
from tangga.engine.welfare.gain import gain
from tangga.engine.welfare.survey import Survey

BEYOND = 1.0
"""A gain must be more than so many of its standard errors."""


@dataclass(frozen=True)
class Decision:
    """Whether a correction was asked for, whether it is kept, and on what figures."""

    asked: bool
    kept: bool
    figures: Mapping[str, object]


NOT_ASKED = Decision(False, False, {})


def decide(survey: Survey, target: Floats, lines: OutOfFold, corrected: OutOfFold) -> Decision:
    """Kept where the mean squared error falls by more than its standard error (from clusters).

    The same folds are held out of both, so that what counts is the difference on the same
    households, whose clusters neither has seen. target: in units.
    """
    found = gain(
        np.square(target - lines.score),
        np.square(target - corrected.score),
        survey.weight,
        survey.cluster,
        survey.stratum,
    )
    told = {name: _plain(value) for name, value in found.as_dict().items()}
    return Decision(True, found.beyond(BEYOND), {**told, "errors_asked": BEYOND})


def _plain(value: float | int | None) -> float | int | None:
    return rounded(value) if isinstance(value, float) else value
