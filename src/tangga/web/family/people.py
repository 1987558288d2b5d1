"""The members of a family, each as the viewer may see them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from tangga.rules.days import whole_months
from tangga.rules.facts import DEAD
from tangga.texts import say
from tangga.web.family.eyes import WAS, Eyes, Row, Shown, as_date
from tangga.web.pack import pack

SHOWN = Path(__file__).with_name("shown.toml")
PERSONS, PERSON = "persons", "person"
HEAD = "head"
MONTHS_A_YEAR = 12


@cache
def chosen() -> Mapping[str, Any]:
    """Which columns the page shows (`shown.toml`)."""
    return tomllib.loads(SHOWN.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Flag:
    """Something that makes a member stand out. state: known, or hidden: that something may be on
    record is all that the viewer learns."""

    label: str
    text: str


@dataclass(frozen=True)
class Member:
    """One person of the family. age: in words; flags_hidden: there are columns of which this
    viewer sees nothing, whatever stands in them; reveal: where the number is shown in full, with a
    reason, "" for who may not."""

    id: str
    name: Shown
    relation: Shown
    sex: Shown
    born: Shown
    age: str
    nik: Shown
    dead: bool
    is_head: bool
    details: tuple[str, ...]
    flags: tuple[Flag, ...]
    flags_hidden: bool
    reveal: str


def members(eyes: Eyes, rows: Sequence[Row] | None, head: str | None, on: date) -> list[Member]:
    """Everybody on record: the head first, then from the eldest on, the dead last."""
    found = [_member(eyes, row, head, on) for row in rows or ()]
    return sorted(found, key=lambda one: (one.dead, not one.is_head))


def _member(eyes: Eyes, row: Row, head: str | None, on: date) -> Member:
    hidden = any(eyes.sight(PERSONS, name) != "full" for name in _flag_columns(eyes))
    return Member(
        id=row["person_id"],
        name=named(eyes, row),
        relation=eyes.show(PERSONS, row, "relation", PERSON),
        sex=eyes.show(PERSONS, row, "sex", PERSON),
        born=_born(eyes, row),
        age=age(eyes, row, on),
        nik=eyes.show(PERSONS, row, "nik", PERSON),
        dead=row.get("status") == DEAD,
        is_head=row["person_id"] == head,
        details=tuple(_details(eyes, row)),
        flags=tuple(_flags(eyes, row)),
        flags_hidden=hidden,
        reveal=_reveal(eyes, row),
    )


def _reveal(eyes: Eyes, row: Row) -> str:
    """Numbers are masked for everybody: the page that shows one asks why."""
    corrected = "nik" in row.get(WAS, ())  # the page of numbers shows those of the release
    if row.get("nik") is None or corrected or not eyes.viewer.may("reveal"):
        return ""
    return str(reverse("reveal", args=[row["person_id"]]))


def named(eyes: Eyes, row: Row) -> Shown:
    """A person's name; initials where the viewer sees part of it."""
    return eyes.show(PERSONS, row, "name", PERSON)


def _born(eyes: Eyes, row: Row) -> Shown:
    """The birth date, or the year where that is all that is known or may be seen."""
    whole = eyes.show(PERSONS, row, "birth_date", PERSON)
    if whole.state == "known":
        return whole
    year = eyes.show(PERSONS, row, "birth_year", PERSON)
    return year if year.state == "known" else whole


def age(eyes: Eyes, row: Row, on: date) -> str:
    """How old a person is on a day, in words; "" where that may not be seen."""
    born = as_date(row.get("birth_date")) if eyes.sees(PERSONS, "birth_date") else None
    if row.get("status") == DEAD:
        return ""
    if born is not None:
        count = whole_months(born, on) // MONTHS_A_YEAR
        return say("rules.years", eyes.language, number=count)
    year = row.get("birth_year") if eyes.sees(PERSONS, "birth_year") else None
    if year is None:
        return ""
    return say("web_family.about_years", eyes.language, number=on.year - int(year))


def _details(eyes: Eyes, row: Row) -> Iterator[str]:
    """What else matters, in few words: a code speaks for itself, a yes needs its label."""
    columns = pack().tables[PERSON].columns
    for name in chosen()["member"]["columns"]:
        value = row.get(name)
        if name not in columns or value is None or _quiet(value):
            continue
        shown = eyes.show(PERSONS, row, name, PERSON)
        if shown:
            yield columns[name].labels[eyes.language] if value is True else shown.text


def _flag_columns(eyes: Eyes) -> list[str]:
    known = eyes.classes.tables.get(PERSONS, {})
    return [name for name in chosen()["flags"]["columns"] if name in known]


def _flags(eyes: Eyes, row: Row) -> Iterator[Flag]:
    columns = pack().tables[PERSON].columns
    for name in _flag_columns(eyes):
        value = row.get(name)
        if value is None or _quiet(value) or not eyes.sees(PERSONS, name):
            continue
        label = columns[name].labels[eyes.language] if name in columns else name
        text = "" if value is True else eyes.show(PERSONS, row, name, PERSON).text
        yield Flag(label, text)


def _quiet(value: Any) -> bool:
    return value is False or value in chosen()["flags"]["quiet"]


@dataclass(frozen=True)
class Elsewhere:
    """Somebody whom a card or a source counts in this family, but whose family is another.

    family_id: None where that family is in an area that the viewer does not see, or unknown.
    """

    name: Shown
    relation: Shown
    kinds: tuple[str, ...]
    family_id: str | None


def elsewhere(eyes: Eyes, rows: Iterable[Row] | None) -> list[Elsewhere]:
    """Those who are also named in this family."""
    kinds = pack().codes.get("membership_kind")
    return [
        Elsewhere(
            name=named(eyes, row),
            relation=eyes.show("memberships", row, "relation", "membership"),
            kinds=tuple(
                kinds.label(kind, eyes.language) if kinds and kind in kinds else kind
                for kind in sorted(row.get("kinds") or ())
            ),
            family_id=row.get("family_id"),
        )
        for row in rows or ()
    ]


@dataclass(frozen=True)
class Names:
    """What the people of a page are called, by id."""

    eyes: Eyes
    rows: Mapping[str, Row]

    @classmethod
    def of(cls, eyes: Eyes, rows: Iterable[Row] | None) -> Names:
        """Of the rows of `persons`."""
        return cls(eyes, {row["person_id"]: row for row in rows or ()})

    def __call__(self, person_id: str | None, privacy: str = "") -> str:
        """A person's name; that they live elsewhere, where the viewer does not see them.

        privacy: of the column that names them. Where that is masked, a member whose name the
        viewer reads on the same page is named: initials beside the list of members hide nobody.
        Where it is hidden, it stays so.
        """
        if person_id is None:
            return ""
        row = self.rows.get(person_id)
        if row is None:
            return say("web_family.elsewhere", self.eyes.language)
        shown = named(self.eyes, row)
        sight = self.eyes.viewer.sight(privacy) if privacy else "full"
        return say("web.hidden", self.eyes.language) if sight == "hidden" else shown.text
