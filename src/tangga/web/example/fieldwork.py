"""Visits made and planned, a flood with the families it struck, a dispute, a finding."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal

from tangga.web.database.rows import rows
from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.words import words
from tangga.web.journeys.visits import actions, records
from tangga.web.journeys.visits.facts import Seen
from tangga.web.journeys.visits.wanted import wanted

COMPANION, DISTRICT, DISASTER, PEACE = "pendamping_pkh", "tksk", "tagana", "pelopor_perdamaian"
MINE = """
SELECT a.family_id, f.area FROM assignments AS a JOIN families AS f USING (family_id)
WHERE a.worker = %s AND f.status = 'active' AND length(f.area) = 10
ORDER BY (f.area = %s) DESC, a.family_id LIMIT %s
"""
MADE, PLANNED = (13, 12, 11, 6, 4), (0, 1, 2, 3, 8)
"""Days ago of visits that were made; days from now of those planned."""
STRUCK, HANDED = 6, 3


def visits(cast: Cast) -> None:
    """A companion's families: some seen in the last two weeks, some in the plan."""
    said = words()["visits"]
    with cast.acting(COMPANION) as by:
        found = rows(MINE, [by.worker, cast.near, len(MADE) + len(PLANNED)])
    if len(found) < len(MADE) + len(PLANNED):
        raise NoneFits(f"{len(found)} families have this companion")
    for n, (ago, row) in enumerate(zip(MADE, found, strict=False)):
        home = n != len(MADE) - 1
        note = said["notes"][n % len(said["notes"])]
        with cast.acting(COMPANION, ago) as by:
            actions.save(
                key=uuid.uuid4(),
                family_id=row["family_id"],
                area=row["area"],
                on_date=cast.ago(ago),
                purpose=said["purpose"],
                result=said["result"] if home else said["absent"],
                seen=Seen({"members_seen": said["members"], "note": note} if home else {}),
                by=by,
            )
    for ahead, row in zip(PLANNED, found[len(MADE) :], strict=False):
        with cast.acting(COMPANION) as by:
            actions.plan(
                family_id=row["family_id"],
                area=row["area"],
                day=cast.ago(-ahead),
                purpose=said["purpose"],
                by=by,
            )


def flood(cast: Cast) -> None:
    """Yesterday: families are recorded within 72 hours, some were handed rice."""
    said = words()["visits"]["disaster"]
    there = cast.families(DISASTER, "f.area = %(village)s", STRUCK, village=cast.near)
    with cast.acting(DISASTER) as by:
        item = records.begin(
            wanted().records[said["record"]],
            area=cast.near,
            happened_on=cast.ago(1),
            shock=said["shock"],
            words=said["words"],
            by=by,
        )
        ids = [row["family_id"] for row in there]
        records.strike(item, event=said["event"], ids=ids, on_date=cast.ago(1), by=by)
        for n, id_ in enumerate(ids[:HANDED], start=1):
            records.hand(
                item,
                key=uuid.uuid4(),
                family_id=id_,
                goods=said["goods"],
                amount=Decimal(said["amount"]),
                unit=said["unit"],
                receipt=f"{said['receipt']}-{n:03d}",
                on_date=cast.today,
                by=by,
            )


def dispute(cast: Cast) -> None:
    said = words()["visits"]["tension"]
    with cast.acting(PEACE, 5) as by:
        item = records.begin(
            wanted().records[said["record"]],
            area=cast.near,
            happened_on=cast.ago(6),
            shock=said["shock"],
            words=said["words"],
            by=by,
        )
    cast.take(item, "mediate", PEACE, 2, reason=said["mediation"])


def finding(cast: Cast) -> None:
    """Of the district's worker; the office has not answered yet."""
    said = words()["visits"]["finding"]
    with cast.acting(DISTRICT, 3) as by:
        records.begin(
            wanted().records[said["record"]],
            area=cast.near,
            happened_on=cast.ago(4),
            topic=said["topic"],
            words=said["words"],
            by=by,
        )


PARTS: Mapping[str, Callable[[Cast], None]] = {
    "visits": visits,
    "flood": flood,
    "dispute": dispute,
    "finding": finding,
}
