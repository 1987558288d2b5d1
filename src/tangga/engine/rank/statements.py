"""The statements of this stage that no pack can change: one SELECT a file in `sql/rank`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent.parent / "sql" / "rank"


@cache
def _template(name: str) -> Template:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))


def statement(name: str, **given: object) -> str:
    """The SELECT of `sql/rank/NAME.sql` with its `$names` filled in; KeyError for one left out."""
    return _template(name).substitute(given)
