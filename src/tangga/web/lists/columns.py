"""Which columns of a list a viewer sees, what they are called, and how a value is shown.

A column is shown, masked or left out by its privacy class in the release's manifest. National
numbers are masked for everybody; only a permitted export opens them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.model import Column as Declared
from tangga.registry.privacy import masked
from tangga.texts import Language, catalogue, say
from tangga.web.lists.definitions import Definition
from tangga.web.lists.fitting import lacking
from tangga.web.lists.release import Held
from tangga.web.lists.words import said, word
from tangga.web.pack import area_name, pack
from tangga.web.register.made import INDEX
from tangga.web.register.tables import stored
from tangga.web.secrets import unseal
from tangga.web.viewer import Viewer

FILE = Path(__file__).parent / "columns.toml"
PERSON, FAMILY = "p", "f"
"""Aliases of the person and of the family that a row is about."""

DOOR = "rt_rw"
DOOR_SQL = "nullif(concat_ws('/', {0}.rt, {0}.rw), '')"
"""Both numbers of a neighbourhood in one column, as officers write them."""

KINDS = {"DATE": "day", "BOOLEAN": "yes_no", "TIMESTAMP": "moment"}
NUMBERS = ("INTEGER", "BIGINT", "SMALLINT", "DOUBLE", "DECIMAL", "TINYINT", "UINTEGER", "HUGEINT")


@dataclass(frozen=True)
class Shown:
    """A column on a page. kind: text, number, plain (a year, a decile), rupiah, day, moment,
    yes_no, code, area, sealed (a national number).

    way: how it is masked for this viewer, '' where it is shown whole. zero: name of the text that
    stands for a nought, '' where a nought says what it is; none: the same of nothing.
    """

    name: str
    label: str
    sql: str
    kind: str = "text"
    codes: str = ""
    way: str = ""
    privacy: str = "open"
    zero: str = ""
    none: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.kind in ("number", "rupiah")

    def text(self, value: Any, language: Language, day: date) -> str:
        """The value in words; '' where there is none."""
        if value is None:
            return say(self.none, language) if self.none else ""
        if self.kind == "sealed":
            return masked("last4", unseal(value)) or ""
        if self.way:
            return masked(self.way, value) or say("web.hidden", language)
        if self.zero and value == 0:
            return say(self.zero, language)
        if self.kind == "code":
            return word(self.codes, str(value), language, day)
        return said(self.kind, value, language)


@dataclass(frozen=True)
class Layout:
    """The columns of a list for one viewer. hidden: labels of those that the role does not see;
    missing: of those that the list asks for and this release does not record.

    family: SQL of the family's id, '' where a row has no family.
    """

    columns: tuple[Shown, ...]
    hidden: tuple[str, ...]
    missing: tuple[str, ...]
    family: str
    joins: str

    def named(self, name: str) -> Shown | None:
        """The column of that name."""
        return next((one for one in self.columns if one.name == name), None)


def layout(definition: Definition, viewer: Viewer, release: Held) -> Layout:
    """What the viewer sees of a list of this release."""
    about = _about(definition, release)
    shown: dict[str, Shown] = {}
    hidden: dict[str, str] = {}
    missing = {column: table for table, column in lacking(definition, release.has)}
    for wanted in _wanted(definition, about):
        column = _column(definition, wanted, about, viewer, release)
        if column is None:
            if wanted in definition.columns:
                alias, _, name = wanted.rpartition(".")
                missing.setdefault(name, about.table(alias, definition.table))
        elif viewer.sight(column.privacy) == "hidden":
            hidden[column.name] = column.label
        else:
            shown.setdefault(column.name, column)
    return Layout(
        columns=tuple(shown.values()),
        hidden=tuple(hidden.values()),
        missing=_labels(missing, viewer.language) if release.has(definition.table) else (),
        family=about.family_id,
        joins=about.joins,
    )


def _labels(columns: Mapping[str, str], language: Language) -> tuple[str, ...]:
    """Of columns and their tables, each once."""
    found = (
        _label(table, name, _declared(table, name), language) for name, table in columns.items()
    )
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class About:
    """Whom the rows of a list are about. person, family: alias whose columns say so, or ''."""

    person: str
    family: str
    family_id: str
    joins: str

    def table(self, alias: str, own: str) -> str:
        """The table behind an alias."""
        if alias == "t":
            return own
        return {PERSON: "persons", FAMILY: INDEX}.get(alias, "")


def _about(definition: Definition, release: Held) -> About:
    table, joins = definition.table, []
    person = "t" if table == "persons" else ""
    family = "t" if table == INDEX else ""
    family_id = "t.family_id" if release.has(table, "family_id") else ""
    if not person and release.has(table, "person_id"):
        person = PERSON
        joins.append(f"LEFT JOIN persons AS {PERSON} ON {PERSON}.person_id = t.person_id")
    if not family and family_id:
        family = FAMILY
        joins.append(f"LEFT JOIN {INDEX} AS {FAMILY} ON {FAMILY}.family_id = t.family_id")
    return About(person, family, family_id, " ".join(joins))


def _wanted(definition: Definition, about: About) -> Iterable[str]:
    """Columns in their order: who, where, what this list says, how the family stands."""
    person = [f"{about.person}.name", f"{about.person}.birth_year"] if about.person else []
    family = [f"{about.family}.head_name"] if about.family else []
    yield from (*family, *person[:1]) if definition.unit == "family" else (*person, *family)
    yield "t.area"
    if about.family:
        yield f"{about.family}.{DOOR}"
    yield from (one for one in definition.columns if one.split(".")[-1] not in _not_shown())
    if about.family and not definition.case:
        yield from (f"{about.family}.decile", f"{about.family}.rung")


def _column(
    definition: Definition, wanted: str, about: About, viewer: Viewer, release: Held
) -> Shown | None:
    """The column as this viewer sees it; None where the release has no such column."""
    alias, _, name = wanted.rpartition(".")
    if alias == FAMILY and about.family == "t":
        alias = "t"
    table = about.table(alias, definition.table)
    if name == "area":
        label = _label(definition.table, name, None, viewer.language)
        return Shown(name, label, "t.area", "area")
    if not release.has(table, name):
        return None
    type_, privacy = release.tables[table][name]
    declared = _declared(table, name)
    codes = _codes(definition, table, name, declared)
    column = Shown(
        name=name,
        label=_label(table, name, declared, viewer.language),
        sql=DOOR_SQL.format(alias) if name == DOOR else f"{alias}.{name}",
        kind=_kind(table, name, type_, privacy, codes),
        codes=codes,
        privacy=privacy,
        zero=_settings()["zero"].get(f"{table}.{name}", ""),
        none=_settings()["none"].get(f"{table}.{name}", ""),
    )
    if viewer.sight(privacy) != "masked":
        return column
    return replace(column, way=(declared.mask if declared else "") or _way(column))


def _way(column: Shown) -> str:
    return "initials" if column.name.endswith("name") else "hidden"


def _kind(table: str, name: str, type_: str, privacy: str, codes: str) -> str:
    storage = stored().get(table)
    if storage is not None and storage.seals(name, pack()):
        return "sealed"
    if codes:
        return "code"
    if name in _settings()["areas"]["columns"]:
        return "area"
    base = type_.partition("(")[0].split(" ")[0]
    if base in NUMBERS:
        money = privacy == "financial" or name in ("amount", "owed", "paid", "unpaid")
        return "rupiah" if money else ("plain" if name in _plain() else "number")
    return KINDS.get(base, "text")


def _codes(definition: Definition, table: str, name: str, declared: Declared | None) -> str:
    listed: Mapping[str, str] = _settings()["codes"]
    if declared is not None and declared.codes is not None:
        return declared.codes.name
    said_so = listed.get(f"{table}.{name}", listed.get(name, ""))
    by_filter = (one.codes for one in definition.filters.values() if one.column == f"t.{name}")
    return said_so or next((one for one in by_filter if one not in ("decile", "ready")), "")


def _declared(table: str, name: str) -> Declared | None:
    storage = stored().get(table)
    schema = "person" if name == "head_name" else storage.schema if storage else ""
    known = pack().tables.get(schema)
    return known.columns.get("name" if name == "head_name" else name) if known else None


def _label(table: str, name: str, declared: Declared | None, language: Language) -> str:
    for key in (f"web_list_column.{table}_{name}", f"web_list_column.{name}"):
        if key in catalogue():
            return say(key, language)
    return declared.labels.get(language, name) if declared else name


@cache
def _settings() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _plain() -> Sequence[str]:
    return tuple(_settings()["plain"]["columns"])


def _not_shown() -> Sequence[str]:
    return tuple(_settings()["not_shown"]["columns"])


def place(code: str, language: Language) -> str:
    """An area by name, whatever sign stands for the nation or for an unknown place."""
    if code and not code[0].isdigit():
        return say("web_list.no_place", language)
    return area_name(code, language)
