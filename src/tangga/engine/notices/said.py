"""What a letter says of a move: why it is due, and what becomes of the support."""

from __future__ import annotations

from tangga.engine.explain.decided import SEMICOLON, Teller, labels
from tangga.engine.explain.register import Row
from tangga.engine.explain.words import Words, joined
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
    found: dict[str, Words | None] = {"support_ends": None, "support_continues": None}
    if not standing.move.under_cap:
        return found
    rows = teller.register.rows(
        "plan", "cap_ends", "family_id = ? ORDER BY ALL", [teller.family.id]
    )
    for name, ends in (("support_ends", True), ("support_continues", False)):
        parts = dict.fromkeys(_part(teller, row) for row in rows if row["ends"] is ends)
        found[name] = joined(parts, SEMICOLON) if parts else None
    return found


def _part(teller: Teller, row: Row) -> Words:
    """A programme, or a component of it and whose it is."""
    known = teller.family.today.programmes.get(row["programme"])
    parts = [labels(known[0].labels) if known else Words.same(row["programme"])]
    if row["component"]:
        parts.append(teller.register.labels.code("enrolment", "component", row["component"]))
        if row["person_id"]:
            parts.append(Words.same(teller.names.get(row["person_id"], row["person_id"])))
    return joined(parts)
