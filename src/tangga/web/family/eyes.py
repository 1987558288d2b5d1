"""What one viewer may see of one release: each value in words, masked, or said to be hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from tangga.registry.model import Column
from tangga.registry.privacy import PRIVACY_LABELS, Sight, masked
from tangga.rules.wording import exact
from tangga.texts import Language, long_date, say
from tangga.web import secrets
from tangga.web.family.classes import Classes
from tangga.web.pack import area_name, pack
from tangga.web.viewer import Viewer

Row = Mapping[str, Any]
WAS = "~was"
"""Key in a row of what the release says of columns that were corrected since: column -> value."""

NUMBERED = ("identity", "account")
"""Classes whose numbers are masked for everybody: one is shown in full elsewhere, with a reason."""

NUMBER_MASK = "last4"


@dataclass(frozen=True)
class Shown:
    """A value in words. state: known, unknown (nothing on record), masked or hidden. was: of one
    that was corrected since the release, what the release says."""

    text: str
    state: Literal["known", "unknown", "masked", "hidden"] = "known"
    raw: Any = None
    was: str | None = None

    def __bool__(self) -> bool:
        return self.state in ("known", "masked")


@dataclass(frozen=True)
class Eyes:
    """A viewer before a release. language: what they read."""

    viewer: Viewer
    classes: Classes
    language: Language

    @cached_property
    def full(self) -> frozenset[str]:
        """The classes that the viewer reads whole."""
        return frozenset(one for one in PRIVACY_LABELS if self.viewer.sight(one) == "full")

    def sight(self, table: str, column: str) -> Sight:
        """How the viewer sees a column of the release."""
        return self.viewer.sight(self.classes.of(table, column))

    def sees(self, table: str, column: str) -> bool:
        """Whether the viewer reads a column whole."""
        return self.classes.of(table, column) in self.full

    def show(self, table: str, row: Row, column: str, schema: str = "") -> Shown:
        """A value of a row. schema: the pack's table that says what the column is."""
        known = _column(schema, column)
        privacy = self.classes.of(table, column)
        shown = self.shown(privacy, row.get(column), known)
        if column not in row.get(WAS, ()):
            return shown
        return replace(shown, was=self.shown(privacy, row[WAS][column], known).text)

    def shown(self, privacy: str, value: Any, column: Column | None) -> Shown:
        """A value of a privacy class, as a column of the pack words it."""
        sight = self.viewer.sight(privacy)
        if sight == "hidden":
            return Shown(say("web.hidden", self.language), "hidden")
        if value is None:
            return Shown(say("web.unknown", self.language), "unknown")
        if column is not None and column.type == "identifier" and privacy in NUMBERED:
            return Shown(masked(NUMBER_MASK, opened(value)) or "", "masked")
        if sight == "masked":
            return self._masked(column, value)
        return Shown(in_words(value, column, self.language), "known", value)

    def _masked(self, column: Column | None, value: Any) -> Shown:
        way = column.mask if column is not None and column.mask else "hidden"
        if column is not None and column.type == "date":
            value = as_date(value) or value
        text = masked(way, value)
        if text is None:
            return Shown(say("web.hidden", self.language), "hidden")
        return Shown(text, "masked")


def _column(schema: str, name: str) -> Column | None:
    table = pack().tables.get(schema)
    return table.columns.get(name) if table is not None else None


def opened(value: Any) -> str:
    """A sealed number as text; JSON of the database writes bytes as `\\x...`."""
    if isinstance(value, str) and value.startswith("\\x"):
        return secrets.unseal(bytes.fromhex(value[2:]))
    return secrets.unseal(bytes(value)) if isinstance(value, bytes | memoryview) else str(value)


def as_date(value: Any) -> date | None:
    """A day of a row that came as JSON."""
    if isinstance(value, str) and len(value) >= 10:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def in_words(value: Any, column: Column | None, language: Language) -> str:
    """A known value as people say it."""
    kind = column.type if column is not None else ""
    if isinstance(value, bool):
        return say("rules.yes" if value else "rules.no", language)
    if kind == "code" and column is not None and column.codes is not None:
        code = str(value)
        return column.codes.label(code, language) if code in column.codes else code
    if kind == "area":
        return area_name(str(value), language)
    if kind == "money":
        return say("rules.money", language, number=exact(int(value), language))
    day = as_date(value) if kind == "date" else None
    if day is not None:
        return long_date(day, language)
    if isinstance(value, int | float | Decimal):
        return _number(value, column, language)
    return str(value)


def _number(value: int | float | Decimal, column: Column | None, language: Language) -> str:
    if column is not None and column.name.endswith("_year"):
        return str(value)  # a year has no separators
    return exact(value if isinstance(value, int) else Decimal(str(value)), language)
