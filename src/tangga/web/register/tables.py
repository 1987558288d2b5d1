"""How each table of a release stands in the database: `tables.toml`, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.model import Column, Pack

FILE = Path(__file__).parent / "tables.toml"
NATION = "!"
"""The area of what belongs to the whole country: sorts before every code, and is not empty."""

CASE = "case"
OPEN = "open"
NUMBERED = ("identity", "account")
"""Classes in whose texts a national number may stand."""

KINDS = ("own", "family", "person", "record", "id")
_LISTS = ("sealed", "blind", "masked", "texts", "unique")
_KEYS = {"area", "above", "rename", "schema", "indexes", "by_area", "case", *_LISTS}


@dataclass(frozen=True)
class Way:
    """One way to find the area of a row: a kind of KINDS, and the columns it is read from."""

    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Stored:
    """One table as tables.toml describes it; see there. is_open: for all who have signed in."""

    name: str
    area: tuple[Way, ...]
    is_open: bool = False
    above: bool = False
    case: bool = False
    by_area: bool = True
    schema: str = ""
    rename: tuple[tuple[str, str], ...] = ()
    sealed: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()

    def stored_as(self, column: str) -> str:
        """A column's name in the database."""
        return dict(self.rename).get(column, column)

    def seals(self, column: str, pack: Pack) -> bool:
        """Whether nothing but its seal may be stored of a column."""
        if column in self.masked:
            return False
        declared = self._declared(column, pack)
        return column in self.sealed or (
            declared is not None
            and declared.type == "identifier"
            and declared.privacy in NUMBERED
            and not declared.reference
        )

    def reads_through(self, column: str, privacy: str, pack: Pack) -> bool:
        """Whether a text is looked through for numbers that would have to be sealed."""
        if column in self.masked or self.seals(column, pack):
            return False
        declared = self._declared(column, pack)
        written = declared is not None and declared.type == "text"
        return written or column in self.texts or privacy in (*NUMBERED, CASE)

    def _declared(self, column: str, pack: Pack) -> Column | None:
        table = pack.tables.get(self.schema)
        return table.columns.get(column) if table is not None else None


@cache
def stored() -> Mapping[str, Stored]:
    """Every table by its name in a release, without those of the case team alone."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _read(name, said) for name, said in data.items()}


def storage_of(name: str) -> Stored | None:
    """How a table of a release is stored, NAME_case as NAME; None for one that nobody described."""
    known = stored()
    if name in known:
        return known[name]
    base = known.get(name.removesuffix(f"_{CASE}"))
    if base is None:
        return None
    kept = {key: getattr(base, key) for key in Stored.__dataclass_fields__}
    return Stored(**kept | {"name": name, "case": True, "above": False, "unique": ()})


def number_pattern(pack: Pack) -> str:
    """What a number that the country gives looks like inside a text, for RE2; '' for none."""
    patterns = {f"(?:{column.pattern})" for column in _country_numbers(pack) if column.pattern}
    return "|".join(sorted(patterns))


def _country_numbers(pack: Pack) -> list[Column]:
    """Those by which records of any source say of whom they speak: a person's, a family card's."""
    each = [column for table in pack.tables.values() for column in table.columns.values()]
    return [
        column
        for column in each
        if column.type == "identifier"
        and column.privacy == "identity"
        and column.name in {one.name for one in each if one.reference}
    ]


def _read(name: str, said: Mapping[str, Any]) -> Stored:
    """BadPack for a key or a way that there is not."""
    wrong = set(said) - _KEYS
    ways = said.get("area")
    if wrong or ways is None:
        raise BadPack(f"{name}: {', '.join(sorted(wrong)) or 'no area'}", file=FILE)
    is_open = ways == OPEN
    return Stored(
        name=name,
        area=() if is_open else tuple(_way(name, way) for way in ways),
        is_open=is_open,
        above=bool(said.get("above", False)),
        case=bool(said.get("case", False)),
        by_area=bool(said.get("by_area", True)),
        schema=str(said.get("schema", "")),
        rename=tuple(said.get("rename", {}).items()),
        unique=tuple(said.get("unique", ())),
        indexes=tuple(tuple(columns) for columns in said.get("indexes", ())),
        **{key: frozenset(said.get(key, ())) for key in ("sealed", "blind", "masked", "texts")},
    )


def _way(name: str, text: str) -> Way:
    kind, _, columns = text.partition(":")
    if kind not in KINDS or not columns:
        raise BadPack(f"{name}: no way to an area", value=text, file=FILE)
    return Way(kind, tuple(columns.split(",")))
