"""Support after a death that leaves nobody, and support that somebody says is no longer due."""

from __future__ import annotations

from datetime import date

from tangga.rules.exits import ALL_DIED
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.said import Said
from tangga.web.journeys.care import holding
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

EXITS = "exits"
CASE = "tangga.web.journeys.care.holding.because_of"


def all_died(item: Item, *, on: date, document: str, by: Viewer | None) -> None:
    """Nobody of the family is left: its support ends with the day of the death."""
    exits = book().policy.on(on).setting(EXITS).says.values
    reason = next(iter(exits.get(ALL_DIED, ())), "")
    for one in sorted({piece.kind.programme for piece in spells.running(family_id=item.family_id)}):
        spells.close(
            item=item,
            by=by,
            family_id=item.family_id,
            area=item.area,
            on=on,
            programme=one,
            exit=ALL_DIED,
            reason=reason,
            document=document,
        )


def look_into(item: Item, proposal: Proposal, said: Said, by: Viewer | None) -> None:
    """Open a case (kasus tangguh) about the support that runs: check, a second person, notice. It
    ends nothing by itself; a family without running support has nothing to be looked into, and one
    that is under check for the same already is."""
    if not spells.running(family_id=item.family_id):
        return
    reason = said.words["why_not"]
    holding.because_of(family_id=item.family_id, area=item.area, reason=reason, source=item, by=by)
