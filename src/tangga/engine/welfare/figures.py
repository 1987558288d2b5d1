"""All figures of an evaluation, for any weights: once for the survey, again for each resample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tangga.engine.welfare import accuracy
from tangga.engine.welfare.accuracy import FIFTHS, Ranks, Targeting, means, parts_of
from tangga.engine.welfare.by_group import ByGroup
from tangga.engine.welfare.columns import Floats, Ints
from tangga.engine.welfare.evidence import Evidence
from tangga.engine.welfare.spec import POOR, SHARES

LINE_TELLS = (0.005, 0.995)
"""Part of the survey below the line, at which figures at the line begin and cease to mean a thing:
beyond, nearly nobody or nearly everybody is poor, most often as the line is in another unit."""
TENTH = 0.1
TENTHS = 10
LINE = "line"
CALIBRATED = (*map(str, SHARES), LINE)
"""What chances are told of: to be among the poorest 20 and 40 %, to live below the line."""
POINTS_OF_CURVES = 101
Parts = Mapping[float, Floats]


@dataclass(frozen=True)
class Figures:
    """Figures by name, such as `exclusion/0.4`; NaN where one is not defined."""

    evidence: Evidence
    groups: ByGroup

    def __call__(self, weight: Floats) -> dict[str, float]:
        """All of them for given weights, one a household."""
        evidence, said = self.evidence, self.evidence.said
        poor, chosen = self.poor(weight), self.chosen(weight)
        found = {
            "r2": accuracy.r2(evidence.outcome, said.score, weight),
            "rank_correlation": accuracy.rank_correlation(evidence.truth, evidence.ranks, weight),
        }
        for share in SHARES:
            errors = accuracy.targeting(poor[share], chosen[share], weight)
            found[f"auc/{share}"] = accuracy.auc(poor[share], evidence.ranks, weight)
            found |= _named(errors, str(share))
        left_out = accuracy.targeting(poor[TENTH], chosen[POOR], weight).exclusion
        found["poorest_tenth_left_out"] = left_out
        found |= self._at_line(weight)
        found |= self._calibration(weight, poor)
        found |= self._tenths(weight)
        return found | self.groups.measure(weight, poor, chosen)

    def poor(self, weight: Floats) -> Parts:
        """By share, the part of each household that is truly among the poorest."""
        truth = self.evidence.truth
        return {share: truth.within(weight, share) for share in (TENTH, *SHARES)}

    def chosen(self, weight: Floats) -> Parts:
        """By share, the part of each household that is chosen."""
        return {share: self.evidence.chosen(share, weight) for share in SHARES}

    @cached_property
    def below(self) -> Floats:
        """1 for who lives below their line, 0 for others, NaN where there is no line."""
        evidence = self.evidence
        below = (evidence.outcome < evidence.line) * 1.0
        return np.where(np.isnan(evidence.line), np.nan, below)

    @cached_property
    def line_tells(self) -> bool:
        """Whether there is a line, with enough of the survey on either side to judge by it."""
        low, high = LINE_TELLS
        has_line = ~np.isnan(self.below)
        weight = np.where(has_line, self.evidence.survey.people, 0.0)
        return low <= _mean(np.nan_to_num(self.below), weight) <= high

    def _at_line(self, weight: Floats) -> dict[str, float]:
        """At the spec's line. As many are chosen as the model expects below it, those first whose
        score is least beside their line: its own rate, not `predicted below the line`, which would
        choose too few wherever most are not poor. Nothing but the two rates where the line does not
        tell."""
        has_line = ~np.isnan(self.below)
        weight = np.where(has_line, weight, 0.0)
        poor = np.nan_to_num(self.below)
        ranks, chance = self.evidence.beside_line, self.evidence.said.below_line
        expected = _mean(np.nan_to_num(chance), np.where(np.isnan(chance), 0.0, weight))
        chosen = ranks.within(weight, 0.0 if np.isnan(expected) else expected)
        errors = accuracy.targeting(poor, chosen, weight)
        found = {
            "bpac": accuracy.bpac(poor, chosen, weight),
            "auc/line": accuracy.auc(poor, ranks, weight),
            **_named(errors, LINE),
        }
        if not self.line_tells:
            found = dict.fromkeys(found, float("nan"))
        return {**found, "rate/said": expected, "rate/found": _mean(poor, weight)}

    def _said(self, of: str) -> Floats:
        said = self.evidence.said
        if of != LINE:
            return said.chance[float(of)]
        return said.below_line if self.line_tells else np.full_like(said.below_line, np.nan)

    @cached_property
    def fifths(self) -> Mapping[str, Ints]:
        """Each household's fifth by its chance, from 0; -1 where it is not known."""
        weight = self.evidence.survey.people
        return {of: parts_of(Ranks.of(self._said(of)), weight, FIFTHS) for of in CALIBRATED}

    def _calibration(self, weight: Floats, poor: Parts) -> dict[str, float]:
        found = {}
        for of in CALIBRATED:
            truly = self.below if of == LINE else poor[float(of)]
            said = np.nan_to_num(self._said(of))
            expected = means(said, self.fifths[of], FIFTHS, weight)
            observed = means(np.nan_to_num(truly), self.fifths[of], FIFTHS, weight)
            for fifth in range(FIFTHS):
                found[f"calibration/{of}/{fifth}/said"] = float(expected[fifth])
                found[f"calibration/{of}/{fifth}/found"] = float(observed[fifth])
        return found

    @cached_property
    def tenths(self) -> Ints:
        """Each household's tenth by its score, from 0; -1 where it is not known."""
        return parts_of(self.evidence.ranks, self.evidence.survey.people, TENTHS)

    def _tenths(self, weight: Floats) -> dict[str, float]:
        predicted = means(np.nan_to_num(self.evidence.said.score), self.tenths, TENTHS, weight)
        observed = means(self.evidence.outcome, self.tenths, TENTHS, weight)
        if self.evidence.survey.spec.log:
            predicted, observed = np.exp(predicted), np.exp(observed)
        found = {f"tenth/{k}/predicted": float(predicted[k]) for k in range(TENTHS)}
        return found | {f"tenth/{k}/observed": float(observed[k]) for k in range(TENTHS)}


