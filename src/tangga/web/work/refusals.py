"""Why a step is not taken; each says it in words of the texts (`work.refused_KEY`)."""

from __future__ import annotations

from datetime import date

from tangga.errors import UserError
from tangga.texts import Language, long_date, say


class Refusal(UserError):
    """A step that cannot be taken. values: what its words name. field: of a form,
    that it is about."""

    key = "refused"
    field = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.words("en"))

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        told = {
            name: long_date(one, language) if isinstance(one, date) else one
            for name, one in self.values.items()
        }
        return say(f"work.refused_{self.key}", language, **told)


class Stale(Refusal):
    """Somebody else took a step since the form was shown."""

    key = "stale"


class WrongState(Refusal):
    """The step does not lead from where the item is: withdrawn, closed, or already done."""

    key = "state"


class NotYours(Refusal):
    """Neither the role nor a delegation allows this step, or the area is another's."""

    key = "verb"


class Closed(Refusal):
    """Outside the days of the month on which the step may be taken."""

    key = "window"


class SameHand(Refusal):
    """One person would be two of proposer, verifier and approver."""

    key = "hand"


class Lacking(Refusal):
    """Without the reason, document or evidence that the step needs."""

    key = "needs"


class Twice(Refusal):
    """There is an open matter about the same thing already."""

    key = "twice"
    field = "subject"
