"""The office's workspace as files: its sources, and files that are put there or taken away.

Files first, then the descriptor that names them, each by rename: whoever dies in between leaves
what was there before, and a file that nothing names.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from tangga.errors import UserError
from tangga.registry.toml_text import write_toml
from tangga.web.intake.storage import clean_name

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
WITHDRAWN = ".withdrawn"
DATED = {"file": "%Y-%m-%d"}
"""Each file that comes in by the web bears the day that it speaks of in its name."""


@dataclass(frozen=True)
class Incoming:
    """A file to put into the workspace. village: the code to write into its name, or ''."""

    path: Path
    name: str
    village: str = ""


@dataclass
class Placed:
    """What was put there: the files as the workspace names them, and how to undo it."""

    source: str
    files: list[str] = field(default_factory=list)
    before: bytes | None = None
    folder: Path = Path()

    def undo(self) -> None:
        """As if nothing had been put there."""
        descriptor = self.folder / "sources" / f"{self.source}.toml"
        if self.before is None:
            descriptor.unlink(missing_ok=True)
        else:
            _write(descriptor, self.before)
        for file in self.files:
            (self.folder / file).unlink(missing_ok=True)


def folder() -> Path | None:
    """The workspace of this service; None where it has none."""
    place = Path(settings.ENV.workspace) if settings.ENV.workspace else None
    return place.resolve() if place is not None and (place / "tangga.toml").is_file() else None


def required() -> Path:
    """The workspace; UserError where this service only shows releases."""
    found = folder()
    if found is None:
        raise UserError("this service has no workspace", todo="Set TANGGA_WORKSPACE to one")
    return found


def day() -> date | None:
    """The day that decisions of the workspace speak of."""
    place = folder()
    said = _toml(place / "tangga.toml").get("as_of") if place else None
    return said if isinstance(said, date) else None


def sources() -> dict[str, dict[str, Any]]:
    """Each source with what its descriptor says; one that cannot be read is empty."""
    place = folder()
    found = sorted((place / "sources").glob("*.toml")) if place else []
    return {file.stem: _toml(file) for file in found if not file.name.startswith(".")}


def place(
    source: str, files: Sequence[Incoming], descriptor: Mapping[str, Any] | None, as_of: str
) -> Placed:
    """Put files into the workspace, as a new source or (descriptor None) beside those of one.

    as_of: the day they speak of, written into their names. UserError for a name that cannot be or
    is taken, or a source that is not there.
    """
    where = required()
    if not NAME.fullmatch(source):
        raise UserError("cannot be the name of a source", value=source)
    there = where / "sources" / f"{source}.toml"
    before = there.read_bytes() if there.is_file() else None
    if (descriptor is None) != (before is not None):
        raise UserError("there is no such source" if before is None else "is taken", value=source)
    placed = Placed(source, before=before, folder=where)
    try:
        for number, one in enumerate(files):
            placed.files.append(_put(where, source, one, as_of, number))
        said = _with_files(descriptor, source, before, placed.files)
        if said is not None:
            _write(there, write_toml(said).encode())
    except BaseException:
        placed.undo()
        raise
    return placed


def _put(where: Path, source: str, one: Incoming, as_of: str, number: int) -> str:
    folder = where / "data" / source
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    parts = [part for part in (as_of, one.village) if part]
    base = "_".join([*parts, clean_name(one.name)])
    target = folder / base
    while target.exists():
        target = folder / "_".join([*parts, uuid.uuid4().hex[:6], clean_name(one.name)])
    unfinished = folder / f".{number}-{uuid.uuid4().hex}"
    try:
        _copy(one.path, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.relative_to(where).as_posix()


def _copy(path: Path, to: Path) -> None:
    """The same bytes under another name where the disk can; else a copy of them."""
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)
        to.chmod(0o600)


def _with_files(
    descriptor: Mapping[str, Any] | None, source: str, before: bytes | None, files: Sequence[str]
) -> dict[str, Any] | None:
    """What the descriptor has to say now; None where it names the new files already."""
    own = f"data/{source}/*"
    if descriptor is not None:
        return {"kind": descriptor["kind"], "files": [own], **descriptor}
    said = tomllib.loads((before or b"").decode())
    named = said.get("files", [])
    named = [named] if isinstance(named, str) else list(named)
    if own in named:
        return None
    return {**said, "files": [*named, *files]}


def withdraw(upload: uuid.UUID, source: str, files: Sequence[str]) -> None:
    """Take files out of the workspace into its bin; the source too where nothing is left of it."""
    where = required()
    bin_ = where / WITHDRAWN / str(upload)
    bin_.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = where / "sources" / f"{source}.toml"
    said = _toml(there)
    named = said.get("files", [])
    left = [one for one in ([named] if isinstance(named, str) else named) if one not in files]
    # A descriptor that names nothing would stop the next run: it goes first.
    gone = [where / file for file in files]
    others = [one for name in left for one in where.glob(name) if one not in gone]
    if there.is_file() and not others:
        there.replace(bin_ / there.name)
    elif left != named:
        _write(there, write_toml({**said, "files": left}).encode())
    for file in gone:
        with suppress(FileNotFoundError):
            file.replace(bin_ / file.name)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    unfinished.write_bytes(content)
    unfinished.chmod(0o600)
    unfinished.replace(file)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
