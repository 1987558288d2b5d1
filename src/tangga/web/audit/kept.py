"""Seals kept beside the database, one an hour: who makes the chain anew does not have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tangga.web.audit.seal import Seal

FILE = "audit-seals.txt"
EVERY = timedelta(hours=1)


def keep(seal: Seal, folder: Path) -> bool:
    """Add a line: moment, number, hash. False where the last one is not an hour old."""
    file = folder / FILE
    lines = _lines(file)
    if lines and seal.sealed_at - datetime.fromisoformat(lines[-1][0]) < EVERY:
        return False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a", encoding="ascii") as out:
        out.write(f"{seal.sealed_at.isoformat()} {seal.number} {seal.hash}\n")
    return True


def kept(folder: Path) -> dict[int, str]:
    """Number and hash of every seal in the file; none where there is no file yet."""
    return {int(number): digest for _, number, digest in _lines(folder / FILE)}


def _lines(file: Path) -> list[tuple[str, str, str]]:
    """Whole lines only: the machine may have stopped within the last."""
    if not file.is_file():
        return []
    split = (line.split() for line in file.read_text(encoding="ascii").splitlines())
    return [(parts[0], parts[1], parts[2]) for parts in split if len(parts) == 3]
