"""Pictures of few colours, and so small: PNG without any library but numpy."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def take(target: Any, file: Path, **how: Any) -> None:
    """A window or an element as it looks now; how: of Playwright's `screenshot`."""
    file.write_bytes(small(target.screenshot(animations="disabled", scale="css", **how)))


def small(png: bytes) -> bytes:
    """The same picture in at most 256 colours; png: RGB or RGBA of 8 bits, not interlaced."""
    pixels = _pixels(png)
    height, width, _ = pixels.shape
    packed = (pixels[..., :3].astype(np.uint32) * (1 << 16, 1 << 8, 1)).sum(axis=2).ravel()
    palette, index = _palette(packed)
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = index.reshape(height, width)
    colours = b"".join(struct.pack(">I", int(one))[1:] for one in palette)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows.tobytes(), 9)))
    return SIGNATURE + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))


def _palette(packed: Any) -> tuple[Any, Any]:
    """The most frequent colours, and for each pixel the nearest of them."""
    found, index, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kept = found[np.argsort(-counts, kind="stable")[:COLOURS]]
    apart = (_parts(found)[:, None, :] - _parts(kept)[None, :, :]) ** 2
    return kept, apart.sum(axis=2).argmin(axis=1).astype(np.uint8)[index.ravel()]


def _parts(colours: Any) -> Any:
    return np.stack([(colours >> shift) & 255 for shift in (16, 8, 0)], axis=1).astype(np.int32)


def _pixels(png: bytes) -> Any:
    """Height x width x channels."""
    chunks = dict(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    channels = {2: 3, 6: 4}[kind]
    assert depth == 8
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8)
    raw = raw.reshape(height, 1 + width * channels)
    above = np.zeros(width * channels, np.uint8)
    rows = []
    for line in raw:
        above = _unfiltered(int(line[0]), line[1:], above, channels)
        rows.append(above)
    return np.stack(rows).reshape(height, width, channels)


def _unfiltered(way: int, line: Any, above: Any, channels: int) -> Any:
    """One row, from what the format writes in its place (PNG specification, 9.2)."""
    if way == 0:
        return line.copy()
    if way == 2:
        return line + above
    if way == 1:
        by_pixel = line.reshape(-1, channels)
        return np.cumsum(by_pixel, axis=0, dtype=np.uint8).ravel()
    row = bytearray(line.tobytes())
    up = above.tobytes()
    for at in range(len(row)):
        left = row[at - channels] if at >= channels else 0
        corner = up[at - channels] if at >= channels else 0
        guess = (left + up[at]) // 2 if way == 3 else _paeth(left, up[at], corner)
        row[at] = (row[at] + guess) & 255
    return np.frombuffer(bytes(row), np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Each kind of chunk with its bytes; those of the picture joined."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind = png[at + 4 : at + 8]
        found[kind] = found.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    return list(found.items())


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
