"""A release as a folder: its manifest, and whether its files are what the manifest says."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tangga.hashing import sha256
from tangga.registry.model import Pack
from tangga.registry.privacy import PRIVACY_LABELS, stricter
from tangga.web.register.loading.findings import BrokenRelease, Finding
from tangga.web.register.tables import CASE, Stored, storage_of, stored

MANIFEST = "manifest.json"
FORM = 1
"""The edition of the layout that this loader reads."""

BLOCK = 1 << 20
SAID = {"release": str, "as_of": str, "tables": dict, "corrections": dict}
SAID_OF_A_TABLE = {"file": str, "rows": int, "bytes": int, "sha256": str, "columns": dict}
NEEDED = ("families", "persons", "memberships", "ranking", "decisions", "moves", "family_clock")
"""Tables without which the pages have nothing to say."""

NEEDED_COLUMNS = {
    "families": ("family_id", "village", "status", "head_person_id", "member_count"),
    "persons": ("person_id", "family_id", "name", "birth_year", "village", "status"),
}
NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")


@dataclass(frozen=True)
class ReleasedTable:
    """One table of a release. columns: name -> class; types: name -> the manifest's SQL type."""

    name: str
    file: Path
    rows: int
    key: tuple[str, ...]
    unique: bool
    columns: Mapping[str, str]
    types: Mapping[str, str]
    storage: Stored

    def reader(self) -> pq.ParquetFile:
        """Its file, opened; memory-mapped, so that two readers of it cost one."""
        return pq.ParquetFile(self.file, memory_map=True)

    def read(self, columns: list[str]) -> pa.Table:
        """Some of its columns, whole. BrokenRelease where they cannot be read."""
        with readable(self):
            return pq.read_table(self.file, columns=columns, memory_map=True)


