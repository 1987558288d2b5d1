"""The numbers for everybody, which a run writes beside its release: for pages and for downloads.

They lie in `open/` beside the release's own folder, described by `datapackage.json`. A release that
was copied without them has none, and says so.

open_tables: one row a file, whole; its description is the row `datapackage`. open_rows: lines of
one area in one file, as they stand in it, so that a page of an area reads no more than it shows.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.types.json import Jsonb

from tangga.web.register.loading.findings import BrokenRelease, Finding
from tangga.web.register.loading.schema import FROM

if TYPE_CHECKING:
    from tangga.web.register.loading.derived import Making

FOLDER = "open"
PACKAGE, DESCRIPTION = "datapackage", "datapackage.json"
TABLE, ROWS, AREA = "open_tables", "open_rows", "area"
MAKE = f"""
CREATE TABLE {TABLE} (
    place integer PRIMARY KEY, name text NOT NULL UNIQUE, said jsonb NOT NULL,
    content text NOT NULL
);
CREATE TABLE {ROWS} (
    place text COLLATE "C" NOT NULL, name text NOT NULL, lines text NOT NULL,
    PRIMARY KEY (place, name)
)
"""
ADD = f"INSERT INTO {TABLE} (place, name, said, content) VALUES (%s, %s, %s, %s)"
COPY = f"COPY {ROWS} (place, name, lines) FROM STDIN"


def open_tables(making: Making) -> Mapping[str, sql.Composable]:
    """Both tables; empty for a release without open numbers.

    BrokenRelease where a file is not the one that was published.
    """
    making.run_text(MAKE)
    folder = making.release.folder.parent / FOLDER
    digest = making.release.said.get("open", {}).get("sha256")
    if digest is not None and (folder / DESCRIPTION).is_file():
        for place, (name, said, content) in enumerate(_files(folder, digest)):
            making.con.execute(ADD, [place, name, Jsonb(said), content])
            # Those that are told as they stand are for download alone.
            if name != PACKAGE and said.get("tangga"):
                _keep_rows(making, name, content)
    to_whoever_opens = sql.SQL("{} IS NOT NULL").format(FROM)
    return {TABLE: to_whoever_opens, ROWS: to_whoever_opens}


def _keep_rows(making: Making, name: str, content: str) -> None:
    with making.con.cursor() as cursor, cursor.copy(COPY) as copy:
        for area, lines in by_area(content).items():
            copy.write_row((area, name, lines))


def by_area(content: str) -> dict[str, str]:
    """The lines of a file by the code of their area, each with the file's own header."""
    first, *lines = content.splitlines(keepends=True)
    at = next(csv.reader([first])).index(AREA)
    found: dict[str, list[str]] = {}
    for line, values in zip(lines, csv.reader(lines), strict=True):
        found.setdefault(values[at], [first]).append(line)
    return {area: "".join(own) for area, own in found.items()}


def _files(folder: Path, digest: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    told = _read(folder / DESCRIPTION, digest)
    package = json.loads(told)
    rest = {key: value for key, value in package.items() if key != "resources"}
    yield PACKAGE, rest, told
    for said in package["resources"]:
        yield said["name"], said, _read(folder / Path(said["path"]).name, said["hash"])


def _read(file: Path, digest: str) -> str:
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest.removeprefix("sha256:"):
        what = "is not the file that was published (its sha256 is another)"
        raise BrokenRelease(file.parent, [Finding(file.name, what)])
    return content.decode("utf-8")
