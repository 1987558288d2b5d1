"""Reads `schema/*.toml`: one file a table, and `references.toml`, shared by tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.registry.kinds import KIND_TABLE
from tangga.registry.mistakes import Mistakes, line_of, nearest
from tangga.registry.model import CodeList, Column, Order, Table
from tangga.registry.toml_limits import parse_toml

REFERENCES = "references"
TABLE_KEYS: dict[str, type] = {
    "key": list,
    "columns": dict,
    "sections": dict,
    "orders": list,
    "references": bool,
    "facts_from": list,
}
FACTS_KEYS = {"table", "sections"}
ORDER_KEYS = {"first", "then", "strict"}
COLUMN_KEYS: dict[str, type | tuple[type, ...]] = {
    "type": str,
    "codes": str,
    "section": str,
    "privacy": str,
    "source": str,
    "minimum": object,
    "maximum": object,
    "not_after_as_of": bool,
    "pattern": str,
    "max_length": int,
    "required": bool,
    "register": bool,
    "unread_of": str,
    "kinds": list,
    "mask": str,
}
NEEDED_COLUMN_KEYS = ("type", "privacy", "source")


@dataclass(frozen=True)
class SchemaFile:
    """One TOML file of the schema: where it is, its text, what it says."""

    path: Path
    text: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The table's name: the file's stem."""
        return self.path.stem

    def line(self, header: str | None, key: str | None = None) -> int | None:
        """The line of a header, or of a key below it."""
        return line_of(self.text, header, key)


