"""Writes what goes back as sources of a workspace: a file of rows and a descriptor for each kind.

    FOLDER/returns/KIND.csv           rows, sorted by id
    FOLDER/returns/returned.json      how many rows of what, their hashes, beside which release
    FOLDER/sources/web_KIND.toml      the descriptor
    FOLDER/rulings/web.csv            clerks' rulings on doubles

Only its owner reads them: they hold personal data. The same rows give the same bytes; each file
appears whole, in the place of the one before.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from tangga.errors import Conflict, UserError
from tangga.registry.kinds import KIND_TABLE
from tangga.web.overlay.answers import Part
from tangga.web.overlay.references import SOURCE
from tangga.web.pack import pack

ROWS, SOURCES, RULINGS = "returns", "sources", "rulings"
SAID, RULED = "returned.json", "web.csv"
MARK = (
    "# Written by `tangga web export`. The next one writes it anew: what is changed here is lost."
)
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
TRUST = 100
"""A decision of the office stands above what a source says, where a kind is weighed at all."""
NOT_MAPPED = ("id", "as_of", "family")
ACKNOWLEDGED = frozenset(KIND_TABLE) - {"people", "civil_registry", "corrections", "workers"}


def write_all(
    folder: Path,
    parts: Sequence[Part],
    rulings: tuple[Sequence[str], Sequence[Sequence[object]]],
    *,
    release: str,
) -> dict[str, int]:
    """Write everything; returns rows by kind (`rulings` among them).

    release: the one in force, to be told beside the rows. UserError for a folder that holds other
    things than a workspace, or a descriptor of somebody else under a name of ours.
    """
    check_folder(folder)
    files: dict[str, bytes] = {}
    for part in parts:
        files[f"{ROWS}/{part.kind}.csv"] = _table(part.columns, part.rows)
        files[f"{SOURCES}/{SOURCE}{part.kind}.toml"] = _descriptor(part).encode()
    columns, ruled = rulings
    if ruled:
        files[f"{RULINGS}/{RULED}"] = _table(columns, ruled)
    counts = {part.kind: len(part.rows) for part in parts} | {"rulings": len(ruled)}
    files[f"{ROWS}/{SAID}"] = _said(files, counts, release)
    for name, content in files.items():
        _write(folder / name, content)
    _remove_others(folder, set(files))
    return counts


def check_folder(folder: Path) -> None:
    """UserError where it is no workspace, and has something in it that is not ours."""
    if folder.exists() and not folder.is_dir():
        raise UserError("not a folder", file=folder)
    ours = {ROWS, SOURCES, RULINGS}
    others = folder.is_dir() and any(one.name not in ours for one in folder.iterdir())
    if others and not (folder / "tangga.toml").is_file():
        todo = "Name a workspace (a folder with tangga.toml), or a new folder"
        raise UserError("this folder is no workspace, and not empty", file=folder, todo=todo)
    for kind in KIND_TABLE:
        file = folder / SOURCES / f"{SOURCE}{kind}.toml"
        if file.is_file() and not file.read_text(encoding="utf-8").startswith(MARK):
            todo = "Rename that source: names that begin with web_ are the service's"
            raise UserError("a source of your own has a name of ours", file=file, todo=todo)


def _descriptor(part: Part) -> str:
    """Of one kind; areas are in the pack's own codes."""
    columns = [name for name in part.columns if name not in NOT_MAPPED]
    lines = [
        MARK,
        f'kind = "{part.kind}"',
        f'files = ["{ROWS}/{part.kind}.csv"]',
        'as_of = { column = "as_of" }',
        f"trust = {TRUST}",
        'id = "id"',
        *(['family = "family"'] if "family" in part.columns else []),
        'format = "csv"',
        'encoding = "utf-8"',
        'delimiter = ","',
        "header_row = 1",
        *(["acknowledged = true"] if part.kind in ACKNOWLEDGED else []),
        f'area_system = "{pack().area_system}"',
        "",
        "[columns]",
        *(f'{name} = "{name}"' for name in columns),
    ]
    return "\n".join(lines) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _text(value: object) -> str:
    """A value as the engine reads it. Conflict for what it could not."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return timezone.localtime(value).replace(tzinfo=None).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case int() | Decimal():
            return str(value)
        case str():
            return UNSEEN.sub(" ", value).strip()
    raise Conflict(f"a value of type {type(value).__name__} cannot go back")


def _said(files: Mapping[str, bytes], counts: Mapping[str, int], release: str) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    said: dict[str, Any] = {"release": release, "rows": dict(sorted(counts.items()))}
    return (json.dumps(said | {"sha256": hashes}, indent=1) + "\n").encode()


def _write(file: Path, content: bytes) -> None:
    for folder in (file.parent.parent, file.parent):
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
    whole = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    handle = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    whole.replace(file)


def _remove_others(folder: Path, kept: set[str]) -> None:
    """Kinds of which there is nothing any more: their descriptor first, or a run would miss a
    file."""
    names = [f"{SOURCES}/{SOURCE}{kind}.toml" for kind in KIND_TABLE]
    names += [f"{ROWS}/{kind}.csv" for kind in KIND_TABLE] + [f"{RULINGS}/{RULED}"]
    for name in names:
        if name not in kept:
            (folder / name).unlink(missing_ok=True)
