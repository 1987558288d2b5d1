"""The next step of one family on the ladder: what is due, why, why not, and what to ask.

    step = next_move(policy.on(date(2026, 1, 31)), facts)
    step.rung                     # "protection", or None: on no rung
    step.due                      # the move that is due, or None
    step.asks                     # what is not known and would decide: for the next visit

A rule proposes, an act moves: nothing here changes a rung. `family_due_sql` and `person_due_sql`
are the other reading, for a whole country; a generative test asserts that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tangga.rules.answer import YES, Answer
from tangga.rules.holds import holds
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.policy import IN_FORCE, Dated, Move, MoveRule, Requirement
from tangga.rules.programmes import Ask, Reason, Verdict

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate

NO_RUNG = "none"
"""In `from`: a family on no rung."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one move stands for a family or person.

    answer: all requirements together. acts: the move can be due; False while it, or the cap on
    which it rests, is only announced.
    """

    move: Move
    rule: Dated[MoveRule]
    verdict: Verdict
    answer: Answer
    acts: bool

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every requirement with what was found, in order."""
        return self.verdict.all

    def because(self, answer: Answer) -> tuple[Reason, ...]:
        """The requirements with this answer: why, why not, or what is not known."""
        return tuple(reason for reason in self.reasons if reason.answer is answer)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a family, or a person on one track, stands and what comes next.

    rung: of the family. due: the first move that is due. listed: moves that would be due if they,
    or the cap, were in force. standings: every move that starts from this rung, in order.
    """

    rung: str | None
    due: Standing | None
    listed: tuple[Standing, ...]
    standings: tuple[Standing, ...]

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What is not known, and by itself keeps a move that acts from yes or no; each once."""
        found = (ask for one in self.standings if one.acts for ask in one.verdict.asks())
        return tuple(dict.fromkeys(found))


def next_move(today: OnDate, facts: Facts) -> Step:
    """The headline move of a family from its facts on that day, history facts among them."""
    rung = _code(facts.get("rung"))
    return _step(today, _moves(today, FAMILY_TABLE), rung, facts)


def next_of_person(today: OnDate, facts: Facts, member: int, track: str) -> Step:
    """The next move of a member on one track; the family's rung stays what it is.

    facts: of the family. member: index in its members.
    """
    moves = ((m, r) for m, r in _moves(today, PERSON_TABLE) if m.track == track)
    person = replace(facts.members[member], family=facts.own)
    return _step(today, moves, _code(facts.get("rung")), person)


def tracks(today: OnDate) -> tuple[str, ...]:
    """The tracks on which persons can move, in the order of the ladder."""
    return tuple(dict.fromkeys(move.track for move, _ in _moves(today, PERSON_TABLE)))


def acts(today: OnDate, move: Move, rule: Dated[MoveRule]) -> bool:
    """Whether a move can be due on that day: in force, and the cap too where it rests on it."""
    return rule.period.status == IN_FORCE and (today.cap_in_force or not move.under_cap)


def starts_from(move: Move, rung: str | None) -> bool:
    """Whether a move starts from a rung (None: a family on no rung)."""
    return not move.from_rungs or (rung or NO_RUNG) in move.from_rungs


def considered(facts: Facts, requires: Iterable[Requirement], today: OnDate) -> Verdict:
    """What these requirements say, each with its finding."""
    return Verdict(tuple(Reason(r, holds(r.condition, facts, today.day)) for r in requires))


def _moves(today: OnDate, subject: str) -> Iterator[tuple[Move, Dated[MoveRule]]]:
    return ((move, rule) for move, rule in today.moves if move.subject == subject)


def _step(
    today: OnDate, moves: Iterable[tuple[Move, Dated[MoveRule]]], rung: str | None, facts: Facts
) -> Step:
    standings = tuple(
        _standing(today, move, rule, facts) for move, rule in moves if starts_from(move, rung)
    )
    met = [standing for standing in standings if standing.answer is YES]
    due = next((standing for standing in met if standing.acts), None)
    return Step(rung, due, tuple(s for s in met if not s.acts), standings)


def _standing(today: OnDate, move: Move, rule: Dated[MoveRule], facts: Facts) -> Standing:
    verdict = considered(facts, rule.says.requires, today)
    return Standing(move, rule, verdict, verdict.answer, acts(today, move, rule))


def _code(value: object) -> str | None:
    """A code; None where there is none."""
    return value if isinstance(value, str) else None
