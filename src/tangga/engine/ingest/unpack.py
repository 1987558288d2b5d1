"""Takes a source file out of its .gz or .zip, within limits."""

from __future__ import annotations

import errno
import gzip
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tangga.engine.ingest.limits import Limits
from tangga.errors import BrokenFile

BLOCK = 1024 * 1024
DATA_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet")
DAMAGE = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OSError,
)
"""What a damaged archive raises; and OSError, unless the disk is what fails."""
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES)


@dataclass(frozen=True)
class Found:
    """A file to read: its name for people, where it lies, whether it is ours to delete."""

    name: str
    path: Path
    temporary: bool = False


def magic(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(8)


def is_zip(path: Path) -> bool:
    """An archive of files, not a workbook (which is a zip inside)."""
    if not magic(path).startswith(b"PK\x03\x04") and not magic(path).startswith(b"PK\x05\x06"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except DAMAGE:
        return path.suffix.lower() != ".xlsx"


def unpack(
    path: Path, name: str, folder: Path, limits: Limits, *, any_suffix: bool = False
) -> Iterator[Found]:
    """The file itself, or what is packed in it, one at a time, in order of name.

    Unpacked copies go to `folder`; whoever takes one deletes it. any_suffix: the descriptor
    states the format, so that every member counts as data. Raises BrokenFile for a damaged,
    protected or exploding archive.
    """
    if magic(path).startswith(b"\x1f\x8b"):
        yield _gunzip(path, name, folder, limits)
    elif is_zip(path):
        yield from _unzip(path, name, folder, limits, any_suffix=any_suffix)
    else:
        yield Found(name, path)


def _gunzip(path: Path, name: str, folder: Path, limits: Limits) -> Found:
    inner = name[: -len(".gz")] if name.lower().endswith(".gz") else name
    target = folder / Path(inner).name
    try:
        with gzip.open(path, "rb") as packed:
            _copy(packed, target, path.stat().st_size, limits, name)
    except DAMAGE as error:
        target.unlink(missing_ok=True)
        raise damaged(error, f"the compressed file is damaged ({error})", name) from None
    return Found(name, target, temporary=True)


def _unzip(
    path: Path, name: str, folder: Path, limits: Limits, *, any_suffix: bool
) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, name, path.stat().st_size, limits, any_suffix)
            for number, member in enumerate(members):
                yield _member(archive, member, f"{name}!{member.filename}", folder, number, limits)
    except DAMAGE as error:
        raise damaged(error, f"the archive is damaged or protected ({error})", name) from None


def damaged(error: BaseException, what: str, name: str, todo: str = "Fetch it again") -> Exception:
    """The error to raise: of the disk as it is, of the file as BrokenFile."""
    if isinstance(error, OSError) and error.errno in DISK:
        return error
    return BrokenFile(what, file=name, todo=todo)


def _members(
    archive: zipfile.ZipFile, name: str, packed: int, limits: Limits, any_suffix: bool
) -> list[zipfile.ZipInfo]:
    # A member without a name is none: zipfile asks for the last sign of it.
    named = [m for m in archive.infolist() if m.filename]
    members = [m for m in named if not m.is_dir() and not _is_noise(m.filename)]
    if len(members) > limits.members:
        raise BrokenFile(f"the archive holds {len(members)} files", file=name)
    locked = next((m for m in members if m.flag_bits & 1), None)
    if locked:
        todo = "Unpack it with its password and put the files there instead"
        raise BrokenFile("the archive has a password", file=name, value=locked.filename, todo=todo)
    data = [m for m in members if any_suffix or m.filename.lower().endswith(DATA_SUFFIXES)]
    if not data:
        held = ", ".join(sorted(m.filename for m in members)[:5]) or "nothing"
        todo = "It must hold .csv, .tsv, .xlsx or .parquet; or state `format`"
        raise BrokenFile(f"no data file in the archive (it holds {held})", file=name, todo=todo)
    twice = [one for one, n in Counter(m.filename for m in data).items() if n > 1]
    if twice:
        todo = "Unpack it, and give each of them a name of its own"
        what = "the archive holds several files of one name"
        raise BrokenFile(what, file=name, value=twice[0], todo=todo)
    _check_sizes(sum(m.file_size for m in data), packed, limits, name)
    return sorted(data, key=lambda m: m.filename)


def _is_noise(member: str) -> bool:
    """What a computer adds to an archive by itself."""
    return member.startswith("__MACOSX/") or Path(member).name.startswith(".")


def _member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    name: str,
    folder: Path,
    number: int,
    limits: Limits,
) -> Found:
    # Never the member's own path: `../../x` must not leave the folder.
    target = folder / f"{number:04d}{Path(member.filename).suffix.lower()[:10]}"
    try:
        with archive.open(member) as packed:
            _copy(packed, target, max(member.compress_size, 1), limits, name)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Found(name, target, temporary=True)


def _copy(packed: IO[bytes], target: Path, packed_bytes: int, limits: Limits, name: str) -> None:
    """Unpack block by block: what the archive says of its own size is not believed."""
    written = 0
    try:
        with target.open("wb") as out:
            while block := packed.read(BLOCK):
                written += len(block)
                _check_sizes(written, packed_bytes, limits, name)
                out.write(block)
    except BrokenFile:
        target.unlink(missing_ok=True)
        raise


def _check_sizes(unpacked: int, packed: int, limits: Limits, name: str) -> None:
    todo = "If it is what it should be, unpack it yourself and put the file there instead"
    if unpacked > limits.unpacked_bytes:
        what = f"a zip bomb? It unpacks to more than {limits.unpacked_bytes:,} bytes"
        raise BrokenFile(what, file=name, todo=todo)
    if unpacked > limits.unpacked_floor and unpacked > packed * limits.unpacked_ratio:
        what = f"a zip bomb? It unpacks to more than {limits.unpacked_ratio} times its size"
        raise BrokenFile(what, file=name, todo=todo)


def check_workbook_size(path: Path, name: str, limits: Limits) -> None:
    """The same limits for a workbook, whose sheets are packed; read through once to be sure."""
    packed = path.stat().st_size
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(sum(m.file_size for m in archive.infolist()), packed, limits, name)
            for member in archive.infolist():
                with archive.open(member) as part:
                    while block := part.read(BLOCK):
                        total += len(block)
                        _check_sizes(total, packed, limits, name)
    except DAMAGE as error:
        todo = "Open it in a spreadsheet program and save it again as .xlsx"
        raise damaged(error, f"the workbook is damaged ({error})", name, todo) from None
