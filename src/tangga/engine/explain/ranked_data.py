"""What the explanation of a rank holds: data only. `rendering_ranked` makes text of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.engine.explain.plain import plain
from tangga.engine.explain.words import Words
from tangga.texts import LANGUAGES, Language


@dataclass(frozen=True)
class Origin:
    """The record that a value is from. person: the member whom it is of; None: the family."""

    source: str
    source_id: str
    as_of: date | None
    person: str | None = None


@dataclass(frozen=True)
class Part:
    """One fact that a model looks at, and what it does to this family's score.

    feature: its name in the model; fact: in the register. value: in words; None: not known. points:
    exactly what it adds. beside: points more (less) than the average household. effect:
    the same in words. percent: of `beside` as a change of the outcome; None: the model is not of
    logarithms. origins: the records that it is from. counted: of a count, whom it counts.
    """

    feature: str
    fact: str
    label: Words
    value: Words | None
    points: int
    beside: int
    percent: float | None
    effect: Words
    origins: tuple[Origin, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class WhatIf:
    """What would follow if one fact were another, all else being equal.

    fact: its name, or that of the feature that rests on nothing else. score: then. poor: the chance
    to be among the poorest 40 %. decile: then; None where somebody else ranks. changes: whether it
    is another than that by quota now; without deciles, whether the chance would change by a tenth.
    """

    fact: str
    label: Words
    value: Words
    score: int
    poor: float
    decile: int | None
    changes: bool


@dataclass(frozen=True)
class Placed:
    """Where a family stands among all that were scored, where no other office ranks.

    decile: as given. raw: by quota alone. local: within its area. border: the lowest score of a
    family of its weight outside the poorest 40 %; None: there is none. since: when the decile
    became what it is; before: what it was until then.
    """

    decile: int
    raw: int
    local: int | None = None
    border: int | None = None
    since: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class RankExplanation:
    """What a model says of one family, and why.

    Points: millionths of the unit that is modelled (of a logarithm, if `log`). `intercept` and the
    points of `parts` add up to `score` exactly. score: None where a fact that it needs is not
    known. average: the score of the average household of the survey. outcome, low, high: the
    estimate, and between what eight of ten such families live, in `unit`. poor, poorest: the
    chances to be among the poorest 40 and 20 %. cut: the limit of the poorest 40 %, in points;
    distance: score minus cut; distance_percent: the same as a change of the outcome, if `log`.
    parts: the largest effect first; what is not known last. words: the whole in sentences.
    what_ifs: of one fact each, those that change most first.
    """

    model: str
    kind: str
    unit: str
    log: bool
    score: int | None
    intercept: int
    average: int
    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    words: tuple[Words, ...]
    outcome: float | None = None
    low: float | None = None
    high: float | None = None
    poor: float | None = None
    poorest: float | None = None
    cut: int | None = None
    distance: int | None = None
    distance_percent: float | None = None
    placed: Placed | None = None
    what_ifs: tuple[WhatIf, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON knows it."""
        found: dict[str, Any] = plain(self)
        return found

    def text(self, languages: tuple[Language, ...] = LANGUAGES) -> str:
        """The same as text, in these languages."""
        from tangga.engine.explain.rendering import Page
        from tangga.engine.explain.rendering_ranked import estimate

        page = Page(languages)
        estimate(page, self)
        return "\n".join(line.text for line in page.lines)


@dataclass(frozen=True)
class Release:
    """A family's rank in one release. state: as `rank_state`; decile: None where it has none."""

    release: str
    released_on: date | None
    source: str
    decile: int | None
    state: str | None
    words: Words

    @property
    def sources(self) -> frozenset[str]:
        """The sources that have the family there."""
        return frozenset(self.source.split(", "))


@dataclass(frozen=True)
class Changed:
    """What the register learnt since the release before. kind: `value`, one that differs from what
    was said before; `learnt`, where nothing was known before; `event`."""

    kind: str
    words: Words
    before: Words | None
    now: Words
    origin: Origin


@dataclass(frozen=True)
class Official:
    """The rank that an office has set. by: who set it, None where its file does not say so.
    releases: all that have the family, latest first. moved: whether it is another than in the
    release before. words: the rank and its change in sentences. changed: where it moved, what the
    register learnt between the two releases. rests: decisions that read the rank."""

    by: Words | None
    decile: int | None
    release: str | None
    released_on: date | None
    before: int | None
    state: str | None
    moved: bool
    words: tuple[Words, ...]
    releases: tuple[Release, ...] = ()
    changed: tuple[Changed, ...] = ()
    rests: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Contradiction:
    """Verified facts that contradict an official rank. indication: as in `rank_indications`.
    because: the facts; do: what the officer does."""

    indication: str
    words: Words
    because: tuple[Words, ...]
    do: Words


@dataclass(frozen=True)
class Rank:
    """How poor a family is held to be, by whom and why.

    official: by the office that ranks. indications: what contradicts it. who: who may change it.
    estimate: by a model; None where none ran. extra: what else the model says, or why nothing.
    """

    family_id: str
    official: Official | None = None
    indications: tuple[Contradiction, ...] = ()
    who: tuple[Words, ...] = ()
    estimate: RankExplanation | None = None
    extra: tuple[Words, ...] = ()


Origins = Mapping[str, tuple[Origin, ...]]
"""Feature -> the records that its value is from."""
