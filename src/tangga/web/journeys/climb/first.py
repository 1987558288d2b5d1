"""What comes before a graduation: a fall that was not reviewed, a return that is due.

The moves of the ladder stand in order of precedence, and of those whose requirements are met the
first is due: by the same rule nobody graduates while a move before it is due, nor while a review
of the family is open.
"""

from __future__ import annotations

from collections.abc import Iterator

from tangga.rules.answer import YES
from tangga.rules.ladder import Standing, next_move
from tangga.texts import Language, say
from tangga.web.family.eyes import Eyes
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.refusals import First
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.work.models import Item

GRADUATION, REVIEW = "graduation", "fall_review"
DECILES = ("decile", "decile_before")


def before(read: Reading, language: Language) -> list[str]:
    """Each matter that comes before a graduation, in words; none for a family that may graduate."""
    return [*_due(read, language), *_open(read, language)]


def _due(read: Reading, language: Language) -> Iterator[str]:
    for one in _earlier(read):
        if one.acts and one.answer is YES:
            yield say("web_climb.first_move", language, move=one.move.labels[language])


def _earlier(read: Reading) -> Iterator[Standing]:
    """The moves from the family's rung that stand before graduation, in the order of the ladder."""
    for one in next_move(read.rules, read.facts).standings:
        if one.move.id == wanted().moves[GRADUATION]:
            return
        yield one


def _open(read: Reading, language: Language) -> Iterator[str]:
    for one in Item.objects.filter(kind=REVIEW, family_id=read.family_id, closed_on=None):
        yield say("web_climb.first_review", language, number=one.number)


def must_be_first(read: Reading, language: Language) -> None:
    """First where something comes before the graduation of this family."""
    found = before(read, language)
    if found:
        raise First(what="; ".join(found))


def deciles(read: Reading, eyes: Eyes) -> tuple[int, int | None] | None:
    """The decile now and the one before it; None where it is not known or not to be seen."""
    if any(eyes.classes.of_fact("family", name) not in eyes.full for name in DECILES):
        return None
    now, was = (read.facts.get(name) for name in DECILES)
    return (now, was if isinstance(was, int) else None) if isinstance(now, int) else None
