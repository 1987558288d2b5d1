"""Why something is not taken in, or not decided so; words: `work.refused_KEY`."""

from __future__ import annotations

from tangga.web.work.refusals import Refusal


class NotNeighbour(Refusal):
    """Who reports lives in another village than the family, or in none on record."""

    key = "neighbour"
    field = "number"


class Oneself(Refusal):
    """Who reports belongs to the family itself: that is an objection."""

    key = "oneself"
    field = "number"


class BadFaith(Refusal):
    """Reports of this person were found to be in bad faith, too often and not long ago."""

    key = "bad_faith"
    field = "number"


class Elsewhere(Refusal):
    """Somebody else decides this: it is passed on, not decided."""

    key = "elsewhere"


class Suspends(Refusal):
    """It suspends a stop of this office, which has to decide it: it cannot be passed on."""

    key = "suspends"
