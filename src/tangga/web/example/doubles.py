"""Possible doubles: most of the release's queue waits; one of each ruling was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tangga.web.duplicates import actions, queries
from tangga.web.duplicates.actions import Record
from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.words import words

CLERK = "operator_kabkota"
RULINGS = ("same", "different", "unsure")
LEFT_OVER = 2
"""So many pairs at least still wait when the examples are made."""


def doubles(cast: Cast) -> None:
    """One ruling of each kind, the last pairs of the queue first."""
    with cast.acting(CLERK, 2) as by:
        waiting = queries.waiting(queries.WAITING, 1)
        many = min(len(RULINGS), len(waiting) - LEFT_OVER)
        if many < 1:
            raise NoneFits("too few possible doubles")
        for ruling, row in zip(RULINGS[:many], reversed(waiting), strict=False):
            found = queries.pair(row["pair"])
            assert found is not None
            left, right = (_record(found, side) for side in ("left", "right"))
            reason = words()["doubles"][ruling]
            actions.rule(left, right, ruling=ruling, reason=reason, by=by, n=found["n"])


def _record(row: dict[str, Any], side: str) -> Record:
    person = row[f"{side}_person_id"] or ""
    area = str(row["area"]) if side == "left" else queries.area_of(person) if person else ""
    return Record(row[f"{side}_source"], row[f"{side}_id"], person, area)


PARTS: Mapping[str, Callable[[Cast], None]] = {"doubles": doubles}
