"""A source's descriptor: sources/NAME.toml, read and checked against the pack."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tangga.engine.mapping import Mapping, MappingReader, in_name
from tangga.engine.settings import Settings, nearest, read_date, suggestion
from tangga.errors import BrokenFile
from tangga.registry.kinds import KIND_TABLE
from tangga.registry.model import Column, Pack

FORMATS = ("csv", "tsv", "xlsx", "parquet")
ROLES = ("base", "list")
ON_BROKEN_FILE = ("stop", "skip")
NOT_ATTACHED = ("people", "civil_registry", "corrections", "workers")
"""Kinds whose rows are persons themselves, or bring an id of their own for this."""
DELIMITERS = {",": ",", ";": ";", "\t": "\t", "|": "|", "tab": "\t", "\\t": "\t"}
KEYS = (
    "kind",
    "files",
    "as_of",
    "trust",
    "role",
    "id",
    "family",
    "format",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "on_broken_file",
    "acknowledged",
    "area_system",
    "columns",
)
ENCODINGS = {
    "utf8": "utf-8",
    "utf8sig": "utf-8",
    "utf8bom": "utf-8",
    "windows1252": "windows-1252",
    "cp1252": "windows-1252",
    "ansi": "windows-1252",
    "latin1": "windows-1252",
    "iso88591": "windows-1252",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
}
"""Names of encodings without signs -> what is read. Latin-1 is read as its superset, as
browsers do; ASCII needs no name of its own."""


@dataclass(frozen=True)
class Descriptor:
    """One source.

    files: absolute or workspace paths that exist, in order of name. as_of / as_of_column /
    as_of_file: when the source was true; at most one of them; the last says how the date is written
    in the names of its files. trust: the higher wins. id, family: source columns
    that make up the source's own ids, empty where left out. header_row: 1 = first line.
    format, encoding, delimiter, sheet, header_row: None = found by ingest. acknowledged: a release
    lists the ids of its rows that the register took in, so that who sent them knows.
    """

    name: str
    path: Path
    kind: str
    files: tuple[Path, ...]
    as_of: date | None
    as_of_column: str | None
    as_of_file: str | None
    trust: int
    role: str | None
    id: tuple[str, ...]
    family: tuple[str, ...]
    format: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int | None
    on_broken_file: str
    columns: MappingType[str, Mapping]
    acknowledged: bool = False

    def source_columns(self) -> dict[str, str]:
        """Every source column that the descriptor needs -> the key that names it."""
        needed = {column: key for key, m in self.columns.items() for column in m.source_columns()}
        needed |= dict.fromkeys(self.family, "family")
        needed |= dict.fromkeys(self.id, "id")
        if self.as_of_column:
            needed[self.as_of_column] = "as_of"
        return needed

    def identifying_columns(self) -> frozenset[str]:
        """Source columns without which no row of a file can be told from another."""
        as_of = (self.as_of_column,) if self.as_of_column else ()
        return frozenset((*self.id, *self.family, *as_of))


def read_descriptor(file: Path, folder: Path, pack: Pack, *, layout: bool = False) -> Descriptor:
    """Read one descriptor of the workspace `folder`; with `layout`, one whose files are not there.

    Raises BadPack with all its mistakes together (key, line, nearest valid name), and BrokenFile
    for a file it names that is not there.
    """
    settings = Settings(file)
    settings.check_keys(settings.data, KEYS)
    kind = settings.choose("kind", KIND_TABLE)
    if "kind" not in settings.data:
        settings.mistake("kind", "is missing", todo=f"Write one of: {', '.join(KIND_TABLE)}")
    patterns = _names(settings, "files", required=True)
    as_of, as_of_column, as_of_file = _as_of(settings)
    columns = _columns(settings, pack, kind)
    files = _files(folder, patterns)[0]
    if as_of_file is not None:
        _check_names(settings, files, folder, as_of_file)
    descriptor = Descriptor(
        name=file.stem,
        path=file,
        kind=kind or "",
        files=files,
        as_of=as_of,
        as_of_column=as_of_column,
        as_of_file=as_of_file,
        trust=settings.take("trust", int, 0),
        role=_role(settings, kind),
        id=_key(settings, "id"),
        family=_key(settings, "family"),
        format=settings.choose("format", FORMATS),
        encoding=_encoding(settings),
        delimiter=_delimiter(settings),
        sheet=settings.take("sheet", str),
        header_row=_header_row(settings),
        on_broken_file=settings.choose("on_broken_file", ON_BROKEN_FILE, "stop") or "stop",
        columns=columns,
        acknowledged=_acknowledged(settings, kind),
    )
    settings.finish()
    if not layout:
        _check_files_exist(settings, folder, patterns)
    return descriptor


def _role(settings: Settings, kind: str | None) -> str | None:
    role = settings.choose("role", ROLES)
    if role == "list" and kind not in (None, "people"):
        settings.mistake("role", f'a source of kind {kind} is no list; role = "list" is for people')
    return role


def _acknowledged(settings: Settings, kind: str | None) -> bool:
    asked: bool = settings.take("acknowledged", bool, False)
    if asked and (kind in NOT_ATTACHED or "id" not in settings.data):
        what = "rows are acknowledged by their id, where they speak of somebody in the register"
        settings.mistake("acknowledged", what, todo="Write id, or leave it out")
    return asked


def _names(settings: Settings, key: str, *, required: bool = False) -> list[str]:
    """A text or a list of texts."""
    value = settings.data.get(key)
    if value is None and required:
        settings.mistake(key, "is missing", todo='Write for example files = ["data/*.csv"]')
    value = [value] if isinstance(value, str) else value
    if value is None:
        return []
    if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
        return value
    settings.mistake(key, f"must be a list of names, not {value!r}")
    return []


def _as_of(settings: Settings) -> tuple[date | None, str | None, str | None]:
    """A date, a source column, or how the date is written in names of files; one of them, or none
    when left out."""
    value = settings.data.get("as_of")
    if isinstance(value, dict) and len(value) == 1:
        ((key, said),) = value.items()
        if key == "column" and isinstance(said, str):
            return None, said, None
        if key == "file" and isinstance(said, str) and in_name(said) is not None:
            return None, None, said
    found = read_date(value)
    if value is not None and found is None:
        todo = 'Write as_of = 2026-01-31, { column = "..." }, or { file = "%Y-%m-%d" }'
        settings.mistake("as_of", f"cannot be {value!r}", todo=todo)
    return found, None, None


def _check_names(settings: Settings, files: Iterable[Path], folder: Path, form: str) -> None:
    """Every file's name holds the date: without it nobody knows of when its rows are."""
    for file in files:
        name = os.path.relpath(file, folder)
        found = re.search(in_name(form) or "", name)
        try:
            datetime.strptime(found[0] if found else "", form)
        except ValueError:
            todo = f"Write it into the name, as in {date(2026, 1, 31).strftime(form)}"
            settings.mistake("as_of", f"no date written {form} in the name {name!r}", todo=todo)


