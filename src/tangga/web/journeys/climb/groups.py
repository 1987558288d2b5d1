"""Who is in a business group now."""

from __future__ import annotations

from tangga.web.journeys.climb.models import Member


def members_of(family_id: str) -> frozenset[str]:
    """The members of a family who are in a living group."""
    found = Member.objects.filter(family_id=family_id, left_on=None, counts=True)
    return frozenset(found.values_list("person_id", flat=True))
