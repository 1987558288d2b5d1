"""What goes into a reader: a file with its name; and mutations of bytes that know no format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

MOST_BYTES = 1 << 20
"""No mutated input becomes larger, but for those that a mutator makes large on purpose."""
INTERESTING = (
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b'"', b"'",
    b",", b";", b"\t", b"|", b"\\", b"=", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"%", b"-1",
    b"0", b"18446744073709551616", b"9" * 400, b"1e999", b"NaN", b"\xc3\x28", b"\xed\xa0\x80",
    "\u2028".encode(), "\u202e".encode(), "\U0001f600".encode(), "\u0661".encode(), b"../../x",
    b"=cmd|' /C calc'!A0", b"A" * 5000, b"PK\x03\x04", b"PAR1", b"%PDF-", b"\x1f\x8b",
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """One file. name: with its suffix; of a reader of several files, which of them was changed."""

    name: str
    content: bytes

    def but(self, content: bytes) -> Input:
        """The same name with another content."""
        return replace(self, content=content)


def some(rng: Random, content: bytes) -> tuple[int, int]:
    """A place and a length within the bytes, short ones more often."""
    at = rng.randrange(len(content) + 1)
    return at, min(len(content) - at, int(rng.expovariate(1 / 8)) + 1)


def flipped(rng: Random, content: bytes, _: bytes) -> bytes:
    """A few bits turned."""
    data = bytearray(content)
    for _n in range(rng.choice((1, 1, 2, 4, 16))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def cut_off(rng: Random, content: bytes, _: bytes) -> bytes:
    """The end is missing, or the beginning."""
    at = rng.randrange(len(content) + 1)
    return content[:at] if rng.random() < 0.8 else content[at:]


def removed(rng: Random, content: bytes, _: bytes) -> bytes:
    """A piece is missing."""
    at, length = some(rng, content)
    return content[:at] + content[at + length :]


def doubled(rng: Random, content: bytes, _: bytes) -> bytes:
    """A piece stands there many times."""
    at, length = some(rng, content)
    times = min(rng.choice((2, 2, 3, 50, 2000)), max(1, MOST_BYTES // (length or 1) // 2))
    return content[:at] + content[at : at + length] * times + content[at + length :]


def put_in(rng: Random, content: bytes, _: bytes) -> bytes:
    """Bytes that readers stumble over."""
    at, length = some(rng, content)
    length = length if rng.random() < 0.5 else 0
    return content[:at] + rng.choice(INTERESTING) + content[at + length :]


def moved(rng: Random, content: bytes, _: bytes) -> bytes:
    """A piece stands elsewhere."""
    at, length = some(rng, content)
    piece, rest = content[at : at + length], content[:at] + content[at + length :]
    to = rng.randrange(len(rest) + 1)
    return rest[:to] + piece + rest[to:]


def crossed(rng: Random, content: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of another."""
    return content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1) :]


BLIND = (flipped, cut_off, removed, doubled, put_in, put_in, moved, crossed)


def blind(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """Changed without knowing what it is."""
    other = rng.choice(all_).content
    content = one.content
    for _n in range(rng.choice((1, 1, 1, 2, 4))):
        content = rng.choice(BLIND)(rng, content, other)
    return one.but(content[:MOST_BYTES])