class TableReader:
    """Builds tables from files, noting every mistake on the way."""

    def __init__(
        self, codes: Mapping[str, CodeList], languages: Sequence[str], mistakes: Mistakes
    ) -> None:
        self.codes, self.languages, self.mistakes = codes, languages, mistakes
        self.label_keys = {f"label_{language}" for language in languages}

    def read(self, folder: Path) -> dict[str, Table]:
        """Every table of a schema folder by name; a table with a mistake may be absent."""
        files = {f.name: f for f in map(self._parse, sorted(folder.glob("*.toml"))) if f}
        shared = files.pop(REFERENCES, None)
        references = self._references(shared) if shared else {}
        columns = {name: self._columns(file) for name, file in files.items()}
        tables = (self._table(file, columns, references, files) for file in files.values())
        return {table.name: table for table in tables if table is not None}

    def _parse(self, path: Path) -> SchemaFile | None:
        """One file, when its keys are at least of the right types."""
        try:
            text = path.read_text(encoding="utf-8")
            file = SchemaFile(path, text, parse_toml(text, parse_float=Decimal))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.mistakes.add(f"not readable as TOML: {error}", path)
            return None
        wrong = [key for key, value in file.data.items() if not _fits_table_key(key, value)]
        for key in wrong:
            what = f"{key} is of the wrong type, or holds what it cannot"
            self.mistakes.add(what, path, file.line(None, key) or file.line(key))
        return None if wrong else file

    def _references(self, file: SchemaFile) -> dict[str, Column]:
        self._check_keys(file, None, file.data, {"columns"})
        columns = self._columns(file)
        return {name: replace(column, reference=True) for name, column in columns.items()}

    def _columns(self, file: SchemaFile) -> dict[str, Column]:
        sent = file.data.get("columns", {})
        built = (self._column(file, name, data) for name, data in sent.items())
        return {column.name: column for column in built if column is not None}

    def _column(self, file: SchemaFile, name: str, data: dict[str, Any]) -> Column | None:
        header = f"columns.{name}"
        if not self._check_column_keys(file, header, data):
            return None
        options = {k: v for k, v in data.items() if k not in self.label_keys}
        try:
            return Column(
                name=name,
                labels=self._labels(file, header, data),
                **_column_options(options, self.codes),
            )
        except ValueError as error:
            self.mistakes.add(f"column {name}: {error}", file.path, file.line(header))
            return None

    def _check_column_keys(self, file: SchemaFile, header: str, data: dict[str, Any]) -> bool:
        stands = self._check_keys(file, header, data, self.label_keys | set(COLUMN_KEYS))
        for key in NEEDED_COLUMN_KEYS:
            if key not in data:
                self.mistakes.add(f"[{header}] lacks {key}", file.path, file.line(header))
                stands = False
        for key, value in data.items():
            if not isinstance(value, COLUMN_KEYS.get(key, str)):
                what = f"[{header}] {key} = {value!r} is of the wrong type"
                self.mistakes.add(what, file.path, file.line(header, key))
                stands = False
        for kind in data.get("kinds", []) if stands else []:
            if kind not in KIND_TABLE:
                line = file.line(header, "kinds")
                self.mistakes.add(f"no kind {kind!r}", file.path, line, nearest(kind, KIND_TABLE))
        code_list = data.get("codes")
        if stands and code_list is not None and code_list not in self.codes:
            what = f"[{header}] names a code list that is not in codes/: {code_list!r}"
            todo = nearest(code_list, self.codes)
            self.mistakes.add(what, file.path, file.line(header, "codes"), todo)
            stands = False
        return stands

    def _check_keys(
        self, file: SchemaFile, header: str | None, data: Mapping[str, Any], valid: set[str]
    ) -> bool:
        unknown = [key for key in data if key not in valid]
        for key in unknown:
            what = f"unknown key {key!r}" + (f" in [{header}]" if header else "")
            self.mistakes.add(what, file.path, file.line(header, key), nearest(key, valid))
        return not unknown

    def _labels(
        self, file: SchemaFile, header: str | None, data: Mapping[str, Any]
    ) -> dict[str, str]:
        labels = {}
        for language in self.languages:
            label = data.get(f"label_{language}")
            if not isinstance(label, str) or not label.strip():
                where = f" in [{header}]" if header else ""
                what = f"label_{language} is missing{where}"
                self.mistakes.add(what, file.path, file.line(header))
            else:
                labels[language] = label
        return labels

    def _table(
        self,
        file: SchemaFile,
        columns: Mapping[str, dict[str, Column]],
        references: Mapping[str, Column],
        files: Mapping[str, SchemaFile],
    ) -> Table | None:
        data = file.data
        self._check_keys(file, None, data, TABLE_KEYS.keys() | self.label_keys)
        sections = self._sections(file)
        own = dict(columns[file.name])
        for name, column, section in self._facts(file, columns, files):
            own.setdefault(name, column)
            sections.setdefault(column.section, section)
        if data.get("references", False):
            own = {**{n: c for n, c in references.items() if n not in own}, **own}
        try:
            return Table(
                name=file.name,
                labels=self._labels(file, None, data),
                columns=own,
                key=tuple(data.get("key", ())),
                sections=sections,
                orders=self._orders(file),
            )
        except ValueError as error:
            self.mistakes.add(str(error), file.path)
            return None

    def _sections(self, file: SchemaFile) -> dict[str, dict[str, str]]:
        sections = {}
        for name, data in file.data.get("sections", {}).items():
            header = f"sections.{name}"
            self._check_keys(file, header, data, self.label_keys)
            sections[name] = self._labels(file, header, data)
        return sections

    def _facts(
        self,
        file: SchemaFile,
        columns: Mapping[str, dict[str, Column]],
        files: Mapping[str, SchemaFile],
    ) -> list[tuple[str, Column, dict[str, str]]]:
        """The columns that this table shares with another, section by section."""
        shared = []
        for entry in file.data.get("facts_from", []):
            self._check_keys(file, "facts_from", entry, FACTS_KEYS)
            origin = files.get(entry.get("table", ""))
            if origin is None:
                what = f"facts_from names no table of the schema: {entry.get('table')!r}"
                self.mistakes.add(what, file.path, file.line("facts_from"))
                continue
            sections = origin.data.get("sections", {})
            for wanted in entry.get("sections", ()):
                if wanted not in sections:
                    what = f"facts_from: {origin.name} has no section {wanted!r}"
                    self.mistakes.add(what, file.path, file.line("facts_from"))
            for column in columns[origin.name].values():
                if column.section in entry.get("sections", ()) and column.section in sections:
                    labels = sections[column.section]
                    words = {lang: labels.get(f"label_{lang}", "") for lang in self.languages}
                    shared.append((column.name, replace(column, required=False), words))
        return shared

    def _orders(self, file: SchemaFile) -> tuple[Order, ...]:
        orders = []
        for entry in file.data.get("orders", []):
            if self._check_keys(file, "orders", entry, ORDER_KEYS):
                try:
                    orders.append(Order(**entry))
                except TypeError:
                    what = "[[orders]] needs first and then"
                    self.mistakes.add(what, file.path, file.line("orders"))
        return tuple(orders)


def _fits_table_key(key: str, value: object) -> bool:
    """Whether the value of a key of a table file is of its type; unknown keys pass."""
    if not isinstance(value, TABLE_KEYS.get(key, object)):
        return False
    if key in ("columns", "sections"):
        return isinstance(value, dict) and all(isinstance(part, dict) for part in value.values())
    if key in ("orders", "facts_from"):
        return isinstance(value, list) and all(isinstance(part, dict) for part in value)
    return True


def _column_options(options: dict[str, Any], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    """The keys of a column as the dataclass takes them."""
    built = dict(options)
    if "codes" in built:
        built["codes"] = codes[built["codes"]]
    if "kinds" in built:
        built["kinds"] = tuple(built["kinds"])
    for limit in ("minimum", "maximum"):
        if built.get("type") == "decimal" and isinstance(built.get(limit), int):
            built[limit] = Decimal(built[limit])
    return built
