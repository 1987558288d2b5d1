"""How support of a programme stands in an area today: lists, the overlay, deaths, payees, moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import sql

from tangga.web.database.rows import rows
from tangga.web.journeys.care.wide import seeing
from tangga.web.overlay.models import Spell
from tangga.web.overlay.read import open_rows
from tangga.web.pack import NATION
from tangga.web.programmes import register
from tangga.web.programmes.households import Households, households
from tangga.web.programmes.moved import paid_elsewhere, whereabouts
from tangga.web.programmes.owed import Deaths
from tangga.web.programmes.spells import change_of
from tangga.web.programmes.timeline import OPEN, Change, Listed, Piece, timeline
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

BY_FAMILY = """
SELECT d.family_id, d.amount FROM {decisions} AS d
WHERE d.programme = %(programme)s AND d.person_id IS NULL AND d.family_id = ANY(%(families)s)
"""


@dataclass
class Standing:
    """Everything of a programme in an area that a list rests on."""

    programme: str
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    households: Households = field(default_factory=Households)
    yearly: dict[str, int | None] = field(default_factory=dict)
    goods: bool = False
    changes: list[Change] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    here: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    def add(self, other: Standing) -> None:
        """Families that were read apart."""
        self.pieces.update(other.pieces)
        self.yearly.update(other.yearly)
        mine, theirs = self.households, other.households
        mine.members.update(theirs.members)
        mine.payees.update(theirs.payees)
        deaths = (
            {**mine.deaths.persons, **theirs.deaths.persons},
            {**mine.deaths.gone, **theirs.deaths.gone},
        )
        mine.deaths = Deaths(*deaths)


def standing(
    programme: str, area: str, *, goods: bool = False, by: Viewer | None = None
) -> Standing:
    """How support of a programme stands in an area now: lists, overlay, deaths, payees, moves.

    goods: it is given in kind, to whoever of the family comes for it. by: who works out the list of
    their area; of a family that moved there, the release has it elsewhere, and so it is read there.
    """
    listed, areas = register.spells_in(programme, area)
    found = open_rows(Spell).filter(programme=programme, area__gte=area, area__lt=f"{area}~")
    changed = list(found.order_by("at", "id"))
    areas.update({row.family_id: row.area for row in changed if row.change == OPEN})
    now = whereabouts()
    gone = {one: to for one, to in now.items() if one in areas and not to.startswith(area)}
    here = sorted(one for one, to in now.items() if to.startswith(area) and one not in areas)
    areas.update({one: to for one, to in now.items() if to.startswith(area)})
    there = [one for one in listed if one.kind.family_id not in gone]
    of = _made(programme, there, [change_of(row) for row in changed], goods)
    of.areas, of.gone, of.here = areas, gone, frozenset(here)
    items = Item.objects.filter(pk__in={row.item_id for row in changed})
    of.shown = frozenset(items.values_list("number", flat=True))
    if here and by is not None:
        mine = [change for change in of.changes if change.kind.family_id in of.here]
        with seeing(by, NATION):
            spells = [one for family in here for one in register.spells_of(family)]
            spells = [one for one in spells if one.kind.programme == programme]
            of.add(_made(programme, spells, mine, goods))
            of.elsewhere = paid_elsewhere(programme, area, here)
    return of


def _made(
    programme: str, listed: Sequence[Listed], changes: Sequence[Change], goods: bool
) -> Standing:
    pieces: dict[str, list[Piece]] = {}
    for piece in timeline(listed, [*register.graduations(listed, today()), *changes]):
        pieces.setdefault(piece.kind.family_id, []).append(piece)
    return Standing(
        programme,
        pieces,
        {},
        households(programme, sorted(pieces)),
        _yearly(programme, listed, changes),
        goods,
        list(changes),
    )


def _yearly(
    programme: str, listed: Iterable[Any], changes: Iterable[Change]
) -> dict[str, int | None]:
    """What the programme gives a family of which no component is listed: as the release worked it
    out, unless something about the family has changed since."""
    changed = {one.kind.family_id for one in changes}
    plain = {one.kind.family_id for one in listed if not one.kind.component} - changed
    held = register.table("decisions")
    if held is None or not plain:
        return {}
    found = rows(
        sql.SQL(BY_FAMILY).format(decisions=held),
        {"programme": programme, "families": sorted(plain)},
    )
    return {row["family_id"]: row["amount"] for row in found}
