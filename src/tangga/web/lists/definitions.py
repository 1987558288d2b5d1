"""What a list holds and a figure counts: one definition for both, so that they cannot differ.

    definitions()["determined"]               # of definitions.toml, and of papers.toml
    source(definition)                        # FROM ... WHERE ...: of a list and of its figures
    definition.filters["programme"].sql(day)  # is compared with the address, or grouped by

A key is text: the value of a filter, or UNKNOWN where the register does not know it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.web.lists.bands import band_sql

FOLDER = Path(__file__).parent
FILES = ("definitions.toml", "papers.toml")
UNKNOWN = "-"
"""The key of rows of which the register does not know what the filter asks."""

WHOLE = ""
"""The key of a figure that counts a whole list."""

UNITS = ("family", "person", "case", "row")
NAME = re.compile(r"[a-z][a-z0-9_]*")
_TEXTS = ("id", "en", "what_id", "what_en", "acts_id", "acts_en", "missing_id", "missing_en")
_PLAIN = ("table", "join", "where", "unit", "sort", "sees")
_KEYS = {*_TEXTS, *_PLAIN, "columns", "needs", "case", "paper", "filters", "figures"}


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list. column: SQL of the list's table `t`. codes: what its values are
    called; bands: of publish.toml, where the column is a number that is told in bands; whole: a
    text for UNKNOWN, where a row that says nothing is about all of them."""

    name: str
    column: str
    codes: str = ""
    bands: str = ""
    whole: str = ""

    def sql(self, day: date) -> str:
        """The key of a row as text, UNKNOWN for NULL and for an empty text; bands as the policy has
        them on a day."""
        plain = f"nullif(({self.column})::text, '')"
        value = band_sql(self.bands, self.column, day) if self.bands else plain
        return f"coalesce({value}, '{UNKNOWN}')"


@dataclass(frozen=True)
class Figure:
    """A number that dashboards show. by: the filter that splits it; '' for the whole list.

    sum: a column whose sum is shown instead of the number of rows. hidden: numbers of fewer
    families than publish.toml allows are told to the case team only.
    """

    name: str
    list: str
    by: str = ""
    sum: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Definition:
    """One list; the keys are those of definitions.toml. table: '' where the release lacks it.

    needs: further tables that `where` or `join` read.
    sees: the class of columns of which standing on the list tells something: to whom it is hidden,
    the list is closed."""

    name: str
    texts: Mapping[str, str]
    table: str = ""
    join: str = ""
    where: str = ""
    unit: str = "family"
    columns: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sort: str = ""
    case: bool = False
    sees: str = "personal"
    paper: int | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """The title."""
        return self.texts[language]

    def text(self, what: str, language: str) -> str:
        """`what`, `acts` or `missing` in words; '' where it is not said."""
        return self.texts.get(f"{what}_{language}", "")


@cache
def definitions() -> Mapping[str, Definition]:
    """Every list by name, in the order of the files. BadPack for a key that there is not."""
    found: dict[str, Definition] = {}
    for name in FILES:
        file = FOLDER / name
        if file.is_file():
            for key, said in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if key in found:
                    raise BadPack("a list is defined twice", file=file, value=key)
                found[key] = _read(file, key, said)
    return found


@cache
def figures() -> Mapping[str, Figure]:
    """Every figure by name."""
    return {one.name: one for each in definitions().values() for one in each.figures.values()}


def source(definition: Definition) -> str:
    """`FROM table AS t ... [WHERE ...]`: the rows of a list, and so what its figures count."""
    parts = [f"FROM {definition.table} AS t", definition.join]
    parts += [f"WHERE ({definition.where})"] if definition.where else []
    return " ".join(part for part in parts if part)


def _read(file: Path, name: str, said: Mapping[str, Any]) -> Definition:
    wrong = set(said) - _KEYS
    unit = said.get("unit", "family")
    if wrong or not NAME.fullmatch(name) or unit not in UNITS or not said.get("en"):
        value = ", ".join(sorted(wrong)) or name
        raise BadPack("no such key, name or unit of a list", file=file, value=value)
    filters = {key: _filter(key, one) for key, one in said.get("filters", {}).items()}
    counted = {key: _figure(key, name, one) for key, one in said.get("figures", {}).items()}
    for one in counted.values():
        if one.by and one.by not in filters:
            raise BadPack("a figure is split by a filter that its list lacks", value=one.name)
    return Definition(
        name=name,
        texts={key: said[key] for key in _TEXTS if key in said},
        columns=tuple(said.get("columns", ())),
        needs=tuple(said.get("needs", ())),
        case=bool(said.get("case", False)),
        paper=said.get("paper"),
        filters=filters,
        figures=counted,
        **{key: said[key] for key in _PLAIN if key in said},
    )


def _filter(name: str, said: str | Mapping[str, str]) -> Filter:
    return Filter(name, said) if isinstance(said, str) else Filter(name, **said)


def _figure(name: str, of: str, said: str | Mapping[str, Any]) -> Figure:
    return Figure(name, of, said) if isinstance(said, str) else Figure(name, of, **said)
