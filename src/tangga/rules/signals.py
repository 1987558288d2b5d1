"""Signals: what contradicts running support. A signal opens a case, and stops nothing.

`ladder_sql` has the other reading, for a whole country.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tangga.rules.answer import YES
from tangga.rules.ladder import considered
from tangga.rules.names import Facts
from tangga.rules.policy import IN_FORCE, Dated, Signal, SignalRule
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


def shown(today: OnDate, facts: Facts, subject: str) -> tuple[Shown, ...]:
    """The signals that show for a `family`, or for a `person` with running support.

    What is not known shows nothing.
    """
    found = []
    for signal, rule in today.signals:
        if signal.subject != subject or not rule.says.requires:
            continue
        verdict = considered(facts, rule.says.requires, today)
        if verdict.answer is YES:
            decide_by = today.day + timedelta(days=rule.says.deadline_days)
            acts = rule.period.status == IN_FORCE
            found.append(Shown(signal, rule, verdict.all, acts, decide_by))
    return tuple(found)
