"""Spells of support as they stand now: what runs, and how a decision changes it.

    running(family_id=F, on=today())                     # pieces: kind, state, payee, since
    open_spell(item=item, by=viewer, family_id=F, area=V, programme=P, on=day, document="SK 7/2026")
    close(item=item, by=viewer, family_id=F, area=V, programme=P, on=day, exit="to_empowerment")
    pause(...)   resume(...)   change_payee(..., payee=PERSON, on=day)

Each writes rows of the overlay by the item that decided it, and returns them; which day a change
holds from is said by `on`. `resume` from an earlier day than today brings back what was paused or
closed since then, and the next round pays it as arrears. Left out, `programme` is every programme
that runs; `person_id` and `component` every part of it.

A death needs nothing of this: the event of the death ends that person's own part after its month,
and a `restored` event undoes that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tangga.errors import UserError
from tangga.web.overlay import read, write
from tangga.web.overlay.models import Spell
from tangga.web.programmes import register
from tangga.web.programmes.timeline import (
    CLOSE,
    CLOSED,
    OPEN,
    PAUSE,
    PAYEE,
    RESUME,
    Change,
    Kind,
    Piece,
    timeline,
)
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

ACTIVE, SUSPENDED, ENDED = "active", "suspended", "ended"
STATUS = {OPEN: ACTIVE, RESUME: ACTIVE, PAUSE: SUSPENDED, CLOSE: ENDED, PAYEE: ACTIVE}


class NothingRuns(UserError):
    """There is no such support of this family that could be changed."""


def pieces_of(*, family_id: str) -> list[Piece]:
    """Every piece of a family's support through time, closed ones too."""
    listed = register.spells_of(family_id)
    changes = [change_of(row) for row in read.spells_of(family_id)]
    return timeline(listed, [*register.graduations(listed, today()), *changes])


def running(*, family_id: str, on: date | None = None) -> list[Piece]:
    """What runs, or is paused, on a day (today): `piece.kind.programme`, `.state`, `.payee`."""
    day = on or today()
    found = pieces_of(family_id=family_id)
    return [piece for piece in found if piece.holds(day) and piece.state != CLOSED]


def open_spell(
    *,
    item: Item,
    by: Viewer | None,
    family_id: str,
    area: str,
    programme: str,
    on: date,
    until: date | None = None,
    person_id: str = "",
    component: str = "",
    payee: str = "",
    document: str = "",
) -> Spell:
    """Open support from a day on. until: exclusive. area: the family's village."""
    kind = register.kind_of(family_id, programme, person_id, component)
    return _write(
        OPEN,
        kind,
        item=item,
        by=by,
        area=area,
        on=on,
        document=document,
        valid_to=until,
        payee_person_id=payee,
    )


def close(
    *,
    item: Item,
    by: Viewer | None,
    family_id: str,
    area: str,
    on: date,
    programme: str = "",
    person_id: str = "",
    component: str = "",
    exit: str = "",
    reason: str = "",
    document: str = "",
) -> list[Spell]:
    """End support: from `on` it runs no more. exit, reason: codes of the pack. NothingRuns."""
    wanted = Kind(family_id, programme, person_id, component)
    more = {"exit": exit, "reason": reason}
    return _change(CLOSE, wanted, item=item, by=by, area=area, on=on, document=document, **more)


def pause(
    *,
    item: Item,
    by: Viewer | None,
    family_id: str,
    area: str,
    on: date,
    programme: str = "",
    person_id: str = "",
    component: str = "",
    reason: str = "",
    document: str = "",
) -> list[Spell]:
    """Hold payments from a day on, while the spell itself stands. NothingRuns."""
    wanted = Kind(family_id, programme, person_id, component)
    more = {"reason": reason}
    return _change(PAUSE, wanted, item=item, by=by, area=area, on=on, document=document, **more)


def resume(
    *,
    item: Item,
    by: Viewer | None,
    family_id: str,
    area: str,
    on: date,
    programme: str = "",
    person_id: str = "",
    component: str = "",
    document: str = "",
) -> list[Spell]:
    """Let what was paused or closed run again from a day on, be that in the past. NothingRuns."""
    wanted = Kind(family_id, programme, person_id, component)
    return _change(RESUME, wanted, item=item, by=by, area=area, on=on, document=document)


def change_payee(
    *,
    item: Item,
    by: Viewer | None,
    family_id: str,
    area: str,
    payee: str,
    on: date,
    programme: str = "",
    document: str = "",
) -> list[Spell]:
    """Another member receives the money for the family; the spell continues. NothingRuns."""
    wanted = Kind(family_id, programme)
    more = {"payee_person_id": payee}
    return _change(PAYEE, wanted, item=item, by=by, area=area, on=on, document=document, **more)


def change_of(row: Spell) -> Change:
    """A row of the overlay as the timeline reads it."""
    return Change(
        register.kind_of(row.family_id, row.programme, row.person_id, row.component)
        if row.change == OPEN
        else Kind(row.family_id, row.programme, row.person_id, row.component),
        row.change,
        row.valid_from,
        row.valid_to,
        payee=row.payee_person_id,
        document=row.document,
        exit=row.exit,
        reason=row.reason,
        item=row.correction_id.rpartition("-")[0],
        at=row.at.isoformat(),
    )


def _change(
    change: str,
    wanted: Kind,
    *,
    item: Item,
    by: Viewer | None,
    area: str,
    on: date,
    document: str,
    **more: Any,
) -> list[Spell]:
    there = _there(pieces_of(family_id=wanted.family_id), wanted, on, change)
    if not there:
        raise NothingRuns(
            f"no support of {wanted.family_id} to {change} on {on}",
            todo="Open the family's page again: it may have changed",
        )
    shared = {"item": item, "by": by, "area": area, "on": on, "document": document, **more}
    return [
        _write(change, Kind(wanted.family_id, one, wanted.person_id, wanted.component), **shared)
        for one in there
    ]


def _there(pieces: Iterable[Piece], wanted: Kind, on: date, change: str) -> Sequence[str]:
    """The programmes of which there is something to change from a day on, in order."""
    return sorted(
        {
            piece.kind.programme
            for piece in pieces
            if wanted.programme in ("", piece.kind.programme)
            and Kind(
                wanted.family_id, piece.kind.programme, wanted.person_id, wanted.component
            ).covers(piece.kind)
            and (piece.valid_to is None or on < piece.valid_to)
            and (piece.state != CLOSED or change == RESUME)
        }
    )


def _write(
    change: str,
    kind: Kind,
    *,
    item: Item,
    by: Viewer | None,
    area: str,
    on: date,
    document: str,
    **more: Any,
) -> Spell:
    return write.spell(
        item=item,
        change=change,
        status=STATUS[change],
        programme=kind.programme,
        family_id=kind.family_id,
        person_id=kind.person_id,
        component=kind.component,
        area=area,
        valid_from=on,
        document=document,
        by=by,
        **more,
    )
