"""Why a proposal cannot go on, beside what every matter has (`work.refusals`)."""

from __future__ import annotations

from tangga.texts import Language, say
from tangga.web.work.refusals import Refusal


class NotNow(Refusal):
    """A refusal of corrections; its words stand in `web_corrections.refused_KEY`."""

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"web_corrections.refused_{self.key}", language, **self.values)


class Moved(NotNow):
    """The value has changed since it was proposed or verified: nobody has looked at it as it is."""

    key = "moved"


class OneValueTwice(NotNow):
    """Two proposals of one batch, or of one act, contradict each other."""

    key = "one_value_twice"


class Contradicted(NotNow):
    """Another proposal on the same thing was found true already: only one of them can be."""

    key = "contradicted"


class InBatch(NotNow):
    """One proposal of the batch cannot be signed, and so none is."""

    key = "in_batch"


class Empty(NotNow):
    """Nothing was chosen, or nothing of it can be done by the viewer."""

    key = "empty"


class Known(NotNow):
    """Somebody with this national number is in the register, or proposed, already."""

    key = "known"


class Gone(NotNow):
    """Whom it is about is no longer there: dead, moved or merged since."""

    key = "gone"


class NotTheirs(NotNow):
    """Only who proposed it, or their office, withdraws a proposal."""

    key = "not_theirs"


class Barred(NotNow):
    """Recorded violence bars this person from receiving for the family."""

    key = "barred"


class Ruled(NotNow):
    """Somebody has ruled on these records meanwhile, or one of the two is not in the area."""

    key = "ruled"
