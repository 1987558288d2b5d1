"""Where each value comes from: the record that won, by which rule, and what made records one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.registry.privacy import masked
from tangga.texts import Language, say
from tangga.web.family.evidence import Link, chosen_by, link, source_id
from tangga.web.family.eyes import Eyes, Row, Shown, as_date, opened
from tangga.web.family.home import FAMILIES, FAMILY
from tangga.web.family.opening import Opened
from tangga.web.family.people import PERSON, PERSONS, named
from tangga.web.pack import area_name, code_label, pack

WON = "won_"
IDENTIFYING = ("name", "nik", "kk", "birth_date")
BASE = "base_source"


@dataclass(frozen=True)
class Value:
    """A value that is believed: what it is, whose word it was, and why that one."""

    label: str
    shown: Shown
    source: str
    day: date | None
    rule: str


@dataclass(frozen=True)
class Said:
    """One thing that a record says. differs: from the value that is believed, as far as what is
    shown of both tells."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Record:
    """A record of a source, with what identifies somebody masked as in the release."""

    source: str
    id: str
    day: date | None
    official: bool
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Origin:
    """One person: their values, the records behind them, and what made these one."""

    name: Shown
    person_id: str
    values: tuple[Value, ...]
    records: tuple[Record, ...]
    links: tuple[Link, ...]
    undecided: tuple[Link, ...]


def told(page: Opened) -> dict[str, Any]:
    """The parts of the page."""
    teller = _Teller(page)
    return {
        "family_values": list(teller.of_family()),
        "origins": [teller.of_person(row) for row in page.found["people"] or ()],
        "base": page.family.get(BASE),
    }


class _Teller:
    """Joins values with the records that they come from."""

    def __init__(self, page: Opened) -> None:
        found = page.found
        self.page, self.eyes, self.base = page, page.eyes, page.family.get(BASE)
        self.won = {row["person_id"]: row for row in found["won"] or ()}
        self.slots = {(r["person_id"], r.get("slot")): r for r in found["crosswalk"] or ()}
        self.days = {(r["source"], r["source_id"]): r for r in found["crosswalk"] or ()}
        self.records = _grouped(found["records"])
        self.owner = {(r["source"], r["source_id"]): r["person_id"] for r in found["records"] or ()}
        self.links = list(found["links"] or ())

    def of_family(self) -> Iterator[Value]:
        """The values of the home; what no source of families says is the head's."""
        won = self.page.found["won_family"] or {}
        by_record = {row["record"]: row for row in self.page.found["family_records"] or ()}
        yield from self._values(
            FAMILIES, FAMILY, self.page.family, won, lambda place: by_record.get(place, {})
        )

    def of_person(self, row: Row) -> Origin:
        """One member."""
        id_ = row["person_id"]
        values = self._values(
            PERSONS, PERSON, row, self.won.get(id_, {}),
            lambda place: self.slots.get((id_, place), {}),
        )  # fmt: skip
        links = [(one, link(one, self.eyes.language)) for one in self._touching(id_)]
        return Origin(
            name=named(self.eyes, row),
            person_id=id_,
            values=tuple(values),
            records=tuple(self._record(one, row) for one in self.records.get(id_, ())),
            links=tuple(said for one, said in links if one["decision"] == "link"),
            undecided=tuple(said for one, said in links if one["decision"] != "link"),
        )

    def _values(
        self, table: str, schema: str, row: Row, won: Row, record_of: Any
    ) -> Iterator[Value]:
        for name, column in pack().tables[schema].columns.items():
            place = won.get(WON + name)
            if place is None or row.get(name) is None or not self._visible(table, name):
                continue
            record = record_of(place)
            yield Value(
                label=column.labels[self.eyes.language],
                shown=self.eyes.show(table, row, name, schema),
                source=record.get("source", "–"),
                day=as_date(record.get("as_of")),
                rule=self._rule(schema, name, record),
            )

    def _visible(self, table: str, name: str) -> bool:
        return self.eyes.sight(table, name) != "hidden"

    def _rule(self, schema: str, name: str, record: Row) -> str:
        if record.get("source") is not None and record["source"] == self.base:
            return say("explain.rule_base", self.eyes.language)
        return chosen_by(schema, name, self.eyes.language)

    def _record(self, row: Row, believed: Row) -> Record:
        known = self.days.get((row["source"], row["source_id"]), {})
        return Record(
            source=row["source"],
            id=source_id(row["source_id"], self.eyes.language),
            day=as_date(known.get("as_of")),
            official=row["source"] == self.base,
            said=tuple(self._said(row, believed)),
        )

    def _said(self, row: Row, believed: Row) -> Iterator[Said]:
        """What a record says of who somebody is, each beside what is believed of them."""
        for name in IDENTIFYING if self.eyes.sight("records", "nik") != "hidden" else ():
            if row.get(name):
                text = str(row[name])
                yield Said(text, self._masked(believed, name) not in (None, text))
        for name, worded in (("sex", _sex), ("village", area_name)):
            if row.get(name):
                differs = believed.get(name) not in (None, row[name])
                yield Said(worded(str(row[name]), self.eyes.language), differs)

    def _masked(self, believed: Row, name: str) -> str | None:
        """What is believed, masked as the release masks the records."""
        column, value = pack().tables[PERSON].columns[name], believed.get(name)
        if value is None or column.mask is None:
            return None
        day = as_date(value) if column.type == "date" else None
        return masked(column.mask, day or opened(value))

    def _touching(self, person_id: str) -> list[Row]:
        return [
            one
            for one in self.links
            if person_id
            in (
                self.owner.get((one["left_source"], one["left_id"])),
                self.owner.get((one["right_source"], one["right_id"])),
            )
        ]


def _sex(code: str, language: Language) -> str:
    return code_label("sex", code, language)


def _grouped(rows: Iterable[Row] | None) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows or ():
        found.setdefault(row["person_id"], []).append(row)
    return found


def hidden_values(eyes: Eyes) -> bool:
    """Whether some columns are not shown to this viewer at all."""
    tables = (eyes.classes.tables.get(table, {}) for table in (PERSONS, FAMILIES))
    return any(eyes.viewer.sight(one) == "hidden" for table in tables for one in table.values())
