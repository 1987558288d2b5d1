"""The statements of this stage that no pack can change: one SELECT a file in `sql/plan`."""

from __future__ import annotations

from tangga.engine.statements import template


def statement(name: str, **given: object) -> str:
    """The SELECT of `sql/plan/NAME.sql` with its `$names` filled in; KeyError for one left out."""
    return template("plan", name).substitute(given)
