"""What a programme says of one family or person: verdict with reasons, components, amount.

    rule = policy.on(day).programmes["pkh"][1].says
    found = verdict(rule, facts, day)
    found.word                # fits, does_not_fit or not_known
    found.reasons()           # the requirements that decided it, with the facts behind each
    found.asks()              # of not known: what the next visit has to ask
    amount_of(rule, facts, day)

A verdict is what the rule says. Who receives is determined by somebody (`Programme.determined_by`)
and comes with a document: `Standing` holds the two side by side, neither made from the other.
`programmes_sql` is the other reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer, all_of
from tangga.rules.components import components_of, total
from tangga.rules.conditions import Of
from tangga.rules.holds import Because, Finding, holds
from tangga.rules.names import Facts
from tangga.rules.policy import GroupRule, ProgrammeRule, Requirement

WORD: Mapping[Answer, str] = {YES: "fits", NO: "does_not_fit", NOT_KNOWN: "not_known"}
"""How an answer reads as the verdict of a programme."""

DETERMINED, WAITING = "determined", "waiting"


@dataclass(frozen=True, slots=True)
class Reason:
    """One requirement and what was found."""

    requirement: Requirement
    finding: Finding

    @property
    def answer(self) -> Answer:
        """Whether the requirement is met."""
        return self.finding.answer

    def because(self) -> tuple[Because, ...]:
        """The facts that decided it."""
        return self.finding.because()


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that is not known. member: whose (of `Facts.members`); None: the subject's own."""

    fact: str
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a programme says of one family or person: every requirement, in order."""

    all: tuple[Reason, ...]

    @property
    def answer(self) -> Answer:
        """No if any requirement is not met, else not known if any is not known, else yes."""
        return all_of(reason.answer for reason in self.all)

    @property
    def word(self) -> str:
        """fits, does_not_fit or not_known."""
        return WORD[self.answer]

    @property
    def answers(self) -> dict[str, Answer]:
        """Requirement id -> its answer."""
        return {reason.requirement.id: reason.answer for reason in self.all}

    def reasons(self) -> tuple[Reason, ...]:
        """The requirements that decided: those that fail; else those not known; else all."""
        answer = self.answer
        return tuple(reason for reason in self.all if reason.answer is answer)

    def asks(self) -> tuple[Ask, ...]:
        """What the next visit has to ask: only where not known decides, each thing once."""
        if self.answer is not NOT_KNOWN:
            return ()
        found = (ask for reason in self.reasons() for ask in _asks(reason.because()))
        return tuple(dict.fromkeys(found))


def _asks(because: Sequence[Because]) -> Iterator[Ask]:
    for leaf in because:
        if leaf.answer is not NOT_KNOWN or not leaf.fact:
            continue
        bound = getattr(leaf.condition, "bound", None)
        if isinstance(bound, Of) and not _one_value(leaf.bound):
            yield Ask(bound.fact, leaf.member)
        if not isinstance(bound, Of) or not _one_value(leaf.value):
            yield Ask(leaf.fact, leaf.member)


def _one_value(value: object) -> bool:
    return isinstance(value, bool | int | str | date) or hasattr(value, "as_tuple")


@dataclass(frozen=True, slots=True)
class Standing:
    """Verdict and determination, side by side.

    determination: `determined` (by the document, on the day), `waiting` (fits, no place yet) or
    None. Whoever is determined stays so until an act ends it, whatever the verdict says.
    """

    verdict: Verdict
    determination: str | None = None
    document: str | None = None
    determined_on: date | None = None

    def __post_init__(self) -> None:
        if self.determination not in (DETERMINED, WAITING, None):
            raise ValueError(f"determination {self.determination!r} is not known")
        if self.determination != DETERMINED and (self.document or self.determined_on):
            raise ValueError("a document without a determination")
        if self.determination == WAITING and self.verdict.answer is NO:
            raise ValueError("who does not fit does not wait for a place")


def verdict(rule: ProgrammeRule, facts: Facts, on: date) -> Verdict:
    """What one version of a programme says; facts of a family or person, as its unit is."""
    return Verdict(tuple(Reason(one, holds(one.condition, facts, on)) for one in rule.requires))


def amount_of(rule: ProgrammeRule, facts: Facts, on: date) -> int:
    """Whole rupiah a year that it gives to one who fits; 0 where it gives in kind.

    By components: what is sure, see `components_of`.
    """
    if rule.benefit.components:
        return total(components_of(rule.benefit, facts, on))
    return rule.benefit.amount_year


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """Whether a proposed group stands: of so many, of one area, every member fits."""

    size: Answer
    one_area: Answer
    members: Answer

    @property
    def answer(self) -> Answer:
        """All three together."""
        return all_of((self.size, self.one_area, self.members))


def group_fits(
    group: GroupRule, areas: Sequence[str | None], verdicts: Sequence[Answer]
) -> GroupFinding:
    """A group of one member for each area and verdict.

    areas: each member's area at the level of `group.area`; None: not known. verdicts: of the
    programme for each member. ValueError where the two are not equally many.
    """
    if len(areas) != len(verdicts):
        raise ValueError(f"{len(areas)} areas for {len(verdicts)} members")
    known = {area for area in areas if area is not None}
    one_area = NO if len(known) > 1 else NOT_KNOWN if None in areas else YES
    size = YES if group.least <= len(areas) <= group.most else NO
    return GroupFinding(size, one_area, all_of(verdicts))
