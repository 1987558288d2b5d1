"""Errors by group: town and country, the head's sex, the size of the household.

A model that misses three in ten of the poor does not miss them evenly. Small households are missed
most: there consumption a head is high on paper, and what they own tells little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tangga.engine.welfare.accuracy import means
from tangga.engine.welfare.bootstrap import FREE, Estimate
from tangga.engine.welfare.columns import Codes, Floats, Ints, Mask
from tangga.engine.welfare.evidence import Evidence
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.survey import Survey

FEW_POOR, FEW_CLUSTERS = 30, 10
"""Below so many truly poor households, or clusters, a group's errors are told to be a guess."""
SIZE = "household_size"
SIZES = ((2, "1-2"), (4, "3-4"), (6, "5-6"), (None, "7+"))
"""The last size of each class of households; none: no end."""
TRULY = 0.5
"""A household is counted as truly poor from this part of it on."""
Parts = Mapping[float, Floats]


@dataclass(frozen=True)
class GroupErrors:
    """Errors in one group. word: None for households of which the group is not known.

    share: of the weight. poor: truly poor households among the poorest 20 and 40 %, by share.
    residual: mean of outcome - score, in the modelled unit: below 0 it seems better off than it
    is. few: too few to say. Figures of a group in fewer than five clusters have no interval.
    """

    grouping: str
    word: str | None
    households: int
    clusters: int
    weight: float
    share: float
    poor: Mapping[float, int]
    exclusion: Mapping[float, Estimate]
    inclusion: Mapping[float, Estimate]
    residual: Estimate

    @property
    def few(self) -> bool:
        """Whether there are too few cases to rely on the figures."""
        return self.poor[max(self.poor)] < FEW_POOR or self.clusters < FEW_CLUSTERS

    def as_dict(self) -> dict[str, object]:
        """JSON-plain."""
        return {
            "grouping": self.grouping,
            "group": self.word,
            "households": self.households,
            "clusters": self.clusters,
            "weight": self.weight,
            "share": self.share,
            "poor_households": {str(s): n for s, n in self.poor.items()},
            "exclusion": {str(s): e.as_dict() for s, e in self.exclusion.items()},
            "inclusion": {str(s): e.as_dict() for s, e in self.inclusion.items()},
            "residual": self.residual.as_dict(),
            "few": self.few,
        }


def sizes(survey: Survey) -> Codes:
    """The class of each household by its members."""
    ends = np.array([last for last, _ in SIZES if last is not None], dtype=float)
    codes = np.searchsorted(ends, survey.members).astype(np.int32)
    return Codes(codes, [word for _, word in SIZES])


def groupings(survey: Survey) -> dict[str, Codes]:
    """The spec's groups, and household size where members are known and no group is of them."""
    found, spec = dict(survey.groups), survey.spec
    if spec.members is not None and spec.members not in {g.column for g in spec.groupings}:
        found.setdefault(SIZE, sizes(survey))
    return found


@dataclass(frozen=True)
class ByGroup:
    """The groups of a survey, and their figures for any weights."""

    evidence: Evidence

    @cached_property
    def _groups(self) -> dict[str, tuple[Ints, list[str | None]]]:
        """By name: the group of each household from 0, and the words of the groups."""
        found = {}
        for name, codes in groupings(self.evidence.survey).items():
            absent, words = codes.missing, [*codes.words]
            group = np.where(absent, len(words), codes.codes).astype(np.int64)
            found[name] = (group, [*words, None] if absent.any() else words)
        return found

    @cached_property
    def _residual(self) -> Floats:
        return np.nan_to_num(self.evidence.outcome - self.evidence.said.score)

    def measure(self, weight: Floats, poor: Parts, chosen: Parts) -> dict[str, float]:
        """Figures by `group/GROUPING/CODE/FIGURE/SHARE`. poor, chosen: by share, the part of each
        household that is so. Those whose group is not known stand last, as a group of their own."""
        found = {}
        known = weight * self.evidence.known
        of_poor = {s: weight * poor[s] for s in SHARES}
        of_chosen = {s: weight * chosen[s] for s in SHARES}
        for name, (group, words) in self._groups.items():
            residual = means(self._residual, group, len(words), known)
            figures = {"residual": residual}
            for s in SHARES:
                missed = means(1 - chosen[s], group, len(words), of_poor[s])
                leaked = means(1 - poor[s], group, len(words), of_chosen[s])
                figures |= {f"exclusion/{s}": missed, f"inclusion/{s}": leaked}
            for figure, values in figures.items():
                for code, value in enumerate(values):
                    found[f"group/{name}/{code}/{figure}"] = float(value)
        return found

    def errors(self, estimates: Mapping[str, Estimate], poor: Parts) -> tuple[GroupErrors, ...]:
        """What was measured, group by group; groups without a household are left out."""
        return tuple(
            self._one(f"group/{name}/{code}", name, word, group == code, estimates, poor)
            for name, (group, words) in self._groups.items()
            for code, word in enumerate(words)
            if (group == code).any()
        )

    def _one(
        self,
        key: str,
        grouping: str,
        word: str | None,
        here: Mask,
        estimates: Mapping[str, Estimate],
        poor: Parts,
    ) -> GroupErrors:
        survey = self.evidence.survey
        weight = float(survey.people[here].sum())
        clusters = len(np.unique(survey.cluster[here]))

        def figure(name: str) -> Estimate:
            found = estimates[f"{key}/{name}"]
            return found if clusters > FREE else Estimate(found.value)

        return GroupErrors(
            grouping=grouping,
            word=word,
            households=int(np.count_nonzero(here)),
            clusters=clusters,
            weight=weight,
            share=weight / float(survey.people.sum()),
            poor={s: int(np.count_nonzero(poor[s][here] >= TRULY)) for s in SHARES},
            exclusion={s: figure(f"exclusion/{s}") for s in SHARES},
            inclusion={s: figure(f"inclusion/{s}") for s in SHARES},
            residual=figure("residual"),
        )
