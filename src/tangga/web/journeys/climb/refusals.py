"""Why a step on the ladder is not taken, beside what holds for every matter."""

from __future__ import annotations

from tangga.web.work.refusals import Refusal


class DoesNotFit(Refusal):
    """A requirement of the rule is not a yes."""

    key = "does_not_fit"


class First(Refusal):
    """Another move comes before this one: a fall is reviewed, and a return that is due is made."""

    key = "first"


class NoSuchFamily(Refusal):
    """The release in force has no such family in the area."""

    key = "no_family"


class Missing(Refusal):
    """Something that this step needs was not said: a place, an end, an assessment."""

    key = "missing"


class TooLong(Refusal):
    """An extension past what the rule allows."""

    key = "too_long"


class NotAGroup(Refusal):
    """The group does not stand as the programme's rule asks."""

    key = "not_a_group"
