"""`tangga explain`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.errors import UserError
from tangga.texts import LANGUAGES

if TYPE_CHECKING:
    from tangga.engine.explain import Explanation

STYLES = {"title": "bold", "heading": "bold", "second": "dim"}
"""How kinds of line look on a terminal; the others are plain."""


def explain(
    directory: Path, id: str, *, as_json: bool = False, language: str | None = None
) -> None:
    """Print what the last complete run holds about one person or family, and why."""
    from tangga.engine.explain import explain

    if language is not None and language not in LANGUAGES:
        todo = f"Choose one of: {', '.join(LANGUAGES)}"
        raise UserError("no such language", value=language, todo=todo)
    found = explain(directory, id)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        print_explanation(found, language)


def print_explanation(found: Explanation, language: str | None = None) -> None:
    """Indonesian, and below it the same in English, unless one language is asked for."""
    from tangga.engine.explain.rendering import lines

    for line in lines(found, [one for one in LANGUAGES if language in (one, None)]):
        screen.out.print(line.text, style=STYLES.get(line.kind), soft_wrap=True, markup=False)
