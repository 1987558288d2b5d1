"""What a file is by its content, and why it may not come in: a name proves nothing."""

from __future__ import annotations

import gzip
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet")
HEAD = 4096
MOST_MEMBERS, RATIO, FLOOR = 10_000, 200, 32 * 1024**2
LOOKED_THROUGH = 256 * 1024**2
"""So much of what is packed is unpacked to see whether it explodes; the engine counts all of it."""
BLOCK = 1024 * 1024
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
OTHERS = {
    b"\xd0\xcf\x11\xe0": "old_or_locked",
    b"%PDF": "pdf",
    b"Rar!": "other_archive",
    b"7z\xbc\xaf": "other_archive",
    b"BZh": "other_archive",
    b"\xfd7zXZ": "other_archive",
    b"\x28\xb5\x2f\xfd": "other_archive",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"{\\rtf": "document",
}
PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<head|<table|<script|<meta|<\?xml|<svg|<!--)", re.I)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# RuntimeError: a way of packing that nobody uses too; ValueError: a name that is no text.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, RuntimeError, ValueError),
)


@dataclass(frozen=True)
class Look:
    """ending: what its name should end in. why: a word of `web_intake.refused_...`, empty where it
    may come in."""

    ending: str = ""
    why: str = ""


def look(path: Path, name: str) -> Look:
    """What a file is; never raises for what is in it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        return Look(why="empty")
    if head.startswith(PROGRAMS):
        return Look(why="program")
    for magic, why in OTHERS.items():
        if head.startswith(magic):
            return Look(why=why)
    if head.startswith(b"PAR1"):
        return Look(".parquet")
    if head.startswith(b"PK"):
        return _zip(path)
    if head.startswith(b"\x1f\x8b"):
        return _gzip(path, name)
    return _text(head, name)


def _text(head: bytes, name: str) -> Look:
    if PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return Look(why="web_page")
    if b"\0" in head and not head.startswith(UTF16) and not _looks_utf16(head):
        return Look(why="no_table")
    return Look(".tsv" if name.lower().endswith((".tsv", ".tab")) else ".csv")


def _looks_utf16(head: bytes) -> bool:
    """Latin text in two bytes a sign: every other byte is nothing."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    return most > 0.6 * len(head) / 2 and least < 0.1 * len(head) / 2


def _zip(path: Path) -> Look:
    try:
        with zipfile.ZipFile(path) as archive:
            # A member without a name is none: zipfile asks for the last sign of it.
            named = [one for one in archive.infolist() if one.filename]
            members = [one for one in named if not one.is_dir()]
            why = _why_not(archive, members, path.stat().st_size)
            names = {one.filename for one in members}
    except DAMAGED:
        return Look(why="damaged")
    if "[Content_Types].xml" in names:
        return Look(".xlsx", why or _why_no_workbook(names))
    return Look(".zip", why or _why_no_archive(members))


def _why_not(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], packed: int) -> str:
    if len(members) > MOST_MEMBERS:
        return "bomb"
    if any(one.flag_bits & 1 for one in members):
        return "locked"
    if any(_climbs(one.filename) for one in members):
        return "climbs"
    said = sum(one.file_size for one in members)
    if said > FLOOR and said > RATIO * packed:
        return "bomb"
    left = LOOKED_THROUGH
    for one in members:
        left = _unpacked(archive, one, left)
        if left < 0:
            return "bomb"
    return ""


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """What is left to look through; -1 where a member becomes far more than it said or should."""
    written = 0
    with archive.open(member) as packed:
        while left > 0 and (block := packed.read(BLOCK)):
            written, left = written + len(block), left - len(block)
            if written > FLOOR and written > RATIO * max(member.compress_size, 1):
                return -1
    return max(left, 0)


def _climbs(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def _why_no_workbook(names: set[str]) -> str:
    lower = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lower):
        return "macros"
    return "" if "xl/workbook.xml" in lower else "document"


def _why_no_archive(members: list[zipfile.ZipInfo]) -> str:
    noise = ("__macosx/", ".ds_store", "thumbs.db")
    names = [one.filename.lower() for one in members]
    names = [name for name in names if not name.startswith(noise) and not _hidden(name)]
    if not names:
        return "empty"
    return "" if all(name.endswith(SUFFIXES) for name in names) else "mixed_archive"


def _hidden(name: str) -> bool:
    return name.rpartition("/")[2].startswith((".", "~$"))


def _gzip(path: Path, name: str) -> Look:
    written, packed = 0, path.stat().st_size
    head = b""
    try:
        with gzip.open(path, "rb") as file:
            while written < LOOKED_THROUGH and (block := file.read(BLOCK)):
                head = head or block[:HEAD]
                written += len(block)
                if written > FLOOR and written > RATIO * packed:
                    return Look(why="bomb")
    except DAMAGED:
        return Look(why="damaged")
    if head.startswith((b"PK", b"\x1f\x8b", *PROGRAMS)):
        return Look(why="mixed_archive")
    inner = _text(head, name.lower().removesuffix(".gz")) if head.strip() else Look(why="empty")
    return Look(f"{inner.ending or '.csv'}.gz", inner.why)
