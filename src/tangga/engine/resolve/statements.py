"""The statements of this stage that no pack can change: one SELECT a file, beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent.parent / "sql" / "resolve"


@cache
def _template(name: str) -> Template:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))


def statement(name: str, **relations: object) -> str:
    """The SELECT of `sql/resolve/NAME.sql` with its `$relations` filled in.

    KeyError for a relation that is left out.
    """
    return _template(name).substitute(relations)
