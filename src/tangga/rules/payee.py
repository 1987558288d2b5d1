"""Who receives a family's support (the payee), who comes next, and payments after a death.

Who is chosen is data (`payee.toml`). A change of payee continues the spell of support; a death
ends the component and the role of the one who died, never the family's support unless nobody
remains. `payee_sql` has the other reading, for a whole country.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer, all_of
from tangga.rules.holds import answer_of
from tangga.rules.names import Facts
from tangga.rules.policy import Dated, MoveRule
from tangga.rules.values import ends

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate

DEAD, LEFT, MISSING = "dead", "left", "missing"
"""Why a payee must change; else the requirement of the last choice that they do not meet."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The member whom the rule proposes as payee.

    person_id, choice: None where nobody fits for sure. unsure: somebody of whom it is not known
    might come first.
    """

    person_id: str | None
    choice: str | None
    unsure: bool


def proposed_payee(today: OnDate, facts: Facts, barred: Collection[str] = ()) -> Proposed:
    """The first choice that a member fits; among several the eldest, then the smallest id.

    barred: ids of members with recorded violence (`barred`).
    """
    family = [
        replace(m, family=facts.own) for m in facts.members if m.get("person_id") not in barred
    ]
    unsure = False
    for choice, rule in today.choices:
        answers = [(_fits(rule, member, today.day), member) for member in family]
        unsure = unsure or any(answer is NOT_KNOWN for answer, _ in answers)
        fitting = [member for answer, member in answers if answer is YES]
        if fitting:
            return Proposed(min(map(_order, fitting))[1], choice.id, unsure)
    return Proposed(None, None, unsure)


def why_change(
    today: OnDate, facts: Facts, payee: str | None, dead: Collection[str] = ()
) -> str | None:
    """Why the payee of a running spell must change; None where they need not.

    `missing`, `dead`, `left`, or the id of the requirement of the loosest choice that the payee is
    known not to meet. dead: ids of persons known to be dead.
    """
    if payee is None:
        return MISSING
    member = next((m for m in facts.members if m.get("person_id") == payee), None)
    if member is None:
        return DEAD if payee in dead else LEFT
    _, rule = today.choices[-1]
    person = replace(member, family=facts.own)
    return next(
        (r.id for r in rule.says.requires if answer_of(r.condition, person, today.day) is NO), None
    )


def barred(members: Iterable[str], victims: Collection[str]) -> frozenset[str]:
    """Whom recorded violence by a would-be payee bars.

    victims: members with such a case. The record names the one who suffered, not the one who did
    it: until somebody says who it was, all but the victims are barred.
    """
    return frozenset(members).difference(victims) if victims else frozenset()


class AfterDeath(Enum):
    """What became of a payment for a time after a death."""

    GOOD_FAITH = "good_faith"  # spent by a family that remains
    TO_RECOVER = "to_recover"  # spent, and nobody of the family remains
    UNTOUCHED = "untouched"  # still on the account, or it never arrived


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: for a time from a day on, of whole rupiah, in a state of `payment_status`."""

    period_start: date
    amount: int
    status: str


SPENT = frozenset(("paid", "spent", "to_recover"))


def after_death(died_on: date, payment: Payment, anybody_left: bool) -> AfterDeath | None:
    """What a payment after a death is; None where it is for a time that began before the death.

    Money that was paid out counts as spent unless a record says that it was not touched.
    """
    if payment.period_start <= died_on:
        return None
    if payment.status not in SPENT:
        return AfterDeath.UNTOUCHED
    return AfterDeath.GOOD_FAITH if anybody_left else AfterDeath.TO_RECOVER


def _fits(rule: Dated[MoveRule], member: Facts, on: date) -> Answer:
    return all_of(answer_of(r.condition, member, on) for r in rule.says.requires)


def _order(member: Facts) -> tuple[date, str]:
    """The eldest first: by the earliest day on which they can be born; not known comes last."""
    low, _ = ends(member.get("born"))
    return (low if isinstance(low, date) else date.max, str(member.get("person_id")))
