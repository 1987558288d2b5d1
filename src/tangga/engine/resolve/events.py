"""Events: what offices and workers recorded, applied anew at every run, so never lost.

An event takes effect where it is certain whom it means; the rest goes to `event_review`. It puts
a person on a card, ends memberships, or changes a person's status. It never ends support.
"""

from __future__ import annotations

from tangga.engine.resolve import ids
from tangga.engine.resolve.spine import card_node
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps

CHILD = "child"
NOTHING_STATED = (
    "(SELECT 0::BIGINT AS pid, 0::BIGINT AS node, FALSE AS is_card, FALSE AS field, "
    "DATE '2000-01-01' AS on_date, 0 AS relation LIMIT 0)"
)
NO_STATUS = (
    "(SELECT 0::BIGINT AS pid, '' AS status, NULL::DATE AS on_date, NULL::DATE AS valid_to, "
    "[0] AS kinds, '' AS kind LIMIT 0)"
)


def happened_sql(events: str, person_refs: str, columns: list[str]) -> str:
    """One row per event in force that is certain: `rid, event, on_date, pid, other, old_card,
    new_card`."""
    old, new = (card_node(f"e.{c}") if c in columns else "NULL::BIGINT" for c in ("kk", "new_kk"))
    return f"""
SELECT e.rid, e.event, e.on_date, p.pid, o.pid AS other, {old} AS old_card, {new} AS new_card
FROM {events} AS e
JOIN {person_refs} AS p ON e.rid = p.rid AND p.role = 'self' AND p.pid IS NOT NULL
  AND (p.sure OR (e.event = 'birth' AND p.attached_by = 'card'))
LEFT JOIN {person_refs} AS o ON e.rid = o.rid AND o.role = 'other'
WHERE e.latest AND e.on_date IS NOT NULL
"""


def apply(steps: Steps, columns: list[str], relations: list[str]) -> tuple[str, str]:
    """Write `happened`, `stated` and `person_status`; returns the last two as relations.

    columns: of the table `events`. relations: the pack's codes, in order.
    """
    if not {"event", "on_date"} <= set(columns):
        return NOTHING_STATED, NO_STATUS
    events = steps.ctx.scan("standardise", "events")
    steps.whole("happened", happened_sql(events, steps.scan("person_refs"), columns), scratch=True)
    happened = steps.scan("happened")
    child = relations.index(CHILD) + 1 if CHILD in relations else 0
    steps.whole(
        "stated",
        statement("stated", happened=happened, spine=steps.scan("spine"), child=child),
        scratch=True,
    )
    steps.whole("person_status", statement("person_status", happened=happened), scratch=True)
    steps.whole(
        "event_review",
        statement(
            "event_review",
            events=events,
            person_refs=steps.scan("person_refs"),
            person_id=ids.shown(ids.PERSON, "p.pid"),
        ),
    )
    return steps.scan("stated"), steps.scan("person_status")
