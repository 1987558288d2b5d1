"""What the scripts share that write pages from other files: tables, words, and the check.

sys.exit(keep({FILE: text}, __doc__))
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

LEVELS = {
    "country": "nasional / nation",
    "province": "provinsi / province",
    "regency": "kabupaten atau kota / regency or city",
    "district": "kecamatan / district",
    "village": "desa atau kelurahan / village",
}


def heading(*cells: str) -> tuple[str, str]:
    """The two first lines of a Markdown table."""
    return row(*cells), row(*["---"] * len(cells))


def row(*cells: str) -> str:
    """One line of a Markdown table; bars inside a cell are escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def keep(pages: Mapping[Path, str], about: str | None) -> int:
    """Write the pages that are stale; with --check only say which, and return 1.

    pages: file -> what it must hold. about: the script's own description.
    """
    parser = argparse.ArgumentParser(description=(about or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when stale")
    check = parser.parse_args().check
    stale = [path for path, page in pages.items() if not _is_current(path, page)]
    for path in stale:
        if check:
            print(f"{path} is stale: run python scripts/{Path(sys.argv[0]).name}", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
            print(f"wrote {path}")
    return 1 if check and stale else 0


def _is_current(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == page
