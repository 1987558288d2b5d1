"""What the ladder's rule says of one family and one move: each requirement, answered, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tangga.rules.answer import NO, YES, Answer
from tangga.rules.conditions import PERSON, Count, Known, facts_used
from tangga.rules.holds import Because
from tangga.rules.ladder import Standing, considered, starts_from
from tangga.rules.ladder import acts as may_act
from tangga.rules.names import PERSON_TABLE
from tangga.rules.policy import Dated, Move, MoveRule
from tangga.rules.programmes import Reason, Verdict
from tangga.rules.sentences import sentence
from tangga.texts import say
from tangga.web.family.eyes import Eyes
from tangga.web.journeys.climb.reading import Reading
from tangga.web.policy.book import book

WORD = {YES: "yes", NO: "no"}
NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Judged:
    """A move of the ladder before one family. starts: it leads from the family's rung; acts: it can
    be due (it, and the cap where it rests on it, is in force)."""

    move: Move
    rule: Dated[MoveRule]
    verdict: Verdict
    starts: bool
    acts: bool

    @property
    def due(self) -> bool:
        """Whether every requirement is met, from this rung, by a rule in force."""
        return self.starts and self.acts and self.verdict.answer is YES

    @property
    def answers(self) -> dict[str, str]:
        """Requirement -> yes, no or not_known."""
        return {one.requirement.id: word(one.answer) for one in self.verdict.all}

    @property
    def unmet(self) -> list[Reason]:
        """The requirements that are not a yes."""
        return [one for one in self.verdict.all if one.answer is not YES]


@dataclass(frozen=True)
class Criterion:
    """One requirement in words. answer: yes, no or not_known; facts: what was found; hidden: the
    viewer may know the answer alone."""

    id: str
    label: str
    answer: str
    facts: tuple[str, ...]
    hidden: bool = False


def word(answer: Answer) -> str:
    """An answer as it is kept and shown."""
    return WORD.get(answer, NOT_KNOWN)


def judge(read: Reading, move_id: str) -> Judged | None:
    """None for a move that the rules of the day do not have."""
    found = next(((m, r) for m, r in read.rules.moves if m.id == move_id), None)
    if found is None:
        return None
    move, rule = found
    return Judged(
        move,
        rule,
        considered(read.facts, rule.says.requires, read.rules),
        starts_from(move, read.rung),
        may_act(read.rules, move, rule),
    )


def of_standing(standing: Standing) -> Judged:
    """The same of a move that was already considered."""
    return Judged(standing.move, standing.rule, standing.verdict, True, standing.acts)


def criteria(judged: Judged, read: Reading, eyes: Eyes) -> list[Criterion]:
    """Every requirement in the order of the rule, as this viewer may know it."""
    return [_criterion(one, judged, read, eyes) for one in judged.verdict.all]


def _criterion(one: Reason, judged: Judged, read: Reading, eyes: Eyes) -> Criterion:
    subject = judged.move.subject
    because = one.because()
    hidden = not all(_open(leaf, subject, eyes) for leaf in because)
    facts = () if hidden else tuple(dict.fromkeys(_told(because, subject, read, eyes)))
    requirement = one.requirement
    return Criterion(
        requirement.id, requirement.labels[eyes.language], word(one.answer), facts, hidden
    )


def _open(leaf: Because, subject: str, eyes: Eyes) -> bool:
    """Whether the viewer may see each fact that was looked at."""
    if isinstance(leaf.condition, Count):
        used: set[tuple[str, str]] = set(facts_used(leaf.condition.where, PERSON_TABLE))
    else:
        used = {(PERSON if leaf.member is not None else subject, leaf.fact)}
    return all(eyes.classes.of_fact(entity, name) in eyes.full for entity, name in used)


def _told(because: tuple[Because, ...], subject: str, read: Reading, eyes: Eyes) -> Iterator[str]:
    named = read.name_of if "identity" in eyes.full else None
    for leaf in because:
        try:
            yield _brief(leaf, subject, eyes) or sentence(
                leaf, subject, book().words, eyes.language, named
            )
        except KeyError:  # a fact without words
            yield leaf.fact


def _brief(leaf: Because, subject: str, eyes: Eyes) -> str:
    """A record that is not there is not told as something unknown."""
    if not isinstance(leaf.condition, Known) or leaf.value is not None or leaf.member is not None:
        return ""
    label = book().words(subject, leaf.fact).labels[eyes.language]
    return f"{label}: {say('web_family.not_recorded', eyes.language)}"


def asks(judged: Judged, read: Reading, language: Any) -> list[str]:
    """What to ask at the next visit, for what is not known."""
    found: dict[str, None] = {}
    for ask in judged.verdict.asks():
        entity = PERSON if ask.member is not None else judged.move.subject
        for fact in read.rules.facts.to_ask(entity, ask.fact):
            found[fact.ask[language]] = None
    return list(found)


def snapshot(judged: Judged, step: str, read: Reading, by: Any) -> dict[str, Any]:
    """What was found at a step, to be kept with it: answers, never the facts behind them."""
    return {
        "step": step,
        "on": str(read.on),
        "by": "" if by is None or by.user is None else by.user.called,
        "rule": f"{judged.move.id}/{judged.rule.period.id}",
        "policy": book().policy.hash()[:12],
        "answers": judged.answers,
    }
