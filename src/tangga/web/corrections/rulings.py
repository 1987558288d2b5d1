"""Records of one person, or of two: what a proposal says becomes a ruling for the next run."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.texts import long_date
from tangga.web.corrections.refusals import Gone, Ruled
from tangga.web.corrections.said import Said
from tangga.web.corrections.sorts import PERSON, Sort
from tangga.web.database.rows import rows
from tangga.web.duplicates import actions
from tangga.web.family.eyes import Eyes
from tangga.web.pack import area_name, code_label, pack
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

SAME, DIFFERENT = "same", "different"
RECORDS = """
SELECT source, source_id FROM crosswalk WHERE person_id = %s ORDER BY slot, source, source_id
"""
TOLD = """
SELECT c.source, c.source_id, c.as_of, r.name, r.birth_date, r.nik, r.kk, r.sex, r.village
FROM crosswalk AS c LEFT JOIN LATERAL (
    SELECT * FROM records AS r
    WHERE r.source = c.source AND r.source_id = c.source_id AND r.person_id = c.person_id OFFSET 0
) AS r ON true
WHERE c.person_id = %s ORDER BY c.slot, c.source, c.source_id
"""
MASKED = ("name", "birth_date", "nik", "kk")
"""What the release holds masked of a record."""
SPLIT = "|"
"""Between a record's source and its id there, in a form."""


def records_of(person_id: str) -> list[tuple[str, str]]:
    """(source, id there) of each record of a person."""
    return [(row["source"], row["source_id"]) for row in rows(RECORDS, [person_id])]


def told(person_id: str, eyes: Eyes) -> Iterator[tuple[str, str]]:
    """(key in a form, words) of each record of a person: its source and day, and what it says of
    who that is, masked as in the release."""
    sees = eyes.sight("records", "nik") != "hidden"
    for row in rows(TOLD, [person_id]):
        said = [_named(name, row[name], eyes) for name in MASKED if sees and row[name]]
        said += [code_label("sex", row["sex"], eyes.language)] if row["sex"] else []
        said += [area_name(row["village"], eyes.language)] if row["village"] else []
        day = f" ({long_date(row['as_of'], eyes.language)})" if row["as_of"] else ""
        words = " · ".join((f"{row['source']}{day}", *said))
        yield f"{row['source']}{SPLIT}{row['source_id']}", words


def _named(name: str, text: str, eyes: Eyes) -> str:
    """A masked value; a number with what number it is."""
    column = pack().tables[PERSON].columns[name]
    return f"{column.labels[eyes.language]} {text}" if column.type == "identifier" else str(text)


def rule(item: Item, sort: Sort, said: Said, by: Viewer | None) -> None:
    """Write the rulings. Gone where nothing is left to rule on, Ruled where somebody did."""
    try:
        if sort.records:
            _apart(item, said, by)
        else:
            actions.rule_persons(
                item.person_id,
                said.words["person"],
                ruling=SAME,
                reason=item.number,
                by=by,
                item=item,
            )
    except actions.Refused:
        raise Ruled(number=item.number) from None


def _apart(item: Item, said: Said, by: Viewer | None) -> None:
    """Each record that is somebody else's is not of the person of each record that stays."""
    own = records_of(item.person_id)
    away = [one for one in own if SPLIT.join(one) in said.ids]
    stays = [one for one in own if one not in away]
    if not away or not stays:
        raise Gone(number=item.number)
    for left in stays:
        for right in away:
            actions.rule(
                *(actions.Record(*one, item.person_id, item.area) for one in (left, right)),
                ruling=DIFFERENT,
                reason=item.number,
                by=by,
                item=item,
            )
