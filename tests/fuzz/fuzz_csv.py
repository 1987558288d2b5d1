"""Mutations of delimited text: quotes, separators, encodings, NUL, byte order marks, huge cells."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

from fuzz_inputs import MOST_BYTES, Input, blind

CELLS = (
    "", " ", '"', '""', '"a', 'a"b', "a,b", "a;b", "a\tb", "a|b", '"a\nb"', '"a\r\nb"', "\0", "\r",
    "=1+1", "@SUM(A1)", "-1", "0", "00", "1e5", "1.234", "1,5", "9" * 30, "9" * 5000, "NaN", "inf",
    "2026-02-30", "31/12/2025", "0000-00-00", "9999-12-31", "10000-01-01", "true", "\ufeff",
    "\u2028", "\u00a0", "\u0661\u0662", "\U0001f600", "e\u0301" * 300, "x" * 200_000, "\x1a",
    "null", "\\N", "'", "18.11.01.2001", "1811", "../x", "\ud7ff", "Rp 1.000,00", "\x85",
)  # fmt: skip
ENDS = ("\n", "\r\n", "\r", "\n\n", "\r\r\n", "\x0b", "\x0c", "\n\r")
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp037", "utf-7")
Table = list[list[str]]


def mutate_csv(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """Some cells, rows or columns, or how it is written; or bytes, blindly."""
    if rng.random() < 0.35:
        return blind(rng, one, all_)
    table, sign, end = _cut(one.content)
    for _n in range(rng.choice((1, 1, 2, 3, 8))):
        rng.choice(CHANGES)(rng, table)
    if rng.random() < 0.15:
        sign = rng.choice(",;\t|:")
    return one.but(_written(rng, table, sign, end))


def _cut(content: bytes) -> tuple[Table, str, str]:
    text = content.decode("utf-8", "replace")
    first = text.partition("\n")[0]
    sign = max(",;\t|", key=first.count)
    end = "\r\n" if "\r\n" in text else "\n"
    return [line.split(sign) for line in text.split(end)[:2000]], sign, end


def _written(rng: Random, table: Table, sign: str, end: str) -> bytes:
    mixed = rng.random() < 0.1
    other = rng.choice(ENDS) if rng.random() < 0.15 else end
    lines = [sign.join(row) + (rng.choice(ENDS) if mixed else other) for row in table]
    text = "".join(lines)
    if rng.random() < 0.15:
        text = text.rstrip("\r\n")
    if rng.random() < 0.12:
        encoding = rng.choice(ENCODINGS)
        return text.encode(encoding, "replace")[:MOST_BYTES]
    return text.encode("utf-8", "replace")[:MOST_BYTES]


def _row(rng: Random, table: Table) -> list[str]:
    return rng.choice(table) if table else []


def _cell(rng: Random, table: Table) -> None:
    row = _row(rng, table)
    if row:
        row[rng.randrange(len(row))] = rng.choice(CELLS)


def _in_cell(rng: Random, table: Table) -> None:
    row = _row(rng, table)
    if row:
        at = rng.randrange(len(row))
        place = rng.randrange(len(row[at]) + 1)
        row[at] = row[at][:place] + rng.choice(CELLS) + row[at][place:]


def _heading(rng: Random, table: Table) -> None:
    if table and table[0]:
        at = rng.randrange(len(table[0]))
        said = table[0][at]
        table[0][at] = rng.choice(
            (said.upper(), f" {said} ", said[:-1], rng.choice(table[0]), rng.choice(CELLS))
        )


def _ragged(rng: Random, table: Table) -> None:
    row = _row(rng, table)
    if rng.random() < 0.5:
        row += rng.choice(([rng.choice(CELLS)], [rng.choice(CELLS[:10])] * 5000))
    else:
        del row[rng.randrange(len(row) + 1) :]


def _rows_gone(rng: Random, table: Table) -> None:
    at = rng.randrange(len(table) + 1)
    del table[at : at + rng.choice((1, 1, 3, 10_000))]


def _rows_again(rng: Random, table: Table) -> None:
    if table:
        at = rng.randrange(len(table))
        row = table[at]
        again = rng.choice((1, 2, 40, 400)) if sum(map(len, row)) < 2000 else 1
        table[at:at] = [list(row) for _n in range(again)]


def _row_of_nothing(rng: Random, table: Table) -> None:
    table.insert(rng.randrange(len(table) + 1), [rng.choice(("", " ", "\t", "\0", "\ufeff"))])


def _column_gone(rng: Random, table: Table) -> None:
    at = rng.randrange(max((len(row) for row in table), default=0) + 1)
    for row in table:
        del row[at : at + 1]


def _columns_swapped(rng: Random, table: Table) -> None:
    width = min((len(row) for row in table), default=0)
    if width > 1:
        left, right = rng.randrange(width), rng.randrange(width)
        for row in table[: rng.choice((1, len(table)))]:
            row[left], row[right] = row[right], row[left]


def _quoted(rng: Random, table: Table) -> None:
    for row in table if rng.random() < 0.5 else [_row(rng, table)]:
        row[:] = [f'"{cell}"' for cell in row]


CHANGES: tuple[Callable[[Random, Table], None], ...] = (
    _cell, _cell, _cell, _in_cell, _heading, _ragged, _rows_gone, _rows_again, _row_of_nothing,
    _column_gone, _columns_swapped, _quoted,
)  # fmt: skip


def mutate_packed(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """A table in a .gz or .zip: the table changed, then the archive, or what it says of itself."""
    if one.name.endswith(".gz"):
        return _gzip(rng, one, all_)
    members = members_of(one.content)
    if rng.random() < 0.5 and members:
        name = rng.choice(sorted(members))
        inner = Input(name, members[name])
        members[name] = mutate_csv(rng, inner, [inner]).content
    packed = zip_of(rng, members)
    return blind(rng, one.but(packed), all_) if rng.random() < 0.5 else one.but(packed)


def _gzip(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    try:
        inner = Input("a.csv", gzip.decompress(one.content))
    except (OSError, EOFError, zlib.error):
        return blind(rng, one, all_)
    packed = gzip.compress(mutate_csv(rng, inner, [inner]).content, mtime=0)
    return blind(rng, one.but(packed), all_) if rng.random() < 0.5 else one.but(packed)


def members_of(content: bytes) -> dict[str, bytes]:
    """Name -> content of a zip; empty for none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()[:50]}
    except Exception:  # a parent that a mutation tore: begin with nothing
        return {}


