"""Which two releases of official ranks are compared: by name, or as a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from tangga.engine.catalogue import Run
from tangga.errors import UserError

LATER, IN_FORCE = "later", "in_force"


@dataclass(frozen=True)
class Asked:
    """What to compare: names of releases (None: the usual ones), and an area code or its start."""

    before: str | None = None
    after: str | None = None
    area: str | None = None


@dataclass(frozen=True)
class Release:
    """One release that a source has. state: in_force, earlier, or later (not seen on the day)."""

    source: str
    name: str
    on: date | None
    state: str
    rows: int
    number: int | None


def read_releases(con: duckdb.DuckDBPyConnection, run: Run) -> tuple[Release, ...]:
    """Every release of the run, from the oldest on."""
    found = con.execute(
        "SELECT source, release, released_on, state, records, number "
        f"FROM {run.scan('rank', 'releases')} ORDER BY released_on, release, source"
    ).fetchall()
    return tuple(Release(*row) for row in found)


def choose(releases: Iterable[Release], asked: Asked) -> tuple[int, int] | None:
    """Numbers of the two releases, the earlier one first as asked; None: the usual pairs."""
    if asked.before is None and asked.after is None:
        return None
    seen = [one for one in releases if one.state != LATER]
    if asked.after is None:
        in_force = [one for one in seen if one.state == IN_FORCE]
        after = max(in_force, key=lambda one: one.number or 0, default=None)
    else:
        after = _named(asked.after, "--after", releases)
    before = (
        _one_before(after, seen)
        if asked.before is None
        else _named(asked.before, "--before", releases)
    )
    if before is None or after is None or before.number == after.number:
        raise UserError("there are not two releases to compare", todo=_names(releases))
    assert before.number is not None and after.number is not None
    return before.number, after.number


def _named(name: str, option: str, releases: Iterable[Release]) -> Release:
    named = [one for one in releases if one.name == name]
    for one in named:
        if one.state != LATER:
            return one
    if named:
        todo = f"It is of {named[0].on}: run with --as-of that day, or later"
        raise UserError(f"{option}: a release of a later day is not seen", value=name, todo=todo)
    raise UserError(f"{option}: no such release", value=name, todo=_names(releases))


def _one_before(after: Release | None, seen: Iterable[Release]) -> Release | None:
    """The newest earlier release of a source that has this one."""
    seen = list(seen)
    number = after.number or 0 if after is not None else 0
    sources = {one.source for one in seen if one.number == number}
    older = [one for one in seen if one.source in sources and (one.number or 0) < number]
    return max(older, key=lambda one: one.number or 0, default=None)


def _names(releases: Iterable[Release]) -> str:
    return f"Releases: {', '.join(dict.fromkeys(one.name for one in releases)) or 'none'}"
