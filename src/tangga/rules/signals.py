"""Signals: what contradicts running support, or the official rank.

A signal about support opens a case, and stops nothing. One about a rank (an indication) is listed
for whoever ranks, and is never a decile of our own. `ladder_sql` has the other reading, for a
whole country.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tangga.rules.answer import YES
from tangga.rules.ladder import considered
from tangga.rules.names import FAMILY_TABLE, Facts
from tangga.rules.policy import IN_FORCE, RANK, SUPPORT, Dated, Signal, SignalRule
from tangga.rules.programmes import Reason

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate


@dataclass(frozen=True, slots=True)
class Shown:
    """A signal that shows: why, and by when its case is to be decided.

    acts: False while the signal is only announced: listed, no case.
    """

    signal: Signal
    rule: Dated[SignalRule]
    reasons: tuple[Reason, ...]
    acts: bool
    decide_by: date


@dataclass(frozen=True, slots=True)
class Indication:
    """What contradicts a rank: why. acts: False while its rule is only announced."""

    signal: Signal
    rule: Dated[SignalRule]
    reasons: tuple[Reason, ...]
    acts: bool


def shown(today: OnDate, facts: Facts, subject: str) -> tuple[Shown, ...]:
    """The signals that show for a `family`, or for a `person` with running support.

    What is not known shows nothing.
    """
    return tuple(
        Shown(signal, rule, reasons, acts, today.day + timedelta(days=rule.says.deadline_days))
        for signal, rule, reasons, acts in _seen(today, facts, SUPPORT, subject)
    )


def rank_indications(today: OnDate, facts: Facts) -> tuple[Indication, ...]:
    """What contradicts the official rank of a family. What is not known contradicts nothing."""
    return tuple(Indication(*seen) for seen in _seen(today, facts, RANK, FAMILY_TABLE))


def _seen(
    today: OnDate, facts: Facts, about: str, subject: str
) -> Iterator[tuple[Signal, Dated[SignalRule], tuple[Reason, ...], bool]]:
    """Each signal whose requirements are all yes, with why, and whether it is in force."""
    for signal, rule in today.signals:
        if (signal.about, signal.subject) != (about, subject) or not rule.says.requires:
            continue
        verdict = considered(facts, rule.says.requires, today)
        if verdict.answer is YES:
            yield signal, rule, verdict.all, rule.period.status == IN_FORCE
