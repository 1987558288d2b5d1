"""What a stop does to support, and how it is undone."""

from __future__ import annotations

from datetime import date

from tangga.web.journeys.care.models import Check
from tangga.web.journeys.care.support import Support, is_death, missed, overpaid
from tangga.web.overlay import write
from tangga.web.programmes import spells
from tangga.web.programmes.households import households
from tangga.web.programmes.owed import Deaths
from tangga.web.programmes.timeline import Piece
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

DEATH, RESTORED = "death", "restored"


def anybody_left(item: Item) -> bool:
    """Whether somebody of the family lives besides the person that a matter is about."""
    found = households("", [item.family_id]).members.get(item.family_id, {})
    return any(lives for person, lives in found.items() if person != item.person_id)


def taken_for_dead(item: Item) -> bool:
    """Whether the register, or what was recorded since, says that the person is dead."""
    return item.person_id in households("", [item.family_id]).deaths.persons


def stop(item: Item, mine: Check, on: date, by: Viewer | None) -> None:
    """End what was decided, from a day on. A death is recorded as what it is: it ends that person's
    own part and role, and the family's support only where nobody is left."""
    mine.stopped_on = on
    left = anybody_left(item)
    if is_death(mine.reason, on):
        fact_on = mine.fact_on or on
        write.event(
            item=item,
            event=DEATH,
            on_date=fact_on,
            family_id=item.family_id,
            person_id=item.person_id,
            area=item.area,
            by=by,
            document=_document(item),
        )
        mine.overpaid = overpaid(item.family_id, fact_on, left)
        if left:
            return
    for one in map(Support.of, mine.ends):
        try:
            spells.close(
                item=item,
                by=by,
                family_id=item.family_id,
                area=item.area,
                on=on,
                programme=one.programme,
                person_id=one.person_id,
                component=one.component,
                exit=mine.exit,
                reason=mine.reason,
                document=_document(item),
            )
        except spells.NothingRuns:
            continue  # it ended otherwise meanwhile


def restore(item: Item, mine: Check, on: date, by: Viewer | None, *, document: str) -> None:
    """Let it all run again as if it had never stopped, and keep what is owed for the months that
    were missed."""
    assert mine.stopped_on is not None
    pieces, died = _stands(item)
    _alive(item, on, by, document)
    since = mine.stopped_on
    for one in map(Support.of, mine.ends):
        try:
            spells.resume(
                item=item,
                by=by,
                family_id=item.family_id,
                area=item.area,
                on=since,
                programme=one.programme,
                person_id=one.person_id,
                component=one.component,
                document=document,
            )
        except spells.NothingRuns:
            continue
    _owe(item, mine, on, pieces, died, min(since, _died_on(item, died) or since))


def alive_after_all(item: Item, mine: Check, on: date, by: Viewer | None, document: str) -> None:
    """Somebody whom the register takes for dead lives: their part was not paid, and is owed."""
    pieces, died = _stands(item)
    _alive(item, on, by, document)
    since = _died_on(item, died)
    if since is not None:
        _owe(item, mine, on, pieces, died, since)


def _stands(item: Item) -> tuple[list[Piece], Deaths]:
    """The family's support, and whom everything takes for dead."""
    return (
        spells.pieces_of(family_id=item.family_id),
        households("", [item.family_id]).deaths,
    )


def _alive(item: Item, on: date, by: Viewer | None, document: str) -> None:
    write.event(
        item=item,
        event=RESTORED,
        on_date=on,
        family_id=item.family_id,
        person_id=item.person_id,
        area=item.area,
        by=by,
        document=document,
    )


def _died_on(item: Item, died: Deaths) -> date | None:
    """Since when the person of a matter was taken for dead."""
    return died.persons.get(item.person_id) if item.person_id else None


def _owe(item: Item, mine: Check, on: date, before: list[Piece], died: Deaths, since: date) -> None:
    """What was missed: by how support stands now, and how it stood."""
    after, alive = _stands(item)
    mine.restored_on = on
    mine.owed = missed(before, after, item.family_id, since, on, died, alive)


def _document(item: Item) -> str:
    """By which document it was decided."""
    decided = item.steps.filter(step="decide").order_by("-n").first()
    return decided.document if decided else ""