@contextmanager
def readable(table: ReleasedTable) -> Iterator[None]:
    """While rows of a table are read: BrokenRelease for a file that is not what its footer says, or
    holds what its column cannot. What fails on the disk or for want of memory stays that."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):
            raise
        found = Finding(table.file.name, "holds rows that cannot be read as its columns")
        raise BrokenRelease(table.file.parent, [found]) from None


@dataclass(frozen=True)
class Release:
    """A release whose manifest could be read. manifest_sha256: of its bytes as they were read."""

    folder: Path
    said: Mapping[str, Any]
    tables: Mapping[str, ReleasedTable]
    manifest_sha256: str = ""

    @property
    def id(self) -> str:
        return str(self.said["release"])

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def read_release(folder: Path) -> Release:
    """The release of a folder; BrokenRelease where it cannot be read at all, or by this version."""
    said, digest = _manifest(folder)
    form = said.get("form")
    if form != FORM:
        newer = isinstance(form, int) and form > FORM
        what = (
            f"its form is {form!r}, this version of Tangga reads form {FORM}: "
            + ("upgrade Tangga here" if newer else "publish it again with the present version")
        )  # fmt: skip
        raise BrokenRelease(folder, [Finding(MANIFEST, what)])
    missing = [key for key, kind in SAID.items() if not isinstance(said.get(key), kind)]
    if missing:
        raise BrokenRelease(folder, [Finding(MANIFEST, f"does not say {', '.join(missing)}")])
    findings = [one for name, table in said["tables"].items() for one in _form(name, table)]
    if findings:
        raise BrokenRelease(folder, findings)
    tables = {name: _table(folder, name, table) for name, table in said["tables"].items()}
    return Release(folder, said, tables, digest)


def held_to(release: Release, pack: Pack) -> Release:
    """The release with no column of a weaker class than the pack gives it.

    The manifest says the classes, and only its own hashes speak for it: a manifest of another pack,
    or one that somebody changed, must not open what this office's pack closes.
    """
    said = copy.deepcopy(dict(release.said))
    tables = {}
    for name, table in release.tables.items():
        declared = pack.tables[table.storage.schema].columns if table.storage.schema else {}
        classes = {
            column: stricter(privacy, declared[column].privacy) if column in declared else privacy
            for column, privacy in table.columns.items()
        }
        for column, privacy in classes.items():
            said["tables"][name]["columns"][column]["privacy"] = privacy
        tables[name] = replace(table, columns=classes)
    return replace(release, said=said, tables=tables)


def _manifest(folder: Path) -> tuple[dict[str, Any], str]:
    """What it says, and the sha256 of the bytes that say it."""
    try:
        read = (folder / MANIFEST).read_bytes()
        said = json.loads(read.decode("utf-8"))
    except FileNotFoundError:
        todo = "Name the folder of a release, or a workspace whose last run published one"
        raise BrokenRelease(
            folder, [Finding(MANIFEST, "there is no manifest here")], todo
        ) from None
    except (OSError, ValueError, RecursionError):
        raise BrokenRelease(folder, [Finding(MANIFEST, "cannot be read as JSON")]) from None
    if not isinstance(said, dict):
        raise BrokenRelease(folder, [Finding(MANIFEST, "is no manifest")])
    return said, hashlib.sha256(read).hexdigest()


def _form(name: str, said: object) -> Iterator[Finding]:
    """What the manifest says of a table, in its form."""
    if not NAME.fullmatch(name):
        yield Finding(MANIFEST, "names a table in signs that no table has")
        return
    if not isinstance(said, dict):
        yield Finding(MANIFEST, f"says nothing of {name}")
        return
    for key, kind in SAID_OF_A_TABLE.items():
        if not isinstance(said.get(key), kind):
            yield Finding(MANIFEST, f"does not say {key} of {name}")
    if Path(str(said.get("file"))).name != said.get("file"):
        yield Finding(MANIFEST, f"the file of {name} stands outside of the release")
    if storage_of(name) is None:
        yield Finding(MANIFEST, f"this version of Tangga knows no table {name}: upgrade it")
    if not _is_key(said.get("key", [])):
        yield Finding(MANIFEST, f"the key of {name} is no list of columns")
    columns = said.get("columns")
    for column, about in columns.items() if isinstance(columns, dict) else ():
        if not NAME.fullmatch(column) or not _says(about, "type"):
            yield Finding(MANIFEST, f"a column of {name} is not described")
        elif not _says(about, "privacy") or about["privacy"] not in PRIVACY_LABELS:
            yield Finding(MANIFEST, f"column {column} of {name} has no class of privacy")


def _is_key(key: object) -> bool:
    return isinstance(key, list) and all(isinstance(column, str) for column in key)


def _says(about: object, key: str) -> bool:
    return isinstance(about, dict) and isinstance(about.get(key), str)


def _table(folder: Path, name: str, said: Mapping[str, Any]) -> ReleasedTable:
    storage = storage_of(name)
    assert storage is not None  # _form asked
    return ReleasedTable(
        name=name,
        file=folder / said["file"],
        rows=said["rows"],
        key=tuple(said.get("key", ())),
        unique=bool(said.get("unique", True)),
        columns={column: about["privacy"] for column, about in said["columns"].items()},
        types={column: about["type"] for column, about in said["columns"].items()},
        storage=storage,
    )


def check_files(release: Release) -> list[Finding]:
    """Missing and strange files, hashes, rows, columns: whatever can be asked without the rows."""
    findings = list(_missing(release))
    with ThreadPoolExecutor(2) as pool:  # who hashes a large file leaves Python to others
        each = pool.map(lambda table: list(_file(release, table)), release.tables.values())
        findings += [one for found in each for one in found]
    known = {table.file.name for table in release.tables.values()} | {MANIFEST}
    found = sorted(file.name for file in release.folder.iterdir())
    findings += [Finding(name, "no file of this release") for name in found if name not in known]
    return findings


def marks(release: Release) -> dict[str, tuple[int, ...]]:
    """Of each file there is: which one it is and when it last changed, as the system keeps it."""
    there = [table.file for table in release.tables.values() if table.file.is_file()]
    stats = {file.name: file.stat() for file in there}
    return {
        name: (one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
        for name, one in stats.items()
    }


def changed_since(before: Mapping[str, tuple[int, ...]], release: Release) -> list[Finding]:
    """Files that are not those whose hashes were asked: they are opened again to be read."""
    now = marks(release)
    wrong = [name for name, mark in before.items() if now.get(name) != mark]
    return [Finding(name, "was changed while it was being loaded") for name in sorted(wrong)]


def _missing(release: Release) -> Iterator[Finding]:
    for name in NEEDED:
        if name not in release.tables:
            yield Finding(MANIFEST, f"the table {name} is missing")
    for name, columns in NEEDED_COLUMNS.items():
        there = release.tables[name].columns if name in release.tables else columns
        for column in columns:
            if column not in there:
                yield Finding(MANIFEST, f"column {column} of {name} is missing")
    for table in release.tables.values():
        if _should_be_case(table) and set(table.columns.values()) - {CASE}:
            yield Finding(table.file.name, "holds cases, yet columns of another class")
        elif not table.storage.case and CASE in table.columns.values():
            yield Finding(table.file.name, "holds a column of class case among others")


def _should_be_case(table: ReleasedTable) -> bool:
    return table.storage.case


def _file(release: Release, table: ReleasedTable) -> Iterator[Finding]:
    name, said = table.file.name, release.said["tables"][table.name]
    if not table.file.is_file():
        yield Finding(name, f"the file of {table.name} is missing")
        return
    if table.file.stat().st_size != said["bytes"] or sha256(table.file) != said["sha256"]:
        yield Finding(name, "is not the file that was published (its sha256 is another)")
        return
    try:
        with table.reader() as reader:
            rows, columns = reader.metadata.num_rows, reader.schema_arrow.names
    except (pa.ArrowInvalid, OSError):
        yield Finding(name, "cannot be read as Parquet")
        return
    if rows != table.rows:
        yield Finding(name, f"holds {rows} rows, the manifest says {table.rows}")
    for column in sorted(set(table.columns) - set(columns)):
        yield Finding(name, f"column {column} is missing")
    for column in sorted(set(columns) - set(table.columns)):
        yield Finding(name, f"column {column} is not in the manifest")


def undescribed() -> set[str]:
    """Tables that a page needs and tables.toml does not describe: for a test."""
    return set(NEEDED) - set(stored())
