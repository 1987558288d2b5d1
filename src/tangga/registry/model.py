"""What a pack says of its tables, columns and codes: frozen, and checked at birth."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.registry.kinds import KIND_TABLE
from tangga.registry.privacy import DEFAULT_MASK, MASKS, PRIVACY_LABELS

SQL_TYPES = {
    "text": "VARCHAR",
    "identifier": "VARCHAR",
    "integer": "INTEGER",
    "decimal": "DECIMAL(18,3)",
    "money": "BIGINT",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "code": "VARCHAR",
    "area": "VARCHAR",
    "timestamp": "TIMESTAMP",
}
"""Each type of a column with its storage in DuckDB and Parquet."""

UNREADABLE = "unreadable"
"""The code of a column with `unread_of`."""

Limit = int | Decimal | date
LIMIT_TYPES: dict[str, type] = {"integer": int, "money": int, "decimal": Decimal, "date": date}
NAME = re.compile(r"[a-z][a-z0-9_]*")
# Patterns are read twice, by Python and by DuckDB's RE2. These signs mean the same to both.
PORTABLE_PATTERN = re.compile(r"(?:\[\.\]|[A-Za-z0-9 \[\](){},|?*+/_-])+")
NOT_PORTABLE = re.compile(r"\(\?|[*+?}][+]|\[\[")


@dataclass(frozen=True)
class Code:
    """One code of a list; `source_code` is its number on the form it was taken from."""

    code: str
    labels: Mapping[str, str]
    source_code: str | None = None

    def __post_init__(self) -> None:
        _check_name(self.code, "code")


@dataclass(frozen=True)
class CodeList:
    """The codes a column may hold, in the order of the form."""

    name: str
    codes: Mapping[str, Code]

    def __post_init__(self) -> None:
        _check_name(self.name, "code list")
        if not self.codes:
            raise ValueError("a code list needs at least one code")

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def label(self, code: str, language: str) -> str:
        """A code in words; KeyError for a code that is not in the list."""
        return self.codes[code].labels[language]

    @property
    def by_source_code(self) -> dict[str, str]:
        """The form's own number -> code, for the codes that have one."""
        return {c.source_code: c.code for c in self.codes.values() if c.source_code is not None}


@dataclass(frozen=True)
class Column:
    """One thing that is recorded.

    labels: language -> words for a form.
    codes: the list behind a column of type `code`.
    minimum, maximum: inclusive; int, Decimal or date as the type has it.
    not_after_as_of: a date that cannot be later than the day the record speaks of.
    pattern: what the whole text must match, in signs that Python and RE2 read alike.
    reference: says which person or family a row speaks of; not a fact of the row.
    register: filled by the register itself; no source may carry it.
    unread_of: names the column of which this one says `unreadable`, where a text stood there and
    was not understood: that is not the same as nothing.
    kinds: the kinds of source that may carry it; empty: all kinds of its table.
    mask: how it is shown where an audience may see part of it.
    """

    name: str
    type: str
    labels: Mapping[str, str]
    privacy: str
    source: str
    codes: CodeList | None = None
    section: str = ""
    minimum: Limit | None = None
    maximum: Limit | None = None
    not_after_as_of: bool = False
    pattern: str | None = None
    max_length: int | None = None
    required: bool = False
    reference: bool = False
    register: bool = False
    unread_of: str = ""
    kinds: tuple[str, ...] = ()
    mask: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name, "column")
        if self.type not in SQL_TYPES:
            raise ValueError(f"type {self.type!r} is none of {', '.join(SQL_TYPES)}")
        if self.privacy not in PRIVACY_LABELS:
            raise ValueError(f"privacy {self.privacy!r} is none of {', '.join(PRIVACY_LABELS)}")
        if (self.codes is not None) != (self.type == "code"):
            raise ValueError("type code needs codes, and only type code may have them")
        if not self.mask:
            object.__setattr__(self, "mask", DEFAULT_MASK.get(self.type, "hidden"))
        if self.mask not in MASKS:
            raise ValueError(f"mask {self.mask!r} is none of {', '.join(MASKS)}")
        if self.unread_of and (self.codes is None or UNREADABLE not in self.codes):
            raise ValueError(f"unread_of needs a code list with the code {UNREADABLE}")
        self._check_limits()
        self._check_text_rules()

    def _check_limits(self) -> None:
        for limit in (self.minimum, self.maximum):
            if limit is not None and type(limit) is not LIMIT_TYPES.get(self.type):
                raise ValueError(f"type {self.type} cannot have the limit {limit!r}")
        low, high = self.minimum, self.maximum
        if low is not None and high is not None and low > high:  # type: ignore[operator]
            raise ValueError(f"minimum {low} is above maximum {high}")
        if self.not_after_as_of and self.type != "date":
            raise ValueError("not_after_as_of is for dates")

    def _check_text_rules(self) -> None:
        textual = self.type in ("text", "identifier")
        if (self.pattern is not None or self.max_length is not None) and not textual:
            raise ValueError("pattern and max_length are for text and identifier")
        if self.pattern is None:
            return
        if not PORTABLE_PATTERN.fullmatch(self.pattern) or NOT_PORTABLE.search(self.pattern):
            raise ValueError(f"pattern {self.pattern!r} uses signs that SQL and Python read apart")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern {self.pattern!r}: {error}") from error

    @property
    def sql_type(self) -> str:
        """How DuckDB and Parquet store it."""
        return SQL_TYPES[self.type]

    @property
    def label_id(self) -> str:
        """The label in Indonesian, or the name where the pack has none."""
        return self.labels.get("id", self.name)

    @property
    def label_en(self) -> str:
        """The label in English, or the name where the pack has none."""
        return self.labels.get("en", self.name)


