"""The statements about money that no pack can change: one SELECT a file in `sql/budget`."""

from __future__ import annotations

from tangga.engine.statements import template


def statement(name: str, **given: object) -> str:
    """The SELECT of `sql/budget/NAME.sql` with its `$names` filled in; KeyError for one left
    out."""
    return template("budget", name).substitute(given)
