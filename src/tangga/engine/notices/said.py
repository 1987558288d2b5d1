"""What a letter says of a move: why it is due, and what becomes of the support."""

from __future__ import annotations

from tangga.engine.explain.decided import Teller, at_cap
from tangga.engine.explain.words import Words
from tangga.rules.ladder import Standing
from tangga.rules.programmes import Reason
from tangga.rules.sentences import sentence
from tangga.texts import LANGUAGES, Language, say


def reason(teller: Teller, one: Reason, subject: str) -> Words:
    """A requirement that is met, with the facts behind it that are known.

    Some hold because something is not there; the family is not told of a fact that nobody knows.
    """
    return Words(*(_reason(teller, one, subject, language) for language in LANGUAGES))


def _reason(teller: Teller, one: Reason, subject: str, language: Language) -> str:
    label = one.requirement.labels[language]
    leaves = [leaf for leaf in one.finding.because() if leaf.value is not None]
    said = [sentence(leaf, subject, teller.of, language, teller.member) for leaf in leaves]
    # A fact that bears the requirement's own name has been said by it.
    why = "; ".join(text for text in said if not text.startswith(label))
    return say("notices.reason" if why else "notices.reason_plain", language, label=label, why=why)


def support(teller: Teller, standing: Standing) -> dict[str, Words | None]:
    """What of the running support the move can end, and what goes on; None where nothing."""
    ends, continues = at_cap(teller) if standing.move.under_cap else (None, None)
    return {"support_ends": ends, "support_continues": continues}
