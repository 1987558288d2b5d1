"""A new field key: the marks by which a number that is proposed is found again are made with it."""

from __future__ import annotations

from tangga.web.corrections.conflicts import numbers_of
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.said import Said, opened
from tangga.web.secrets import blind


def marks_of(said: Said) -> list[str]:
    """Blind indexes of the national numbers that a form gives to somebody."""
    return [blind(number).hex() for number, _ in numbers_of(said)]


def reseal() -> int:
    """Proposals whose marks were made with an old key; how many. As the owner."""
    changed = 0
    for one in Proposal.objects.exclude(marks=[]).defer("fields"):
        if not one.marks:
            continue  # emptied by retention, with what it said
        marks = marks_of(opened(one.said))
        if marks != one.marks:
            Proposal.objects.filter(pk=one.pk).update(marks=marks)
            changed += 1
    return changed
