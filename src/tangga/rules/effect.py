"""When an adverse move takes effect, and what a stop needs before it may be decided.

Stopping needs proof: an answer that is *not known* ends nothing. A move against the family takes
effect only after notice and the notice period, and an objection lodged in time suspends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from tangga.rules.answer import YES, Answer
from tangga.rules.days import Month, first_day, month_of
from tangga.rules.money import MONTHS, for_months


class State(Enum):
    """Where an adverse move stands between its being due and its effect."""

    NOT_NOTIFIED = "not_notified"  # no notice is out: it has no effect, however long it is due
    NOTIFIED = "notified"  # the notice period runs
    SUSPENDED = "suspended"  # an objection waits for its answer: support continues
    UPHELD = "upheld"  # the objection was right: the move has no effect
    IN_EFFECT = "in_effect"


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection of the family: lodged on a day; answered on a day, None while it waits.

    upheld: the family was right.
    """

    lodged_on: date
    answered_on: date | None = None
    upheld: bool = False

    def __post_init__(self) -> None:
        if self.answered_on is not None and self.answered_on < self.lodged_on:
            raise ValueError("an objection is answered after it is lodged")
        if self.upheld and self.answered_on is None:
            raise ValueError("an objection that is upheld has been answered")


@dataclass(frozen=True, slots=True)
class Effect:
    """State of an adverse move on a day, and from when it takes effect (None: not foreseen)."""

    state: State
    on: date | None


def may_end(answer: Answer) -> bool:
    """Whether running support may end on an exit condition: on *yes* alone."""
    return answer is YES


def takes_effect(
    on: date, notified_on: date | None, notice_days: int, objections: Sequence[Objection] = ()
) -> Effect:
    """Where an adverse move stands on a day.

    objections: those lodged after the effect are no reason to suspend it, and are passed over;
    they are about restoring (`Stop`, `arrears`).
    """
    if notified_on is None or notified_on > on:
        return Effect(State.NOT_NOTIFIED, None)
    effect = notified_on + timedelta(days=notice_days)
    for objection in sorted(objections, key=lambda o: o.lodged_on):
        if objection.lodged_on > on or objection.lodged_on >= effect:
            continue
        if objection.answered_on is None or objection.answered_on > on:
            return Effect(State.SUSPENDED, None)
        if objection.upheld:
            return Effect(State.UPHELD, None)
        effect = max(effect, objection.answered_on)
    return Effect(State.IN_EFFECT if on >= effect else State.NOTIFIED, effect)


@dataclass(frozen=True, slots=True)
class Stop:
    """A decided stop: who checked, who decided, why, on what proof. ValueError without them.

    proof: the answer of the exit condition on the evidence at hand. reason: a code.
    """

    checked_by: str
    decided_by: str
    decided_on: date
    reason: str
    proof: Answer

    def __post_init__(self) -> None:
        if not self.checked_by.strip() or not self.decided_by.strip():
            raise ValueError("a stop names who checked and who decided")
        if self.checked_by.strip().casefold() == self.decided_by.strip().casefold():
            raise ValueError("a stop is decided by a second person")
        if not self.reason.strip():
            raise ValueError("a stop has a reason")
        if not may_end(self.proof):
            raise ValueError("a stop needs proof: what is not known ends nothing")


def arrears(
    stopped_on: date, restored_on: date, paid: Iterable[Month], before: Month | None = None
) -> list[Month]:
    """Months that a restored family is owed: from the stop to before the restoration, unpaid.

    paid: months paid meanwhile. before: the month before which support would have ended anyway.
    Money of these months is split by `money.for_months`.
    """
    until = month_of(restored_on) if before is None else min(before, month_of(restored_on))
    done = set(paid)
    return [month for month in range(month_of(stopped_on), until) if month not in done]


def owed(months: Iterable[Month], amount_year: Callable[[date], int | None]) -> int | None:
    """Whole rupiah of these months; None where the amount of one of them is not known.

    amount_year: first day of a month -> whole rupiah a year by the rule of that day.
    """
    total = 0
    for month in months:
        amount = amount_year(first_day(month))
        if amount is None:
            return None
        of_year = month % MONTHS + 1
        total += for_months(amount, of_year, of_year)
    return total
