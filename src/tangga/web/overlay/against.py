"""Accepted corrections that a later source contradicts: both values on the family's page.

The correction stands, since somebody looked; but it is not the last word, and is shown to be looked
at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tangga.web.family.eyes import Row, Shown, as_date, in_words
from tangga.web.family.opening import Opened
from tangga.web.family.queries import Part
from tangga.web.pack import pack

AGAINST = Part(
    "contradicted",
    """SELECT json_agg(json_strip_nulls(row_to_json(o))) FROM (
    SELECT c.* FROM contradicted AS c WHERE c.family_id = %(id)s
    UNION ALL
    SELECT c.* FROM persons AS p JOIN contradicted AS c ON c.person_id = p.person_id
    WHERE p.family_id = %(id)s
    ORDER BY 1, 2, 3, 4) AS o""",
)
"""Of a family and its members, where the release has any."""


@dataclass(frozen=True)
class Against:
    """One value. whose: of which member, '' of the family; now: the correction, which stands; said:
    what the source says of it; number: of the matter that was accepted."""

    whose: str
    label: str
    now: Shown
    corrected_on: date | None
    number: str
    source: str
    day: date | None
    said: Shown


def against(opened: Opened) -> tuple[Against, ...]:
    """Those that the viewer may see: neither value of a column that is hidden from them."""
    return tuple(_told(opened))


def _told(opened: Opened) -> Iterator[Against]:
    people = {row["person_id"]: row for row in opened.found.get("people") or ()}
    eyes = opened.eyes
    for one in opened.found.get("against") or ():
        person = one.get("person_id") or ""
        row: Row = people.get(person, {}) if person else opened.family
        table, schema = ("persons", "person") if person else ("families", "family")
        column = pack().tables[schema].columns.get(one["field"])
        if column is None or not eyes.sees(table, one["field"]):
            continue
        number = one["correction_id"].rpartition("-")[0] or one["correction_id"]
        yield Against(
            whose=opened.names(person) if person else "",
            label=column.labels[eyes.language],
            now=eyes.show(table, row, one["field"], schema),
            corrected_on=as_date(one.get("corrected_on")),
            number=number,
            source=one["source"],
            day=as_date(one.get("as_of")),
            said=Shown(in_words(one["said"], column, eyes.language)),
        )