def curves(evidence: Evidence) -> dict[str, list[float]]:
    """The Lorenz curve of the outcome, and its concentration by score: shares from 0 to 1.

    share_of_people: of people (or households), those poorest first. by_outcome, by_score: the share
    of the whole outcome that they have, put in order by the outcome, or by the score. Those
    without a score stand in neither.
    """
    weight = np.where(evidence.known, evidence.survey.people, 0.0)
    asked = np.linspace(0.0, 1.0, POINTS_OF_CURVES)
    return {
        "share_of_people": [round(float(share), 2) for share in asked],
        "by_outcome": _curve(evidence.truth, evidence, weight, asked),
        "by_score": _curve(evidence.ranks, evidence, weight, asked),
    }


def _curve(ranks: Ranks, evidence: Evidence, weight: Floats, asked: Floats) -> list[float]:
    people = np.cumsum(ranks.sums(weight))
    had = np.cumsum(ranks.sums(weight * evidence.survey.outcome))
    if not (people[-1] > 0 and had[-1] > 0):
        return []
    shares = np.interp(asked, np.append(0.0, people / people[-1]), np.append(0.0, had / had[-1]))
    return [float(share) for share in shares]


def _named(errors: Targeting, of: str) -> dict[str, float]:
    names = ("exclusion", "inclusion", "total", "chosen")
    return {f"{name}/{of}": getattr(errors, name) for name in names}


def _mean(values: Floats, weight: Floats) -> float:
    total = float(weight.sum())
    return float(np.sum(values * weight)) / total if total > 0 else float("nan")
