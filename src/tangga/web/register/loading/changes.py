"""What came, went, moved, changed decile, rung or id since the release in force, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from psycopg import sql

from tangga.web.register.loading.schema import by_area

if TYPE_CHECKING:
    from tangga.web.register.loading.derived import Making

EVENTS = {
    "family_id": "text",
    "source": "text",
    "source_id": "text",
    "event": "text",
    "exit": "text",
    "rung": "text",
    "to_area": "text",
    "on_date": "date",
}
RECORDS = {"person_id": "text", "source": "text"}
LINEAGE = {"kind": "text", "old_id": "text", "new_id": "text", "entity": "text"}


def changes(making: Making) -> Mapping[str, sql.Composable]:
    """The table `changes`, as sql/changes.sql describes it; empty for a first release."""
    if making.former is None:
        making.run("changes_none.sql")
    else:
        former = making.of_former()
        making.run(
            "changes.sql",
            old=sql.Identifier(making.former),
            lineage=making.table("lineage", **LINEAGE),
            old_lineage=former.table("lineage", **LINEAGE),
            events=making.table("events", **EVENTS),
            old_events=former.table("events", **EVENTS),
            records=making.table("records", **RECORDS),
            old_records=former.table("records", **RECORDS),
            rank_changes=making.table("rank_changes", family_id="text", release="text"),
            apart=_apart(making.areas.lengths.values()),
        )
    making.run_text("CREATE INDEX ON changes (area, kind, family_id)")
    making.run_text("CREATE INDEX ON changes (family_id)")
    return {"changes": by_area()}


def _apart(lengths: Iterable[int]) -> sql.Composable:
    """The shortest beginning of the new code that is not that of the old one."""
    when = "".join(
        f"WHEN left(area, {digits}) <> left(area_before, {digits}) THEN left(area, {digits}) "
        for digits in lengths
    )
    return sql.SQL(f"CASE {when}ELSE area END")  # type: ignore[arg-type]
