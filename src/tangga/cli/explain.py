"""`tangga explain`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.cli.options import languages
from tangga.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from tangga.engine.explain import Explanation

STYLES = {"title": "bold", "heading": "bold", "second": "dim"}
"""How kinds of line look on a terminal; the others are plain."""


def explain(
    directory: Path, id: str, *, as_json: bool = False, language: str | None = None
) -> None:
    """Print what the last complete run holds about one person or family, and why."""
    from tangga.engine.explain import explain

    spoken = languages(language)
    found = explain(directory, id)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        print_explanation(found, spoken)


def print_explanation(found: Explanation, spoken: Sequence[Language] = LANGUAGES) -> None:
    """Indonesian, and below it the same in English, unless one language is asked for."""
    from tangga.engine.explain.rendering import lines

    for line in lines(found, list(spoken)):
        screen.out.print(line.text, style=STYLES.get(line.kind), soft_wrap=True, markup=False)
