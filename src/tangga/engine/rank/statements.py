"""The statements of this stage that no pack can change: one SELECT a file in `sql/rank`."""

from __future__ import annotations

from tangga.engine.statements import template


def statement(name: str, **given: object) -> str:
    """The SELECT of `sql/rank/NAME.sql` with its `$names` filled in; KeyError for one left out."""
    return template("rank", name).substitute(given)
