"""Runs `[[case]]`: what a rule says of an example must be what stands beside it.

This is the reading in Python. That SQL says the same of every case is a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tangga.registry import Pack
from tangga.registry.mistakes import Mistakes
from tangga.rules.answer import NO, YES, Answer, all_of
from tangga.rules.case_files import EXPECTED, Case, Row
from tangga.rules.facts import DEAD
from tangga.rules.facts_reading import STATUS, Reading
from tangga.rules.holds import Finding, holds
from tangga.rules.ladder import starts_from
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts, FactType
from tangga.rules.policy import Move, Programme, ProgrammeRule, Requirement, Signal
from tangga.rules.programmes import amount_of
from tangga.rules.section import shown
from tangga.rules.sentences import requirement_sentence
from tangga.rules.values import Range, Value
from tangga.rules.wording import words_of
from tangga.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from tangga.rules.on_date import Policy

FROM = "from"
"""In `because` of a move: the family stands on a rung from which the move does not start."""


@dataclass(frozen=True)
class Found:
    """What a rule says of an example, with the requirements that decide it.

    starts: False where a move does not start from the family's rung; then nothing else decides.
    """

    answer: Answer
    subject: str
    deciding: tuple[tuple[Requirement, Finding], ...]
    amount: int | None = None
    starts: bool = True

    @property
    def because(self) -> list[str]:
        """Ids of what decides."""
        return [requirement.id for requirement, _ in self.deciding] if self.starts else [FROM]


def run_cases(policy: Policy, pack: Pack, mistakes: Mistakes) -> int:
    """Run every case of a policy; one that fails is noted. Returns how many hold."""
    passed = 0
    for case in policy.cases:
        wrong = failure(policy, pack, case)
        if wrong is None:
            passed += 1
        else:
            mistakes.add(f"case {case.name!r}: {wrong}", case.place.file, case.place.line)
    return passed


def failure(policy: Policy, pack: Pack, case: Case) -> str | None:
    """What is wrong with a case, in words; None where it holds."""
    if case.of != "facts" and (case.person is None) is not (_subject(policy, case) == FAMILY_TABLE):
        return f"{case.id!r} is about a {_subject(policy, case)}: person = 1 says which member"
    facts = facts_of(policy, case)
    if facts is None:
        return f"member {case.person} is dead, and no longer one"
    if case.of == "facts":
        return _other_facts(case, facts)
    found = found_by(policy, case, facts)
    if found is None:
        return f"{case.id!r} has no version on {case.on}"
    return _difference(case, found, lambda: _why(policy, pack, found))


def facts_of(policy: Policy, case: Case) -> Facts | None:
    """The facts of the family or person that a case is about.

    Of a dead person none are worked out: a signal sees what is recorded of them; for every other
    rule they are nobody (None).
    """
    book = policy.facts
    assumed = {entity: book.usual(entity) for entity in (FAMILY_TABLE, PERSON_TABLE)}
    family = _with_unknown(case.family, case.unknown, book.names.family)
    members = [_with_unknown(row, case.unknown, book.names.person) for row in case.members]
    facts = Reading(book, case.on, assumed).family(family, members)
    if case.person is None:
        return facts
    living = [n for n, row in enumerate(members, 1) if row.get(STATUS) != DEAD]
    if case.person in living:
        return facts.members[living.index(case.person)]
    return Facts(members[case.person - 1], facts.own) if case.of == "signal" else None


def _with_unknown(row: Row, unknown: Sequence[str], names: Mapping[str, FactType]) -> Row:
    return {**{name: None for name in unknown if name in names}, **row}


def rule_of(policy: Policy, case: Case) -> Programme | Move | Signal:
    """What a case about a rule is about."""
    if case.of == "programme":
        return policy.programmes[case.id]
    return policy.moves[case.id] if case.of == "move" else policy.signals[case.id]


def _subject(policy: Policy, case: Case) -> str:
    rule = rule_of(policy, case)
    return rule.unit if isinstance(rule, Programme) else rule.subject


def found_by(policy: Policy, case: Case, facts: Facts) -> Found | None:
    """What the rule of a case says of these facts; None where it has no version on the day."""
    rule, subject = rule_of(policy, case), _subject(policy, case)
    version = rule.rule.on(case.on)
    if version is None:
        return None
    if isinstance(rule, Move) and not starts_from(rule, _rung(facts)):
        return Found(NO, subject, (), starts=False)
    says = version.says
    findings = [(r, holds(r.condition, facts, case.on)) for r in says.requires]
    answer = all_of(finding.answer for _, finding in findings)
    deciding = tuple((r, finding) for r, finding in findings if finding.answer is answer)
    amount = None
    if isinstance(says, ProgrammeRule) and case.amount is not None:
        amount = amount_of(says, facts, case.on)
    return Found(answer, subject, deciding, amount)


def _rung(facts: Facts) -> str | None:
    family = facts.own if facts.family is None else facts.family
    rung = family.get("rung")
    return rung if isinstance(rung, str) else None


def _why(policy: Policy, pack: Pack, found: Found) -> str:
    """The requirements that decide, with their reasons (in a language that the pack speaks)."""
    if not found.starts:
        return "the move does not start from that rung"
    language = _language(pack)
    if language is None:
        return ", ".join(found.because)
    of = words_of(policy.facts, pack)
    return "; ".join(
        f"[{r.id}] {requirement_sentence(r, finding, found.subject, of, language)}"
        for r, finding in found.deciding
    )


def _language(pack: Pack) -> Language | None:
    return next((language for language in reversed(LANGUAGES) if language in pack.languages), None)


def _difference(case: Case, found: Found, why: Callable[[], str]) -> str | None:
    words = {answer: word for word, answer in EXPECTED[case.of].items()}
    said = words[found.answer]
    if found.answer is not case.answer:
        reasons = "every requirement is met" if found.answer is YES else why()
        return f"expected {case.expects}, found {said}: {reasons}"
    if case.because is not None and sorted(case.because) != sorted(found.because):
        expected = ", ".join(case.because)
        return f"expected {said} because of {expected}; found {', '.join(found.because)}: {why()}"
    if case.amount != found.amount:
        return f"expected an amount of {case.amount}, found {found.amount}"
    return None


def _other_facts(case: Case, facts: Facts) -> str | None:
    others = [
        f"{name} = {_shown(value)}, found {_shown(facts.get(name))}"
        for name, value in case.facts.items()
        if facts.get(name) != value
    ]
    return "expected " + "; ".join(others) if others else None


def _shown(value: Value) -> str:
    if value is None:
        return "not known"
    if isinstance(value, Range):
        return f"{_shown(value.low)} to {_shown(value.high)}"
    return shown(value)
