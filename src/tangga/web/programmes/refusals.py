"""Why something about a programme is not done; words in `web_programmes.refused_KEY`."""

from __future__ import annotations

from tangga.texts import Language, say
from tangga.web.work.refusals import Refusal

NAMED = 10
"""Families that a refusal names."""


class Refused(Refusal):
    """Of this part, with its own words."""

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"web_programmes.refused_{self.key}", language, **self.values)


class NoTime(Refused):
    """The programme does not pay for such a time."""

    key = "time"


class Again(Refused):
    """There is a round of this programme, area and time."""

    key = "again"


class Changed(Refused):
    """Something has changed since the list was worked out."""

    key = "changed"

    def words(self, language: Language) -> str:
        """With the families that it is about, up to `NAMED`."""
        told = super().words(language)
        families = self.values.get("families", ())
        if not families:
            return told
        listed = "; ".join(
            f"{family}: {say(f'web_programmes.changed_{what}', language)}"
            for family, what in families[:NAMED]
        )
        more = len(families) - NAMED
        if more > 0:
            listed += "; " + say("web_programmes.changed_more", language, n=more)
        return f"{told} {say('web_programmes.changed_which', language)} {listed}."


class Empty(Refused):
    """Nobody is on the list."""

    key = "empty"


class BadFile(Refused):
    """A file of results that cannot be read. why: the rest of its key."""

    key = "file"

    def words(self, language: Language) -> str:
        """What is wrong with the file."""
        return say(f"web_programmes.refused_file_{self.values['why']}", language)


class NotNow(Refused):
    """The round is not where this can be done."""

    key = "not_now"


class StillOpen(Refused):
    """A round with open lines is not done: it is closed with a reason."""

    key = "still_open"

    def words(self, language: Language) -> str:
        """With what is open."""
        told = self.values["open"].words(language)
        number = self.values["number"]
        return say("web_programmes.refused_still_open", language, number=number, open=told)


class NothingOpen(Refused):
    """Nothing is open: the round is closed as done."""

    key = "nothing_open"


class TooMuch(Refused):
    """More goods than there are."""

    key = "too_much"


class SecondNeeded(Refused):
    """Aid outside the order, with one signature only."""

    key = "second"


class SecondHand(Refused):
    """Both signatures by one person."""

    key = "same_signer"


class NoSecond(Refused):
    """A first signature where the order is kept: one is enough."""

    key = "one_enough"


class NotLocal(Refused):
    """A programme that is determined elsewhere: ours is a recommendation."""

    key = "not_local"


class NotHere(Refused):
    """A family that does not wait for this programme, or stands on the list already."""

    key = "not_waiting"


class NotDelivered(Refused):
    """What cannot be handed over: twice, or to who is not on the signed list."""

    key = "not_delivered"


class OwnWork(Refused):
    """A complaint about what one did oneself."""

    key = "own_work"


class Over(Refused):
    """More on the list than there are places."""

    key = "over"


class TooWide(Refused):
    """An area with more families than one list holds."""

    key = "wide"
