"""What is about to stop for a family, or has stopped and can be undone: letters of the release,
and what was decided here since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tangga.web.database.rows import rows
from tangga.web.journeys import objections
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken

LETTERS = """
SELECT number, move, date, takes_effect_on FROM notices
WHERE family_id = %s AND takes_effect_on > %s ORDER BY takes_effect_on, number
"""
LETTERS_BETWEEN = """
SELECT DISTINCT family_id FROM notices WHERE takes_effect_on > %s AND takes_effect_on <= %s
"""
HAS_LETTERS = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = to_regclass('notices')) AS there
"""
TANGGUH, NOTIFIED = "tangguh", "notified"


@dataclass(frozen=True)
class Stop:
    """Something that was announced. number: of the letter, or of the matter that decided it.
    past: it is in effect already."""

    number: str
    label: str
    takes_effect: date | None
    item: Item | None = None
    past: bool = False


def stops(family_id: str, language: str) -> list[Stop]:
    """What has been announced to a family and has not taken effect, the soonest first; then what is
    in effect and can be undone."""
    found = []
    if rows(HAS_LETTERS)[0]["there"]:
        for row in rows(LETTERS, [family_id, today()]):
            label = book().label(row["move"], language)
            found.append(Stop(row["number"], label, row["takes_effect_on"]))
    for item in objections.announced(family_id):
        after = None if item.due is None else item.due + timedelta(days=1)
        found.append(Stop(item.number, _label(item, language), after, item))
    for item, since in objections.in_effect(family_id):
        found.append(Stop(item.number, _label(item, language), since, item, past=True))
    return found


def letters_between(after: date, until: date) -> set[str]:
    """Families to whom the release announces something that takes effect within those days."""
    if not rows(HAS_LETTERS)[0]["there"]:
        return set()
    return {row["family_id"] for row in rows(LETTERS_BETWEEN, [after, until])}


def stop(family_id: str, number: str) -> Stop | None:
    """One of them by its number; the soonest that is still to come where none is named; None:
    nothing is announced."""
    found = stops(family_id, "id")
    named = [one for one in found if one.number == number or not (number or one.past)]
    return named[0] if named else None


def _label(item: Item, language: str) -> str:
    """What kind of matter it is, and why it was decided."""
    last = Taken.objects.filter(item=item, to_state=NOTIFIED).order_by("-n").first()
    said = last.reason if last and last.reason else item.title
    return ": ".join(filter(None, (workflow(item.kind).label(language), said)))
