"""What the commands of this folder have in common: options, and where the figures go."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def add_common(
    parser: argparse.ArgumentParser, parts: Sequence[str], chosen: Sequence[str]
) -> None:
    """The options of every benchmark. chosen: the parts that run when none is named."""
    parser.add_argument("--repeat", type=int, default=1, help="medians of so many")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="cache and work")
    parser.add_argument("--only", nargs="*", choices=parts, default=list(chosen))
    parser.add_argument("--out", type=Path, help="write FILE.json and FILE.md")
    parser.add_argument("--quiet", action="store_true")


def run(
    options: argparse.Namespace,
    measure: Callable[[argparse.Namespace], dict[str, Any]],
    markdown: Callable[[dict[str, Any]], str],
) -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    options.dir.mkdir(parents=True, exist_ok=True)
    result = measure(options)
    text = markdown(result)
    keep(options.out, result, text)


def of_release(description: str | None, folder: str) -> argparse.ArgumentParser:
    """The options of what is measured on a service with a release. folder: of its database."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--release", type=Path, required=True)
    parser.add_argument("--dir", type=Path, default=Path(folder))
    parser.add_argument("--out", type=Path, help="write FILE.json and FILE.md")
    return parser


def keep(out: Path | None, result: dict[str, Any], text: str) -> None:
    """Print the table, and write JSON and Markdown where asked."""
    sys.stdout.write(text)
    if out is not None:
        out.with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
        out.with_suffix(".md").write_text(text)
