"""What a welfare model is to be: SPEC.toml, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHARES = (0.2, 0.4)
"""The shares of people of whom a model gives the chance to belong to: the poorest 20 and 40 %."""
POOREST, POOR = SHARES
LEAST_R2 = 0.3
"""Below it, on clusters that it had not seen, a model knows little of one family: it is told."""
TRANSFORMS = ("none", "log", "log1p", "sqrt")
MISSING = ("unknown", "own", "average")
REGION = "region"
"""The name of the feature that a region makes."""


@dataclass(frozen=True)
class Feature:
    """One thing that a model looks at.

    column: in the survey and in tables that are applied to. fact: its name in the register.
    kind: numeric or categorical. transform: of a number, before its slope; a number of which it
    cannot be taken is missing. low, high: a number beyond is taken as this bound (None: in a spec
    the least and the largest of the survey). groups: word of the file -> word of the model, for
    categories that are put together. order: words of the model from least to most, for categories
    that may only rise or fall. monotone: +1 if more may only mean better off, -1 worse, 0 either.
    not_known: what the file writes where nothing is known, beside a blank: `99`, `don't know`.
    missing: what a family is whose value is not known (or was never seen in the survey):
    `unknown`: without a score; `own`: an effect learnt from the survey's own missing; `average`:
    the effect of the average family, with so much less certainty.
    """

    name: str
    column: str
    fact: str
    kind: str
    transform: str = "none"
    low: float | None = None
    high: float | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    monotone: int = 0
    missing: str = "unknown"
    not_known: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind == "numeric"


@dataclass(frozen=True)
class Grouping:
    """Groups of families for which errors are shown apart: words of a column, or cuts of a number.

    cuts: a number from one cut to below the next is one group; none for words.
    """

    name: str
    column: str
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Spec:
    """What SPEC.toml says.

    outcome: the column of consumption or income. per: `person` if it is a person's already, else
    `household`, to be divided by the members. log: whether its logarithm is modelled. unit: words
    for a report, such as `rupiah per person and month`. weight: column of the households'
    weights (None: all alike). members: column of how many live in a household (None: one). people:
    whether figures speak of people (weight x members), else of households. cluster, strata,
    region: columns of the survey's design (region also: a feature). correction: whether boosted
    trees may correct the lines where that helps. cutoff: `quota` or `calibrated`. line: a poverty
    line in the unit of the outcome (None: none), or the name of a column that holds it. folds,
    repeats: of cross-validation and bootstrap. held: the margin by which a probability must cross
    a half before a family that did not change is given another decile. spread: features of which
    the size of what the model does not know depends (empty: all). persistence: correlation of that
    part between now and a year on, an assumption that no single survey can prove. shock: what a
    recorded shock takes from the modelled outcome (0: nothing is taken), an assumption as well.
    """

    file: Path
    version: str
    outcome: str
    kind: str
    per: str
    log: bool
    unit: str
    weight: str | None
    members: str | None
    people: bool
    cluster: str | None
    strata: tuple[str, ...]
    region: str | None
    features: tuple[Feature, ...]
    groupings: tuple[Grouping, ...]
    correction: bool
    cutoff: str
    line: float | str | None
    folds: int
    repeats: int
    seed: int
    held: float
    spread: tuple[str, ...]
    persistence: float
    shock: float
    text: str

    def feature(self, name: str) -> Feature:
        """A feature by name; KeyError for none."""
        return {feature.name: feature for feature in self.features}[name]

    def columns(self) -> tuple[str, ...]:
        """Every column of a survey that is asked for, each once."""
        design = (self.outcome, self.weight, self.members, self.cluster, *self.strata, self.region)
        line = self.line if isinstance(self.line, str) else None
        features = (feature.column for feature in self.features)
        groups = (grouping.column for grouping in self.groupings)
        named = (*design, line, *features, *groups)
        return tuple(dict.fromkeys(name for name in named if name is not None))
