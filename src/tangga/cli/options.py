"""Options that several commands have, said once."""

from __future__ import annotations

from typing import Annotated

import typer

from tangga.errors import UserError
from tangga.texts import LANGUAGES, Language

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")]
OneLanguage = Annotated[
    str | None, typer.Option(metavar="id|en", help="Only this language (else both).")
]


def languages(asked: str | None) -> tuple[Language, ...]:
    """The languages to print, in order: the one asked for, else all; UserError for no language."""
    if asked is not None and asked not in LANGUAGES:
        todo = f"Choose one of: {', '.join(LANGUAGES)}"
        raise UserError("no such language", value=asked, todo=todo)
    return tuple(one for one in LANGUAGES if asked in (one, None))
