"""What was paid for a time after a death: told where the death is, before a list has it."""

from __future__ import annotations

from typing import Any

from tangga.web.corrections.effects import DEATH
from tangga.web.corrections.shown import View
from tangga.web.journeys.care import guests
from tangga.web.journeys.care.support import Support, overpaid

FINANCIAL = "financial"
REFUSED = ("declined", "withdrawn")
"""States of a death that was not one after all."""


def paid_after(view: View) -> dict[str, Any]:
    """rows: (support in words, payment) of each that nobody was left to spend, or that lies on the
    account; sum: of them. Empty for what is no death, and for who sees no money."""
    item, viewer = view.proposal.item, view.eyes.viewer
    untold = view.sort.event != DEATH or item.state in REFUSED
    if untold or viewer.sight(FINANCIAL) != "full":
        return {}
    with guests.reading(item.family_id, viewer):
        left = view.family is not None and any(
            row["person_id"] != item.person_id for row in view.family.living
        )
        found = overpaid(item.family_id, view.proposal.on, left)
    rows = [(Support.of(one).label({}, view.language), one) for one in found]
    return {"rows": rows, "sum": sum(one["amount"] for one in found)} if rows else {}
