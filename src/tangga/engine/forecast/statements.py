"""The statements of a forecast that no pack can change: one SELECT a file in `sql/forecast`."""

from __future__ import annotations

from tangga.engine.statements import template


def statement(name: str, **given: object) -> str:
    """The SELECT of `sql/forecast/NAME.sql`, filled in; KeyError for a name left out."""
    return template("forecast", name).substitute(given)