@dataclass(frozen=True)
class Order:
    """Two dates of one row that must not stand the wrong way round.

    strict: the second must be later; otherwise it may be the same day.
    """

    first: str
    then: str
    strict: bool = False


@dataclass(frozen=True)
class Table:
    """One kind of thing that the register holds.

    key: the columns that tell rows apart. sections: name -> labels, in the order of forms.
    """

    name: str
    labels: Mapping[str, str]
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name, "table")
        for name in (*self.key, *(n for o in self.orders for n in (o.first, o.then))):
            if name not in self.columns:
                raise ValueError(f"key or order names the column {name!r}, which is not there")
        for order in self.orders:
            if {self.columns[n].type for n in (order.first, order.then)} != {"date"}:
                raise ValueError(f"order of {order.first} and {order.then}: both must be dates")
        for column in self.columns.values():
            if column.section and column.section not in self.sections:
                raise ValueError(f"column {column.name}: no section {column.section!r}")
            if column.unread_of and column.unread_of not in self.columns:
                raise ValueError(f"column {column.name}: no column {column.unread_of!r}")

    @property
    def label_id(self) -> str:
        """The label in Indonesian, or the name where the pack has none."""
        return self.labels.get("id", self.name)

    @property
    def label_en(self) -> str:
        """The label in English, or the name where the pack has none."""
        return self.labels.get("en", self.name)

    def for_kind(self, kind: str) -> dict[str, Column]:
        """The columns that a source of this kind may carry (references among them)."""
        return {
            name: column
            for name, column in self.columns.items()
            if not column.register and (not column.kinds or kind in column.kinds)
        }

    @property
    def references(self) -> dict[str, Column]:
        """The columns that say which person or family a row speaks of."""
        return {name: column for name, column in self.columns.items() if column.reference}


@dataclass(frozen=True)
class Pack:
    """A country pack as read: `data` is pack.toml whole, for the parts that others read."""

    name: str
    dir: Path
    title: str
    languages: tuple[str, ...]
    area_system: str
    tables: Mapping[str, Table]
    codes: Mapping[str, CodeList]
    data: Mapping[str, Any]

    @property
    def ranker(self) -> Mapping[str, str] | None:
        """Who ranks families, language -> words, where somebody else does; None: nobody else, so
        that a model may. Then no rank of our own is ever made."""
        said = self.data.get("ranking", {})
        if "by" not in said:
            return None
        return {language: said[f"label_{language}"] for language in self.languages}

    @property
    def ranker_code(self) -> str | None:
        """The ranker as a row names it in `ranked_by`; None where the pack does not say."""
        code = self.data.get("ranking", {}).get("code")
        return None if code is None else str(code)

    @property
    def local_ranks(self) -> str | None:
        """The family's fact whose areas have deciles of their own; None where none is named."""
        local = self.data.get("ranking", {}).get("local")
        return None if local is None else str(local)

    def table_of(self, kind: str) -> Table:
        """The table that a kind of source fills; KeyError for a kind that is none."""
        return self.tables[KIND_TABLE[kind]]

    def hash(self) -> str:
        """sha256 over every file of the pack (path and bytes), in order of path."""
        digest = hashlib.sha256()
        for path in pack_files(self.dir):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self.dir).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def pack_files(folder: Path) -> list[Path]:
    """Every file of a pack but hidden ones, in an order that no machine changes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    shown = (p for p in files if not any(_hidden(part) for part in p.relative_to(folder).parts))
    return sorted(shown, key=lambda path: path.relative_to(folder).as_posix())


def _hidden(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"


def _check_name(name: str, what: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{what} {name!r}: names are lower-case letters, digits and _")
