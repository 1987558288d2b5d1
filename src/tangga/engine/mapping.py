"""How one registry column is taken from a source: an entry of a descriptor's [columns]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.engine.settings import Settings, suggestion
from tangga.registry.model import Column

KEYS = (
    "column",
    "columns",
    "codes",
    "format",
    "year",
    "month",
    "day",
    "system",
    "separator",
    "constant",
    "file",
)
SOURCES = ("column", "columns", "year", "constant", "file")
DIRECTIVE = re.compile(r"%-?(.)")
DATE_DIRECTIVES = set("dmyYbBjHMSfpIaAT%FDgGuUVWwz")


@dataclass(frozen=True)
class Mapping:
    """Where the value of one registry column comes from; exactly one of five.

    columns: source columns, joined by `separator` when there are several.
    year, month, day: the source columns of a date's parts (columns is then empty).
    constant: the same text in every row.
    codes: source value -> registry code, None where values are taken as they are.
    format: how a date is written (`%d-%m-%Y`). system: whose area codes these are.
    in_file: the pattern of a date, or of an area's code, in the name of the row's file. origin: the
    column that names the file of a row that came back repaired, where there are such rows.
    """

    columns: tuple[str, ...] = ()
    codes: dict[str, str] | None = None
    format: str | None = None
    year: str | None = None
    month: str | None = None
    day: str | None = None
    system: str | None = None
    separator: str = ""
    constant: str | None = None
    in_file: str | None = None
    origin: str | None = None

    def source_columns(self) -> tuple[str, ...]:
        """Every source column that is read."""
        parts = tuple(part for part in (self.year, self.month, self.day) if part)
        return self.columns + parts


def in_name(form: str) -> str | None:
    """A pattern, for Python and DuckDB alike, of a date so written in a file's name.

    None where the form lacks its year, month or day, or holds other signs than names do.
    """
    parts = {"%Y": "[0-9]{4}", "%m": "[0-9]{2}", "%d": "[0-9]{2}"}
    pattern = form.replace(".", "[.]")
    for directive, digits in parts.items():
        if form.count(directive) != 1:
            return None
        pattern = pattern.replace(directive, digits)
    plain = form.replace("%Y", "").replace("%m", "").replace("%d", "")
    return pattern if re.fullmatch(r"[A-Za-z0-9 ._-]*", plain) else None


class MappingReader:
    """Reads the entries of one descriptor; mistakes go to its settings.

    area_system: that of area codes whose entry says none. example: one to name in advice.
    """

    def __init__(self, settings: Settings, area_system: str | None, example: str = "NAME") -> None:
        self.settings = settings
        self.area_system, self.example = area_system, example

    def read(self, name: str, entry: Any, column: Column | None) -> Mapping | None:
        """The mapping of registry column `name`, or None when the entry cannot be read.

        column: what the pack says of it; None when the kind is unknown, then less is checked.
        """
        if isinstance(entry, str):
            entry = {"column": entry}
        if not isinstance(entry, dict) or not entry:
            todo = f'Write {name} = "source column" or {name} = {{ column = "...", ... }}'
            self.settings.mistake(name, f"cannot be {entry!r}", todo=todo)
            return None
        self.settings.check_keys(entry, KEYS, within=f"columns.{name}")
        before = len(self.settings.mistakes)
        mapping = self._build(name, entry)
        if len(self.settings.mistakes) > before:
            return None
        if column is not None:
            self._check(name, mapping, column)
        return self._with_system(name, mapping, column)

    def _build(self, name: str, entry: dict[str, Any]) -> Mapping:
        given = [key for key in SOURCES if key in entry]
        if len(given) != 1:
            self._wrong(name, "needs exactly one of column, columns, year, constant or file")
        columns = (entry["column"],) if "column" in entry else entry.get("columns", ())
        if not isinstance(columns, list | tuple) or not all(_is_name(c) for c in columns):
            self._wrong(name, f"columns must be a list of source columns, not {columns!r}")
            columns = ()
        if "columns" in entry and not columns:
            self._wrong(name, "names no source column")
        for key in ("year", "month", "day", "format", "system", "separator"):
            if not isinstance(entry.get(key, ""), str):
                self._wrong(name, f"{key} must be text, not {entry[key]!r}")
        return Mapping(
            columns=tuple(columns),
            codes=self._codes(name, entry.get("codes")),
            constant=_text(entry["constant"]) if "constant" in entry else None,
            separator=entry.get("separator", ""),
            in_file=self._in_file(name, entry),
            **{key: entry.get(key) for key in ("format", "year", "month", "day", "system")},
        )

    def _in_file(self, name: str, entry: dict[str, Any]) -> str | None:
        """`file = 10`: a code of so many digits in the name of the row's file."""
        digits = entry.get("file")
        if digits is None:
            return None
        if isinstance(digits, bool) or not isinstance(digits, int) or not 2 <= digits <= 20:
            self._wrong(name, f"file must be how many digits the code has, not {digits!r}")
            return None
        return f"[0-9]{{{digits}}}"

    def _codes(self, name: str, codes: Any) -> dict[str, str] | None:
        if codes is None:
            return None
        if not isinstance(codes, dict) or not codes:
            self._wrong(name, f"codes must be a table such as {{ L = 'male' }}, not {codes!r}")
            return None
        if any(isinstance(value, dict | list) for value in codes.values()):
            self._wrong(name, "each code stands for one value")
            return None
        return {key: _text(value) for key, value in codes.items()}

    def _check(self, name: str, mapping: Mapping, column: Column) -> None:
        """What only some types of column may say."""
        is_date = column.type in ("date", "timestamp")
        parts = (mapping.year, mapping.month, mapping.day)
        if any(parts) and (not is_date or not all(parts)):
            self._wrong(name, "year, month and day go together, for a date")
        if mapping.format is not None:
            self._check_format(name, mapping.format, is_date)
        if mapping.in_file is not None and column.type != "area":
            self._wrong(name, f"file is for area codes; {name} is of type {column.type}")
        if mapping.system is not None and column.type != "area":
            self._wrong(name, f"system is for area codes; {name} is of type {column.type}")
        if column.codes is not None:
            given = [mapping.constant] if mapping.constant is not None else []
            self._check_codes(name, [*(mapping.codes or {}).values(), *given], column)

    def _check_format(self, name: str, form: str, is_date: bool) -> None:
        if not is_date:
            self._wrong(name, f"format is for dates; {name} is none")
        elif not set(DIRECTIVE.findall(form)) & set("yYF"):
            self._wrong(name, f"format {form!r} has no year. Write for example '%d-%m-%Y'")
        elif not set(DIRECTIVE.findall(form)) <= DATE_DIRECTIVES:
            self._wrong(name, f"format {form!r} is not understood. Write for example '%d-%m-%Y'")

    def _check_codes(self, name: str, values: list[str], column: Column) -> None:
        assert column.codes is not None
        for value in sorted(set(values)):
            if value not in column.codes:
                what = f"{value!r} is no code of {column.codes.name}"
                self.settings.mistake(name, what, todo=suggestion(value, column.codes.codes))

    def _with_system(self, name: str, mapping: Mapping, column: Column | None) -> Mapping:
        """The mapping with the system of its area codes; without one it is a mistake.

        The same digits mean different places in two systems, so that a default would be a guess.
        """
        if column is None or column.type != "area" or mapping.system is not None:
            return mapping
        if self.area_system is None:
            shown = ", ".join(f'"{c}"' for c in mapping.columns)
            source = f"columns = [{shown}]" if len(mapping.columns) != 1 else f"column = {shown}"
            if mapping.constant is not None:
                source = f'constant = "{mapping.constant}"'
            elif mapping.in_file is not None:
                source = f"file = {mapping.in_file[6:-1]}"
            todo = f'Write {name} = {{ {source}, system = "{self.example}" }}, or another'
            self.settings.mistake(name, "an area code without its system", todo=todo)
        return Mapping(**{**vars(mapping), "system": self.area_system})

    def _wrong(self, name: str, what: str) -> None:
        self.settings.mistake(name, what)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _text(value: Any) -> str:
    """A TOML value as the text that a source would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