def _key(settings: Settings, key: str) -> tuple[str, ...]:
    """The source columns of `id` or `family`: text, { column } or { columns = [...] }."""
    value = settings.data.get(key)
    if isinstance(value, dict) and len(value) == 1:
        value = value.get("columns", value.get("column"))
    value = [value] if isinstance(value, str) else value
    if value is None and key not in settings.data:
        return ()
    if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
        return tuple(value)
    todo = f'Write {key} = "column" or {key} = {{ columns = ["a", "b"] }}'
    settings.mistake(key, f"cannot be {settings.data[key]!r}", todo=todo)
    return ()


def _encoding(settings: Settings) -> str | None:
    value = settings.take("encoding", str)
    if value is None:
        return None
    known = ENCODINGS.get("".join(c for c in value.lower() if c.isalnum()))
    if known is None:
        todo = "Write utf-8, windows-1252 or utf-16, or leave it out to have it found"
        settings.mistake("encoding", f"cannot be {value!r}", todo=todo)
    return known


def _delimiter(settings: Settings) -> str | None:
    value = settings.take("delimiter", str)
    if value is None:
        return None
    if value not in DELIMITERS:
        todo = "Write ',' ';' '|' or 'tab', or leave it out to have it found"
        settings.mistake("delimiter", f"cannot be {value!r}", todo=todo)
    return DELIMITERS.get(value)


def _header_row(settings: Settings) -> int | None:
    value = settings.take("header_row", int)
    if value is not None and value < 1:
        settings.mistake("header_row", f"must be 1 or more, not {value}")
        return None
    return value


def _columns(settings: Settings, pack: Pack, kind: str | None) -> dict[str, Mapping]:
    """The mapping of each registry column; names are checked against the table of the kind."""
    entries: Any = settings.take("columns", dict, {}, required=True)
    if not entries and "columns" in settings.data:
        settings.mistake("columns", "no column is mapped")
    known = _known_columns(pack, kind)
    example = str(pack.data.get("area_system", "NAME"))
    reader = MappingReader(settings, settings.take("area_system", str), example)
    columns = {}
    for name, entry in entries.items():
        if kind and name not in known:
            what = f"{name!r} is no column of kind {kind}"
            todo = suggestion(name, known) if nearest(name, known) else None
            settings.mistake(name, what, todo=todo or "See the data dictionary")
            continue
        mapping = reader.read(name, entry, known.get(name))
        if mapping is not None:
            columns[name] = mapping
    return columns


def _known_columns(pack: Pack, kind: str | None) -> dict[str, Column]:
    if kind is None or KIND_TABLE[kind] not in pack.tables:
        return {}
    return pack.tables[KIND_TABLE[kind]].for_kind(kind)


def _files(folder: Path, patterns: list[str]) -> tuple[tuple[Path, ...], list[str]]:
    """(files of all patterns in order of name, patterns that match nothing)."""
    found: set[Path] = set()
    empty = []
    for pattern in patterns:
        matches = [Path(name) for name in _matches(folder, pattern)]
        data = [path for path in matches if path.is_file() and not _is_lock(path)]
        found.update(data)
        if not data:
            empty.append(pattern)
    return tuple(sorted(found)), empty


def _matches(folder: Path, pattern: str) -> list[str]:
    """A name that stands as it is, signs and all, or else what the pattern matches."""
    # os.path, unlike Path, finds nothing where a name is longer than any can be.
    if os.path.isfile(folder / pattern):  # noqa: PTH113
        return [str(folder / pattern)]
    # Path.glob cannot take a pattern that is absolute or climbs out of the folder.
    return glob.glob(str(Path(glob.escape(str(folder))) / pattern), recursive=True)  # noqa: PTH207


def _is_lock(path: Path) -> bool:
    """The file that a spreadsheet program leaves beside an open workbook."""
    return path.name.startswith(("~$", ".~lock"))


def _check_files_exist(settings: Settings, folder: Path, patterns: list[str]) -> None:
    for pattern in _files(folder, patterns)[1]:
        here = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if _is_data(p))
        near = nearest(pattern, here)
        raise BrokenFile(
            f"missing file: nothing matches {pattern!r} in {folder}",
            file=settings.file,
            line=settings.line_of("files"),
            todo=f"Did you mean {near!r}?" if near else "Put it there, or mend `files`",
        )


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix in {".csv", ".tsv", ".xlsx", ".parquet", ".gz", ".zip"}
