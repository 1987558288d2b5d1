"""How support ends: which exit a recorded end is, which ends are due, and whether it lasted.

Exits are told apart because they mean different things: only a family that stands on its own
counts toward the target of graduations. An end is recorded per spell of support.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from tangga.rules.answer import NO, Answer
from tangga.rules.days import months_before
from tangga.rules.policy import Dated, Settings

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate

INDEPENDENT, NATURAL, TO_EMPOWERMENT = "independent", "natural", "to_empowerment"
ALL_DIED = "all_died"
BY_REASON = ("natural", "not_eligible", "all_died", "moved", "resigned", "sanctioned")
"""Exits that a reason of removal stands for (keys of exits.toml)."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A spell of support: of a family, or of one member's component.

    component: "" for what a family receives as a whole; then the person, if there is one, is only
    the one whom the list names. valid_to: exclusive, None while it runs.
    exit, reason: as recorded with its end, "" where nothing was said.
    """

    programme: str
    valid_from: date
    valid_to: date | None = None
    component: str = ""
    person_id: str = ""
    exit: str = ""
    reason: str = ""

    def runs(self, on: date) -> bool:
        """Whether it runs on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def kind_of_end(exits: Dated[Settings], spell: Spell, anybody_left: bool) -> str | None:
    """Which exit a recorded end is; None while it runs, or where that is not known.

    What was recorded stands. Else the reason of removal says it; a death is `all_died` only where
    nobody is left, and for the component of the one who died its natural end.
    """
    if spell.valid_to is None:
        return None
    if spell.exit:
        return spell.exit
    kind = next((k for k in BY_REASON if spell.reason and spell.reason in exits.says[k]), None)
    if kind == ALL_DIED and anybody_left:
        return NATURAL if spell.component else None
    return kind


def counts(exits: Dated[Settings], exit_: str | None) -> bool:
    """Whether an exit counts toward the target of graduations."""
    return exit_ is not None and exit_ in exits.says["counts"]


@dataclass(frozen=True, slots=True)
class DueEnd:
    """A spell that should end, and how: natural or all_died. A proposal; an act ends it."""

    spell: Spell
    exit: str


def due_ends(
    spells: Iterable[Spell],
    on: date,
    answers: dict[tuple[str, str, str], Answer],
    living: int,
    dead: Iterable[str] = (),
) -> list[DueEnd]:
    """Which running spells have come to their end on proof.

    answers: (programme, component, person_id) -> whether the person fits the component; what is
    missing is not known, and ends nothing. living: members who are alive. dead: ids of members
    known to be dead. The spell of a family as a whole ends naturally where it has components and
    each of its running ones is over.
    """
    running = [spell for spell in spells if spell.runs(on)]
    gone = set(dead)
    if living == 0 and gone:
        return [DueEnd(spell, ALL_DIED) for spell in running]
    over = [spell for spell in running if spell.component and _over(spell, answers, gone)]
    found = [DueEnd(spell, NATURAL) for spell in over]
    for spell in running:
        if not spell.component and _no_component_left(spell, running, over, answers):
            found.append(DueEnd(spell, NATURAL))
    return found


def _over(spell: Spell, answers: dict[tuple[str, str, str], Answer], gone: set[str]) -> bool:
    """The person died, or fits the component no longer, known for sure."""
    answer = answers.get((spell.programme, spell.component, spell.person_id))
    return spell.person_id in gone or answer is NO


def _no_component_left(
    spell: Spell,
    running: Sequence[Spell],
    over: Sequence[Spell],
    answers: dict[tuple[str, str, str], Answer],
) -> bool:
    """Every running component is over and nobody fits any: a programme without any is left be."""
    parts = [one for one in running if one.component and one.programme == spell.programme]
    said = [answer for (programme, *_), answer in answers.items() if programme == spell.programme]
    left = any(part not in over for part in parts)
    return bool(said) and not left and all(answer is NO for answer in said)


def ended_by_cap(
    spells: Iterable[Spell], on: date, counted: frozenset[str], kept: frozenset[tuple[str, str]]
) -> list[Spell]:
    """Which running spells end when a family moves on at the cap (exit `to_empowerment`).

    counted: programmes that the clock counts; no other ends by the clock. kept: (programme,
    component) that never end by it: those of the elderly and the disabled.
    """
    return [
        spell
        for spell in spells
        if spell.runs(on)
        and spell.programme in counted
        and (spell.programme, spell.component) not in kept
    ]


def kept_at_cap(today: OnDate) -> frozenset[tuple[str, str]]:
    """(programme, component) that the clock never ends: those of the elderly and the disabled."""
    return frozenset(
        (id_, component.id)
        for id_, (_, rule) in today.programmes.items()
        for component in rule.says.benefit.components
        if not component.ends_by_clock
    )


@dataclass(frozen=True, slots=True)
class AtCap:
    """What becomes of one spell, or one member's component, when a family moves on at the cap."""

    programme: str
    component: str
    person_id: str
    ends: bool


def at_cap(
    today: OnDate, spells: Iterable[Spell], allotted: Iterable[tuple[str, str, str]] = ()
) -> list[AtCap]:
    """What ends and what goes on of a family's running support, once it is moved on at the cap.

    allotted: (programme, component, person_id) of members who are counted. Where a list names only
    the family, what it gives to the elderly and the disabled goes on all the same.
    """
    kept = kept_at_cap(today)
    running = [spell for spell in spells if spell.runs(today.day)]
    ending = ended_by_cap(running, today.day, frozenset(today.clock.says["programmes"]), kept)
    found = [
        AtCap(spell.programme, spell.component, spell.person_id, spell in ending)
        for spell in running
    ]
    listed = {(spell.programme, spell.component, spell.person_id) for spell in running}
    programmes = {spell.programme for spell in running}
    found += [
        AtCap(*part, ends=False)
        for part in allotted
        if part not in listed and part[0] in programmes and part[:2] in kept
    ]
    return found


class Lasted(Enum):
    """How a graduation stands: lulus / bertahan."""

    TOO_EARLY = "too_early"
    STANDS = "stands"
    FELL = "fell"


def lasted(graduated_on: date, falls: Iterable[date], on: date, months: int = 12) -> Lasted:
    """Whether a family still stood so many months after it graduated.

    falls: days on which it went back to protection or watch, or counted support opened again. A
    fall after these months leaves the graduation one that lasted.
    """
    within = [
        f for f in falls if graduated_on <= f <= on and months_before(f, months) < graduated_on
    ]
    if within:
        return Lasted.FELL
    return Lasted.STANDS if months_before(on, months) >= graduated_on else Lasted.TOO_EARLY
