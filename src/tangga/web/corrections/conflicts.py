"""What stands in the way of a proposal: another one on the same value, or a value that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from django.db.models import Q

from tangga.rules.workflow import Workflow
from tangga.web.corrections.believed import Family, family
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.refusals import Contradicted, OneValueTwice
from tangga.web.corrections.said import Change, Said, opened
from tangga.web.corrections.sorts import EVENT, PAYEE, Sort, book
from tangga.web.database.rows import rows
from tangga.web.secrets import blinds
from tangga.web.work.kinds import workflow, workflows

APPLIED = "ready"
"""The state from which on a proposal holds."""

KNOWN = """
SELECT person_id, family_id FROM persons WHERE nik_index = ANY(%s) AND person_id <> %s LIMIT 1
"""
NIK = "nik"


@cache
def kinds() -> frozenset[str]:
    """The workflows that proposals go through."""
    return frozenset(sort.workflow for sort in book().sorts.values())


@cache
def undecided(kind: str) -> frozenset[str]:
    """States of a workflow in which a proposal does not hold yet, and still may."""
    flow = workflow(kind)
    after = _reached(flow, APPLIED)
    return frozenset(name for name, one in flow.states.items() if not one.final) - after


@cache
def _holding(kind: str) -> frozenset[str]:
    return _reached(workflow(kind), APPLIED)


def _reached(flow: Workflow, state: str) -> frozenset[str]:
    found, new = {state}, {state}
    while new:
        steps = [one for one in flow.steps.values() if set(one.sources) & new and one.to]
        new = {one.to for one in steps} - found
        found |= new
    return frozenset(found)


def open_ones(family_id: str) -> list[Proposal]:
    """Proposals on a family that are not decided yet, the oldest first."""
    of_kind = (Q(item__kind=kind, item__state__in=undecided(kind)) for kind in sorted(kinds()))
    wanted = next(of_kind)
    for one in of_kind:
        wanted |= one
    found = Proposal.objects.filter(wanted, item__family_id=family_id)
    return list(found.select_related("item").order_by("item__at"))


def others(proposal: Proposal, sort: Sort) -> list[Proposal]:
    """Undecided proposals that would change the same value, or say the same of the same person."""
    if not proposal.item.family_id:
        return []
    return [
        one
        for one in open_ones(proposal.item.family_id)
        if one.pk != proposal.pk and _meet(one, proposal, sort)
    ]


def among(found: Iterable[Proposal]) -> dict[str, list[Proposal]]:
    """Of each of these that is not decided, by its key: the undecided ones that it contradicts."""
    listed = [one for one in found if one.item.family_id and _open(one)]
    families = {one.item.family_id for one in listed}
    by_family: dict[str, list[Proposal]] = {}
    there = Proposal.objects.filter(item__family_id__in=families, item__kind__in=kinds())
    for one in there.select_related("item").order_by("item__at"):
        if _open(one):
            by_family.setdefault(one.item.family_id, []).append(one)
    crossed = {
        str(one.pk): [
            other
            for other in by_family[one.item.family_id]
            if other.pk != one.pk and _meet(other, one, book().sorts[one.sort])
        ]
        for one in listed
        if one.item.family_id in by_family
    }
    return {key: others for key, others in crossed.items() if others}


def _open(one: Proposal) -> bool:
    return one.item.state in undecided(one.item.kind)


def not_both(found: Iterable[Proposal]) -> None:
    """OneValueTwice where two of these contradict each other."""
    listed = list(found)
    chosen = {one.pk for one in listed}
    crossed = among(listed)
    for one in listed:
        for other in crossed.get(str(one.pk), ()):
            if other.pk in chosen:
                raise OneValueTwice(first=one.item.number, second=other.item.number)


def only_one(proposal: Proposal, states: Iterable[str]) -> None:
    """Contradicted where another proposal on the same thing has come to one of these states."""
    reached = set(states)
    for other in among([proposal]).get(str(proposal.pk), ()):
        if other.item.state in reached:
            raise Contradicted(number=proposal.item.number, other=other.item.number)


def _meet(one: Proposal, other: Proposal, sort: Sort) -> bool:
    if set(one.fields) & set(other.fields):
        return True
    same = one.sort == other.sort and one.item.person_id == other.item.person_id
    return same and sort.follows in (EVENT, PAYEE)


def moved(changes: Iterable[Change], family: Family | None) -> list[Change]:
    """Changes whose value is no longer what it was when somebody looked at it."""
    if family is None:
        return list(changes)
    return [
        one
        for one in changes
        if family.text(one.entity_id, one.field) not in (one.before, one.after)
    ]


def known_number(said: Said) -> str | None:
    """The family of whoever has a national number that is proposed for somebody else, "" where the
    viewer does not see it; None where nobody of the viewer's area has it."""
    for number, whose in numbers_of(said):
        found = rows(KNOWN, [blinds(number), whose])
        if found:
            return found[0]["family_id"] or ""
    return None


def numbers_of(said: Said) -> Iterator[tuple[str, str]]:
    """(national number, id of the person who gets it) of what is proposed; '' of a new person."""
    for person in said.people:
        if person.get(NIK):
            yield person[NIK], ""
    for one in said.changes:
        if one.field == NIK and one.after:
            yield one.after, one.entity_id


def proposed_number(marks: list[str]) -> Proposal | None:
    """A proposal that gives one of these numbers to somebody: undecided, or what it says stands."""
    asked = kinds() & set(workflows())
    for mark in marks:
        for one in Proposal.objects.filter(marks__contains=[mark]).select_related("item"):
            kind, state = one.item.kind, one.item.state
            if kind in asked and (
                state in undecided(kind) or (state in _holding(kind) and _stands(one))
            ):
                return one
    return None


def _stands(proposal: Proposal) -> bool:
    """Whether a number that was given is still that person's: nobody corrected it since."""
    found = family(proposal.item.family_id) if proposal.item.family_id else None
    given = numbers_of(opened(proposal.said))
    return any(not whose or (found and found.text(whose, NIK) == n) for n, whose in given)
