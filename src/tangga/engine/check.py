"""Looking at a workspace's files without reading their rows: can they be opened, as what, and are
the columns there that their descriptors need?"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tangga.engine.descriptor import Descriptor
from tangga.engine.ingest.header import Header, check_columns, key
from tangga.engine.ingest.limits import LIMITS, Limits
from tangga.engine.ingest.probe import Input, probe
from tangga.engine.ingest.unpack import unpack
from tangga.engine.workspace import Workspace
from tangga.errors import UserError


@dataclass(frozen=True)
class Seen:
    """One file, or one member of an archive. columns: how many it has."""

    source: str
    file: str
    format: str
    encoding: str | None
    columns: int


@dataclass(frozen=True)
class Findings:
    """What a check found: the files that can be read, and what is wrong with the others."""

    seen: tuple[Seen, ...]
    wrong: tuple[UserError, ...]


def check_files(workspace: Workspace, limits: Limits = LIMITS) -> Findings:
    """Open every file of every source as a run would, and compare its header.

    Copies of what is packed or not in UTF-8 are made inside the workspace, and removed.
    """
    seen: list[Seen] = []
    wrong: list[UserError] = []
    wrong += _unknown_systems(workspace)
    with tempfile.TemporaryDirectory(dir=workspace.dir, prefix=".check-") as scratch:
        for source in workspace.sources:
            _check_source(source, workspace.dir, Path(scratch), limits, seen, wrong)
    return Findings(tuple(seen), tuple(wrong))


def _unknown_systems(workspace: Workspace) -> list[UserError]:
    """Area systems that neither the pack nor the workspace's areas/ explain."""
    try:
        areas = workspace.pack_areas
    except UserError as error:
        return [error]
    known = ", ".join(name for name in (areas.own, *areas.systems) if name)
    return [
        UserError(
            "an unknown system of area codes",
            file=source.path,
            column=name,
            value=mapping.system,
            todo=f"Name one of: {known}; or add a table of it to areas/",
        )
        for source in workspace.sources
        for name, mapping in source.columns.items()
        if mapping.system is not None and not areas.knows(mapping.system)
    ]


def _check_source(
    source: Descriptor,
    folder: Path,
    scratch: Path,
    limits: Limits,
    seen: list[Seen],
    wrong: list[UserError],
) -> None:
    headers: list[tuple[str, Header]] = []
    for path in source.files:
        try:
            for opened in _opened(path, source, folder, scratch, limits):
                headers.append((opened.name, opened.header))
                seen.append(_seen(source, opened))
        except UserError as error:
            wrong.append(error)
    elsewhere = frozenset(key(name) for _, header in headers for name in header.names)
    for name, header in headers:
        try:
            check_columns(header, source, name, elsewhere)
        except UserError as error:
            wrong.append(error)


def _opened(
    path: Path, source: Descriptor, folder: Path, scratch: Path, limits: Limits
) -> list[Input]:
    shown = Path(os.path.relpath(path, folder)).as_posix()
    opened = []
    for found in unpack(path, shown, scratch, limits, any_suffix=source.format is not None):
        opened.append(probe(found, source, scratch, limits))
        for copy in scratch.iterdir():
            copy.unlink()
    return opened


def _seen(source: Descriptor, opened: Input) -> Seen:
    columns = len(opened.header.names)
    return Seen(source.name, opened.name, opened.format, opened.encoding, columns)
