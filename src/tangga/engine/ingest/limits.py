"""How much a file may ask of us before it is refused or a line of it is set aside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes unless said otherwise.

    record_bytes: the longest row (the widest survey in use needs a twentieth of it).
    record_lines: how many lines a quoted cell may make a row span.
    shown_chars: how much of a quarantined row is kept as text.
    unpacked_bytes, unpacked_ratio: the most that one compressed file may become; the ratio
    counts from unpacked_floor on (real tables pack 5 to 30 times, a bomb 1000 times).
    members: files in one archive. header_lines: how far down a header is looked for.
    """

    record_bytes: int = 128 * 1024
    record_lines: int = 50
    shown_chars: int = 10_000
    unpacked_bytes: int = 64 * 1024**3
    unpacked_ratio: int = 200
    unpacked_floor: int = 32 * 1024**2
    members: int = 10_000
    header_lines: int = 30
    block_bytes: int = 8 * 1024**2
    group_rows: int = 120_000


LIMITS = Limits()
