"""Writes the table of faults and what became of them, from what the harness saw.

    ./tangga test -m faults                                      the harness (CONTRIBUTING.md)
    python scripts/make_faults.py --from var/faults              gathers it, writes the table
    python scripts/make_faults.py                                writes docs/reference/faults.md
    python scripts/make_faults.py --check                        exits 1 when the table is stale, or
                                                                 a test of the harness has no line

What the harness saw stands in `tests/faults/results.json`; nobody edits it.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from made_pages import heading, keep, row

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests" / "faults"
RESULTS = TESTS / "results.json"
PAGE = ROOT / "docs" / "reference" / "faults.md"
LONGEST = 420
AGAIN = "run it, then make_faults.py --from var/faults"
HEAD = """# Faults, and what became of each

Made by `scripts/make_faults.py` from what the fault harness (`tests/faults/`) saw; do not edit.
Each line is one test: the fault was really made (a process killed with -9, a small disk, a
byte changed), and afterwards the test compared what is in force, what had been acknowledged, what
was said, and the tables of a rerun with those of a run that nothing disturbed: rows and a hash in
which their order does not count.

```sh
./tangga test -m faults                                      # all of it; as root nothing is skipped
.venv/bin/python scripts/make_faults.py --from var/faults    # this table, from what it saw
```

With `TANGGA_FAULTS=every` a run is really killed at each of its steps, not at three a stage.
Messages are in Indonesian and English as one sees them; `DIR` stands for a folder. Where a process
is killed nobody is left to say anything: the next run says it.
"""


def gathered(folder: Path) -> dict[str, Any]:
    """What the tests left in a folder, over what stood before: who was skipped keeps its line."""
    lines = {line["test"]: line for line in _results()["lines"]}
    for file in sorted(folder.glob("*.json")):
        line = json.loads(file.read_text(encoding="utf-8"))
        lines[line["test"]] = line
    kept = [lines[name] for name in tests() if name in lines]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB"
    return {"on": date.today().isoformat(), "machine": machine, "lines": kept}


def tests() -> list[str]:
    """`FILE::TEST` of every test of the harness, in the order in which they stand."""
    return [
        f"{file.name}::{node.name}"
        for file in sorted(TESTS.glob("test_*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def unlike(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tests without a line, and lines without a test."""
    return sorted(set(tests()) ^ {line["test"] for line in lines})


def page(results: Mapping[str, Any]) -> str:
    """The whole page as Markdown, ending in one newline."""
    return "\n".join(_lines(results)).rstrip() + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    yield HEAD
    yield f"Seen on {results['on']}, {results['machine']}."
    yield ""
    yield from heading("fault", "where", "times", "what stood afterwards", "rerun", "what was said")
    for line in sorted(results["lines"], key=lambda one: (one["fault"], one["where"])):
        said = (
            line["message"] if len(line["message"]) <= LONGEST else line["message"][:LONGEST] + " …"
        )
        yield row(line["fault"], line["where"], str(line["times"]), line["outcome"], line["rerun"],
                  said or "–")  # fmt: skip


def _results() -> dict[str, Any]:
    if not RESULTS.is_file():
        return {"on": "", "machine": "", "lines": []}
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def _gather() -> None:
    """--from FOLDER, taken off the command line."""
    if "--from" not in sys.argv:
        return
    at = sys.argv.index("--from")
    folder = Path(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    text = json.dumps(gathered(folder), ensure_ascii=False, indent=1, sort_keys=True)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    _gather()
    found = _results()
    stale = keep({PAGE: page(found)}, __doc__)
    missing = unlike(found["lines"])
    for name in missing:
        print(f"{name}: no test of the harness, or one without a line: {AGAIN}", file=sys.stderr)
    sys.exit(1 if missing else stale)
