"""Runs `[[case]]`: what a rule says of an example must be what stands beside it.

This is the reading in Python. That SQL says the same of every case is a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tangga.registry.mistakes import Mistakes
from tangga.rules.answer import NO, YES, Answer, all_of
from tangga.rules.case_files import EXPECTED, Case, Row
from tangga.rules.facts import DEAD
from tangga.rules.facts_reading import Reading
from tangga.rules.holds import Because, Finding, holds
from tangga.rules.ladder import starts_from
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts, FactType
from tangga.rules.policy import Move, Programme, ProgrammeRule, Signal
from tangga.rules.values import Value

if TYPE_CHECKING:
    from tangga.rules.on_date import Policy

FROM = "from"
"""In `because` of a move: the family stands on a rung from which the move does not start."""


@dataclass(frozen=True)
class Found:
    """What a rule says of an example. deciding: ids of the requirements that decide the answer;
    why: a sentence for each fact behind them."""

    answer: Answer
    deciding: tuple[str, ...]
    why: tuple[str, ...]
    amount: int | None = None


def run_cases(policy: Policy, mistakes: Mistakes) -> int:
    """Run every case of a policy; one that fails is noted. Returns how many hold."""
    passed = 0
    for case in policy.cases:
        wrong = failure(policy, case)
        if wrong is None:
            passed += 1
        else:
            mistakes.add(f"case {case.name!r}: {wrong}", case.place.file, case.place.line)
    return passed


def failure(policy: Policy, case: Case) -> str | None:
    """What is wrong with a case, in words; None where it holds."""
    facts = facts_of(policy, case)
    if facts is None:
        return f"member {case.person} is dead, and no rule speaks of the dead"
    if case.of == "facts":
        return _other_facts(case, facts)
    found = found_by(policy, case, facts)
    if isinstance(found, str):
        return found
    return _difference(case, found)


def facts_of(policy: Policy, case: Case) -> Facts | None:
    """The facts of the family or person that a case is about; None for a dead person."""
    book = policy.facts
    assumed = {entity: book.usual(entity) for entity in (FAMILY_TABLE, PERSON_TABLE)}
    reading = Reading(book, case.on, assumed)
    family = _with_unknown(case.family, case.unknown, book.names.family)
    members = [_with_unknown(row, case.unknown, book.names.person) for row in case.members]
    facts = reading.family(family, members)
    if case.person is None:
        return facts
    if members[case.person - 1].get("status") == DEAD:
        return None
    living = [n for n, row in enumerate(members, 1) if row.get("status") != DEAD]
    return facts.members[living.index(case.person)]


def _with_unknown(row: Row, unknown: Sequence[str], names: Mapping[str, FactType]) -> Row:
    return {**{name: None for name in unknown if name in names}, **row}


def found_by(policy: Policy, case: Case, facts: Facts) -> Found | str:
    """What the rule of a case says of these facts; words where it says nothing on the day."""
    one = _rule_of(policy, case)
    version = one.rule.on(case.on)
    if version is None:
        return f"{case.id!r} has no version on {case.on}"
    says = version.says
    findings = {r.id: holds(r.condition, facts, case.on) for r in says.requires}
    if isinstance(one, Move) and not starts_from(one, _rung(facts)):
        return Found(NO, (FROM,), (f"{case.id!r} does not start from {_rung(facts)}",))
    amount = None
    if isinstance(says, ProgrammeRule) and case.amount is not None:
        from tangga.rules.programmes import amount_of

        amount = amount_of(says, facts, case.on)
    return _found(findings, amount)


def _rule_of(policy: Policy, case: Case) -> Programme | Move | Signal:
    if case.of == "programme":
        return policy.programmes[case.id]
    return policy.moves[case.id] if case.of == "move" else policy.signals[case.id]


def _rung(facts: Facts) -> str | None:
    family = facts.own if facts.family is None else facts.family
    rung = family.get("rung")
    return rung if isinstance(rung, str) else None


def _found(findings: Mapping[str, Finding], amount: int | None) -> Found:
    answer = all_of(finding.answer for finding in findings.values())
    deciding = {id_: f for id_, f in findings.items() if f.answer is answer}
    why = tuple(
        f"{id_}: {_words(because)}"
        for id_, finding in deciding.items()
        for because in finding.because()
    )
    return Found(answer, tuple(deciding), why, amount)


def _words(because: Because) -> str:
    tested = f"{because.test} {because.bound}"
    return f"{because.fact} = {_shown(because.value)}, asked: {tested}"


def _difference(case: Case, found: Found) -> str | None:
    words = {answer: word for word, answer in EXPECTED[case.of].items()}
    if found.answer is not case.answer:
        assert case.answer is not None  # of every case about a rule
        why = "; ".join(found.why) if found.answer is not YES else "every requirement is met"
        return f"expected {words[case.answer]}, found {words[found.answer]}: {why}"
    if case.because is not None and set(case.because) != set(found.deciding):
        listed = ", ".join(found.deciding)
        return f"{words[found.answer]} because of {', '.join(case.because)}; found {listed}"
    if case.amount is not None and case.amount != found.amount:
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
    return "not known" if value is None else str(value)
