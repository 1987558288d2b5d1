"""What whoever reads an evaluation must be told beside the figures.

Each caution is a key of `texts.toml` ([judge] caution_KEY) with its values; figures are shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.bootstrap import FREE, Estimate, lonely, tells
from tangga.engine.welfare.by_group import GroupErrors
from tangga.engine.welfare.evidence import Evidence
from tangga.engine.welfare.figures import CALIBRATED, FIFTHS, LINE_TELLS
from tangga.engine.welfare.spec import LEAST_R2, POOR
from tangga.engine.welfare.stability import Stability

FEWEST_CLUSTERS = 20
"""Below so many clusters, an interval from resampling them is too narrow to be relied on."""
CALIBRATION_OFF = 0.05
GROUP_HIGHER = 0.1
"""More exclusion in a group than in the whole, from which on it is told."""
CUTS_UNSURE = 0.1
"""Width of what refits make of "the poorest 40 %", from which on it is told."""


@dataclass(frozen=True)
class Caution:
    """key: of the text. values: what it is filled with."""

    key: str
    values: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """JSON-plain: the values, and `caution`, the key."""
        return {"caution": self.key, **self.values}


def cautions(
    evidence: Evidence,
    estimates: Mapping[str, Estimate],
    groups: Iterable[GroupErrors],
    stability: Stability | None,
    *,
    learnt_here: bool = False,
) -> tuple[Caution, ...]:
    """All that holds, in the order in which it should be read.

    learnt_here: whether a saved model is judged on the very file from which it was learnt.
    """
    groups = tuple(groups)
    found = (
        *([("learnt_here", {})] if learnt_here else []),
        *_of_survey(evidence),
        *_of_figures(estimates),
        *_of_calibration(estimates),
        *_of_refits(stability),
        *_of_groups(estimates, groups),
    )
    return tuple(Caution(key, values) for key, values in found)


def _of_survey(evidence: Evidence) -> Iterable[tuple[str, dict]]:
    survey, said = evidence.survey, evidence.said
    clusters = len(np.unique(survey.cluster))
    if clusters < 2:
        yield "one_cluster", {}
    elif not tells(survey.cluster, survey.stratum):
        strata = len(np.unique(survey.stratum))
        yield "no_ranges", {"clusters": clusters, "strata": strata, "more": FREE}
    elif clusters < FEWEST_CLUSTERS:
        yield "few_clusters", {"clusters": clusters, "fewest": FEWEST_CLUSTERS}
    if 0 < said.folds < survey.spec.folds:
        yield "fewer_folds", {"folds": said.folds, "asked": survey.spec.folds}
    alone = lonely(survey.cluster, survey.stratum)
    if clusters > 1 and alone and len(np.unique(survey.stratum)) > 1:
        yield "lonely_strata", {"strata": alone}
    unknown = ~evidence.known
    if unknown.any():
        share = float(survey.people[unknown].sum() / survey.people.sum())
        yield "not_known", {"households": int(unknown.sum()), "share": share}
    for name, households in said.unseen.items():
        yield "unseen", {"feature": name, "households": households}


def _of_figures(estimates: Mapping[str, Estimate]) -> Iterable[tuple[str, dict]]:
    r2 = estimates["r2"].value
    if r2 is None:
        yield "no_variance", {}
    elif r2 < LEAST_R2:
        yield "low_r2", {"r2": r2, "least": LEAST_R2}
    below, (low, high) = estimates["rate/found"].value, LINE_TELLS
    if below is None or low <= below <= high:
        return
    if below == 0:
        yield "nobody_below_line", {}
    else:
        yield "line_too_low" if below < low else "line_too_high", {"share": below}


def _of_calibration(estimates: Mapping[str, Estimate]) -> Iterable[tuple[str, dict]]:
    """Off by more than 5 points, and by more than chance allows: outside the interval."""
    for of in CALIBRATED:
        for fifth in range(FIFTHS):
            said = estimates[f"calibration/{of}/{fifth}/said"].value
            found = estimates[f"calibration/{of}/{fifth}/found"]
            if said is None or found.value is None or abs(said - found.value) <= CALIBRATION_OFF:
                continue
            if found.low is None or found.high is None or not found.low <= said <= found.high:
                values = {"of": of, "fifth": fifth + 1, "said": said, "found": found.value}
                yield "calibration", values


def _of_refits(stability: Stability | None) -> Iterable[tuple[str, dict]]:
    """Where the poorest 40 % end is known from the survey's clusters alone; few of them hardly say,
    and all chances rise and fall together by that."""
    if stability is None:
        return
    low, high = stability.chances_add_up.low, stability.chances_add_up.high
    if low is not None and high is not None and high - low > CUTS_UNSURE:
        yield "cuts_unsure", {"low": low, "high": high}


def _of_groups(
    estimates: Mapping[str, Estimate], groups: tuple[GroupErrors, ...]
) -> Iterable[tuple[str, dict]]:
    """Groups of which many more are missed than of the whole, beyond chance; and small ones."""
    whole = estimates[f"exclusion/{POOR}"].value
    for group in groups:
        named = {"grouping": group.grouping, "group": group.word}
        missed = group.exclusion[POOR]
        if group.few:
            counts = {"poor_households": group.poor[POOR], "clusters": group.clusters}
            yield "few_in_group", {**named, **counts}
        elif (
            whole is not None
            and missed.value is not None
            and missed.value - whole >= GROUP_HIGHER
            and (missed.low is None or missed.low > whole)
        ):
            yield "group_missed", {**named, "exclusion": missed.value, "whole": whole}