NAMES = (
    "../../x.csv", "/etc/x.csv", "a\\b.csv", "C:\\x.csv", "", "x" * 250 + ".csv", "\0.csv",
    "a/b/c.csv", "__MACOSX/a.csv", ".a.csv", "[Content_Types].xml", "a.zip", "a.CSV", "é\u202e.csv",
)  # fmt: skip
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


def zip_of(rng: Random, members: dict[str, bytes]) -> bytes:
    """A zip of members, now and then with strange names, doubled members, or lies about sizes."""
    out = io.BytesIO()
    method = rng.choice((*METHODS, zipfile.ZIP_LZMA)) if rng.random() < 0.1 else METHODS[1]
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            said = rng.choice(NAMES) if rng.random() < 0.04 else name
            if rng.random() < 0.03:
                continue
            info = zipfile.ZipInfo(said or "a")
            info.compress_type = method
            archive.writestr(info, content)
        if rng.random() < 0.004:
            archive.writestr("bomb.csv", b"0" * (40 << 20))
    return _lying(rng, out.getvalue()) if rng.random() < 0.15 else out.getvalue()


def _lying(rng: Random, packed: bytes) -> bytes:
    """A number of the directory (size, checksum, place, method, flags) is another."""
    data = bytearray(packed)
    sign = rng.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
    at = data.find(sign, rng.randrange(max(1, len(data) // 2)))
    if at >= 0:
        place = at + 4 + 2 * rng.randrange(16 if sign != b"PK\x05\x06" else 8)
        data[place : place + 2] = rng.choice(
            (b"\0\0", b"\xff\xff", b"\1\0", b"\xff\x7f", b"\x63\0")
        )
    return bytes(data)
