"""A policy as a whole, and what of it holds on one day.

A day outside every version is answered with a gap, or with `PolicyGap` where nothing can be
decided without that rule. The nearest version is never taken in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tangga.errors import UserError
from tangga.rules.facts import FactBook
from tangga.rules.policy import (
    IN_FORCE,
    Choice,
    Dated,
    Labels,
    Move,
    MoveRule,
    Period,
    Programme,
    ProgrammeRule,
    Rule,
    Settings,
    Signal,
    SignalRule,
)
from tangga.rules.sentra import Sentras
from tangga.rules.versions import span

if TYPE_CHECKING:
    from tangga.rules.case_files import Case

T = TypeVar("T")
Listed = Programme | Move | Signal | Choice
CAP, CONSUMPTION = "cap", "consumption"
INSIDE = (CAP, CONSUMPTION)
"""Settings that stand in the file of others."""
PLANNED = (
    *("pilar", "budget", "readiness", "outcomes", "forecast"),
    *("simulation", "publish", "interventions"),
)
OPTIONAL = (*INSIDE, *PLANNED)
"""Settings that may have no version on a day: then there is no cap, no such plan."""


class PolicyGap(UserError):
    """No version of a rule, without which nothing can be decided, holds on the day."""


@dataclass(frozen=True)
class Gap:
    """A rule that says nothing on a day. sort: programme, move, signal, choice or settings."""

    sort: str
    id: str
    labels: Labels
    day: date
    periods: tuple[Period, ...]

    def sentence(self) -> str:
        """What is missing, on which day, and which periods there are."""
        return f"{self.sort} {self.id!r} has no version on {self.day}; there are: {self.there_are}"

    @property
    def there_are(self) -> str:
        """The periods of its versions."""
        return ", ".join(span(period) for period in self.periods)


@dataclass(frozen=True)
class OnDate:
    """What holds on one day. Each (X, version): its period may be `announced` only.

    gaps: programmes, moves, signals and choices that have no version on the day, the cap and the
    classes by consumption: they say nothing, and that is said.
    """

    day: date
    facts: FactBook
    programmes: Mapping[str, tuple[Programme, Dated[ProgrammeRule]]]
    moves: tuple[tuple[Move, Dated[MoveRule]], ...]
    signals: tuple[tuple[Signal, Dated[SignalRule]], ...]
    choices: tuple[tuple[Choice, Dated[MoveRule]], ...]
    settings: Mapping[str, Dated[Settings]]
    gaps: tuple[Gap, ...]

    def setting(self, name: str) -> Dated[Settings]:
        """A version of plain settings; PolicyGap in a policy that has none of this name."""
        if name in self.settings:
            return self.settings[name]
        raise PolicyGap(f"the policy has no {name}", todo=f"Write policy/{name}.toml")

    @property
    def clock(self) -> Dated[Settings]:
        """How months of support are counted."""
        return self.setting("clock")

    @property
    def classes(self) -> Dated[Settings]:
        """Which deciles are called what."""
        return self.setting("classes")

    @property
    def consumption_classes(self) -> Dated[Settings] | None:
        """Which multiples of the poverty line are called what; None where nobody says so."""
        return self.settings.get(CONSUMPTION)

    @property
    def notice(self) -> Dated[Settings]:
        """How long before it takes effect an adverse move is told."""
        return self.setting("notice")

    @property
    def cap(self) -> Dated[Settings] | None:
        """The cap on months of support, in force or announced; None where there is none."""
        return self.settings.get(CAP)

    @property
    def cap_in_force(self) -> bool:
        """Whether a move may rest on the cap."""
        return self.cap is not None and self.cap.period.status == IN_FORCE


@dataclass(frozen=True, eq=False)
class Policy:
    """All that was decided, through time; empty for a pack without policy.

    facts: which facts there are, and how each is made; book_periods: when they hold (empty: always,
    in a pack that derives none). cases: the examples beside the rules. files: everything that was
    read, in order; digest: sha256 over it.
    """

    facts: FactBook
    book_periods: Rule[None]
    programmes: Mapping[str, Programme]
    moves: Mapping[str, Move]
    signals: Mapping[str, Signal]
    choices: Mapping[str, Choice]
    settings: Mapping[str, Rule[Settings]]
    sentras: Sentras
    cases: tuple[Case, ...]
    files: tuple[Path, ...]
    digest: str

    def hash(self) -> str:
        """sha256 over the files of the pack's policy and of the overlays, in order."""
        return self.digest

    def on(self, day: date) -> OnDate:
        """What holds on a day.

        Raises PolicyGap where the facts, or settings that the policy has, hold no version in force
        on the day, or where it has moves and none of them a version on the day.
        """
        if self.book_periods.versions:
            _needed(self.book_periods, "facts", day)
        gaps: list[Gap] = []
        programmes = _on(self.programmes.values(), "programme", day, gaps)
        moves = _on(self.moves.values(), "move", day, gaps)
        if self.moves and not moves:
            periods = {period: None for gap in gaps if gap.sort == "move" for period in gap.periods}
            raise _gap_error("ladder", day, ", ".join(map(span, periods)))
        return OnDate(
            day=day,
            facts=self.facts,
            programmes={one.id: (one, version) for one, version in programmes},
            moves=moves,
            signals=_on(self.signals.values(), "signal", day, gaps),
            choices=_on(self.choices.values(), "choice", day, gaps),
            settings=self._settings_on(day, gaps),
            gaps=tuple(gaps),
        )

    def _settings_on(self, day: date, gaps: list[Gap]) -> dict[str, Dated[Settings]]:
        found = {}
        for name, rule in self.settings.items():
            version = rule.on(day) if name in OPTIONAL else _needed(rule, name, day)
            if version is None:
                gaps.append(_gap("settings", rule, day))
            else:
                found[name] = version
        return found

    @property
    def versions(self) -> tuple[Period, ...]:
        """The period of every version of every rule."""
        listed = (self.programmes, self.moves, self.signals, self.choices)
        rules: list[Rule[Any]] = [self.book_periods, *self.settings.values()]
        rules += [one.rule for some in listed for one in some.values()]
        return tuple(version.period for rule in rules for version in rule.versions)


def _on(listed: Iterable[Listed], sort: str, day: date, gaps: list[Gap]) -> tuple[Any, ...]:
    """Each with its version of the day; those without one go to the gaps."""
    found = []
    for one in listed:
        version = one.rule.on(day)
        if version is None:
            gaps.append(_gap(sort, one.rule, day))
        else:
            found.append((one, version))
    return tuple(found)


def _gap(sort: str, rule: Rule[Any], day: date) -> Gap:
    return Gap(sort, rule.id, rule.labels, day, tuple(v.period for v in rule.versions))


def _needed(rule: Rule[T], name: str, day: date) -> Dated[T]:
    version = rule.on(day)
    there_are = _gap("settings", rule, day).there_are
    if version is None:
        raise _gap_error(name, day, there_are)
    if version.period.status != IN_FORCE:
        raise _gap_error(name, day, there_are, "the version of that day is only announced; ")
    return version


def _gap_error(name: str, day: date, there_are: str, why: str = "") -> PolicyGap:
    return PolicyGap(
        f"no version of {name} is in force on {day}: {why}there are {there_are}",
        todo="Decide for a day that they cover, or add a version with its basis",
    )
