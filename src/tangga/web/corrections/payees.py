"""Who may receive a family's support in future: grown-up members at hand who are not barred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tangga.rules.answer import NO
from tangga.rules.facts_reading import reading
from tangga.rules.holds import answer_of
from tangga.rules.names import PERSON_TABLE, Facts
from tangga.rules.policy import Choice, Dated, MoveRule
from tangga.web.corrections.believed import Family
from tangga.web.corrections.reckoned import typed_row
from tangga.web.journeys.care.payee import barred
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.programmes.timeline import Piece


def paid_to(family_id: str) -> list[Piece]:
    """What runs and is paid for the family: not what somebody has in their own name alone (their
    insurance, their scholarship)."""
    found = spells.running(family_id=family_id)
    return [one for one in found if not _own(one)]


def _own(piece: Piece) -> bool:
    return bool(piece.kind.person_id) and piece.payee in ("", None, piece.kind.person_id)


def candidates(family: Family, on: date, without: str = "") -> list[str]:
    """Members who can receive: those whom the loosest choice of the rules does not rule out, in the
    order of the rules. Not known is no bar: the office looks at the person's papers."""
    today = book().policy.on(on)
    if not today.choices:
        return []
    kept_from = barred(family.id)
    living = [row for row in family.living if row["person_id"] not in {without, *kept_from}]
    _, loosest = today.choices[-1]
    conditions = [one.condition for _, rule in today.choices for one in rule.says.requires]
    policy = book().policy
    rules = policy.facts.restricted_to(
        policy.facts.uses((PERSON_TABLE, condition) for condition in conditions)
    )
    facts = reading(rules, on).family(
        typed_row(rules, "family", family.row), [typed_row(rules, "person", row) for row in living]
    )
    ordered: Sequence[tuple[tuple[int, str], str]] = sorted(
        (_place(today.choices, member, on, row["person_id"]), row["person_id"])
        for row, member in zip(living, facts.members, strict=True)
        if all(answer_of(one.condition, member, on) is not NO for one in loosest.says.requires)
    )
    return [person_id for _, person_id in ordered]


def _place(
    choices: Sequence[tuple[Choice, Dated[MoveRule]]], member: Facts, on: date, person_id: str
) -> tuple[int, str]:
    """The first choice that the rules do not rule out for a member."""
    for number, (_, rule) in enumerate(choices):
        answers = [answer_of(one.condition, member, on) for one in rule.says.requires]
        if NO not in answers:
            return number, person_id
    return len(choices), person_id
