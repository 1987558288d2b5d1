"""Why care does not do something; the words are `work.refused_KEY`."""

from __future__ import annotations

from tangga.web.work.refusals import Refusal


class NotHere(Refusal):
    """Through this page it cannot be done: it needs what another page asks for."""

    key = "not_here"


class NoSentra(Refusal):
    """Nobody knows which Sentra serves the area."""

    key = "no_sentra"


class LocalFirst(Refusal):
    """A referral to a Sentra does not say why nobody nearer can serve."""

    key = "local_first"


class NoProof(Refusal):
    """A stop without proof, or of nothing."""

    key = "no_proof"


class NotTheirs(Refusal):
    """Only the area of destination, or its province, can say so."""

    key = "not_theirs"


class Moved(Refusal):
    """The family has moved to another area, which serves it now."""

    key = "moved"


class BadPlace(Refusal):
    """No village to move to, or the one where the family is."""

    key = "bad_place"


class BadDay(Refusal):
    """A day that cannot be."""

    key = "bad_day"
