"""Which encoding a text file is in, and a copy of it in UTF-8 where it is in another."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from tangga.errors import BrokenFile

BLOCK = 4 * 1024 * 1024
BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WRONG_AT_LEAST = 10
"""So many unreadable places, and no readable one, show that a stated encoding is wrong; fewer
are damage, and cost their own rows only."""


@dataclass(frozen=True)
class Look:
    """What one pass over a file shows.

    readable: characters beyond ASCII that are valid UTF-8. unreadable: places that are not.
    first_unreadable: the byte where the first of these is.
    """

    size: int
    sha256: str
    head: bytes
    readable: int
    unreadable: int
    first_unreadable: int

    @property
    def bom(self) -> str | None:
        """The encoding that the byte order mark names."""
        return next((name for mark, name in BOMS.items() if self.head.startswith(mark)), None)


def look_at(path: Path, *, text: bool = True) -> Look:
    """One pass: hash, size, and (text) how well the bytes read as UTF-8."""
    digest = hashlib.sha256()
    size = readable = unreadable = first = 0
    head = rest = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            head = head or block[:65536]
            held = rest + block
            before, size, rest = size - len(rest), size + len(block), b""
            if text and not held.isascii():
                rest = _unfinished(held)
                good, bad, place = _read(held[: len(held) - len(rest)])
                first = first if unreadable else before + place
                readable, unreadable = readable + good, unreadable + bad
    if rest:
        first = first if unreadable else size - len(rest)
        unreadable += 1
    return Look(size, digest.hexdigest(), head, readable, unreadable, first)


def _unfinished(text: bytes) -> bytes:
    """The start of a character at the very end, which the next block may complete."""
    for length in (1, 2, 3):
        lead = text[-length:][:1]
        if lead >= b"\xc0":
            wanted = 2 if lead < b"\xe0" else 3 if lead < b"\xf0" else 4
            return text[-length:] if wanted > length else b""
    return b""


def _read(text: bytes) -> tuple[int, int, int]:
    """(characters beyond ASCII, unreadable places, byte of the first of these)."""
    try:
        shown = text.decode("utf-8")
        bad, place = 0, 0
    except UnicodeDecodeError as error:
        shown = text.decode("utf-8", errors="replace")
        bad = max(shown.count("\ufffd") - text.count("\ufffd".encode()), 1)
        place = error.start
    beyond = len(shown) - len(shown.encode("ascii", errors="ignore"))
    return max(beyond - bad, 0), bad, place


def line_of_byte(path: Path, place: int) -> int:
    """The number of the line that a byte of a file is on."""
    line = 1
    with path.open("rb") as file:
        while place > 0 and (block := file.read(min(BLOCK, place))):
            line += block.count(b"\n")
            place -= len(block)
    return line


def find_encoding(look: Look, stated: str | None, name: str, path: Path) -> str:
    """utf-8, windows-1252, utf-16-le or utf-16-be.

    Raises BrokenFile when the file contradicts what the descriptor states.
    """
    found = look.bom or _utf16_by_nuls(look.head)
    if stated is None:
        if found or not look.unreadable or look.readable > look.unreadable:
            return found or "utf-8"
        return "windows-1252"
    if stated.startswith("utf-16"):
        if found is None or not found.startswith("utf-16") or not found.startswith(stated):
            raise _wrong(name, stated, "it does not look like it", found or "utf-8")
        return found
    if found is not None and found != stated:
        raise _wrong(name, stated, "its first bytes say another", found)
    if stated == "utf-8" and look.unreadable >= WRONG_AT_LEAST and not look.readable:
        line = line_of_byte(path, look.first_unreadable)
        why = f"{look.unreadable} characters cannot be read, the first on line {line}"
        raise _wrong(name, stated, why, "windows-1252")
    if stated == "windows-1252" and look.readable and not look.unreadable:
        raise _wrong(name, stated, "its letters beyond ASCII are valid UTF-8", "utf-8")
    return stated


def _utf16_by_nuls(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is NUL."""
    head = head[: len(head) // 2 * 2]
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0) / (len(head) / 2), head[1::2].count(0) / (len(head) / 2)
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _wrong(name: str, stated: str, why: str, better: str) -> BrokenFile:
    return BrokenFile(
        f"wrong encoding: the descriptor says {stated}, but {why}",
        file=name,
        todo=f'Write encoding = "{better}", or leave it out to have it found',
    )


def to_utf8(path: Path, target: Path, encoding: str, *, old_mac: bool = False) -> None:
    """Copy a text into UTF-8, block by block.

    A byte that the encoding does not have stays as it is: it is no valid UTF-8 either, so that
    its row is set aside later. old_mac: lines end in a carriage return only.
    """
    decoder = codecs.getincrementaldecoder(_codec(encoding))(errors=_errors(encoding))
    with path.open("rb") as file, target.open("wb") as out:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                # An odd byte, or half a pair, at the very end.
                out.write(b"\xff")
                return
            if old_mac:
                text = text.replace("\r", "\n")
            out.write(text.encode("utf-8", errors=_errors(encoding)))
            if not block:
                return


def _codec(encoding: str) -> str:
    return "cp1252" if encoding == "windows-1252" else encoding


def _errors(encoding: str) -> str:
    return "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
